"""What the school is going to do better: the points with owner and day, and the forms that write them."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, Changed, PesttuiError, UsageError
from data.register.pupils import fold
from data.register.year import MAX_POINT, KnownPoint
from data.vault.entries import Person, Role, Status
from data.when import parse_ahead

from .areas import quiet_area
from .base import DeskScreen
from .clash import brought_in
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .text import safe
from .widgets import ChoiceLine, Column, Row, RowList

_POINT = (Column(1), Column(14), Column(14, right=True), Column(0))
_SAID = (Column(1), Column(0))


def people(desk: Desk) -> list[Person]:
    """Return who can see to something: everybody who is still at school and is no guest."""
    directory = desk.register.vault.directory
    found = [one for one in directory.people.values() if one.status is not Status.LEFT and directory.staff(one.id)]
    return [one for one in found if Role.RECOVERY not in one.roles]


def person_named(desk: Desk, typed: str) -> str:
    """Return the id of the one colleague of whom the first letters of some part of the name were typed."""
    wanted, mine = fold(typed).split(), people(desk)
    if not wanted:
        raise UsageError(N_("Who sees to it? Choose a colleague."))
    exact = [one for one in mine if fold(" ".join(wanted)) in (fold(one.name), fold(one.login))]
    fitting = [
        one for one in mine if all(any(part.startswith(word) for part in fold(one.name).split()) for word in wanted)
    ]
    found = exact or fitting
    if len(found) != 1:
        raise UsageError(N_("Who is meant? {count} colleagues fit. Type more of the name."), count=len(found))
    return found[0].id.hex()


class Improvements(DeskScreen):
    """The points of a school year, those of earlier years that go on among them."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("change", "enter", N_("How far"), N_("Say how far the point under the cursor is, or who and when")),
        Command("add", "a", N_("New"), N_("A new improvement point")),
        Command("done", "x", N_("Done"), N_("The point under the cursor is done, or goes on after all")),
        Command("back", "escape,q", N_("Back"), N_("Back to the school year")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_(
        "What the school is going to do better, with who sees to it and by when. A point that is not done goes on to "
        "the next school year by itself. Points hold no names of pupils."
    )

    def __init__(self, desk: Desk, year: str) -> None:
        super().__init__(desk)
        self._year = year
        self._points: dict[str, KnownPoint] = {}
        self._rows = RowList(id="points")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Read them."""
        super().on_mount()
        self.title_bar.main = self.tr("Improvement points")
        self.title_bar.about = self._year
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Read again after a form."""
        super().on_screen_resume()
        self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        try:
            found = await asyncio.to_thread(self.desk.register.year.points, self._year)
        except PesttuiError as error:
            self.fail(error)
            return
        self._points = {point.id: point for point in found}
        self._draw()

    def _draw(self) -> None:
        rows: list[Row] = []
        ordered = sorted(self._points.values(), key=lambda point: (point.done, point.due is None, point.due))
        for point in ordered:
            rows += self._lines(point)
        nothing = Row("", ((self.tr("No improvement point yet."), "quiet"),), (Column(0),))
        self._rows.show(rows or [nothing])

    def _lines(self, point: KnownPoint) -> list[Row]:
        desk, today = self.desk, self.desk.register.now().date()
        late = point.overdue(today)
        sign = desk.glyphs.done if point.done else desk.glyphs.late if late else desk.glyphs.open
        if point.done_on:
            when = self.tr("done {date}", date=self.words.date(point.done_on))
        else:
            when = self.tr("by {date}", date=self.words.date(point.due)) if point.due else ""
        style = "quiet" if point.done else "late" if late else "key"
        cells = (
            (sign, "done" if point.done else style),
            (desk.author(point.owner), "text"),
            (when, style),
            (point.text, "quiet" if point.done else "strong"),
        )
        rows = [Row(point.id, cells, _POINT)]
        said = [one.text for one in point.said if one.text][-1:]
        if point.year != self._year:
            said.insert(0, self.tr("from {year}", year=point.year))
        if said:
            rows.append(Row("", (("", ""), ("   " + " · ".join(said), "quiet")), _SAID))
        return rows

    # --- commands ------------------------------------------------------------------------------------------

    def action_add(self) -> None:
        """Write a new one."""
        self.app.push_screen(PointForm(self.desk, self._year))

    def action_change(self) -> None:
        """Say how far one is."""
        point = self._points.get(self._rows.key)
        if point is not None:
            self.app.push_screen(PointForm(self.desk, self._year, point))

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_change()

    def action_done(self) -> None:
        """Call one done, or open again."""
        point = self._points.get(self._rows.key)
        if point is not None:
            self._turn(point)

    @work
    async def _turn(self, point: KnownPoint) -> None:
        year = self.desk.register.year
        try:
            await asyncio.to_thread(year.about_point, point.id, done=not point.done, seen=len(point.said))
        except PesttuiError as error:
            self.fail(error)
        self.look_again()

    def action_back(self) -> None:
        """Back to the school year."""
        self.leave(None)


class PointForm(DeskForm):
    """A new point; or how far one is, who sees to it, by when."""

    KEPT = "improvement"

    HELP = N_(
        "One sentence about what is going to be better, who sees to it (the first letters of a name will do), and by "
        "when. Of a point that is there already: how far it is. No names of pupils: this goes to the board as well."
    )

    def __init__(self, desk: Desk, year: str, point: KnownPoint | None = None, seen: int | None = None) -> None:
        """`seen` is how much was said about it when what is given back was typed: perhaps less than by now."""
        super().__init__(desk)
        self._year = year
        self._point = point
        self._seen = len(point.said) if point and seen is None else seen or 0
        self._text = quiet_input(id="text", max_length=MAX_POINT)
        begun = _fields(desk, point)
        self._known = begun if seen is None else {}
        self._owner = quiet_input(begun["owner"], id="owner", max_length=80)
        hint = self.tr("for example: in 2 weeks, 3 dec")
        self._due = quiet_input(begun["due"], id="due", max_length=30, placeholder=hint)
        states = [("no", self.tr("goes on")), ("yes", self.tr("done"))]
        self._done_line = ChoiceLine(states, "yes" if point and point.done else "no", numbered=False, id="state")

    def compose_body(self) -> Iterable[Widget]:
        """The point itself where it is there, then the fields."""
        with Vertical(classes="form"):
            if self._point is not None:
                yield Static(safe(self._point.text, "bold $strong"), classes="guidance", markup=False)
            yield Label(
                self.tr("How far is it?") if self._point else self.tr("What is going to be better?"),
                classes="quiet",
                markup=False,
            )
            yield self._text
            yield Static("", markup=False)
            fields: list[tuple[str, Widget]] = [
                (self.tr("who sees to it"), self._owner),
                (self.tr("by when"), self._due),
            ]
            if self._point is not None:
                fields.append((self.tr("state"), self._done_line))
            for word, field in fields:
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield field
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the sentence."""
        super().on_mount()
        self.title_bar.main = self.tr("Improvement point")
        self.title_bar.about = self._point.year if self._point else self._year
        self._text.focus()

    async def save(self) -> None:
        """Write it down."""
        year, point = self.desk.register.year, self._point
        owner = person_named(self.desk, self._owner.value)
        due = parse_ahead(self._due.value, self.desk.register.now().date())
        if point is None:
            await asyncio.to_thread(year.add_point, self._text.value, owner, due, self._year)
        else:
            await asyncio.to_thread(
                year.about_point,
                point.id,
                self._text.value,
                owner=owner,
                due=due,
                done=self._done_line.value == "yes",
                seen=self._seen,
            )

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, show what they said and bring in what they changed."""
        await super().refused(error)
        if not isinstance(error, Changed) or self._point is None:
            return
        points = await asyncio.to_thread(self.desk.register.year.points)
        now = next((one for one in points if one.id == self._point.id), self._point)
        theirs = _fields(self.desk, now)
        both = [f"{self.desk.author(one.author)}: {one.text}" for one in now.said[self._seen :] if one.text]
        fields = ((self.tr("who sees to it"), self._owner), (self.tr("by when"), self._due))
        both += brought_in(fields, self._known, theirs)
        if now.done != self._point.done:
            both.append(self.tr("done") if now.done else self.tr("goes on"))
            self._done_line.value = "yes" if now.done else "no"
        if both:
            self.say(f"{self.words.tell(error)} ({'; '.join(both)})", late=True)
        self._point, self._known, self._seen = now, theirs, len(now.said)
        self.keep()

    def typed(self) -> str:
        """Return what would be lost."""
        return self._text.value

    def where(self) -> dict[str, str]:
        """Return the year, the point, and how much was said about it."""
        return {"year": self._year, "point": self._point.id if self._point else "", "seen": str(self._seen)}


def _fields(desk: Desk, point: KnownPoint | None) -> dict[str, str]:
    """Return who sees to a point and by when, as they stand in its form."""
    owner = desk.register.people.name(point.owner) if point else desk.register.vault.me.name
    return {"owner": owner, "due": f"{point.due:%d-%m-%Y}" if point and point.due else ""}


class PutDownForm(DeskForm):
    """Puts a year's figures down as they are now, with what has to be said about them."""

    KEPT = "year"

    HELP = N_(
        "Records the figures of this school year as they are now, for whoever leads the school: they stay as they "
        "are, whatever is written later. Write what has to be known with them, without names. Who compares figures of "
        "two days can see what came in between: record them once a year."
    )

    def __init__(self, desk: Desk, year: str) -> None:
        super().__init__(desk)
        self._year = year
        self._text = quiet_area(id="text")

    def compose_body(self) -> Iterable[Widget]:
        """What it does, and one field."""
        with Vertical(id="question"):
            once = self.tr(
                "Coordinator, IB and management read these figures as they are now. Once a year is best: who compares "
                "two of them sees what came in between."
            )
            yield Static(safe(once), classes="guidance", markup=False)
            yield Label(self.tr("What has to be known with them? (may stay empty)"), classes="quiet", markup=False)
            yield self._text
            yield self.answer

    def on_mount(self) -> None:
        """Begin."""
        super().on_mount()
        self.title_bar.main = self.tr("Record the figures")
        self.title_bar.about = self._year
        self._text.focus()

    async def save(self) -> object:
        """Write them down."""
        await asyncio.to_thread(self.desk.register.year.put_down, self._year, self._text.text)
        return self.tr("Record")

    def typed(self) -> str:
        """Return what would be lost."""
        return self._text.text

    def where(self) -> dict[str, str]:
        """Return the year."""
        return {"year": self._year}


def year_form(desk: Desk, kind: str, place: Mapping[str, str]) -> DeskForm | None:
    """Return the form of something that was being typed about a school year; None where that place is gone."""
    year = desk.register.year
    if not year.reads or not place.get("year"):
        return None
    if kind == "year":
        return PutDownForm(desk, place["year"])
    ident = place.get("point", "")
    point = next((one for one in year.points() if one.id == ident), None)
    seen = place.get("seen", "")
    return (
        None if ident and point is None else PointForm(desk, place["year"], point, int(seen) if seen.isdigit() else 0)
    )
