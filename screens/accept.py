"""An older copy of the file lies here: what a steward is told before they take it for the school's from now on."""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, PesttuiError, UsageError
from data.vault.accept import FOR_A_COLLEAGUE, TOLD, Offer
from data.vault.mark import Mark, read_number

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .fields import quiet_input
from .form import LEAVE, DeskForm
from .text import safe

_NAMED = 8
"""How many people are named; `pesttui accept` lists them all."""


def offer_text(desk: Desk, offer: Offer) -> str:
    """Return the copy's date, whom it would let back in, and what is lost."""
    tr, saved = desk.tr, datetime.fromtimestamp(offer.saved / 1000, UTC).astimezone()
    when = desk.words.long_date(saved.date()) if offer.saved else "–"
    lines = [tr("In this copy was last saved on {when}, {time}.", when=when, time=f"{saved:%H:%M}")]
    if offer.back:
        lines += ["", tr("It would let in again:")]
        lines += [f"  {back.name}: {tr(TOLD[back.why])}" for back in offer.back[:_NAMED]]
        more = len(offer.back) - _NAMED
        if more > 0:
            lines.append(f"  {desk.words.trn('and {count} more', 'and {count} more', more)}")
    elif offer.known:
        lines.append(tr("It lets nobody back in."))
    if not offer.known:
        lines += ["", tr("The file that lay here cannot be read: look through the people for who has left.")]
    last = FOR_A_COLLEAGUE
    if not offer.colleague:
        last = N_("What was saved later is not in it. Is there a newer backup? Then let that be put back first.")
    return "\n".join([*lines, "", tr(last)])


class ColleaguesAlarm(DeskForm):
    """The number in a colleague's alarm; leaves with that and what accepting would mean, or with None."""

    LOOK = Command("save", "f2,ctrl+s", N_("Look"), N_("See what accepting would mean"), priority=True)
    HERE: ClassVar[tuple[Command, ...]] = (LOOK, LEAVE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    WAIT = N_("Reading…")
    TROUBLE = ""

    HELP = N_(
        "Who accepts an older copy of the file gives up what was saved after it. So it takes an alarm: your own, or a "
        "colleague's, whose program then shows a number. With that number you first see what accepting would mean."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._number = quiet_input(id="number", onward=False, max_length=40, placeholder="2-214-9f3a")

    def compose_body(self) -> Iterable[Widget]:
        """Why it is asked, and one field."""
        with Vertical(classes="form"):
            text = self.tr(
                "For you nothing is missing from the school's file: there is nothing to accept. Only where a colleague "
                "has the alarm (older copy, reading only) and the newer file is really gone: type the number in it."
            )
            yield Static(safe(text), classes="guidance", markup=False)
            with Horizontal(classes="field"):
                yield Label(self.tr("Number"), markup=False)
                yield self._number
            yield self.answer

    def on_mount(self) -> None:
        """Begin to type."""
        super().on_mount()
        self.title_bar.main = self.tr("A colleague's alarm")
        self._number.focus()

    async def save(self) -> tuple[Mark, Offer]:
        """Find out what accepting would mean."""
        seen = read_number(self._number.value)
        return seen, await asyncio.to_thread(self.desk.register.restored, seen)

    def saved(self, result: object) -> None:
        """Go on to the question."""
        self.leave(result)


async def _offered(screen: DeskScreen) -> tuple[Mark | None, Offer] | None:
    """Return what can be accepted, and by which number in a colleague's alarm; None where nobody has one."""
    with contextlib.suppress(UsageError):  # nothing looks older to this person
        return None, await asyncio.to_thread(screen.desk.register.restored)
    found = await screen.app.push_screen_wait(ColleaguesAlarm(screen.desk))
    return found if isinstance(found, tuple) else None


async def ask_to_accept(screen: DeskScreen) -> bool:
    """Show what accepting means, and accept if that is the answer; whether it was done."""
    desk = screen.desk
    try:
        found = await _offered(screen)
        if found is None:
            return False
        seen, offer = found
        answers = (("", "esc", desk.tr("Back")), ("accept", "a", desk.tr("Accept")))
        if await screen.app.push_screen_wait(Ask(offer_text(desk, offer), answers)) != "accept":
            return False
        await asyncio.to_thread(desk.register.accept, seen)
    except PesttuiError as error:
        screen.fail(error)
        return False
    screen.tell(desk.tr("Accepted. Everybody can save again."))
    return True
