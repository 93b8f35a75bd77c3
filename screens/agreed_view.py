"""What was agreed with one's own group in a case of colleagues, to read and to act by; who is in the case checks it."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownAgreement
from data.register.agreed import KnownCheck

from .agreed_words import KEPT, kept_sign, party, when
from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .text import safe
from .widgets import Prose


class AgreedView(DeskScreen):
    """All that stands agreed with one's groups in cases that one takes no part in, soonest due first."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "What colleagues agreed with your group in a case that you take no part in: so that you can keep to it as "
        "well. Tell who made the agreement what you see; whether it is kept is written down in their case."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._found: list[KnownAgreement] = []
        self._text = Prose()
        self._scroll = VerticalScroll(self._text, classes="form", id="help")

    def compose_body(self) -> Iterable[Widget]:
        """One text to scroll."""
        yield self._scroll

    def on_mount(self) -> None:
        """Read it."""
        super().on_mount()
        self.title_bar.main = self.tr("Agreed with your group")
        self.title_bar.right = self.who_am_i()
        self._scroll.focus()
        self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        try:
            self._found = await asyncio.to_thread(self.desk.register.agreements.outside)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self._draw()

    def _draw(self) -> None:
        today = self.desk.register.now().date()
        blocks = [self._block(known, today) for known in self._found]
        nothing = safe(self.tr("Nothing stands agreed with your group outside your own cases."), "$quiet")
        self._text.update(Content("\n\n").join(blocks or [nothing]))

    def _block(self, known: KnownAgreement, today: date) -> Content:
        desk, said = self.desk, known.agreement
        sign, word, style = when(desk, known, today)
        about = "  ".join((party(desk, said), desk.words.date(said.happened), desk.author(said.author)))
        head = Content.assemble((f"{sign} {word}", f"bold ${style}"), "  ", safe(about, "$meta"))
        return Content("\n").join((head, safe(desk.text(said.text), "bold"), *map(self._check, known.checks)))

    def _check(self, known: KnownCheck) -> Content:
        desk, said = self.desk, known.record
        sign, style = kept_sign(desk, said.kept)
        word = (f"{sign} {desk.tr(KEPT[said.kept])}", f"${style}")
        head = safe("  ".join((desk.words.date(said.happened), desk.author(said.author))), "$meta")
        text = [safe(desk.text(said.text).replace("\n", " "))] if said.text else []
        return Content("  ").join((Content.assemble("  ", word), head, *text))

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)
