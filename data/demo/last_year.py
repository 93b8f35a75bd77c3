"""The demo school's last school year: incidents enough to learn something from, and what the school made of it."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random

import msgspec

from ..insight.year_input import next_year, span, year_of
from ..model import (
    Ground,
    Incident,
    IncidentEvent,
    IncidentWhat,
    NationalKind,
    Note,
    Participant,
    ParticipantRole,
    Text,
)
from ..register import KnownPupil, Register
from ..register.incident_reader import IncidentReader
from ..register.text import link
from .days import local

TERMS = 5
"""In so many goes the year is written: a save for each person and go, not for each incident."""

RARELY = 0.2
"""How often something happens on a day that is not its own, against one that is."""


class KindOfYear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a kind of behaviour happened, and in which words."""

    id: str
    times: int
    facts: tuple[str, ...]
    why: str
    national: NationalKind | None = None
    injured: int = 0
    """How many of them counted as violence with injury."""
    grave: int = 0
    """How many of them counted as severe bullying."""


class HourOfYear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often something happened in the half hour after a time of the day."""

    at: dt.time
    times: int
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    """On which days it happens most: Monday is 1."""


class Measures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written with an incident, whatever it was."""

    did: str
    with_what: str
    agreed: str


class PointOfYear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An improvement point, due so many days after the year; somebody may have written how far it is."""

    text: str
    owner: str
    due: int
    progress: str = ""
    by: str = ""


class YearScript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole year."""

    kinds: tuple[KindOfYear, ...]
    places: dict[str, int]
    hours: tuple[HourOfYear, ...]
    measures: Measures
    points: tuple[PointOfYear, ...]


