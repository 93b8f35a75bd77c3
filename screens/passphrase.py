"""Choosing another passphrase for oneself."""

import asyncio
from collections.abc import Iterable

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_

from .desk import Desk
from .fields import quiet_input
from .first_log_in import check_twice
from .form import DeskForm
from .text import safe


class PassphraseForm(DeskForm):
    """The present one, and the new one twice."""

    HELP = N_(
        "Your passphrase opens your keys. Four words that have nothing in common are strong and easy to remember. "
        "Forgotten? A coordinator can give you a new code; private notes are lost then."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._old = quiet_input(password=True, max_length=200, id="old")
        self._new = quiet_input(password=True, max_length=200, id="new")
        self._again = quiet_input(password=True, max_length=200, id="once-more", onward=False)

    def compose_body(self) -> Iterable[Widget]:
        """Three fields."""
        lines = (
            (self.tr("Passphrase now"), self._old),
            (self.tr("New passphrase"), self._new),
            (self.tr("Once more"), self._again),
        )
        with Vertical(classes="form"):
            text = self.tr("Take four words that have nothing in common: “a walrus reads newspapers”, but your own.")
            yield Static(safe(text), classes="guidance", markup=False)
            for word, field in lines:
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield field
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the present one."""
        super().on_mount()
        self.title_bar.main = self.tr("Your passphrase")
        self._old.focus()

    async def save(self) -> str:
        """Change it."""
        check_twice(self._new.value, self._again.value)
        people = self.desk.register.people
        await asyncio.to_thread(people.change_passphrase, self._old.value, self._new.value)
        return self.tr("From now on you log in with the new passphrase.")
