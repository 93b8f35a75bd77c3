"""What is to be said about the differences that a file makes, in words."""

from ..errors import N_
from ..words import Words
from .differences import Fate, Plan

FATES = {
    Fate.NEW: N_("new"),
    Fate.CHANGED: N_("changed"),
    Fate.LEFT: N_("has left"),
    Fate.ABSENT: N_("not in the file"),
    Fate.ALIKE: N_("same name elsewhere"),
}


def warnings(words: Words, plan: Plan, *, open_cases: int = 0) -> list[str]:
    """Return what somebody has to know before this is applied: names of groups and colleagues, never a pupil's."""
    tr, found = words.tr, []
    if plan.earlier:
        found.append(tr(N_("The file is of {year}, the school is in {last}."), year=plan.year, last=plan.earlier))
    if plan.begins:
        found.append(
            tr(
                N_("School year {year} begins: every group is a new one. Old notes stay with who could read them."),
                year=plan.year,
            )
        )
    if plan.assumed:
        found.append(tr(N_("The file names no school year; it is taken for {year}."), year=plan.year))
    if absent := plan.count(Fate.ABSENT):
        found.append(
            words.trn(
                "{count} pupil is not in the file and stays, until you say that the pupil has left.",
                "{count} pupils are not in the file and stay, until you say that they have left.",
                absent,
            )
        )
    if alike := plan.count(Fate.ALIKE):
        found.append(
            words.trn(
                "{count} pupil has the name of a pupil of another group and is left out, until you say it is the same.",
                "{count} pupils have the name of a pupil of another group and are left out, until you say they are "
                "the same.",
                alike,
            )
        )
    if named := plan.by_name - alike:
        found.append(
            words.trn(
                "{count} pupil is known by name alone: is it the same child?",
                "{count} pupils are known by name alone: are they the same children?",
                named,
            )
        )
    if plan.grouped_nowhere:
        found.append(
            words.trn("{count} pupil is in no group.", "{count} pupils are in no group.", plan.grouped_nowhere)
        )
    if plan.unknown_leavers:
        found.append(
            words.trn(
                "{count} pupil has left and was never here: not taken.",
                "{count} pupils have left and were never here: not taken.",
                plan.unknown_leavers,
            )
        )
    if open_cases:
        found.append(
            words.trn(
                "Somebody who leaves is in {count} open case: hand it over or close it.",
                "Those who leave are in {count} open cases: hand them over or close them.",
                open_cases,
            )
        )
    if plan.untaught:
        found.append(tr(N_("No teacher with an account yet: {groups}."), groups=", ".join(plan.untaught)))
    found.extend(
        tr(
            N_("{name} ({login}) teaches {groups} by the file. A file gives no rights: you let them in."),
            name=one.name,
            login=one.login,
            groups=", ".join(one.groups),
        )
        for one in plan.proposals
    )
    return found
