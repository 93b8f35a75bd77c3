"""A colleague with the vault key, a text editor and bad intentions; a thief with the file; a stranger's file."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from data.errors import Changed, Damaged, NoEntry, NotAllowed, VaultError
from data.vault import crypto, operations, people, reading, slots
from data.vault.crypto import Cost, Keys
from data.vault.directory import Directory
from data.vault.entries import (
    Acceptance,
    Circle,
    CircleKind,
    Entry,
    Member,
    Person,
    Role,
    Statement,
    Status,
    VaultKey,
    signing_context,
)
from data.vault.keyring import wrap_context
from data.vault.machine import Machine
from data.vault.operations import Checkpoint, DropGrant, DropWrap, Put, PutEntry, PutGrant, Wrap
from data.vault.records import Grant, Place, Record, make_record
from data.vault.state import State
from data.vault.vault import Transaction, Vault, settle, waiting
from data.vault.verify import verify

from . import vault_kit as kit
from .agreement import assert_agreed
from .vault_kit import School


def forge(vault: Vault, place: Place, *, author: bytes, home: bytes, rev: int = 1, text: bytes = b"vals") -> Record:
    """Make a record in somebody's name, signed by whoever this session is."""
    return make_record(
        text, place=place, vault_id=vault.id, rev=rev, author=author, home=home, time=1,
        key=bytes(32), nonce=bytes(12), signer=vault.opened.keys,
    )  # fmt: skip


def entry(vault: Vault, statement: Statement, *, signer: bytes | None = None, keys: Keys | None = None) -> PutEntry:
    """Make a directory entry that fits the chain, allowed or not."""
    directory, me = vault.directory, vault.opened
    bare = Entry(directory.count, directory.last, statement, signer or me.person)
    return PutEntry(replace(bare, signature=(keys or me.keys).sign(signing_context(vault.id, bare.unsigned()))))


def refused(vault: Vault, other: Vault, *injected: operations.Operation) -> None:
    """Write operations that must not count: for nobody, and `verify` says so."""
    with contextlib.suppress(NoEntry):  # who was thrown out may try as well
        vault.refresh()
    other.refresh()
    known = vault.directory
    before = (dict(known.people), dict(known.circles), {c: dict(m) for c, m in known.members.items()})
    documents = {table: vault.ids(table) for table in kit.POLICIES}
    kit.inject(vault, *injected)
    other.refresh()
    for one in (vault, other):
        now = one.directory
        assert (now.people, now.circles, {c: m for c, m in now.members.items() if m or c in before[2]}) == before
        assert {table: one.ids(table) for table in kit.POLICIES} == documents
    report = verify(other)
    assert not report.whole
    assert report.problems


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """Whatever a test does to it: the decoder written from FORMAT.md reads in the end what the vault reads."""
    made = kit.school(tmp_path)
    yield made
    assert_agreed(made)


# --- records -----------------------------------------------------------------------------------------------


def test_forged_author(school: School) -> None:
    """In bea's name, signed by ben: shown by nobody, reported by verify."""
    ben, bea = school.open("ben"), school.open("bea")
    place = ("notes", "forged")
    record = forge(ben, place, author=bea.me.id, home=bea.own_circle())
    kit.inject(ben, Put(place, record))
    bea.refresh()
    assert bea.read(place) is None
    assert bea.record(place) is None
    report = verify(ben)
    assert not report.whole
    assert report.bad == 1


def test_forged_author_over_a_standing_document(school: School) -> None:
    """The genuine one stands, for readers who looked before and readers who did not; work on it goes on."""
    ben, bea, dor = school.open("ben"), school.open("bea"), school.open("dor")
    staff = bea.directory.the(CircleKind.STAFF).id
    place = ("lessons", "les")
    kit.put(bea, "les", "echt", table="lessons", home=staff)
    ben.refresh()
    dor.refresh()
    kit.inject(ben, Put(place, forge(ben, place, author=bea.me.id, home=staff, rev=2)))
    bea.refresh()
    assert bea.read(place) == b"echt"
    assert bea.revision(place) == 1
    kit.put(bea, "les", "verder", table="lessons", home=staff, expected=1)
    dor.refresh()
    fresh = school.open("ada")
    assert [one.read(place) for one in (bea, dor, fresh)] == [b"verder"] * 3
    assert [one.revision(place) for one in (bea, dor, fresh)] == [3] * 3
    assert verify(fresh).bad == 1


def test_superseded_forgery_is_found_by_verify(school: School) -> None:
    ben, bea = school.open("ben"), school.open("bea")
    staff = bea.directory.the(CircleKind.STAFF).id
    kit.put(bea, "les", "echt", table="lessons", home=staff)
    ben.refresh()
    kit.inject(ben, Put(("lessons", "les"), forge(ben, ("lessons", "les"), author=bea.me.id, home=staff, rev=2)))
    kit.put(ben, "les", "daarna", table="lessons", home=staff)
    assert verify(bea).bad == 1


def test_a_forged_deletion_deletes_nothing(school: School) -> None:
    ben, bea = school.open("ben"), school.open("bea")
    staff = bea.directory.the(CircleKind.STAFF).id
    kit.put(bea, "les", "echt", table="lessons", home=staff)
    gone = msgspec.structs.replace(forge(ben, ("lessons", "les"), author=bea.me.id, home=staff, rev=2), sealed=b"")
    kit.inject(ben, Put(("lessons", "les"), gone))
    assert school.open("dor").ids("lessons") == ["les"]
    assert school.open("dor").read(("lessons", "les")) == b"echt"


