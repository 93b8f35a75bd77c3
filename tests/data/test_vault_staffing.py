"""Another passphrase, resets, other tasks, leaving, the recovery code, and the file written anew."""

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from data.errors import Changed, Damaged, NoEntry, NotAllowed, NotSaved, UsageError, VaultError
from data.vault import crypto, people, slots, staffing
from data.vault.compact import _kept, _replay, compact
from data.vault.crypto import FLOOR, Keys
from data.vault.entries import CircleKind, Role, Status
from data.vault.frames import Header
from data.vault.journal import Journal, create_file
from data.vault.keyring import Keyring
from data.vault.machine import Files, Machine
from data.vault.operations import Checkpoint, Operation, Put, PutEntry, Wrap, encode
from data.vault.records import Record, make_record
from data.vault.vault import Placement, Vault, settle, waiting
from data.vault.verify import verify
from tests.data import vault_kit as kit
from tests.data.agreement import assert_agreed
from tests.data.test_vault_attack import entry, forge
from tests.data.vault_kit import PASSPHRASE, POLICIES, School

KINDS = CircleKind
NEW = "vijf zes zeven acht"
Earlier = tuple[tuple[int, int, bytes], ...]


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    made = kit.school(tmp_path)
    yield made
    assert_agreed(made)


def opens(school: School, login: str, passphrase: str = PASSPHRASE) -> Vault:
    return Vault.unlock(school.path, login, passphrase, machine=Machine(), policies=POLICIES, cost=FLOOR)


def ident(vault: Vault, login: str) -> bytes:
    return kit.person(vault, login).id


def thief(path: str, of: Vault) -> Keyring:
    """What somebody's present keys open in a file, with a program that asks nobody and knows every vault key."""
    journal = Journal(path, Machine())
    key = opens(School(path, ""), "ada").vault_key
    journal.use_key(key)
    state = of.empty_state(journal)
    for written in journal.read_new():
        state.apply(written)
    journal.close()
    return Keyring(state, of.opened.person, of.opened.keys)


# --- passphrase ------------------------------------------------------------------------------------------------


def test_another_passphrase(school: School) -> None:
    bea = school.open("bea")
    kit.put(bea, "mine", "van mij")
    staffing.change_passphrase(bea, PASSPHRASE, NEW, cost=FLOOR)
    assert bea.read(("notes", "mine")) == b"van mij"
    with pytest.raises(NoEntry):
        opens(school, "bea")
    assert opens(school, "bea", NEW).read(("notes", "mine")) == b"van mij"
    assert verify(bea).whole


@pytest.mark.parametrize(("old", "new", "refusal"), [("niet deze zin", NEW, NoEntry), (PASSPHRASE, "kort", UsageError)])
def test_a_passphrase_that_is_not_changed(school: School, old: str, new: str, refusal: type[Exception]) -> None:
    bea, before = school.open("bea"), school.file.read_bytes()
    with pytest.raises(refusal):
        staffing.change_passphrase(bea, old, new, cost=FLOOR)
    assert school.file.read_bytes() == before


# --- reset -----------------------------------------------------------------------------------------------------


