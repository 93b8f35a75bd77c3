"""A person's own settings: language, when the program locks itself, what my day begins with."""

import asyncio
from collections.abc import Iterable

from msgspec.structs import replace
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_

from .desk import Desk
from .form import DeskForm
from .messages import SettingsChanged
from .widgets import ChoiceLine

MINUTES = (1, 3, 5, 10, 15)
"""After how many minutes without a key the program can lock itself: it always does."""


class SettingsForm(DeskForm):
    """Four choices, kept in the school's file under one's own key."""

    HELP = N_("These settings are yours alone and go with you to every machine. The lock cannot be switched off.")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        now = self._now = desk.register.settings()
        languages = (("", self.tr("as started")), ("nl", "Nederlands"), ("en", "English"))
        minutes = [(str(count), self.words.trn("{count} minute", "{count} minutes", count)) for count in MINUTES]
        filters = [(name, self.tr(name)) for name in ("mine", "attention", "all", "notes")]
        self._language = ChoiceLine(languages, now.language, numbered=False, id="language")
        self._minutes = ChoiceLine(minutes, str(now.lock_minutes), numbered=False, id="minutes")
        looks = (("", self.tr("dark")), ("light", self.tr("light")), ("own", self.tr("the terminal's own")))
        self._look = ChoiceLine(looks, now.look, numbered=False, id="look")
        self._filter = ChoiceLine(filters, now.filter, numbered=False, id="filter")

    def compose_body(self) -> Iterable[Widget]:
        """A line for each."""
        with Vertical(classes="form", id="settings"):
            for word, line in (
                (self.tr("Language"), self._language),
                (self.tr("Lock after"), self._minutes),
                (self.tr("Colours"), self._look),
                (self.tr("My day shows"), self._filter),
            ):
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield line
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the first."""
        super().on_mount()
        self.title_bar.main = self.tr("Settings")
        self._language.focus()

    def _chosen(self) -> tuple[str, int, str, str]:
        return self._language.value, int(self._minutes.value), self._look.value, self._filter.value

    async def save(self) -> None:
        """Write them down."""
        language, minutes, look, chosen = self._chosen()
        await asyncio.to_thread(
            self.desk.register.change_settings,
            lambda now: replace(now, language=language, lock_minutes=minutes, look=look, filter=chosen),
        )

    def saved(self, result: object) -> None:
        """Leave, and let the program take them up."""
        super().saved(result)
        self.app.post_message(SettingsChanged())

    def typed(self) -> str:
        """Return whether something was chosen anew."""
        before = (self._now.language, self._now.lock_minutes, self._now.look, self._now.filter or "mine")
        return "" if self._chosen() == before else "changed"
