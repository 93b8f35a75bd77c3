"""TinyDB on the vault: tables and queries as TinyDB has them, reading and writing as the vault allows."""

from collections.abc import Callable, ItemsView, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, TypeVar, cast

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument
from tinydb.table import Table

from ..errors import N_, NotAllowed, UsageError
from .state import Policy
from .vault import Placement, Transaction, Vault

Document = dict[str, Any]

Kind = TypeVar("Kind", bound=msgspec.Struct)

MAX_CONTENT = 1_000_000
"""No document is larger (bytes): a larger one is senseless, and would cost every reader dearly."""


@dataclass(frozen=True)
class TableSpec:
    """What the vault has to know of a table: who writes, what a document looks like, who reads it."""

    policy: Policy
    check: Callable[[Any], msgspec.Struct]
    """Returns a document cleaned and checked; raises ValueError (msgspec's errors are) where it does not fit."""
    read: Callable[[bytes], tuple[msgspec.Struct, bool]]
    """Returns what `check` makes of a JSON text, and whether it was that as it stood; raises ValueError too."""
    decode: Callable[[bytes], msgspec.Struct]
    """Returns what a JSON text says that was that as it stood when it was read."""
    place: Callable[[Transaction, Document], Placement]
    """Says where a new document is at home and who else reads it."""


class VaultStorage(Storage):
    """Documents of every table, decrypted when somebody looks at them."""

    def __init__(self, vault: Vault, specs: Mapping[str, TableSpec]) -> None:
        self.vault = vault
        self.specs = specs
        self.unreadable: set[tuple[str, str]] = set()
        """Documents that opened but hold what no document of their table holds: shown to nobody."""
        self._decoded: dict[tuple[str, str], tuple[int, msgspec.Struct]] = {}
        self._tables = {name: cast(dict[str, Any], Documents(self, name)) for name in specs}

    def read(self) -> dict[str, dict[str, Any]]:
        """Return every table as a mapping that opens its documents one by one."""
        return self._tables

    def write(self, data: dict[str, dict[str, Any]]) -> NoReturn:
        """Refuse: a whole-file write would take what this person cannot read for deleted."""
        raise NotAllowed(N_("The school's file is written document by document."))

    def close(self) -> None:
        """Forget what was decrypted."""
        self.forget()

    def forget(self) -> None:
        """Decrypt everything anew: keys have come or gone."""
        self._decoded.clear()

    def document(self, table: str, ident: str) -> Document | None:
        """Return a document for whoever asks to keep: changing it changes nothing else. None as `typed` does."""
        found = self.typed(table, ident)
        return None if found is None else cast(Document, msgspec.to_builtins(found))

    def typed(self, table: str, ident: str) -> msgspec.Struct | None:
        """Return a document, or None if it is not there, not readable for this person, or senseless."""
        place, vault, spec = (table, ident), self.vault, self.specs[table]
        running = vault.pending(place)
        if running is not None:
            return spec.read(running[0])[0] if running[0] is not None else None
        order, content = vault.latest(place)
        if content is None:
            self._decoded.pop(place, None)
            return None
        known = self._decoded.get(place)
        if known and known[0] == order:
            return known[1]
        try:
            if vault.vetted(place, order):
                document = spec.decode(content)
            else:
                document, as_it_stands = spec.read(content[:MAX_CONTENT])  # what is cut is no JSON
                if as_it_stands:
                    vault.vet(place, order, content)
        except (ValueError, RecursionError):
            self.unreadable.add(place)
            return None
        self._decoded[place] = (order, document)
        return document


class Documents(Mapping[str, Document]):
    """The documents of one table that this person can read, in the order they were written."""

    def __init__(self, storage: VaultStorage, table: str) -> None:
        self._storage = storage
        self._table = table

    def __getitem__(self, ident: str) -> Document:
        document = self._storage.document(self._table, ident)
        if document is None:
            raise KeyError(ident)
        return document

    def __iter__(self) -> Iterator[str]:
        for ident in self._storage.vault.ids(self._table):
            if self._storage.typed(self._table, ident) is not None:
                yield ident

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def items(self) -> ItemsView[str, Document]:
        """Return ids and documents, each opened once."""
        documents = (
            (ident, self._storage.document(self._table, ident)) for ident in self._storage.vault.ids(self._table)
        )
        return {ident: document for ident, document in documents if document is not None}.items()