def test_a_reset_gives_new_keys_and_loses_what_was_private(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    kit.put(ada, "shared", "van ons", home=ada.own_circle(), readers=[case])
    bea.refresh()
    kit.put(bea, "private", "alleen ik")
    ada.refresh()
    invitation = staffing.reset(ada, ident(ada, "bea"), cost=FLOOR)
    with pytest.raises(NoEntry):
        bea.refresh()
    with pytest.raises(NoEntry):
        kit.put(bea, "after")
    with pytest.raises(NoEntry):
        opens(school, "bea")
    again = people.join(school.path, "bea", invitation.code, NEW, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert again.read(("notes", "shared")) == b"van ons"
    assert again.read(("notes", "private")) is None
    kit.put(again, "new", "verder")
    later = opens(school, "bea", NEW)
    assert later.read(("notes", "new")) == b"verder"
    assert later.me.id == bea.opened.person
    assert later.own_circle() == bea.own_circle()
    ada.refresh()
    assert verify(ada).whole
    # Records with the old keys count from before, and no longer.
    assert ada.record(("notes", "private")) is not None


def test_the_old_keys_open_nothing_new_after_a_reset(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    invitation = staffing.reset(ada, ident(ada, "bea"), cost=FLOOR)
    again = people.join(school.path, "bea", invitation.code, NEW, machine=Machine(), policies=POLICIES, cost=FLOOR)
    compact(again)
    assert thief(school.path, bea).circle(again.own_circle()) is None


def test_who_may_reset_whom(school: School) -> None:
    bea, ada = school.open("bea"), school.open("ada")
    with pytest.raises(NotAllowed):
        staffing.reset(bea, ident(bea, "ben"), cost=FLOOR)
    with pytest.raises(UsageError):
        staffing.reset(ada, ada.me.id, cost=FLOOR)
    with pytest.raises(UsageError):
        staffing.reset(ada, b"nobody!!", cost=FLOOR)


def test_a_lost_code_is_replaced(school: School) -> None:
    """A second invitation for who never came: the first code is worthless."""
    ada = school.open("ada")
    first = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=FLOOR)
    second = staffing.reset(ada, first.person, cost=FLOOR)
    with pytest.raises(NoEntry):
        kit.join(school.path, "cas", first.code)
    assert kit.join(school.path, "cas", second.code).me.status is Status.ACTIVE


# --- other tasks -----------------------------------------------------------------------------------------------


def test_a_teacher_becomes_coordinator_and_teacher_again(school: School) -> None:
    ada = school.open("ada")
    case = kit.new_case(ada, "Z-1")
    with ada.transaction() as transaction:
        transaction.join(case, ada.directory.the(KINDS.LEAD).id)
    kit.put(ada, "case", "van de zaak", readers=[case])
    bea = ident(ada, "bea")
    staffing.change_person(ada, bea, roles=[Role.COORDINATOR], groups=[], until=None)
    assert opens(school, "bea").read(("notes", "case")) == b"van de zaak"
    session = opens(school, "bea")
    ada.refresh()
    staffing.change_person(ada, bea, roles=[Role.TEACHER], groups=[], until=None)
    epochs = {circle.epoch for circle in (ada.directory.the(KINDS.LEAD), ada.directory.circles[case])}
    assert epochs == {2}
    kit.put(ada, "later", "daarna", readers=[case])
    session.refresh()
    assert session.read(("notes", "later")) is None
    assert not ada.directory.stale
    assert verify(ada).whole


def test_what_a_steward_does_not_hold_waits_for_who_does(school: School) -> None:
    """The director lets a coordinator go back to teaching; the leads' key is renewed when a lead comes."""
    ada, dor = school.open("ada"), school.open("dor")
    staffing.change_person(ada, ident(ada, "bea"), roles=[Role.COORDINATOR], groups=[], until=None)
    bea = opens(school, "bea")
    dor.refresh()
    staffing.change_person(dor, ident(dor, "bea"), roles=[Role.TEACHER], groups=[], until=None)
    lead = dor.directory.the(KINDS.LEAD).id
    assert lead in dor.directory.stale
    assert settle(dor) == 0
    ada.refresh()
    assert settle(ada) > 0
    assert lead not in ada.directory.stale
    kit.put(ada, "leads", "onder ons", readers=[lead])
    bea.refresh()
    assert bea.read(("notes", "leads")) is None


def test_only_a_steward_changes_tasks(school: School) -> None:
    bea = school.open("bea")
    with pytest.raises(NotAllowed):
        staffing.change_person(bea, bea.me.id, roles=[Role.DIRECTOR], groups=[], until=None)


# --- leaving ---------------------------------------------------------------------------------------------------


def test_who_left_is_out_of_everything(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea", "ben")
    kit.put(ada, "before", "eerder", readers=[case])
    bea.refresh()
    assert bea.read(("notes", "before")) == b"eerder"
    old_key = bea.vault_key
    done = staffing.revoke(ada, ident(ada, "bea"))
    assert done.generation == 2
    kit.put(ada, "after", "later", readers=[case])
    with pytest.raises(NoEntry):
        bea.refresh()
    with pytest.raises(NoEntry):
        opens(school, "bea")
    assert ada.vault_key != old_key
    assert ada.directory.people[bea.opened.person].status is Status.LEFT
    ben = school.open("ben")
    assert ben.read(("notes", "before")) == b"eerder"
    assert ben.read(("notes", "after")) == b"later"
    assert verify(ada).whole
    assert not waiting(ada) or all(member == bea.opened.person for _, member in waiting(ada))
    # With every vault key in hand, the keys of who left open nothing in the file.
    ring = thief(school.path, bea)
    assert not [circle for circle in ada.directory.circles if ring.circle(circle)]
    journal = Journal(school.path, Machine())
    journal.use_key(old_key)
    with pytest.raises(Damaged):
        raise next(iter([*journal.read_new(), journal.damage]))  # type: ignore[misc]
    journal.close()


def test_sessions_go_on_in_the_new_file(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    kit.put(ben, "mine", "van ben")
    ada.refresh()
    staffing.revoke(ada, ident(ada, "bea"))
    news = ben.refresh()
    assert news.directory
    assert ben.read(("notes", "mine")) == b"van ben"
    kit.put(ben, "more", "en verder")
    ada.refresh()
    assert ada.record(("notes", "more")) is not None
    assert ben.vault_key == ada.vault_key
    assert verify(ben).whole


def test_a_lead_who_left_reads_no_case_any_more(school: School) -> None:
    ada = school.open("ada")
    staffing.change_person(ada, ident(ada, "bea"), roles=[Role.IB], groups=[], until=None)
    lead = ada.directory.the(KINDS.LEAD).id
    cases = []
    for number in range(5):
        case = kit.new_case(ada, f"Z-{number}")
        with ada.transaction() as transaction:
            transaction.join(case, lead)
        cases.append(case)
    bea = opens(school, "bea")
    assert all(bea.can_open(case) for case in cases)
    staffing.revoke(ada, ident(ada, "bea"))
    ring = thief(school.path, bea)
    assert not any(ring.circle(case) for case in [*cases, lead])
    assert all(ada.directory.circles[case].epoch == 2 for case in cases)
    assert all(ada.can_open(case) for case in cases)


def test_the_last_steward_stays(school: School) -> None:
    ada, dor = school.open("ada"), school.open("dor")
    with pytest.raises(UsageError):
        staffing.revoke(ada, ada.me.id)
    staffing.revoke(ada, dor.me.id)
    with pytest.raises(UsageError):
        staffing.change_person(ada, ada.me.id, roles=[Role.TEACHER], groups=[], until=None)
    with pytest.raises(UsageError):
        staffing.change_person(
            ada, ada.me.id, roles=[Role.COORDINATOR], groups=[], until=datetime(2030, 1, 1, tzinfo=UTC)
        )


def test_two_stewards_let_each_other_go_at_once(school: School) -> None:
    """One is quicker; the other is out before their own wish counts."""
    ada, dor = school.open("ada"), school.open("dor")
    people_of = {"ada": ada.me.id, "dor": dor.me.id}
    found: dict[str, object] = {}

    def go(name: str, vault: Vault, other: str) -> None:
        try:
            staffing.revoke(vault, people_of[other])
            found[name] = None
        except Exception as error:
            found[name] = error

    threads = [
        threading.Thread(target=go, args=("ada", ada, "dor")),
        threading.Thread(target=go, args=("dor", dor, "ada")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [name for name, error in found.items() if error is None]
    assert len(winners) == 1, found
    (loser,) = {"ada", "dor"} - set(winners)
    assert isinstance(found[loser], NoEntry)
    left = school.open(winners[0])
    assert left.directory.people[people_of[loser]].status is Status.LEFT
    assert verify(left).whole


def test_time_that_has_passed_ends_at_a_stewards_next_log_in(school: School) -> None:
    ada, ext = school.open("ada"), school.open("ext")
    person = kit.person(ada, "ext")
    with ada.transaction() as transaction:
        transaction.say(replace(person, until=1_000))
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=FLOOR)
    late = Machine(clock=kit.FakeClock(invitation.until.replace(year=invitation.until.year + 1)))
    ada.close()
    steward = school.open("ada", machine=late)
    assert settle(steward) > 0
    assert steward.directory.people[person.id].status is Status.LEFT
    assert steward.directory.people[invitation.person].status is Status.LEFT
    assert not steward.directory.circles_of(person.id, KINDS.EVERYONE)
    assert steward.directory.by_login("cas") is None
    with pytest.raises(NoEntry):
        ext.refresh()
    assert settle(steward) == 0
    assert verify(steward).whole


# --- recovery --------------------------------------------------------------------------------------------------


def test_the_recovery_code_brings_a_steward_back(school: School) -> None:
    vault = staffing.recover(school.path, school.recovery, machine=Machine(), policies=POLICIES, cost=FLOOR)
    invitation = staffing.reset(vault, ident(vault, "ada"), cost=FLOOR)
    vault.close()
    ada = people.join(school.path, "ada", invitation.code, NEW, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert ada.me.steward
    assert {KINDS.LEAD, KINDS.STAFF, KINDS.DIRECTION} <= {
        kind for kind in KINDS if kind < KINDS.GROUP and ada.can_open(ada.directory.the(kind).id)
    }
    code = staffing.renew_recovery(ada, cost=FLOOR)
    with pytest.raises(NoEntry):
        staffing.recover(school.path, school.recovery, machine=Machine(), policies=POLICIES, cost=FLOOR)
    again = staffing.recover(school.path, code, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert again.can_open(again.directory.the(KINDS.LEAD).id)
    assert verify(again).whole
    with pytest.raises(NotAllowed):
        staffing.renew_recovery(again, cost=FLOOR)


@pytest.mark.parametrize("code", ["", "AAAAA-BBBBB", "00000-" * 10 + "00000"])
def test_a_wrong_recovery_code(school: School, code: str) -> None:
    with pytest.raises((NoEntry, UsageError)):
        staffing.recover(school.path, code, machine=Machine(), policies=POLICIES, cost=FLOOR)


# --- written anew ----------------------------------------------------------------------------------------------


def test_what_no_longer_counts_is_gone_and_the_rest_is_there(school: School) -> None:
    ada = school.open("ada")
    case = kit.new_case(ada, "Z-1", "ben")
    kit.put(ada, "event", "blijft")
    for number in range(20):
        kit.put(ada, "status", f"versie {number}", table="cases", home=case)
    kit.put(ada, "gone", "verdwijnt", table="cases", home=case)
    with ada.transaction() as transaction:
        transaction.delete(("cases", "gone"))
    size = school.file.stat().st_size
    mode = school.file.stat().st_mode
    done = compact(ada)
    assert (done.before, done.after) == (size, school.file.stat().st_size)
    assert done.after < size
    assert school.file.stat().st_mode == mode
    assert ada.read(("notes", "event")) == b"blijft"
    assert ada.read(("cases", "status")) == b"versie 19"
    assert ada.revision(("cases", "status")) == 20
    assert ada.read(("cases", "gone")) is None
    assert "gone" not in ada.ids("cases")
    ben = school.open("ben")
    kit.put(ben, "status", "versie 20", table="cases", home=case, expected=20)
    with pytest.raises(Changed):
        kit.put(ada, "status", "ook", table="cases", home=case, expected=20)
    report = verify(ada)
    assert report.whole, report.problems
    assert report.generation == 2
    again = compact(ben)
    assert again.generation == 3
    assert ben.state.earlier[0][0] == 1
    assert [number for number, _, _ in ben.state.earlier] == [1, 2]
    assert {path.name for path in school.file.parent.iterdir()} == {"school.pest", "school.pest.lock"}


def test_a_forged_record_is_not_carried_over(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    kit.put(ada, "true", "waar")
    kit.inject(bea, PutEntry(entry(bea, replace(bea.me, roles=(Role.DIRECTOR,))).entry))
    assert not verify(ada).whole
    compact(ada)
    assert verify(ada).whole, "what did not count has gone"
    assert ada.directory.people[bea.me.id].roles == (Role.TEACHER,)


def test_a_wrap_of_a_member_who_left_is_gone(school: School) -> None:
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    with ada.transaction() as transaction:
        transaction.leave(case, bea.me.id)
        transaction.renew_stale()
    compact(ada)
    assert thief(school.path, bea).circle(case) is None
    assert thief(school.path, bea).circle(case, 1) is None
    assert ada.can_open(case)


KILLER = """
import sys
import time
from data.vault.machine import Machine
from data.vault.vault import Vault
from data.vault.compact import compact
from tests.data.vault_kit import POLICIES, PASSPHRASE
vault = Vault.unlock(sys.argv[1], "ada", PASSPHRASE, machine=Machine(), policies=POLICIES)
print("ready", flush=True)
while True:
    compact(vault)
    time.sleep(0.02)
"""


def test_killed_again_and_again_while_others_write(school: School) -> None:
    saved = 0
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLER, school.path], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        ben = school.open("ben")
        for _ in range(10):
            kit.put(ben, f"note {saved}", f"tekst {saved}")
            saved += 1
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert all(ben.read(("notes", f"note {number}")) == f"tekst {number}".encode() for number in range(saved))
        ben.close()
    ada = school.open("ada")
    assert verify(ada).whole
    assert len(ada.ids("notes")) == saved


def test_another_file_in_its_place_is_not_taken_for_a_newer_one(school: School, tmp_path: Path) -> None:
    """An older copy, or a fork written anew out of one, is not what this session has read."""
    ada = school.open("ada")
    copy = tmp_path / "copy" / "school.pest"
    copy.parent.mkdir()
    copy.write_bytes(school.file.read_bytes())
    kit.put(ada, "after the copy", "weg?")
    fork = opens(School(str(copy), ""), "ada")
    compact(fork)
    fork.close()
    copy.replace(school.file)
    with pytest.raises(Damaged):
        ada.refresh()
    assert ada.read(("notes", "after the copy")) == b"weg?"
    with pytest.raises((Damaged, NotSaved)):
        kit.put(ada, "more")


def test_a_large_first_transaction_spans_frames(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.vault.frames.PIECE", 2000)
    ada = school.open("ada")
    for number in range(10):
        kit.put(ada, f"note {number}", "x" * 300)
    compact(ada)
    again = school.open("ada")
    assert len(again.ids("notes")) == 10
    assert verify(again).whole
    journal = Journal(school.path, Machine())
    found, damage = journal.slots()
    assert damage is None
    assert len(found) == 6
    journal.close()


def test_whoever_compacts_needs_no_circle(school: School) -> None:
    """An administrator has the vault key and nothing else: that is enough."""
    ada = school.open("ada")
    kit.put(ada, "secret", "alleen ada")
    invitation = people.invite(ada, "dirk", "Dirk", [Role.ADMINISTRATOR], cost=FLOOR)
    dirk = kit.join(school.path, "dirk", invitation.code)
    compact(dirk)
    assert dirk.read(("notes", "secret")) is None
    ada.refresh()
    assert ada.read(("notes", "secret")) == b"alleen ada"


def test_a_wrong_wrap_changes_nothing(school: School) -> None:
    """Junk of a hostile member is carried over or not; it opens nothing, and nobody is locked out by it."""
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "ben")
    kit.inject(bea, Wrap(case, 1, bea.me.id, crypto.wrap(bea.me.box, Keys(b"j" * 32).seed, b"niets")))
    compact(ada)
    assert not school.open("bea").can_open(case)
    assert school.open("ben").can_open(case)


# --- somebody else was quicker ---------------------------------------------------------------------------------


def overtaken(monkeypatch: pytest.MonkeyPatch, by: Callable[[], object]) -> None:
    """While the next passphrase or code is being stretched, `by` happens."""
    make = slots.make_slot

    def slow(*args: object, **values: object) -> slots.Slot:
        monkeypatch.setattr(slots, "make_slot", make)
        made = make(*args, **values)  # type: ignore[arg-type]
        by()
        return made

    monkeypatch.setattr(slots, "make_slot", slow)


def test_a_keyslot_made_while_somebody_is_let_go_opens(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another passphrase, an invitation, a reset, a recovery code, a first log-in: each under the vault key of now."""
    ada, ben = school.open("ada"), school.open("ben")
    everybody = [people.invite(ada, f"x{number}", "X", [Role.TEACHER], cost=FLOOR) for number in range(5)]
    letting = iter(everybody)

    def somebody_goes() -> None:
        with contextlib.closing(school.open("dor")) as dor:
            staffing.revoke(dor, next(letting).person)

    overtaken(monkeypatch, somebody_goes)
    staffing.change_passphrase(ben, PASSPHRASE, NEW, cost=FLOOR)
    assert opens(school, "ben", NEW).me.login == "ben"
    overtaken(monkeypatch, somebody_goes)
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=FLOOR)
    assert kit.join(school.path, "cas", invitation.code).me.login == "cas"
    overtaken(monkeypatch, somebody_goes)
    invitation = staffing.reset(ada, ident(ada, "bea"), cost=FLOOR)
    overtaken(monkeypatch, somebody_goes)
    assert kit.join(school.path, "bea", invitation.code).me.login == "bea"
    assert school.open("bea").own_circle()
    overtaken(monkeypatch, somebody_goes)
    code = staffing.renew_recovery(ada, cost=FLOOR)
    assert staffing.recover(school.path, code, machine=Machine(), policies=POLICIES, cost=FLOOR).me.steward
    assert next(letting, None) is None
    assert verify(ada).whole


# --- who keeps keys in memory ----------------------------------------------------------------------------------


def remembers(school: School, of: Keyring) -> Keyring:
    """What somebody opens in the file now who kept every circle's key that they ever had."""
    ring = thief(school.path, opens(school, "ada"))
    ring.person, ring.keys = of.person, of.keys
    ring._seeds = {at: keys for at, keys in of._seeds.items() if keys is not None}
    return ring


def with_lead(ada: Vault, *members: str, label: str = "Z-1") -> bytes:
    case = kit.new_case(ada, label, *members)
    with ada.transaction() as transaction:
        transaction.join(case, ada.directory.the(KINDS.LEAD).id)
    return case


def former_lead(school: School) -> tuple[Vault, Keyring]:
    """Let the director take bea out of the leads, whose key the director does not hold; bea has kept it."""
    ada, dor = school.open("ada"), school.open("dor")
    staffing.change_person(ada, ident(ada, "bea"), roles=[Role.IB], groups=[], until=None)
    bea = opens(school, "bea")
    for circle in bea.directory.circles:
        bea.can_open(circle)
    dor.refresh()
    staffing.change_person(dor, bea.me.id, roles=[Role.TEACHER], groups=[], until=None)
    return dor, bea._ring


def test_a_case_renewed_before_the_leads_key_is_renewed_again(school: School) -> None:
    """A new key of the case, wrapped to the leads' old one, would be open to who has kept that."""
    ada = school.open("ada")
    case = with_lead(ada, "dor", "ben")
    dor, bea = former_lead(school)
    lead = dor.directory.the(KINDS.LEAD).id
    assert settle(dor) == 0
    with dor.transaction() as transaction:
        transaction.leave(case, ident(dor, "ben"))
        transaction.renew_stale()
    assert dor.directory.circles[case].epoch == 2, "against who was taken out of the case itself it helps at once"
    assert {case, lead} <= dor.directory.stale
    assert settle(dor) == 0, "once: not with every log-in"
    ada.refresh()
    assert settle(ada) > 0
    assert not ada.directory.stale
    assert ada.directory.circles[case].epoch == 3
    ring = remembers(school, bea)
    assert ring.circle(lead, 1), "what was kept"
    assert ring.circle(case, 2)
    assert ring.circle(case) is None
    assert ring.circle(lead) is None
    assert ada.can_open(case)
    assert school.open("dor").can_open(case)


def test_a_case_made_while_the_leads_key_is_stale(school: School) -> None:
    ada = school.open("ada")
    _, bea = former_lead(school)
    ben = school.open("ben")
    case = with_lead(ben)
    assert case in ben.directory.stale
    ada.refresh()
    assert settle(ada) > 0
    assert not ada.directory.stale
    assert remembers(school, bea).circle(case) is None
    ben.refresh()
    assert ben.can_open(case)


def test_who_can_renew_a_key_does_so_before_writing_under_it(school: School) -> None:
    """A session that has been open all day: what it saves is closed to who was taken out by somebody else."""
    ada = school.open("ada")
    lead = ada.directory.the(KINDS.LEAD).id
    kit.put(ada, "known", "van de leads", readers=[lead])
    _, bea = former_lead(school)
    kit.put(ada, "after", "niet voor bea", readers=[lead])
    assert lead not in ada.directory.stale
    record = ada.record(("notes", "after"))
    assert record
    assert remembers(school, bea).document(("notes", "after"), record) is None
    with ada.transaction() as transaction:
        transaction.grant(("notes", "after"), lead)
    assert school.open("ada").read(("notes", "after")) == b"niet voor bea"


def test_a_document_changed_with_the_epoch_gets_a_new_key(school: School) -> None:
    """Out of the case and a change of its document in one save: who was taken out has the old document's key."""
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    kit.put(ada, "Z-1", "stand een", table="cases", home=case)
    bea.refresh()
    assert bea.read(("cases", "Z-1")) == b"stand een"
    key = bea.document_key(("cases", "Z-1"))
    with ada.transaction() as transaction:
        transaction.leave(case, bea.me.id)
        transaction.renew_stale()
        transaction.put(("cases", "Z-1"), b"stand twee", Placement(case))
    assert ada.document_key(("cases", "Z-1")) != key
    assert school.open("ada").read(("cases", "Z-1")) == b"stand twee"


def test_an_old_passphrase_opens_nothing_that_is_written_after_a_reset(school: School) -> None:
    """It leaked, so there are new keys: then also for the circles, which the old ones opened."""
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    other = kit.new_case(school.open("ben"), "Z-2", "bea")
    bea.refresh()
    assert bea.can_open(case)
    assert bea.can_open(other)
    staff = bea.directory.the(KINDS.STAFF).id
    assert bea.can_open(staff)
    ada.refresh()
    invitation = staffing.reset(ada, bea.me.id, cost=FLOOR)
    assert ada.directory.stale == {other, bea.own_circle()}, "the one waits for who is in it, the other for bea"
    again = people.join(school.path, "bea", invitation.code, NEW, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert again.can_open(case)
    ben = school.open("ben")
    assert settle(ben) > 0
    assert not ben.directory.stale
    ring = remembers(school, bea._ring)
    assert not [circle for circle in (case, other, staff, again.own_circle()) if ring.circle(circle)]
    for one in (again, opens(school, "bea", NEW)):
        one.refresh()
        assert all(one.can_open(circle) for circle in (case, other, staff))
    assert verify(ada).whole


def test_an_old_recovery_code_opens_nothing_that_is_written_after_its_renewal(school: School) -> None:
    ada = school.open("ada")
    case = with_lead(ada)
    old = staffing.recover(school.path, school.recovery, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert old.can_open(case)
    assert all(old.can_open(old.directory.the(kind).id) for kind in (KINDS.LEAD, KINDS.STAFF, KINDS.DIRECTION))
    staffing.renew_recovery(ada, cost=FLOOR)
    ring = remembers(school, old._ring)
    assert not [circle for circle in ada.directory.circles if ring.circle(circle)]
    assert not ada.directory.stale


# --- who stands in the way of somebody's leaving ---------------------------------------------------------------


def test_keys_that_are_none_keep_nobody_in(school: School) -> None:
    """Two colleagues take senseless public keys into use: neither can be wrapped the new vault key."""
    ada = school.open("ada")
    for login in ("bea", "ben"):
        vault = school.open(login)
        with vault.transaction() as transaction:
            transaction.say(replace(vault.me, box=bytes(32)))
    staffing.revoke(ada, ident(ada, "bea"))
    staffing.revoke(ada, ident(ada, "ben"))
    assert verify(school.open("dor")).whole


@pytest.mark.parametrize("what", ["folder", "file that cannot be removed"])
def test_what_lies_at_a_temporary_name_keeps_nobody_in(school: School, what: str) -> None:
    class Sticky(Files):
        def remove(self, path: str) -> None:
            if path.endswith("deadbeef"):
                raise PermissionError(1, "Operation not permitted")
            super().remove(path)

    there = Path(f"{school.path}.new-deadbeef")
    if what == "folder":
        there.mkdir()
    else:
        there.write_bytes(b"x")
    ada = school.open("ada", machine=Machine(files=Files() if what == "folder" else Sticky()))
    staffing.revoke(ada, ident(ada, "bea"))
    assert verify(ada).whole
    assert there.exists()


# --- a file written anew by somebody who means no good ---------------------------------------------------------


def first_operations(vault: Vault) -> list[Operation]:
    """What an honest program would write anew, without the signature at its end."""
    with vault.rewriting() as transaction:
        state = _replay(vault, transaction)
    return list(_kept(state))


def write_anew(
    vault: Vault, operations: list[Operation], *, generation: int = 0, earlier: Earlier | None = None, seq: int = 0
) -> None:
    """Put a file in the school's place that holds these operations, rightly signed by this person."""
    old = vault.journal
    header = Header(vault.id, b"f" * 16, generation or old.header.generation + 1)
    known = (*vault.state.earlier, (old.header.generation, seq or old.seq, old.digest))
    plain = Checkpoint(vault.opened.person, known if earlier is None else earlier)
    signed = plain.signed(crypto.sha256(header.encode()), crypto.sha256(encode(operations)))
    signature = vault.opened.keys.sign(signed)
    temporary = f"{vault.path}.mine"
    create_file(temporary, header, Machine())
    fresh = Journal(temporary, Machine(), lock=old.lock)
    with old.locked():
        fresh.use_key(vault.vault_key, old.epoch)
        data = encode([*operations, replace(plain, signature=signature)])
        fresh.append(data, list(vault.state.slots.values()), first=True)
        fresh.take_place(old)
    fresh.close_file()


def dropped(place: tuple[str, str]) -> Callable[[list[Operation]], list[Operation]]:
    return lambda found: [one for one in found if not isinstance(one, Put) or one.place != place]


def test_written_anew_without_change_is_taken(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    kit.put(ada, "one", "eerste")
    ben.refresh()
    write_anew(ben, first_operations(ben))
    ada.refresh()
    assert ada.read(("notes", "one")) == b"eerste"
    assert verify(ada).whole


@pytest.mark.parametrize("ahead", [0, 1000], ids=["as it was", "with more than anybody saw"])
@pytest.mark.parametrize("what", ["an event", "a document that changes", "an older text", "a text of mine", "people"])
def test_who_has_the_file_open_sees_what_was_left_out(school: School, what: str, ahead: int) -> None:
    """A colleague writes the file anew, rightly signed and numbered, and leaves out what suits them."""
    ada, ben = school.open("ada"), school.open("ben")
    case = kit.new_case(ada, "Z-1", "ben")
    kit.put(ada, "event", "het gebeurde", home=case)
    kit.put(ada, "Z-1", "stand een", table="cases", home=case)
    ben.refresh()
    old = ben.record(("cases", "Z-1"))
    assert old
    kit.put(ada, "Z-1", "stand twee", table="cases", home=case)
    staffing.change_person(ada, ident(ada, "dor"), roles=[Role.TEACHER], groups=[], until=None)
    ben.refresh()
    found = first_operations(ben)
    place = ("cases", "Z-1")

    def instead(record: Record) -> list[Operation]:
        return [Put(place, record) if isinstance(one, Put) and one.place == place else one for one in found]

    mine = make_record(
        b"wat ben wil", place=place, vault_id=ben.id, rev=1, author=ben.me.id, home=case, time=1, key=bytes(32),
        nonce=bytes(12), signer=ben.opened.keys,
    )  # fmt: skip
    forged = msgspec.structs.replace(mine, rev=9, author=ada.me.id)
    last = max(at for at, one in enumerate(found) if isinstance(one, PutEntry))
    chosen = {
        "an event": [dropped(("notes", "event"))(found)],
        "a document that changes": [dropped(place)(found), instead(forged)],
        "an older text": [instead(old)],
        "a text of mine": [instead(mine)],
        "people": [[one for at, one in enumerate(found) if at != last]],
    }
    before = school.file.read_bytes()
    for operations in chosen[what]:
        reader = school.open("ada")
        write_anew(ben, operations, seq=ben.journal.seq + ahead)
        with pytest.raises(Damaged):
            reader.refresh()
        assert reader.read(("notes", "event")) == b"het gebeurde"
        assert reader.read(place) == b"stand twee"
        with pytest.raises((Damaged, NotSaved)):
            kit.put(reader, "more")
        assert not verify(reader).whole
        reader.close()
        school.file.write_bytes(before)


def test_a_forged_record_that_goes_is_no_reason_for_alarm(school: School) -> None:
    ada, bea, ben = school.open("ada"), school.open("bea"), school.open("ben")
    staff = bea.directory.the(KINDS.STAFF).id
    kit.put(bea, "les", "echt", table="lessons", home=staff)
    kit.put(bea, "mine", "van bea")
    for place, home, rev in ((("lessons", "les"), staff, 2), (("notes", "x"), bea.own_circle(), 1)):
        kit.inject(ben, Put(place, forge(ben, place, author=bea.me.id, home=home, rev=rev)))
    ada.refresh()
    bea.refresh()
    with bea.transaction() as transaction:
        transaction.delete(("notes", "mine"))
    compact(ben)
    for one in (ada, bea):
        one.refresh()
        assert not one.trouble
        assert one.read(("lessons", "les")) == b"echt"
        assert verify(one).whole


def test_who_has_left_writes_no_file(school: School, tmp_path: Path) -> None:
    """Neither with the vault key that they know, for who has read that they left, nor out of an old copy."""
    ada, bea, dor = school.open("ada"), school.open("bea"), school.open("dor")
    old = school.file.read_bytes()
    staffing.revoke(ada, bea.me.id)
    kit.put(ada, "after", "zonder bea")
    dor.refresh()
    now, known = school.file.read_bytes(), (1, bea.journal.seq, bea.journal.digest)
    school.file.write_bytes(old)
    operations = first_operations(bea)
    write_anew(bea, operations, generation=3, earlier=(known, (2, 1000, b"h" * 32)))
    for one in (ada, dor):
        with pytest.raises(Damaged):
            one.refresh()
        assert one.read(("notes", "after")) == (b"zonder bea" if one is ada else None)
    # An accomplice gives them the new vault key: the directory says that they have left.
    school.file.write_bytes(now)
    ben = school.open("ben")
    ben._opened = bea._opened
    write_anew(ben, first_operations(school.open("ben")))
    with pytest.raises(Damaged):
        school.open("dor")


@pytest.mark.parametrize(
    ("generation", "numbers"), [(2**64 - 1, [1]), (3, [1]), (2, []), (2, [2]), (3, [2, 1]), (2, [1, 2]), (1, [1])]
)
def test_a_generation_lists_all_before_it(school: School, generation: int, numbers: list[int]) -> None:
    """Else somebody could use the numbers up, so that nobody could be let go any more."""
    ben = school.open("ben")
    earlier = tuple((number, ben.journal.seq, ben.journal.digest) for number in numbers)
    write_anew(ben, first_operations(ben), generation=generation, earlier=earlier)
    with pytest.raises(Damaged):
        school.open("ada")
    with pytest.raises(Damaged):
        ben.refresh()


@pytest.mark.parametrize("by", ["reading", "writing"])
def test_a_session_ends_when_its_time_has_passed(school: School, by: str) -> None:
    clock = kit.FakeClock()
    ada, ext = school.open("ada"), school.open("ext", machine=Machine(clock=clock))
    until = clock.moment + timedelta(days=1)
    staffing.change_person(ada, ident(ada, "ext"), roles=[Role.SUPPORT], groups=[], until=until)
    ext.refresh()
    kit.put(ext, "mine", "nu nog", table="settings")
    clock.moment = until + timedelta(seconds=1)
    with pytest.raises(NoEntry):
        if by == "reading":
            ext.refresh()
        else:
            kit.put(ext, "more", "te laat", table="settings")


def test_verify_finds_the_new_file_under_its_new_key(school: School) -> None:
    ada, ben, bea = school.open("ada"), school.open("ben"), school.open("bea")
    staffing.revoke(ada, bea.me.id)
    assert verify(ben).whole
    assert verify(ben).generation == 2
    with pytest.raises(NoEntry):
        verify(bea)


def test_a_revision_without_a_successor_ends_no_program(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    staff = ada.directory.the(KINDS.STAFF).id
    place = ("lessons", "les")
    write_anew(
        ben, [*first_operations(ben), Put(place, forge(ben, place, author=ada.me.id, home=staff, rev=2**32 - 1))]
    )
    ada.refresh()
    with pytest.raises(VaultError):
        kit.put(ada, "les", "verder", table="lessons", home=staff)
    kit.put(ada, "other", "iets anders", table="lessons", home=staff)


# --- in the middle of it ---------------------------------------------------------------------------------------


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(school: School) -> None:
    """The descriptor leads to the old generation: its length is not that of the file with its name now."""
    ada = school.open("ada")
    for number in range(40):
        kit.put(ada, "status", f"versie {number}" * 40, table="lessons", home=ada.directory.the(KINDS.STAFF).id)
    kit.put(ada, "last", "het laatste")
    journal = Journal(school.path, Machine())
    seq, there = ada.journal.seq, journal.slots()
    compact(ada)
    assert journal.slots() == there
    journal.use_key(ada.vault_key)
    *_, last = journal.read_new()
    assert (last.seq, journal.damage, journal.torn) == (seq, None, False)
    journal.close()


@pytest.mark.parametrize(("mode", "fits"), [(0o660, False), (0o640, False), (0o666, True), (0o600, True)])
def test_the_group_keeps_its_file(school: School, mode: int, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the group cannot be kept, another group would get the file and this one lose it: then nothing changes."""

    def refuse(fd: int, owner: int, group: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    ada = school.open("ada")
    school.file.chmod(mode)
    inode = school.file.stat().st_ino
    monkeypatch.setattr("os.fchown", refuse)
    if fits:
        compact(ada)
    else:
        with pytest.raises(VaultError):
            compact(ada)
    assert (school.file.stat().st_ino != inode) is fits
    assert school.file.stat().st_mode & 0o777 == mode
    assert verify(ada).whole
    kit.put(ada, "more", "verder")


def test_the_last_way_to_a_key_is_not_thrown_away(school: School) -> None:
    """The only lead is gone; the printed code alone leads to what the leads share, until somebody uses it."""
    ada, dor = school.open("ada"), school.open("dor")
    lead = ada.directory.the(KINDS.LEAD).id
    kit.put(ada, "shared", "van de leads", readers=[lead])
    dor.refresh()
    staffing.revoke(dor, ident(dor, "ada"))
    with pytest.raises(NotAllowed):
        staffing.renew_recovery(dor, cost=FLOOR)
    staffing.change_person(dor, ident(dor, "bea"), roles=[Role.COORDINATOR], groups=[], until=None)
    with pytest.raises(NotAllowed):
        staffing.renew_recovery(dor, cost=FLOOR)
    recovered = staffing.recover(school.path, school.recovery, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert settle(recovered) > 0
    bea = school.open("bea")
    assert bea.read(("notes", "shared")) == b"van de leads"
    assert lead not in bea.directory.stale
    dor.refresh()
    code = staffing.renew_recovery(dor, cost=FLOOR)
    again = staffing.recover(school.path, code, machine=Machine(), policies=POLICIES, cost=FLOOR)
    assert not again.can_open(lead)
    bea.refresh()
    assert settle(bea) > 0
    again.refresh()
    assert again.can_open(lead)


def test_who_was_reset_is_not_let_go_for_a_late_code(school: School) -> None:
    """On a long holiday: the code is worthless by then, the person is still a colleague."""
    ada, bea = school.open("ada"), school.open("bea")
    case = kit.new_case(ada, "Z-1", "bea")
    never = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=FLOOR)
    invitation = staffing.reset(ada, bea.me.id, cost=FLOOR)
    late = Machine(clock=kit.FakeClock(invitation.until + timedelta(days=1)))
    steward = school.open("ada", machine=late)
    assert settle(steward) > 0
    assert steward.directory.people[never.person].status is Status.LEFT
    assert kit.code_slot(steward, "bea") is None
    assert settle(steward) == 0
    with pytest.raises(NoEntry):
        kit.join(school.path, "bea", invitation.code)
    again = staffing.reset(steward, bea.me.id, cost=FLOOR)
    assert kit.join(school.path, "bea", again.code).can_open(case)
