"""What stands beside a note's text: concept or correction, whose observation it is, which kinds of behaviour."""

from data.errors import N_
from data.model import Note, NoteKind, ParticipantRole, Source
from data.register import KnownNote
from data.register.lists import behaviours

from .desk import Desk
from .widgets import Column, Row

SOURCE_WORDS = {
    Source.PARENT: N_("parent"),
    Source.COLLEAGUE: N_("colleague"),
    Source.PUPIL: N_("pupil"),
    Source.OTHER: N_("somebody else"),
}
"""Whose observation a signal is."""

_ROW = (Column(12), Column(15), Column(0), Column(9, right=True))

ONE_BY_ONE = 4
"""Up to how many pupils of a note have a line each."""


def mark(desk: Desk, known: KnownNote) -> str:
    """Return that a note is a concept or a correction, and of when what it corrects was; empty for any other."""
    if known.note.concept:
        return desk.tr("draft")
    if not known.note.corrects:
        return ""
    if known.original is None:
        return desk.tr("correction")
    return desk.tr("correction of {moment}", moment=desk.words.moment(known.original.note.happened))


def source_words(desk: Desk, known: KnownNote) -> str:
    """Return whose observation a signal is; empty for one's own."""
    note = known.note
    if note.source is None:
        return desk.tr("signal") if note.kind is NoteKind.SIGNAL else ""
    who = ": ".join(filter(None, (desk.tr(SOURCE_WORDS[note.source]), desk.text(note.heard_from))))
    return desk.tr("signal of {source}", source=who)


def roles(desk: Desk, note: Note) -> list[str]:
    """Return who was in a note, with their roles: a line for each, or of many a line for each role with its count."""
    if len(note.pupils) <= ONE_BY_ONE:
        return [f"{desk.pupil(one.pupil)} {desk.tr(one.role.value)}" for one in note.pupils]
    by_role: dict[ParticipantRole, list[str]] = {}
    for one in note.pupils:
        by_role.setdefault(one.role, []).append(desk.pupil(one.pupil))
    return [f"{desk.tr(role.value)} ({len(names)}): {', '.join(names)}" for role, names in by_role.items()]


def note_row(desk: Desk, known: KnownNote) -> Row:
    """Return a note as a row: when, who wrote it, what it says, and its case or its place."""
    cells = (
        (desk.words.moment(known.note.happened), "quiet"),
        (desk.author(known.note.author), "meta"),
        (desk.text(known.note.facts), "text"),
        (known.case or known.note.place, "quiet"),
    )
    return Row(known.id, cells, _ROW)


def kind_names(desk: Desk, known: KnownNote) -> list[str]:
    """Return the kinds of behaviour in a note by name; one that the school's list has no more by its id."""
    if not known.note.behaviours:
        return []
    names = {one.id: one.name for one in behaviours(desk.register.school())}
    return [names.get(ident, ident) for ident in known.note.behaviours]


def marked(desk: Desk, known: KnownNote) -> str:
    """Return a note's facts for one line, behind what it is where that is a concept or a correction."""
    said = mark(desk, known)
    if known.original is not None:
        day = known.original.note.happened.astimezone().date()
        said = desk.tr("correction of {moment}", moment=desk.words.date(day))
    return ": ".join(filter(None, (said, desk.text(known.note.facts))))


def beside(desk: Desk, known: KnownNote) -> str:
    """Return all of it on one line; empty where there is nothing to say."""
    return " · ".join(filter(None, (mark(desk, known), source_words(desk, known), ", ".join(kind_names(desk, known)))))
