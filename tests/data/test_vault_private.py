"""A private note goes when its author wants it gone; nothing else that is never changed can be made to go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from data.errors import NotAllowed
from data.vault.compact import compact
from data.vault.directory import Refused
from data.vault.entries import CircleKind
from data.vault.operations import DropGrant, Put, PutGrant
from data.vault.records import Grant, Place, Record, make_deletion
from data.vault.vault import Vault
from data.vault.verify import verify

from . import vault_kit as kit
from .agreement import assert_agreed
from .vault_kit import School

PLACE: Place = ("notes", "one")


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    made = kit.school(tmp_path)
    yield made
    assert_agreed(made)


def gone(vault: Vault, *, author: bytes = b"", home: bytes = b"", rev: int = 2, place: Place = PLACE) -> Record:
    """Say that a document is gone, in somebody's name, signed by whoever this session is."""
    return make_deletion(
        place=place, vault_id=vault.id, rev=rev, author=author or vault.me.id, home=home or vault.own_circle(),
        time=1, signer=vault.opened.keys,
    )  # fmt: skip


def delete(vault: Vault, place: Place = PLACE) -> None:
    with vault.transaction() as transaction:
        transaction.delete(place)


def stays(school: School, *readers: Vault, place: Place = PLACE, text: bytes = b"woorden") -> None:
    """What could be read still is, by who had the file open and by who opens it now; `verify` says what was tried."""
    for reader in readers:
        reader.refresh()
        for one in (reader, school.open(reader.me.login)):
            assert one.read(place) == text
            assert one.ids(place[0]) == [place[1]]
    report = verify(readers[0])
    assert not report.whole
    assert report.problems


