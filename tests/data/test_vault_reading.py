"""Reading quickly is reading the same: what is taken apart at one go, kept from before, or not cleaned again."""

import contextlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import example, given

from data.errors import Damaged
from data.register.schema import SPECS
from data.vault import crypto, operations
from data.vault.codec import Reader
from data.vault.entries import Entry, Member
from data.vault.operations import DropGrant, DropWrap, Operation, Put, PutEntry, PutGrant, Tag, Wrap, decode, encode
from data.vault.records import Grant, Record
from data.vault.vault import Outline, Vault

from . import vault_kit as kit

IDS = st.binary(min_size=8, max_size=8)
PLACES = st.tuples(st.sampled_from(["notes", "cases", "ander"]), st.text(max_size=6))
RECORDS = st.builds(
    Record,
    rev=st.integers(0, 2**32 - 1),
    author=IDS,
    home=IDS,
    time=st.integers(0, 2**64 - 1),
    commitment=st.binary(min_size=32, max_size=32),
    nonce=st.binary(min_size=12, max_size=12),
    sealed=st.binary(max_size=20),
    signature=st.binary(min_size=64, max_size=64),
)
GRANTS = st.builds(Grant, IDS, st.integers(0, 2**32 - 1), st.booleans(), st.binary(max_size=20))
WRAPS = st.builds(
    Wrap, IDS, st.integers(0, 2**32 - 1), IDS, st.binary(min_size=80, max_size=80)
)  # an X25519 key, a seed and a tag
ENTRIES = st.builds(
    Entry,
    st.integers(0, 99),
    st.binary(min_size=32, max_size=32),
    st.builds(Member, IDS, IDS, st.booleans(), st.booleans()),
    IDS,
    st.binary(min_size=64, max_size=64),
)
OPERATIONS = st.lists(
    st.builds(Put, PLACES, RECORDS)
    | st.builds(PutGrant, PLACES, GRANTS)
    | st.builds(DropGrant, PLACES, IDS)
    | st.builds(DropWrap, IDS, IDS)
    | st.builds(PutEntry, ENTRIES)
    | WRAPS,
    max_size=6,
)


def one_by_one(data: bytes) -> list[tuple[int, Operation]]:
    """What `decode` returns, value by value as FORMAT.md lists them."""
    reader, found = Reader(data), list[tuple[int, Operation]]()
    while reader.more():
        at = reader.at
        match data[at]:
            case Tag.PUT:
                reader.number(1)
                place, inner = (reader.text(), reader.text()), Reader(reader.blob())
                front = inner.number(4), inner.raw(8), inner.raw(8), inner.number(8), inner.raw(32), inner.raw(12)
                record = Record(*front, inner.blob(), inner.raw(crypto.SIGNATURE))
                inner.end()
                found.append((at, Put(place, record)))
            case Tag.GRANT:
                reader.number(1)
                place = reader.text(), reader.text()
                grant = Grant(reader.raw(8), reader.number(4), reader.flag(), reader.blob())
                found.append((at, PutGrant(place, grant)))
            case _:
                found.append((at, operations._decode_one(reader)))
    return found


def outcome(data: bytes, how: Callable[[bytes], list[tuple[int, Operation]]]) -> list[tuple[int, Operation]] | None:
    try:
        return how(data)
    except Damaged:
        return None


@given(OPERATIONS)
def test_operations_come_back_as_they_were_written(made: list[Operation]) -> None:
    data = encode(made)
    found = decode(data)
    assert [operation for _, operation in found] == made
    assert found == one_by_one(data)
    assert [type(one.record) for _, one in found if isinstance(one, Put)] == [Record] * sum(
        isinstance(one, Put) for one in made
    )
    read = [operation for _, operation in found if isinstance(operation, PutEntry)]
    assert b"".join(encode([one]) for one in read) == b"".join(encode([o]) for o in made if isinstance(o, PutEntry))


@given(OPERATIONS, st.integers(0, 2**32), st.integers(0, 255), st.integers(0, 40))
def test_damaged_operations_are_refused_alike(made: list[Operation], at: int, value: int, cut: int) -> None:
    """By the quick way and by the slow one: also where a byte more or less would be read."""
    data = bytearray(encode(made))
    if data:
        data[at % len(data)] = value
    hostile = bytes(data[: len(data) - cut])
    assert outcome(hostile, decode) == outcome(hostile, one_by_one)


RECORD = Record(1, bytes(8), bytes(8), 1, bytes(32), bytes(12), b"verzegeld", bytes(64))
SMALL: tuple[Operation, ...] = (
    Put(("notes", "een"), RECORD),
    PutGrant(("notes", "een"), Grant(bytes(8), 1, False, bytes(60))),
    DropGrant(("notes", "een"), bytes(8)),
)


