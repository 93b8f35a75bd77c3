"""What a steward sets about notes and incidents: lists, the pattern check, the text for ParnasSys, what to report."""

import asyncio
from collections.abc import Iterable

from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, Changed, PesttuiError, UsageError
from data.exchange.parnassys import builtin
from data.exchange.template import FIELDS
from data.model import NationalKind
from data.register.house import NoteRules
from data.register.lists import NATIONAL_WORDS

from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .text import safe
from .widgets import ChoiceLine

_YES = "yes"


class NoteSettings(DeskForm):
    """Lists, one a line; numbers; the template. What was not touched here keeps what a colleague makes of it."""

    KEPT = "note-settings"

    HELP = N_(
        "Places are what # offers in a note, kinds of behaviour what ! offers. Behind a kind can stand what it counts "
        "as nationally; a kind that gets another name stays the same kind in earlier notes. At the words that judge, "
        "a note asks what was seen or heard. The pattern check counts notes about the same pupils over so many weeks. "
        "In the text for ParnasSys a word between braces is filled in; a line of which nothing is known is left out. "
        "Other pupils never come into it, whatever the template says. Empty it for the built-in one. The duty to "
        "report is a bill and no law yet: turned on, serious incidents and the national kinds that stand behind it are "
        "marked, to be thought about."
    )

    def __init__(self, desk: Desk, now: NoteRules, begin: str = "places") -> None:
        """`begin`: the id of the field that has the cursor first."""
        super().__init__(desk)
        self._revision = now.revision
        self._begin = begin
        shown = self._shown(now)
        self._areas = {
            name: quiet_area(shown[name], id=name) for name in ("places", "behaviours", "judging", "template")
        }
        self._numbers = {
            name: quiet_input(shown[name], id=name, max_length=3, type="integer") for name in ("weeks", "least")
        }
        options = [("", desk.tr("no")), (_YES, desk.tr("yes"))]
        self._duty = ChoiceLine(options, shown["duty"], numbered=False, id="duty")
        self._reportable = quiet_input(shown["reportable"], id="reportable", max_length=200, onward=False)
        self._begun = self._all()

    def _shown(self, now: NoteRules) -> dict[str, str]:
        """Return what is set as it stands in the fields, by their ids."""
        kinds = (
            "; ".join(filter(None, (one.name, self.tr(NATIONAL_WORDS[one.national]) if one.national else "")))
            for one in now.behaviours
        )
        return {
            "places": "\n".join(now.places),
            "behaviours": "\n".join(kinds),
            "judging": "\n".join(now.judging),
            "template": now.parnassys or builtin(self.words),
            "weeks": str(now.pattern_weeks),
            "least": str(now.pattern_least),
            "duty": _YES if now.report_duty else "",
            "reportable": ", ".join(self.tr(NATIONAL_WORDS[kind]) for kind in now.reportable),
        }

    def compose_body(self) -> Iterable[Widget]:
        """Areas and fields below each other, in the order in which a note meets them."""
        known = " ".join("{" + word + "}" for word in FIELDS)
        with VerticalScroll(classes="form", id="house"):
            yield from self._area("places", self.tr("Places, one a line"))
            yield from self._area("behaviours", self.tr("Kinds of behaviour: name; national kind"))
            yield from self._area("judging", self.tr("Words that judge, one a line"))
            yield from self._number("weeks", self.tr("Pattern over"), self.tr("weeks"))
            yield from self._number("least", self.tr("Pattern from"), self.tr("notes"))
            yield from self._area("template", self.tr("The text for ParnasSys"))
            yield Static(safe(known), classes="guidance", markup=False)
            with Horizontal(classes="field wide"):
                yield Label(self.tr("Duty to report"), markup=False)
                yield self._duty
            with Horizontal(classes="field wide"):
                yield Label(self.tr("Reportable"), markup=False)
                yield self._reportable
            words = ", ".join(map(self.tr, NATIONAL_WORDS.values()))
            yield Static(safe(self.tr("National kinds: {kinds}", kinds=words)), classes="guidance", markup=False)
            yield self.answer

    def _area(self, name: str, label: str) -> Iterable[Widget]:
        yield Label(label, classes="heading", markup=False)
        yield self._areas[name]

    def _number(self, name: str, label: str, after: str) -> Iterable[Widget]:
        with Horizontal(classes="field wide"):
            yield Label(label, markup=False)
            yield self._numbers[name]
            yield Label(after, classes="quiet after", markup=False)

    def on_mount(self) -> None:
        """Begin where it was asked for."""
        super().on_mount()
        self.title_bar.main = self.tr("Notes and incidents: what the school set")
        self.query_one(f"#{self._begin}").focus()

    def _all(self) -> dict[str, str]:
        """Return what stands in every field, by id."""
        found = {name: area.text for name, area in self._areas.items()}
        found |= {name: field.value for name, field in self._numbers.items()}
        return {**found, "duty": self._duty.value, "reportable": self._reportable.value}

    def _touched(self) -> dict[str, str]:
        return {name: text for name, text in self._all().items() if text != self._begun[name]}

    def typed(self) -> str:
        """Return what was changed."""
        return "\n".join((*touched.values(), ".")) if (touched := self._touched()) else ""

    def fields(self) -> dict[str, str]:
        """Return what was changed: given back later, the rest is as it is by then."""
        return self._touched()

    # --- what was typed ------------------------------------------------------------------------------------

    def _national(self, typed: str, refusal: str) -> NationalKind:
        """Return a national kind by its word or its code word."""
        known = {self.tr(word).lower(): kind for kind, word in NATIONAL_WORDS.items()}
        found = (known | {kind.value: kind for kind in NationalKind}).get(typed.lower())
        if found is None:
            raise UsageError(refusal, kinds=", ".join(sorted(map(self.tr, NATIONAL_WORDS.values()))))
        return found

    def _kinds(self, typed: str) -> list[tuple[str, NationalKind | None]]:
        refusal = N_("Behind a kind stands nothing, or one of: {kinds}.")
        lines = [line.partition(";") for line in typed.splitlines() if line.strip()]
        return [
            (name.strip(), self._national(counted.strip(), refusal) if counted.strip() else None)
            for name, _, counted in lines
        ]

    def _to_report(self, typed: str) -> list[NationalKind]:
        refusal = N_("What is to be reported are some of: {kinds}.")
        return [self._national(word.strip(), refusal) for word in typed.split(",") if word.strip()]

    def _template(self, typed: str) -> str:
        """Return a template as it is stored; the built-in one as none."""
        return "" if typed.strip() == builtin(self.words).strip() else typed

    async def save(self) -> None:
        """Write down what was changed here."""
        typed = self._touched()

        def number(name: str) -> int | None:
            return (int(typed[name]) if typed[name].isdecimal() else 0) if name in typed else None

        def lines(name: str) -> list[str] | None:
            return typed[name].splitlines() if name in typed else None

        await asyncio.to_thread(
            self.desk.register.house.change_notes,
            places=lines("places"),
            behaviours=self._kinds(typed["behaviours"]) if "behaviours" in typed else None,
            judging=lines("judging"),
            pattern_weeks=number("weeks"),
            pattern_least=number("least"),
            parnassys=self._template(typed["template"]) if "template" in typed else None,
            report_duty=typed["duty"] == _YES if "duty" in typed else None,
            reportable=self._to_report(typed["reportable"]) if "reportable" in typed else None,
            based_on=self._revision,
        )

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, take what they changed and put their lines under one's own."""
        await super().refused(error)
        if not isinstance(error, Changed):
            return
        now = await asyncio.to_thread(self.desk.register.house.notes_now)
        theirs, mine = self._shown(now), self._touched()
        lists = {name: area for name, area in self._areas.items() if name in mine and name != "template"}
        for name, area in lists.items():
            more = [line for line in theirs[name].splitlines() if line not in self._begun[name].splitlines()]
            area.text = "\n".join((area.text.rstrip(), *(line for line in more if line not in area.text.splitlines())))
        self._begun = {**self._begun, **theirs}
        self.refill({name: text for name, text in theirs.items() if name not in mine})
        self._revision = now.revision


async def note_settings(desk: Desk, begin: str = "places") -> NoteSettings:
    """Return the form with what is set now; raises what reading raises."""
    return NoteSettings(desk, await asyncio.to_thread(desk.register.house.notes_now), begin)
