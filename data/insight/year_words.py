"""A school year's figures in words: what the screen, the PDF and the table of numbers all say, part by part."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..errors import N_
from ..words import Words
from .figures import Basis, Cell, Figures, Lasting, Share, Table
from .suppress import Part

_KEYS = {
    "other": N_("something else"),
    "elsewhere": N_("not in the list, or not said"),
    "unknown": N_("not known"),
    "several": N_("from several year groups"),
    "none": N_("none of the nine"),
    "injury": N_("physical violence with injury"),
    "armed": N_("physical violence with a weapon"),
    "weapon": N_("possession of a weapon"),
    "sexual": N_("sexual abuse or intimidation"),
    "bullying": N_("severe bullying"),
    "discrimination": N_("discrimination"),
    "threat": N_("threats"),
    "damage": N_("vandalism or theft"),
    "drugs": N_("drugs"),
    "early": N_("to 9"),
    "morning": N_("9-11h"),
    "midday": N_("11-13h"),
    "afternoon": N_("13-15h"),
    "late": N_("15 on"),
    "weekend": N_("weekend"),
    "open": N_("open"),
    "closed": N_("closed"),
    "kept": N_("kept"),
    "partly": N_("partly kept"),
    "not": N_("not kept"),
    "unseen": N_("not looked at yet"),
    "up": N_("safer"),
    "same": N_("as before"),
    "down": N_("less safe"),
}
"""The program's own words for keys; the school's own lists bring theirs."""

_SHARES = {
    "whole": N_("incidents with all seven questions answered"),
    "parents-told": N_("incidents of which all parents concerned were told"),
    "in-parnassys": N_("incidents that stand in ParnasSys"),
    "placed": N_("notes with a place"),
    "with-roles": N_("notes that say what each pupil did"),
    "completed": N_("notes that are no draft"),
    "evaluated": N_("closed cases of which both families were told the evaluation"),
    "families-told": N_("cases of which all families on both sides were spoken with"),
    "consulted": N_("cases with a consultation"),
    "looked-1": N_("looked back on within 2 weeks"),
    "looked-3": N_("looked back on after 2 to 4 weeks"),
    "looked-6": N_("looked back on later"),
}

_LASTING = {
    "to-case": N_("from first note to case"),
    "to-families": N_("from first note until both families were told"),
    "to-close": N_("from case to close"),
}


@dataclass(frozen=True)
class Line:
    """A number with what it counts; None is hidden. `of` is the whole where the line is a share of its own."""

    label: str
    count: int | None
    text: str
    of: int = 0


@dataclass(frozen=True)
class Bars:
    """Numbers beside each other, and what has to be said below them."""

    title: str
    lines: tuple[Line, ...]
    below: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """What has no line, because its number is not shown: in a list without an order of its own."""
    shares: bool = False
    """Whether each line is a share of a whole of its own."""


@dataclass(frozen=True)
class Grid:
    """Numbers in rows and columns, each with its total."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...], int | None], ...]
    totals: tuple[int | None, ...]
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Sentences with a label."""

    title: str
    lines: tuple[tuple[str, str], ...]


Block = Bars | Grid | Facts


@dataclass(frozen=True)
class Section:
    """A part of the year: its id, its title, what stands in it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


FILTERED = ("place", "part", "group", "month")
"""What can be seen of one kind of behaviour only."""


_UNORDERED = ("kind", "national", "place", "method")
"""Lists without an order of their own: the most comes first."""

_OUTSIDE = ("other", "elsewhere", "several", "unknown", "weekend")
"""What stands beside a list, and is not named where there is nothing to say about it."""


