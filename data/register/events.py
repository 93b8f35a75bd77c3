"""Reading events: by who signed them, whatever their content says."""

from typing import TypeVar

import msgspec

from ..vault.table import VaultDB
from ..vault.vault import Vault

Event = TypeVar("Event", bound=msgspec.Struct)


def event_of(vault: Vault, db: VaultDB, table: str, ident: str, kind: type[Event]) -> tuple[str, Event] | None:
    """Return an event with its id; None where this person cannot read it. Nobody writes in another's name."""
    said, signed = db.table(table).typed(ident, kind), vault.record((table, ident))
    if said is None or signed is None:
        return None
    return ident, by_author(said, signed.author.hex())


def by_author(said: Event, author: str) -> Event:
    """Return an event as its author's, whoever its content names."""
    return said if getattr(said, "author", None) == author else msgspec.structs.replace(said, author=author)
