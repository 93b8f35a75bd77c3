"""Putting a dossier together: of a whole case, or of what in it is one pupil's, the group's and the school's."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import N_, UsageError
from ...model import PupilRef, Text
from ...protocol import Proof
from ..text import draw, pupils_in
from .facts import Facts, Share, read, share
from .others import names_of_others, stand_in
from .parts import ANOTHER, Dossier, Kind, Part, Said, Scope, Section, Statement, whose
from .questions import ask
from .statements import Statements

if TYPE_CHECKING:
    from ..session import Register


def build(
    register: "Register", code: str, for_pupil: str | None = None, approved: Iterable[str] = frozenset()
) -> Dossier:
    """Return a case's dossier; `for_pupil` (an id) makes it out of that pupil's, the group's and the school's strand.

    Of the shared texts, which may say something about other pupils, only those `approved` by id are in it then, the
    others stand in `to_approve`. Every other pupil is drawn without a name; a text in which such a name was typed is
    refused. Raises NotAllowed for a case one cannot read, UsageError for a pupil who is not in it.
    """
    whole = read(register, code)
    known = whole.known
    if for_pupil is not None and for_pupil not in known.names:
        raise UsageError(N_("This pupil is not in the case."))
    pupil = for_pupil or ""
    facts = whole.within(pupil) if pupil else whole
    made = Statements(register, whole)
    sorter = _Sorter(pupil, names_of_others(register, whole, pupil) if pupil else (), frozenset(approved))
    sections = _sections(whole, facts, made, sorter)
    return Dossier(
        code=known.code,
        school=register.school().name or known.protocol.school,
        protocol=f"{known.protocol.name} {known.case.protocol_version}",
        opened=known.case.opened,
        open=known.open,
        owner=register.people.name(known.owner),
        made=register.now(),
        made_by=register.vault.me.name,
        pupil=pupil,
        pupils=facts.known.case.pupils,
        ruled=tuple(ask(facts)),
        sections=sections,
        to_approve=tuple(sorter.waiting.values()),
        refused=tuple(sorter.refused.values()),
    )


def _sections(whole: Facts, facts: Facts, made: Statements, sorter: "_Sorter") -> tuple[Section, ...]:
    """Return the parts in order; steps and families that nothing was written about are there as well."""
    written = made.steps()
    steps, numbers = sorter.sort(written), facts.steps.keys()

    def of_step(number: int) -> tuple[Statement, ...]:
        return tuple(one for one in steps if one.step == number)

    def of_family(pupil: str) -> tuple[Statement, ...]:
        talks = {number for number, step in facts.steps.items() if step.proof is Proof.PARENT_TALK}
        return tuple(one for one in steps if one.step in talks and pupil in whose(one))

    found = [
        Section(
            part=Part.STEP,
            statements=of_step(view.step.number),
            step=view.step.number,
            title=view.step.title,
            state=view.state,
            needed=view.step.when == "always",
            withheld=sorter.held(one for one in written if one.step == view.step.number),
        )
        for view in facts.known.progress.steps
    ]
    if loose := tuple(one for one in steps if one.step not in numbers):
        found.append(Section(part=Part.STEP, statements=loose))
    found.append(_sorted(Part.AGREEMENTS, made.agreements(), sorter))
    found += [Section(part=Part.PARENTS, statements=of_family(pupil), pupil=pupil, brief=True) for pupil in facts.sides]
    found.append(_sorted(Part.NOTES, made.notes(), sorter))
    incidents = _sorted(Part.INCIDENTS, made.incidents(), sorter)
    if incidents.statements or incidents.withheld:
        found.append(incidents)
    found.append(_sorted(Part.DECISIONS, made.decisions(), sorter))
    found.append(_sorted(Part.PEOPLE, made.members(), sorter))
    found.append(_sorted(Part.EXPORTS, made.exports(), sorter))
    return tuple(found)


def _sorted(part: Part, statements: list[Statement], sorter: "_Sorter") -> Section:
    return Section(part=part, statements=tuple(sorter.sort(statements)), withheld=sorter.held(statements))


class _Sorter:
    """Lets through what belongs in a dossier; without a pupil that is all of it."""

    def __init__(self, pupil: str, others: Iterable[str], approved: frozenset[str]) -> None:
        self._pupil = pupil
        self._others = tuple(others)
        self._approved = approved
        self.waiting: dict[str, Statement] = {}
        self.refused: dict[str, Statement] = {}

    def sort(self, statements: Iterable[Statement]) -> list[Statement]:
        """Return the statements that are in it, masked; the others are put where they belong, or nowhere."""
        if not self._pupil:
            return list(statements)
        return [masked for one in statements if (masked := self._look(one)) is not None]

    def held(self, statements: Iterable[Statement]) -> bool:
        """Whether some of these, which were sorted before, wait for approval or were refused."""
        return any(one.id in self.waiting or one.id in self.refused for one in statements)

    def _look(self, statement: Statement) -> Statement | None:
        taken = share(statement.strand, self._pupil)
        if taken is Share.NONE:
            return None
        masked = self._masked(statement)
        if taken is Share.FACT and statement.kind is not Kind.NOTE:
            return replace(masked, said=tuple(one for one in masked.said if not one.free), withheld=masked.free)
        if self._names_others(masked):
            self.refused[masked.id] = masked
            return None
        shared = taken is Share.FACT or (isinstance(statement.strand, Scope) and not self._plain_agreement(statement))
        if shared and masked.free and masked.id not in self._approved:
            self.waiting[masked.id] = masked
            return None
        return masked

    def _plain_agreement(self, statement: Statement) -> bool:
        """Whether it is what the whole group agreed on, and names no other pupil: everybody heard it."""
        named = {pupil for said in statement.said for pupil in pupils_in(said.text)}
        return statement.kind is Kind.AGREEMENT and statement.strand is Scope.GROUP and named <= {self._pupil}

    def _masked(self, statement: Statement) -> Statement:
        """Return a statement without references to other pupils; from a list they are gone, but for a note's."""
        hidden = (replace(one, text=self._hide(one.text)) for one in statement.said)
        said = tuple(one if one.free or statement.kind is Kind.NOTE else _without_others(one) for one in hidden)
        strand = frozenset({self._pupil}) if whose(statement) else statement.strand
        return replace(statement, said=tuple(one for one in said if one.text), strand=strand)

    def _hide(self, text: Text) -> Text:
        return tuple(part if not isinstance(part, PupilRef) or part.pupil == self._pupil else ANOTHER for part in text)

    def _names_others(self, statement: Statement) -> bool:
        """Whether another pupil's name stands in it, typed."""
        # As it is read: a name can be stored in two parts, and beside the pupil's own.
        return any(stand_in(draw(said.text, lambda _: "…"), self._others) for said in statement.said)


def _without_others(said: Said) -> Said:
    """Return a list of pupils without the others: how many there were is theirs."""
    return replace(said, text=tuple(part for part in said.text if part != ANOTHER))
