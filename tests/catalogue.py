"""The Dutch catalogue: `python -m tests.catalogue` takes new messages in and compiles it."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "locale" / "nl" / "LC_MESSAGES"
PO, MO = FOLDER / "pesttui.po", FOLDER / "pesttui.mo"
KEYWORDS = {"N_": 1, "tr": 1, "trn": 2}
"""The functions whose first strings are messages, and how many strings make one."""


def extract() -> Catalog:
    """Return every message in the three packages."""
    catalogue = Catalog(project="pesttui", charset="utf-8")
    for package in ("pesttui", "screens", "data"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for message in messages(path.read_text(encoding="utf-8")):
                catalogue.add(message, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalogue


def messages(source: str) -> Iterator[str | tuple[str, str]]:
    """Yield the messages in Python source, plurals as pairs.

    From the syntax tree: Babel's own extractor reads tokens, and before Python 3.12 misses what stands in an f-string.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            count = KEYWORDS.get(getattr(node.func, "id", getattr(node.func, "attr", "")), 0)
            given = [word.value for word in node.args[:count] if isinstance(word, ast.Constant)]
            texts = [text for text in given if isinstance(text, str) and text]
            if count and len(texts) == count:
                yield texts[0] if count == 1 else (texts[0], texts[1])


def stored() -> Catalog:
    """Return the Dutch catalogue as it stands in the project."""
    with PO.open("rb") as file:
        return read_po(file, locale="nl")


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update() -> list[str]:
    """Take in new messages, drop those that are gone, compile; returns what has no Dutch yet."""
    catalogue = stored() if PO.exists() else Catalog(locale="nl", project="pesttui", charset="utf-8")
    catalogue.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, omit_header=False, no_location=True)
    MO.write_bytes(compiled(stored()))
    return [str(message.id) for message in catalogue if message.id and not _told(message.string)]


def _told(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    print("\n".join(update()))
