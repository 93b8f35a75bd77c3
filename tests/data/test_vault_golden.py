"""The golden file of version 1: opened for ever, by the program and by the decoder written from FORMAT.md alone."""

import contextlib
import functools
import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from data.errors import Damaged, NoEntry, NotSaved
from data.register import Jotting, join_school, open_school, recover_school
from data.register.schema import POLICIES, SPECS
from data.vault import crypto
from data.vault.machine import Machine
from data.vault.vault import Placement, Vault
from data.vault.verify import verify
from tests.counts import count

from . import decoder, small_decoder
from .decoder import Undecodable, decode
from .make_golden import documents, make
from .school_kit import START, TurnableClock
from .vault_kit import frame_bounds

FOLDER = Path(__file__).parent
DATA = (FOLDER / "golden_v1.pest").read_bytes()
KNOWN: dict[str, Any] = json.loads((FOLDER / "golden_v1.json").read_text())
LOGINS = sorted(KNOWN["documents"])
PASSPHRASES: dict[str, str] = KNOWN["passphrases"]


def machine() -> Machine:
    return Machine(clock=TurnableClock(START + timedelta(hours=2)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "school.pest"
    copy.write_bytes(DATA)
    return copy


def enter(path: Path, login: str) -> Vault:
    return Vault.unlock(str(path), login, PASSPHRASES[login], machine=machine(), policies=POLICIES)


@pytest.mark.parametrize("login", LOGINS)
def test_the_program_opens_it(path: Path, login: str) -> None:
    assert documents(path, login) == KNOWN["documents"][login]
    vault = enter(path, login)
    assert verify(vault).whole
    vault.close()


@pytest.mark.parametrize("login", LOGINS)
def test_the_decoder_opens_it(login: str) -> None:
    assert decode(DATA, login, PASSPHRASES[login]) == KNOWN["documents"][login]


def test_what_is_in_it_is_worth_opening(path: Path) -> None:
    """Several generations, keys and tables, somebody who left, a login that is not ASCII, a document that is gone."""
    tables = {table for held in KNOWN["documents"].values() for table in held}
    assert {"cases", "steps", "notes", "log", "groups", "pupils", "school"} <= tables <= set(SPECS)
    vault = enter(path, "anne")
    assert vault.journal.header.generation == 3
    assert vault.journal.epoch == 2
    assert any(epoch.epoch > 1 for epoch in vault.directory.circles.values())
    assert len(vault.ids("notes")) < len(set(vault.state.tables["notes"]))
    assert len(frame_bounds(DATA)) > 5
    vault.close()


def test_the_codes_and_who_left(path: Path) -> None:
    with pytest.raises(NoEntry):
        enter(path, "gone")
    with pytest.raises(decoder.NoEntry):
        decode(DATA, "gone", PASSPHRASES["gone"])
    with contextlib.closing(recover_school(str(path), KNOWN["recovery"], machine=machine())) as register:
        assert register.vault.me.steward
    code = KNOWN["code"]["later"]
    joined = join_school(str(path), "later", code, "een walvis leest kranten", machine=machine(), cost=crypto.FLOOR)
    with contextlib.closing(joined):
        assert joined.vault.me.login == "later"
    with contextlib.closing(open_school(str(path), " ZOE\u0308 ", PASSPHRASES["zoë"], machine=machine())) as register:
        register.notes.add(Jotting("En door."))
        assert verify(register.vault).whole


def test_it_is_what_the_script_makes(tmp_path: Path) -> None:
    """The script that made it still makes one with the same in it, but for ids and times."""
    found = make(tmp_path / "school.pest")

    def shape(known: dict[str, Any]) -> dict[str, dict[str, list[list[str]]]]:
        return {
            login: {table: sorted(sorted(found) for found in held.values()) for table, held in tables.items()}
            for login, tables in known["documents"].items()
        }

    assert shape(found) == shape(KNOWN)


# --- not a bit of it can change ----------------------------------------------------------------------------------


def changed(bit: int) -> bytes:
    data = bytearray(DATA)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def refused_by_the_program(path: Path, bit: int) -> None:
    """Refused, or all but the damaged save read and nothing written; never another text."""
    data = changed(bit)
    path.write_bytes(data)
    count("flips refused")
    try:
        vault = enter(path, "anne")
    except Damaged:
        return
    try:
        assert vault.trouble, f"bit {bit} went by unnoticed"
        assert not verify(vault).whole
        for table, held in KNOWN["documents"]["anne"].items():
            for ident in vault.ids(table):
                content = vault.read((table, ident))
                assert content is None or json.loads(content) == held[ident]
        with pytest.raises(NotSaved), vault.transaction():
            pass
    finally:
        vault.close()
    assert path.read_bytes() == data


def quick_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive the same key once, in the decoder too."""

    class Cached:
        def __init__(self, **how: Any) -> None:
            self.how = tuple(sorted(how.items()))

        def derive(self, secret: bytes) -> bytes:
            return derive(self.how, secret)

    @functools.cache
    def derive(how: tuple[tuple[str, Any], ...], secret: bytes) -> bytes:
        return Argon2id(**dict(how)).derive(secret)

    monkeypatch.setattr(small_decoder, "Argon2id", Cached)


def test_flips_of_the_golden_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_stretch(monkeypatch)
    chance = Random(8)
    for _ in range(60):
        bit = chance.randrange(len(DATA) * 8)
        refused_by_the_program(path, bit)
        with pytest.raises(Undecodable):
            decode(changed(bit), "anne", PASSPHRASES["anne"])


@pytest.mark.deep
def test_many_flips_of_the_golden_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One bit of every fifth byte, the program and the decoder."""
    quick_stretch(monkeypatch)
    chance = Random(9)
    for at in range(0, len(DATA), 5):
        bit = at * 8 + chance.randrange(8)
        refused_by_the_program(path, bit)
        with pytest.raises(Undecodable):
            decode(changed(bit), "anne", PASSPHRASES["anne"])


@pytest.mark.deep
def test_the_golden_file_cut_anywhere(path: Path) -> None:
    """Cut behind its first transaction it opens, up to its last whole save, and goes on."""
    bounds = frame_bounds(DATA)
    first = next(end for begin, end in bounds if DATA[begin + 28] == 1 and DATA[begin + 29] & 1)
    for size in range(len(DATA), 0, -13):
        path.write_bytes(DATA[:size])
        count("cuts")
        if size < first:
            with pytest.raises(Damaged):
                enter(path, "anne")
            continue
        vault = enter(path, "anne")
        assert verify(vault).whole
        before = vault.journal.seq
        assert before == max(number for number, (_, end) in enumerate(bounds, 1) if end <= size and commits(number))
        with vault.transaction() as transaction:
            transaction.put(("settings", "new"), b"{}", Placement(vault.own_circle()))
        assert vault.journal.seq == before + 1
        vault.close()
        again = enter(path, "anne")
        assert verify(again).whole
        assert not again.journal.torn
        again.close()


def commits(number: int) -> bool:
    begin, _ = frame_bounds(DATA)[number - 1]
    return bool(DATA[begin + 29] & 1)
