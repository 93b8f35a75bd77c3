"""Searching a school with 12,500 further documents: a key within a frame, beside a plain scan of the same texts.

`python -m pytest -s tests/benchmarks/test_search.py`; making the school takes about half a minute.
"""

import gc
import re
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from data.demo import create_demo
from data.model import PupilRef
from data.register import Register, open_school
from data.register.day import look
from data.register.pupils import fold
from data.register.search import Query, Search, snippet
from data.register.search.query import parse
from data.vault.machine import Machine
from data.words import Words
from tests.benchmarks.ratio import medians, table

CASES = 530
FRAME = 1000 / 60
"""Milliseconds between two pictures of a screen."""

SHOWN = 60
WIDTH = 50
NL = Words("nl")

TYPED = (
    "e",
    "h",
    "hek",
    "zoë",
    "de",
    "speelplaats",
    "duwde plein",
    "@sa",
    "#plein door:marit",
    "vorige maand",
    "!afspraak",
)


@pytest.fixture(scope="module")
def anne(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """The coordinator, who reads every case."""
    made = create_demo(str(tmp_path_factory.mktemp("large") / "school.pest"), cases=CASES)
    register = open_school(made.vault, "anne", made.person("anne").passphrase, machine=Machine())
    yield register
    register.close()


def read(search: Search) -> tuple[float, float, int]:
    """Read everything; return the seconds it took, the longest slice of them in milliseconds, and how many."""
    slices, begun = [], time.perf_counter()
    while True:
        before = time.perf_counter()
        more = search.read_some()
        slices.append(1000 * (time.perf_counter() - before))
        if not more:
            return time.perf_counter() - begun, max(slices), len(slices)


def test_reading(anne: Register) -> None:
    look(anne)  # my day comes first, and opens the cases
    seconds, longest, slices = read(anne.search)
    print(f"\nread {len(anne.search)} documents in {seconds:.1f} s, {slices} slices, the longest {longest:.0f} ms")
    tracemalloc.start()
    again = Search(anne)
    again.read_all()
    gc.collect()
    print(f"the search holds {tracemalloc.get_traced_memory()[0] / 1e6:.0f} MB")
    tracemalloc.stop()
    again.forget()
    seconds, _, _ = read(warm := Search(anne))
    print(f"read again with everything opened: {seconds:.1f} s")
    warm.forget()


def plain(anne: Register) -> Callable[[Query], int]:
    """Return a plain scan of the same texts: folded beforehand, with names in them, one regular expression a word."""
    names, entries = anne.search.names, anne.search.find(parse("sinds 1-1-2000", anne.now().date()), NL, 10**6).entries
    texts = []
    for entry in entries:
        parts = [names.get(part.pupil, "") if isinstance(part, PupilRef) else part for t in entry.texts for part in t]
        parts += [entry.title, entry.place, entry.case, *(names.get(pupil, "") for pupil in entry.pupils)]
        texts.append(fold("\n".join(parts)))

    def scan(query: Query) -> int:
        wanted = [re.compile(r"(?<![^\W_])" + re.escape(word)) for word in query.words]
        return sum(all(one.search(text) for one in wanted) for text in texts)

    return scan


def test_a_key_while_typing(anne: Register) -> None:
    """Each query with its hits counted, the latest 60 put in order and drawn with their context."""
    anne.search.read_all()
    search, today, scan = anne.search, anne.now().date(), plain(anne)
    assert len(search) > 12_500
    name = search.names.__getitem__

    def drawn(query: Query) -> None:
        found = search.find(query, NL, SHOWN)
        for entry in found.entries:
            snippet(entry, found.sought, name, WIDTH)

    frames, ratios = [], []
    for typed in TYPED:
        query = parse(typed, today)
        total = search.find(query, NL, SHOWN).total
        if query == Query(query.words):
            assert scan(query) == total, typed
            actions: dict[str, Callable[[], object]] = {"plain scan": lambda query=query: scan(query)}  # type: ignore[misc]
        else:
            actions = {}
        actions["pesttui: find"] = lambda query=query: search.find(query, NL, SHOWN)  # type: ignore[misc]
        actions["pesttui: find and draw"] = lambda query=query: drawn(query)  # type: ignore[misc]
        found = medians(15, **actions)
        print(table(f"{typed!r}: {total} found", found, next(iter(found))))
        frames.append(1000 * found["pesttui: find and draw"] / FRAME)
        if "plain scan" in found:
            ratios.append(found["pesttui: find"] / found["plain scan"])
    print(f"\nfind and draw: {statistics.median(frames):.2f} frames of {FRAME:.1f} ms, at most {max(frames):.2f}")
    print(f"find beside a plain scan: {statistics.median(ratios):.3f} x, at most {max(ratios):.3f} x")
    assert max(frames) < 1
    assert max(ratios) < 1
