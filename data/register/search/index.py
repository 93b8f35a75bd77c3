"""Words, pupils, places, kinds and authors, each with where it occurs: in memory, and never anywhere else."""

import heapq
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..text import pupils_in
from .entry import CONCEPT, Entry
from .periods import Period
from .words import begin, words

_BEHIND = "\U0010ffff"
"""Behind every word that begins with what stands before it."""


@dataclass(frozen=True)
class Sought:
    """What is looked for, with names in place of what was typed. All of it must be there, and of each set one."""

    words: tuple[tuple[str, frozenset[str]], ...] = ()
    """The beginning of a word, and the pupils of whose name it begins a part."""
    pupils: tuple[frozenset[str], ...] = ()
    places: tuple[tuple[str, ...], ...] = ()
    """The beginnings of the words of a place."""
    labels: tuple[frozenset[str], ...] = ()
    authors: tuple[frozenset[str], ...] = ()
    periods: tuple[Period, ...] = ()

    @property
    def about(self) -> frozenset[str]:
        """The pupils that are looked for, by a word or as pupils."""
        return frozenset().union(*self.pupils, *(named for _, named in self.words))


class Postings:
    """Where each of some keys occurs."""

    def __init__(self) -> None:
        self._at: dict[str, set[int]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def add(self, key: str, number: int) -> bool:
        """Write down that a key occurs somewhere; return whether it is new."""
        found = self._at.get(key)
        if found is None:
            self._at[key] = {number}
            return True
        found.add(number)
        return False

    def remove(self, key: str, number: int) -> bool:
        """Write down that it does not any more; return whether it occurs nowhere now."""
        found = self._at[key]
        found.discard(number)
        if found:
            return False
        del self._at[key]
        return True

    def of(self, keys: Iterable[str]) -> set[int]:
        """Return where any of some keys occurs."""
        return set().union(*(self._at[key] for key in keys if key in self._at))


def words_of(entry: Entry) -> set[str]:
    """Return the words that an entry is found by; pupils are found by the names they have now."""
    typed = (part for text in entry.texts for part in text if isinstance(part, str))
    return {word for text in (*typed, entry.title, entry.place, entry.case) for word in words(text)}


def pupils_of(entry: Entry) -> set[str]:
    """Return the pupils that an entry is found by."""
    return {*entry.pupils, *(pupil for text in entry.texts for pupil in pupils_in(text))}


class Index:
    """Entries by where they come from, and what they are found by. Not for two threads at once."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._sources: dict[str, tuple[int, ...]] = {}
        self._rank: dict[int, tuple[float, str]] = {}
        self._words = Postings()
        self._sorted: list[str] = []
        self._pupils, self._places, self._labels, self._authors = (Postings() for _ in range(4))
        self._numbers: dict[str, int] = {}
        self._replacing: set[int] = set()
        self._hidden: frozenset[int] | None = frozenset()
        self._next = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def sources(self) -> Collection[str]:
        """Where the entries come from."""
        return self._sources.keys()

    def put(self, source: str, entries: Iterable[Entry]) -> None:
        """Let a source hold these entries, and no others any more."""
        wanted = tuple(entries)
        before = tuple(self._entries[number] for number in self._sources.get(source, ()))
        if wanted == before:
            return
        for number in self._sources.pop(source, ()):
            self._remove(number)
        if wanted:
            self._sources[source] = tuple(map(self._add, wanted))

    def _add(self, entry: Entry) -> int:
        number, self._next = self._next, self._next + 1
        self._entries[number] = entry
        self._rank[number] = (entry.at.timestamp(), entry.key)
        self._numbers[entry.key] = number
        for postings, keys in self._found_by(entry):
            for key in keys:
                if postings.add(key, number) and postings is self._words:
                    insort(self._sorted, key)
        if entry.replaces:
            self._replacing.add(number)
        self._hidden = None
        return number

    def _remove(self, number: int) -> None:
        entry = self._entries.pop(number)
        del self._rank[number]
        if self._numbers.get(entry.key) == number:
            del self._numbers[entry.key]
        for postings, keys in self._found_by(entry):
            for key in keys:
                if postings.remove(key, number) and postings is self._words:
                    del self._sorted[bisect_left(self._sorted, key)]
        self._replacing.discard(number)
        self._hidden = None

    def _found_by(self, entry: Entry) -> Iterable[tuple[Postings, Iterable[str]]]:
        yield self._words, words_of(entry)
        yield self._pupils, pupils_of(entry)
        yield self._places, {entry.place} - {""}
        yield self._labels, {entry.kind.value, *entry.labels}
        yield self._authors, {entry.author}

    # --- finding -------------------------------------------------------------------------------------------

    def find(self, sought: Sought, most: int) -> tuple[int, tuple[Entry, ...]]:
        """Return how many entries fit, and those of them that happened last, the latest first."""
        found: set[int] | None = None
        for here in self._parts(sought):
            found = here if found is None else found & here
            if not found:
                return 0, ()
        found = set(self._entries) if found is None else found
        for first, last in sought.periods:
            found = {number for number in found if first <= self._entries[number].day <= last}
        found -= self._replaced()
        latest = heapq.nlargest(most, found, key=self._rank.__getitem__)
        return len(found), tuple(self._entries[number] for number in latest)

    def entry(self, key: str) -> Entry | None:
        """Return the entry with this key, if it is still there."""
        number = self._numbers.get(key)
        return None if number is None else self._entries[number]

    def place_names(self) -> list[str]:
        """Return the places that occur."""
        return sorted(self._places)

    def _parts(self, sought: Sought) -> Iterator[set[int]]:
        """Yield where each part of what is sought occurs; the longest words, which are the rarest, first."""
        for word, named in sorted(sought.words, key=lambda one: -len(one[0])):
            yield self._words.of(self._beginning(word)) | self._pupils.of(named)
        yield from map(self._pupils.of, sought.pupils)
        yield from map(self._authors.of, sought.authors)
        yield from map(self._labels.of, sought.labels)
        for place in sought.places:
            yield self._places.of([name for name in self._places if begin(place, words(name))])

    def _beginning(self, word: str) -> list[str]:
        return self._sorted[bisect_left(self._sorted, word) : bisect_left(self._sorted, word + _BEHIND)]

    def _replaced(self) -> frozenset[int]:
        """Return the concepts that their own author went on with."""
        if self._hidden is None:
            pairs = ((self._entries[by], self._numbers.get(self._entries[by].replaces)) for by in self._replacing)
            self._hidden = frozenset(
                number for by, number in pairs if number is not None and _goes_on(by, self._entries[number])
            )
        return self._hidden


def _goes_on(entry: Entry, with_: Entry) -> bool:
    return entry.author == with_.author and CONCEPT in with_.labels


def names_beginning(names: Mapping[str, Collection[str]], wanted: Iterable[str]) -> frozenset[str]:
    """Return those of whose words each wanted one begins a word; `names` is id → words."""
    starts = tuple(wanted)
    return frozenset(ident for ident, there in names.items() if begin(starts, there)) if starts else frozenset()
