"""TinyDB on the vault: what it does as TinyDB does, and what it refuses."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import msgspec
import pytest
from tinydb import where
from tinydb.operations import set as put_in
from tinydb.table import Document

from data.errors import NotAllowed
from data.model import Group
from data.register import Register
from data.vault.entries import CircleKind
from data.vault.operations import DropGrant
from data.vault.table import VaultStorage
from data.vault.vault import Placement

from .school_kit import START, Kit, about, note_ids, school


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def pupil(given: str, family: str = "", group: str = "g") -> dict[str, str]:
    return {"given": given, "family": family, "group": group}


def frames(kit: Kit) -> int:
    return kit.path.read_bytes().count(b"FRM1")


def families(register: Register, given: str) -> list[str]:
    return [document.get("family", "") for document in register.db.table("pupils").search(where("given") == given)]


# --- as TinyDB does ---------------------------------------------------------------------------------------------


def test_insert_and_query(kit: Kit) -> None:
    pupils = kit.open_as("anne").db.table("pupils")
    before = len(pupils)
    ident = pupils.insert(pupil("Ömer", "Kaya"))
    assert isinstance(ident, str) and len(ident) == 16
    assert pupils.search(where("given") == "Ömer") == [pupil("Ömer", "Kaya")]
    assert pupils.get(where("family") == "Kaya") == pupil("Ömer", "Kaya")
    assert pupils.get(doc_id=ident) == pupil("Ömer", "Kaya")
    assert pupils.get(where("given") == "niemand") is None
    assert pupils.contains(doc_id=ident) and not pupils.contains(where("given") == "niemand")
    assert pupils.count(where("given").one_of(["Ömer", "Sem"])) == 4
    assert len(pupils) == before + 1 == len(pupils.all()) == len(list(pupils))
    found = pupils.get(doc_ids=[ident])
    assert isinstance(found, list) and [document.doc_id for document in found] == [ident]


def test_update_changes_what_the_query_finds_and_nothing_else(kit: Kit) -> None:
    register = kit.open_as("anne")
    pupils = register.db.table("pupils")
    others = [document for document in pupils.all() if document["given"] != "Zoë"]
    changed = pupils.update({"family": "Prins"}, where("given") == "Zoë")
    assert len(changed) == 1 and families(register, "Zoë") == ["Prins"]
    assert [document for document in pupils.all() if document["given"] != "Zoë"] == others
    assert register.vault.revision(("pupils", str(changed[0]))) == 2
    pupils.update(put_in("family", "Vos"), doc_ids=changed)
    pupils.update_multiple([({"group": "x"}, where("given") == "Zoë")])
    assert pupils.search(where("given") == "Zoë") == [pupil("Zoë", "Vos", "x")]


def test_an_update_that_changes_nothing_writes_nothing(kit: Kit) -> None:
    pupils = kit.open_as("anne").db.table("pupils")
    size = kit.path.stat().st_size
    pupils.update({"given": "Zoë"}, where("given") == "Zoë")
    pupils.update({"given": "Zoë"}, where("given") == "niemand")
    assert kit.path.stat().st_size == size


def test_upsert_with_an_id_of_ones_own_and_by_query(kit: Kit) -> None:
    pupils = kit.open_as("anne").db.table("pupils")
    for family in ("Kaya", "Demir"):
        pupils.upsert(pupils.document_class(pupil("Elif", family), "eigen-id"))
        assert pupils.get(doc_id="eigen-id") == pupil("Elif", family)  # type: ignore[call-overload]
    pupils.upsert(pupil("Elif", "Kaya"), where("given") == "Elif")
    pupils.upsert(pupil("Jia", "Chen"), where("given") == "Jia")
    assert pupils.count(where("given") == "Elif") == pupils.count(where("given") == "Jia") == 1
    with pytest.raises(ValueError, match="already exists"):
        pupils.insert(pupils.document_class(pupil("Maja"), "eigen-id"))


def test_remove_from_a_current_table(kit: Kit) -> None:
    register, other = kit.open_as("anne"), kit.open_as("marit")
    pupils = register.db.table("pupils")
    removed = pupils.remove(where("given") == "Sem")
    assert len(removed) == 3 and not pupils.contains(where("given") == "Sem")
    assert kit.open_as("marit").db.table("pupils").count(where("given") == "Sem") == 0
    assert families(other, "Sem") != []
    other.refresh()
    assert families(other, "Sem") == []
    pupils.insert(pupils.document_class(pupil("Sem", "Terug"), str(removed[0])))
    other.refresh()
    assert families(other, "Sem") == ["Terug"]


def test_documents_belong_to_who_asked(kit: Kit) -> None:
    pupils = kit.open_as("anne").db.table("pupils")
    asks: list[Callable[[], object]] = [
        lambda: pupils.search(where("given") == "Zoë")[0],
        lambda: next(document for document in pupils if document["given"] == "Zoë"),
        lambda: pupils.get(where("given") == "Zoë"),
    ]
    for ask in asks:
        found = ask()
        assert isinstance(found, Document)
        found["family"] = "anders"
        found["extra"] = [1]
    assert pupils.search(where("given") == "Zoë")[0]["family"] == "de Vries"


def test_nested_values_are_copies_too(kit: Kit) -> None:
    register = kit.open_as("marit")
    ident = register.notes.add(about(kit, "Iets gezien.", "Zoë de Vries"))
    notes = register.db.table("notes")
    found = notes.get(where("facts").any(["Iets gezien."]))
    assert isinstance(found, Document) and str(found.doc_id) == ident
    found["pupils"][0]["pupil"] = "y"
    again = notes.get(where("facts").any(["Iets gezien."]))
    assert isinstance(again, Document)
    assert list(again["pupils"]) == [{"pupil": kit.ids["Zoë de Vries"], "role": "victim"}]


def test_documents_come_in_the_order_they_were_written(kit: Kit) -> None:
    pupils = kit.open_as("anne").db.table("pupils")
    pupils.insert_multiple(pupil(name) for name in ("Cc", "Aa", "Bb"))
    assert [document["given"] for document in pupils.all()[-3:]] == ["Cc", "Aa", "Bb"]


# --- what one save is ---------------------------------------------------------------------------------------------


def test_many_documents_are_one_frame(kit: Kit) -> None:
    pupils = kit.open_as("anne").db.table("pupils")
    before = frames(kit)
    pupils.insert_multiple([pupil(f"Kind{number}") for number in range(25)])
    assert frames(kit) == before + 1
    pupils.update({"group": "anders"})
    assert frames(kit) == before + 2


def test_a_document_that_does_not_fit_writes_nothing(kit: Kit) -> None:
    register = kit.open_as("anne")
    pupils, size = register.db.table("pupils"), kit.path.stat().st_size
    for bad in ({"given": "Sem"}, {"given": 3, "group": "g"}, {"given": "Sem", "group": "g", "left_on": "gisteren"}):
        with pytest.raises(msgspec.ValidationError):
            pupils.insert_multiple([pupil("Goed"), bad])
    assert kit.path.stat().st_size == size
    assert not pupils.contains(where("given") == "Goed")


def test_a_transaction_is_written_whole_or_not_at_all(kit: Kit) -> None:
    register = kit.open_as("anne")
    pupils, before = register.db.table("pupils"), frames(kit)
    with pytest.raises(RuntimeError), register.vault.transaction():
        pupils.insert(pupil("Half"))
        raise RuntimeError
    assert frames(kit) == before and not pupils.contains(where("given") == "Half")
    with register.vault.transaction():
        pupils.insert(pupil("Heel"))
        assert register.db.table("groups").count(where("name") == "groep 6") == 1
    assert frames(kit) == before + 1 and pupils.contains(where("given") == "Heel")


# --- what it refuses ----------------------------------------------------------------------------------------------


def test_events_are_never_changed_or_removed(kit: Kit) -> None:
    register = kit.open_as("marit")
    ident = register.notes.add(about(kit, "Zo ging het.", "Zoë de Vries"))
    notes, size = register.db.table("notes"), kit.path.stat().st_size
    attempts: list[Callable[[], object]] = [
        lambda: notes.update({"place": "plein"}),
        lambda: notes.update({"place": "plein"}, doc_ids=[cast(int, ident)]),
        lambda: notes.remove(where("author") == register.me),
        lambda: notes.remove(doc_ids=[cast(int, ident)]),
        lambda: notes.upsert({"place": "plein"}, where("author") == register.me),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert kit.path.stat().st_size == size
    assert note_ids(register) == {ident}


@pytest.mark.parametrize("table", ["pupils", "notes", "steps", "settings", "log"])
def test_a_table_is_never_emptied(kit: Kit, table: str) -> None:
    db = kit.open_as("anne").db
    for attempt in (db.table(table).truncate, lambda: db.drop_table(table), db.drop_tables):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotAllowed):
        db.storage.write({})
    assert len(db.table("pupils")) == 8


def test_only_stewards_write_the_pupils_list(kit: Kit) -> None:
    pupils = kit.open_as("marit").db.table("pupils")
    size = kit.path.stat().st_size
    attempts: list[Callable[[], object]] = [
        lambda: pupils.insert(pupil("Nieuw")),
        lambda: pupils.update({"family": "Weg"}),
        lambda: pupils.remove(where("given") == "Sem"),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert kit.path.stat().st_size == size and len(pupils) == 8


def test_a_table_that_does_not_exist(kit: Kit) -> None:
    with pytest.raises(ValueError, match="no table"):
        kit.open_as("anne").db.table("geheim")


def test_nothing_readable_is_nothing_touched(kit: Kit) -> None:
    """Somebody who can read none of a table's documents can neither find nor remove them."""
    ident = kit.open_as("marit").notes.add(about(kit, "Zo ging het.", "Zoë de Vries"))
    notes = kit.open_as("karim").db.table("notes")
    assert notes.all() == [] and len(notes) == 0 and notes.get(doc_id=ident) is None  # type: ignore[call-overload]
    assert notes.remove(where("author").exists()) == []
    assert note_ids(kit.open_as("marit")) == {ident}


