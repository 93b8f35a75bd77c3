"""What a person reads, in their language: messages from the catalogue, dates by Babel.

Messages are written in English in the code and looked up in Dutch; English needs no catalogue.
"""

import datetime as dt
import gettext
from pathlib import Path

from .errors import PesttuiError

LANGUAGES = ("nl", "en")

_ORDINALS = {"one": "st", "two": "nd", "few": "rd"}
"""What English writes behind a number, by the form that Babel says it takes; `th` behind the others."""


class Words:
    """The words of one language, `nl` or `en`."""

    def __init__(self, language: str = "nl") -> None:
        self.language = language if language in LANGUAGES else "nl"
        self._catalogue = gettext.NullTranslations()
        if self.language != "en":
            # Not importlib.resources, which would cost the first screen ten milliseconds.
            path = Path(__file__).with_name("locale") / self.language / "LC_MESSAGES" / "pesttui.mo"
            with path.open("rb") as file:
                self._catalogue = gettext.GNUTranslations(file)

    def tr(self, message: str, **values: object) -> str:
        """Return a message in this language, its `{name}` fields filled in."""
        text = self._catalogue.gettext(message) if message else ""
        return text.format(**values) if values else text

    def trn(self, one: str, many: str, count: int, **values: object) -> str:
        """Return the form of a message that goes with a number; the field for it is `{count}`."""
        return self._catalogue.ngettext(one, many, count).format(count=count, **values)

    def tell(self, error: PesttuiError) -> str:
        """Return what went wrong, and what to do about it."""
        return f"{self.tr(error.message).format(**error.values)} {self.tr(error.advice)}".strip()

    def date(self, day: dt.date) -> str:
        """Return a day as `22 nov`."""
        return self._format(day, "d MMM")

    def long_date(self, day: dt.date) -> str:
        """Return a day as `zo 22 nov 2026`."""
        return self._format(day, "EEE d MMM y")

    def weekday(self, day: dt.date) -> str:
        """Return a day as `zo 22 nov`."""
        return self._format(day, "EEE d MMM")

    def day_name(self, weekday: int) -> str:
        """Return the name of a day of the week, 0 for Monday."""
        return self._format(dt.date(2024, 1, 1 + weekday), "EEEE")

    def ordinal(self, number: int) -> str:
        """Return a number in a row: `4e`, `4th`."""
        if self.language == "nl":
            return f"{number}e"
        from babel import Locale  # noqa: PLC0415 - 60 ms that the unlock screen does without

        return f"{number}{_ORDINALS.get(Locale(self.language).ordinal_form(number), 'th')}"

    def month(self, day: dt.date) -> str:
        """Return a day's month as `nov 2026`."""
        return self._format(day, "MMM y")

    def day_of_week(self, number: int) -> str:
        """Return a day of the week, Monday is 1, as `ma`."""
        return self._format(dt.date(2024, 1, number), "EEE")  # that month began on a Monday

    def moment(self, when: dt.datetime) -> str:
        """Return a moment as `22 nov 10:42`, in the local zone."""
        local = when.astimezone()
        return f"{self.date(local.date())} {local:%H:%M}"

    def _format(self, day: dt.date, pattern: str) -> str:
        from babel.dates import format_date  # noqa: PLC0415 - 60 ms that the unlock screen does without

        return format_date(day, pattern, locale=self.language).replace(".", "")