class YearWords:
    """Says a year's figures.

    `kind` is the key of the kind of behaviour to look at, empty for all; `dash` stands for what is hidden.
    """

    def __init__(self, figures: Figures, words: Words, kind: str = "", dash: str = "–") -> None:
        self._figures = figures
        self._words = words
        self._dash = dash
        self._kind = kind if kind in figures.kinds else ""

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self._words.tr(message, **values)

    # --- all of it -----------------------------------------------------------------------------------------

    def sections(self) -> tuple[Section, ...]:
        """Return the parts of the year, in order."""
        tr, bars = self.tr, self._bars
        made = (
            ("kinds", N_("Incidents"), self._kinds),
            ("places", N_("Where"), lambda: (bars("place", N_("Place")),)),
            ("hours", N_("When"), self._hours),
            ("groups", N_("Year groups"), lambda: (bars("group", N_("Year group"), inside="incidents"),)),
            ("months", N_("Months"), lambda: (bars("month", N_("Incidents by month")),)),
            ("cases", N_("Cases"), self._cases),
            ("times", N_("How long"), self._times),
            ("helped", N_("What helped"), self._helped),
            ("quality", N_("Completeness"), self._quality),
        )  # fmt: skip
        return tuple(Section(ident, tr(title), tuple(blocks())) for ident, title, blocks in made)

    def based_on(self) -> str:
        """Return what the figures were made from, and up to when."""
        until = self._words.long_date(dt.date.fromisoformat(self._figures.until))
        if self._figures.basis is Basis.ALL:
            return self.tr(N_("All notes, incidents and cases, up to {date}."), date=until)
        return self.tr(N_("All incidents, and the cases that the management reads, up to {date}."), date=until)

    def legend(self) -> str:
        """Return what a dash stands for."""
        return self.tr(
            N_(
                "{sign}: fewer than five or none, or about fewer than five pupils, or it would give such a number away."
            ),
            sign=self._dash,
        )

    def kind(self, key: str) -> str:
        """Return the name of a kind of behaviour."""
        cell = next((cell for cell in self._figures.table("kind").cells if cell.key == key), Cell(key=key))
        return self.label(cell)

    def label(self, cell: Cell, table: str = "") -> str:
        """Return what a cell counts."""
        if cell.name:
            return cell.name
        if table in ("month", "opened"):
            return self._words.month(dt.date.fromisoformat(f"{cell.key}-01"))
        if table == "group" and cell.key not in _KEYS:
            return self.tr(N_("group {name}"), name=cell.key)
        if table == "weekday" and cell.key.isdigit():
            return self._words.day_of_week(int(cell.key))
        return self.tr(_KEYS[cell.key]) if cell.key in _KEYS else cell.key

    # --- blocks --------------------------------------------------------------------------------------------

    def _table(self, ident: str) -> Table:
        if self._kind and ident in FILTERED:
            return self._figures.filtered(self._kind, ident)
        return self._figures.table(ident)

    def _bars(self, ident: str, title: str, inside: str = "incidents") -> Bars:
        table, named = self._table(ident), self.tr(title)
        if self._kind and ident in FILTERED:
            named = f"{named} · {self.kind(self._kind)}"
        if not table.total:
            return Bars(named, (), (self._nothing(table.total, inside),))
        cells = [cell for cell in table.cells if cell.count or cell.key not in _OUTSIDE]
        hidden: list[str] = []
        if ident in _UNORDERED:
            hidden = [self.label(cell, ident) for cell in cells if cell.count is None]
            cells = sorted((cell for cell in cells if cell.count is not None), key=lambda cell: -(cell.count or 0))
        elif not any(cell.count for cell in cells):
            cells = []
        lines = [Line(self.label(cell, ident), cell.count, self.number(cell.count)) for cell in cells]
        return Bars(named, tuple(lines), tuple(self._below(table, inside, hidden)), tuple(hidden))

    def _below(self, table: Table, inside: str, hidden: Sequence[str]) -> Iterable[str]:
        """Yield how many there are, and what is not shown of them."""
        yield self._counted(table.total or 0, inside)
        if not any(cell.count for cell in table.cells):
            yield self.tr(N_("Every part of it is too small to be shown by itself."))
        elif hidden:
            listed = ", ".join(hidden)
            yield self.tr(
                N_("Too small to be shown by itself: {what}. Together {count}."), what=listed, count=table.rest
            )
        elif table.rest:
            yield self.tr(N_("What has a {sign} makes {count} together."), sign=self._dash, count=table.rest)

    def _nothing(self, total: int | None, inside: str) -> str:
        nothing = {
            "incidents": N_("No incident was written down in this school year."),
            "cases": N_("No case was opened in this school year."),
            "agreements": N_("No agreement was made in the cases of this school year."),
            "approaches": N_("No approach was begun in the cases of this school year."),
        }
        few = {
            "incidents": N_("Too few incidents for figures that tell nothing about a single child."),
            "cases": N_("Too few cases for figures that tell nothing about a single child."),
            "agreements": N_("Too few agreements for figures that tell nothing about a single child."),
            "approaches": N_("Too few approaches for figures that tell nothing about a single child."),
        }
        return self.tr((nothing if total == 0 else few)[inside])

    def _counted(self, total: int, inside: str) -> str:
        trn = self._words.trn
        match inside:
            case "cases":
                return trn("{count} case in all", "{count} cases in all", total)
            case "agreements":
                return trn("{count} agreement in all", "{count} agreements in all", total)
            case "approaches":
                return trn("{count} approach in all", "{count} approaches in all", total)
        return trn("{count} incident in all", "{count} incidents in all", total)

    def _kinds(self) -> Iterable[Block]:
        yield self._bars("kind", N_("Kind of behaviour"))
        if self._table("kind").total:
            yield self._bars("national", N_("National kinds"))

    def _hours(self) -> Iterable[Block]:
        parts = self._table("part")
        if self._kind or not parts.total:
            return (self._bars("part", N_("Part of the day")),)
        return (self._grid("weekday", "part", N_("Day and hour"), "incidents"),)

    def _grid(self, rows: str, columns: str, title: str, inside: str) -> Block:
        across, down = self._figures.table(columns), self._figures.table(rows)
        crossed = self._figures.cross(rows, columns)
        if crossed is None or not down.total:
            return Bars(self.tr(title), (), (self._nothing(down.total, inside),))
        return Grid(
            self.tr(title),
            tuple(self.label(cell, columns) for cell in across.cells),
            tuple(
                (self.label(cell, rows), counts, cell.count)
                for cell, counts in zip(down.cells, crossed.counts, strict=True)
                if cell.count or cell.key not in _OUTSIDE
            ),
            tuple(cell.count for cell in across.cells),
            (self._counted(down.total, inside),),
        )

    def _cases(self) -> Iterable[Block]:
        yield self._bars("phase", N_("Phase that was reached"), "cases")
        if self._figures.table("phase").total:
            yield self._bars("status", N_("As they stand now"), "cases")
            yield self._bars("opened", N_("Month in which they were opened"), "cases")

    def _times(self) -> Iterable[Block]:
        total = self._figures.table("phase").total
        if not total:
            yield Bars(self.tr(N_("Days that it took")), (), (self._nothing(total, "cases"),))
            return
        lines = [(self.tr(_LASTING[ident]), self._days(self._figures.last(ident))) for ident in _LASTING]
        yield Facts(self.tr(N_("Days that it took")), tuple(lines))
        yield self._shares(N_("Of the cases"), ("families-told", "consulted"))

    def _days(self, took: Lasting) -> str:
        if took.median is None:
            return self.tr(N_("too few to say"))
        days = self._words.trn("{count} day", "{count} days", took.median)
        return self.tr(
            N_("half of them at most {days} ({shortest} to {longest})"),
            days=days, shortest=took.shortest, longest=took.longest,
        )  # fmt: skip

    def _helped(self) -> Iterable[Block]:
        yield self._bars("kept", N_("Agreements, when somebody looked last"), "agreements")
        yield self._bars("method", N_("Approaches that were begun"), "approaches")
        if self._figures.table("method").total:
            yield self._grid("method", "outcome", N_("The child's own score, first and last"), "approaches")
            yield self._shares(N_("Of the approaches"), ("looked-1", "looked-3", "looked-6"))
        consultations = self._figures.table("consultations").total
        talks = self._words.trn("{count} consultation", "{count} consultations", consultations or 0)
        lines = [(self.tr(N_("about cases")), self.tr(N_("fewer than five")) if consultations is None else talks)]
        yield Facts(self.tr(N_("Consultations")), (*lines, *self._counsel()))

    def _counsel(self) -> Iterable[tuple[str, str]]:
        numbers = self._figures.counsel
        if numbers is None:
            yield self.tr(N_("counsellor")), self.tr(N_("No counsellor released numbers yet."))
            return
        talks, who, referred = numbers
        few, trn = self.tr(N_("fewer than five")), self._words.trn
        said = few if talks is None else trn("{count} conversation", "{count} conversations", talks)
        if who is not None:
            said += " " + trn("with {count} person", "with {count} people", who)
        yield self.tr(N_("counsellor")), said
        if referred is not None:
            yield "", trn("{count} referred", "{count} referred", referred)

    def _quality(self) -> Iterable[Block]:
        if self._figures.basis is Basis.ALL:
            yield self._shares(N_("Notes"), ("placed", "with-roles", "completed"))
        yield self._shares(N_("Incidents"), ("whole", "parents-told", "in-parnassys"))
        yield self._shares(N_("Cases"), ("evaluated",))

    def _shares(self, title: str, idents: Sequence[str]) -> Bars:
        return Bars(self.tr(title), tuple(self._share(self._figures.share(ident)) for ident in idents), shares=True)

    def _share(self, share: Share) -> Line:
        return Line(self.tr(_SHARES[share.id]), share.count, self.share(share), share.whole or 0)

    def share(self, share: Share) -> str:
        """Return a share in words."""
        say: dict[Part, Callable[[], str]] = {
            Part.EXACT: lambda: self.tr(N_("{count} of {whole}"), count=share.count, whole=share.whole),
            Part.NEARLY: lambda: self.tr(N_("all {whole}, or nearly"), whole=share.whole),
            Part.HARDLY: lambda: self.tr(N_("none of {whole}, or hardly any"), whole=share.whole),
            Part.FEW: lambda: self.tr(N_("none there")) if share.whole == 0 else self.tr(N_("too few to say")),
        }
        return say[share.part]()

    def number(self, count: int | None) -> str:
        """Return a number, or the sign of one that is hidden."""
        return self._dash if count is None else str(count)
