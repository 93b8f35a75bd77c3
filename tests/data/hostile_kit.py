"""Documents as a member with a program of their own could write them, and everything that others read."""

import datetime as dt
import enum
import functools
import hashlib
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from data.register import Register, schema
from data.register.agenda import agenda, waiting
from data.register.day import look
from data.register.dossier import build
from data.register.dossier.words import to_text
from data.register.incidents import KnownIncident
from data.register.patterns import Window
from data.register.queue import queue
from data.register.search.query import parse
from data.vault.entries import CircleKind
from data.vault.operations import Operation, Put, PutGrant
from data.vault.records import grant_shared, make_record
from data.vault.vault import Vault
from data.words import Words
from pesttui.commands.shapes import Shapes

from .vault_kit import inject

KINDS: Mapping[str, type[msgspec.Struct]] = {
    name: getattr(schema, word)
    for name, word in {
        "school": "School", "groups": "Group", "pupils": "Pupil", "settings": "Settings", "cases": "Case",
        "steps": "StepRecord", "decisions": "Decision", "agreements": "Agreement", "checks": "Check",
        "approaches": "Approach", "complaints": "Complaint", "incidents": "Incident",
        "incident_events": "IncidentEvent", "dismissals": "Dismissal", "analyses": "Analysis",
        "improvements": "Improvement", "notes": "Note", "log": "LogEntry", "questions": "Question",
        "consents": "Consent", "counts": "Counts",
    }.items()
}  # fmt: skip

STRANGE = (
    "",
    " ",
    "\u200b",
    "'",
    "-",
    "\u2029",
    "[bold]x[/]",
    "\x1b[2J",
    "\u202ekind",
    "👩‍👩‍👧",
    "=1+1",
    "0" * 16,
    "zz",
)
DAYS = ("0001-01-01", "9999-12-31", *("2026-11-18", "2026-11-01", "2027-02-28", "1901-01-01", "2199-12-31") * 3)
MOMENTS = (
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z"),
    *("2026-10-25T02:30:00+02:00", "2026-11-18T09:00:00+01:00", "2026-11-17T13:00:00+01:00") * 4,
    *("1901-01-01T00:00:00+14:00", "2199-12-31T23:59:59-12:00") * 3,
)


LONG = "@long"
KNOWN = ("@case", "@note", "@draft", "@incident", "@digest", "@zoe", "@daniel", "@anne", "@joost")
"""Stand for what is only known in one file: a draw must not depend on it."""
LIKELY = (*KNOWN, "vervalst0", "vervalst1", "vervalst2", "2026-2027", "zevensprong", "fysiek")


def filled(value: Any, known: Mapping[str, str]) -> Any:
    """Return a drawn value with what stands for something in this file."""
    if isinstance(value, str):
        return "woord " * 9000 if value == LONG else known.get(value, value)
    if isinstance(value, dict):
        return {filled(key, known): filled(item, known) for key, item in value.items()}
    return [filled(item, known) for item in value] if isinstance(value, list) else value


def values(kind: Any, field: str = "") -> st.SearchStrategy[Any]:
    """Return values that a field takes, likely and absurd ones."""
    origin, words = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return documents(kind)
    if hasattr(kind, "__metadata__"):
        return values(kind.__origin__, field)
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(word, field) for word in words))
    if origin is tuple:
        return st.lists(values(words[0], field), min_size=field in ("notes", "cases"), max_size=4)
    if origin is dict:
        return st.dictionaries(st.sampled_from((*LIKELY, *STRANGE)), values(words[1]), max_size=3)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.sampled_from([one.value for one in kind])
    plain: dict[Any, st.SearchStrategy[Any]] = {
        type(None): st.none(),
        bool: st.booleans(),
        int: st.sampled_from((0, 1, 2, 3, 8, -1, 2**63 - 1, -(2**63))),
        str: st.sampled_from((*LIKELY, *LIKELY, *STRANGE, LONG)),
        dt.date: st.sampled_from(DAYS),
        dt.datetime: st.sampled_from(MOMENTS),
        Any: st.sampled_from((None, -1, 1e308, LONG, [[[]]], {"a": {"b": []}})),
    }
    return plain[kind] if kind in plain else st.sampled_from(get_args(kind) or ("?",))