@pytest.mark.parametrize("made", SMALL)
def test_operations_cut_short_are_refused(made: Operation) -> None:
    data = encode([made])
    for size in range(1, len(data)):
        with pytest.raises(Damaged):
            decode(data[:size])


@pytest.mark.parametrize("value", [0, 1, 2, 3, 0x7F, 0xFF])
def test_every_byte_means_the_same_to_both(value: int) -> None:
    data = encode(SMALL)
    for at in range(len(data)):
        hostile = data[:at] + bytes([value]) + data[at + 1 :]
        assert outcome(hostile, decode) == outcome(hostile, one_by_one), at


# --- documents -------------------------------------------------------------------------------------------------

PIECES = st.text(st.sampled_from('ab"\\:,{ }\t\n\r\x00\x7f\u202e\ufeffe\u0301\u00e9\u0344'), max_size=8)
KEYS = st.sampled_from(["who", " who", "who ", "wh  o", "", "a-b", "2", "w\u0301", "x" * 300]) | PIECES


@example({"  key ": "a"}, False)
@example({"key": "e\u0301"}, False)
@given(st.dictionaries(KEYS, PIECES, max_size=4), st.booleans())
def test_a_text_that_is_not_cleaned_needed_none(details: dict[str, str], escaped: bool) -> None:
    """A step's details hold keys and texts that somebody chose; so may any other field of a hostile document."""
    document = {
        "case": "Z-AAAA", "step": 1, "state": "done", "happened": "2026-09-01", "author": "ab" * 8,
        "entered": "2026-09-01T10:00:00+02:00", "details": {key: [text] for key, text in details.items()}, **details,
    }  # fmt: skip
    content = json.dumps(document, ensure_ascii=escaped).encode()
    quick, slow = None, None
    with contextlib.suppress(msgspec.ValidationError):
        quick, as_it_stands = SPECS["steps"].read(content)
        assert not as_it_stands or SPECS["steps"].decode(content) == quick
    with contextlib.suppress(msgspec.ValidationError):
        slow = SPECS["steps"].check(msgspec.json.decode(content))
    assert quick == slow


# --- outlines and readers --------------------------------------------------------------------------------------


def outside(vault: Vault) -> tuple[dict[str, list[Outline]], dict[str, frozenset[bytes]]]:
    tables = ("notes", "lessons")
    idents = [(table, ident) for table in tables for ident in vault.ids(table)]
    return {table: vault.outline(table) for table in tables}, {"/".join(p): vault.readers(p) for p in idents}


def test_what_was_deleted_and_written_again_stands_where_it_stood(tmp_path: Path) -> None:
    bea = kit.school(tmp_path).open("bea")
    staff = bea.directory.the(kit.KINDS.STAFF).id
    for ident in "ab":
        kit.put(bea, ident, table="lessons", home=staff)
    assert [seen.id for seen in bea.outline("lessons")] == ["a", "b"]
    with bea.transaction() as transaction:
        transaction.delete(("lessons", "a"))
    assert [seen.id for seen in bea.outline("lessons")] == ["b"]
    kit.put(bea, "a", table="lessons", home=staff)
    anew = bea.again()
    assert [seen.id for seen in bea.outline("lessons")] == [seen.id for seen in anew.outline("lessons")] == ["a", "b"]
    anew.close()
    bea.close()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_of_documents_is_what_the_file_says(tmp_path: Path, seed: int) -> None:
    """After each save, seen by who wrote it and by a colleague, as by somebody who reads the file anew."""
    chance, school = random.Random(seed), kit.school(tmp_path)
    bea, ben = school.open("bea"), school.open("ben")
    staff, case = bea.directory.the(kit.KINDS.STAFF).id, kit.new_case(bea, "Z-1", "ben")
    outside(bea), outside(ben)
    for number in range(25):
        ident, by = chance.choice("abcd"), chance.choice((bea, ben))
        by.refresh()
        doing = chance.randrange(5)
        if doing == 0:
            kit.put(by, f"n{number}", home=case, readers=chance.sample([staff, by.own_circle()], chance.randrange(3)))
        elif doing == 1:
            kit.put(by, ident, table="lessons", home=staff, readers=chance.choice(((), (case,))))
        elif doing == 2:
            with by.transaction() as transaction:
                transaction.delete(("lessons", ident))
        elif doing == 3 and by.ids("notes"):
            with by.transaction() as transaction:
                transaction.grant(("notes", chance.choice(by.ids("notes"))), staff)
        else:  # many at once
            with by.transaction():
                for more in range(3):
                    kit.put(by, f"m{number}-{more}", home=case)
        for vault in (bea, ben):
            vault.refresh()
            anew = vault.again()
            assert outside(vault) == outside(anew)
            anew.close()
    bea.close()
    ben.close()