def test_a_record_moved_to_another_place_table_or_document(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    case = kit.new_case(bea, "Z-1")
    kit.put(bea, "one", "eerste", home=case)
    ben.refresh()
    record = ben.record(("notes", "one"))
    assert record
    grants = ben.state.granted(("notes", "one"))
    for place in (("notes", "two"), ("steps", "one")):
        kit.inject(ben, Put(place, record), *[PutGrant(place, grant) for grant in grants])
        bea.refresh()
        assert bea.read(place) is None
    assert verify(bea).bad == 2


def test_a_second_record_of_an_event(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    kit.put(bea, "one", "eerste")
    with pytest.raises(NotAllowed):
        kit.put(bea, "one", "tweede")
    place = ("notes", "one")
    refused(bea, ben, Put(place, forge(bea, place, author=bea.me.id, home=bea.own_circle(), rev=2)))
    refused(bea, ben, Put(place, forge(bea, place, author=bea.me.id, home=bea.own_circle(), rev=1)))
    assert bea.read(place) == b"eerste"


def test_a_current_document_from_another_home(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    mine, theirs = kit.new_case(bea, "Z-1"), kit.new_case(ben, "Z-2")
    kit.put(bea, "Z-1", "zaak", table="cases", home=mine)
    with pytest.raises(NotAllowed):
        kit.put(ben, "Z-1", "vals", table="cases", home=theirs)
    place = ("cases", "Z-1")
    refused(ben, bea, Put(place, forge(ben, place, author=ben.me.id, home=theirs, rev=2)))
    assert bea.read(place) == b"zaak"


def test_numbers_that_do_not_follow(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    staff = bea.directory.the(CircleKind.STAFF).id
    kit.put(bea, "les", "een", table="lessons", home=staff)
    for rev in (0, 1, 3, 2**32 - 1):
        refused(
            ben, bea, Put(("lessons", "les"), forge(ben, ("lessons", "les"), author=ben.me.id, home=staff, rev=rev))
        )
    refused(ben, bea, Put(("lessons", "new"), forge(ben, ("lessons", "new"), author=ben.me.id, home=staff, rev=2)))


def test_outsiders_write_in_their_case_only(school: School) -> None:
    ada, ext = school.open("ada"), school.open("ext")
    case, other = kit.new_case(ada, "Z-1", "ext"), kit.new_case(ada, "Z-2")
    kit.put(ext, "in", "in de zaak", home=case)
    kit.put(ext, "mine", "eigen", table="settings")
    homes = {"own": ext.own_circle(), "other": other, "staff": ada.directory.the(CircleKind.STAFF).id}
    for name, home in homes.items():
        table = "lessons" if name == "staff" else "notes"
        with pytest.raises(NotAllowed):
            kit.put(ext, "out", table=table, home=home)
        refused(ext, ada, Put((table, "out"), forge(ext, (table, "out"), author=ext.me.id, home=home)))
    ada.refresh()
    assert ada.read(("notes", "in")) == b"in de zaak"


def test_a_document_at_home_in_a_circle_of_another_kind(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    staff = ada.directory.the(CircleKind.STAFF).id
    for table, home in (("cases", staff), ("steps", staff), ("notes", staff), ("lessons", bea.own_circle())):
        with pytest.raises(NotAllowed):
            kit.put(bea, "x", table=table, home=home)
        refused(bea, ada, Put((table, "x"), forge(bea, (table, "x"), author=bea.me.id, home=home)))


def test_tables_for_stewards_and_tables_that_do_not_exist(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    everyone = ada.directory.the(CircleKind.EVERYONE).id
    kit.put(ada, "school", "De Brug", table="school", home=everyone)
    bea.refresh()
    with pytest.raises(NotAllowed):
        kit.put(bea, "school", "anders", table="school", home=everyone)
    place = ("school", "school")
    refused(bea, ada, Put(place, forge(bea, place, author=bea.me.id, home=everyone, rev=2)))
    secret = "Jantje pest"
    refused(bea, ada, Put((secret, "x"), forge(bea, (secret, "x"), author=bea.me.id, home=everyone)))
    assert not any("Jantje" in problem for problem in verify(ada).problems)
    assert ada.read(place) == b"De Brug"


def test_who_left_writes_nothing(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    with ada.transaction() as transaction:
        transaction.say(replace(kit.person(ada, "ben"), status=Status.LEFT))
    with pytest.raises(NoEntry):
        kit.put(ben, "after")
    refused(ben, ada, Put(("notes", "x"), forge(ben, ("notes", "x"), author=ben.me.id, home=ben.own_circle())))
    with pytest.raises(NoEntry):
        school.open("ben")
    with pytest.raises(NotAllowed), ada.transaction() as transaction:
        transaction.join(ada.directory.the(CircleKind.STAFF).id, ben.me.id)


def test_an_account_with_an_end(school: School) -> None:
    ada = school.open("ada")
    with ada.transaction() as transaction:
        transaction.say(replace(kit.person(ada, "ext"), until=1_000))
    with pytest.raises(NoEntry):
        school.open("ext")


def test_old_keys_sign_nothing_any_more(school: School) -> None:
    """A session that goes on after its person got new keys elsewhere, and records with the old ones."""
    ada, bea = school.open("ada"), school.open("bea")
    kit.put(bea, "before", "toen")
    old, new = bea.opened.keys, Keys(bytes(31) + b"n")
    with bea.transaction() as transaction:
        transaction.say(replace(bea.me, sign=new.sign_public, box=new.box_public))
    with pytest.raises(NoEntry):
        kit.put(bea, "after")
    place = ("notes", "x")
    assert bea.opened.keys is old
    kit.inject(bea, Put(place, forge(bea, place, author=bea.me.id, home=bea.own_circle())))
    ada.refresh()
    assert ada.record(place) is None
    assert ada.record(("notes", "before"))
    assert verify(ada).bad == 1
    with pytest.raises(NoEntry):
        school.open("bea")


# --- people and circles ------------------------------------------------------------------------------------


def changes(ben: Vault) -> dict[str, Callable[[], PutEntry]]:
    """What a teacher might try on the directory."""
    bea, ada = kit.person(ben, "bea"), kit.person(ben, "ada")
    new = Keys(b"k" * 32)
    ident = b"newcircl"
    directory = ben.directory
    stranger = Person(b"stranger", "x", "X", (Role.COORDINATOR,), Status.ACTIVE, new.sign_public, new.box_public)

    def the(kind: CircleKind) -> Circle:
        return directory.the(kind)

    return {
        "somebody's key": lambda: entry(ben, replace(bea, sign=new.sign_public, box=new.box_public)),
        "in their name": lambda: entry(ben, replace(bea, sign=new.sign_public), signer=bea.id),
        "a steward's key": lambda: entry(ben, replace(ada, sign=ben.me.sign)),
        "own roles": lambda: entry(ben, replace(ben.me, roles=(Role.TEACHER, Role.COORDINATOR))),
        "own name": lambda: entry(ben, replace(ben.me, name="Directeur")),
        "own login": lambda: entry(ben, replace(ben.me, login="ada2")),
        "own until": lambda: entry(ben, replace(ben.me, until=5)),
        "own return to invited": lambda: entry(ben, replace(ben.me, status=Status.INVITED)),
        "a stranger": lambda: entry(ben, stranger),
        "a stranger who signs": lambda: entry(ben, stranger, signer=stranger.id, keys=new),
        "into lead": lambda: entry(ben, Member(the(CircleKind.LEAD).id, ben.me.id, False, True)),
        "out of lead": lambda: entry(ben, Member(the(CircleKind.LEAD).id, ada.id, False, False)),
        "lead's key": lambda: entry(ben, replace(the(CircleKind.LEAD), epoch=2, box=new.box_public)),
        "a group": lambda: entry(ben, Circle(ident, CircleKind.GROUP, "8a", 1, new.box_public)),
        "a second lead": lambda: entry(ben, Circle(ident, CircleKind.LEAD, "", 1, new.box_public)),
        "a labelled lead": lambda: entry(ben, Circle(ident, CircleKind.LEAD, "2", 1, new.box_public)),
        "bea's own circle": lambda: entry(ben, Circle(ident, CircleKind.PERSON, bea.id.hex(), 1, new.box_public)),
        "a newcomer's own circle": lambda: entry(ben, Circle(ident, CircleKind.PERSON, "aa" * 8, 1, new.box_public)),
        "a second own circle": lambda: entry(ben, Circle(ident, CircleKind.PERSON, ben.me.id.hex(), 1, new.box_public)),
        "somebody in one's own circle": lambda: entry(ben, Member(ben.own_circle(), bea.id, False, True)),
        "a circle with a person's id": lambda: entry(ben, Circle(bea.id, CircleKind.CASE, "Z", 1, new.box_public)),
        "a case without a label": lambda: entry(ben, Circle(ident, CircleKind.CASE, "", 1, new.box_public)),
        "a later epoch at once": lambda: entry(ben, Circle(ident, CircleKind.CASE, "Z", 2, new.box_public)),
        "a vault key": lambda: entry(ben, VaultKey(2, bytes(32))),
        "out of the chain": lambda: PutEntry(replace(entry(ben, stranger).entry, number=0)),
        "a forged signature": lambda: PutEntry(replace(entry(ben, ben.me).entry, signature=bytes(64))),
    }


def test_changes_of_people_by_somebody_who_may_not(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    for name, make in changes(ben).items():
        before = len(ada.state.problems)
        refused(ben, ada, make())
        assert len(ada.state.problems) == before + 1, name
    # All this has cost nobody anything.
    kit.put(ben, "note")
    assert not ada.trouble


def test_what_even_a_steward_cannot_say(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    ben, ext = kit.person(ada, "ben"), replace(kit.person(ada, "ext"), status=Status.LEFT)
    with bea.transaction() as transaction:
        empty = transaction.new_circle(CircleKind.CASE, "Z-2").id
    with ada.transaction() as transaction:
        transaction.say(ext)
    everyone, staff, lead = (
        ada.directory.the(kind) for kind in (CircleKind.EVERYONE, CircleKind.STAFF, CircleKind.LEAD)
    )
    kit.inject(ada, entry(ada, Member(everyone.id, staff.id, True, True)))
    said: list[Statement] = [
        replace(ben, id=staff.id, login="new"),
        replace(ben, login="\u00a0BEA "),
        replace(lead, epoch=lead.epoch + 2),
        replace(lead, label="x", epoch=lead.epoch + 1),
        Member(staff.id, staff.id, True, True),
        Member(staff.id, everyone.id, True, True),
        Member(everyone.id, ext.id, False, True),
        Member(everyone.id, b"nobody!!", False, True),
        Member(everyone.id, ben.id, True, True),
        Member(empty, ada.me.id, False, True),
        VaultKey(1, bytes(32)),
        Acceptance(2, 1, 5, bytes(32)),
    ]
    for statement in said:
        refused(ada, bea, entry(ada, statement))


def test_outsiders_make_no_cases(school: School) -> None:
    ada, ext = school.open("ada"), school.open("ext")
    case = kit.new_case(ada, "Z-1", "ext")
    ext.refresh()
    key = Keys(b"k" * 32).box_public
    refused(ext, ada, entry(ext, Circle(b"newcircl", CircleKind.CASE, "Z-2", 1, key)))
    refused(ext, ada, entry(ext, Member(case, kit.person(ext, "bea").id, False, True)))
    refused(ext, ada, entry(ext, replace(ext.directory.circles[case], epoch=2, box=key)))


def test_cases_belong_to_who_is_in_them(school: School) -> None:
    ada, bea, ben = (school.open(name) for name in ("ada", "bea", "ben"))
    case = kit.new_case(bea, "Z-1")
    lead = bea.directory.the(CircleKind.LEAD).id
    with bea.transaction() as transaction:
        transaction.join(case, lead)
    ben.refresh()
    refused(ben, ada, entry(ben, Member(case, ben.me.id, False, True)))
    refused(ben, ada, entry(ben, Member(case, bea.me.id, False, False)))
    refused(ben, ada, entry(ben, replace(ben.directory.circles[case], epoch=2)))
    bea.refresh()
    refused(bea, ada, entry(bea, Member(case, lead, True, False)))
    with pytest.raises(NotAllowed), bea.transaction() as transaction:
        transaction.say(Member(case, lead, True, False))
    with ada.transaction() as transaction:
        transaction.say(Member(case, lead, True, False))


def test_the_inviter_acts_for_nobody(school: School) -> None:
    """Who invites knows the first keys; with them nothing can be done but to hand over to the person's own."""
    ada, bea = school.open("ada"), school.open("bea")
    machine = ada.machine
    first = Keys(machine.random(32))
    guest = Person(b"inviteee", "new", "New", (Role.COORDINATOR,), Status.INVITED, first.sign_public, first.box_public)
    with ada.transaction() as transaction:
        transaction.say(guest)
        transaction.join(ada.directory.the(CircleKind.STAFF).id, guest.id)
    staff = ada.directory.the(CircleKind.STAFF).id
    record = make_record(
        b"x", place=("lessons", "x"), vault_id=ada.id, rev=1, author=guest.id, home=staff, time=1,
        key=bytes(32), nonce=bytes(12), signer=first,
    )  # fmt: skip
    refused(ada, bea, Put(("lessons", "x"), record))
    key = Keys(b"k" * 32).box_public
    circle = Circle(b"newcircl", CircleKind.CASE, "Z-9", 1, key)
    refused(ada, bea, entry(ada, circle, signer=guest.id, keys=first))
    with ada.transaction() as transaction:
        mine = Keys(b"m" * 32)
        active = replace(guest, status=Status.ACTIVE, sign=mine.sign_public, box=mine.box_public)
        transaction.operations.append(entry(ada, active, signer=guest.id, keys=first))
    assert ada.directory.people[guest.id].status is Status.ACTIVE


def test_circles_in_rings_and_in_the_deep(school: School) -> None:
    """Nesting by a member of staff costs nobody the session: neither the directory's rule nor stray wraps."""
    ada, bea = school.open("ada"), school.open("bea")
    chain = [kit.new_case(bea, f"Z-{number}") for number in range(30)]
    with bea.transaction() as transaction:
        for inner, outer in itertools.pairwise(chain):
            transaction.join(outer, inner)
    with pytest.raises(NotAllowed), bea.transaction() as transaction:
        transaction.join(chain[0], chain[3])
    directory = bea.directory
    wraps = [
        Wrap(a, 1, b, crypto.wrap(directory.circles[b].box, b"g" * 32, b""))
        for a, b in [*itertools.pairwise(chain), (chain[0], chain[-1])]
    ]
    lead = directory.the(CircleKind.LEAD).id
    wraps.append(Wrap(lead, 1, chain[0], crypto.wrap(directory.circles[chain[0]].box, b"g" * 32, b"")))
    kit.inject(bea, *wraps)
    fresh = school.open("bea")
    assert all(fresh.can_open(circle) for circle in chain)
    assert not fresh.can_open(lead)
    ada.refresh()
    assert ada.can_open(lead)
    assert not ada.can_open(chain[0])


def test_a_thousand_epochs_are_walked(school: School) -> None:
    ada = school.open("ada")
    case = kit.new_case(ada, "Z-1")
    kit.put(ada, "old", "lang geleden", home=case)
    with ada.transaction() as transaction:
        for _ in range(400):
            transaction.renew(case)
        # Only the last key is wrapped: the past leads back from there.
        kept = [one for one in transaction.operations if not isinstance(one, Wrap) or one.epoch == 401]
        transaction.operations[:] = kept
    fresh = school.open("ada")
    assert fresh.directory.circles[case].epoch == 401
    assert fresh.can_open(case)
    assert fresh.read(("notes", "old")) == b"lang geleden"


def test_keys_that_are_none(school: School) -> None:
    """Somebody takes a public key into use that no secret can be sealed to."""
    ada, ben = school.open("ada"), school.open("ben")
    with ben.transaction() as transaction:
        transaction.say(replace(ben.me, box=bytes(32)))
    case = kit.new_case(ada, "Z-1", "bea")
    with ada.transaction() as transaction:
        transaction.join(case, kit.person(ada, "ben").id)
    assert (case, kit.person(ada, "ben").id) in waiting(ada)
    assert settle(ada) == 0
    with ada.transaction() as transaction:
        transaction.renew(ada.directory.the(CircleKind.STAFF).id)


# --- wraps and grants --------------------------------------------------------------------------------------


def test_grants_and_wraps_that_do_not_open(school: School) -> None:
    ada, bea, ben = (school.open(name) for name in ("ada", "bea", "ben"))
    case = kit.new_case(ada, "Z-1", "bea")
    kit.put(ada, "one", "woorden", home=case)
    ben.refresh()
    place = ("notes", "one")
    staff = ben.directory.the(CircleKind.STAFF)
    sealed = ben.make_grant(place, staff.id, b"f" * 32)
    junk = [
        PutGrant(place, Grant(case, 1, shared, wrapped))
        for shared in (False, True)
        for wrapped in (b"", b"x", b"y" * 12, b"z" * 60, b"w" * 92)
    ]
    unknown = [PutGrant(place, Grant(b"nobody!!", 7, True, b"z" * 92)), PutGrant(place, Grant(case, 99, False, b"z"))]
    wraps = [
        Wrap(case, 1, bea.me.id, bytes(80)),
        Wrap(case, 1, b"nobody!!", bytes(80)),
        Wrap(b"nowhere!", 3, case, bytes(80)),
    ]
    kit.inject(ben, *junk, *unknown, PutGrant(place, sealed), *wraps)
    for vault in (school.open("ada"), school.open("bea"), bea):
        vault.refresh()
        assert vault.read(place) == b"woorden"
        assert vault.readers(place) == {case}
    assert ben.read(place) is None
    assert ben.readers(place) == frozenset()
    assert verify(ben).whole


def test_a_wrap_with_another_seed_is_no_key(school: School) -> None:
    """A seed that does not give the directory's key is not used, so nothing is ever granted under it."""
    ada, ben = school.open("ada"), school.open("ben")
    case = kit.new_case(ada, "Z-1")
    ben.refresh()
    bea = kit.person(ben, "bea")
    context = wrap_context(ben.id, case, 1, bea.id)
    kit.inject(ben, Wrap(case, 1, bea.id, crypto.wrap(bea.box, b"e" * 32, context)))
    assert not school.open("bea").can_open(case)


def test_stray_grants_do_not_spoil_the_next_save(school: School) -> None:
    """A grant to a circle that does not exist, or one nobody can check, must not stop or mislead an update."""
    ada, bea = school.open("ada"), school.open("bea")
    staff, direction = (bea.directory.the(kind).id for kind in (CircleKind.STAFF, CircleKind.DIRECTION))
    place = ("lessons", "les")
    kit.put(bea, "les", "een", table="lessons", home=staff)
    kit.inject(
        bea,
        PutGrant(place, Grant(b"nobody!!", 7, True, b"z" * 92)),
        PutGrant(place, Grant(direction, 1, True, b"z" * 92)),
    )
    kit.put(bea, "les", "twee", table="lessons", home=staff, readers=[direction])
    dor = school.open("dor")
    assert dor.readers(place) == {staff, direction}
    assert dor.read(place) == b"twee"
    ada.refresh()
    assert ada.read(place) == b"twee"


def test_a_grant_shows_two_readers_one_text(school: School) -> None:
    """The commitment keeps a document key from opening to something else for somebody else."""
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    kit.put(ada, "Z-1", "woorden", table="cases", home=case)
    wrong = ada.make_grant(("cases", "Z-1"), case, b"q" * 32)
    kit.inject(ada, DropGrant(("cases", "Z-1"), case), PutGrant(("cases", "Z-1"), wrong))
    bea.refresh()
    assert bea.read(("cases", "Z-1")) is None


def test_nobody_takes_away_who_reads_an_event(school: School) -> None:
    """A dropped grant is unsigned: of what is never changed it would be a deletion by anybody."""
    ada, bea, ben = (school.open(name) for name in ("ada", "bea", "ben"))
    case = kit.new_case(ada, "Z-1", "bea")
    kit.put(ada, "one", "woorden", home=case)
    refused(ben, bea, DropGrant(("notes", "one"), case))
    assert bea.read(("notes", "one")) == b"woorden"
    assert school.open("bea").read(("notes", "one")) == b"woorden"


# --- frames that are sealed well and hold nonsense ---------------------------------------------------------


@pytest.mark.parametrize(
    "plaintext",
    [
        b"\x00", b"\xff", b"\x01", b"\x01\xff\xff", b"\x01\x02\x00ab\x01\x00x\x05\x00\x00\x00aaaaa", b"\x02\x00\x00",
        b"\x04\x04\x00\x00\x00abcd", b"\x01\x02\x00\xff\xfe\x00\x00\x00\x00\x00\x00", b"\x08\x04\x00\x00\x00abcd",
        b"\x04" + (110).to_bytes(4, "little") + bytes(36) + b"\x09" + bytes(73),
    ],
)  # fmt: skip
def test_senseless_operations_stop_nobody(school: School, plaintext: bytes) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    kit.inject_bytes(ben, plaintext)
    kit.put(ben, "after", "daarna")
    ada.refresh()
    fresh = school.open("ada")
    for vault in (ada, fresh):
        assert not vault.trouble
        assert vault.ids("notes") == ["after"]
    kit.put(fresh, "more")
    ada.refresh()
    assert ada.ids("notes") == ["after", "more"]
    report = verify(ada)
    assert not report.whole
    assert len(report.problems) == 1


def test_a_second_checkpoint_stops_nobody(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    refused(ben, ada, Checkpoint(ben.me.id, (), bytes(64)))
    assert school.open("bea").me.login == "bea"


@pytest.mark.parametrize("behind", [operations.DropSlot(bytes(8)), None], ids=["an operation", "the same again"])
def test_nothing_comes_behind_the_first_transactions_signature(
    school: School, behind: operations.Operation | None
) -> None:
    ada = school.open("ada")
    first = kit.plaintexts(str(school.path), ada.vault_key)[0]
    last = list(operations.decode(first))[-1][1]

    def state() -> State:
        return State(ada.id, ada.journal.first_hash, Directory(ada.id, ada.opened.root), kit.POLICIES)

    state().apply(reading.Transaction(1, (), first, True))
    with pytest.raises(Damaged):
        state().apply(reading.Transaction(1, (), first + operations.encode([behind or last]), True))


def test_no_circle_joins_itself(school: School) -> None:
    ada = school.open("ada")
    staff = ada.directory.the(CircleKind.STAFF).id
    with pytest.raises(NotAllowed), ada.transaction() as transaction:
        transaction.join(staff, staff)


def test_drops_of_what_is_not_there(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    kit.inject(
        ben,
        DropGrant(("lessons", "none"), b"nobody!!"),
        DropWrap(b"nobody!!", b"nobody!!"),
        operations.DropSlot(bytes(8)),
    )
    ada.refresh()
    assert verify(ada).whole


# --- keyslots ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cost",
    [
        Cost(1, 19 * 1024, 1), Cost(2, 8, 1), Cost(2, 1024 * 1024 * 1024, 1), Cost(2**32 - 1, 19 * 1024, 1),
        Cost(16, 1024 * 1024, 16), Cost(2, 19 * 1024, 2**32 - 1), Cost(0, 0, 0),
    ],
)  # fmt: skip
def test_lowered_and_absurd_costs(tmp_path: Path, cost: Cost) -> None:
    """Refused before any work: no memory taken, no hang, and not called a wrong passphrase."""
    school = kit.small(tmp_path)
    vault = school.open()
    mine = vault.state.slots[crypto.label(vault.id, slots.PASSPHRASE, "ada")]
    kit.inject(vault, new_slots=(replace(mine, cost=cost),))
    vault.close()
    begun = time.monotonic()
    with pytest.raises(Damaged):
        school.open()
    assert time.monotonic() - begun < 1


def test_a_slot_in_somebody_elses_name_opens_nothing_of_theirs(school: School) -> None:
    """A colleague can put their own slot under bea's login; who enters there is still the colleague."""
    ben = school.open("ben")
    slot = slots.make_slot(
        ben.opened, kind=slots.PASSPHRASE, login="bea", secret="gekozen door ben", vault_id=ben.id,
        vault_key=ben.vault_key, epoch=1, cost=crypto.FLOOR, salt=bytes(16), nonce=bytes(12),
    )  # fmt: skip
    kit.inject(ben, new_slots=(slot,))
    entered = Vault.unlock(school.path, "bea", "gekozen door ben", machine=Machine(), policies=kit.POLICIES)
    assert entered.me.login == "ben"


@pytest.mark.parametrize(
    ("login", "typed"),
    [
        ("José", "Jose\u0301"),
        ("jose\u0301", "JOSÉ"),
        (" ada ", "ADA"),
        ("Ω", "ω"),
        ("ŁUKASZ", "łukasz"),
        ("学校", "学校"),
    ],
)
def test_logins_and_passphrases_in_any_spelling(tmp_path: Path, login: str, typed: str) -> None:
    path = str(tmp_path / "school.pest")
    founder = people.Founder(login, "Naam", "cafe\u0301 olé mañana")
    vault, _ = people.create(
        path, founder, machine=Machine(), policies=kit.POLICIES, fill=lambda vault: None, cost=crypto.FLOOR
    )
    vault.close()
    opened = Vault.unlock(path, typed, "café ole\u0301 man\u0303ana", machine=Machine(), policies=kit.POLICIES)
    assert opened.me.name == "Naam"
    with pytest.raises(NoEntry):
        Vault.unlock(path, typed, "cafe ole manana", machine=Machine(), policies=kit.POLICIES)


@pytest.mark.parametrize("typed", ["\ud800", "a\x00b", "x" * 100_000, "", " ", "\u202e"])
def test_hostile_input_at_the_door(tmp_path: Path, typed: str) -> None:
    school = kit.small(tmp_path)
    for login, secret in ((typed, kit.PASSPHRASE), ("ada", typed)):
        with pytest.raises(NoEntry):
            Vault.unlock(school.path, login, secret, machine=Machine(), policies=kit.POLICIES, cost=crypto.FLOOR)


def test_unknown_login_takes_as_much_work_as_a_wrong_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = kit.small(tmp_path)
    done: list[Cost] = []

    def record(secret: str, salt: bytes, cost: Cost) -> bytes:
        done.append(cost)
        return bytes(32)

    monkeypatch.setattr(crypto, "stretch", record)
    for login in ("ada", "nobody"):
        with pytest.raises(NoEntry):
            Vault.unlock(school.path, login, "fout", machine=Machine(), policies=kit.POLICIES)
    assert done == [crypto.FLOOR, crypto.FLOOR]


# --- who reads what ----------------------------------------------------------------------------------------


def test_only_who_is_granted_reads(school: School) -> None:
    """Not with a third person's keys, not with the vault key alone, not from the raw file."""
    ada, bea = school.open("ada"), school.open("bea")
    sentence = "Sem zei dat Noor haar uitlachte op het plein"
    case = kit.new_case(ada, "Z-7K3F", "bea")
    kit.put(ada, "one", sentence, home=case)
    kit.put(bea, "two", sentence + " weer", home=bea.own_circle(), readers=[case])
    bea.refresh()
    ada.refresh()
    place = ("notes", "one")
    assert bea.read(place) == sentence.encode()
    assert ada.read(("notes", "two")) == sentence.encode() + b" weer"
    for login in ("ben", "dor", "ext"):
        other = school.open(login)
        assert other.read(place) is None
        assert other.read(("notes", "two")) is None
        assert other.document_key(place) is None
        assert other.ids("notes") == ["one", "two"]
        with pytest.raises(NotAllowed), other.transaction() as transaction:
            transaction.grant(place, other.own_circle())
    opened = b"".join(kit.plaintexts(school.path, ada.vault_key))
    assert b"Noor" not in opened
    assert b"Ada Anders" in opened  # people are known to all who have the vault key
    raw = school.file.read_bytes()
    for word in ("Noor", "plein", "Ada Anders", "Bea Naam", "Z-7K3F", "notes", "coordinator", kit.PASSPHRASE):
        assert word.encode() not in raw


def test_who_reads_can_grant_on(school: School) -> None:
    ada, bea, ben = (school.open(name) for name in ("ada", "bea", "ben"))
    kit.put(bea, "one", "woorden")
    with bea.transaction() as transaction:
        transaction.grant(("notes", "one"), bea.directory.the(CircleKind.LEAD).id)
    ada.refresh()
    assert ada.read(("notes", "one")) == b"woorden"
    # Opened by public key: the next save makes it a quick grant.
    assert len(ada.state.granted(("notes", "one"))) == 2
    kit.put(ada, "two")
    assert len(ada.state.granted(("notes", "one"))) == 3
    kit.put(ada, "three")
    assert len(ada.state.granted(("notes", "one"))) == 3
    assert school.open("ada").read(("notes", "one")) == b"woorden"
    ben.refresh()
    assert ben.read(("notes", "one")) is None


def test_what_could_not_be_read_can_be_once_granted(school: School) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    case = kit.new_case(bea, "Z-1")
    kit.put(bea, "one", "woorden", home=case)
    ben.refresh()
    assert ben.read(("notes", "one")) is None
    with bea.transaction() as transaction:
        transaction.join(case, kit.person(bea, "ben").id)
    assert ben.refresh().directory
    assert ben.read(("notes", "one")) == b"woorden"
    kit.put(bea, "two", "meer")
    ben.refresh()
    assert ben.read(("notes", "two")) is None
    with bea.transaction() as transaction:
        transaction.grant(("notes", "two"), case)
    assert ("notes", "two") in ben.refresh().places
    assert ben.read(("notes", "two")) == b"meer"


def withdraw(transaction: Transaction, circle: bytes, member: bytes) -> None:
    transaction.say(Member(circle, member, False, False))
    transaction.operations.append(DropWrap(circle, member))
    transaction.renew(circle)


def test_a_new_epoch_shuts_out_who_left_and_keeps_the_past(school: School) -> None:
    ada, bea, ben = (school.open(name) for name in ("ada", "bea", "ben"))
    case = kit.new_case(ada, "Z-1", "bea", "ben")
    kit.put(ada, "old", "vroeger", home=case)
    kit.put(ada, "Z-1", "stand een", table="cases", home=case)
    ben.refresh()
    assert ben.read(("notes", "old")) == b"vroeger"
    with ada.transaction() as transaction:
        withdraw(transaction, case, kit.person(ada, "ben").id)
    kit.put(ada, "new", "later", home=case)
    kit.put(ada, "Z-1", "stand twee", table="cases", home=case)
    ben.refresh()
    assert ben.read(("notes", "new")) is None
    assert ben.read(("cases", "Z-1")) is None
    assert school.open("ben").read(("notes", "new")) is None
    for reader in (bea, school.open("bea"), school.open("ada")):
        reader.refresh()
        assert reader.read(("notes", "old")) == b"vroeger"
        assert reader.read(("notes", "new")) == b"later"
        assert reader.read(("cases", "Z-1")) == b"stand twee"
    with pytest.raises(NotAllowed):
        kit.put(ben, "more", home=case)


def test_a_current_document_gets_a_new_key_once_somebody_should_not_read_on(school: School) -> None:
    ada, bea, dor = (school.open(name) for name in ("ada", "bea", "dor"))
    staff, direction = (ada.directory.the(kind).id for kind in (CircleKind.STAFF, CircleKind.DIRECTION))
    place = ("lessons", "les")
    kit.put(ada, "les", "een", table="lessons", home=staff, readers=[direction])
    kit.put(ada, "les", "twee", table="lessons", home=staff, readers=[direction])
    first = ada.record(place)
    assert first
    kit.put(ada, "les", "drie", table="lessons", home=staff)
    last = ada.record(place)
    assert last
    assert first.commitment != last.commitment
    assert ada.readers(place) == {staff}
    for reader in (bea, dor):
        reader.refresh()
        assert reader.read(place) == b"drie"


def test_settle_wraps_only_for_who_is_still_a_member(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and locking somebody may have been taken out."""
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    ben = kit.person(ada, "ben").id
    with ada.transaction() as transaction:
        transaction.say(Member(case, ben, False, True))
    bea.refresh()
    assert (case, ben) in waiting(bea)
    with ada.transaction() as transaction:
        transaction.say(Member(case, ben, False, False))
    settle(bea)
    assert kit.person(bea, "ben").id not in {member for _, member in waiting(bea)}
    assert not school.open("ben").can_open(case)


# --- coming in ---------------------------------------------------------------------------------------------


def test_a_code_works_once(school: School) -> None:
    ada = school.open("ada")
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=crypto.FLOOR)
    cas = kit.join(school.path, "cas", invitation.code)
    assert cas.me.status is Status.ACTIVE
    with pytest.raises(NoEntry):
        kit.join(school.path, "cas", invitation.code)
    with pytest.raises(NoEntry):
        kit.join(school.path, "bea", invitation.code)
    assert kit.code_slot(school.open("ada"), "cas") is None
    assert school.open("cas").own_circle()


def test_a_code_used_twice_at_the_same_time(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = school.open("ada")
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=crypto.FLOOR)
    make = slots.make_slot
    joined: list[Vault] = []

    def overtaken(*args: object, **values: object) -> slots.Slot:
        if not joined:
            monkeypatch.setattr(slots, "make_slot", make)
            joined.append(kit.join(school.path, "cas", invitation.code))
        return make(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(slots, "make_slot", overtaken)
    with pytest.raises(NoEntry):
        kit.join(school.path, "cas", invitation.code)
    assert joined[0].me.login == "cas"
    assert verify(joined[0]).whole


def test_a_code_that_came_too_late(school: School) -> None:
    ada = school.open("ada")
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=crypto.FLOOR)
    late = Machine(clock=kit.FakeClock(invitation.until.replace(year=invitation.until.year + 1)))
    with pytest.raises(NoEntry):
        kit.join(school.path, "cas", invitation.code, late)
    assert kit.join(school.path, "cas", invitation.code.lower().replace("-", " ")).me.login == "cas"


def test_the_recovery_code_opens_everything_a_steward_reads(school: School) -> None:
    ada = school.open("ada")
    kit.put(ada, "one", "voor lead", readers=[ada.directory.the(CircleKind.LEAD).id])
    opened = Vault.unlock(
        school.path, "", school.recovery.lower(), machine=Machine(), policies=kit.POLICIES, kind=slots.RECOVERY
    )
    assert opened.me.steward
    assert opened.read(("notes", "one")) == b"voor lead"


def test_another_founder_is_not_believed(tmp_path: Path) -> None:
    """A file that somebody made anew with other people does not open with a slot whose root is another."""
    school = kit.small(tmp_path)
    vault = school.open()
    fake = replace(vault.opened, root=bytes(32))
    slot = slots.make_slot(
        fake, kind=slots.PASSPHRASE, login="ada", secret="nog een wachtzin", vault_id=vault.id,
        vault_key=vault.vault_key, epoch=1, cost=crypto.FLOOR, salt=bytes(16), nonce=bytes(12),
    )  # fmt: skip
    kit.inject(vault, new_slots=(slot,))
    with pytest.raises(VaultError):
        Vault.unlock(school.path, "ada", "nog een wachtzin", machine=Machine(), policies=kit.POLICIES)


def test_changed_is_not_swallowed(school: School) -> None:
    bea = school.open("bea")
    kit.put(bea, "mine", "een", table="settings")
    with contextlib.suppress(Changed):
        kit.put(bea, "mine", "twee", table="settings", expected=0)
    assert bea.read(("settings", "mine")) == b"een"
