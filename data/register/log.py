"""The log: who read, changed, exported or granted what, and when. Lines are added, never changed and never removed.

A line holds code words, codes of cases and ids of people: nothing that was typed, so no pupil's name.
"""

import datetime as dt
from collections.abc import Callable, Iterable

import msgspec

from ..clean import clean_line
from ..errors import VaultError
from ..model import LogEntry, LogKind, LogWhat
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Outline, Vault
from .events import event_of
from .schema import no_such_case

_KNOWN = {word.value for word in LogWhat} | {""}

_LONGEST_DAY = dt.timedelta(hours=26)
"""A day on which the clock is put back has 25 hours; records tell their time in another way than lines do."""


class Log:
    """The log as far as this person's keys open it: leads read all of it, others their cases' and their own lines."""

    def __init__(self, vault: Vault, db: VaultDB) -> None:
        self._vault = vault
        self._db = db
        self._read_on: dict[str, dt.date] = {}
        """Case → the day on which this session has found or written that it was read."""

    # --- writing -------------------------------------------------------------------------------------------

    def changed(self, case: str, what: str, *, private: bool = False) -> bool:
        """Write down that this person changed something in a case, or, with an empty code, outside one.

        As all that write: in the running transaction, so that the change and its line are one save, else in one of
        their own. `what` is a `LogWhat`, else ValueError. Returns False, with nothing written, where this person may
        write no such line: who is not staff writes only about cases they are in. Raises NotAllowed for a case that
        does not exist, NotSaved or Busy.
        """
        return self.note(LogKind.CHANGED, case=case, what=what, private=private)

    def exported(self, case: str, what: str, *, private: bool = False) -> bool:
        """Write down that this person took something out of the file, about a case or, with an empty code, not."""
        return self.note(LogKind.EXPORTED, case=case, what=what, private=private)

    def granted(self, case: str, person: str) -> bool:
        """Write down that this person let somebody (an id in hex) into a case."""
        return self.note(LogKind.GRANTED, case=case, about=person)

    def withdrawn(self, case: str, person: str) -> bool:
        """Write down that this person took somebody (an id in hex) out of a case.

        After the case's circle has its new keys, where that is done in the same transaction: who was taken out would
        else read this line.
        """
        return self.note(LogKind.WITHDRAWN, case=case, about=person)

    def people(self, what: str, person: str) -> bool:
        """Write down what this person did about somebody (an id in hex): invited, reset, other roles, let go."""
        return self.note(LogKind.PERSON, about=person, what=what)

    def note(self, kind: LogKind, *, case: str = "", about: str = "", what: str = "", private: bool = False) -> bool:
        """Write a line of any kind; see `changed`."""
        vault = self._vault
        if not case and not vault.directory.staff(vault.me.id):
            return False
        entry = LogEntry(
            kind=kind,
            at=vault.machine.clock.now(),
            author=vault.me.id.hex(),
            case=case,
            about=about,
            what=LogWhat(what).value if what else "",
            private=private,
        )
        with vault.transaction() as transaction:
            if transaction.view.labelled(CircleKind.PERSON, vault.me.id.hex()) is None:
                # The recovery code is the one that never logged in for the first time.
                own = transaction.new_circle(CircleKind.PERSON, vault.me.id.hex())
                transaction.join(own.id, vault.me.id)
            self._db.table("log").insert(msgspec.to_builtins(entry))
        return True

    def read_case(self, code: str) -> bool:
        """Write down, once a day, that this person read a case; return whether that stands in the log.

        Never an error: a file that takes nothing now, for whatever reason, can still be read.
        """
        case, today = _code(code), self._vault.machine.clock.now().date()
        if self._read_on.get(case) == today:
            return True
        try:
            if self._circle(case) is None:
                return False
            if not self._stands(case):
                if self._vault.damage:
                    return False
                with self._vault.transaction():
                    # Asked again under the lock: another session of the same person may have written it.
                    if not self._stands(case):
                        self.note(LogKind.READ, case=case)
        except VaultError:
            return False
        self._read_on[case] = today
        return True

    def _stands(self, case: str) -> bool:
        """Whether this person's reading of today is in the table, signed by them."""
        vault, circle = self._vault, self._circle(case)
        now, me = vault.machine.clock.now(), vault.me.id.hex()
        own = vault.directory.labelled(CircleKind.PERSON, me)
        homes = {circle, own.id if own else None}
        least = (now - _LONGEST_DAY).timestamp() * 1000
        recent = (seen for seen in vault.outline("log", least) if seen.home in homes)

        def mine_today(line: LogEntry) -> bool:
            same = (line.kind, line.case, line.author) == (LogKind.READ, case, me)
            return same and line.at.astimezone(now.tzinfo).date() == now.date()

        return bool(self._open((seen for seen in recent if circle in seen.granted), 1, mine_today))

    # --- reading -------------------------------------------------------------------------------------------

    @property
    def whole(self) -> bool:
        """Whether this person reads the lines about everything but private things: the leads do."""
        directory = self._vault.directory
        return directory.in_circle(self._vault.me.id, directory.the(CircleKind.LEAD).id)

    def of_case(self, code: str, most: int | None = None) -> list[LogEntry]:
        """Return a case's lines in the order of writing, at most the last `most` of them.

        Raises NotAllowed for a case that does not exist or that this person cannot read: the same for both.
        """
        case = _code(code)
        circle = self._circle(case)
        if circle is None:
            raise no_such_case()
        found = (seen for seen in self._vault.outline("log") if circle in seen.granted)
        return self._open(found, most, lambda line: line.case == case)

    def all(self, most: int | None = None) -> list[LogEntry]:
        """Return every line that this person can read in the order of writing, at most the last `most` of them."""
        return self._open(self._vault.outline("log"), most, lambda _: True)

    def _circle(self, code: str) -> bytes | None:
        """Return the circle of a case that this session can read."""
        circle, record = self._vault.directory.labelled(CircleKind.CASE, code), self._vault.record(("cases", code))
        if circle is None or record is None or record.home != circle.id or self._vault.read(("cases", code)) is None:
            return None
        return circle.id

    def _open(
        self, outlines: Iterable[Outline], most: int | None, wanted: Callable[[LogEntry], bool]
    ) -> list[LogEntry]:
        """Open the last lines that are wanted; what this person cannot open is left out."""
        found: list[LogEntry] = []
        for seen in reversed(list(outlines)):
            if most is not None and len(found) >= most:
                break
            line = self._line(seen.id)
            if line is not None and wanted(line):
                found.append(line)
        return found[::-1]

    def _line(self, ident: str) -> LogEntry | None:
        """Return a line by who signed it, with no code or word that its author has made up."""
        found = event_of(self._vault, self._db, "log", ident, LogEntry)
        if found is None:
            return None
        line = found[1]
        case = line.case if self._vault.directory.labelled(CircleKind.CASE, line.case) else ""
        what = line.what if line.what in _KNOWN else LogWhat.OTHER.value
        return msgspec.structs.replace(line, case=case, what=what)


def _code(code: str) -> str:
    """Return the code of a case as it is stored, however it was typed."""
    return clean_line(code, 20).upper()