# --- several sessions ---------------------------------------------------------------------------------------------


def test_what_another_session_wrote_is_seen_after_a_refresh(kit: Kit) -> None:
    one, other = kit.open_as("anne"), kit.open_as("anne")
    one.db.table("pupils").update({"family": "Prins"}, where("given") == "Zoë")
    assert families(other, "Zoë") == ["de Vries"]
    assert other.refresh()
    assert families(other, "Zoë") == ["Prins"]
    assert not other.refresh()


def test_a_stale_session_writes_on_what_is_there_now(kit: Kit) -> None:
    one, other = kit.open_as("anne"), kit.open_as("anne")
    assert families(other, "Zoë") == ["de Vries"]
    one.db.table("pupils").update({"family": "Prins"}, where("given") == "Zoë")
    other.db.table("pupils").update({"group": "anders"}, where("given") == "Zoë")
    one.refresh()
    for register in (one, other, kit.open_as("marit")):
        assert register.db.table("pupils").search(where("given") == "Zoë") == [pupil("Zoë", "Prins", "anders")]


def test_a_query_on_what_changed_meanwhile_finds_what_is_there_now(kit: Kit) -> None:
    one, other = kit.open_as("anne"), kit.open_as("anne")
    one.db.table("pupils").update({"family": "Prins"}, where("given") == "Zoë")
    assert other.db.table("pupils").update({"family": "Bos"}, where("family") == "de Vries") == []
    assert families(other, "Zoë") == ["Prins"]


