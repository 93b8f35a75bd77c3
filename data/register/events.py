"""Reading events: by who signed them, whatever their content says."""

from typing import Protocol, TypeVar

import msgspec

from ..vault.table import VaultDB
from ..vault.vault import Vault


class _Authored(Protocol):
    @property
    def author(self) -> str: ...


Event = TypeVar("Event", bound=_Authored)


def event_of(vault: Vault, db: VaultDB, table: str, ident: str, kind: type[Event]) -> tuple[str, Event] | None:
    """Return an event with its id; None where this person cannot read it. Nobody writes in another's name."""
    document, signed = db.table(table).get(doc_id=ident), vault.record((table, ident))  # type: ignore[call-overload]
    if document is None or signed is None:
        return None
    said: Event = msgspec.convert(dict(document), kind)
    return ident, msgspec.structs.replace(said, author=signed.author.hex())  # type: ignore[type-var]
