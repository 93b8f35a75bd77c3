"""A dossier on paper: A4, the school, the case and "confidential" on every page, no name outside the text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...errors import N_
from ...pages import GREY, INDENT, INK, MARGIN, RULE, Head, Pages, counted
from ...paper import Font, find_font
from ...unbroken import unbroken
from ...words import Words
from .parts import Dossier
from .questions import Answer
from .words import DossierWords, Line, Style

if TYPE_CHECKING:
    from fpdf import FPDF

_SHADE = (250, 243, 228)
"""Behind what is missing."""

_ANSWERS = {Answer.YES: (25, 105, 55), Answer.PARTLY: (160, 90, 0), Answer.NO: (165, 30, 30)}

_ANSWER_WIDTH, _DAYS_WIDTH = 18.0, 62.0


def to_pdf(dossier: Dossier, words: Words, font: Font | None = None) -> bytes:
    """Return a dossier as PDF; the same dossier gives the same bytes.

    `font` prints every character it has; without one the system's is used, else the PDF's own, which have only the
    letters of Western Europe: what they lack is written in another way, and the last line says so.
    """
    font = font or find_font()
    lines = list(DossierWords(dossier, words).lines())
    title = words.tr(N_("Dossier {code}"), code=dossier.code)
    head = Head(dossier.school, title, dossier.made, dossier.made_by, words.tr(N_("CONFIDENTIAL")))
    return counted(lambda pages: _Paper(head, words, font, pages).draw(lines))


class _Paper(Pages):
    """The lines of a dossier, page after page."""

    # --- drawing -------------------------------------------------------------------------------------------

    def draw(self, lines: Iterable[Line]) -> "FPDF":
        """Draw everything and return the pages."""
        self._pdf.add_page()
        before: Style | None = None
        for line in lines:
            self._line(line, before)
            before = line.style
        self._draw_unprinted()
        return self._pdf

    def _line(self, line: Line, before: Style | None) -> None:
        draw = {
            Style.TITLE: self._title,
            Style.FACT: self._fact,
            Style.PART: self._part,
            Style.SECTION: self._section,
            Style.GAP: self._gap,
            Style.ASKED: self._asked,
            Style.HEAD: self._head,
            Style.TEXT: self._said,
            Style.QUIET: self._quiet,
        }[line.style]
        draw(line, before)

    def _title(self, line: Line, _: Style | None) -> None:
        self._draw_title(line.text)

    def _fact(self, line: Line, _: Style | None) -> None:
        self._draw_fact(line.label, line.text)

    def _part(self, line: Line, _: Style | None) -> None:
        self._draw_part(line.text)

    def _section(self, line: Line, _: Style | None) -> None:
        self._pdf.ln(3)
        self._room(22)
        self._pen(10.5, INK, "B")
        top = self._pdf.y
        self._text(line.text, 6, width=self._pdf.epw - 32)
        after = self._pdf.y
        self._pdf.set_xy(MARGIN, top)
        self._pen(9, GREY)
        self._pdf.cell(self._pdf.epw, 6, self._letters(line.right), align="R")
        self._pdf.set_xy(MARGIN, after)

    def _gap(self, line: Line, _: Style | None) -> None:
        from fpdf.util import Padding  # noqa: PLC0415

        self._pen(10)
        self._pdf.set_fill_color(*_SHADE)
        text = f"-  {self._letters(unbroken(line.text))}"
        self._room(12)
        around = Padding(0.6, 2, 0.6, 2)
        self._pdf.multi_cell(
            self._pdf.epw, 5.5, text, align="L", fill=True, new_x="LMARGIN", new_y="NEXT", padding=around
        )

    def _asked(self, line: Line, _: Style | None) -> None:
        """Draw a row: the answer as a word, the question, the days that show it."""
        pdf, height = self._pdf, 5.0
        middle = pdf.epw - _ANSWER_WIDTH - _DAYS_WIDTH - 4
        self._room(14)
        top = pdf.y + 1
        pdf.set_y(top)
        self._pen(10, _ANSWERS[line.answer or Answer.NO], "B")
        pdf.cell(_ANSWER_WIDTH, height, self._letters(line.label))
        self._pen(10)
        self._text(line.text, height, _ANSWER_WIDTH, middle)
        bottom = pdf.y
        self._pen(8.5, GREY)
        pdf.set_y(top)
        self._text(line.right, height, _ANSWER_WIDTH + middle + 4, _DAYS_WIDTH)
        bottom = max(bottom, pdf.y) + 1
        pdf.set_draw_color(*RULE)
        pdf.line(MARGIN, bottom, MARGIN + pdf.epw, bottom)
        pdf.set_xy(MARGIN, bottom)

    def _head(self, line: Line, before: Style | None) -> None:
        self._pdf.ln(2 if before in {Style.TEXT, Style.QUIET, Style.HEAD} else 0.5)
        self._room(14)
        self._pen(8.5, GREY)
        self._text(line.text, 4.5)

    def _said(self, line: Line, _: Style | None) -> None:
        pdf = self._pdf
        pdf.set_left_margin(MARGIN + INDENT)
        pdf.set_x(MARGIN + INDENT)
        if line.label:
            self._pen(9, GREY)
            pdf.write(5, f"{self._letters(line.label)}:  ")
        self._pen(10)
        pdf.write(5, self._letters(unbroken(line.text)))
        pdf.set_left_margin(MARGIN)
        pdf.ln(5)

    def _quiet(self, line: Line, _: Style | None) -> None:
        self._draw_quiet(line.text)
