"""A school year on paper: charts with their numbers, and what the school is going to do better."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import N_
from ..pages import GREY, INK, MARGIN, RULE, Head, Pages, counted
from ..paper import Font, find_font
from ..words import Words
from .year_words import Bars, Block, Facts, Grid, Line, Section

if TYPE_CHECKING:
    from fpdf import FPDF

_BAR, _FILL, _DEEP = (95, 135, 160), (225, 232, 238), (140, 175, 195)
"""A bar, the whole behind a share, and the darkest shade of a table."""

_LABEL, _SENTENCE, _NUMBER = 62.0, 104.0, 34.0
"""How wide the words before a bar, the sentence before a share and the number behind are, in millimetres."""

_ROW = 5.5


@dataclass(frozen=True)
class YearReport:
    """Everything that is printed, in words."""

    head: Head
    title: str
    based_on: str
    legend: str
    sections: tuple[Section, ...]
    points: tuple[tuple[str, str], ...]
    """What is going to be better, and who sees to it by when."""
    remarks: str = ""


def to_pdf(report: YearReport, words: Words, font: Font | None = None) -> bytes:
    """Return a school year as PDF; the same report gives the same bytes. For `font` see the dossier's."""
    font = font or find_font()
    return counted(lambda pages: _Paper(report.head, words, font, pages).draw(report))


class _Paper(Pages):
    """The parts of a year, one below the other."""

    def draw(self, report: YearReport) -> "FPDF":
        """Draw everything and return the pages."""
        self._pdf.add_page()
        self._draw_title(report.title)
        for text in filter(None, (report.based_on, report.legend, report.remarks)):
            self._draw_quiet(text, 0)
        for section in report.sections:
            self._draw_part(section.title)
            for block in section.blocks:
                self._block(block)
        self._draw_part(self.tr(N_("Improvement points")))
        for text, who in report.points or ((self.tr(N_("No improvement point yet.")), ""),):
            self._room(12)
            self._pen(10)
            self._text(text, _ROW)
            self._draw_quiet(who)
        self._draw_unprinted()
        return self._pdf

    def _block(self, block: Block) -> None:
        match block:
            case Bars():
                self._heading(block.title, len(block.lines))
                self._bars(block.lines, _SENTENCE if block.shares else _LABEL)
                self._below(block.below)
            case Grid():
                self._heading(block.title, len(block.rows) + 2)
                self._grid(block)
                self._below(block.below)
            case Facts():
                self._heading(block.title, len(block.lines))
                for label, text in block.lines:
                    self._draw_fact(label, text, _SENTENCE - 14)

    def _heading(self, text: str, rows: int) -> None:
        self._pdf.ln(2)
        self._room(8 + _ROW * min(rows + 1, 14))
        self._pen(10.5, INK, "B")
        self._text(text, 6)

    def _below(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._draw_quiet(line, 0)

    def _bars(self, lines: Sequence[Line], label: float) -> None:
        pdf = self._pdf
        most = max((line.count or 0 for line in lines), default=0)
        room = pdf.epw - label - _NUMBER
        for line in lines:
            self._room(_ROW)
            top = pdf.y
            self._pen(9.5)
            pdf.cell(label, _ROW, self._fit(line.label, label - 2))
            whole = line.of or most
            if line.of and line.count is not None:  # a share: the bar's whole is drawn behind it
                pdf.set_fill_color(*_FILL)
                pdf.rect(MARGIN + label, top + 1.2, room, _ROW - 2.4, style="F")
            if line.count and whole:
                pdf.set_fill_color(*_BAR)
                pdf.rect(MARGIN + label, top + 1.2, room * line.count / whole, _ROW - 2.4, style="F")
            pdf.set_xy(MARGIN + label + room, top)
            self._pen(9.5, GREY if line.count is None else INK)
            pdf.cell(_NUMBER, _ROW, self._fit(line.text, _NUMBER), align="R")
            pdf.set_xy(MARGIN, top + _ROW)

    def _grid(self, grid: Grid) -> None:
        pdf = self._pdf
        first = 40.0
        width = (pdf.epw - first) / (len(grid.columns) + 1)
        most = max((count or 0 for _, counts, _ in grid.rows for count in counts), default=0)
        self._line(("", *grid.columns, self.tr(N_("in all"))), first, width, head=True)
        for label, counts, total in grid.rows:
            self._room(_ROW)
            top = pdf.y
            for at, count in enumerate(counts):
                if count:
                    depth = count / most
                    pdf.set_fill_color(*(round(255 - (255 - tone) * depth) for tone in _DEEP))
                    pdf.rect(MARGIN + first + at * width, top, width, _ROW, style="F")
            self._line((label, *map(_number, counts), _number(total)), first, width)
        self._line((self.tr(N_("in all")), *map(_number, grid.totals), ""), first, width, head=True)

    def _line(self, cells: Sequence[str], first: float, width: float, *, head: bool = False) -> None:
        pdf = self._pdf
        self._pen(9, GREY if head else INK)
        for at, cell in enumerate(cells):
            size = width if at else first
            pdf.cell(size, _ROW, self._fit(cell, size - 1), align="C" if at else "L")
        pdf.ln(_ROW)
        pdf.set_draw_color(*RULE)
        pdf.line(MARGIN, pdf.y, MARGIN + pdf.epw, pdf.y)


def _number(count: int | None) -> str:
    return "–" if count is None else str(count)
