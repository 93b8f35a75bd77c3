"""The school's protocol: the file it stands in, and how far a case has come in it."""

from .loader import builtin, load, parse
from .parts import (
    Annex,
    Chapter,
    Checklist,
    Criterion,
    Identity,
    Method,
    Phase,
    Proof,
    Protocol,
    Removal,
    RemovalItem,
    RoleText,
    RoleWord,
    Step,
    When,
)
from .progress import Progress, StepEvent, StepState, StepView, check_event, progress
from .proofs import Field, FieldKind, Option, fields_of, who_label

__all__ = [
    "Annex",
    "Chapter",
    "Checklist",
    "Criterion",
    "Field",
    "FieldKind",
    "Identity",
    "Method",
    "Option",
    "Phase",
    "Progress",
    "Proof",
    "Protocol",
    "Removal",
    "RemovalItem",
    "RoleText",
    "RoleWord",
    "Step",
    "StepEvent",
    "StepState",
    "StepView",
    "When",
    "builtin",
    "check_event",
    "fields_of",
    "load",
    "parse",
    "progress",
    "who_label",
]
