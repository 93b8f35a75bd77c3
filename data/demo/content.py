"""The demo school's people and its story, read from the TOML files beside this module."""

import datetime as dt
import re
import tomllib
from importlib import resources
from random import Random

import msgspec

from ..model import (
    AgreedWith,
    Contact,
    DecisionKind,
    Ground,
    IncidentWhat,
    Kept,
    NationalKind,
    NoteKind,
    ParticipantRole,
    Pupil,
    Source,
)
from ..protocol import StepState
from ..vault.entries import Role

_KEY = re.compile(r"\{(\d[jm]\d+)(\+?)\}")


class Staff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who works at the demo school; `guest_days` is how long a guest takes part."""

    login: str
    name: str
    roles: tuple[Role, ...]
    passphrase: str
    groups: tuple[str, ...] = ()
    guest_days: int = 0


class Names(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Given and family names that go together, and how often they are drawn."""

    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]


class Cast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everybody: the staff, how many pupils each group has, and what pupils may be called."""

    school: str
    founder: str
    teacher: str
    staff: tuple[Staff, ...]
    groups: dict[str, int]
    names: tuple[Names, ...]
    rules: tuple[str, ...]
    contacts: tuple[Contact, ...]
    group_rules: dict[str, tuple[str, ...]]


class Scene(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened: `back` school days before the last whole one, at a time in the local zone."""

    back: int
    at: dt.time
    by: str = ""


class NoteScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note; `late` is how many minutes later it was written down, `case` the id of a case in the story.

    `corrects` is the id of a note of the same author.
    """

    facts: str
    words: str = ""
    did: str = ""
    kind: NoteKind = NoteKind.OBSERVATION
    pupils: dict[str, ParticipantRole] = {}
    place: str = ""
    late: int = 0
    id: str = ""
    case: str = ""
    behaviours: tuple[str, ...] = ()
    source: Source | None = None
    heard_from: str = ""
    concept: bool = False
    corrects: str = ""


class StepScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened to a step, written by the case's owner unless `by` names a colleague."""

    number: int
    state: StepState = StepState.DONE
    text: str = ""
    reason: str = ""
    why: str = ""
    """Why the next phase is needed, at its first step."""
    about: tuple[str, ...] | None = None
    """Whose side it was, where that is not everybody the text names."""
    details: dict[str, str] = {}
    """What its proof holds, by field (`data/protocol/proofs.py`)."""
    present: str = ""


class DecisionScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that was decided about a case; `again` is how many days later it is looked at again."""

    kind: DecisionKind = DecisionKind.CONSULTED
    advice: str = ""
    text: str = ""
    again: int = 0
    told: tuple[str, ...] = ()
    """The pupils whose families were told of a closing."""


class CheckScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody looked at an agreement; `look` is in how many days it is looked at again, 0 for never."""

    kept: Kept
    text: str = ""
    safety: int | None = None
    about: str = ""
    look: int = 0


class AgreementScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something was agreed; `look` is in how many days it is looked at."""

    party: AgreedWith = AgreedWith.GROUP
    text: str
    about: tuple[str, ...] = ()
    look: int = 0
    checks: tuple[CheckScene, ...] = ()


class ApproachScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A method of the protocol was begun in a case, or looked back on."""

    method: str
    looked: bool = False
    text: str = ""
    safety: int | None = None
    about: str = ""


class CaseScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case opened from notes; `members` come on top of who takes part by themselves."""

    id: str
    notes: tuple[str, ...]
    members: tuple[str, ...] = ()
    steps: tuple[StepScene, ...] = ()
    decisions: tuple[DecisionScene, ...] = ()
    agreements: tuple[AgreementScene, ...] = ()
    approaches: tuple[ApproachScene, ...] = ()


class IncidentEventScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something was done about an incident, by who decided on it unless `by` names a colleague."""

    what: IncidentWhat
    text: str = ""
    about: tuple[str, ...] = ()


class IncidentScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note was decided to be an incident."""

    note: str
    behaviour: str
    ground: Ground = Ground.JUDGEMENT
    national: NationalKind | None = None
    grave: bool = False
    with_what: str = ""
    why: str = ""
    done: tuple[IncidentEventScene, ...] = ()


class Look(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody looked at everything they can read."""


class DismissalScene(Scene, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody found that nothing follows from what notes show about some pupils."""

    pupils: tuple[str, ...]
    reason: str


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that happened, in no particular order."""

    notes: tuple[NoteScene, ...]
    cases: tuple[CaseScene, ...]
    looks: tuple[Look, ...]
    incidents: tuple[IncidentScene, ...] = ()
    dismissals: tuple[DismissalScene, ...] = ()

    @property
    def leads(self) -> set[str]:
        """The keys of the pupils whom the story is about."""
        return {key for note in self.notes for key in note.pupils}


def load_cast() -> Cast:
    """Return the demo school's people."""
    return msgspec.convert(_toml("people.toml"), Cast)


def load_story() -> Story:
    """Return what happened at the demo school."""
    return msgspec.convert(_toml("story.toml"), Story)


def _toml(name: str) -> object:
    return tomllib.loads((resources.files(__package__) / name).read_text("utf-8"))


def keys_in(text: str) -> list[str]:
    """Return the keys of the pupils in a text of the story."""
    return [found[0] for found in _KEY.findall(text)]


def with_names(text: str, pupils: dict[str, Pupil]) -> str:
    """Return a text of the story with names in it: `{6m1}` a given name, `{6m1+}` a whole one."""
    return _KEY.sub(lambda found: pupils[found[1]].name if found[2] else pupils[found[1]].given, text)


def draw_pupils(cast: Cast, leads: set[str], random: Random) -> dict[str, Pupil]:
    """Return the pupils by key (`6m1`: group 6, first girl); `group` holds the group's name.

    No two have the same whole name. Those in `leads` share their given name with no other of them, so that the
    story's texts are clear; two boys of every group from 6 on share theirs, as happens in real ones.
    """
    found: dict[str, Pupil] = {}
    used: set[str] = set()
    sets, weights = cast.names, [names.weight for names in cast.names]
    keys = [
        (group, f"{group.split()[-1]}{'mj'[number % 2]}{number // 2 + 1}")
        for group, size in cast.groups.items()
        for number in range(size)
    ]
    # The leads choose first: enough names are left for them to differ.
    for group, key in sorted(keys, key=lambda item: item[1] not in leads):
        taken = {
            pupil.given for other, pupil in found.items() if pupil.group == group or (key in leads and other in leads)
        }
        while True:
            names = random.choices(sets, weights)[0]
            given = random.choice(names.girls if "m" in key else names.boys)
            family = random.choice(names.families)
            if given not in taken and f"{given} {family}" not in used:
                break
        used.add(f"{given} {family}")
        found[key] = Pupil(given=given, family=family, group=group)
    return _with_namesakes(cast, found, leads)


def _with_namesakes(cast: Cast, pupils: dict[str, Pupil], leads: set[str]) -> dict[str, Pupil]:
    """Let the last boy of the higher groups have the given name of another."""
    whole = {pupil.name for pupil in pupils.values()}
    for group in list(cast.groups)[5:]:
        *others, last = [
            key for key, pupil in pupils.items() if pupil.group == group and "j" in key and key not in leads
        ]
        for other in others:
            renamed = msgspec.structs.replace(pupils[last], given=pupils[other].given)
            if renamed.name not in whole:
                pupils[last] = renamed
                whole.add(renamed.name)
                break
    return pupils
