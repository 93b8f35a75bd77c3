"""A dossier on paper: A4, the school, the case and "confidential" on every page, no name outside the text."""

import datetime as dt
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...errors import N_
from ...paper import LATIN, Font, Letters, find_font
from ...words import Words
from .parts import Dossier
from .questions import Answer
from .words import DossierWords, Line, Style

if TYPE_CHECKING:
    from fpdf import FPDF

_MARGIN, _TOP, _BOTTOM = 18.0, 24.0, 16.0
"""White around the text, in millimetres; the top holds the header."""

_INK, _GREY, _RULE, _BLUE = (25, 25, 25), (105, 105, 105), (190, 190, 190), (30, 60, 100)

_SHADE = (250, 243, 228)
"""Behind what is missing."""

_ANSWERS = {Answer.YES: (25, 105, 55), Answer.PARTLY: (160, 90, 0), Answer.NO: (165, 30, 30)}

_ANSWER_WIDTH, _DAYS_WIDTH, _LABEL_WIDTH = 18.0, 62.0, 30.0

_INDENT = 4.0


def to_pdf(dossier: Dossier, words: Words, font: Font | None = None) -> bytes:
    """Return a dossier as PDF; the same dossier gives the same bytes.

    `font` prints every character it has; without one the system's is used, else the PDF's own, which have only the
    letters of Western Europe: what they lack is written in another way, and the last line says so.
    """
    font = font or find_font()
    lines = list(DossierWords(dossier, words).lines())
    pages = _Paper(dossier, words, font).draw(lines).page
    paper = _Paper(dossier, words, font, pages)
    file = io.BytesIO()
    paper.draw(lines).output(file)
    return file.getvalue()


