"""What the row under the cursor is about, beside *my day* where there is room."""

import textwrap
from collections.abc import Sequence
from datetime import date

from textual.containers import VerticalScroll
from textual.content import Content

from data.register import KnownCase, KnownNote, KnownPattern
from data.unbroken import NO_BREAK, unbroken

from .agreed_words import how_many
from .case_words import due_words, missing, next_words, step_sign, step_style
from .desk import Desk
from .note_words import ONE_BY_ONE, beside, roles
from .pattern_words import ADVICE_SAID, lines, who
from .text import safe
from .widgets import Prose

LAST_NOTES = 3
"""How many of a case's recent notes are shown."""

_WIDE, _LABEL = 40, 10
"""The width of what stands beside *my day*, and of what stands before a figure of a pattern, in cells."""


class Preview(VerticalScroll, can_focus=False):
    """What stands beside a list where there is room: nothing that Tab goes to."""

    def __init__(self) -> None:
        self._text = Prose(id="preview-text")
        super().__init__(self._text, id="preview")

    def show(self, content: Content) -> None:
        """Show something else, from its beginning."""
        self._text.update(content)
        self.scroll_home(animate=False)


def case_preview(desk: Desk, today: date, known: KnownCase, notes: Sequence[KnownNote]) -> Content:
    """Return a case in short: where it stands, what is missing, what was written last."""
    when, style = due_words(desk, known, today)
    head = safe(f"{known.code}  {desk.who(known)}", "bold $strong")
    groups = desk.groups(known)
    where = (desk.tr("group {name}", name=groups) if groups else "", desk.lasting(known, today))
    parts = [head, safe(" · ".join(filter(None, where)), "$quiet"), Content("")]
    if following := next_words(desk, known):
        parts.append(
            Content.assemble((f"{desk.tr('Next')}  ", "$heading"), following.strip(), "  ", (when, f"${style}"))
        )
    parts.append(_steps(desk, known, today))
    if found := missing(desk, known):
        parts.append(Content.assemble((f"{desk.tr('Missing')}  ", "$key"), safe(", ".join(found))))
    agreed, style = how_many(desk, known, today)
    if agreed:
        parts.append(Content.assemble((f"{desk.tr('Agreements')}  ", "$heading"), (agreed, f"${style}")))
    members = ", ".join(desk.author(person.id.hex()) for person in known.members)
    parts.append(Content.assemble((f"{desk.tr('Taking part')}  ", "$quiet"), safe(members)))
    for note in reversed(notes[-LAST_NOTES:]):
        parts += [Content(""), note_preview(desk, note, short=True)]
    return Content("\n").join(parts)


def _steps(desk: Desk, known: KnownCase, today: date) -> Content:
    """Return all steps in a line: sign and number, so that a whole case is seen at a glance."""
    parts = []
    for view in known.progress.steps:
        sign, style = step_sign(desk, known, view, today)
        parts.append(
            Content.assemble((sign, f"${style}"), (str(view.step.number), f"${_shade(step_style(known, view))}"))
        )
    return Content(" ").join(parts)


def _shade(style: str) -> str:
    return "foreground" if style == "text" else style


def note_preview(desk: Desk, known: KnownNote, *, short: bool = False) -> Content:
    """Return a note as it was written; `short` leaves out what was done."""
    note = known.note
    private = desk.tr("private: only you") if note.private else ""
    head = (desk.words.moment(note.happened), note.place, desk.author(note.author), private)
    parts = [safe("  ".join(part for part in head if part), "$meta")]
    if more := beside(desk, known):
        parts.append(safe(more, "$key"))
    parts.append(safe(desk.text(note.facts)))
    if note.words:
        parts.append(safe(desk.tr("“{words}”", words=desk.text(note.words)), "$key"))
    if note.did and not short:
        parts.append(Content.assemble((desk.tr("Did: "), "$quiet"), safe(desk.text(note.did))))
    if not short and note.pupils:
        few = len(note.pupils) <= ONE_BY_ONE
        parts.append(safe((", " if few else "\n").join(roles(desk, note)), "$quiet"))
    return Content("\n").join(parts)


def pattern_preview(desk: Desk, known: KnownPattern) -> Content:
    """Return a pattern in short: what it may be, and every figure."""
    parts = [
        safe(who(desk, known.pattern), "bold $strong"),
        safe(desk.tr(ADVICE_SAID[known.advice]), "$key"),
        Content(""),
    ]
    for line in lines(desk, known):
        head = f"{line.label[:_LABEL]:<{_LABEL}} {line.mark:>3} "
        said = textwrap.fill(unbroken(head + line.text), _WIDE, subsequent_indent=" " * len(head))
        parts.append(safe(said.replace(NO_BREAK, " ")))
    return Content("\n").join(parts)
