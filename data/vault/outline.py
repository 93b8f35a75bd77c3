"""Documents from outside: what the file says of them without opening any, to find candidates by."""

from collections.abc import Iterable

import msgspec

from .records import Grant, Place
from .state import State


class Outline(msgspec.Struct, frozen=True, gc=False):
    """A document from outside: its id, when its record was written (ms since 1970), its home, who has a grant."""

    id: str
    time: int
    home: bytes
    grants: tuple[Grant, ...]

    @property
    def granted(self) -> frozenset[bytes]:
        """The circles that a grant of it names."""
        return frozenset([grant.circle for grant in self.grants])


def of(state: State, table: str, idents: Iterable[str]) -> dict[str, Outline]:
    """Return the outlines of some documents of a table, by id, in this order."""
    found, grants, documents = {}, state.grants.get(table, {}), state.tables.get(table, {})
    for ident in idents:
        record = documents[ident].record
        found[ident] = Outline(ident, record.time, record.home, tuple(grants.get(ident, ())))
    return found


def keep_up(outlines: dict[str, dict[str, Outline]], state: State, touched: set[Place]) -> None:
    """Bring tables that were asked for before up to date: documents that are new go behind those that were there."""
    heads = ((state.head(place), place) for place in touched if place[0] in outlines)
    found = [(head, place) for head, place in heads if head is not None]
    for head, place in sorted(found, key=lambda one: one[0].order):
        known = outlines.get(place[0])
        if known is None:
            continue
        if not head.record.deleted and (place[1] in known or head.record.rev == 1):
            known |= of(state, place[0], [place[1]])
        else:
            del outlines[place[0]]  # gone, or there again: it goes back to where it was
