"""An agreement: with whom, what, and when it is looked at."""

import asyncio
from collections.abc import Iterable, Mapping

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from data.errors import N_, Changed, PesttuiError
from data.model import AgreedWith
from data.register import KnownAgreement, KnownCase
from data.register.agreed import weeks_ahead

from .agreed_words import PARTIES
from .ahead import day_ahead, day_before, in_weeks
from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .open_case import Ticks
from .text import safe
from .widgets import ChoiceLine, Column, Prose, Row, RowList

_TICK = (Column(3), Column(26), Column(0))
_MOST_ROWS = 4


class AgreementForm(DeskForm):
    """A new agreement, or one that takes the place of another."""

    KEPT = "agreement"

    HELP = N_(
        "Choose with whom it was agreed: 1, 2 or 3, outside the text. For a family or a pupil space ticks whose. "
        "Write what was agreed in a line or two. An agreement with the group can serve other cases of that group as "
        "well: tick them. On the day at “look” it comes back on My day; empty that field if nobody needs to look."
    )

    def __init__(self, desk: Desk, case: KnownCase, corrects: str = "") -> None:
        """`corrects`: the agreement (by id) that it takes the place of."""
        super().__init__(desk)
        self._case = case
        self._before = next((found for found in case.agreements if found.id == corrects), None)
        self._groups = desk.register.agreements.groups(case)
        self._others: dict[str, list[KnownCase]] = {}
        self._party = ChoiceLine(self._parties(), self._party_before(), id="party")
        self._whom = Ticks(id="whom")
        self._cases = Ticks(id="cases")
        self._text = quiet_area(desk.text(self._before.agreement.text) if self._before else "", id="text")
        self._begun = self._text.text
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._proposed = in_weeks(desk, weeks_ahead(0))
        self._look = quiet_input(self._proposed, id="check-on", max_length=30, onward=False)
        if self._before is not None:
            self._whom.ticked = set(self._before.agreement.about)
            self._cases.ticked = set(self._before.agreement.cases) - {case.code}
        elif len(case.case.pupils) == 1:
            self._whom.ticked = set(case.names)

    def _parties(self) -> list[tuple[str, str]]:
        """Return with whom it can be: each group of the case's pupils, a family, a pupil."""
        listed = self.desk.register.pupils.groups()
        groups = [(ident, listed[ident].name) for ident in self._groups if ident in listed]
        if not groups:
            groups = [("", self.tr(PARTIES[AgreedWith.GROUP]))]
        rest = [(party.value, self.tr(PARTIES[party])) for party in (AgreedWith.FAMILY, AgreedWith.PUPIL)]
        return [(f"group:{ident}", name) for ident, name in groups] + rest

    def _party_before(self) -> str:
        if self._before is None:
            return ""
        said = self._before.agreement
        return f"group:{said.group}" if said.party is AgreedWith.GROUP else said.party.value

    def compose_body(self) -> Iterable[Widget]:
        """With whom, what, and two days."""
        with Vertical(id="step"):
            if self._before is not None:
                yield Prose(self._replaces(self._before), id="earlier")
            yield Label(self.tr("With whom?"), classes="heading", markup=False)
            yield self._party
            yield Label(self.tr("Whose? (space)"), classes="quiet", id="whose", markup=False)
            yield self._whom
            yield Label(self.tr("Other cases of the group (space)"), classes="quiet", id="also", markup=False)
            yield self._cases
            yield Label(self.tr("What was agreed?"), classes="heading", markup=False)
            yield self._text
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
                yield Label(self.tr("look"), markup=False)
                yield self._look
            yield self.answer

    def _replaces(self, before: KnownAgreement) -> Content:
        return safe(self.tr("Takes the place of: {text}", text=self.desk.text(before.agreement.text)), "$quiet")

    def on_mount(self) -> None:
        """Begin with whom it is made with."""
        super().on_mount()
        self.title_bar.main = self.tr("Another agreement") if self._before else self.tr("Make an agreement")
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self._draw()
        self.set_focus(self._party)
        self._read()

    @work
    async def _read(self) -> None:
        """Find the other cases that it can serve as well."""
        agreements = self.desk.register.agreements
        try:
            for group in self._groups:
                self._others[group] = await asyncio.to_thread(agreements.others, self._case.code, group)
        except PesttuiError as error:
            self.fail(error)
            return
        self._draw()

    # --- with whom -----------------------------------------------------------------------------------------

    @property
    def _group(self) -> str:
        return self._party.value.partition(":")[2]

    @property
    def _with(self) -> AgreedWith:
        return AgreedWith(self._party.value.partition(":")[0])

    def _draw(self) -> None:
        whole = self._with is AgreedWith.GROUP
        pupils = [
            (pupil.pupil, self.desk.pupil(pupil.pupil), self.tr(pupil.strand.value)) for pupil in self._case.case.pupils
        ]
        others = [(known.code, known.code, self.desk.who(known)) for known in self._others.get(self._group, [])]
        for rows, label, lines, wanted in (
            (self._whom, "#whose", pupils, not whole),
            (self._cases, "#also", others, whole),
        ):
            rows.show(
                [
                    Row(key, (("[x]" if key in rows.ticked else "[ ]", "key"), (name, "strong"), (more, "meta")), _TICK)
                    for key, name, more in lines
                ]
            )
            rows.styles.height = max(1, min(_MOST_ROWS, len(lines)))
            rows.display = self.query_one(label).display = wanted and bool(lines)

    @on(ChoiceLine.Changed)
    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self._draw()
        self.keep()

    def on_key(self, event: events.Key) -> None:
        """Let the number beside it choose with whom, wherever a number is no text."""
        if not isinstance(self.focused, Input | TextArea) and self._party.choose_place(event.key):
            event.stop()

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._draw()

    # --- saving --------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write the agreement down."""
        whole, served = self._with is AgreedWith.GROUP, {known.code for known in self._others.get(self._group, [])}
        await asyncio.to_thread(
            self.desk.register.agreements.make,
            self._case.code,
            self._with,
            self._text.text,
            about=() if whole else [pupil for pupil in self._case.names if pupil in self._whom.ticked],
            group=self._group,
            also=sorted(self._cases.ticked & served) if whole else (),
            check_on=day_ahead(self.desk, self._look.value, self._proposed),
            corrects=self._before.id if self._before else "",
            happened=day_before(self.desk, self._day.value),
        )

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, show theirs: saving again then takes the place of that one."""
        await super().refused(error)
        if isinstance(error, Changed) and self._before is not None:
            try:
                self._case = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
            except PesttuiError:
                return
            after = {found.agreement.corrects: found for found in self._case.agreements}
            while (newer := after.get(self._before.id)) is not None:
                self._before = newer
            self.query_one("#earlier", Static).update(self._replaces(self._before))
            self.keep()

    def typed(self) -> str:
        """Return the text, once it is another one than it began with."""
        return "" if self._text.text == self._begun else self._text.text or "."

    def where(self) -> dict[str, str]:
        """Return the case, and what it takes the place of."""
        return {"case": self._case.code, "corrects": self._before.id if self._before else ""}

    def fields(self) -> dict[str, str]:
        """Return fields and ticks."""
        ticked = {"whom": ";".join(sorted(self._whom.ticked)), "cases": ";".join(sorted(self._cases.ticked))}
        return {**super().fields(), **ticked}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        party = fields.get("party", "")
        known = party in dict(self._parties())
        super().refill({**fields, "party": party if known else self._party.value})
        self._whom.ticked = set(fields.get("whom", "").split(";")) & self._case.names.keys()
        self._cases.ticked = set(filter(None, fields.get("cases", "").split(";")))
        self._draw()
