"""The golden screens: `python -m tests.screens.golden` draws them again after a change made on purpose."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
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
    marit.cases.record_step(late, 6, DONE)
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


SCREENS: dict[str, Walk] = {
    "unlock": _unlock,
    "my-day": _day,
    "quick-note": _note,
    "case": _case,
    "step": _step,
    "loose-notes-with-names": _names,
}


async def draw(name: str, size: tuple[int, int], folder: Path) -> str:
    """Walk to a screen and return what one sees there."""
    with school(folder) as kit:
        tell(kit)
        async with running(kit.path, kit, login="marit", size=size) as driver:
            await SCREENS[name](driver)
            await driver.settle()
            return driver.text + "\n"


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


if __name__ == "__main__":
    import os

    os.environ["TZ"] = "Europe/Amsterdam"
    os.environ["LANG"] = "C.UTF-8"
    time.tzset()
    redraw()
