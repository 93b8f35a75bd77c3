"""The tables: what lies in each, who may write it, and who can read a new document in it."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ..clean import clean_tree
from ..errors import N_, NotAllowed, UsageError
from ..model import (
    Agreement,
    Analysis,
    Approach,
    Case,
    Check,
    Complaint,
    Consent,
    Counts,
    Decision,
    Dismissal,
    Group,
    Holiday,
    Improvement,
    Incident,
    IncidentEvent,
    LogEntry,
    Note,
    Pupil,
    Question,
    School,
    Settings,
    StepRecord,
)
from ..vault.directory import CircleKind, Directory
from ..vault.state import Policy
from ..vault.table import Document, TableSpec
from ..vault.vault import Placement, Transaction, Vault

_OWN = frozenset({CircleKind.PERSON})
_CASE = frozenset({CircleKind.CASE})
_HEADS = frozenset({CircleKind.LEAD, CircleKind.DIRECTION})


_FIRST, _BEYOND = 1901, 2200
"""No day lies before the first of these years, and none in the second or later: nothing could be counted from it."""


class TooFar(UsageError, ValueError):
    """A day that nothing can be counted from: refused when it is written, and no document where it stands in one."""


def _days(value: Any) -> Iterator[dt.date]:
    """Yield the days and moments in a value, as deep as documents have them."""
    if isinstance(value, dt.date):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, dt.date))
    elif isinstance(value, tuple) and value and isinstance(value[0], Holiday):
        yield from (day for one in value for day in (one.first, one.last))


def _checker(kind: type[msgspec.Struct]) -> Callable[[Any], Document]:
    def check(value: Any) -> Document:
        record = msgspec.convert(clean_tree(value), kind)
        for field in msgspec.structs.astuple(record):
            if not all(_FIRST <= day.year < _BEYOND for day in _days(field)):
                raise TooFar(N_("A day in it lies too far away."))
        built = msgspec.to_builtins(record)
        assert isinstance(built, dict)
        return built

    return check


def no_such_case() -> NotAllowed:
    """Return the one answer for a case that does not exist and one that is not this person's."""
    return NotAllowed(N_("This case does not exist, or you may not see it."))


def directs(vault: Vault, author: str = "") -> bool:
    """Whether this person, or an author by id in hex, is one of the leads or the direction: by who has their keys."""
    directory, who = vault.directory, bytes.fromhex(author) if author else vault.me.id
    return any(directory.in_circle(who, directory.the(kind).id) for kind in (CircleKind.LEAD, CircleKind.DIRECTION))


def case_circle(transaction: Transaction, code: str) -> bytes:
    """Return the circle of a case; raises NotAllowed if this person is not in it, or it does not exist."""
    circle = transaction.view.labelled(CircleKind.CASE, code)
    if circle is None or not transaction.holds(circle.id):
        raise no_such_case()
    return circle.id


def _in(kind: CircleKind) -> Callable[[Transaction, Document], Placement]:
    return lambda transaction, _: Placement(transaction.view.the(kind).id)


def _own(transaction: Transaction, _: Document) -> Placement:
    return Placement(transaction.vault.own_circle())


def _in_case(field: str) -> Callable[[Transaction, Document], Placement]:
    return lambda transaction, document: Placement(case_circle(transaction, document[field]))


def groups_of_pupils(vault: Vault, pupils: Iterable[str]) -> set[str]:
    """Return the ids of the groups these pupils are in, as far as they are known."""
    found = set()
    for pupil in pupils:
        content = vault.read(("pupils", pupil))
        if content is not None:
            found.add(msgspec.json.decode(content, type=Pupil).group)
    return found - {""}


def groups_taught(vault: Vault, directory: Directory) -> dict[str, bytes]:
    """Return the groups that this person teaches, of the last school year in which they teach any: id → circle.

    The circles of earlier years stay theirs, and with them what was written then; what is written now is not for them.
    """
    years = {}
    for circle in directory.circles_of(vault.me.id, CircleKind.GROUP):
        content = vault.read(("groups", circle.label))
        years[circle] = msgspec.json.decode(content, type=Group).year if content else ""
    return {circle.label: circle.id for circle, year in years.items() if year == max(years.values())}


