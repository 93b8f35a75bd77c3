"""The counsellor's compartment: conversations, appointments and consents that only their author's key opens.

Nothing leaves it but numbers, and those only when the counsellor releases them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import msgspec

from ..clean import clean_line, clean_text
from ..errors import N_, NotAllowed, UsageError
from ..model import Consent, Counts, Note, NoteKind, Talk
from ..vault.entries import CircleKind, Role
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .events import event_of
from .notes import KnownNote, Notes, check_length, forms_of, recognise
from .pupils import Pupils, fold, school_year
from .text import link

Own = TypeVar("Own", Consent, Counts)

MAX_WHO, MAX_TO = 80, 200


@dataclass(frozen=True)
class Meeting:
    """A conversation or an appointment as it was typed."""

    who: str
    when: datetime
    text: str = ""
    appointment: bool = False
    referred: str = ""


@dataclass(frozen=True)
class KnownConsent:
    """A consent with its id and the day on which it was taken back, if it was."""

    id: str
    consent: Consent
    withdrawn: date | None


class Counsel:
    """What a counsellor keeps, and the numbers that others may read."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, notes: Notes) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._notes = notes

    @property
    def mine(self) -> bool:
        """Whether this person is a counsellor."""
        return Role.COUNSELLOR in self._vault.me.roles

    @property
    def reads_numbers(self) -> bool:
        """Whether released numbers are for this person: leads and direction."""
        directory, me = self._vault.directory, self._vault.me.id
        return any(directory.in_circle(me, directory.the(kind).id) for kind in (CircleKind.LEAD, CircleKind.DIRECTION))

    def _require(self) -> None:
        if not self.mine:
            raise NotAllowed(N_("Only a counsellor has this compartment."))

    # --- conversations and appointments --------------------------------------------------------------------

    def add(self, meeting: Meeting) -> str:
        """Write a conversation or an appointment down and return its id.

        Raises UsageError where it says too little or its moment does not fit, NotAllowed, NotSaved or Busy.
        """
        self._require()
        now, who = self._vault.machine.clock.now(), clean_line(meeting.who, MAX_WHO)
        if not who:
            raise UsageError(N_("With whom?"))
        if not meeting.appointment and not clean_text(meeting.text).strip():
            raise UsageError(N_("A conversation needs at least one line about what was said."))
        if not meeting.appointment and meeting.when > now:
            raise UsageError(N_("That moment is still to come. When did it happen?"))
        if meeting.appointment and meeting.when.astimezone().date() < now.astimezone().date():
            raise UsageError(N_("That day is past. When is the appointment?"))
        check_length(meeting.text)
        pupils = self._pupils.all()
        named = set(recognise(meeting.text, pupils, self._pupils.my_groups()))
        note = Note(
            kind=NoteKind.CONFIDENTIAL,
            author=self._vault.me.id.hex(),
            happened=meeting.when,
            entered=now,
            facts=link(meeting.text, forms_of(pupils, named)),
            private=True,
            talk=Talk(who=who, appointment=meeting.appointment, referred=clean_line(meeting.referred, MAX_WHO)),
        )
        return str(self._db.table("notes").insert(msgspec.to_builtins(note)))

    def all(self) -> list[KnownNote]:
        """Return one's conversations and appointments, oldest first."""
        return [known for known in self._notes.confidential() if known.note.talk is not None] if self.mine else []

    def today(self) -> int:
        """Return how many appointments there are today."""
        today = self._vault.machine.clock.now().date()
        return sum(
            known.note.happened.astimezone().date() == today
            for known in self.all()
            if known.note.talk is not None and known.note.talk.appointment
        )

    # --- consents ------------------------------------------------------------------------------------------

    def consent(self, who: str, to: str, day: date) -> str:
        """Write down that somebody agreed to something and return its id; raises UsageError or NotAllowed."""
        self._require()
        who, to = clean_line(who, MAX_WHO), clean_line(to, MAX_TO)
        if not who or not to:
            raise UsageError(N_("Who agreed, and to what?"))
        return self._consent(day, who=who, to=to)

    def withdraw(self, consent: str, day: date) -> str:
        """Write down that a consent was taken back; raises UsageError where there is none that stands."""
        self._require()
        with self._vault.transaction():
            if not any(known.id == consent and known.withdrawn is None for known in self.consents()):
                raise UsageError(N_("This consent was taken back already."))
            return self._consent(day, withdraws=consent)

    def _consent(self, day: date, **fields: str) -> str:
        now = self._vault.machine.clock.now()
        if day > now.date():
            raise UsageError(N_("This date is still to come."))
        record = Consent(author=self._vault.me.id.hex(), entered=now, day=day, **fields)
        return str(self._db.table("consents").insert(msgspec.to_builtins(record)))

    def consents(self) -> list[KnownConsent]:
        """Return one's consents, in the order of writing; those of nobody else, whoever grants them."""
        me = self._vault.me.id.hex()
        own = {ident: said for ident, said in self._signed("consents", Consent) if said.author == me}
        back = {said.withdraws: said.day for said in own.values() if said.withdraws}
        return [KnownConsent(ident, said, back.get(ident)) for ident, said in own.items() if not said.withdraws]

    # --- numbers -------------------------------------------------------------------------------------------

    def numbers(self, year: str) -> Counts:
        """Count a school year's conversations, with how many people they were, and how many were pointed on."""
        talks = [
            known.note.talk
            for known in self.all()
            if known.note.talk is not None
            and not known.note.talk.appointment
            and school_year(known.note.happened.astimezone().date()) == year
        ]
        return Counts(
            author=self._vault.me.id.hex(),
            entered=self._vault.machine.clock.now(),
            year=year,
            conversations=len(talks),
            complainants=_people(talks),
            referred=_people(talk for talk in talks if talk.referred),
        )

    def release(self, year: str) -> str:
        """Let the leads and the direction read a school year's numbers as they are now, and nothing else."""
        self._require()
        with self._vault.transaction():
            return str(self._db.table("counts").insert(msgspec.to_builtins(self.numbers(year))))

    def released(self) -> list[Counts]:
        """Return the last numbers of each counsellor and school year that this person can read, newest year first."""
        people = self._vault.directory.people
        last: dict[tuple[str, str], Counts] = {}
        for _, counts in self._signed("counts", Counts):
            author = people.get(bytes.fromhex(counts.author))
            if author is not None and Role.COUNSELLOR in author.roles:
                last[counts.author, counts.year] = counts
        return sorted(last.values(), key=lambda counts: counts.year, reverse=True)

    def _signed(self, table: str, kind: type[Own]) -> list[tuple[str, Own]]:
        """Return a table's documents by who signed them: whatever the content says."""
        found = (event_of(self._vault, self._db, table, ident, kind) for ident in self._vault.ids(table))
        return [event for event in found if event is not None]


def _people(talks: Iterable[Talk]) -> int:
    return len({fold(talk.who) for talk in talks})