class _Paper:
    """One run over the pages: the first finds out how many there are."""

    def __init__(self, dossier: Dossier, words: Words, font: Font | None, pages: int = 0) -> None:
        from fpdf import FPDF  # noqa: PLC0415 - a hundred milliseconds that only paper needs

        self._dossier, self._words, self._pages = dossier, words, pages
        outer = self

        class Pages(FPDF):
            def header(self) -> None:
                outer.header()

        self._pdf: FPDF = Pages(format="A4")
        self._family = "Helvetica"
        if font is not None:
            self._family = "DejaVu"
            self._pdf.add_font(self._family, fname=font.regular)
            self._pdf.add_font(self._family, style="B", fname=font.bold)
        self._letters = Letters(self._covered() if font else LATIN)
        self._prepare()

    def _covered(self) -> frozenset[int]:
        """Return what both faces of the font have."""
        faces = [set(face.cmap) for face in self._pdf.fonts.values()]  # type: ignore[union-attr]
        return frozenset(set.intersection(*faces)) - {0xAD}

    def _prepare(self) -> None:
        pdf, dossier = self._pdf, self._dossier
        pdf.set_margins(_MARGIN, _TOP, _MARGIN)
        pdf.set_auto_page_break(True, _BOTTOM)
        pdf.str_alias_nb_pages = None  # type: ignore[assignment]  # else it would be replaced in what people typed
        pdf.set_title(f"Dossier {dossier.code}")
        pdf.set_creator("pesttui")
        pdf.set_lang(self._words.language)
        pdf.set_creation_date(dossier.made.astimezone(dt.UTC).replace(microsecond=0))
        pdf.c_margin = 0

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self._words.tr(message, **values)

    # --- drawing -------------------------------------------------------------------------------------------

    def draw(self, lines: Iterable[Line]) -> "FPDF":
        """Draw everything and return the pages."""
        self._pdf.add_page()
        before: Style | None = None
        for line in lines:
            self._line(line, before)
            before = line.style
        if self._letters.changed:
            self._pdf.ln(4)
            note = N_("Some characters are not in the font of this document. They are written in another way, or as ?.")
            self._line(Line(Style.QUIET, self.tr(note)), None)
        return self._pdf

    def header(self) -> None:
        """Draw what stands above every page."""
        pdf, made = self._pdf, self._dossier.made.astimezone()
        when = f"{self._words.long_date(made.date())} {made:%H:%M}"
        by = self.tr(N_("exported by {name}, {when}"), name=self._dossier.made_by, when=when)
        page = self.tr(N_("page {page} of {pages}"), page=pdf.page, pages=self._pages or pdf.page)
        width = pdf.epw / 2
        for at, (left, right, bold) in enumerate(
            (
                (self._dossier.school, self.tr(N_("CONFIDENTIAL")), "B"),
                (f"{self.tr(N_('Dossier {code}'), code=self._dossier.code)}  ·  {by}", page, ""),
            )
        ):
            pdf.set_xy(_MARGIN, 9 + 4.5 * at)
            self._pen(8, _GREY, bold)
            pdf.cell(width + 40, 4.5, self._fit(left, width + 38))
            pdf.set_x(_MARGIN)
            pdf.cell(pdf.epw, 4.5, self._letters(right), align="R")
        pdf.set_draw_color(*_RULE)
        pdf.line(_MARGIN, 19, _MARGIN + pdf.epw, 19)
        pdf.set_xy(_MARGIN, _TOP)

    def _fit(self, text: str, width: float) -> str:
        """Return a text cut to a width."""
        text = self._letters(text)
        while text and self._pdf.get_string_width(text) > width:
            text = text[:-1]
        return text

    def _pen(self, size: float, color: tuple[int, int, int] = _INK, style: str = "") -> None:
        self._pdf.set_font(self._family, "B" if style else "", size)
        self._pdf.set_text_color(*color)

    def _room(self, height: float) -> None:
        """Begin a new page where less than this is left: a heading does not stand alone at the foot."""
        if self._pdf.y + height > self._pdf.h - _BOTTOM:
            self._pdf.add_page()

    def _text(self, text: str, height: float, indent: float = 0.0, width: float = 0.0) -> None:
        """Write a text on as many lines as it needs."""
        self._pdf.set_x(_MARGIN + indent)
        width = width or self._pdf.epw - indent
        self._pdf.multi_cell(width, height, self._letters(text), align="L", new_x="LMARGIN", new_y="NEXT")

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
        self._pen(20, _BLUE, "B")
        self._text(line.text, 10)
        self._pdf.ln(2)

    def _fact(self, line: Line, _: Style | None) -> None:
        self._room(8)
        self._pen(10, _GREY)
        self._pdf.cell(_LABEL_WIDTH, 5.5, self._letters(line.label))
        self._pen(10)
        self._text(line.text, 5.5, _LABEL_WIDTH)

    def _part(self, line: Line, _: Style | None) -> None:
        self._pdf.ln(6)
        self._room(30)
        self._pdf.start_section(self._letters(line.text))
        self._pen(13, _BLUE, "B")
        self._text(line.text, 7)
        self._pdf.set_draw_color(*_BLUE)
        self._pdf.line(_MARGIN, self._pdf.y, _MARGIN + self._pdf.epw, self._pdf.y)
        self._pdf.ln(2)

    def _section(self, line: Line, _: Style | None) -> None:
        self._pdf.ln(3)
        self._room(22)
        self._pen(10.5, _INK, "B")
        top = self._pdf.y
        self._text(line.text, 6, width=self._pdf.epw - 32)
        after = self._pdf.y
        self._pdf.set_xy(_MARGIN, top)
        self._pen(9, _GREY)
        self._pdf.cell(self._pdf.epw, 6, self._letters(line.right), align="R")
        self._pdf.set_xy(_MARGIN, after)

    def _gap(self, line: Line, _: Style | None) -> None:
        from fpdf.util import Padding  # noqa: PLC0415

        self._pen(10)
        self._pdf.set_fill_color(*_SHADE)
        text = f"-  {self._letters(line.text)}"
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
        self._pen(8.5, _GREY)
        pdf.set_y(top)
        self._text(line.right, height, _ANSWER_WIDTH + middle + 4, _DAYS_WIDTH)
        bottom = max(bottom, pdf.y) + 1
        pdf.set_draw_color(*_RULE)
        pdf.line(_MARGIN, bottom, _MARGIN + pdf.epw, bottom)
        pdf.set_xy(_MARGIN, bottom)

    def _head(self, line: Line, before: Style | None) -> None:
        self._pdf.ln(2 if before in {Style.TEXT, Style.QUIET, Style.HEAD} else 0.5)
        self._room(14)
        self._pen(8.5, _GREY)
        self._text(line.text, 4.5)

    def _said(self, line: Line, _: Style | None) -> None:
        pdf = self._pdf
        pdf.set_left_margin(_MARGIN + _INDENT)
        pdf.set_x(_MARGIN + _INDENT)
        if line.label:
            self._pen(9, _GREY)
            pdf.write(5, f"{self._letters(line.label)}:  ")
        self._pen(10)
        pdf.write(5, self._letters(line.text))
        pdf.set_left_margin(_MARGIN)
        pdf.ln(5)

    def _quiet(self, line: Line, _: Style | None) -> None:
        self._pen(9, _GREY)
        self._text(line.text, 5, _INDENT)
