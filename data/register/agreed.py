"""What was agreed in a case, how it was kept and what the school tries there, as one person sees it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from ..model import Agreement, Approach, Check, Kept
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Outline, Vault
from .events import event_of

RHYTHM = (1, 3, 6)
"""In how many weeks an agreement is looked at: after it was made, after the first check, after each later one."""


def weeks_ahead(looks: int, kept: Kept | None = None) -> int:
    """Return in how many weeks it is looked at after so many looks; what was not kept begins its rhythm anew."""
    return RHYTHM[0 if kept is Kept.NOT else min(looks, len(RHYTHM) - 1)]


@dataclass(frozen=True)
class KnownCheck:
    """A check with its id."""

    id: str
    record: Check


@dataclass(frozen=True)
class KnownApproach:
    """An approach that was begun or looked back on, with its id."""

    id: str
    record: Approach


@dataclass(frozen=True)
class KnownAgreement:
    """An agreement as this person sees it: `agreement.cases` are only those that they can read."""

    id: str
    agreement: Agreement
    checks: tuple[KnownCheck, ...]
    """In the order in which it was looked at."""
    corrected: bool
    """Whether another agreement stands in its place."""
    shared: bool
    """Whether it serves several cases, readable for this person or not."""

    @property
    def due(self) -> dt.date | None:
        """When it is to be looked at: as the last check says, else as it was made; None: it need not be."""
        if self.corrected:
            return None
        return self.checks[-1].record.next_on if self.checks else self.agreement.check_on

    def overdue(self, today: dt.date) -> bool:
        """Whether that day has passed."""
        return self.due is not None and self.due < today

    @property
    def kept(self) -> Kept | None:
        """How it was kept when somebody looked last."""
        return self.checks[-1].record.kept if self.checks else None


@dataclass(frozen=True)
class Agreed:
    """All of it, of one case, in the order of writing."""

    agreements: tuple[KnownAgreement, ...] = ()
    approaches: tuple[KnownApproach, ...] = ()

    @property
    def records(self) -> list[Agreement | Check | Approach]:
        """Every single thing that was written down."""
        found: list[Agreement | Check | Approach] = []
        for known in self.agreements:
            found += [known.agreement, *(check.record for check in known.checks)]
        return [*found, *(known.record for known in self.approaches)]

    def scored_before(self, said: Check | Approach) -> int | None:
        """Return the score that the same child gave last before this one, if it did."""
        whose = _whose(said)
        scored = [
            other
            for other in self.records
            if not isinstance(other, Agreement) and other.safety is not None and _whose(other) == whose
        ]
        earlier = [other for other in scored if (other.happened, other.entered) < (said.happened, said.entered)]
        return max(earlier, key=lambda other: (other.happened, other.entered)).safety if earlier else None


def _whose(said: Check | Approach) -> str:
    return said.about if isinstance(said, Check) else "".join(said.about)


TABLES = ("agreements", "checks", "approaches")
"""Where it lies."""


class AgreedReader:
    """Reads it. What was written from a circle that is not the case's is left out."""

    def __init__(self, vault: Vault, db: VaultDB) -> None:
        self._vault = vault
        self._db = db

    def read(self, code: str, outlines: Mapping[str, Iterable[Outline]]) -> Agreed:
        """Return what was agreed in a case; `outlines` are what its circle can read, by table, its steps too."""
        found: dict[str, Agreement] = {}
        corrected = set()
        for seen in outlines["agreements"]:
            event = event_of(self._vault, self._db, "agreements", seen.id, Agreement)
            if event is not None and self._serves(seen.id, event[1], code, outlines):
                found[seen.id] = event[1]
                # Only what was there already can be corrected: no two agreements undo each other.
                corrected |= {event[1].corrects} & (found.keys() - {seen.id})
        known = self._known(found, corrected, outlines["checks"])
        return Agreed(known, tuple(self._approaches(code, outlines["approaches"])))

    def of_groups(self, groups: Collection[str]) -> tuple[KnownAgreement, ...]:
        """Return what was agreed with some groups (by id) in cases that this person cannot read, as it was written."""
        found: dict[str, Agreement] = {}
        corrected = set()
        circles = {self._group(group) for group in groups}
        for seen in self._vault.outline("agreements"):
            if not seen.granted & circles or self._vault.can_open(seen.home):
                continue
            event = event_of(self._vault, self._db, "agreements", seen.id, Agreement)
            if event is None or event[1].group not in groups or any(map(self._readable, event[1].cases)):
                continue
            if self._home("agreements", seen.id) == self._circle(event[1].cases[0]):
                found[seen.id] = event[1]
                corrected |= {event[1].corrects} & (found.keys() - {seen.id})
        return self._known(found, corrected, self._vault.outline("checks")) if found else ()

    def _known(
        self, found: Mapping[str, Agreement], corrected: Collection[str], checks: Iterable[Outline]
    ) -> tuple[KnownAgreement, ...]:
        looked = self._checks(found, checks)
        return tuple(
            KnownAgreement(
                ident,
                msgspec.structs.replace(said, cases=tuple(filter(self._readable, said.cases))),
                tuple(looked.get(ident, ())),
                ident in corrected,
                len(said.cases) > 1,
            )
            for ident, said in found.items()
        )

    def _group(self, group: str) -> bytes:
        circle = self._vault.directory.labelled(CircleKind.GROUP, group)
        return circle.id if circle else b"?"

    def _home(self, table: str, ident: str) -> bytes:
        record = self._vault.record((table, ident))
        return record.home if record else b""

    def _circle(self, code: str) -> bytes:
        circle = self._vault.directory.labelled(CircleKind.CASE, code)
        return circle.id if circle else b"?"

    def _readable(self, code: str) -> bool:
        return self._vault.can_open(self._circle(code))

    def _serves(self, ident: str, said: Agreement, code: str, outlines: Mapping[str, Iterable[Outline]]) -> bool:
        """Whether an agreement counts in a case: made there, or elsewhere by who takes or took part there as well."""
        home, here = self._home("agreements", ident), self._circle(code)
        if code not in said.cases or home != self._circle(said.cases[0]):
            return False
        author = bytes.fromhex(said.author)
        return home == here or self._vault.directory.in_circle(author, here) or self._wrote(author, here, outlines)

    def _wrote(self, author: bytes, circle: bytes, outlines: Mapping[str, Iterable[Outline]]) -> bool:
        """Whether somebody who is no longer in a circle has written in it: nobody else could."""
        places = [(table, seen.id) for table, found in outlines.items() for seen in found]
        records = filter(None, map(self._vault.record, places))
        return any(record.author == author and record.home == circle for record in records)

    def _checks(self, agreements: Mapping[str, Agreement], outlines: Iterable[Outline]) -> dict[str, list[KnownCheck]]:
        found: dict[str, list[KnownCheck]] = {}
        for seen in outlines:
            event = event_of(self._vault, self._db, "checks", seen.id, Check)
            said = event[1] if event else None
            agreed = agreements.get(said.agreement) if said else None
            if said is None or agreed is None or said.case not in agreed.cases:
                continue
            if self._home("checks", seen.id) == self._circle(said.case):
                shown = said if self._readable(said.case) else msgspec.structs.replace(said, case="")
                found.setdefault(said.agreement, []).append(KnownCheck(seen.id, shown))
        for several in found.values():
            several.sort(key=lambda known: known.record.happened)
        return found

    def _approaches(self, code: str, outlines: Iterable[Outline]) -> Iterable[KnownApproach]:
        for seen in outlines:
            event = event_of(self._vault, self._db, "approaches", seen.id, Approach)
            if event and event[1].case == code and self._home("approaches", seen.id) == self._circle(code):
                yield KnownApproach(*event)
