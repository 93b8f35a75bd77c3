"""The golden screens: `python -m tests.screens.golden` draws them again after a change made on purpose."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

from data.model import ParticipantRole, Strand
from data.protocol import StepState
from data.register import Jotting
from tests.data.school_kit import Kit, school
from tests.screens.kit import GOLDEN, Driver, SeededMachine, running

SIZES = ((80, 24), (120, 40))
VICTIM, PERPETRATOR = ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR
DONE, BUSY, SKIPPED = StepState.DONE, StepState.BUSY, StepState.SKIPPED

Walk = Callable[[Driver], Awaitable[None]]


def tell(kit: Kit) -> None:
    """Put a story into the small school: two cases, one of them late, news from a colleague, a loose note."""
    kit.machine = SeededMachine(clock=kit.clock)
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    zoe, daniel, noor, sem = (kit.ids[n] for n in ("Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Sem van Dijk"))

    def days(back: int) -> date:
        return kit.clock.now().date() - timedelta(days=back)

    kit.clock.pass_(days=-20)
    first = marit.notes.add(
        Jotting(
            "Zoë stond alleen bij het hek. Daniël liep weg toen zij erbij kwam.",
            words="Ik mag nooit meedoen.",
            did="Met Zoë gepraat, morgen met Daniël.",
            place="plein",
            pupils=((zoe, VICTIM), (daniel, PERPETRATOR)),
        )
    )
    late = marit.cases.open(marit.cases.strands_of([first]), notes=[first])
    for step, text in ((1, "Drie keer in twee weken, steeds op het plein."), (2, "Daniël: het was een grapje.")):
        marit.cases.record_step(late, step, DONE, text=text, about=(zoe, daniel))
    joost.refresh()
    joost.cases.record_step(late, 3, DONE, text="Samen bekeken: mogelijk pesten.")
    marit.refresh()
    marit.cases.record_step(
        late, 4, BUSY, happened=days(0), text="Ouders van Zoë gesproken, die van Daniël nog niet.", about=(zoe,)
    )
    marit.cases.record_step(late, 5, SKIPPED, reason="Eerst de ouders van Daniël.")
    marit.cases.record_step(late, 6, DONE, text="Zoë kiest elke dag wie er mag meedoen.")
    kit.clock.pass_(days=18)
    second = joost.notes.add(
        Jotting("Sem pakte de beker van Noor af.", place="klas", pupils=((noor, VICTIM), (sem, PERPETRATOR)))
    )
    joost.cases.open({noor: Strand.BULLIED, sem: Strand.ACCUSED}, notes=[second])
    kit.clock.pass_(days=1, hours=5)
    joost.notes.add(Jotting("Vader van Zoë belde: zij wil niet meer naar school.", pupils=((zoe, VICTIM),), case=late))
    marit.refresh()
    marit.notes.add(
        Jotting("Noor speelde de hele pauze alleen.", place="plein", pupils=((noor, ParticipantRole.UNKNOWN),))
    )
    joost.notes.add(Jotting("Veel onrust op de gang na de gym.", place="gang"))
    kit.clock.pass_(hours=19)
    for register in (marit, joost):
        register.close()
    kit._open.clear()


async def _unlock(driver: Driver) -> None:
    """Before anybody has logged in."""


async def _day(driver: Driver) -> None:
    await driver.log_in("marit")


async def _note(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("n")
    await driver.type("Daniël duwde Zoë tegen het hek, drie anderen keken toe")
    await driver.until(lambda: "rol?" in driver.text)
    await driver.press("tab", "tab", "d", "down", "s")


async def _case(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("down", "down", "down", "enter")


async def _step(driver: Driver) -> None:
    await _case(driver)
    await driver.press("enter")


async def _names(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("v", "left")


async def _overview(driver: Driver) -> None:
    await _case(driver)
    await driver.press("o", "tab")
    await driver.type("nog een week aankijken")


async def _sides(driver: Driver) -> None:
    await _case(driver)
    await driver.press("right")


async def _open(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("5", "z")


async def _close(driver: Driver) -> None:
    await _case(driver)
    await driver.press("c")


async def _about(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("p", "3")


async def _help(driver: Driver) -> None:
    await _case(driver)
    await driver.press("f1")


async def _settings(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("i")


async def _search(driver: Driver) -> None:
    await driver.log_in("marit")
    await driver.press("3", "slash")
    await driver.type("noor")


SCREENS: dict[str, Walk] = {
    "unlock": _unlock,
    "my-day": _day,
    "quick-note": _note,
    "case": _case,
    "step": _step,
    "loose-notes-with-names": _names,
    "overview": _overview,
    "sides": _sides,
    "open-case": _open,
    "close-case": _close,
    "about": _about,
    "help": _help,
    "settings": _settings,
    "search": _search,
}


async def draw(name: str, size: tuple[int, int], folder: Path) -> str:
    """Walk to a screen and return what one sees there."""
    with school(folder) as kit:
        tell(kit)
        async with running(kit.path, kit, login="marit", size=size) as driver:
            await SCREENS[name](driver)
            await driver.settle()
            return driver.text + "\n"


async def _walk(driver: Driver) -> AsyncIterator[str]:
    """By keyboard alone: note, case, steps 1 to 4, overview, lock, unlock, where I was. Yields each screen's name."""
    await driver.log_in("marit")
    await driver.press("n")
    await driver.type("Noor stond weer alleen, Sem van Dijk zei dat ze weg moest")
    await driver.until(lambda: "rol?" in driver.text)
    await driver.press("tab", "tab", "s", "down", "d")
    yield "note"
    await driver.press("f2", "5")
    yield "loose-note"
    await driver.press("z", "f2")
    yield "case"
    texts = ("Drie keer deze week, steeds op het plein.", "Noor is er verdrietig van.", "Met Joost: mogelijk pesten.")
    for number, text in enumerate((*texts, "Ouders van Noor gebeld, die van Sem morgen."), 1):
        await driver.press("enter")
        await driver.type(text)
        if number == 2:
            await driver.press("tab", "space", "down", "space")
        if number == 4:
            await driver.press("tab", "space", "tab", "2")
        yield f"step-{number}"
        await driver.press("f2")
    yield "case-after-four-steps"
    await driver.press("o", "tab")
    await driver.type("bel ze morgen")
    await driver.press("tab", "tab")
    await driver.type("over 2 weken")
    yield "overview"
    await driver.press("f8")
    yield "locked"
    await driver.log_in("marit")
    yield "where-i-was"
    await driver.press("f2")
    yield "decided"