def _place_note(transaction: Transaction, document: Document) -> Placement:
    """Private: nobody else. In a case: the case. Else its pupils' groups; nobody named: one's own; none: the leads.

    Those are the groups of now, and the note stays with them: a pupil who goes to another group takes no note along.
    """
    directory, vault = transaction.view, transaction.vault
    if document.get("private"):
        return _own(transaction, document)
    if document.get("case"):
        in_case = case_circle(transaction, document["case"])
        home = vault.own_circle() if directory.staff(vault.me.id) else in_case
        return Placement(home, frozenset({in_case}))
    groups = groups_of_pupils(vault, (participant["pupil"] for participant in document.get("pupils", ())))
    named = {circle.id for group in groups if (circle := directory.labelled(CircleKind.GROUP, group))}
    circles = named or groups_taught(vault, directory).values()
    return Placement(vault.own_circle(), frozenset(circles or {directory.the(CircleKind.LEAD).id}))


def _place_log(transaction: Transaction, document: Document) -> Placement:
    """About a case: those in it. About private things: its author alone. The rest: the leads and its author.

    The case need not be one's own: a steward takes people out of cases they take no part in.
    """
    directory, me = transaction.view, transaction.vault.me.id
    circle = directory.labelled(CircleKind.CASE, document["case"]) if document.get("case") else None
    if document.get("case") and circle is None:
        raise no_such_case()
    if circle is not None and not directory.staff(me):
        return Placement(circle.id)
    own = directory.labelled(CircleKind.PERSON, me.hex())
    home = own.id if own else transaction.vault.own_circle()
    if document.get("private"):
        return Placement(home)
    return Placement(home, frozenset({circle.id if circle else directory.the(CircleKind.LEAD).id}))


def _place_question(transaction: Transaction, document: Document) -> Placement:
    """The author and the leads; what is said to a question also its asker."""
    vault, readers = transaction.vault, {transaction.view.the(CircleKind.LEAD).id}
    if document.get("to"):
        place = ("questions", document["to"])
        asked = vault.record(place)
        if asked is None or vault.read(place) is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        readers.add(asked.home)
    return Placement(vault.own_circle(), frozenset(readers))


def _lead_and_direction(directory: Directory) -> frozenset[bytes]:
    return frozenset(directory.the(kind).id for kind in (CircleKind.LEAD, CircleKind.DIRECTION))


def _at_the_head(transaction: Transaction, *others: bytes) -> Placement:
    """The leads, the direction and others; at home with those of the first two that its author is one of."""
    directory, me = transaction.view, transaction.vault.me.id
    lead, direction = directory.the(CircleKind.LEAD).id, directory.the(CircleKind.DIRECTION).id
    return Placement(lead if directory.in_circle(me, lead) else direction, frozenset({lead, direction, *others}))


def _place_counts(transaction: Transaction, _: Document) -> Placement:
    """What a counsellor releases is for the leads and the direction."""
    return Placement(transaction.vault.own_circle(), _lead_and_direction(transaction.view))


def _served(transaction: Transaction, agreed: Agreement) -> frozenset[bytes]:
    """Return the circles of the cases that an agreement serves, and of the group: who teaches it has to know."""
    directory = transaction.view
    circles = [directory.labelled(CircleKind.CASE, code) for code in agreed.cases]
    return frozenset(found.id for found in (*circles, directory.labelled(CircleKind.GROUP, agreed.group)) if found)


def _place_agreement(transaction: Transaction, document: Document) -> Placement:
    """All cases it serves, of which its author must be in each, and the group that it was made with."""
    circles = [case_circle(transaction, code) for code in document["cases"]]
    return Placement(circles[0], _served(transaction, msgspec.convert(document, Agreement)))


def _place_check(transaction: Transaction, document: Document) -> Placement:
    """Whoever reads the agreement reads how it was kept, also those whose keys its author does not have."""
    content = transaction.vault.read(("agreements", document["agreement"]))
    if content is None:
        raise NotAllowed(N_("This does not exist, or you may not see it."))
    agreed = msgspec.json.decode(content, type=Agreement)
    return Placement(case_circle(transaction, document["case"]), _served(transaction, agreed))


def _place_complaint(transaction: Transaction, document: Document) -> Placement:
    """The case, the leads and the direction; at home with those who may write it."""
    case = transaction.view.labelled(CircleKind.CASE, document["case"])
    if case is None:
        raise no_such_case()
    return _at_the_head(transaction, case.id)


def _concerned(transaction: Transaction, case: str, pupils: Iterable[str]) -> frozenset[bytes]:
    """Return the circle of a case, or, outside one, of the groups of pupils: as far as there is one."""
    labels = {(CircleKind.CASE, case)} if case else set()
    labels |= {(CircleKind.GROUP, group) for group in groups_of_pupils(transaction.vault, pupils) if not case}
    circles = (transaction.view.labelled(kind, label) for kind, label in labels)
    return frozenset(circle.id for circle in circles if circle)


