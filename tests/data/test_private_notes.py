"""Private notes: for their author alone, until shared or removed. Nobody else's keys open them, whatever program."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from data.errors import NotAllowed, UsageError
from data.register import Jotting
from data.register.day import look
from data.register.notes import PRIVATE_DAYS
from data.register.schema import POLICIES
from data.vault import people, staffing
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind
from data.vault.verify import verify
from tests.data.decoder import decode
from tests.data.school_kit import PEOPLE, Kit, about, note_ids, note_of, passphrase_of, school

SECRET = "twijfel over een thuissituatie"
OTHERS = set(PEOPLE) - {"marit"}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def private(kit: Kit, facts: str = SECRET, *names: str) -> Jotting:
    return replace(about(kit, facts, *names), private=True)


def all_they_decrypt(kit: Kit, login: str) -> bytes:
    """Everything a person's keys open: by the program, past its register, and by another decoder."""
    register = kit.open_as(login)
    vault = register.vault
    contents = [vault.read((table, ident)) or b"" for table in vault.state.tables for ident in vault.ids(table)]
    decoded = msgspec.json.encode(decode(kit.path.read_bytes(), login, passphrase_of(login)))
    return b"\n".join([*contents, decoded])


def test_a_private_note_is_for_its_author_alone(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(private(kit, SECRET, "Zoë de Vries"))
    assert kit.who_reads(ident) == {"marit"}
    assert note_of(marit, ident).note.private
    assert marit.vault.readers(("notes", ident)) == {marit.vault.own_circle()}
    assert SECRET.encode() in all_they_decrypt(kit, "marit")
    for login in OTHERS:
        assert SECRET.encode() not in all_they_decrypt(kit, login), login


def test_a_shared_note_is_not_private(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(about(kit, "gewoon", "Zoë de Vries"))
    assert not note_of(marit, ident).note.private
    for change in (marit.notes.share, marit.notes.remove):
        with pytest.raises(NotAllowed):
            change(ident)
    assert kit.who_reads(ident) == {"marit", "joost", "anne"}


def test_what_others_can_read_is_not_called_private(kit: Kit) -> None:
    """Whatever its content says: a colleague's program may have granted it all the same."""
    joost, marit = kit.open_as("joost"), kit.open_as("marit")
    ident = joost.notes.add(private(kit))
    with joost.vault.transaction() as transaction:
        transaction.grant(("notes", ident), joost.vault.directory.the(CircleKind.STAFF).id)
    marit.refresh()
    for register in (joost, marit):
        assert not note_of(register, ident).note.private
        with pytest.raises(NotAllowed):
            register.notes.remove(ident)


def test_a_private_note_belongs_to_no_case(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(private(kit, SECRET, "Zoë de Vries"))
    strands = marit.cases.strands_of([ident])
    with pytest.raises(NotAllowed):
        marit.cases.open(strands, notes=[ident])
    code = marit.cases.open(strands)
    with pytest.raises(NotAllowed):
        marit.cases.add_note(code, ident)
    with pytest.raises(UsageError):
        marit.notes.add(replace(private(kit), case=code))
    assert kit.who_reads(ident) == {"marit"}
    assert marit.notes.loose(kit.clock.now().replace(year=2020)) == []


def test_an_outsider_has_no_private_notes(kit: Kit) -> None:
    for login in ("esther", "dirk"):
        with pytest.raises(NotAllowed):
            kit.open_as(login).notes.add(private(kit))


def test_sharing_writes_it_anew_and_takes_the_private_one_away(kit: Kit) -> None:
    marit = kit.open_as("marit")
    kit.clock.pass_(hours=2)
    happened = kit.clock.now()
    old = marit.notes.add(replace(private(kit, "Zoë huilde", "Zoë de Vries"), place="plein", words="laat me", did="d"))
    before = note_of(marit, old).note
    kit.clock.pass_(days=3)
    new = marit.notes.share(old)
    assert note_ids(marit) == {new}
    shared = note_of(marit, new).note
    assert (shared.happened, shared.entered) == (happened, kit.clock.now())
    assert msgspec.structs.replace(shared, private=True, entered=before.entered) == before
    assert kit.who_reads(new) == {"marit", "joost", "anne"}
    with pytest.raises(NotAllowed):
        marit.notes.share(old)
    assert verify(marit.vault).whole


def test_removing_leaves_nothing_of_it(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(private(kit))
    marit.notes.remove(ident)
    assert note_ids(marit) == set()
    with pytest.raises(NotAllowed):
        marit.notes.remove(ident)
    compact(kit.open_as("anne").vault)
    marit.refresh()
    assert note_ids(marit) == set()
    assert verify(marit.vault).whole
    reread = kit.open_as("marit")
    assert note_ids(reread) == set()
    assert reread.vault.state.head(("notes", ident)), "the file still says that it is gone"


def test_a_colleague_neither_shares_nor_removes_it(kit: Kit) -> None:
    ident = kit.open_as("marit").notes.add(private(kit))
    for login in ("joost", "anne", "hans"):
        register = kit.open_as(login)
        for change in (register.notes.share, register.notes.remove):
            with pytest.raises(NotAllowed):
                change(ident)
        with pytest.raises(NotAllowed), register.vault.transaction() as transaction:
            transaction.delete(("notes", ident))
    assert kit.who_reads(ident) == {"marit"}


def test_another_decoder_agrees_on_what_is_gone(kit: Kit) -> None:
    marit = kit.open_as("marit")
    kept, removed = marit.notes.add(private(kit)), marit.notes.add(private(kit, "weg"))
    shared = marit.notes.share(marit.notes.add(private(kit, "gedeeld", "Zoë de Vries")))
    marit.notes.remove(removed)
    found = decode(kit.path.read_bytes(), "marit", passphrase_of("marit"))["notes"]
    assert set(found) == {kept, shared}
    assert set(decode(kit.path.read_bytes(), "joost", passphrase_of("joost"))["notes"]) == {shared}


def test_the_reminder_comes_after_two_weeks(kit: Kit) -> None:
    marit = kit.open_as("marit")
    first = marit.notes.add(private(kit))
    kit.clock.pass_(days=1)
    marit.notes.add(private(kit, "later"))
    marit.notes.add(about(kit, "gewoon", "Zoë de Vries"))
    kit.clock.pass_(days=PRIVATE_DAYS - 1, minutes=1)
    assert [known.id for known in look(marit).private] == [first]
    assert look(kit.open_as("joost")).private == ()
    kit.clock.pass_(days=200)
    assert look(marit).private[0].id == first, "also where my day shows no notes that old"
    assert len(look(marit).private) == 2
    marit.notes.remove(first)
    assert len(look(marit).private) == 1


def test_a_reset_takes_private_notes_along_and_nobody_gets_them(kit: Kit) -> None:
    """Who gets another passphrase from the coordinator loses what only the old one opened; so does everybody else."""
    kit.open_as("marit").notes.add(private(kit))
    anne = kit.open_as("anne")
    marit = anne.vault.directory.by_login("marit")
    assert marit
    code = staffing.reset(anne.vault, marit.id, cost=FLOOR).code
    new = "een heel andere wachtzin"
    vault = people.join(str(kit.path), "marit", code, new, machine=kit.machine, policies=POLICIES, cost=FLOOR)
    assert all(SECRET.encode() not in (vault.read(("notes", ident)) or b"") for ident in vault.ids("notes"))
    vault.close()
