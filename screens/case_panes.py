"""What a case's panes say: notes, both sides, agreements, parents, and everything in the order of time."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from textual.content import Content

from data.errors import N_
from data.model import AgreedWith, Complaint, Decision, DecisionKind, LogEntry, LogKind, StepRecord, Strand, Text
from data.protocol import Proof, StepView
from data.register import KnownCase, KnownComplaint, KnownIncident, KnownNote
from data.register.log_words import told

from .agreed_words import agreement_lines, approach_lines, standing
from .case_words import proof_lines
from .desk import Desk
from .incident_words import event_line
from .note_words import beside
from .text import safe

LATE_HOURS = 24
"""Written down so many hours after it happened, the moment of writing is shown too."""

_TOLD = {LogKind.GRANTED, LogKind.WITHDRAWN, LogKind.EXPORTED}
"""What of the log stands among the events; what was read is in the log alone, and what changed is there to see."""

_AGREED = {Proof.AGREEMENT, Proof.CHECK, Proof.SOLUTION}

Block = tuple[tuple[datetime, datetime], Content]
"""What is shown of one entry, with what it is ordered by: when it happened, then when it was written down."""


def _at(happened: date, entered: datetime) -> tuple[datetime, datetime]:
    """Return by what something is ordered of which only the day is known: as it was written down, or at noon."""
    written = entered.astimezone()
    noon = datetime(happened.year, happened.month, happened.day, 12).astimezone()
    return (written if written.date() == happened else noon), entered


def _late(happened: date, entered: datetime) -> bool:
    """Whether something of which only the day is known was written down more than a day after it."""
    return (entered.astimezone().date() - happened).days > 1


class Panes:
    """One case's panes, drawn for who looks now."""

    NAMES = (
        ("notes", N_("Notes")),
        ("sides", N_("Sides")),
        ("agreed", N_("Agreed")),
        ("parents", N_("Parents")),
        ("time", N_("Time")),
    )
    """The panes with their word, in order."""

    def __init__(
        self,
        desk: Desk,
        case: KnownCase,
        notes: Iterable[KnownNote],
        log: Iterable[LogEntry] = (),
        complaints: Iterable[KnownComplaint] = (),
        incidents: Iterable[KnownIncident] = (),
    ) -> None:
        self._desk = desk
        self._words = desk.words
        self._case = case
        self._notes = tuple(notes)
        self._log = tuple(log)
        self._today = desk.register.now().date()
        self._complaints = tuple(complaints)
        self._incidents = tuple(incidents)
        self._steps = {view.step.number: view for view in case.progress.steps}

    def draw(self, pane: str) -> Content:
        """Return what a pane says."""
        draw: dict[str, Callable[[], Content]] = {
            "notes": self._written,
            "sides": self._sides,
            "agreed": self._agreed,
            "parents": self._parents,
            "time": self._time,
        }
        return draw[pane]()

    # --- panes ---------------------------------------------------------------------------------------------

    def _written(self) -> Content:
        empty = self.tr("Nothing written yet. n jots a note in this case.")
        return self._listed([self._note(known) for known in self._notes], empty, newest_first=True)

    def _sides(self) -> Content:
        """Each pupil's own account: what was heard from them, and their words in notes."""
        parts = []
        order = [Strand.BULLIED, Strand.ACCUSED, Strand.OTHER]
        for pupil in sorted(self._case.case.pupils, key=lambda pupil: order.index(pupil.strand)):
            blocks = self._about(pupil.pupil, Proof.HEARING)
            blocks += [
                self._note_words(known)
                for known in self._notes
                if known.note.words and [p.pupil for p in known.note.pupils] == [pupil.pupil]
            ]
            head = Content.assemble((self._desk.pupil(pupil.pupil), "bold $strong"), "  ", self._strand(pupil.strand))
            empty = self.tr("nothing heard yet") if pupil.strand is not Strand.OTHER else "–"
            parts.append(Content("\n").join((head, self._listed(blocks, empty))))
        return Content("\n\n").join(parts)

    def _agreed(self) -> Content:
        """What was agreed and whether it is kept, what is tried, and the days to look again at the case."""
        desk, known, today = self._desk, self._case, self._today
        replaced = [agreed for agreed in known.agreements if agreed.corrected]
        lines = [agreement_lines(desk, known, agreed, today) for agreed in (*standing(known), *replaced)]
        lines += [approach_lines(desk, known, found.record) for found in reversed(known.approaches)]
        blocks = [self._step(said) for said in self._said(lambda view: view.step.proof in _AGREED)]
        blocks += [self._decision(known.record) for known in self._case.decisions]
        keys = self.tr("a makes an agreement, h looks at one, b is for an approach.") if known.open else ""
        empty = "" if lines else self.tr("Nothing agreed yet.")
        rest = [self._listed(blocks, empty, newest_first=True)] if blocks or empty else []
        return Content("\n\n").join([*lines, *rest, *([safe(keys, "$quiet")] if keys else [])])

    def _parents(self) -> Content:
        parts = []
        for pupil in self._case.case.pupils:
            if pupil.strand is Strand.OTHER:
                continue
            name = self.tr("parents of {pupil}", pupil=self._desk.pupil(pupil.pupil))
            head = Content.assemble((name, "bold $strong"), "  ", self._strand(pupil.strand))
            blocks = self._about(pupil.pupil, Proof.PARENT_TALK) + self._agreements(pupil.pupil)
            body = self._listed(blocks, self.tr("not spoken with yet"))
            parts.append(Content("\n").join((head, body)))
        loose = [s for s in self._said(lambda view: view.step.proof is Proof.PARENT_TALK) if not s.about]
        if loose:
            head = Content.styled(self.tr("without a name of whose parents"), "$quiet")
            parts.append(Content("\n").join((head, self._listed(list(map(self._step, loose)), ""))))
        return Content("\n\n").join(parts or [safe(self.tr("Nobody is on either side yet."), "$quiet")])

    def _time(self) -> Content:
        """Everything, newest first."""
        opened = self._case.case.opened
        head = self._head(self._words.moment(opened), self.tr("case opened"), self._desk.author(self._case.case.owner))
        blocks: list[Block] = [((opened, opened), head)]
        blocks += [self._note(known) for known in self._notes]
        blocks += [self._step(event.record, event.id in self._case.corrected) for event in self._case.events]
        blocks += [self._decision(known.record) for known in self._case.decisions]
        blocks += self._agreements()
        blocks += [
            (_at(known.record.happened, known.record.entered), approach_lines(self._desk, self._case, known.record))
            for known in self._case.approaches
        ]
        blocks += [self._complaint(said) for known in self._complaints for said in (known.record, *known.said)]
        blocks += [block for known in self._incidents for block in self._incident(known)]
        blocks += [self._logged(line) for line in self._log if line.kind in _TOLD]
        return self._listed(blocks, "", newest_first=True)

    # --- parts ---------------------------------------------------------------------------------------------

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self._desk.tr(message, **values)

    def _strand(self, strand: Strand) -> tuple[str, str]:
        return self.tr(strand.value), "$meta"

    def _listed(self, blocks: list[Block], empty: str, *, newest_first: bool = False) -> Content:
        if not blocks:
            return safe(empty, "$quiet")
        ordered = sorted(blocks, key=lambda block: block[0], reverse=newest_first)
        return Content("\n\n" if newest_first else "\n").join(content for _, content in ordered)

    def _said(self, wanted: Callable[[StepView], bool]) -> list[StepRecord]:
        """Return what counts of the entries of some steps; what was corrected stands in the order of time alone."""
        found = [event.record for event in self._case.standing if event.record.step in self._steps]
        return [record for record in found if wanted(self._steps[record.step])]

    def _about(self, pupil: str, proof: Proof) -> list[Block]:
        return [self._step(s) for s in self._said(lambda view: view.step.proof is proof) if pupil in s.about]

    def _agreements(self, family: str = "") -> list[Block]:
        """Return all agreements, or those with one pupil's family."""
        return [
            (
                _at(known.agreement.happened, known.agreement.entered),
                agreement_lines(self._desk, self._case, known, self._today),
            )
            for known in self._case.agreements
            if not family or (known.agreement.party is AgreedWith.FAMILY and family in known.agreement.about)
        ]

    def _head(self, *parts: str) -> Content:
        return safe("  ".join(part for part in parts if part), "$meta")

    def _entered(self, happened: date, entered: datetime, late: bool) -> str:
        """Return when it was written down, where that was a good while after it happened."""
        if not late:
            return ""
        when = self._words.moment(entered) if entered.astimezone().date() == happened else None
        return self.tr("written down {date}", date=when or self._words.date(entered.astimezone().date()))

    def _line(self, text: Text, style: str = "") -> Content:
        return safe(self._desk.text(text), style)

    def _note(self, known: KnownNote) -> Block:
        note, desk = known.note, self._desk
        late = (note.entered - note.happened).total_seconds() > LATE_HOURS * 3600
        day = note.happened.astimezone().date()
        head = self._head(
            self._words.moment(note.happened), note.place, desk.author(note.author),
            self._entered(day, note.entered, late),
        )  # fmt: skip
        more = beside(desk, known)
        parts = [Content.assemble(head, (f"  {more}", "bold $key")) if more else head]
        parts.append(self._line(note.facts, "$quiet" if known.corrected else ""))
        if note.words:
            parts.append(safe(self.tr("“{words}”", words=desk.text(note.words)), "$key"))
        if note.did:
            parts.append(Content.assemble((self.tr("Did: "), "$quiet"), self._line(note.did)))
        roles = [f"{desk.pupil(p.pupil)} {self.tr(p.role.value)}" for p in note.pupils if p.role.value != "unknown"]
        if roles:
            parts.append(safe(", ".join(roles), "$quiet"))
        # A correction stands beside what it corrects, wherever its own moment lies.
        return (known.first.note.happened, note.entered), Content("\n").join(parts)

    def _note_words(self, known: KnownNote) -> Block:
        note = known.note
        day = note.happened.astimezone().date()
        said = safe(self.tr("“{words}”", words=self._desk.text(note.words)), "$key")
        head = self._head(self._words.date(day), self._desk.author(note.author))
        return (note.happened, note.entered), Content("\n").join((head, said))

    def _step(self, said: StepRecord, corrected: bool = False) -> Block:
        desk = self._desk
        step = f"{said.step} {self._steps[said.step].step.title}" if said.step in self._steps else str(said.step)
        head = self._head(
            self._words.date(said.happened), step, self.tr(said.state.value), desk.author(said.author),
            self._entered(said.happened, said.entered, _late(said.happened, said.entered)),
        )  # fmt: skip
        mark = self.tr("corrected") if corrected else self.tr("a correction") if said.corrects else ""
        parts = [Content.assemble(head, (f"  {mark}", "bold $key")) if mark else head]
        if said.present:
            parts.append(Content.assemble((self.tr("with: "), "$quiet"), self._line(said.present)))
        if said.text:
            parts.append(self._line(said.text, "$quiet" if corrected else ""))
        parts += proof_lines(desk, self._case, said)
        if said.reason:
            parts.append(Content.assemble((self.tr("because: "), "$quiet"), self._line(said.reason)))
        return _at(said.happened, said.entered), Content("\n").join(parts)

    def _logged(self, line: LogEntry) -> Block:
        what = told(self._words, line, self._desk.colleague(line.about))
        head = self._head(self._words.moment(line.at), what, self._desk.author(line.author))
        return (line.at, line.at), head

    def _incident(self, known: KnownIncident) -> Iterable[Block]:
        """Yield when it was decided to be an incident, and what was done about it; e opens it."""
        record = known.record
        mark = self.tr("corrected") if known.corrected else self.tr("serious") if record.grave else ""
        kind = self._desk.register.incidents.kind(record)
        head = self._head(
            self._words.moment(record.entered), self.tr("incident"), kind, self._desk.author(record.author), mark
        )
        yield (record.entered, record.entered), head
        for event in known.events if known.standing else ():
            yield _at(event.record.happened, event.record.entered), event_line(self._desk, event)

    def _complaint(self, said: Complaint) -> Block:
        what = self.tr("about the complaint") if said.to else self.tr("official complaint")
        head = self._head(
            self._words.date(said.happened), what, self._desk.text(said.source), self._desk.author(said.author)
        )
        parts = [head]
        if said.route:
            parts.append(Content.assemble((self.tr("goes to: "), "$quiet"), self._line(said.route)))
        if said.text:
            parts.append(self._line(said.text))
        if said.until:
            parts.append(safe(self.tr("by {date}", date=self._words.weekday(said.until)), "$key"))
        return _at(said.happened, said.entered), Content("\n").join(parts)

    def _removal(self, said: Decision) -> str:
        """Return which removal it is about and whom, with the days that were filled in."""
        removal = self._case.protocol.removal
        found = next((one for one in (removal.checklists if removal else ()) if one.kind == said.removal), None)
        if found is None:
            return self.tr("removal")
        days = [f"{item.text} {self._words.date(said.done[item.id])}" for item in found.items if item.id in said.done]
        return f"{found.title} {self._desk.pupil(said.about)}: {', '.join(days)}".rstrip(": ")

    def _next_phase(self, said: Decision) -> str:
        """Return to which phase a case went on, and whether that was because it is grave."""
        titles = {phase.id: phase.title.lower() for phase in self._case.protocol.phases}
        head = self.tr("on to phase {phase}", phase=titles.get(said.reaches, "?"))
        return f"{head}  {self.tr('serious')}" if said.grave else head

    def _decision(self, said: Decision) -> Block:
        kinds = {
            DecisionKind.CONSULTED: self.tr("consultation"),
            DecisionKind.CLOSED: self.tr("case closed"),
            DecisionKind.REOPENED: self.tr("case opened again"),
            DecisionKind.OFFERED: self.tr("offered to {name}", name=self._desk.author(said.to)),
            DecisionKind.ACCEPTED: self.tr("taken over"),
            DecisionKind.ESCALATED: self._next_phase(said),
            DecisionKind.SEEN: self.tr("seen"),
            DecisionKind.REMOVAL: self._removal(said),
        }
        late = self._entered(said.happened, said.entered, _late(said.happened, said.entered))
        author = self._desk.author(said.author)
        parts = [self._head(self._words.date(said.happened), kinds[said.kind], author, late)]
        if said.advice:
            parts.append(Content.assemble((self.tr("Advice: "), "$quiet"), self._line(said.advice)))
        if said.text:
            word = self.tr("Decision: ") if said.kind is DecisionKind.CONSULTED else ""
            parts.append(Content.assemble((word, "$quiet"), self._line(said.text)))
        if said.again:
            again = self.tr("look again on {date}", date=self._words.weekday(said.again))
            parts.append(safe(again, "$key"))
        if said.kind is DecisionKind.CLOSED:
            told = ", ".join(map(self._desk.pupil, said.told)) or self.tr("nobody yet")
            parts.append(Content.assemble((self.tr("Families told: "), "$quiet"), safe(told)))
        return _at(said.happened, said.entered), Content("\n").join(parts)