def test_two_writers_at_once_lose_nothing(kit: Kit) -> None:
    sessions = [kit.open_as("anne"), kit.open_as("anne")]
    rounds = 12

    def longer(document: dict[str, str]) -> None:
        document["family"] += "x"

    def write(register: Register) -> None:
        for _ in range(rounds):
            register.db.table("pupils").update(longer, where("given") == "Zoë")  # type: ignore[arg-type]

    threads = [threading.Thread(target=write, args=[register]) for register in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert families(kit.open_as("marit"), "Zoë") == ["de Vries" + "x" * rounds * 2]


# --- senseless documents ------------------------------------------------------------------------------------------

SENSELESS = [
    b"",
    b"null",
    b"[]",
    b'"zin"',
    b"{}",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 5_000,
    b'{"author": 5, "happened": "x", "entered": [], "facts": "los"}',
    b'{"author": "a", "happened": "2026-11-18T10:00:00", "entered": "2026-11-18T10:00:00", "facts": []}',
    b'{"author": "a", "happened": "2026-11-18T10:00:00Z", "entered": "2026-11-18T10:00:00Z", "facts": [{"x": 1}]}',
    b'{"author": "a", "happened": 1e400, "entered": NaN, "facts": []}',
]


@pytest.mark.parametrize("content", SENSELESS, ids=range(len(SENSELESS)))
def test_a_senseless_document_is_shown_to_nobody(kit: Kit, content: bytes) -> None:
    """A colleague with another program can sign anything: it must not stop anybody's work."""
    author = kit.open_as("marit")
    staff = author.vault.directory.the(CircleKind.STAFF).id
    good = author.notes.add(about(kit, "Een gewone notitie.", "Zoë de Vries"))
    with author.vault.transaction() as transaction:
        transaction.put(("notes", "raar"), content, Placement(author.vault.own_circle(), frozenset({staff})))
    reader = kit.open_as("joost")
    storage = reader.db.storage
    assert isinstance(storage, VaultStorage)
    assert reader.vault.read(("notes", "raar")) == content
    assert note_ids(reader) == note_ids(author) == {good}
    assert ("notes", "raar") in storage.unreadable
    assert "raar" not in [str(document.doc_id) for document in reader.db.table("notes")]
    more = reader.notes.add(about(kit, "Nog een.", "Zoë de Vries"))
    author.refresh()
    assert note_ids(author) == {good, more}


def test_what_is_no_longer_granted_is_not_shown(kit: Kit) -> None:
    """Nobody wrote the document anew: its rank is what it was, and so would be what was kept of it."""
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    group = anne.pupils.group_named("groep 6")
    assert group
    place = ("groups", group)
    table = marit.db.table("groups")
    assert table.typed(group, Group)
    with anne.vault.transaction() as transaction:
        for circle in anne.vault.readers(place):
            transaction.operations.append(DropGrant(place, circle))
    marit.vault.refresh()
    assert table.typed(group, Group) is None


def test_moments_in_documents_have_an_offset(kit: Kit) -> None:
    """Without one they could not be put in order beside the others."""
    table = kit.open_as("marit").db.table("notes")
    naive = START.replace(tzinfo=None).isoformat()
    with pytest.raises(msgspec.ValidationError):
        table.insert({"author": "a" * 16, "happened": naive, "entered": naive, "facts": ["x"]})
