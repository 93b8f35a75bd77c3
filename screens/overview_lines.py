"""What stands below the checklist of a consultation: the last notes, the child's words, advice, decision, what lacks.

Every line begins with a word. Where the window has few lines the notes go first, then the child's words; where it has
many, what is long gets a second line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from data.model import Decision, DecisionKind
from data.register import KnownCase, KnownComplaint, KnownNote

from .case_words import ended, last_seen, missing
from .complaint_form import complaint_line
from .desk import Desk
from .note_words import marked
from .text import folded, safe

MOST_NOTES = 8

_WORDS_OF_CHILD = 2
"""How many of the child's last words are shown."""

_WORD = 10
"""The cells of the word that a line begins with."""


@dataclass
class _Line:
    """A line with its word; `rows` is how many rows of the screen it may take."""

    word: str
    said: Content
    rows: int = 1


class LastLines:
    """One case's last lines, drawn for who looks now."""

    def __init__(
        self, desk: Desk, case: KnownCase, notes: Sequence[KnownNote], complaints: Sequence[KnownComplaint] = ()
    ) -> None:
        self._desk = desk
        self._case = case
        self._notes = notes
        self._complaints = complaints

    def draw(self, width: int, room: int) -> Content:
        """Return the lines for a window that is `width` cells wide and has `room` rows for them."""
        notes, said = self._last_notes(), self._words_of_child()
        decided = [*self._decided(), *self._complained()]
        lacking = self._lacking(joined=False)
        if bool(notes) + len(said) + len(decided) + len(lacking) > room:
            lacking = self._lacking(joined=True)
        if bool(notes) + len(said) + len(decided) + len(lacking) > room:
            said = []
        notes = notes[: max(1, room - len(said) - len(decided) - len(lacking))]
        lines = [*notes, *said, *decided, *lacking]
        self._spread([*decided, *said, *notes], max(0, room - len(lines)), width)
        rows: list[Content] = []
        for line in lines:
            found = folded(line.said, max(10, width - _WORD), line.rows)
            for at, part in enumerate(found):
                rows.append(Content.assemble((f"{line.word if not at else '':<{_WORD}}", "$heading"), part))
        return Content("\n").join(rows)

    @staticmethod
    def _spread(lines: Sequence[_Line], spare: int, width: int) -> None:
        """Give a second row to what is cut, as far as there are rows."""
        for line in lines:
            if spare and len(folded(line.said, max(10, width - _WORD), 2)) > 1:
                line.rows = 2
                spare -= 1

    def _last_notes(self) -> list[_Line]:
        """Return the last notes, newest first."""
        desk, lines = self._desk, list[_Line]()
        for found in list(reversed(self._notes))[:MOST_NOTES]:
            note, word = found.note, "" if lines else desk.tr("Last")
            day = desk.words.date(note.happened.astimezone().date())
            when = ", ".join(part for part in (day, note.place) if part)
            lines.append(_Line(word, Content.assemble(safe(f"{when}  ", "$meta"), safe(marked(desk, found)))))
        return lines

    def _words_of_child(self) -> list[_Line]:
        desk = self._desk
        said = [known.note.words for known in self._notes if known.note.words][-_WORDS_OF_CHILD:]
        quoted = "  ".join(desk.tr("“{words}”", words=desk.text(words)) for words in said)
        return [_Line(desk.tr("Child"), safe(quoted, "$key"))] if said else []

    def _decided(self) -> list[_Line]:
        """Return the latest advice, the latest decision and, in a closed case, how it ended; in order of writing."""
        desk, found = self._desk, [known.record for known in self._case.decisions]
        words = {
            DecisionKind.CONSULTED: desk.tr("Decided"),
            DecisionKind.CLOSED: desk.tr("Closed"),
            DecisionKind.REOPENED: desk.tr("Reopened"),
            DecisionKind.ESCALATED: desk.tr("Onward"),
            DecisionKind.REMOVAL: desk.tr("Removal"),
        }
        advice = next((said for said in reversed(found) if said.advice), None)
        decision = next((said for said in reversed(found) if said.text), None)
        end = ended(self._case)
        shown = [(advice, desk.tr("Advice"), desk.text(advice.advice))] if advice else []
        shown += [(decision, words[decision.kind], desk.text(decision.text))] if decision else []
        if end is not None and end is not decision:
            shown.append((end, words[end.kind], desk.text(end.text)))
        if seen := last_seen(self._case):
            shown.append((seen, desk.tr("Seen"), ""))
        shown.sort(key=lambda line: line[0].entered)
        return [_Line(word, Content.assemble((self._head(said), "$meta"), safe(text))) for said, word, text in shown]

    def _complained(self) -> list[_Line]:
        """Return the last official complaint."""
        desk = self._desk
        return [
            _Line(desk.tr("Complaint"), safe(complaint_line(desk, known), "$key")) for known in self._complaints[-1:]
        ]

    def _head(self, said: Decision) -> str:
        return f"{self._desk.words.date(said.happened)} {self._desk.author(said.author)}  "

    def _lacking(self, *, joined: bool) -> list[_Line]:
        """Return what is missing and when the case is looked at again, `joined` on one line where room is short."""
        desk, known = self._desk, self._case
        found = ", ".join(missing(desk, known))
        lacks = [_Line(desk.tr("Missing"), safe(found, "$key"))] if found else []
        if known.agreed_day is None:
            return lacks
        day = safe(desk.words.weekday(known.agreed_day), "bold $strong")
        if joined and found:
            more = safe(f"   {desk.tr('Still missing: {what}', what=found)}", "$key")
            return [_Line(desk.tr("Again"), Content.assemble(day, more))]
        return [*lacks, _Line(desk.tr("Again"), day)]
