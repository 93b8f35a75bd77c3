"""Which notes go on with another, and which correct one: never another's, never a later one, whatever they claim."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from ..model import Note


@dataclass(frozen=True)
class KnownNote:
    """A note with its id and the case it belongs to, if this person takes part in it."""

    id: str
    note: Note
    case: str
    original: "KnownNote | None" = None
    """What it corrects, if it corrects anything and this person can read that."""
    corrected: bool = False
    """Whether one of the notes it was read with corrects it: shown, and counted no more."""
    begun: datetime | None = None
    """Of what was a concept once: when that was written down."""

    @property
    def written(self) -> datetime:
        """When it was first written down, in whatever words: a concept was a report in time."""
        return self.begun or self.note.entered

    @property
    def first(self) -> "KnownNote":
        """What was corrected in the end: itself, where it corrects nothing that this person can read."""
        found = self
        while found.original is not None:
            found = found.original
        return found


MOST_BEFORE = 50
"""How many corrections of corrections a note knows behind it: nobody corrects a note so often."""

Rank = Callable[[str], int]
"""Returns the place of a note (by id) in the order of writing, which no clock can change; 0 for none."""


def _follows(later: KnownNote, earlier: KnownNote, rank: Rank) -> bool:
    """Whether a note was written by the author of another, after it, and neither is of the counsellor's."""
    same = later.note.author == earlier.note.author and later.note.talk is None and earlier.note.talk is None
    return same and rank(later.id) > rank(earlier.id)


def successors(notes: Mapping[str, KnownNote], rank: Rank) -> dict[str, list[str]]:
    """Return, of each concept that was gone on with, the entries that go on with it, in the order of writing."""
    found: dict[str, list[str]] = {}
    for known in notes.values():
        concept = notes.get(known.note.replaces) if known.note.replaces else None
        if concept is not None and concept.note.concept and _follows(known, concept, rank):
            found.setdefault(concept.id, []).append(known.id)
    return {ident: sorted(entries, key=rank) for ident, entries in found.items()}


def standing(ident: str, later: Mapping[str, list[str]]) -> list[str]:
    """Return what stands in the place of a note: itself, or the last entries that went on with it.

    There are several only where one person's two programs went on with one concept: nothing of it is lost.
    """
    found, waiting = list[str](), [ident]
    while waiting:
        at = waiting.pop()
        if at in later:
            waiting += reversed(later[at])
        else:
            found.append(at)
    return found


def with_originals(
    notes: Mapping[str, KnownNote], get: Callable[[str], KnownNote | None], rank: Rank
) -> list[KnownNote]:
    """Return notes with what they correct, a correction straight behind its original, the others as they came.

    `get` finds an original that is not among them. A claim to correct somebody else's note is left out; what corrects
    a note that this person cannot read stays a correction, of something unknown.
    """
    found, behind, deep = dict(notes), dict[str, list[str]](), dict[str, int]()
    # In the order of writing, so that what a correction corrects knows already what it corrects itself.
    for ident in sorted((ident for ident, known in notes.items() if known.note.corrects), key=rank):
        known = found[ident]
        original = found.get(known.note.corrects) or get(known.note.corrects)
        if original is None:
            continue
        if _corrects(known, original, rank):
            deep[ident] = deep.get(original.id, 0) + 1
            far = deep[ident] % MOST_BEFORE == 0
            found[ident] = replace(known, original=replace(original, original=None) if far else original)
            behind.setdefault(original.id, []).append(ident)
        else:
            found[ident] = replace(known, note=structs.replace(known.note, corrects=""))
    inside = behind.keys() & found.keys()
    for ident in inside:
        found[ident] = replace(found[ident], corrected=True)
    moved = {correction for ident in inside for correction in behind[ident]}
    ordered, waiting = list[KnownNote](), [ident for ident in reversed(found) if ident not in moved]
    while waiting:
        at = waiting.pop()
        ordered.append(found[at])
        waiting += sorted(behind.get(at, ()), key=rank, reverse=True)
    return ordered


def _corrects(known: KnownNote, original: KnownNote, rank: Rank) -> bool:
    return not original.note.concept and _follows(known, original, rank)


def family(ident: str, notes: Iterable[KnownNote], rank: Rank) -> list[KnownNote]:
    """Return a note with everything it corrects or is corrected by, in the order of writing."""
    known = {note.id: note for note in notes}
    linked: dict[str, set[str]] = {}
    for one in known.values():
        original = known.get(one.note.corrects)
        if original is not None and _corrects(one, original, rank):
            linked.setdefault(one.id, set()).add(original.id)
            linked.setdefault(original.id, set()).add(one.id)
    found, waiting = set[str](), [ident]
    while waiting:
        at = waiting.pop()
        if at in known and at not in found:
            found.add(at)
            waiting += linked.get(at, ())
    return [known[at] for at in sorted(found, key=rank)]
