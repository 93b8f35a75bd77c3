"""An incident in few words: what stands in the register and at the head of one."""

from textual.content import Content

from data.model import Ground, IncidentWhat, School, Text
from data.register import KnownIncident
from data.register.incident_words import GROUND, NATIONAL, WHAT
from data.register.known_incident import KnownEvent

from .desk import NAMED, Desk
from .text import safe

Mark = tuple[str, str, str]
"""A sign, a word, a style."""


def who(desk: Desk, known: KnownIncident) -> str:
    """Return the pupils whom it concerns, else whoever was there."""
    pupils = known.concerned or tuple(one.pupil for one in known.record.pupils)
    more = f" +{len(pupils) - NAMED}" if len(pupils) > NAMED else ""
    return ", ".join(map(desk.pupil, pupils[:NAMED])) + more


def several(desk: Desk, pupils: tuple[str, ...]) -> str:
    """Return pupils by name or initials."""
    return ", ".join(map(desk.pupil, pupils))


def short_marks(desk: Desk, known: KnownIncident, *, reportable: bool) -> tuple[Mark, Mark, Mark]:
    """Return how far it is in a few words for a row: parents, ParnasSys, and what else there is to say."""
    signs, tr = desk.glyphs, desk.tr

    def mark(word: str, *, lacks: bool) -> Mark:
        if not lacks and not known.concerned:
            return ("", "", "quiet")
        return (signs.lacking if lacks else signs.done, word, "key" if lacks else "quiet")

    more, lacks = [], reportable and not known.reported
    if lacks:
        more.append(f"{signs.lacking}{tr('report')}")
    if known.director:
        more.append(f"{signs.done}{tr('management')}")
    if known.record.ground is Ground.COMPLAINT:
        more.append(tr("complaint"))
    return (
        mark(tr("parents"), lacks=bool(known.untold)),
        mark("ParnasSys", lacks=bool(known.unentered)),
        ("", " ".join(more), "key" if lacks else "quiet"),
    )


def kinds(desk: Desk, known: KnownIncident, school: School) -> str:
    """Return its kind, and the national kind it counts as."""
    record = known.record
    national = desk.tr(NATIONAL[record.national]) if record.national else desk.tr("not counted nationally")
    return f"{desk.register.incidents.kind(record, school)} ({national})"


def marks(desk: Desk, known: KnownIncident, *, reportable: bool) -> list[Mark]:
    """Return how far it is, each with a sign and a word, as the protocol has it."""
    signs, tr, found = desk.glyphs, desk.tr, list[Mark]()
    if known.record.grave:
        found.append((signs.late, tr("serious"), "late"))
    if reportable and not known.reported:
        found.append((signs.lacking, tr("perhaps to be reported: talk about it with the management"), "key"))
    if known.untold:
        pupils = several(desk, known.untold)
        found.append((signs.lacking, tr("parents not told yet: {pupils}", pupils=pupils), "key"))
    elif known.concerned:
        found.append((signs.done, tr(WHAT[IncidentWhat.PARENTS]), "done"))
    if known.unentered:
        pupils = several(desk, known.unentered)
        found.append((signs.lacking, tr("not in ParnasSys yet: {pupils}", pupils=pupils), "key"))
    elif known.concerned:
        found.append((signs.done, tr(WHAT[IncidentWhat.PARNASSYS]), "done"))
    if known.director:
        found.append((signs.done, tr(WHAT[IncidentWhat.DIRECTOR]), "done"))
    else:
        found.append((signs.open, tr("management not brought in: only where the teacher does not solve it"), "quiet"))
    if known.reported:
        found.append((signs.done, tr(WHAT[IncidentWhat.REPORTED]), "done"))
    return found


def answers(desk: Desk, known: KnownIncident) -> list[tuple[str, str]]:
    """Return the seven questions, each in a word, with their answers; the day stands at the head."""
    record, found = known.record, list[tuple[str, str]]()

    def said(word: str, text: Text) -> None:
        if text:
            found.append((word, desk.text(text)))

    said(desk.tr("What"), record.what)
    if record.pupils:
        roles = ", ".join(f"{desk.pupil(one.pupil)} {desk.tr(one.role.value)}" for one in record.pupils)
        found.append((desk.tr("Who"), roles))
    said(desk.tr("Where"), (record.place,) if record.place else ())
    said(desk.tr("With what"), record.with_what)
    said(desk.tr("Why"), record.why)
    said(desk.tr("Measures"), record.measures)
    return found


def event_line(desk: Desk, event: KnownEvent) -> Content:
    """Return what was done about it, in a line or two."""
    said = event.record
    what = desk.tr(WHAT[said.what])
    if said.takes_back:
        what = desk.tr("taken back: {what}", what=what)
    about = several(desk, said.about)
    parts = (desk.words.date(said.happened), what, about, desk.author(said.author))
    head = safe("  ".join(filter(None, parts)), "$quiet" if not event.counts else "$meta")
    mark = safe(f"  {desk.tr('taken back')}", "bold $key") if event.taken_back else safe("")
    line = Content.assemble(head, mark)
    return Content("\n").join((line, safe(desk.text(said.text)))) if said.text else line


def ground(desk: Desk, known: KnownIncident) -> str:
    """Return its ground."""
    return desk.tr(GROUND[known.record.ground])
