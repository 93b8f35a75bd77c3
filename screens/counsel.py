"""The counsellor's compartment on the screen, and the numbers that come out of it for others."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.model import Counts
from data.model.school import initials
from data.register import KnownNote
from data.register.counsel import KnownConsent
from data.register.pupils import school_year

from .base import DeskScreen
from .commands import Command, bindings
from .counsel_form import ConsentForm, MeetingForm
from .desk import Desk
from .dialogs import Ask
from .text import safe
from .widgets import Column, Prose, Row, RowList

_TALK = (Column(15), Column(12), Column(0))
_CONSENT = (Column(15), Column(12), Column(0), Column(20, right=True))
_YEAR = (Column(20), Column(10), Column(13, right=True), Column(16, right=True), Column(0, right=True))


class Compartment(DeskScreen):
    """Appointments, conversations and consents in one list; what the cursor is on stands below in full."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("talk", "g", N_("Talk"), N_("Write a conversation down")),
        Command("appointment", "a", N_("Appointment"), N_("Write an appointment down")),
        Command("consent", "t", N_("Consent"), N_("Write down what somebody agreed to")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("remove", "w", N_("Remove"), N_("Remove it for good; a consent is taken back"), foot=False),
        Command("release", "l", N_("Numbers"), N_("Release the numbers of a school year"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "Your compartment as a counsellor. Only your own key opens it: no colleague, director or administrator can "
        "read any of it. If somebody resets your passphrase, what is in it is lost. w removes what the cursor is on; "
        "of a consent it says that it was taken back. l releases the numbers of a school year: nothing else leaves it."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="compartment")
        self._text = Prose()
        self._talks: dict[str, KnownNote] = {}
        self._consents: dict[str, KnownConsent] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list above, what the cursor is on below."""
        yield self._rows
        with VerticalScroll(id="in-full") as below:
            below.can_focus = False
            yield self._text

    def on_mount(self) -> None:
        """Read it."""
        super().on_mount()
        self.title_bar.main = self.tr("Compartment")
        self.title_bar.about = self.tr("only you can read this")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self._read()

    def on_screen_resume(self) -> None:
        """Read again after a form."""
        super().on_screen_resume()
        self._read()

    @work(exclusive=True, group="look")
    async def _read(self) -> None:
        counsel = self.desk.register.counsel
        try:
            talks = await asyncio.to_thread(counsel.all)
            consents = await asyncio.to_thread(counsel.consents)
            pupils = await asyncio.to_thread(self.desk.register.pupils.all)
        except PesttuiError as error:
            self.fail(error)
            return
        self.desk.names = {**self.desk.names, **{known.id: known.name for known in pupils}}
        self._talks = {f"talk:{known.id}": known for known in talks}
        self._consents = {f"consent:{known.id}": known for known in consents}
        self._draw()

    # --- drawing -------------------------------------------------------------------------------------------

    def _who(self, name: str) -> str:
        return name if self.desk.names_shown else initials(name)

    def _draw(self) -> None:
        today = self.desk.register.now().date()
        talks = list(self._talks.items())
        coming = [(key, known) for key, known in talks if _appointment(known) and _day(known) >= today]
        past = [(key, known) for key, known in reversed(talks) if (key, known) not in coming]
        rows = [*self._part(self.tr("Appointments"), [self._talk(key, known) for key, known in coming])]
        rows += self._part(self.tr("Conversations"), [self._talk(key, known) for key, known in past])
        consents = [self._consent(key, known) for key, known in reversed(self._consents.items())]
        self._rows.show(rows + self._part(self.tr("Consents"), consents))
        self._draw_text()

    def _part(self, title: str, rows: list[Row]) -> list[Row]:
        empty = Row("", ((self.tr("none"), "quiet"),), (Column(0),))
        return [Row("", (("", ""),), (Column(0),)), Row("", ((title, "heading"),), (Column(0),)), *(rows or [empty])]

    def _talk(self, key: str, known: KnownNote) -> Row:
        talk = known.note.talk
        assert talk is not None
        when = self.words.weekday(_day(known)) if talk.appointment else self.words.moment(known.note.happened)
        text = self.desk.text(known.note.facts)
        return Row(key, ((when, "quiet"), (self._who(talk.who), "strong"), (text, "text")), _TALK)

    def _consent(self, key: str, known: KnownConsent) -> Row:
        said = known.consent
        back = self.tr("taken back {date}", date=self.words.date(known.withdrawn)) if known.withdrawn else ""
        when, who = self.words.weekday(said.day), self._who(said.who)
        return Row(key, ((when, "quiet"), (who, "strong"), (said.to, "text"), (back, "key")), _CONSENT)

    @on(RowList.Moved)
    def _draw_text(self) -> None:
        talk, consent = self._talks.get(self._rows.key), self._consents.get(self._rows.key)
        parts: list[Content] = []
        if talk is not None and talk.note.talk is not None:
            word = self.tr("Appointment") if talk.note.talk.appointment else self.tr("Conversation")
            parts = [safe(f"{word}  {self._who(talk.note.talk.who)}", "$meta"), safe(self.desk.text(talk.note.facts))]
            if talk.note.talk.referred:
                parts.append(safe(self.tr("referred to {whom}", whom=talk.note.talk.referred), "$key"))
        elif consent is not None:
            head = f"{self._who(consent.consent.who)}  {self.words.long_date(consent.consent.day)}"
            parts = [safe(head, "$meta"), safe(self.tr("agreed to: {what}", what=consent.consent.to))]
        self._text.update(Content("\n").join(parts))

    # --- commands ------------------------------------------------------------------------------------------

    def action_talk(self) -> None:
        """Write a conversation down."""
        self.app.push_screen(MeetingForm(self.desk))

    def action_appointment(self) -> None:
        """Write an appointment down."""
        self.app.push_screen(MeetingForm(self.desk, appointment=True))

    def action_consent(self) -> None:
        """Write a consent down."""
        self.app.push_screen(ConsentForm(self.desk))

    def action_remove(self) -> None:
        """Remove what the cursor is on, or say that a consent was taken back."""
        self._ask_and_remove(self._rows.key)

    @work
    async def _ask_and_remove(self, key: str) -> None:
        register, ident = self.desk.register, key.partition(":")[2]
        back = ("", "esc", self.tr("Back"))
        if key in self._talks:
            question, answer = self.tr("This is gone for good then."), ("remove", "w", self.tr("Remove"))
            change: Callable[[], object] = partial(register.notes.remove, ident)
        elif key in self._consents and self._consents[key].withdrawn is None:
            question = self.tr("This consent was taken back today.")
            answer = ("withdraw", "F2", self.tr("Taken back"))
            change = partial(register.counsel.withdraw, ident, register.now().date())
        else:
            return
        if await self.app.push_screen_wait(Ask(question, (answer, back))):
            await self._do(change, self.tr("Removed") if key in self._talks else self.tr("Saved"))

    async def _do(self, change: Callable[[], object], said: str) -> None:
        try:
            await asyncio.to_thread(change)
        except PesttuiError as error:
            self.fail(error)
        else:
            self.tell(said)
        self._read()

    def action_release(self) -> None:
        """Release the numbers of this school year, or of the one before."""
        self._ask_and_release()

    @work
    async def _ask_and_release(self) -> None:
        counsel, today = self.desk.register.counsel, self.desk.register.now().date()
        years = [school_year(today), school_year(today.replace(year=today.year - 1, day=1))]
        while True:
            numbers = await asyncio.to_thread(counsel.numbers, years[0])
            readers = self.tr("The leads and the management can read these numbers then, and nothing else.")
            question = f"{numbers_words(self.desk, numbers)}\n{readers}"
            answers = (
                ("release", "F2", self.tr("Release")),
                ("other", "j", years[1]),
                ("", "esc", self.tr("Back")),
            )
            answer = await self.app.push_screen_wait(Ask(question, answers))
            if answer != "other":
                break
            years.reverse()
        if answer == "release":
            await self._do(partial(counsel.release, years[0]), self.tr("Released"))

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)


def _appointment(known: KnownNote) -> bool:
    return known.note.talk is not None and known.note.talk.appointment


def _day(known: KnownNote) -> date:
    return known.note.happened.astimezone().date()


def numbers_words(desk: Desk, counts: Counts) -> str:
    """Return a school year's numbers as a sentence."""
    trn = desk.words.trn
    talks = trn("{count} conversation", "{count} conversations", counts.conversations)
    people = trn("with {count} person", "with {count} people", counts.complainants)
    referred = trn("{count} referred", "{count} referred", counts.referred)
    return f"{counts.year}: {talks} {people}, {referred}."


class Numbers(DeskScreen):
    """The numbers that counsellors released: for leads and direction."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("back", "escape,q", N_("Back"), N_("Back to my day")),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "How many conversations a counsellor had in a school year, with how many people, and how many were referred. "
        "The counsellor releases these numbers; who it was or what it was about can be read by nobody else."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="numbers")

    def compose_body(self) -> Iterable[Widget]:
        """A line for each counsellor and school year."""
        yield self._rows

    def on_mount(self) -> None:
        """Read them."""
        super().on_mount()
        self.title_bar.main = self.tr("Numbers of the counsellor")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self._read()

    @work(exclusive=True, group="look")
    async def _read(self) -> None:
        try:
            found = await asyncio.to_thread(self.desk.register.counsel.released)
        except PesttuiError as error:
            self.fail(error)
            return
        rows = [Row(f"{counts.author}:{counts.year}", self._cells(counts), _YEAR) for counts in found]
        empty = Row("", ((self.tr("No counsellor released numbers yet."), "quiet"),), (Column(0),))
        self._rows.show(rows or [empty])

    def _cells(self, counts: Counts) -> tuple[tuple[str, str], ...]:
        trn = self.words.trn
        return (
            (self.desk.register.people.name(counts.author), "text"),
            (counts.year, "strong"),
            (trn("{count} conversation", "{count} conversations", counts.conversations), "text"),
            (trn("with {count} person", "with {count} people", counts.complainants), "text"),
            (trn("{count} referred", "{count} referred", counts.referred), "quiet"),
        )

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)
