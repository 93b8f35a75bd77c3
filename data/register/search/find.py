"""The search in everything that this person may read: read bit by bit, kept up to date, forgotten with the session.

It lies in memory alone. Nothing of it is written down, and closing the session empties it.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ...model import DecisionKind, NoteKind
from ...vault.entries import CircleKind, Person, Role
from ...vault.records import Place
from ...vault.vault import News
from ...words import Words
from ..known import KnownCase
from ..lists import behaviours
from .documents import ALONE, CASE_TABLES, WHOLE, Entries, Reader, source
from .entry import BEHAVIOUR, KINDS, MARKS, Entry
from .index import Index, Sought, names_beginning
from .query import Beginnings, Query
from .words import words

if TYPE_CHECKING:
    from ..session import Register

SLICE = 0.01
"""How many seconds are read at a time: between them whoever types has the machine to themselves."""

CHUNK = 16
"""How many documents are opened together."""

_ME = frozenset({"mij", "ik", "me", "mine"})
"""What one calls oneself as an author."""

_NAMING = CASE_TABLES | {"pupils", "school"}
"""Tables in which names stand."""


@dataclass(frozen=True)
class Found:
    """What a search brought."""

    total: int
    """How many there are."""
    entries: tuple[Entry, ...]
    """Those of them that happened last, the latest first."""
    sought: Sought
    unknown: tuple[str, ...] = ()
    """What was asked for as a name and is nobody's and nothing's."""


@dataclass(frozen=True)
class _Unit:
    """A little that is still to be read: `time` is when it was written last, in milliseconds since 1970."""

    time: float
    read: Callable[[], Entries]


@dataclass(frozen=True)
class _Names:
    """What can be looked for by name, as words: pupils and people by id, kinds by label."""

    pupils: Mapping[str, list[str]]
    people: Mapping[str, list[str]]
    labels: Mapping[str, list[str]]


class Search:
    """One session's search. `read_some` fills it, in any thread; `find` may be asked meanwhile."""

    def __init__(self, register: "Register") -> None:
        self._register = register
        self._index = Index()
        self._reading = threading.Lock()
        """Held by who reads documents."""
        self._memory = threading.Lock()
        """Held for as long as the index changes, or is asked."""
        self._todo: deque[_Unit] = deque()
        self._planned = 0
        self._begun = self._whole = self._ended = False
        self._anew = True
        self._changed: set[Place] = set()
        self._cases: dict[str, KnownCase] = {}
        self._pupils: dict[str, str] = {}
        self._known: dict[str, _Names] = {}

    # --- keeping up ----------------------------------------------------------------------------------------

    def heard(self, news: News) -> None:
        """Remember what was written; it is read when somebody asks for it (`read_some`)."""
        if self._begun:
            with self._memory:
                self._changed |= news.places
                self._anew = self._anew or news.directory

    def forget(self) -> None:
        """Forget everything, for good: the session ends."""
        with self._reading, self._memory:
            self._ended = True
            self._index = Index()
            self._todo.clear()
            self._changed.clear()
            for known in (self._cases, self._pupils, self._known):
                known.clear()

    @property
    def left(self) -> float:
        """Which part is still to be read: 1 before anything was, 0 once everything is or was before."""
        if self._whole or not self._begun:
            return 0.0 if self._whole else 1.0
        return len(self._todo) / max(1, self._planned)

    def __len__(self) -> int:
        return len(self._index)

    def read_some(self, seconds: float = SLICE) -> bool:
        """Read for so long, the latest first, and say whether there is more to read. Not for the screen's thread."""
        with self._reading:
            until = time.perf_counter() + seconds
            if self._ended:
                return False
            self._plan()
            while self._todo and time.perf_counter() < until:
                self._put(self._todo.popleft().read())
            self._whole = self._whole or not self._todo
            return bool(self._todo)

    def read_all(self) -> None:
        """Read all there is."""
        while self.read_some():
            pass

    def _put(self, found: Entries) -> None:
        with self._memory:
            for name, entries in found.items():
                self._index.put(name, entries)

    def _plan(self) -> None:
        """Say what is to be read: everything at first and where keys have come or gone, else what was written."""
        with self._memory:
            anew, changed = self._anew, self._changed
            self._anew, self._changed, self._begun = False, set(), True
        if not anew and not changed:
            return
        tables = {table for table, _ in changed}
        units: list[_Unit] = []
        if anew:
            self._todo.clear()
            tables = {*_NAMING, *WHOLE, *ALONE}
        elif "incidents" in tables:
            tables.add("incident_events")  # which are worth what their incident is
        if tables & CASE_TABLES:
            units += self._units_of_cases()
        if tables & _NAMING:
            self._read_names()
        reader = Reader(self._register, self._cases)
        units += [_Unit(math.inf, partial(reader.whole, table)) for table in WHOLE if table in tables]
        for table in ALONE:
            if table in tables:
                idents = {ident for name, ident in changed if name == table}
                units += self._units_alone(reader, table, None if anew or table == "incident_events" else idents)
        self._todo.extendleft(sorted(units, key=lambda unit: unit.time))
        self._planned = len(self._todo)

    def _units_of_cases(self) -> list[_Unit]:
        """Return what changed since: a case of which nothing was written is the same object as before."""
        before = self._cases
        found = {known.code: known for known in self._register.cases.all() if self._takes_part(known)}
        self._cases = found
        self._drop(source("cases", code) for code in before.keys() - found.keys())
        changed = [known for known in found.values() if before.get(known.code) is not known]
        return [_Unit(known.written.timestamp() * 1000, partial(self._read_case, known.code)) for known in changed]

    def _takes_part(self, known: KnownCase) -> bool:
        """Whether a key to the case is mine now: what was opened before stays open to who was taken out of it."""
        vault = self._register.vault
        circle = vault.directory.labelled(CircleKind.CASE, known.code)
        return circle is not None and vault.can_open(circle.id)

    def _read_case(self, code: str) -> Entries:
        """Read a case as it is by now."""
        known = self._cases.get(code)
        return Reader(self._register, ()).case(known) if known else {}

    def _units_alone(self, reader: Reader, table: str, idents: Container[str] | None) -> list[_Unit]:
        """Return some documents of a table, or all; those that are gone are forgotten at once."""
        outlines = self._register.vault.outline(table)
        there = {source(table, seen.id) for seen in outlines}
        self._drop([name for name in self._index.sources if name.startswith(f"{table}:") and name not in there])
        wanted = [seen for seen in outlines if idents is None or seen.id in idents]
        wanted.sort(key=lambda seen: seen.time, reverse=True)
        chunks = (wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK))
        return [_Unit(chunk[0].time, partial(reader.alone, table, chunk)) for chunk in chunks]

    def _drop(self, sources: Iterable[str]) -> None:
        self._put({name: [] for name in sources})

    # --- names ---------------------------------------------------------------------------------------------

    @property
    def names(self) -> dict[str, str]:
        """The pupils that can be named, those too who left: id → name, as the list has it now, else a case."""
        return self._pupils

    def _read_names(self) -> None:
        listed = self._register.pupils.names()
        in_cases = {pupil: name for known in self._cases.values() for pupil, name in known.names.items()}
        with self._memory:
            self._pupils = {**in_cases, **listed}
            self._known = {}

    def _names(self, language: Words) -> _Names:
        with self._memory:
            found = self._known.get(language.language)
            if found is None:
                people = {person.id.hex(): person for person in self.colleagues()}
                found = self._known[language.language] = _Names(
                    {ident: words(name) for ident, name in self._pupils.items()},
                    {ident: words(f"{person.name} {person.login}") for ident, person in people.items()},
                    {label: words(f"{name} {label}") for label, name in self.kinds(language).items()},
                )
            return found

    def kinds(self, language: Words) -> dict[str, str]:
        """Return what a kind is called, by label: the school's kinds of behaviour, then what can be written."""
        tr, school = language.tr, self._register.school()
        coded = (NoteKind.SIGNAL, *DecisionKind)
        return {
            **{BEHAVIOUR + behaviour.id: behaviour.name for behaviour in behaviours(school)},
            **{kind.value: tr(word) for kind, word in KINDS.items()},
            **{label: tr(word) for label, word in MARKS.items()},
            **{code.value: tr(code.value) for code in coded},
        }

    def colleagues(self) -> list[Person]:
        """Return who may have written something, in the order they came."""
        people = self._register.vault.directory.people.values()
        return [person for person in people if Role.RECOVERY not in person.roles]

    def places(self) -> list[str]:
        """Return the places that something was written about, and those of the school's list."""
        with self._memory:
            found = self._index.place_names()
        listed = self._register.school().places
        return [*listed, *(place for place in found if place not in listed)]

    # --- finding -------------------------------------------------------------------------------------------

    def find(self, query: Query, language: Words, most: int) -> Found:
        """Return what fits; nothing where nothing is asked for. Quick, but not for the screen's own thread."""
        if not query or self._ended:
            return Found(0, (), Sought(), tuple(query.unclear))
        names = self._names(language)
        unknown = list(query.unclear)

        def named(there: Mapping[str, list[str]], wanted: Beginnings) -> frozenset[str]:
            found = names_beginning(there, wanted)
            unknown.extend([] if found else [" ".join(wanted)])
            return found

        sought = Sought(
            tuple((word, names_beginning(names.pupils, (word,))) for word in dict.fromkeys(query.words)),
            tuple(named(names.pupils, wanted) for wanted in query.pupils),
            query.places,
            tuple(named(names.labels, wanted) for wanted in query.kinds),
            tuple(self._author(names, wanted, named) for wanted in query.authors),
            query.periods,
        )
        with self._memory:
            total, entries = self._index.find(sought, most)
        return Found(total, entries, sought, tuple(unknown))

    def _author(
        self, names: _Names, wanted: Beginnings, named: Callable[[Mapping[str, list[str]], Beginnings], frozenset[str]]
    ) -> frozenset[str]:
        return frozenset({self._register.me}) if set(wanted) <= _ME else named(names.people, wanted)

    def entry(self, key: str) -> Entry | None:
        """Return what was found under a key, if it can still be read."""
        with self._memory:
            return self._index.entry(key)
