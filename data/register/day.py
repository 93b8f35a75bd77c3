"""What a person sees first: what is due, what is new since they last looked, their cases, their loose notes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .agenda import Due, waiting
from .known import KnownCase, Said
from .known_incident import KnownIncident
from .notes import KnownNote
from .patterns import KnownPattern
from .questions import KnownQuestion
from .queue import queue
from .session import LOOSE, Register

LOOK_BACK_DAYS = 92
"""How far back the day shows notes: a term. Older ones are in their cases, and in the `notes` command."""


@dataclass(frozen=True)
class News:
    """Something a colleague wrote that this person has not seen: the latest of its case, or a loose note."""

    entered: datetime
    author: str
    case: KnownCase | None
    note: KnownNote | None
    said: Said | None
    """What happened to a step, was decided or agreed; None where a note was written or the case opened."""
    count: int
    """How many unseen things this line stands for."""


@dataclass(frozen=True)
class Day:
    """One look at everything a person needs now. `names` are the pupils they can name."""

    today: date
    due: tuple[Due, ...]
    """What waits for this person today or has waited too long, in the cases they take part in."""
    news: tuple[News, ...]
    cases: tuple[KnownCase, ...]
    """Readable cases, closed ones too: what is late or due soonest first, those without a date last."""
    notes: tuple[KnownNote, ...]
    """Notes that are in no case, newest first."""
    concepts: tuple[KnownNote, ...]
    """One's own notes that are to be completed, oldest first."""
    private: tuple[KnownNote, ...]
    """One's own private notes that are to be shared or removed, oldest first."""
    questions: tuple[KnownQuestion, ...]
    """Questions that wait for this person as a lead, and their own that were answered and not seen yet."""
    asking: int
    """How many cases ask this person, as a lead or the direction, for a consultation."""
    appointments: int
    """How many appointments a counsellor has today."""
    patterns: tuple[KnownPattern, ...]
    """What notes show together and nobody has weighed yet, about pupils who are still at school."""
    incidents: int
    """How many incidents this person decided on wait for parents to be told, or for ParnasSys."""
    names: dict[str, str]

    def chosen(self, name: str) -> tuple[KnownCase, ...]:
        """Return the cases of a filter: `mine`, `attention`, `all` (what is open) or `closed`."""
        fits: dict[str, Callable[[KnownCase], object]] = {
            "mine": lambda known: known.open and known.mine,
            "attention": lambda known: known.attention(self.today),
            "all": lambda known: known.open,
            "closed": lambda known: not known.open,
        }
        return tuple(filter(fits[name], self.cases))


def look(register: Register) -> Day:
    """Collect the day of the person whose register this is. Reads and decrypts; not for the screen's own thread."""
    cases = register.cases.all()
    seen = register.all_seen()
    notes = register.notes.fresh(register.now() - timedelta(days=LOOK_BACK_DAYS), seen)
    names = register.pupils.names()
    for known in cases:
        names = {**known.names, **names}
    today = register.now().date()
    ordered = sorted(cases, key=lambda known: (known.due or date.max, known.case.opened))
    loose = [known for known in reversed(notes) if not known.case]
    news = tuple(_news(register.me, seen, cases, notes))
    private = tuple(register.notes.waiting())
    questions = tuple(_questions(register))
    return Day(
        today=today,
        due=tuple(due for due in waiting(register, cases) if due.date <= today),
        news=news,
        cases=tuple(ordered),
        notes=tuple(loose),
        concepts=tuple(register.notes.unfinished()),
        private=private,
        questions=questions,
        asking=len(queue(register)),
        appointments=register.counsel.today(),
        patterns=tuple(_patterns(register, cases, names)),
        incidents=len(_incidents(register)),
        names=names,
    )


def _patterns(register: Register, cases: list[KnownCase], names: dict[str, str]) -> list[KnownPattern]:
    """Return the patterns that wait for this person, what weighs most first; outsiders weigh none."""
    if not register.patterns.writes:
        return []
    found = register.patterns.all(cases=cases)
    if not found:
        return []
    gone = register.pupils.names().keys() - {known.id for known in register.pupils.all()}
    here = names.keys() - gone
    return [known for known in found if known.waits and here >= set(known.pattern.pupils)]


def _incidents(register: Register) -> list[KnownIncident]:
    """Return one's own incidents for which something is to be done; what is older than a term no longer waits here."""
    since = register.now() - timedelta(days=LOOK_BACK_DAYS)
    return [known for known in register.incidents.mine() if known.waits and known.record.happened >= since]


def _questions(register: Register) -> list[KnownQuestion]:
    """Return the questions that need this person: a lead's answer, or the asker's eye."""
    seen, lead = register.settings().seen, register.questions.answers
    found = register.questions.all(register.now() - timedelta(days=LOOK_BACK_DAYS))

    def news(known: KnownQuestion) -> bool:
        if known.asked.author != register.me:
            return lead and known.waiting
        unseen = known.key not in seen or known.last.entered > seen[known.key]
        return known.last.author != register.me and unseen

    return [known for known in found if news(known)]


def _news(me: str, seen: Callable[[str], datetime], cases: list[KnownCase], notes: list[KnownNote]) -> list[News]:
    by_code = {known.code: known for known in cases}
    found: list[News] = []
    loose_since = seen(LOOSE)
    unseen: dict[str, list[News]] = {}
    for note in notes:
        if note.note.author == me:
            continue
        case = by_code.get(note.case)
        if case is None:
            if note.note.entered > loose_since:
                found.append(News(note.note.entered, note.note.author, None, note, None, 1))
        elif note.note.entered > seen(case.code):
            item = News(note.note.entered, note.note.author, case, note, None, 1)
            unseen.setdefault(case.code, []).append(item)
    for case in cases:
        since = seen(case.code)
        if case.written <= since:
            continue
        for said in case.records:
            if said.author != me and said.entered > since:
                item = News(said.entered, said.author, case, None, said, 1)
                unseen.setdefault(case.code, []).append(item)
        if case.case.owner != me and case.case.opened > since and case.mine:
            item = News(case.case.opened, case.case.owner, case, None, None, 1)
            unseen.setdefault(case.code, []).append(item)
    for items in unseen.values():
        last = max(items, key=lambda item: item.entered)
        found.append(News(last.entered, last.author, last.case, last.note, last.said, len(items)))
    return sorted(found, key=lambda item: item.entered, reverse=True)
