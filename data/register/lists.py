"""The lists a school begins with, and may change: places, kinds of behaviour, words that judge.

Common knowledge, not a norm: what counts is the school's own list. The nine national kinds are those of ITS/OCW 2009.
"""

from ..model import Behaviour, NationalKind, School

PLACES = ("klas", "gang", "toilet", "plein", "gym", "overblijf", "route", "online", "elders")

BEHAVIOURS = (
    Behaviour(id="fysiek", name="fysiek"),
    Behaviour(id="verbaal", name="verbaal"),
    Behaviour(id="buitensluiten", name="buitensluiten"),
    Behaviour(id="spullen", name="spullen", national=NationalKind.DAMAGE),
    Behaviour(id="digitaal", name="digitaal"),
    Behaviour(id="bedreiging", name="bedreiging", national=NationalKind.THREAT),
    Behaviour(id="discriminatie", name="discriminatie", national=NationalKind.DISCRIMINATION),
    Behaviour(id="seksueel", name="seksueel", national=NationalKind.SEXUAL),
    Behaviour(id="wapen", name="wapen", national=NationalKind.WEAPON),
    Behaviour(id="overig", name="overig"),
)

JUDGING = ("gemeen", "expres", "altijd", "nooit", "agressief", "asociaal", "vals", "zielig", "stiekem", "pester", "lui")


def behaviours(school: School) -> tuple[Behaviour, ...]:
    """Return the kinds of behaviour the school tells apart."""
    return school.behaviours or BEHAVIOURS


def judging(school: School) -> tuple[str, ...]:
    """Return the words at which a note asks for what was seen."""
    return JUDGING if school.judging is None else school.judging
