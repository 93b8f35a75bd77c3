"""The tables: what lies in each, who may write it, and who can read a new document in it."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from ..clean import clean_tree, is_clean
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
from ..vault.directory import Directory
from ..vault.entries import CircleKind
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


@cache
def _fields_with_days(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields in which days can stand, by their types."""
    fields = msgspec.structs.fields(kind)
    return tuple(field.name for field in fields if any(word in repr(field.type) for word in ("date", "Holiday")))


def _sensible(record: msgspec.Struct) -> msgspec.Struct:
    for name in _fields_with_days(type(record)):
        if not all(_FIRST <= day.year < _BEYOND for day in _days(getattr(record, name))):
            raise TooFar(N_("A day in it lies too far away."))
    return record


def _checker(kind: type[msgspec.Struct]) -> Callable[[Any], msgspec.Struct]:
    def check(value: Any) -> msgspec.Struct:
        return _sensible(msgspec.convert(clean_tree(value), kind))

    return check


def _reader(
    decode: Callable[[bytes], msgspec.Struct], check: Callable[[Any], msgspec.Struct]
) -> Callable[[bytes], tuple[msgspec.Struct, bool]]:
    def read(content: bytes) -> tuple[msgspec.Struct, bool]:
        if is_clean(content):
            with contextlib.suppress(msgspec.ValidationError):
                return _sensible(decode(content)), True
        return check(msgspec.json.decode(content)), False

    return read


def _table(
    policy: Policy, kind: type[msgspec.Struct], place: Callable[[Transaction, Document], Placement]
) -> TableSpec:
    check, decode = _checker(kind), msgspec.json.Decoder(kind).decode
    return TableSpec(policy, check, _reader(decode, check), decode, place)


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


def _readers_of(transaction: Transaction, ident: str) -> frozenset[bytes]:
    """Return who reads an incident that this person reads: for what is written about it later.

    The circles that are seen to have a key, and those that its content stands for, as far as they were granted it:
    a pupil who went to another group takes nothing along. Not whoever a grant merely names: anybody can write one.
    """
    vault, place = transaction.vault, ("incidents", ident)
    content, record = vault.read(place), vault.record(place)
    if content is None or record is None:
        raise NotAllowed(N_("This does not exist, or you may not see it."))
    named = next((seen.granted for seen in vault.outline("incidents") if seen.id == ident), frozenset[bytes]())
    meant = _read_incident(transaction, msgspec.json.decode(content, type=Incident)) & named
    return meant | vault.readers(place) | _lead_and_direction(transaction.view) | {record.home}


def _place_incident(transaction: Transaction, document: Document) -> Placement:
    """The case, or the groups of its pupils; the leads and the direction; its author.

    A correction: who reads what it corrects, and the groups of the pupils that it adds.
    """
    if document.get("case"):
        case_circle(transaction, document["case"])
    incident, vault = msgspec.convert(document, Incident), transaction.vault
    readers = frozenset[bytes]()
    before = vault.read(("incidents", incident.corrects)) if incident.corrects else None
    if before is not None:
        readers = _readers_of(transaction, incident.corrects)
        known = {one.pupil for one in msgspec.json.decode(before, type=Incident).pupils}
        added = tuple(one for one in incident.pupils if one.pupil not in known)
        incident = msgspec.structs.replace(incident, pupils=added)
    return Placement(vault.own_circle(), readers | _read_incident(transaction, incident))


def _place_incident_event(transaction: Transaction, document: Document) -> Placement:
    """Whoever reads the incident, its author too."""
    return Placement(transaction.vault.own_circle(), _readers_of(transaction, document["incident"]))


def _place_dismissal(transaction: Transaction, document: Document) -> Placement:
    """Who teaches these pupils, the leads among them, and its author."""
    return Placement(transaction.vault.own_circle(), _concerned(transaction, "", document["pupils"]))


def _place_year(transaction: Transaction, _: Document) -> Placement:
    return _at_the_head(transaction)


SPECS: Mapping[str, TableSpec] = {
    "school": _table(
        Policy(events=False, homes=frozenset({CircleKind.EVERYONE}), stewards_only=True),
        School,
        _in(CircleKind.EVERYONE),
    ),
    "groups": _table(
        Policy(events=False, homes=frozenset({CircleKind.STAFF}), stewards_only=True),
        Group,
        _in(CircleKind.STAFF),
    ),
    "pupils": _table(
        Policy(events=False, homes=frozenset({CircleKind.STAFF}), stewards_only=True),
        Pupil,
        _in(CircleKind.STAFF),
    ),
    "settings": _table(Policy(events=False, homes=_OWN, outsiders=True), Settings, _own),
    "cases": _table(Policy(events=False, homes=_CASE), Case, _in_case("code")),
    "steps": _table(Policy(events=True, homes=_CASE), StepRecord, _in_case("case")),
    "decisions": _table(Policy(events=True, homes=_CASE), Decision, _in_case("case")),
    "agreements": _table(Policy(events=True, homes=_CASE), Agreement, _place_agreement),
    "checks": _table(Policy(events=True, homes=_CASE), Check, _place_check),
    "approaches": _table(Policy(events=True, homes=_CASE), Approach, _in_case("case")),
    "complaints": _table(
        Policy(events=True, homes=_HEADS),
        Complaint,
        _place_complaint,
    ),
    "incidents": _table(Policy(events=True, homes=_OWN), Incident, _place_incident),
    "incident_events": _table(Policy(events=True, homes=_OWN), IncidentEvent, _place_incident_event),
    "dismissals": _table(Policy(events=True, homes=_OWN), Dismissal, _place_dismissal),
    "analyses": _table(Policy(events=True, homes=_HEADS), Analysis, _place_year),
    "improvements": _table(Policy(events=True, homes=_HEADS), Improvement, _place_year),
    "notes": _table(Policy(events=True, homes=_OWN | _CASE, deletable=True), Note, _place_note),
    "log": _table(Policy(events=True, homes=_OWN | _CASE), LogEntry, _place_log),
    "questions": _table(Policy(events=True, homes=_OWN), Question, _place_question),
    "consents": _table(Policy(events=True, homes=_OWN), Consent, _own),
    "counts": _table(Policy(events=True, homes=_OWN), Counts, _place_counts),
}
"""Every table; the kinds are those of the design: events are never changed, current documents are replaced."""

POLICIES: Mapping[str, Policy] = {name: spec.policy for name, spec in SPECS.items()}