@functools.cache
def documents(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents of a kind as JSON values; what may be left out sometimes is."""
    hints = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    tag = kind.__struct_config__.tag
    must = {name: values(field.type, name) for name, field in hints.items() if field.required}
    may = {name: values(field.type, name) for name, field in hints.items() if not field.required}
    return st.fixed_dictionaries(must, optional=may).map(lambda made: {"type": tag, **made} if tag else made)


def write(vault: Vault, table: str, ident: str, content: bytes, home: bytes, circles: Iterable[bytes]) -> None:
    """Write what no honest program would, validly signed and granted."""
    inject(vault, *forged(vault, table, ident, content, home, circles))


def forged(
    vault: Vault, table: str, ident: str, content: bytes, home: bytes, circles: Iterable[bytes]
) -> list[Operation]:
    """Return what writes a document to a place."""
    place, key = (table, ident), vault.new_key()
    before = vault.record(place)
    record = make_record(
        content, place=place, vault_id=vault.id, rev=before.rev + 1 if before else 1, author=vault.me.id, home=home,
        time=vault.machine.milliseconds(), key=key, nonce=vault.machine.random(12), signer=vault.opened.keys,
    )  # fmt: skip
    found = [vault.directory.circles[circle] for circle in dict.fromkeys((home, *circles))]
    grants = [
        PutGrant(
            place, grant_shared(vault_id=vault.id, place=place, circle=one.id, epoch=one.epoch, box=one.box, key=key)
        )
        for one in found
    ]
    return [Put(place, record), *grants]


def everywhere(vault: Vault) -> list[bytes]:
    """Return every circle but other people's own."""
    own = vault.own_circle()
    return [
        circle.id
        for circle in vault.directory.circles.values()
        if circle.kind is not CircleKind.PERSON or circle.id == own
    ]


def home_of(vault: Vault, table: str, code: str) -> bytes:
    """Return where a document of a table is at home, for who may be at home there."""
    directory, homes = vault.directory, schema.POLICIES[table].homes
    if CircleKind.PERSON in homes:
        return vault.own_circle()
    if CircleKind.CASE in homes:
        circle = directory.labelled(CircleKind.CASE, code)
        assert circle is not None
        return circle.id
    return directory.the(min(homes, key=lambda kind: kind is CircleKind.DIRECTION)).id


def digests(register: Register) -> tuple[str, ...]:
    vault = register.vault
    contents = (vault.read(("incidents", ident)) for ident in vault.ids("incidents"))
    return tuple(hashlib.sha256(content).hexdigest() for content in contents if content is not None)


def read_everything(register: Register) -> None:
    """Ask for all that the screens and the commands ask for; nothing of it may fail."""
    words = Words("nl")
    today, shapes = register.now().date(), Shapes(register, words)
    day = look(register)
    for name in ("mine", "attention", "all", "closed"):
        day.chosen(name)
    known_cases, notes = register.cases.all(), register.notes.all()
    jobs: list[Callable[[], object]] = [
        lambda: [shapes.note(one) for one in notes],
        lambda: [(one.first, one.written) for one in notes],
        lambda: [shapes.due(due, today) for due in (*agenda(known_cases), *waiting(register, known_cases))],
        lambda: queue(register),
        lambda: _incidents(register, shapes),
        lambda: [
            (p.pattern.places, p.pattern.parts, p.pattern.weeks) for w in Window for p in register.patterns.all(w)
        ],
        lambda: [register.log.all(), [shapes.log_line(register, line) for line in register.log.all()]],
        lambda: [shapes.pupil(one) for one in register.pupils.all()],
        lambda: [shapes.person(one) for one in register.people.all()],
        lambda: (register.house.now(), register.house.groups(), register.house.fillers(), register.settings()),
        lambda: (register.questions.all(register.now() - dt.timedelta(days=9999)), register.complaints.all()),
        lambda: (register.counsel.all(), register.counsel.consents(), register.counsel.released()),
        lambda: (register.notes.unfinished(), register.notes.waiting(), register.notes.alone()),
        register.search.read_all,
        lambda: register.search.find(parse("woord", today), words, 20),
        lambda: _year(register),
    ]
    for job in jobs:
        job()
    for known in known_cases:
        shapes.case(known, today)
        shapes.whole_case(known, today)
        register.members.of(known.code)
        register.log.of_case(known.code)
        assert known.forms is not None
        for pupil in (None, *known.names):
            to_text(build(register, known.code, pupil), words)


def _incidents(register: Register, shapes: Shapes) -> None:
    found: list[KnownIncident] = register.incidents.all()
    for one in found:
        shapes.incident(one)
        register.incidents.kind(one.record)
        if one.standing:
            for pupil in register.parnassys.pupils(one)[:2]:
                register.parnassys.text(Words("nl"), [one], pupil)


def _year(register: Register) -> None:
    if register.year.reads:
        register.year.best()
        register.year.stored()
        register.year.points()
