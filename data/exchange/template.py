"""A school's own template of a text: lines with `{words}` that are filled in, and nothing else that means anything."""

import re
from collections.abc import Collection, Mapping

from ..clean import clean_text
from ..errors import N_, UsageError

MOST = 4_000
"""How long a template is at most, in characters."""

FIELDS = (
    "naam",
    "datum",
    "tijd",
    "soort",
    "rol",
    "anderen",
    "wat",
    "woorden",
    "waar",
    "waarmee",
    "waarom",
    "maatregelen",
    "ouders",
    "directie",
    "door",
)
"""What the template of a text for ParnasSys can ask for, in the order in which it is explained."""

_PLACE = re.compile(r"\{([^{}\n]*)\}")


def check_template(template: str, known: Collection[str]) -> str:
    """Return a template cleaned; raises UsageError for a word between braces that is none of `known`."""
    text = clean_text(template, MOST + 1).strip("\n")
    if len(text) > MOST:
        raise UsageError(N_("This text is too long: {count} characters, at most {most}."), count=len(text), most=MOST)
    places = [found.strip() for found in _PLACE.findall(text)]
    strange = [place for place in places if place not in known]
    if strange:
        raise UsageError(
            N_("Nothing is called {place} here. Known are: {known}."),
            place="{" + strange[0][:40] + "}",
            known=" ".join("{" + word + "}" for word in known),
        )
    if text.strip() and not places:
        raise UsageError(N_("A template has at least one word between braces, such as {place}."), place="{wat}")
    return text


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its words filled in; what a value holds is never looked at again.

    A line of which every value is empty is left out; an unknown word stays as it stands.
    """
    lines = []
    for line in template.splitlines():
        said = [values.get(place.strip(), "?") for place in _PLACE.findall(line)]
        if not said or any(said):
            lines.append(_PLACE.sub(lambda found: values.get(found[1].strip(), found[0]), line).rstrip())
    return "\n".join(lines).strip("\n")
