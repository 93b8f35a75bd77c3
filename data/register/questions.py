"""Questions to the leads, who are a sounding board: asked in a sentence, answered, or taken up as a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ..clean import clean_text
from ..errors import N_, NotAllowed, UsageError
from ..model import Question
from ..vault.entries import CircleKind, Role
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .events import event_of
from .notes import check_length, forms_of, recognise
from .pupils import Pupils
from .text import link

_LEADS = frozenset({Role.COORDINATOR, Role.IB})


@dataclass(frozen=True)
class KnownQuestion:
    """A question with what was said to it, in the order of writing."""

    id: str
    asked: Question
    said: tuple[Question, ...]

    @property
    def key(self) -> str:
        """The key in `Settings.seen` for until when its asker has seen it."""
        return f"question:{self.id}"

    @property
    def last(self) -> Question:
        """What was said last: the question itself, as long as nobody said anything to it."""
        return self.said[-1] if self.said else self.asked

    @property
    def case(self) -> str:
        """The code of the case that it became, or an empty string."""
        return next((said.case for said in reversed(self.said) if said.case), "")

    @property
    def waiting(self) -> bool:
        """Whether a lead has to say something: the asker had the last word, and no case came of it."""
        return self.last.author == self.asked.author and not self.case


class Questions:
    """The questions this person asked, and, for a lead, everybody's."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils

    @property
    def answers(self) -> bool:
        """Whether this person is one of those who are asked."""
        directory = self._vault.directory
        return directory.in_circle(self._vault.me.id, directory.the(CircleKind.LEAD).id)

    def ask(self, text: str) -> str:
        """Ask the leads something and return the question's id; raises UsageError, NotAllowed, NotSaved or Busy."""
        return self._write(text, N_("What is your question?"))

    def answer(self, question: str, text: str) -> str:
        """Say something to a question this person can read; raises UsageError, NotAllowed, NotSaved or Busy."""
        with self._vault.transaction():
            self.get(question)
            return self._write(text, N_("An answer needs a few words."), to=question)

    def became(self, question: str, case: str) -> str:
        """Write down that a case was opened from a question; raises NotAllowed, NotSaved or Busy."""
        with self._vault.transaction():
            self.get(question)
            return self._insert((), to=question, case=case)

    def _write(self, text: str, empty: str, *, to: str = "") -> str:
        if not clean_text(text).strip():
            raise UsageError(empty)
        check_length(text)
        pupils = self._pupils.all()
        named = recognise(text, pupils, self._pupils.my_groups())
        return self._insert(link(text, forms_of(pupils, set(named))), to=to)

    def _insert(self, text: tuple[object, ...], **more: str) -> str:
        now, me = self._vault.machine.clock.now(), self._vault.me.id.hex()
        document = {"author": me, "entered": now, "text": msgspec.to_builtins(text), **more}
        record = msgspec.convert(document, Question)
        return str(self._db.table("questions").insert(msgspec.to_builtins(record)))

    # --- reading -------------------------------------------------------------------------------------------

    def all(self, since: datetime) -> list[KnownQuestion]:
        """Return the questions to which something was said since a moment, or that were asked since, newest first."""
        least = since.timestamp() * 1000
        recent = self._read(seen.id for seen in self._vault.outline("questions") if seen.time >= least)
        older = {record.to for record in recent.values() if record.to} - recent.keys()
        found = self._together({**self._read(older), **recent})
        return sorted(found, key=lambda known: known.last.entered, reverse=True)

    def get(self, ident: str) -> KnownQuestion:
        """Return one question; raises NotAllowed if it does not exist or this person cannot read it."""
        for known in self._together(self._read(self._vault.ids("questions"))):
            if known.id == ident:
                return known
        raise NotAllowed(N_("This does not exist, or you may not see it."))

    def _read(self, idents: Iterable[str]) -> dict[str, Question]:
        """Return what can be read, by who signed it: whatever its content says, nobody writes in another's name."""
        found = {}
        for ident in idents:
            said = event_of(self._vault, self._db, "questions", ident, Question)
            if said is not None:
                found[ident] = said[1]
        return found

    def _together(self, records: dict[str, Question]) -> list[KnownQuestion]:
        """Put what was said with its question; only the asker and the leads have a say in it."""
        said: dict[str, list[Question]] = {}
        for record in records.values():
            asked = records.get(record.to)
            if asked is not None and not asked.to and (record.author == asked.author or self._lead(record.author)):
                said.setdefault(record.to, []).append(record)
        asked_only = ((ident, record) for ident, record in records.items() if not record.to)
        return [KnownQuestion(ident, asked, tuple(said.get(ident, ()))) for ident, asked in asked_only]

    def _lead(self, author: str) -> bool:
        """Whether somebody is a lead, or was one when they left: their answers stay answers."""
        person = self._vault.directory.people.get(bytes.fromhex(author))
        return person is not None and bool(_LEADS & set(person.roles))
