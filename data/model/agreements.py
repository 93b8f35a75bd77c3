"""What was agreed and how it was kept, how a case is approached, and official complaints: typed structs."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from .documents import Moment, Text

Safety = Annotated[int, msgspec.Meta(ge=1, le=5)]
"""A child's own score for how safe school feels: 1 not at all, 5 quite."""


class AgreedWith(StrEnum):
    """With whom something was agreed."""

    GROUP = "group"
    FAMILY = "family"
    PUPIL = "pupil"


class Kept(StrEnum):
    """How an agreement was kept."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT = "not"


class Agreement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An agreement; one with a group can serve several cases of that group."""

    cases: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=20)]
    """Codes of the cases it serves; the first is where it was made."""
    party: AgreedWith
    author: str
    happened: date
    entered: Moment
    text: Text
    about: tuple[str, ...] = ()
    """The pupils it is with, or whose families: whose strand it belongs to. Empty for the group."""
    group: str = ""
    """The id of the group it was made with."""
    check_on: date | None = None
    corrects: str = ""
    """The id of the agreement that this one corrects, and that is shown beside it."""


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A look at whether an agreement was kept."""

    agreement: str
    case: str
    author: str
    happened: date
    entered: Moment
    kept: Kept
    text: Text = ()
    safety: Safety | None = None
    about: str = ""
    """The pupil whose score it is."""
    next_on: date | None = None
    """When it is looked at again; None: it need not be."""


class Approach(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the protocol's methods was begun in a case, or looked back on (`looked`)."""

    case: str
    method: str
    """The id of a method in the protocol."""
    author: str
    happened: date
    entered: Moment
    text: Text = ()
    about: tuple[str, ...] = ()
    looked: bool = False
    safety: Safety | None = None


class Complaint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An official complaint came in, or something came of it (`to`); its content is the board's, not the program's."""

    case: str
    author: str
    happened: date
    entered: Moment
    source: Text = ()
    """From whom: parents of whom, in the words of who wrote it down."""
    route: Text = ()
    """Where it goes: the counsellor points the way."""
    to: str = ""
    """The id of the complaint that this says something about."""
    text: Text = ()
    until: date | None = None
    """By when something has to be done; what is written later takes its place."""
