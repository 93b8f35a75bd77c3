"""Suspension and expulsion: which items of the protocol's list are done, on which day, and what is due when."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from ..errors import N_, NotAllowed, UsageError
from ..model import Decision, DecisionKind, LogWhat
from ..protocol import Checklist, Protocol, RemovalItem
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .calendar import Calendar
from .cases import Cases
from .known import KnownCase
from .log import Log
from .notes import check_length
from .schema import directs
from .text import link


@dataclass(frozen=True)
class KnownRemoval:
    """One suspension or expulsion as it stands now."""

    id: str
    """The id of the decision it began with."""
    checklist: Checklist
    pupil: str
    """The id of the pupil it is about."""
    done: Mapping[str, dt.date]
    """When an item was done, by its id."""
    waived: frozenset[str]
    """The items that do not apply here."""
    last: Decision

    @property
    def going_on(self) -> bool:
        """Whether an item is neither done nor waived."""
        return any(self.waits(item) for item in self.checklist.items)

    def waits(self, item: RemovalItem) -> bool:
        """Whether an item is still to be done."""
        return item.id not in self.done and item.id not in self.waived

    def due(self, calendar: Calendar) -> dict[str, dt.date]:
        """Return by when each item with a term has to be done, by its id, as far as its term has begun."""
        return due_days(self.checklist, self.done, calendar)

    def next_due(self, calendar: Calendar) -> tuple[RemovalItem, dt.date] | None:
        """Return the item that is due first of those that are still to be done; None where none has a day."""
        days = self.due(calendar)
        waiting = [(item, days[item.id]) for item in self.checklist.items if item.id in days and self.waits(item)]
        return min(waiting, key=lambda found: found[1], default=None)


def due_days(checklist: Checklist, done: Mapping[str, dt.date], calendar: Calendar) -> dict[str, dt.date]:
    """Return by when each item of a list has to be done, where what it counts from has happened.

    A term in school days leaves out days without school; one in days or weeks is of the calendar, as the law counts.
    """
    found: dict[str, dt.date] = {}
    for item in checklist.items:
        start = done.get(item.after) if item.after else found.get(item.after_term or "")
        if start is None or item.term is None:
            continue
        if item.unit == "school_days":
            found[item.id] = calendar.after(start, item.term)
        else:
            days = item.term * (7 if item.unit == "weeks" else 1)
            found[item.id] = start + dt.timedelta(days=min(days, (dt.date.max - start).days))
    return found


def removals_of(known: KnownCase) -> list[KnownRemoval]:
    """Return the suspensions and expulsions of a case, oldest first; of a kind that the protocol has a list for."""
    lists = _lists(known.protocol)
    found: dict[str, KnownRemoval] = {}
    for decision in known.decisions:
        said = decision.record
        if said.kind is not DecisionKind.REMOVAL or said.removal not in lists:
            continue
        first = found.get(said.follows)
        if first is None or first.checklist.kind != said.removal:
            first = KnownRemoval(decision.id, lists[said.removal], said.about, {}, frozenset(), said)
        # Each entry holds the whole list as it was: a day typed wrong is put right by the next.
        found[first.id] = KnownRemoval(
            first.id, first.checklist, first.pupil, dict(said.done), frozenset(said.waived), said
        )
    return list(found.values())


def _lists(protocol: Protocol) -> dict[str, Checklist]:
    return {found.kind: found for found in (protocol.removal.checklists if protocol.removal else ())}


class Removals:
    """Written by leads and direction, who decide on it; read by everybody who takes part in the case."""

    def __init__(self, vault: Vault, db: VaultDB, cases: Cases, log: Log) -> None:
        self._vault = vault
        self._db = db
        self._cases = cases
        self._log = log

    @property
    def writes(self) -> bool:
        """Whether this person may record one, and the protocol has a list for it."""
        return directs(self._vault) and bool(_lists(self._cases.protocol))

    def record(
        self,
        code: str,
        kind: str,
        *,
        pupil: str,
        done: Mapping[str, dt.date],
        waived: Collection[str] = (),
        text: str = "",
        follows: str = "",
    ) -> str:
        """Write down how far a suspension or expulsion is, and return the entry's id.

        `done` and `waived` hold ids of items, all of them anew; `follows` is the id of the removal it goes on with.
        Raises UsageError for a kind or an item without a list, a pupil of another case, a day to come or nothing at
        all; NotAllowed for who is no lead and not the direction, or cannot read the case; NotSaved or Busy.
        """
        if not directs(self._vault):
            raise NotAllowed(N_("Suspension and expulsion are recorded by coordinator, IB or management."))
        check_length(text)
        checklist = _lists(self._cases.protocol).get(kind)
        if checklist is None:
            raise UsageError(N_("The protocol has no list for this."))
        with self._vault.transaction():
            known, now = self._cases.get(code), self._vault.machine.clock.now()
            self._check(known, checklist, done, waived, now.date())
            if pupil not in known.names:
                raise UsageError(N_("Which pupil of this case is it about?"))
            if follows and follows not in {one.id for one in removals_of(known) if one.checklist.kind == kind}:
                raise UsageError(N_("There is no such removal in this case."))
            record = Decision(
                case=known.code,
                kind=DecisionKind.REMOVAL,
                happened=now.date(),
                entered=now,
                author=self._vault.me.id.hex(),
                text=link(text, known.forms),
                removal=kind,
                about=pupil,
                done=dict(done),
                waived=tuple(sorted(waived)),
                follows=follows,
            )
            if not (record.done or record.text):
                raise UsageError(N_("Nothing is filled in yet: type a day, or a sentence."))
            self._log.changed(known.code, LogWhat.REMOVAL)
            return str(self._db.table("decisions").insert(msgspec.to_builtins(record)))

    @staticmethod
    def _check(
        known: KnownCase, checklist: Checklist, done: Mapping[str, dt.date], waived: Iterable[str], today: dt.date
    ) -> None:
        items = {item.id for item in checklist.items}
        if not known.open:
            raise UsageError(N_("This case is closed. Open it again first."))
        if not {*done, *waived} <= items or set(done) & set(waived):
            raise UsageError(N_("The protocol has no list for this."))
        if any(day > today for day in done.values()):
            raise UsageError(N_("This date is still to come."))
