"""The lines of *my day*: what needs me now, then the cases with their next step, or the loose notes."""

from collections.abc import Collection, Sequence

from data.errors import N_
from data.model import Decision, StepRecord
from data.register import KnownCase, KnownNote, KnownPattern, KnownQuestion
from data.register.agenda import COMPLAINT, REMOVAL, Due, title_of
from data.register.day import Day, News
from data.register.search import Filter
from data.vault.typing import LeftBehind

from .agreed_words import party, told, when
from .case_words import days_words, due_words, next_words
from .desk import Desk
from .note_words import marked
from .pattern_words import in_a_row, who
from .unfinished import left_words
from .widgets import Column, Row

LEAST_NOW, LEAST_NOW_TALL, TALL = 6, 12, 32
"""How many lines of what needs me stand above the cases at the least, and from how many lines on it is the second."""

MOST_LEFT = 2
"""How many texts that were left behind have a line each; of more, the newest has, and the others are counted."""

WAYS_LINES = 3
"""How many lines are kept free for the ways to other screens: one between, one, one below."""

FOLDED = "folded"
"""The kind of a row that stands for more of them: choosing it shows them."""

MOST_CONCEPTS = 2
"""How many of one's own notes to complete have a line each; more are counted in one."""

FILTERS = (
    ("mine", N_("mine")),
    ("attention", N_("attention")),
    ("all", N_("all")),
    ("closed", N_("closed")),
    ("notes", N_("notes")),
)
"""What can stand below, with its word; the number of its place chooses it."""

_NOW = (Column(1), Column(7), Column(15), Column(0), Column(12, right=True))
_MORE = (*_NOW[:4], Column(5), _NOW[4])
_LEFT = (Column(1), Column(0), Column(16, right=True))
_KEYED = (Column(1), Column(0), Column(3, right=True))
_PATTERN = (Column(1), Column(25), Column(0), Column(6, right=True))
_DUE = (Column(1), Column(7), Column(22), Column(0), Column(12, right=True))
_CASES = (Column(1), Column(7), Column(0), Column(5), Column(22), Column(12, right=True))
_NOTES = (Column(1), Column(12), Column(15), Column(0), Column(9, right=True))
_HEAD = (Column(0),)
_FOLDED = (Column(1), Column(0))


def _heading(*parts: tuple[str, str]) -> Row:
    columns = (*(Column(len(text)) for text, _ in parts), Column(0))
    return Row("", (*parts, ("", "text")), columns)


def _said(text: str, style: str = "quiet") -> Row:
    return Row("", ((text, style),), _HEAD)


