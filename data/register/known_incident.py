"""An incident as one person sees it: its record, what was done about it, and what is still to be done."""

from dataclasses import dataclass

from ..model import Incident, IncidentEvent, IncidentWhat, ParticipantRole
from .text import pupils_in

_BESIDE = frozenset({ParticipantRole.DEFENDER, ParticipantRole.BYSTANDER})
"""Who saw it or helped: their parents need not be told, and nothing has to stand in their ParnasSys file."""


@dataclass(frozen=True)
class KnownEvent:
    """Something that was done about an incident, with its id."""

    id: str
    record: IncidentEvent
    taken_back: bool = False
    """Whether its author said since that it was a mistake."""

    @property
    def counts(self) -> bool:
        """Whether it says that something was done."""
        return not self.taken_back and not self.record.takes_back


@dataclass(frozen=True)
class KnownIncident:
    """An incident with its id and what was done about it, by day."""

    id: str
    record: Incident
    events: tuple[KnownEvent, ...] = ()
    """What was done about it or about an entry that it corrects, mistakes too; `done` has those that count."""
    corrected: bool = False
    """Whether another entry stands in its place."""

    @property
    def standing(self) -> bool:
        """Whether it counts: no entry corrects it."""
        return not self.corrected

    @property
    def author(self) -> str:
        """The id of who decided on it."""
        return self.record.author

    @property
    def concerned(self) -> tuple[str, ...]:
        """The pupils whose parents are to be told and in whose file it belongs: not who only saw it or helped."""
        return tuple(one.pupil for one in self.record.pupils if one.role not in _BESIDE)

    def done(self, what: IncidentWhat) -> tuple[IncidentEvent, ...]:
        """Return what counts of one kind, by day."""
        return tuple(one.record for one in self.events if one.counts and one.record.what is what)

    def _without(self, what: IncidentWhat) -> tuple[str, ...]:
        there: set[str] = set()
        for event in self.done(what):
            there.update(event.about or self.concerned)
        return tuple(pupil for pupil in self.concerned if pupil not in there)

    @property
    def director(self) -> bool:
        """Whether the direction was brought in."""
        return bool(self.done(IncidentWhat.DIRECTOR))

    @property
    def untold(self) -> tuple[str, ...]:
        """The pupils whose parents were not told yet."""
        return self._without(IncidentWhat.PARENTS)

    @property
    def unentered(self) -> tuple[str, ...]:
        """The pupils in whose ParnasSys file it does not stand yet."""
        return self._without(IncidentWhat.PARNASSYS)

    @property
    def reported(self) -> bool:
        """Whether it was reported, or decided that it need not be."""
        return bool(self.done(IncidentWhat.REPORTED))

    @property
    def waits(self) -> bool:
        """Whether something is still to be done: parents to tell, or a text to put into ParnasSys."""
        return self.standing and bool(self.untold or self.unentered)


def named_in(record: Incident) -> set[str]:
    """Return the pupils who were in an incident or are named in its texts."""
    texts = (record.what, record.with_what, record.why, record.measures)
    return {*(one.pupil for one in record.pupils), *(pupil for text in texts for pupil in pupils_in(text))}
