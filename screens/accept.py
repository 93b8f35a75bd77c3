"""An older copy of the file lies here: what a steward is told before they take it for the school's from now on."""

import asyncio
from datetime import UTC, datetime

from data.errors import PesttuiError
from data.vault.accept import TOLD, Offer

from .base import DeskScreen
from .desk import Desk
from .dialogs import Ask

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
    lines += ["", tr("What was saved later is not in it. Is there a newer backup? Then let that be put back first.")]
    return "\n".join(lines)


async def ask_to_accept(screen: DeskScreen) -> bool:
    """Show what accepting means, and accept if that is the answer; whether it was done."""
    desk = screen.desk
    try:
        offer = await asyncio.to_thread(desk.register.restored)
        answers = (("", "esc", desk.tr("Back")), ("accept", "a", desk.tr("Accept")))
        if await screen.app.push_screen_wait(Ask(offer_text(desk, offer), answers)) != "accept":
            return False
        await asyncio.to_thread(desk.register.accept)
    except PesttuiError as error:
        screen.fail(error)
        return False
    screen.tell(desk.tr("Accepted. Everybody can save again."))
    return True
