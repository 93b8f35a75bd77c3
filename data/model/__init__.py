"""The documents of the school's file, as typed structs."""

from .documents import (
    Case,
    CasePupil,
    Group,
    Note,
    NoteKind,
    Participant,
    ParticipantRole,
    Pupil,
    PupilRef,
    School,
    Settings,
    StepRecord,
    Strand,
    Text,
)

__all__ = [
    "Case",
    "CasePupil",
    "Group",
    "Note",
    "NoteKind",
    "Participant",
    "ParticipantRole",
    "Pupil",
    "PupilRef",
    "School",
    "Settings",
    "StepRecord",
    "Strand",
    "Text",
]