def three_cases(kit: Kit) -> None:
    """Three cases that ask a coordinator for a consultation: begun, gone on to a next phase, and late."""
    kit.machine = SeededMachine(clock=kit.clock)
    marit = kit.open_as("marit")
    zoe, daniel, noor, sem = (kit.ids[n] for n in ("Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Sem van Dijk"))
    marit.cases.open({zoe: Strand.BULLIED, daniel: Strand.ACCUSED})
    kit.clock.pass_(days=5)
    grave, asked = (marit.cases.open({noor: Strand.BULLIED, who: Strand.ACCUSED}) for who in (daniel, sem))
    marit.cases.record_step(asked, 1, DONE, text="Elke dag iets, steeds in de kleedkamer.")
    marit.cases.record_step(asked, 3, BUSY, text="Is dit pesten of plagen?")
    marit.cases.escalate(grave, "school", "Noor durft niet meer naar school.", grave=True)
    kit.clock.pass_(hours=1)
    marit.close()
    kit._open.clear()


async def _consultation(driver: Driver) -> AsyncIterator[str]:
    """By keyboard alone: the queue, advice in the first, seen in the second, a decision in the third."""
    await driver.log_in("anne")
    await driver.press("r")
    yield "queue"
    await driver.press("enter", "tab")
    await driver.type("dit is pesten, hoor beide kanten")
    yield "first"
    await driver.press("f2", "greater_than_sign", "x")
    yield "second-seen"
    await driver.press("greater_than_sign", "tab", "tab")
    await driver.type("Marit belt morgen de ouders")
    await driver.press("tab")
    await driver.type("over 1 week")
    yield "third"
    await driver.press("f2", "escape")
    yield "queue-is-empty"


WALKS: dict[str, tuple[Callable[[Kit], None], Callable[[Driver], AsyncIterator[str]]]] = {
    "walk": (lambda kit: setattr(kit, "machine", SeededMachine(clock=kit.clock)), _walk),
    "consult": (three_cases, _consultation),
}
"""Walks with what they begin with; each of their screens is golden."""


async def draw_walk(folder: Path, walk: str = "walk") -> dict[str, str]:
    """Walk and return every screen on the way."""
    found: dict[str, str] = {}
    begin, go = WALKS[walk]
    with school(folder) as kit:
        begin(kit)
        async with running(kit.path, kit, login="marit" if walk == "walk" else "anne") as driver:
            async for name in go(driver):
                await driver.settle()
                driver.app.clear_notifications()
                await driver.settle()
                found[f"{walk}-{len(found) + 1:02}-{name}"] = driver.text + "\n"
    return found


def golden(name: str, size: tuple[int, int]) -> Path:
    """Return where a golden screen lies."""
    return GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"


def redraw() -> None:
    """Draw all of them again."""
    for name in SCREENS:
        for size in SIZES:
            folder = Path(tempfile.mkdtemp())
            try:
                golden(name, size).write_text(asyncio.run(draw(name, size, folder)), encoding="utf-8")
            finally:
                shutil.rmtree(folder)
    for walk in WALKS:
        folder = Path(tempfile.mkdtemp())
        try:
            for name, text in asyncio.run(draw_walk(folder, walk)).items():
                golden(name, SIZES[0]).write_text(text, encoding="utf-8")
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    import os

    os.environ["TZ"] = "Europe/Amsterdam"
    os.environ["LANG"] = "C.UTF-8"
    time.tzset()
    redraw()
