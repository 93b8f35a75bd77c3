"""What an entry's proof holds: from typed values to what is stored, and from there to words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..clean import clean_line
from ..model import Text
from ..protocol import Field, FieldKind
from ..protocol.proofs import checked
from ..words import Words
from .text import draw, link

MOST_SHOWN = 40
"""How many facts of one entry are shown: more than any proof asks for; a forged entry cannot fill the screen."""

Forms = Iterable[tuple[str, str]]
"""How pupils may be typed: (form of a name, id)."""


@dataclass(frozen=True)
class Fact:
    """One field of a proof in words: its label and what it says, on one line."""

    label: str
    said: str
    long: bool = False
    """Whether it is a text, and stands on lines of its own."""


def to_store(
    fields: Iterable[Field],
    typed: Mapping[str, str],
    forms: Forms,
    today: date,
    before: Mapping[str, Text] | None = None,
    name: Callable[[str], str] = str,
) -> dict[str, Text]:
    """Return typed values as an entry keeps them, pupils in them as references.

    `before` is what the entry held that is corrected, and `name` how its pupils were drawn for the form: what was
    not touched is kept as it is, and so is what this program has no field for. Raises UsageError.
    """
    known, earlier, forms = {field.id: field for field in fields}, before or {}, list(forms)
    same = {ident for ident, value in typed.items() if ident in earlier and value == draw(earlier[ident], name)}
    changed = checked(known.values(), {ident: value for ident, value in typed.items() if ident not in same}, today)
    found = {ident: said for ident, said in earlier.items() if ident in same or ident not in known}
    for ident, value in changed.items():
        coded = known[ident].kind in (FieldKind.CHOICE, FieldKind.DAY)
        found[ident] = (value,) if coded else link(value, forms)
    return found


def field_title(words: Words, field: Field) -> str:
    """Return what a field is called: in the protocol's own words where it has some."""
    return field.title or words.tr(field.label)


def facts(words: Words, fields: Iterable[Field], details: Mapping[str, Text], name: Callable[[str], str]) -> list[Fact]:
    """Return what a proof holds, in the order of the form; what this program does not know stands at the end, plainly.

    `name` draws a pupil (id → what this reader sees).
    """
    known = {field.id: field for field in fields}
    order = [ident for ident in known if ident in details] + [ident for ident in details if ident not in known]
    return [
        _fact(words, known.get(ident), ident, draw(details[ident], name)) for ident in order[:MOST_SHOWN]
    ]  # fmt: skip


def _fact(words: Words, field: Field | None, ident: str, said: str) -> Fact:
    line = " ".join(said.split())
    if field is None:
        return Fact(clean_line(ident, 40), line)
    if field.kind is FieldKind.CHOICE:
        label = next((option.label for option in field.options if option.value == line), "")
        return Fact(field_title(words, field), words.tr(label) if label else line)
    if field.kind is FieldKind.DAY:
        return Fact(field_title(words, field), _day(words, line))
    return Fact(field_title(words, field), line, long=field.kind is FieldKind.TEXT)


def _day(words: Words, said: str) -> str:
    try:
        return words.weekday(date.fromisoformat(said))
    except ValueError:  # written by no program of ours
        return said
