"""Texts for ParnasSys: of a note or an incident, for one pupil; each that leaves the file stands in the log."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import N_, NotAllowed, UsageError
from ..model import IncidentWhat, LogWhat, PupilRef, Text
from ..words import Words
from .incidents import kind_name
from .known_incident import KnownIncident
from .lists import behaviours
from .notes import KnownNote

if TYPE_CHECKING:
    from .session import Register

Source = KnownIncident | KnownNote
"""What a text is made of."""


class Parnassys:
    """The texts that this person can make."""

    def __init__(self, register: "Register") -> None:
        self._register = register

    def source(self, ident: str) -> Source:
        """Return an incident, or else a note, by id.

        Raises NotAllowed where there is none that one can read or it is private, UsageError for an entry that was
        corrected.
        """
        register = self._register
        incident = next((known for known in register.incidents.all() if known.id == ident), None)
        if incident is not None:
            if incident.corrected:
                raise UsageError(N_("This entry was corrected. Use the newest one."))
            return incident
        note = register.notes.get(ident)
        if note is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        register.notes.check_shared([ident])
        return note

    def waiting(self, pupil: str) -> list[KnownIncident]:
        """Return the incidents that do not stand in one pupil's ParnasSys file yet, oldest first."""
        return [known for known in self._register.incidents.all() if known.standing and pupil in known.unentered]

    @staticmethod
    def pupils(source: Source) -> tuple[str, ...]:
        """Return the pupils whom something is about, those in whose file it belongs first."""
        if isinstance(source, KnownNote):
            return tuple(one.pupil for one in source.note.pupils)
        return tuple(dict.fromkeys((*source.concerned, *(one.pupil for one in source.record.pupils))))

    def text(self, words: Words, sources: Iterable[Source], pupil: str, *, name: str = "") -> str:
        """Return the text for one pupil's file, of one thing or of several with a blank line between.

        `name` stands for the pupil, else the given name. Other pupils are not named in it, however they were typed.
        Raises UsageError for something that is not about that pupil.
        """
        from ..exchange.parnassys import Writer, of_incident, of_note  # noqa: PLC0415 - only when it is asked for

        register, made = self._register, []
        school = register.school()
        listed = behaviours(school)
        pupils = register.pupils.everybody()
        for source in sources:
            if pupil not in self.pupils(source):
                raise UsageError(N_("This is not about that pupil."))
            author = register.people.name(_author(source))
            near = self._near(source, pupil)
            far = [known.name for known in pupils]
            groups = {known.pupil.group for known in pupils if known.id in near}
            far += [known.pupil.given for known in pupils if known.pupil.group in groups and known.id != pupil]
            writer = Writer(words, school.parnassys, pupil, near, far, (author,), called=name)
            if isinstance(source, KnownNote):
                kinds = ", ".join(kind_name(kind, listed) for kind in source.note.behaviours)
                entry = of_note(source.note, author, kinds)
            else:
                entry = of_incident(source, author, kind_name(source.record.behaviour, listed), pupil)
            made.append(writer.text(entry))
        return "\n\n".join(made) + "\n"

    def _near(self, source: Source, pupil: str) -> dict[str, tuple[str, str]]:
        """Return the pupils who may be called by a part of their name there: id → (given name, whole name)."""
        register = self._register
        texts: tuple[Text, ...]
        if isinstance(source, KnownNote):
            case, texts = source.case, (source.note.facts, source.note.words, source.note.did)
        else:
            record = source.record
            case, texts = record.case, (record.what, record.with_what, record.why, record.measures)
        idents = {pupil, *self.pupils(source), *(one for text in texts for one in _named(text))}
        names = register.incidents.names(idents, case)
        found = {}
        for ident, name in names.items():
            listed = register.pupils.get(ident)
            found[ident] = (listed.given if listed else "".join(name.split()[:1]), name)
        return found

    def took(self, sources: Iterable[Source]) -> None:
        """Write down that texts of these leave the file; raises NotAllowed where the log takes no such line."""
        cases = {case_of(one) for one in sources}
        with self._register.vault.transaction():
            for case in sorted(cases):
                if not self._register.log.exported(case, LogWhat.PARNASSYS):
                    raise NotAllowed(N_("This export cannot be written in the log, so it is not made."))

    def tick(self, incidents: Iterable[KnownIncident], pupil: str) -> None:
        """Write down that these stand in one pupil's ParnasSys file now; those that do already stay as they are."""
        with self._register.vault.transaction():
            for known in incidents:
                if pupil in known.unentered:
                    self._register.incidents.add(known.id, IncidentWhat.PARNASSYS, about=[pupil])

    def untick(self, incidents: Iterable[KnownIncident], pupil: str) -> None:
        """Take one's own ticks back for one pupil; raises NotAllowed where a colleague set one."""
        with self._register.vault.transaction():
            for known in incidents:
                for event in known.events:
                    about = event.record.about or known.concerned
                    if event.counts and event.record.what is IncidentWhat.PARNASSYS and pupil in about:
                        self._register.incidents.take_back(event.id)
                        if rest := [one for one in about if one != pupil]:
                            day = event.record.happened
                            self._register.incidents.add(known.id, IncidentWhat.PARNASSYS, about=rest, happened=day)


def file_name(pupil: str) -> str:
    """Return what its file is called: by an id that says nothing to others."""
    return f"parnassys-{pupil[:8]}.txt"


def case_of(source: Source) -> str:
    """Return the code of the case that something belongs to, if any."""
    return source.case if isinstance(source, KnownNote) else source.record.case


def _author(source: Source) -> str:
    return source.note.author if isinstance(source, KnownNote) else source.record.author


def _named(text: Text) -> list[str]:
    return [part.pupil for part in text if isinstance(part, PupilRef)]