class Draft(MutableMapping[str, Document]):
    """What an update would make of a table; remembers what was touched, so that nothing else is written."""

    def __init__(self, base: Documents) -> None:
        self._base = base
        self.touched: dict[str, Document | None] = {}

    def __getitem__(self, ident: str) -> Document:
        if ident not in self.touched:
            self.touched[ident] = self._base[ident]
        found = self.touched[ident]
        if found is None:
            raise KeyError(ident)
        return found

    def __setitem__(self, ident: str, document: Document) -> None:
        self.touched[ident] = document

    def __delitem__(self, ident: str) -> None:
        self[ident]
        self.touched[ident] = None

    def __contains__(self, ident: object) -> bool:
        return self.touched[ident] is not None if ident in self.touched else ident in self._base

    def __iter__(self) -> Iterator[str]:
        yield from (ident for ident in self._base if ident not in self.touched)
        yield from [ident for ident, document in self.touched.items() if document is not None]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> NoReturn:
        """Refuse to empty a table."""
        raise NotAllowed(N_("A table is never emptied."))


class VaultDocument(TinyDocument):
    """A document that belongs to who asked for it, with its id."""

    def __init__(self, value: Mapping[str, Any], doc_id: str) -> None:
        super().__init__(value, cast(int, doc_id))


class VaultTable(Table):
    """A TinyDB table whose writes are vault transactions of just the documents that changed."""

    # TinyDB's own hooks, which its annotations take for constants.
    document_class: ClassVar[type[VaultDocument]] = VaultDocument  # type: ignore[misc]
    document_id_class: ClassVar[type[str]] = str  # type: ignore[assignment,misc]

    def __init__(self, storage: VaultStorage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        if name not in storage.specs:
            raise ValueError(f"no table {name}")
        # No query cache: another process may have written since.
        super().__init__(storage, name, cache_size=0, persist_empty=False)
        self._vault = storage.vault
        self._spec = storage.specs[name]

    def __repr__(self) -> str:
        return f"VaultTable({self.name})"

    def _get_next_id(self) -> str:
        """Return a random id: a counter would go stale, and would tell how many documents there are."""
        return self._vault.machine.random(8).hex()

    def typed(self, ident: str, kind: type[Kind]) -> Kind | None:
        """Return a document as what it is: what `get(doc_id=...)` finds, kept as long as it stands, and frozen.

        Overviews read thousands: TinyDB's plain dicts would be made, and taken apart again, for each look.
        """
        found = cast(VaultStorage, self._storage).typed(self.name, ident)
        assert found is None or isinstance(found, kind)
        return found

    def everything(self, kind: type[Kind]) -> dict[str, Kind]:
        """Return all documents by id as what they are: what `all()` finds, as `typed` keeps them."""
        found = ((ident, self.typed(ident, kind)) for ident in self._vault.ids(self.name))
        return {ident: document for ident, document in found if document is not None}

    def replace(self, document: Mapping[str, Any], ident: str) -> None:
        """Write a document anew, whole: TinyDB's `update` would keep fields that are gone."""

        def whole(found: dict[str, Any]) -> None:
            found.clear()
            found.update(document)

        self.update(whole, doc_ids=[ident])  # type: ignore[arg-type,list-item]

    def truncate(self) -> NoReturn:
        """Refuse to empty a table."""
        raise NotAllowed(N_("A table is never emptied."))

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        """Lock, read what is new, let `updater` change the table, write the difference in one frame."""
        storage = cast(VaultStorage, self._storage)
        with self._vault.transaction() as transaction:
            base = Documents(storage, self.name)
            draft = Draft(base)
            updater(draft)
            for ident, document in draft.touched.items():
                before = base.get(ident)
                if document == before:
                    continue
                if document is None:
                    transaction.delete((self.name, ident))
                    continue
                checked = self._spec.check(document)
                content = msgspec.json.encode(checked)
                if len(content) > MAX_CONTENT:
                    raise UsageError(N_("This is too much for one entry. Spread it over several."))
                placed = self._spec.place(transaction, msgspec.to_builtins(checked))
                transaction.put((self.name, ident), content, placed)


class VaultDB(TinyDB):
    """The school's database: `db.table("notes").search(where("author") == me)`."""

    table_class: ClassVar[type[VaultTable]] = VaultTable  # type: ignore[misc]

    def __init__(self, vault: Vault, specs: Mapping[str, TableSpec]) -> None:
        super().__init__(vault, specs, storage=VaultStorage)

    def __repr__(self) -> str:
        return "VaultDB(…)"

    def table(self, name: str, **_: Any) -> VaultTable:
        """Return the table with this name."""
        return cast(VaultTable, super().table(name))

    def forget(self) -> None:
        """Read every document anew: keys have come or gone."""
        cast(VaultStorage, self._storage).forget()

    def drop_table(self, name: str) -> NoReturn:
        """Refuse to drop a table."""
        raise NotAllowed(N_("A table is never emptied."))

    def drop_tables(self) -> NoReturn:
        """Refuse to drop the tables."""
        raise NotAllowed(N_("A table is never emptied."))
