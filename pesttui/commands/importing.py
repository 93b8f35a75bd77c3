"""The command that takes groups and pupils from a file: differences first, applied only when asked to."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from data.errors import N_
from data.words import Words

from ..cli import Context, print_json

if TYPE_CHECKING:
    from data.register.differences import Plan, Tally


def add(group: click.Group, words: Words) -> None:
    """Add the command."""
    tr = words.tr

    @group.command(
        "import",
        help=tr(
            N_(
                "Groups and pupils from EDEXML or CSV: shows the differences; with --apply all of them are made in one "
                "save. Teachers are compared and get no rights by it."
            )
        ),
    )
    @click.argument("file")
    @click.option("--apply", is_flag=True, help=tr(N_("Make the differences.")))
    @click.option("--left", is_flag=True, help=tr(N_("Who is not in the file has left the school.")))
    @click.option(
        "--same", is_flag=True, help=tr(N_("Who has the name of a pupil of another group is that same pupil."))
    )
    @click.option("--names", is_flag=True, help=tr(N_("Also list the pupils that differ, by name.")))
    @click.option("--json", "as_json", is_flag=True, help=tr(N_("For scripts: one JSON document.")))
    @click.pass_obj
    def import_(context: Context, file: str, apply: bool, left: bool, same: bool, names: bool, as_json: bool) -> None:
        from data.exchange.upload import read_roll  # noqa: PLC0415
        from data.register.differences import Choices  # noqa: PLC0415
        from data.register.roll_words import warnings  # noqa: PLC0415

        with context.session() as register:
            imports, choices = register.imports, Choices(left=left, same=same)
            imports.check()
            roll = read_roll(file)
            plan = imports.apply(roll, choices) if apply else imports.plan(roll, choices)
            said = warnings(words, plan, open_cases=imports.open_cases(plan))
        if as_json:
            print_json(_shape(plan, said))
            return
        for line in (*_tallies(words, plan), *(_moves(words, plan) if names else ())):
            click.echo(line)
        for warning in said:
            context.say(f"! {warning}")
        context.say(tr(N_("Applied.")) if apply else tr(N_("Nothing is changed yet. With --apply it is.")))


def _shape(plan: "Plan", said: list[str]) -> dict[str, Any]:
    counted = {"groups": plan.groups, "pupils": plan.pupils, "teachers": plan.teachers}
    return {
        **{name: asdict(tally) for name, tally in counted.items()},
        "dropped": list(plan.dropped),
        "warnings": said,
        "year": plan.year,
    }


def _tallies(words: Words, plan: "Plan") -> list[str]:
    """Return how much is new, changed, gone and as it was, a line each, and what was left out of the file."""
    tr = words.tr
    lines = [tr(N_("school year {year}"), year=plan.year)]
    kinds: list[tuple[str, Tally]] = [
        (tr(N_("groups")), plan.groups),
        (tr(N_("pupils")), plan.pupils),
        (tr(N_("teachers")), plan.teachers),
    ]
    for word, tally in kinds:
        counts = tr(N_("{new} new, {changed} changed, {gone} gone, {same} the same"), **asdict(tally))
        lines.append(f"{word}: {counts}")
    if plan.dropped:
        lines.append(tr(N_("not taken: {fields}"), fields=", ".join(plan.dropped)))
    return lines


def _moves(words: Words, plan: "Plan") -> list[str]:
    """Return the pupils that differ, a line each."""
    from data.register.roll_words import FATES  # noqa: PLC0415

    lines = []
    for move in plan.moves:
        way = " > ".join(dict.fromkeys(filter(None, (move.before, move.after))))
        known = words.tr(N_("by name")) if move.by_name and move.fate != "alike" else ""
        lines.append("  ".join(filter(None, (words.tr(FATES[move.fate]), move.name, way, known))))
    return lines