class DayRows:
    """A day as one list, drawn for a filter and what is searched for."""

    def __init__(self, desk: Desk, day: Day, chosen: str, search: str, *, narrow: bool = False) -> None:
        """`narrow`: leave out the groups of a case, so that who it is about can be read."""
        self._desk = desk
        self._narrow = narrow
        self._day = day
        self._filter = chosen
        self._searching = bool(search.strip())
        wanted = Filter(desk.register, day.names, search)
        self._cases = {name: [known for known in day.chosen(name) if wanted.case(known)] for name, _ in FILTERS[:-1]}
        self._notes = [known for known in day.notes if wanted.note(known)]
        self._chosen = self._cases.get(chosen, [])

    @property
    def codes(self) -> tuple[str, ...]:
        """The cases below, in order."""
        return tuple(known.code for known in self._chosen)

    def with_hits(self) -> str:
        """Return the chosen filter if it has something to show, else the first that has; empty if none has."""
        names = [self._filter, *(name for name, _ in FILTERS)]
        return next((name for name in names if (self._notes if name == "notes" else self._cases[name])), "")

    def now(self, left: Sequence[LeftBehind], lines: int, unfolded: Collection[str] = ()) -> list[Row]:
        """Return what needs me: left unfinished, due, new; no more than a list of so many `lines` has room for.

        `unfolded`: what somebody asked to see all of, by the name of its folded row.
        """
        blank = _said("", "text")
        found = self._left_rows(left, whole="left" in unfolded)
        vault = self._desk.register.vault
        if vault.trouble and not vault.alarm:
            trouble = self._desk.tr("The file is damaged: you can read what lies before the damage, nothing is saved.")
            return [blank, *found, _said(trouble, "late"), *(_said(line, "late") for line in self._damage_lines())]
        me = self._desk.register.me
        found += [self._offer_row(known) for known in self._day.cases if known.offered and known.offered.to == me]
        found += [self._due_row(due) for due in self._day.due]
        found += self._asking_rows()
        found += self._appointment_rows()
        found += self._concept_rows()
        found += self._private_rows()
        found += self._pattern_rows()
        found += self._agreed_rows()
        found += self._incident_rows()
        found += [self._question_row(known) for known in self._day.questions]
        found += [self._news_row(item) for item in self._day.news]
        if not found:
            return [blank, _said(self._desk.tr("Nothing needs you now."))]
        return [blank, _heading((self._desk.tr("Now"), "heading")), *self._fitting(found, lines, unfolded)]

    def _damage_lines(self) -> list[str]:
        """Return where the file is damaged, and what to do."""
        damage, tr = self._desk.register.vault.damage, self._desk.tr
        return [text for text in (tr(damage.message, **damage.values), tr(damage.advice)) if text] if damage else []

    def _fitting(self, found: list[Row], lines: int, unfolded: Collection[str]) -> list[Row]:
        """Return as many rows as there is room for, and one that counts the rest.

        The room is that of the longest list of cases, whichever is chosen: the choices below stay where they are.
        """
        below = 3 + max(1, *(len(self._day.chosen(name)) for name, _ in FILTERS[:-1]))
        least, room = LEAST_NOW if lines < TALL else LEAST_NOW_TALL, lines - 2 - below - WAYS_LINES
        if len(found) <= max(least, room) or "now" in unfolded:
            return found
        shown = max(least, room - 1)
        more = self._desk.words.trn("and {count} more", "and {count} more", len(found) - shown)
        return [*found[:shown], Row(f"{FOLDED}:now", ((" ", "text"), (more, "quiet")), _FOLDED)]

    def _left_rows(self, left: Sequence[LeftBehind], *, whole: bool) -> list[Row]:
        """Return what was left behind, the newest first; of what was typed nothing stands there."""
        newest = sorted(left, key=lambda one: max(form.at for form in one.forms), reverse=True)
        if whole or len(newest) <= MOST_LEFT:
            return [self._left_row(one) for one in newest]
        earlier = self._desk.tr("and {count} earlier, not saved", count=len(newest) - 1)
        return [self._left_row(newest[0]), Row(f"{FOLDED}:left", ((" ", "text"), (earlier, "quiet")), _FOLDED)]

    def _left_row(self, left: LeftBehind) -> Row:
        what, place, when = left_words(self._desk, left)
        busy = self._desk.tr("You were busy with {what}", what=what)
        text = " · ".join(filter(None, (busy, place, self._desk.tr("not saved"))))
        cells = ((self._desk.glyphs.left, "key"), (text, "strong"), (when, "quiet"))
        return Row(f"left:{left.name}", cells, _LEFT)

    def _offer_row(self, known: KnownCase) -> Row:
        desk, offered = self._desk, known.offered
        assert offered is not None
        text = desk.tr("offered by {name}", name=desk.author(offered.author))
        cells = (
            (desk.glyphs.new, "key"),
            (known.code, "text"),
            (desk.who(known), "strong"),
            (text, "text"),
            (desk.words.date(offered.happened), "quiet"),
        )
        return Row(f"offer:{known.code}", cells, _DUE)

    def _due_row(self, due: Due) -> Row:
        late = due.overdue(self._day.today)
        cells = (
            (self._desk.glyphs.late if late else self._desk.glyphs.new, "late" if late else "key"),
            (due.case.code, "text"),
            (self._desk.who(due.case), "strong"),
            (title_of(due, self._desk.tr), "text"),
            days_words(self._desk, due.date, self._day.today)
            if due.kind in (COMPLAINT, REMOVAL)
            else due_words(self._desk, due.case, self._day.today),
        )
        return Row(f"due:{due.case.code}", cells, _DUE)

    def _asking_rows(self) -> list[Row]:
        """Return a line that counts the cases which ask a lead or the direction for a consultation."""
        count = self._day.asking
        if not count:
            return []
        words = self._desk.words
        text = words.trn("{count} case asks for a consultation", "{count} cases ask for a consultation", count)
        return [Row("queue", ((self._desk.glyphs.new, "key"), (text, "strong"), ("r", "quiet")), _KEYED)]

    def _appointment_rows(self) -> list[Row]:
        """Return a line that counts a counsellor's appointments of today, and says nothing of them."""
        count = self._day.appointments
        if not count:
            return []
        text = self._desk.words.trn("{count} confidential appointment", "{count} confidential appointments", count)
        cells = ((self._desk.glyphs.new, "key"), (text, "strong"), (self._desk.tr("today"), "key"))
        return [Row("counsel", cells, _LEFT)]

    def _concept_rows(self) -> list[Row]:
        """Return a line for each of a few notes to complete, else one that counts them and opens the oldest."""
        desk, waiting = self._desk, self._day.concepts
        if len(waiting) > MOST_CONCEPTS:
            text = desk.words.trn("{count} note to complete", "{count} notes to complete", len(waiting))
            cells = [(waiting[0], text)]
        else:
            facts = [(known, " ".join(desk.text(known.note.facts).split())) for known in waiting]
            cells = [(known, desk.tr("Note to complete: {facts}", facts=said)) for known, said in facts]
        return [
            Row(
                f"note:{known.id}:concept",
                ((desk.glyphs.left, "key"), (text, "strong"), (desk.words.moment(known.note.happened), "quiet")),
                _LEFT,
            )
            for known, text in cells
        ]

    def _private_rows(self) -> list[Row]:
        """Return a line that counts the private notes which are too old to stay so; it opens the oldest."""
        old = self._day.private
        if not old:
            return []
        words = self._desk.words
        text = words.trn(
            "{count} private note: share or remove it", "{count} private notes: share or remove them", len(old)
        )
        cells = ((self._desk.glyphs.new, "key"), (text, "strong"), (words.moment(old[0].note.entered), "quiet"))
        return [Row(f"note:{old[0].id}:private", cells, _LEFT)]

    def _pattern_rows(self) -> list[Row]:
        """Return a line about the pattern that weighs most, and how many more there are: a hint, no alarm."""
        if not self._day.patterns:
            return []
        first, *more = self._day.patterns
        cells = (
            (self._desk.glyphs.new, "key"),
            (who(self._desk, first.pattern), "strong"),
            (in_a_row(self._desk, first.pattern), "text"),
            (f"+{len(more)}  t" if more else "t", "quiet"),
        )
        return [Row(f"pattern:{first.key}", cells, _PATTERN)]

    def _agreed_rows(self) -> list[Row]:
        """Return a line about what was agreed with one's own group in a colleague's case, and count the others."""
        if not self._day.agreed:
            return []
        (first, *more), desk = self._day.agreed, self._desk
        sign, word, style = when(desk, first, self._day.today)
        text = ": ".join((party(desk, first.agreement), " ".join(desk.text(first.agreement.text).split())))
        cells = (
            (sign, style),
            (desk.tr("Agreed with {what}", what=text), "text"),
            (f"+{len(more)}  {word}" if more else word, style if style == "late" else "quiet"),
        )
        return [Row("agreed", cells, _LEFT)]

    def _incident_rows(self) -> list[Row]:
        """Return a line that counts one's own incidents of which something is still to be done."""
        count = self._day.incidents
        if not count:
            return []
        words = self._desk.words
        text = words.trn(
            "{count} incident: parents to tell, or not in ParnasSys yet",
            "{count} incidents: parents to tell, or not in ParnasSys yet",
            count,
        )
        return [Row("incidents", ((self._desk.glyphs.new, "key"), (text, "text"), ("e", "quiet")), _KEYED)]

    def _question_row(self, known: KnownQuestion) -> Row:
        desk, last = self._desk, known.last
        own = known.asked.author == desk.register.me
        if known.case and own:
            what = desk.tr("case {code} was opened from it", code=known.case)
        else:
            what = desk.tr("answered: {text}", text=desk.text(last.text)) if own else desk.text(last.text)
        cells = (
            (desk.glyphs.new, "key"),
            (desk.tr("question"), "quiet"),
            (desk.author(last.author), "meta"),
            (what, "text"),
            (desk.words.moment(last.entered), "quiet"),
        )
        return Row(f"question:{known.id}", cells, _NOW)

    def _news_row(self, item: News) -> Row:
        desk = self._desk
        if item.note is not None:
            what = marked(desk, item.note)
        elif item.said is not None and item.case is not None:
            what = self._said_words(item)
        else:
            what = self._desk.tr("case opened")
        code = item.case.code if item.case else self._desk.tr("note")
        key = f"news:{item.case.code}" if item.case else f"note:{item.note.id if item.note else ''}:new"
        when = (self._desk.words.moment(item.entered), "quiet")
        cells = (
            (desk.glyphs.new, "meta"),
            (code, "text" if item.case else "quiet"),
            (desk.author(item.author), "meta"),
            (what, "text"),
        )
        if item.count == 1:
            return Row(key, (*cells, when), _NOW)
        return Row(key, (*cells, (f"(+{item.count - 1})", "key"), when), _MORE)

    def _said_words(self, item: News) -> str:
        """Return what a colleague did in a case: a step, a decision, an agreement."""
        said = item.said
        assert said is not None and item.case is not None
        if isinstance(said, StepRecord):
            steps = item.case.progress.steps
            title = next((view.step.title for view in steps if view.step.number == said.step), "")
            state = self._desk.tr(said.state.value)
            return self._desk.tr("step {number} {title}: {state}", number=said.step, title=title, state=state)
        if not isinstance(said, Decision):
            return told(self._desk, item.case, said)
        words = self._desk.text(said.text or said.advice)
        return ": ".join(filter(None, (self._desk.tr(said.kind.value), words)))

    def below(self) -> list[Row]:
        """Return the filters and what the chosen one holds."""
        parts = []
        for name, word in FILTERS:
            here = name == self._filter
            count = len(self._notes) if name == "notes" else len(self._cases[name])
            sign = self._desk.glyphs.here if here else " "
            parts.append((f"{sign}{self._desk.tr(word)} {count} ", "strong" if here else "quiet"))
        rows = [_said("", "text"), _heading(*parts)]
        if self._filter == "notes":
            return rows + ([self._note_row(known) for known in self._notes] or [self._empty()])
        if not self._chosen:
            return [*rows, self._empty()]
        tr = self._desk.tr
        head = ("", tr("case"), tr("who"), tr("group"), tr("next step"), tr("when"))
        titles = self._of_case("", tuple((word, "quiet") for word in head))
        return [*rows, titles, *(self._case_row(known) for known in self._chosen)]

    def _empty(self) -> Row:
        if self._searching:
            return _said(self._desk.tr("Nothing here fits what you search. Esc shows all again."))
        return _said(
            {
                "mine": self._desk.tr("No cases of yours. z opens one; n jots a note first."),
                "attention": self._desk.tr("No case asks for attention."),
                "all": self._desk.tr("No open cases. z opens one; n jots a note first."),
                "closed": self._desk.tr("No closed cases. In a case, c closes it."),
                "notes": self._desk.tr("No loose notes. n jots one."),
            }[self._filter]
        )

    def _case_row(self, known: KnownCase) -> Row:
        desk, late = self._desk, known.overdue(self._day.today)
        sign = (desk.glyphs.late, "late") if late else (desk.glyphs.lacking, "key")
        cells = (
            sign if late or "missing" in known.attention(self._day.today) else (" ", "text"),
            (known.code, "text"),
            (desk.who(known), "strong" if known.mine else "text"),
            (desk.groups(known), "quiet"),
            (next_words(desk, known), "text"),
            due_words(desk, known, self._day.today),
        )
        return self._of_case(f"case:{known.code}", cells)

    def _of_case(self, key: str, cells: tuple[tuple[str, str], ...]) -> Row:
        if self._narrow:
            return Row(key, (*cells[:3], *cells[4:]), (*_CASES[:3], *_CASES[4:]))
        return Row(key, cells, _CASES)

    def _note_row(self, known: KnownNote) -> Row:
        note, author = known.note, self._desk.author(known.note.author)
        cells = (
            (" ", "text"),
            (self._desk.words.moment(note.happened), "quiet"),
            (f"{author}, {self._desk.tr('private')}", "key") if note.private else (author, "meta"),
            (marked(self._desk, known), "quiet" if known.corrected else "text"),
            (note.place, "quiet"),
        )
        return Row(f"note:{known.id}", cells, _NOTES)


def case_at(day: Day, key: str) -> KnownCase | None:
    """Return the case that a row's key stands for."""
    kind, _, ident = key.partition(":")
    if kind not in ("case", "due", "news", "offer"):
        return None
    return next((known for known in day.cases if known.code == ident), None)


def note_at(day: Day, key: str) -> KnownNote | None:
    """Return the note that a row's key stands for."""
    kind, _, ident = key.partition(":")
    if kind != "note":
        return None
    ident = ident.partition(":")[0]
    notes = (*day.notes, *day.concepts, *day.private, *(item.note for item in day.news if item.note is not None))
    return next((known for known in notes if known.id == ident), None)


def pattern_at(day: Day, key: str) -> KnownPattern | None:
    """Return the pattern that a row's key stands for."""
    kind, _, ident = key.partition(":")
    return next((known for known in day.patterns if kind == "pattern" and known.key == ident), None)
