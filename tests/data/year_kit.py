"""A school year at the small school: incidents, each with a note, and what was done about them."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from data.model import Ground, Incident, IncidentEvent, IncidentWhat, NationalKind, Participant, ParticipantRole
from data.register import Jotting, Register
from data.register.incident_reader import IncidentReader

from .school_kit import PUPILS, Kit

NAMES = tuple(name for names in PUPILS.values() for name in names)


def incident(
    kit: Kit,
    register: Register,
    names: Sequence[str],
    *,
    kind: str = "fysiek",
    place: str = "plein",
    happened: dt.datetime | None = None,
    national: NationalKind | None = None,
    whole: bool = True,
    corrects: str = "",
) -> str:
    """Write an incident about pupils by whole name, the first of whom was hurt."""
    at = happened or kit.clock.now()
    roles = (ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR)
    pupils = tuple(Participant(pupil=kit.ids[name], role=roles[at > 0]) for at, name in enumerate(names))
    note = register.notes.add(Jotting("Geduwd.", pupils=tuple((one.pupil, one.role) for one in pupils), happened=at))
    record = Incident(
        notes=(note,), author=register.me, entered=kit.clock.now(), ground=Ground.JUDGEMENT, behaviour=kind,
        national=national, happened=at, pupils=pupils, place=place, what=("Geduwd.",),
        with_what=("Met de hand.",) if whole else (), why=("Onbekend.",), measures=("Gepraat.",), corrects=corrects,
    )  # fmt: skip
    return str(register.db.table("incidents").insert(msgspec.to_builtins(record)))


def done(kit: Kit, register: Register, ident: str, what: IncidentWhat, *names: str) -> str:
    """Write what was done about an incident; about nobody in particular stands for everybody."""
    event = IncidentEvent(
        incident=ident, author=register.me, happened=kit.clock.now().date(), entered=kit.clock.now(), what=what,
        about=tuple(kit.ids[name] for name in names), digest=IncidentReader(register.vault, register.db).digest(ident),
    )  # fmt: skip
    return str(register.db.table("incident_events").insert(msgspec.to_builtins(event)))


def a_year(kit: Kit, register: Register, *, last: bool = False) -> None:
    """Write twelve incidents: seven on the yard at noon, five in class; of this school year or the one before."""
    day = kit.clock.now().replace(hour=12, minute=10) - dt.timedelta(days=364 if last else 7)
    with register.vault.transaction():
        for at in range(7):
            pair = NAMES[at], NAMES[(at + 1) % len(NAMES)]
            incident(kit, register, pair, happened=day, kind="fysiek")
        for at in range(5):
            pair = NAMES[at], NAMES[(at + 2) % len(NAMES)]
            incident(kit, register, pair, happened=day + dt.timedelta(days=1), kind="verbaal", place="klas")
