"""A suspension or an expulsion: the protocol's list, with the day each item was done and by when it has to be."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from data.errors import N_, PesttuiError, UsageError
from data.model import Strand
from data.protocol import Checklist, RemovalItem
from data.register import KnownCase
from data.register.removal import KnownRemoval, due_days, removals_of
from data.when import parse_moment

from .desk import Desk
from .fields import QuietInput, quiet_input
from .form import DeskForm
from .text import safe, safe_line
from .widgets import ChoiceLine, Prose


class _Item(Horizontal):
    """One item of a list: its sign, its day, its text, and by when."""

    DEFAULT_CSS = """
    _Item { height: 1; }
    _Item .sign { width: 2; }
    _Item Input { width: 11; margin-right: 1; }
    _Item .what { width: 1fr; }
    _Item .due { width: auto; color: $key; }
    """

    def __init__(self, item: RemovalItem, day: QuietInput) -> None:
        super().__init__()
        self.item = item
        self.day = day
        self.sign = Static("", classes="sign", markup=False)
        self.due = Static("", classes="due", markup=False)

    def compose(self) -> Iterable[Widget]:
        """In a line."""
        yield self.sign
        yield self.day
        yield Label(safe(self.item.text), classes="what", markup=False)
        yield self.due


class RemovalForm(DeskForm):
    """The lists of the protocol; what was filled in before stands there."""

    KEPT = "removal"

    HELP = N_(
        "The list of the protocol for a suspension or an expulsion. Type the day on which an item was done: today, 12 "
        "nov; or a dash where it does not apply. At the right stands by when it has to be done. Below stands where the "
        "rule of the item comes from. A new list begins when the one before is whole."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._case = case
        removal = case.protocol.removal
        self._lists: tuple[Checklist, ...] = removal.checklists if removal else ()
        self._before: dict[str, KnownRemoval] = {
            known.checklist.kind: known for known in removals_of(case) if known.going_on
        }
        kind = next(iter(self._before), self._lists[0].kind)
        self._kind = ChoiceLine([(one.kind, safe_line(one.title)) for one in self._lists], kind, id="kind")
        order = [Strand.ACCUSED, Strand.OTHER, Strand.BULLIED]
        pupils = sorted(case.case.pupils, key=lambda pupil: order.index(pupil.strand))
        names = [(pupil.pupil, safe_line(desk.pupil(pupil.pupil))) for pupil in pupils]
        self._pupil = ChoiceLine(names or [("", "?")], "", numbered=False, id="pupil")
        self._items: dict[str, list[_Item]] = {
            one.kind: [self._item(one.kind, item) for item in one.items] for one in self._lists
        }
        self._source = Prose(id="source")
        self._text = quiet_input(id="text", max_length=2000, onward=False)
        self._show_pupil()
        self._begun = self._all()

    def _item(self, kind: str, item: RemovalItem) -> _Item:
        before = self._before.get(kind)
        day = before.done.get(item.id) if before else None
        shown = self.desk.words.date(day) if day else "-" if before and item.id in before.waived else ""
        # The ids are ours: what a protocol file calls an item need not be a name for a widget.
        place = [one.id for one in next(found for found in self._lists if found.kind == kind).items].index(item.id)
        return _Item(item, quiet_input(shown, id=f"{kind}-{place}", max_length=20))

    def compose_body(self) -> Iterable[Widget]:
        """Which list and about whom, the items, the source of the one the cursor is on, and a sentence."""
        with Vertical(id="step"):
            for word, line in ((self.tr("which"), self._kind), (self.tr("about"), self._pupil)):
                with Horizontal(classes="field"):
                    yield Label(word, markup=False)
                    yield line
            with VerticalScroll(id="items"):
                for items in self._items.values():
                    yield from items
            yield self._source
            with Horizontal(classes="field"):
                yield Label(self.tr("remark"), markup=False)
                yield self._text
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the first day that is missing."""
        super().on_mount()
        removal = self._case.protocol.removal
        self.title_bar.main = removal.title if removal else ""
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self.query_one("#items").can_focus = False
        self._draw()
        shown = self._items[self._kind.value]
        next((one for one in shown if not one.day.value), shown[0]).day.focus()

    # --- what is filled in ---------------------------------------------------------------------------------

    def _show_pupil(self) -> None:
        before = self._before.get(self._kind.value)
        if before is not None:
            self._pupil.value = before.pupil
        self._pupil.disabled = before is not None

    def _filled(self) -> tuple[dict[str, date], list[str]]:
        """Return the days that were typed, and the items that do not apply; raises UsageError."""
        done, waived, now = dict[str, date](), list[str](), self.desk.register.now()
        before = self._before.get(self._kind.value)
        for one in self._items[self._kind.value]:
            typed, day = one.day.value.strip(), before.done.get(one.item.id) if before else None
            if typed in ("-", self.desk.glyphs.dash):
                waived.append(one.item.id)
            elif day is not None and typed == self.desk.words.date(day):
                done[one.item.id] = day  # as it stood there: the year is known
            elif typed:
                done[one.item.id] = parse_moment(typed, now).date()
        return done, waived

    @on(Input.Changed)
    @on(ChoiceLine.Changed)
    def _draw(self) -> None:
        """Show the chosen list, and what is due by when, as far as it can be told."""
        self._show_pupil()
        try:
            done, waived = self._filled()
        except PesttuiError:
            done, waived = {}, []
        chosen = next(one for one in self._lists if one.kind == self._kind.value)
        days, today = due_days(chosen, done, self._case.calendar), self.desk.register.now().date()
        for kind, items in self._items.items():
            for one in items:
                one.display = kind == chosen.kind
                self._draw_item(one, days.get(one.item.id), one.item.id in done, one.item.id in waived, today)

    def _draw_item(self, one: _Item, due: date | None, done: bool, waived: bool, today: date) -> None:
        glyphs, late = self.desk.glyphs, due is not None and due < today and not done
        sign = glyphs.done if done else glyphs.skipped if waived else glyphs.late if late else glyphs.open
        one.sign.update(Content(sign))
        text = self.tr("by {date}", date=self.words.date(due)) if due and not (done or waived) else ""
        one.due.update(safe(text))

    def on_descendant_focus(self) -> None:
        """Say where the rule of the item comes from."""
        items = self._items[self._kind.value]
        here = next((one.item for one in items if one.day is self.focused), None)
        self._source.update(safe(self.tr("Source: {source}", source=here.source) if here else "", "$quiet"))

    # --- saving --------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write down how far it is."""
        done, waived = self._filled()
        before = self._before.get(self._kind.value)
        if not self._pupil.value:
            raise UsageError(N_("Which pupil of this case is it about?"))
        await asyncio.to_thread(
            self.desk.register.removals.record,
            self._case.code,
            self._kind.value,
            pupil=self._pupil.value,
            done=done,
            waived=waived,
            text=self._text.value,
            follows=before.id if before else "",
        )

    def _all(self) -> list[str]:
        return [self._text.value, *(one.day.value for items in self._items.values() for one in items)]

    def typed(self) -> str:
        """Return everything, once something was changed."""
        return "" if self._all() == self._begun else "\n".join((*self._all(), "."))

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._case.code}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        super().refill(fields)
        self._draw()