def _read_incident(transaction: Transaction, incident: Incident) -> frozenset[bytes]:
    pupils = (participant.pupil for participant in incident.pupils)
    return _concerned(transaction, incident.case, pupils) | _lead_and_direction(transaction.view)


def _place_incident(transaction: Transaction, document: Document) -> Placement:
    """The case, or the groups of its pupils; the leads and the direction; its author."""
    if document.get("case"):
        case_circle(transaction, document["case"])
    return Placement(transaction.vault.own_circle(), _read_incident(transaction, msgspec.convert(document, Incident)))


def _place_incident_event(transaction: Transaction, document: Document) -> Placement:
    """Whoever reads the incident, its author too."""
    vault, place = transaction.vault, ("incidents", document["incident"])
    content, record = vault.read(place), vault.record(place)
    if content is None or record is None:
        raise NotAllowed(N_("This does not exist, or you may not see it."))
    incident = msgspec.json.decode(content, type=Incident)
    return Placement(vault.own_circle(), _read_incident(transaction, incident) | {record.home})


def _place_dismissal(transaction: Transaction, document: Document) -> Placement:
    """Who teaches these pupils, the leads among them, and its author."""
    return Placement(transaction.vault.own_circle(), _concerned(transaction, "", document["pupils"]))


def _place_year(transaction: Transaction, _: Document) -> Placement:
    return _at_the_head(transaction)


SPECS: Mapping[str, TableSpec] = {
    "school": TableSpec(
        Policy(events=False, homes=frozenset({CircleKind.EVERYONE}), stewards_only=True),
        _checker(School),
        _in(CircleKind.EVERYONE),
    ),
    "groups": TableSpec(
        Policy(events=False, homes=frozenset({CircleKind.STAFF}), stewards_only=True),
        _checker(Group),
        _in(CircleKind.STAFF),
    ),
    "pupils": TableSpec(
        Policy(events=False, homes=frozenset({CircleKind.STAFF}), stewards_only=True),
        _checker(Pupil),
        _in(CircleKind.STAFF),
    ),
    "settings": TableSpec(Policy(events=False, homes=_OWN, outsiders=True), _checker(Settings), _own),
    "cases": TableSpec(Policy(events=False, homes=_CASE), _checker(Case), _in_case("code")),
    "steps": TableSpec(Policy(events=True, homes=_CASE), _checker(StepRecord), _in_case("case")),
    "decisions": TableSpec(Policy(events=True, homes=_CASE), _checker(Decision), _in_case("case")),
    "agreements": TableSpec(Policy(events=True, homes=_CASE), _checker(Agreement), _place_agreement),
    "checks": TableSpec(Policy(events=True, homes=_CASE), _checker(Check), _place_check),
    "approaches": TableSpec(Policy(events=True, homes=_CASE), _checker(Approach), _in_case("case")),
    "complaints": TableSpec(
        Policy(events=True, homes=_HEADS),
        _checker(Complaint),
        _place_complaint,
    ),
    "incidents": TableSpec(Policy(events=True, homes=_OWN), _checker(Incident), _place_incident),
    "incident_events": TableSpec(Policy(events=True, homes=_OWN), _checker(IncidentEvent), _place_incident_event),
    "dismissals": TableSpec(Policy(events=True, homes=_OWN), _checker(Dismissal), _place_dismissal),
    "analyses": TableSpec(Policy(events=True, homes=_HEADS), _checker(Analysis), _place_year),
    "improvements": TableSpec(Policy(events=True, homes=_HEADS), _checker(Improvement), _place_year),
    "notes": TableSpec(Policy(events=True, homes=_OWN | _CASE, deletable=True), _checker(Note), _place_note),
    "log": TableSpec(Policy(events=True, homes=_OWN | _CASE), _checker(LogEntry), _place_log),
    "questions": TableSpec(Policy(events=True, homes=_OWN), _checker(Question), _place_question),
    "consents": TableSpec(Policy(events=True, homes=_OWN), _checker(Consent), _own),
    "counts": TableSpec(Policy(events=True, homes=_OWN), _checker(Counts), _place_counts),
}
"""Every table; the kinds are those of the design: events are never changed, current documents are replaced."""

POLICIES: Mapping[str, Policy] = {name: spec.policy for name, spec in SPECS.items()}
