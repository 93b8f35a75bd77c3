"""The Dutch catalogue: `python -m tests.catalogue` takes new messages in and compiles it."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "locale" / "nl" / "LC_MESSAGES"
PO, MO = FOLDER / "pesttui.po", FOLDER / "pesttui.mo"
KEYWORDS = {"N_": None, "tr": None, "trn": (1, 2)}
"""The functions whose strings are messages."""


def extract() -> Catalog:
    """Return every message in the three packages."""
    catalogue = Catalog(project="pesttui", charset="utf-8")
    for package in ("pesttui", "screens", "data"):
        found = extract_from_dir(ROOT / package, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for name, _, message, comments, _ in found:
            catalogue.add(message, locations=[(f"{package}/{name}", 0)], auto_comments=comments)
    return catalogue


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


def _told(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    print("\n".join(update()))
