"""What one person's program remembers of the file outside it: how far it went, and what came of reading it."""

from enum import IntEnum

from ..errors import N_, PesttuiError, Rollback
from .aside import Aside
from .journal import Journal
from .machine import Machine
from .mark import Mark
from .pin import Pin, PinFile
from .slots import Opened
from .state import State


class Held(IntEnum):
    """Whether a file has all that was seen before: no; no, but a steward accepted that; yes."""

    NOT = 0
    ACCEPTED = 1
    ALL = 2


def older(pin: Pin | None, here: Mark | None = None) -> Rollback:
    """Return what is said of a file that lacks what was seen before: by the pin, or by a session that was `here`.

    Its value `number` is how far that went, for a steward whose own program has not seen so much.
    """
    seen = [mark for mark in (pin.mark if pin else None, here) if mark is not None]
    return Rollback(
        N_(
            "This is an older copy of the school's file than was seen here before, or one that went another way. It "
            "can be read; nothing is saved until a coordinator or the director accepts it (School, or pesttui accept). "
            "If they have no alarm themselves, they need this number: {number}"
        ),
        number=max(seen, key=lambda mark: mark.place).number,
    )


class Watch:
    """For one person, vault and path. Without a folder nothing outlives the program, and no pin is kept."""

    def __init__(self, folder: str, machine: Machine, opened: Opened, vault_id: bytes, path: str) -> None:
        self.folder = folder
        self._machine = machine
        self.aside = Aside(folder, machine, opened.keys, vault_id, opened.person)
        self._pins = PinFile(folder, machine, opened.keys, vault_id, opened.person, path) if folder else None

    def begin(self, journal: Journal) -> None:
        """Read the pin before a file, so that the file's hash at that place is noticed on the way."""
        pin = self._pins.load() if self._pins else None
        if pin is not None and pin.mark.generation == journal.header.generation:
            journal.watch = pin.mark.seq

    def held(self, journal: Journal, state: State) -> Held:
        """Whether a file that was read has all that the pin speaks of; where it is damaged, that is said instead."""
        pin = self.pin
        if pin is None or journal.damage:
            return Held.ALL
        at_pin = journal.watched if journal.watch == pin.mark.seq else None
        if pin.holds(journal.mark, at_pin, state.earlier, state.directory):
            return Held.ALL
        return Held.ACCEPTED if pin.accepts(state.directory) else Held.NOT

    def raise_to(self, journal: Journal, state: State, *, certain: bool) -> None:
        """Raise the pin to the verified end if that is `certain`ly on the disk, or has lain there for long enough."""
        pins, mark = self._pins, journal.mark
        further = pins is not None and (pins.known is None or mark.place > pins.known.mark.place)
        if pins is not None and further and (certain or journal.settled()):
            pins.raise_to(Pin.of(mark, state.directory))
            journal.watch, journal.watched = mark.seq, mark.digest

    def take_trouble(self) -> PesttuiError | None:
        """Return, once, why older copies are not recognised here, if that is so."""
        return self._pins.take_trouble() if self._pins else None

    @property
    def pin(self) -> Pin | None:
        """What the pin says, if there is one."""
        return self._pins.known if self._pins else None
