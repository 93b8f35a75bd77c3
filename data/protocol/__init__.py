"""The school's protocol: the file it stands in, and how far a case has come in it."""

from .loader import (
    Identity,
    Phase,
    Proof,
    Protocol,
    RoleWord,
    Step,
    When,
    builtin,
    load,
    parse,
)
from .progress import Progress, StepEvent, StepState, StepView, check_event, progress

__all__ = [
    "Identity",
    "Phase",
    "Progress",
    "Proof",
    "Protocol",
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
