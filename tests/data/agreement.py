"""Two programs on one file, hostile as it may be: the vault and the decoder that judges let the same things count."""

import time
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from data.errors import Damaged, NoEntry

from . import decoder, small_decoder
from .vault_kit import PASSPHRASE, POLICIES, ROLES, School

TABLES = {
    name: decoder.Table(
        {int(kind) for kind in policy.homes},
        changes=not policy.events,
        stewards_only=policy.stewards_only,
        outsiders=policy.outsiders,
        deletable=policy.deletable,
    )
    for name, policy in POLICIES.items()
}
Found = dict[str, Any] | type[Exception]


def by_the_vault(school: School, login: str) -> Found:
    """What counts and what this person reads; or why they are not let in, a torn tail being damage too."""
    try:
        vault = school.open(login)
    except NoEntry:
        return NoEntry
    except Damaged:
        return Damaged
    state, places = vault.state, [(table, ident) for table in vault.state.tables for ident in vault.state.tables[table]]
    heads = {place: head.record for place in places if (head := state.head(place))}
    standing = {place: record for place in places if (record := vault.record(place))}
    contents = {place: vault.read(place) for place in places if place in standing and standing[place].sealed}
    found = {
        "entries": (vault.directory.count, vault.directory.last),
        "slots": set(state.slots),
        "heads": {place: (record.rev, record.home) for place, record in heads.items()},
        "standing": {place: record.rev for place, record in standing.items()},
        "grants": {place: len(state.granted(place)) for place in places},
        "contents": {place: content for place, content in contents.items() if content is not None},
    }
    as_left = not vault.trouble and not vault.journal.torn
    vault.close()
    return found if as_left else Damaged


def by_the_decoder(data: bytes, login: str) -> Found:
    """The same, in the tables of the kit and with documents that need not be JSON."""
    seen: list[decoder.Judged] = []

    class Seen(decoder.Judged):
        now = int(time.time() * 1000)

        def documents(self, held: dict[tuple[bytes, int], bytes]) -> small_decoder.Documents:
            seen.append(self)
            return super().documents(held)

    as_it_is = SimpleNamespace(loads=bytes)
    with patch.object(small_decoder, "json", as_it_is), patch.object(decoder, "TABLES", TABLES):
        try:
            documents = small_decoder.decode(data, login, PASSPHRASE, 1, Seen)
            decoder.check_forms(data)
        except decoder.NoEntry:
            return NoEntry
        except decoder.Undecodable:
            return Damaged
    (judged,) = seen
    named = {
        place: tuple(name.decode() for name in small_decoder.take(BytesIO(place), "text text"))
        for place in judged.counted
    }
    granted = [grant[0] for grant in judged.grants]
    return {
        "entries": (judged.entries, judged.last),
        "slots": set(judged.slots),
        "heads": {named[place]: head for place, head in judged.counted.items()},
        "standing": {named[place]: int.from_bytes(record[:4], "little") for place, record in judged.records.items()},
        "grants": {name: granted.count(place) for place, name in named.items()},
        "contents": {(table, ident): text for table, found in documents.items() for ident, text in found.items()},
    }


def assert_agreed(school: School) -> None:
    for login in ROLES:
        expected = by_the_vault(school, login)
        # Read after that: whoever logs in may hand on keys.
        assert by_the_decoder(school.file.read_bytes(), login) == expected, login
