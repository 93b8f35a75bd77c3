"""The names of other pupils, as somebody may have typed them into a text that one pupil's parents are to read."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...alike import LOOKS, shapeless, spellings
from ...exchange.masking import forms_of_name
from .facts import Facts

if TYPE_CHECKING:
    from ..session import Register


def names_of_others(register: "Register", facts: Facts, pupil: str) -> tuple[str, ...]:
    """Return the names by which pupils but one may stand in a text, typed and not as a reference.

    Whole names of everybody who is or was at school; given names of those in the case, in its notes and incidents, and
    in the groups of these: elsewhere in the school a given name is more often a word, or somebody else. Of those in the
    case, its notes and incidents also family names and initials. No name that is a part of the pupil's own.
    """
    listed = {known.id: known for known in register.pupils.everybody()}
    near = {*facts.known.names, *(one.pupil for known in facts.notes for one in known.note.pupils)}
    near |= {one.pupil for known in facts.incidents for one in known.record.pupils}
    groups = {listed[ident].pupil.group for ident in near if ident in listed}
    forms = set[str]()
    for ident in {*facts.known.names, *listed} - {pupil}:
        known = listed.get(ident)
        names = {facts.known.names.get(ident, ""), known.name if known else ""}
        forms |= names
        if ident in near:
            for name in filter(str.strip, names):
                forms |= forms_of_name(known.pupil.given if known else name.split(maxsplit=1)[0], name)
        if ident in near or (known and known.pupil.group in groups):
            forms |= {name.split(maxsplit=1)[0] for name in names if name.split()}
            forms.add(known.pupil.given if known else "")
    own = facts.known.names.get(pupil, "")
    words = plain(own).split()
    mine = {" ".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, len(words) + 1)}
    mine |= {plain(form) for word in own.split() for form in spellings(word)}
    return tuple(sorted({plain(one) for form in forms for one in spellings(form)} - mine - {""}))


def plain(text: str) -> str:
    """Return a text as it reads, for names to be found in: small letters without accents, and blanks between words.

    Nothing that has no shape of its own, and no other way to write the same letters, hides a name.
    """
    apart = unicodedata.normalize("NFKD", text).casefold()
    seen = "".join(LOOKS.get(c, c) for c in apart if not shapeless(c))
    return " ".join(re.sub(r"[\W\d_]+", " ", seen).split())


def stand_in(text: str, forms: Iterable[str]) -> bool:
    """Whether one of some `plain` names stands in a text as a word, also with a genitive's s, or spelled with one."""
    words = f" {plain(text)} "
    return any(f" {form} " in words or f" {form}s " in words for form in forms)
