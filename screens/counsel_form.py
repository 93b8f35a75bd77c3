"""What a counsellor writes down: a conversation, an appointment, a consent."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, UsageError
from data.register.counsel import MAX_TO, MAX_WHO, Meeting
from data.when import parse_ahead, parse_moment

from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm


class MeetingForm(DeskForm):
    """A conversation that was, or an appointment that is to come."""

    KEPT = "meeting"

    HELP = N_(
        "Facts only, as short as they can be. Nobody but you can open this, with any program. “Referred to” is for "
        "whom you sent somebody to; the numbers count it, and nothing else of it."
    )

    def __init__(self, desk: Desk, *, appointment: bool = False) -> None:
        super().__init__(desk)
        self._appointment = appointment
        self._who = quiet_input(id="who", max_length=MAX_WHO)
        self._when = quiet_input("" if appointment else self.tr("now"), id="when", max_length=40)
        self._referred = quiet_input(id="referred", max_length=MAX_WHO, onward=False)
        self._text = quiet_area(id="text")

    def compose_body(self) -> Iterable[Widget]:
        """With whom, when, what about; after a conversation also to whom somebody was pointed on."""
        fields = [(self.tr("with"), self._who), (self.tr("when"), self._when)]
        with Vertical(id="question"):
            for word, field in fields:
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield field
            yield Label(self.tr("what about, facts only"), classes="quiet", markup=False)
            yield self._text
            if not self._appointment:
                with Horizontal(classes="field wide"):
                    yield Label(self.tr("referred to"), markup=False)
                    yield self._referred
            yield self.answer

    def on_mount(self) -> None:
        """Begin with whom."""
        super().on_mount()
        self.title_bar.main = self.tr("Appointment") if self._appointment else self.tr("Conversation")
        self.title_bar.about = self.tr("only you can read this")
        self._when.placeholder = self.tr("tomorrow, 3 dec, in 2 weeks") if self._appointment else ""
        self._who.focus()

    def _moment(self) -> datetime:
        now = self.desk.register.now()
        if not self._appointment:
            return parse_moment(self._when.value, now)
        day = parse_ahead(self._when.value, now.date())
        if day is None:
            raise UsageError(N_("Which day? For example: 3 dec, thursday, in 2 weeks, 3-12-2026."))
        return datetime(day.year, day.month, day.day, 12).astimezone()

    async def save(self) -> None:
        """Write it down."""
        referred = "" if self._appointment else self._referred.value
        meeting = Meeting(self._who.value, self._moment(), self._text.text, self._appointment, referred)
        await asyncio.to_thread(self.desk.register.counsel.add, meeting)

    def typed(self) -> str:
        """Return what was typed."""
        return self._who.value + self._text.text + self._referred.value

    def where(self) -> dict[str, str]:
        """Return which of the two it is."""
        return {"sort": "appointment"} if self._appointment else {}


class ConsentForm(DeskForm):
    """Who agreed to what: nothing is done with what somebody told without that."""

    KEPT = "consent"

    HELP = N_(
        "Write down who agreed to what, and when: for a file, or to talk with somebody about it. "
        "In the compartment w says that it was taken back."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._who = quiet_input(id="who", max_length=MAX_WHO)
        self._to = quiet_input(id="to", max_length=MAX_TO)
        self._day = quiet_input(self.tr("today"), id="day", max_length=30, onward=False)

    def compose_body(self) -> Iterable[Widget]:
        """Who, what, which day."""
        fields = ((self.tr("who agreed"), self._who), (self.tr("to what"), self._to), (self.tr("when"), self._day))
        with Vertical(id="question"):
            for word, field in fields:
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield field
            yield self.answer

    def on_mount(self) -> None:
        """Begin with who."""
        super().on_mount()
        self.title_bar.main = self.tr("Consent")
        self.title_bar.about = self.tr("only you can read this")
        self._who.focus()

    async def save(self) -> None:
        """Write it down."""
        day = parse_moment(self._day.value, self.desk.register.now()).date()
        await asyncio.to_thread(self.desk.register.counsel.consent, self._who.value, self._to.value, day)

    def typed(self) -> str:
        """Return what was typed."""
        return self._who.value + self._to.value