def test_an_author_deletes_what_nobody_else_could_read(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    kit.put(bea, "one", "woorden")
    assert bea.read(PLACE) == b"woorden"
    ben.refresh()
    assert ben.ids("notes") == ["one"]
    delete(bea)
    ben.refresh()
    for one in (bea, ben, school.open("bea"), school.open("ada")):
        assert one.ids("notes") == []
        assert one.outline("notes") == []
        assert one.read(PLACE) is None
        assert one.document_key(PLACE) is None
    assert PLACE not in bea._cache, "what is gone from the file is not kept in memory"
    report = verify(ben)
    assert (report.whole, report.documents) == (True, 0)


def test_what_was_deleted_does_not_come_back(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    kit.put(bea, "one", "woorden")
    before = bea.record(PLACE)
    grants = list(bea.state.granted(PLACE))
    assert before
    delete(bea)
    with pytest.raises(NotAllowed):
        kit.put(bea, "one", "opnieuw")
    for again in (before, msgspec.structs.replace(before, rev=3)):
        kit.inject(ben, Put(PLACE, again), *(PutGrant(PLACE, grant) for grant in grants))
    bea.refresh()
    for one in (bea, school.open("bea")):
        assert one.read(PLACE) is None
        assert one.ids("notes") == []
    assert len(verify(bea).problems) == 2


def test_deleting_twice_is_deleting_once(school: School) -> None:
    bea = school.open("bea")
    kit.put(bea, "one", "woorden")
    delete(bea)
    size = school.file.stat().st_size
    delete(bea)
    assert school.file.stat().st_size == size


def at_birth(bea: Vault, other: bytes) -> None:
    kit.put(bea, "one", readers=[other])


def later(bea: Vault, other: bytes) -> None:
    kit.put(bea, "one")
    with bea.transaction() as transaction:
        transaction.grant(PLACE, other)


def before_it_was_there(bea: Vault, other: bytes) -> None:
    """Nothing says that a grant follows its document: this order must not hide it."""
    key = b"k" * 32
    kit.inject(bea, PutGrant(PLACE, bea.make_grant(PLACE, other, key)))
    kit.put(bea, "one")


SHARED: tuple[Callable[[Vault, bytes], None], ...] = (at_birth, later, before_it_was_there)


@pytest.mark.parametrize("shared", SHARED, ids=lambda shared: shared.__name__)
@pytest.mark.parametrize("kind", [CircleKind.LEAD, CircleKind.STAFF, CircleKind.PERSON], ids=lambda kind: kind.name)
def test_an_author_does_not_delete_what_was_shared(
    school: School, shared: Callable[[Vault, bytes], None], kind: CircleKind
) -> None:
    bea, ada = school.open("bea"), school.open("ada")
    other = ada.own_circle() if kind is CircleKind.PERSON else bea.directory.the(kind).id
    shared(bea, other)
    with pytest.raises(NotAllowed):
        delete(bea)
    kit.inject(bea, Put(PLACE, gone(bea)))
    readers = (bea,) if shared is before_it_was_there else (bea, ada)
    stays(school, *readers)


def test_an_author_does_not_hide_that_it_was_shared(school: School) -> None:
    """First the grants away, then the note: both refused, also in the file written anew in between."""
    bea, ada = school.open("bea"), school.open("ada")
    lead = bea.directory.the(CircleKind.LEAD).id
    kit.put(bea, "one", readers=[lead])
    kit.inject(bea, DropGrant(PLACE, lead), Put(PLACE, gone(bea)))
    stays(school, bea, ada)
    compact(ada)
    bea.refresh()
    kit.inject(bea, DropGrant(PLACE, lead))
    kit.inject(bea, Put(PLACE, gone(bea)))
    stays(school, bea, ada)
    compact(bea)
    kit.inject(bea, Put(PLACE, gone(bea)))
    stays(school, bea, ada)


def test_sharing_and_deleting_in_one_save(school: School) -> None:
    bea = school.open("bea")
    kit.put(bea, "one")
    with pytest.raises(NotAllowed), bea.transaction() as transaction:
        transaction.grant(PLACE, bea.directory.the(CircleKind.LEAD).id)
        transaction.delete(PLACE)
    assert school.open("bea").read(PLACE) == b"woorden"


def test_a_colleague_deletes_nothing(school: School) -> None:
    """Neither in their own name nor in hers; and she can delete it herself afterwards."""
    bea, ben = school.open("bea"), school.open("ben")
    kit.put(bea, "one")
    ben.refresh()
    with pytest.raises(NotAllowed):
        delete(ben)
    kit.inject(ben, Put(PLACE, gone(ben)))
    kit.inject(ben, Put(PLACE, gone(ben, home=bea.own_circle())))
    kit.inject(ben, Put(PLACE, gone(ben, author=bea.me.id)))
    stays(school, bea)
    kit.inject(ben, Put(PLACE, gone(ben, author=bea.me.id, home=bea.own_circle())))
    stays(school, bea)
    assert verify(bea).bad == 1
    delete(bea)
    for one in (bea, school.open("bea"), school.open("ben")):
        assert one.ids("notes") == []


def test_a_colleague_cannot_take_over_what_is_gone(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    kit.put(bea, "one")
    delete(bea)
    ben.refresh()
    with pytest.raises(NotAllowed):
        kit.put(ben, "one", "van ben")
    assert bea.record(PLACE)


def test_a_leads_grant_does_not_let_the_lead_delete(school: School) -> None:
    bea, ada = school.open("bea"), school.open("ada")
    kit.put(bea, "one", readers=[bea.directory.the(CircleKind.LEAD).id])
    ada.refresh()
    with pytest.raises(NotAllowed):
        delete(ada)
    stays_with = school.open("ada")
    assert stays_with.read(PLACE) == b"woorden"


def test_a_stray_grant_keeps_a_note_but_shows_it_to_nobody(school: School) -> None:
    """Grants are unsigned: a colleague can make one that opens nothing. The note is then not deleted; it is safe."""
    bea, ben = school.open("bea"), school.open("ben")
    kit.put(bea, "one")
    kit.inject(ben, PutGrant(PLACE, Grant(ben.own_circle(), 1, True, b"z" * 80)))
    bea.refresh()
    with pytest.raises(NotAllowed):
        delete(bea)
    assert ben.read(PLACE) is None


@pytest.mark.parametrize("where", ["a case", "another table"])
def test_what_is_no_private_note_is_not_deleted(school: School, where: str) -> None:
    bea = school.open("bea")
    case = kit.new_case(bea, "Z-1")
    place = PLACE if where == "a case" else ("steps", "one")
    kit.put(bea, "one", table=place[0], home=case)
    with pytest.raises(NotAllowed):
        delete(bea, place)
    kit.inject(bea, Put(place, gone(bea, home=case, place=place)))
    stays(school, bea, place=place)


@pytest.mark.parametrize("rev", [0, 1, 3, 2**32 - 1])
def test_a_deletion_follows_what_it_deletes(school: School, rev: int) -> None:
    bea = school.open("bea")
    kit.put(bea, "one")
    kit.inject(bea, Put(PLACE, gone(bea, rev=rev)))
    stays(school, bea)


def test_what_never_was_is_not_deleted(school: School) -> None:
    bea = school.open("bea")
    delete(bea)
    for rev in (1, 2):
        kit.inject(bea, Put(PLACE, gone(bea, rev=rev)))
    assert bea.ids("notes") == []
    assert len(verify(bea).problems) == 2
    kit.put(bea, "one", "daarna")
    assert school.open("bea").read(PLACE) == b"daarna"


def contents(path: str, vault: Vault) -> bytes:
    return b"".join(kit.plaintexts(path, vault.vault_key))


def test_the_file_written_anew_says_that_it_is_gone_and_holds_nothing_of_it(school: School) -> None:
    bea, ada = school.open("bea"), school.open("ada")
    kit.put(bea, "one")
    kit.put(bea, "two", "die blijft")
    before = bea.record(PLACE)
    assert before
    delete(bea)
    assert before.sealed in contents(school.path, ada)
    compact(ada)
    assert before.sealed not in contents(school.path, ada)
    for _ in range(2):
        for one in (bea, ada, school.open("bea"), school.open("ben")):
            one.refresh()
            assert one.ids("notes") == ["two"]
            assert one.read(PLACE) is None
        assert bea.read(("notes", "two")) == b"die blijft"
        assert verify(ada).whole
        compact(ada)
    kit.inject(ada, Put(PLACE, before))
    bea.refresh()
    assert bea.ids("notes") == ["two"]
    assert not verify(bea).whole


def test_a_forged_deletion_does_not_outlive_the_file(school: School) -> None:
    bea, ben, ada = school.open("bea"), school.open("ben"), school.open("ada")
    kit.put(bea, "one")
    kit.inject(ben, Put(PLACE, gone(ben, author=bea.me.id, home=bea.own_circle())))
    compact(ada)
    bea.refresh()
    assert bea.read(PLACE) == b"woorden"
    assert verify(bea).whole
    delete(bea)
    assert school.open("bea").ids("notes") == []


def test_a_first_transaction_carries_only_deletions_that_count(school: School) -> None:
    """Whoever writes the file anew signs it, and can still not let a colleague's note be gone."""
    bea, ada = school.open("bea"), school.open("ada")
    kit.put(bea, "one", readers=[bea.directory.the(CircleKind.LEAD).id])
    ada.refresh()
    state = ada.empty_state(ada.journal)
    state.directory = ada.directory
    state.policies = kit.POLICIES
    for record in (gone(bea), gone(ada, home=bea.own_circle()), gone(ada, author=bea.me.id, home=ada.own_circle())):
        state.grants = {PLACE[0]: {PLACE[1]: list(ada.state.granted(PLACE))}}
        with pytest.raises(Refused):
            state._put(PLACE, record, carried=True)
    state.grants = {}
    state._put(PLACE, gone(bea), carried=True)
    assert list(state.ids("notes")) == []
