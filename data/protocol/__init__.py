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

__all__ = [
    "Annex",
    "Chapter",
    "Checklist",
    "Criterion",
    "Identity",
    "Method",
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
    "load",
    "parse",
    "progress",
]
