"""Pages of A4 with a head on each: the school, what this is, who made it when, and which page it is."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import N_
from .paper import LATIN, Font, Letters
from .unbroken import unbroken
from .words import Words

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN, TOP, BOTTOM = 18.0, 24.0, 16.0
"""White around the text, in millimetres; the top holds the header."""

INK, GREY, RULE, BLUE = (25, 25, 25), (105, 105, 105), (190, 190, 190), (30, 60, 100)

MOST_FITTED = 400
"""No line of a head is looked at further than this, in characters: none holds so many."""

LABEL_WIDTH, INDENT = 30.0, 4.0


@dataclass(frozen=True)
class Head:
    """What stands above every page; `title` is the document's own name too, so it names nobody."""

    school: str
    title: str
    made: dt.datetime
    made_by: str
    mark: str
    """A word at the right, in capitals."""


class Pages:
    """One run over the pages: the first finds out how many there are."""

    def __init__(self, head: Head, words: Words, font: Font | None, pages: int = 0) -> None:
        from fpdf import FPDF  # noqa: PLC0415 - a hundred milliseconds that only paper needs

        self._above, self._words, self._pages = head, words, pages
        outer = self

        class Headed(FPDF):
            def header(self) -> None:
                outer.header()

        self._pdf: FPDF = Headed(format="A4")
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
        pdf, head = self._pdf, self._above
        pdf.set_margins(MARGIN, TOP, MARGIN)
        pdf.set_auto_page_break(True, BOTTOM)
        pdf.str_alias_nb_pages = None  # type: ignore[assignment]  # else it would be replaced in what people typed
        pdf.set_title(head.title)
        pdf.set_creator("pesttui")
        pdf.set_lang(self._words.language)
        pdf.set_creation_date(head.made.astimezone(dt.UTC).replace(microsecond=0))
        pdf.c_margin = 0

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self._words.tr(message, **values)

    def header(self) -> None:
        """Draw what stands above every page."""
        pdf, made = self._pdf, self._above.made.astimezone()
        when = f"{self._words.long_date(made.date())} {made:%H:%M}"
        by = self.tr(N_("exported by {name}, {when}"), name=self._above.made_by, when=when)
        page = self.tr(N_("page {page} of {pages}"), page=pdf.page, pages=self._pages or pdf.page)
        width = pdf.epw / 2
        for at, (left, right, bold) in enumerate(
            ((self._above.school, self._above.mark, "B"), (f"{self._above.title}  ·  {by}", page, ""))
        ):
            pdf.set_xy(MARGIN, 9 + 4.5 * at)
            self._pen(8, GREY, bold)
            pdf.cell(width + 40, 4.5, self._fit(left, width + 38))
            pdf.set_x(MARGIN)
            pdf.cell(pdf.epw, 4.5, self._letters(right), align="R")
        pdf.set_draw_color(*RULE)
        pdf.line(MARGIN, 19, MARGIN + pdf.epw, 19)
        pdf.set_xy(MARGIN, TOP)

    # --- what is drawn -------------------------------------------------------------------------------------

    def _fit(self, text: str, width: float) -> str:
        """Return a text cut to a width."""
        text = self._letters(text[:MOST_FITTED])
        while text and self._pdf.get_string_width(text) > width:
            text = text[:-1]
        return text

    def _pen(self, size: float, color: tuple[int, int, int] = INK, style: str = "") -> None:
        self._pdf.set_font(self._family, "B" if style else "", size)
        self._pdf.set_text_color(*color)

    def _room(self, height: float) -> None:
        """Begin a new page where less than this is left: a heading does not stand alone at the foot."""
        if self._pdf.y + height > self._pdf.h - BOTTOM:
            self._pdf.add_page()

    def _text(self, text: str, height: float, indent: float = 0.0, width: float = 0.0) -> None:
        """Write a text on as many lines as it needs."""
        self._pdf.set_x(MARGIN + indent)
        width = width or self._pdf.epw - indent
        self._pdf.multi_cell(width, height, self._letters(unbroken(text)), align="L", new_x="LMARGIN", new_y="NEXT")

    def _draw_title(self, text: str) -> None:
        self._pen(20, BLUE, "B")
        self._text(text, 10)
        self._pdf.ln(2)

    def _draw_fact(self, label: str, text: str, width: float = LABEL_WIDTH) -> None:
        self._room(8)
        self._pen(10, GREY)
        self._pdf.cell(width, 5.5, self._letters(label))
        self._pen(10)
        self._text(text, 5.5, width)

    def _draw_part(self, text: str) -> None:
        self._pdf.ln(6)
        self._room(30)
        self._pdf.start_section(self._letters(text))
        self._pen(13, BLUE, "B")
        self._text(text, 7)
        self._pdf.set_draw_color(*BLUE)
        self._pdf.line(MARGIN, self._pdf.y, MARGIN + self._pdf.epw, self._pdf.y)
        self._pdf.ln(2)

    def _draw_quiet(self, text: str, indent: float = INDENT) -> None:
        self._pen(9, GREY)
        self._text(text, 5, indent)

    def _draw_unprinted(self) -> None:
        """Say at the end that some characters were written in another way, where that is so."""
        if self._letters.changed:
            self._pdf.ln(4)
            note = N_("Some characters are not in the font of this document. They are written in another way, or as ?.")
            self._draw_quiet(self.tr(note))


def counted(draw: Callable[[int], "FPDF"]) -> bytes:
    """Return a document whose pages say how many there are; `draw` gets that number, 0 while it is not known."""
    pages = draw(0).page
    file = io.BytesIO()
    draw(pages).output(file)
    return file.getvalue()
