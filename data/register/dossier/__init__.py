"""The dossier: a case as proof, step by step, and what complaint rulings look at."""

from .build import build
from .parts import Dossier, Kind, Part, Said, Scope, Section, Statement, whose
from .questions import Answer, Asked, Gap, GapKind, Ruled, questions

__all__ = [
    "Answer",
    "Asked",
    "Dossier",
    "Gap",
    "GapKind",
    "Kind",
    "Part",
    "Ruled",
    "Said",
    "Scope",
    "Section",
    "Statement",
    "build",
    "questions",
    "whose",
]
