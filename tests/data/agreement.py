"""Two programs on one hostile file: the vault and the decoder that judges let the same operations count."""

import time
from types import SimpleNamespace
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
Documents = dict[str, dict[str, bytes]]


def by_the_vault(school: School, login: str) -> Documents | type[Exception]:
    try:
        vault = school.open(login)
    except (NoEntry, Damaged) as error:
        return type(error)
    found: Documents = {}
    for table in POLICIES:
        for ident in vault.ids(table):
            content = vault.read((table, ident))
            if content is not None:
                found.setdefault(table, {})[ident] = content
    as_left = not vault.trouble and not vault.journal.torn  # which is damage to the decoder
    vault.close()
    return found if as_left else Damaged


def by_the_decoder(data: bytes, login: str) -> Documents | type[Exception]:
    """The same, of documents that need not be JSON, in the tables of the kit."""
    as_it_is = SimpleNamespace(loads=bytes)
    with patch.object(small_decoder, "json", as_it_is), patch.object(decoder, "TABLES", TABLES):
        try:
            return decoder.decode(data, login, PASSPHRASE, now=int(time.time() * 1000))
        except decoder.NoEntry:
            return NoEntry
        except decoder.Undecodable:
            return Damaged


def assert_agreed(school: School) -> None:
    for login in ROLES:
        expected = by_the_vault(school, login)
        # Read after that: whoever logs in may hand on keys.
        assert by_the_decoder(school.file.read_bytes(), login) == expected, login
