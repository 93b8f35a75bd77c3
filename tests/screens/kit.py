"""The app on a small school, driven as a person would, and its screen as text."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from textual.pilot import Pilot

from data.vault.machine import Machine
from data.words import Words
from pesttui.app import PesttuiApp
from tests.data.school_kit import Kit, passphrase_of

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


class SeededMachine(Machine):
    """A machine whose randomness repeats, so that a case has the same code in every run."""

    def random(self, count: int) -> bytes:
        seeded: Random = _SEEDS.setdefault(id(self), Random(7))  # for pictures, not for keys
        return seeded.randbytes(count)


_SEEDS: dict[int, Random] = {}


class Driver:
    """An app that runs, and what one sees of it."""

    def __init__(self, app: PesttuiApp, pilot: "Pilot[None]") -> None:
        self.app = app
        self.pilot = pilot

    async def settle(self) -> None:
        """Wait until everything that was begun is done and drawn; an open question may go on waiting."""
        await self.until(lambda: not self._working())
        await self.pilot.pause()
        await self.until(lambda: not self._working())

    def _working(self) -> bool:
        return any(not worker.is_finished and not worker.name.startswith("_ask") for worker in self.app.workers)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true, ten seconds at most."""
        end = time.monotonic() + 10
        while not true():
            assert time.monotonic() < end, self.text
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys and wait."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type text as a person does, key by key."""
        names = {" ": "space", "\n": "enter", ".": "full_stop", ",": "comma", "?": "question_mark", "'": "apostrophe"}
        await self.pilot.press(*(names.get(character, character) for character in text))
        await self.settle()

    async def log_in(self, login: str) -> None:
        """Unlock as somebody of the small school."""
        await self.settle()
        field = self.app.screen.query_one("#passphrase")
        field.value = passphrase_of(login)  # type: ignore[attr-defined]
        await self.press("enter")

    @property
    def text(self) -> str:
        """The screen as a person sees it."""
        return screen_text(self.app)


def screen_text(app: PesttuiApp) -> str:
    """Return the screen line by line, without the spaces at their ends."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


@asynccontextmanager
async def running(
    path: Path | str, kit: Kit | None = None, *, login: str = "", size: tuple[int, int] = (80, 24), lang: str = "nl"
) -> AsyncIterator[Driver]:
    """Run the app on a file, with the small school's clock if there is one."""
    machine = kit.machine if kit else Machine()
    folder = str(Path(path).parent / "state")
    app = PesttuiApp(vault=str(path), login=login, words=Words(lang), machine=lambda: machine, state_folder=folder)
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        yield driver