def load_script() -> YearScript:
    """Return the year beside this module."""
    text = (resources.files(__package__) / "last_year.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), YearScript)


@dataclass(frozen=True)
class _Happened:
    """An incident before it is written."""

    at: dt.datetime
    by: str
    hurt: KnownPupil
    did: KnownPupil
    kind: KindOfYear
    national: NationalKind | None
    place: str
    facts: str


class LastYear:
    """Draws the incidents of the school year before `today`'s, and writes them in the order of time."""

    def __init__(self, teachers: Mapping[str, Sequence[str]], lead: str, today: dt.date, random: Random) -> None:
        self._teachers = teachers
        self._lead = lead
        self._random = random
        self._script = load_script()
        self.year = next_year(year_of(today), -1)
        first, last = span(self.year)
        self.begin, self.end = first + dt.timedelta(days=31), last - dt.timedelta(days=25)
        """Its school days, without most of the summer."""

    @property
    def closing(self) -> dt.datetime:
        """When the coordinator put the year's figures down."""
        return local(self.end + dt.timedelta(days=1), dt.time(14, 30))

    def terms(self, pupils: Sequence[KnownPupil]) -> Iterator[tuple[dt.datetime, list[_Happened]]]:
        """Yield what happened, in goes, each with the moment at which all of it was written."""
        drawn = sorted(self._draw(pupils), key=lambda one: one.at)
        size = -(-len(drawn) // TERMS)
        for at in range(0, len(drawn), size):
            batch = drawn[at : at + size]
            yield batch[-1].at + dt.timedelta(minutes=50), batch

    def _draw(self, pupils: Sequence[KnownPupil]) -> Iterator[_Happened]:
        random, script = self._random, self._script
        # The first group had not begun yet: last year its pupils were not at school.
        groups = {group: [one for one in pupils if one.group == group] for group in list(self._teachers)[1:]}
        days = [self.begin + dt.timedelta(days=at) for at in range((self.end - self.begin).days)]
        days = [day for day in days if day.weekday() < 5]
        kinds = [kind for kind in script.kinds for _ in range(kind.times)]
        places = [place for place, times in script.places.items() for _ in range(times)]
        hours = [hour for hour in script.hours for _ in range(hour.times)]
        random.shuffle(places)
        random.shuffle(hours)
        for number, (kind, place, hour) in enumerate(zip(kinds, places, hours, strict=True)):
            group = random.choice(list(groups))
            hurt, did = random.sample(groups[group], 2)
            of_kind = number - kinds.index(kind)
            national = kind.national
            if of_kind < kind.injured:
                national = NationalKind.INJURY
            elif of_kind < kind.grave:
                national = NationalKind.BULLYING
            day = random.choice([day for day in days if day.isoweekday() in hour.weekdays or random.random() < RARELY])
            moment = local(day, hour.at) + dt.timedelta(minutes=random.randrange(30))
            facts = random.choice(kind.facts)
            yield _Happened(moment, self._teachers[group][0], hurt, did, kind, national, place, facts)

    # --- writing -------------------------------------------------------------------------------------------

    def write(self, registers: Mapping[str, Register], happened: Sequence[_Happened]) -> None:
        """Write one go, each incident by its teacher."""
        for login in dict.fromkeys(one.by for one in happened):
            register = registers[login]
            with register.vault.transaction():
                written = [(one, *self._write(register, one)) for one in happened if one.by == login]
            with register.vault.transaction():
                for one, ident, entered in written:
                    self._follow(register, one, ident, entered)

    def _write(self, register: Register, one: _Happened) -> tuple[str, dt.datetime]:
        """Write the note and what was decided on it; return the incident's id and when that was."""
        random, measures = self._random, self._script.measures
        names = {"a": one.hurt.pupil.given, "b": one.did.pupil.given}
        forms = [(pupil.pupil.given, pupil.id) for pupil in (one.hurt, one.did)]

        def said(text: str) -> Text:
            return link(text.format(**names), forms)

        pupils = (
            Participant(pupil=one.hurt.id, role=ParticipantRole.VICTIM),
            Participant(pupil=one.did.id, role=ParticipantRole.PERPETRATOR),
        )
        entered = one.at + dt.timedelta(minutes=random.randint(5, 45))
        note = Note(
            author=register.me, happened=one.at, entered=entered, facts=said(one.facts), did=said(measures.did),
            pupils=pupils, place=one.place, behaviours=(one.kind.id,),
        )  # fmt: skip
        ident = str(register.db.table("notes").insert(msgspec.to_builtins(note)))
        whole = random.random() < 0.75
        incident = Incident(
            notes=(ident,), author=register.me, entered=entered, ground=Ground.JUDGEMENT, behaviour=one.kind.id,
            national=one.national, happened=one.at, pupils=pupils, place=one.place, what=said(one.facts),
            with_what=said(measures.with_what) if whole else (), why=said(one.kind.why) if whole else (),
            measures=said(measures.agreed),
        )  # fmt: skip
        return str(register.db.table("incidents").insert(msgspec.to_builtins(incident))), entered

    def _follow(self, register: Register, one: _Happened, incident: str, entered: dt.datetime) -> None:
        """Write what was done about most of them: parents told, the text put into ParnasSys."""
        digest = IncidentReader(register.vault, register.db).digest(incident)
        for what, often in ((IncidentWhat.PARENTS, 0.8), (IncidentWhat.PARNASSYS, 0.65)):
            if self._random.random() < often:
                event = IncidentEvent(
                    incident=incident, author=register.me, happened=one.at.date(), entered=entered, what=what,
                    about=(one.hurt.id, one.did.id), digest=digest,
                )  # fmt: skip
                register.db.table("incident_events").insert(msgspec.to_builtins(event))

    def close(self, registers: Mapping[str, Register]) -> None:
        """Put the year's figures down, with what is going to be better."""
        lead = registers[self._lead]
        lead.refresh()
        lead.year.put_down(self.year)
        for point in self._script.points:
            due = span(self.year)[1] + dt.timedelta(days=point.due)
            ident = lead.year.add_point(point.text, registers[point.owner].me, due, self.year)
            if point.progress:
                other = registers[point.by]
                other.refresh()
                other.year.about_point(ident, point.progress)
