"""Attacks on what is laid aside: whoever takes it up sees what a reader of the whole file sees, no more and no less."""

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.errors import Damaged, NoEntry
from data.vault import aside, crypto, people, staffing
from data.vault.aside import MAGIC, Aside
from data.vault.compact import compact
from data.vault.entries import CircleKind
from data.vault.frames import HEADER_SIZE, Header
from data.vault.keyring import wrap_context
from data.vault.machine import Files, Machine
from data.vault.operations import DropGrant, DropWrap, Put, PutGrant, Wrap
from data.vault.records import Place, grant_inside, make_record
from data.vault.state import State
from data.vault.vault import Vault

from . import aside_kit
from . import vault_kit as kit
from .test_vault_aside import enter, everything, lying, session, vault_without
from .test_vault_attack import forge
from .vault_kit import School


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    aside_kit.at_once(monkeypatch)


@pytest.fixture
def school(tmp_path: Path) -> School:
    folder = tmp_path / "school"
    folder.mkdir()
    return kit.school(folder)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each session took up what was laid aside."""
    return aside_kit.watched(monkeypatch)


def same_as_fresh(school: School, state: Path, login: str = "bea") -> dict[str, Any]:
    """Log in with what was laid aside, and without; both see the same, which is returned."""
    vault, fresh = enter(school, state, login), enter(school, "", login)
    found = everything(vault)
    assert found == everything(fresh)
    assert vault.refresh() == fresh.refresh()
    fresh.close()
    vault.close()
    return found


def pieces(data: bytes) -> list[bytes]:
    """Return the pieces of what was laid aside, sealed as they are."""
    found, at = [], len(MAGIC)
    while at < len(data):
        end = at + 4 + crypto.NONCE + int.from_bytes(data[at : at + 4], "little")
        found.append(data[at:end])
        at = end
    return found


def staff_of(vault: Vault) -> bytes:
    return vault.directory.the(CircleKind.STAFF).id


# --- who can write in the folder ---------------------------------------------------------------------------


def test_pieces_of_two_evenings_do_not_go_together(school: School, state: Path, taken: list[bool]) -> None:
    """Somebody with a shell keeps older ones: an older text does not get under a newer end of the file."""
    ben = school.open("ben")
    staff = staff_of(ben)
    kit.put(ben, "les", "oud", table="lessons", home=staff)
    session(school, state)
    old = pieces(lying(state)[0].read_bytes())
    kit.put(ben, "les", "nieuw", table="lessons", home=staff)
    vault = enter(school, state)
    everything(vault)
    kit.put(vault, "one")
    vault.close()
    new = pieces(lying(state)[0].read_bytes())
    for at in range(1, min(len(old), len(new))):
        mixed = [*new]
        mixed[at] = old[at]
        lying(state)[0].write_bytes(MAGIC + b"".join(mixed))
        taken.clear()
        assert same_as_fresh(school, state)["texts"]["lessons", "les"] == b"nieuw"
        assert taken == [False, False]


def test_a_pipe_or_a_device_is_not_waited_for(school: School, state: Path) -> None:
    kit.put(school.open("bea"), "one", "tekst")
    wanted = session(school, state)
    path = lying(state)[0]
    path.unlink()
    os.mkfifo(path)
    assert session(school, state) == wanted
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")
    assert session(school, state) == wanted


def test_what_dead_programs_left_is_swept_away(school: School, state: Path) -> None:
    kit.put(school.open("bea"), "one", "tekst")
    session(school, state)
    left = Path(f"{lying(state)[0]}.new-1")
    left.write_bytes(b"half of what bea knew")
    others = state / f"aside-{lying(state)[0].name[6:14]}-{'0' * 16}.new-1"
    others.write_bytes(b"half of what ben knew")
    session(school, state)
    assert not left.exists()
    assert others.exists()


class Dying(Files):
    """The program dies at the call with this number that touches what is laid aside."""

    def __init__(self, at: int) -> None:
        self.left, self.fd = at, -1

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise SystemExit

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        if ".new-" not in path:
            return super().open(path, flags, mode)
        self.fd = super().open(path, flags, mode)
        self._count()
        return self.fd

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if fd == self.fd:
            super().write(fd, data[: len(data) // 2], offset)
            self._count()
        return super().write(fd, data, offset)

    def rename(self, before: str, path: str) -> None:
        self._count()
        super().rename(before, path)
        self._count()


def test_a_program_that_dies_at_any_step_of_it(school: School, state: Path) -> None:
    kit.put(school.open("bea"), "one", "tekst")
    steps = 0
    for steps in range(99):
        kit.put(school.open("bea"), f"note {steps}", "tekst")
        vault = enter(school, state, machine=Machine(files=Dying(steps)))
        everything(vault)
        try:
            vault.lay_aside()
        except SystemExit:
            vault._watch = None  # dead: it lays nothing aside any more
        else:
            vault.close()
            break
        vault.close()
        same_as_fresh(school, state)
        assert len(list(state.glob("aside-*"))) == 1
    assert 5 < steps < 99
    same_as_fresh(school, state)


def test_an_older_copy_sweeps_nothing_away(school: School, state: Path, taken: list[bool]) -> None:
    """It will be taken away again; what was laid aside of the right one is as good as it was."""
    old = school.file.read_bytes()
    ada = enter(school, state, "ada")
    compact(ada)
    everything(ada)
    ada.close()
    right = school.file.read_bytes()
    school.file.write_bytes(old)
    alarmed = enter(school, state, "ada")
    assert alarmed.alarm
    alarmed.close()
    school.file.write_bytes(right)
    taken.clear()
    same_as_fresh(school, state, "ada")
    assert taken[0]


def test_two_sessions_lay_aside_at_the_same_moment(school: School, state: Path, taken: list[bool]) -> None:
    """In one program, so under one name: what lies there then is one of them, or counts for nothing."""
    kit.put(school.open("bea"), "one", "tekst")
    vaults = [enter(school, state) for _ in range(3)]
    for number, vault in enumerate(vaults):
        kit.put(vault, f"van {number}")
        everything(vault)

    def again(vault: Vault) -> None:
        for _ in range(15):
            assert vault._watch
            vault._watch.aside._worth = 0
            vault.lay_aside()

    threads = [threading.Thread(target=again, args=(vault,)) for vault in vaults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same_as_fresh(school, state)
    for vault in vaults:
        vault.close()
    assert not list(state.glob("*.new-*"))


# --- where it begins --------------------------------------------------------------------------------------


def test_who_makes_the_vault_or_joins_or_recovers_lays_aside_for_themselves(
    tmp_path: Path, state: Path, taken: list[bool]
) -> None:
    """Under the keys that stay: not those of a one-time code, and not those from before a reset."""
    path = str(tmp_path / "school.pest")
    way: dict[str, Any] = {"machine": Machine(), "policies": kit.POLICIES, "cost": crypto.FLOOR, "pins": str(state)}
    ada, recovery = kit.create(path)
    ada.pin_to(str(state))
    kit.put(ada, "one")
    code = people.invite(ada, "bea", "Bea Naam", kit.ROLES["bea"], cost=crypto.FLOOR).code
    bea = people.join(path, "bea", code, kit.PASSPHRASE, **way)
    kit.put(bea, "two")
    school, seed = School(path, recovery), bea.opened.keys.seed
    for vault in (ada, bea):
        vault.refresh()
        vault.close()
    for login in ("ada", "bea"):
        taken.clear()
        same_as_fresh(school, state, login)
        assert taken[0]
    for _ in range(2):
        taken.clear()
        steward = staffing.recover(path, recovery, **way)
        everything(steward)
        again = staffing.reset(steward, kit.person(steward, "bea").id, cost=crypto.FLOOR)
        steward.close()
    assert taken == [True]
    people.join(path, "bea", again.code, kit.PASSPHRASE, **way).close()
    taken.clear()
    vault = enter(school, state)
    assert taken == [True]
    assert vault.opened.keys.seed != seed
    assert vault.read(("notes", "two")) is None
    vault.close()
    same_as_fresh(school, state)


# --- a session that ended badly, or saw the file go --------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_what_was_not_counted_to_its_end_is_not_laid_aside(
    school: School, state: Path, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+C falls between the disk and the memory: nobody goes on from what this program thinks now."""
    session(school, state)
    vault = enter(school, state)
    everything(vault)
    apply = State.apply

    def interrupted(self: State, transaction: Any) -> None:
        if late:
            apply(self, transaction)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(State, "apply", interrupted)
        with pytest.raises(KeyboardInterrupt):
            kit.put(vault, "one", "op de schijf")
    again = enter(school, state)
    kit.put(again, "two", "daarachter")
    again.close()
    for going_on in (True, False):
        vault.lay_aside()
        assert same_as_fresh(school, state)["texts"]["notes", "one"] == b"op de schijf"
        if going_on:
            # Whoever goes on with it reads the file anew.
            vault.refresh()
            fresh = vault_without(school)
            assert everything(vault) == everything(fresh)
            fresh.close()
    vault.close()


def test_reading_the_file_anew_is_interrupted(school: School, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is the new file's and the texts are the old one's."""
    ben, ada = school.open("ben"), school.open("ada")
    staff = staff_of(ben)
    for number in range(4):
        kit.put(ben, f"les {number}", f"tekst {number}", table="lessons", home=staff)
        kit.put(ben, "vaak", f"tekst {number}", table="lessons", home=staff)
    vault = enter(school, state)
    everything(vault)
    assert vault.mark.seq > compact(ada).generation
    while ada.mark.seq < vault.mark.seq:
        kit.put(ada, f"note {ada.mark.seq}")
    ada.close()

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("data.vault.following.Keyring", interrupted)
        with pytest.raises(KeyboardInterrupt):
            vault.refresh()
    vault.lay_aside()
    same_as_fresh(school, state)
    vault.refresh()
    fresh = vault_without(school)
    assert everything(vault) == everything(fresh)
    fresh.close()
    vault.close()
    same_as_fresh(school, state)


class OtherHeader(Files):
    """Shows another beginning of the file to who opens it, and the real one from then on."""

    def read(self, fd: int, count: int, offset: int) -> bytes:
        data = super().read(fd, count, offset)
        if (count, offset) == (HEADER_SIZE, 0):
            return replace(Header.decode(data), generation=9).encode()
        return data


def test_the_header_is_the_one_that_was_read(school: School, state: Path) -> None:
    """Somebody writes over it and back while a session opens: of which generation this is comes from the same bytes."""
    kit.put(school.open("bea"), "one", "tekst")
    session(school, state)
    for folder in (state, ""):
        with pytest.raises(Damaged):
            enter(school, folder, machine=Machine(files=OtherHeader()))


def test_who_was_let_go_leaves_nothing_when_their_program_ends(school: School, state: Path) -> None:
    kit.put(school.open("ben"), "one", "tekst")
    ben, ada = enter(school, state, "ben"), enter(school, state, "ada")
    everything(ben)
    assert ben._watch
    his = ben._watch.aside._name
    staffing.revoke(ada, kit.person(ada, "ben").id)
    ada.close()
    with pytest.raises(NoEntry):
        ben.refresh()
    ben.close()
    assert not [path for path in lying(state) if path.name.endswith(his)]


def test_what_a_writer_took_back_is_known_to_nobody(school: School, state: Path, taken: list[bool]) -> None:
    """Bea has read a save that never got onto ben's disk, and laid it aside; another of the same length came."""
    kit.put(school.open("bea"), "one", "tekst")
    before = school.file.read_bytes()
    kit.put(school.open("ben"), "two", "eerste", readers=(staff_of(school.open("ben")),))
    assert session(school, state)["texts"]["notes", "two"] == b"eerste"
    school.file.write_bytes(before)
    kit.put(school.open("ben"), "two", "tweede", readers=(staff_of(school.open("ben")),))
    assert same_as_fresh(school, state)["texts"]["notes", "two"] == b"tweede"
    assert taken[-2:] == [False, False]


# --- keys and grants that went -----------------------------------------------------------------------------


def test_a_wrap_that_was_dropped_opens_nothing_more(school: School, state: Path, taken: list[bool]) -> None:
    """Also where nothing else says so: a new session would not find that key."""
    ben = school.open("ben")
    case = kit.new_case(ben, "Z-1", "bea")
    kit.put(ben, "one", "van de zaak", home=case)
    live = enter(school, state)
    assert everything(live)["texts"]["notes", "one"] == b"van de zaak"
    session(school, state)
    kit.inject(ben, DropWrap(case, live.me.id))
    taken.clear()
    assert same_as_fresh(school, state)["texts"]["notes", "one"] is None
    assert taken[0]
    live.refresh()
    assert live.read(("notes", "one")) is None
    live.close()


def test_an_old_key_goes_with_its_wrap(school: School, state: Path) -> None:
    """A new key that does not lead back to the old one: what only that opened is gone for every session alike."""
    ben = school.open("ben")
    case = kit.new_case(ben, "Z-1", "bea")
    kit.put(ben, "one", "van de zaak", home=case)
    session(school, state)
    bea = kit.person(ben, "bea").id
    with ben.transaction() as transaction:
        transaction.renew(case)
        transaction.operations.append(DropWrap(case, bea))
    same_as_fresh(school, state)


def test_a_wrap_that_joins_others_changes_nothing(school: School, state: Path) -> None:
    """Junk over one's own wrap, in either order."""
    ben = school.open("ben")
    case = kit.new_case(ben, "Z-1", "bea")
    kit.put(ben, "one", "van de zaak", home=case)
    session(school, state)
    bea = kit.person(ben, "bea")
    junk = crypto.wrap(bea.box, bytes(32), wrap_context(ben.id, case, 1, bea.id))
    kit.inject(ben, Wrap(case, 1, bea.id, junk))
    assert same_as_fresh(school, state)["texts"]["notes", "one"] == b"van de zaak"
    same_as_fresh(school, state)


def test_a_grant_that_was_dropped_opens_nothing_more(school: School, state: Path, taken: list[bool]) -> None:
    ben = school.open("ben")
    staff, case = staff_of(ben), kit.new_case(ben, "Z-1")
    place = ("lessons", "les")
    kit.put(ben, "les", "voor iedereen", table="lessons", home=staff, readers=(case,))
    live = enter(school, state)
    assert live.read(place) == b"voor iedereen"
    session(school, state)
    kit.inject(ben, DropGrant(place, staff))
    taken.clear()
    assert same_as_fresh(school, state)["texts"][place] is None
    assert taken[0]
    live.refresh()
    assert live.read(place) is None
    assert live.latest(place)[1] is None
    # And there again, for whoever had it out of reach.
    same_as_fresh(school, state)
    record = ben.record(place)
    key = ben.document_key(place)
    assert record
    assert key
    keys = ben.circle_keys(staff)
    assert keys
    again = grant_inside(
        vault_id=ben.id, place=place, circle=staff, epoch=1, keys=keys, nonce=ben.machine.random(12), key=key
    )
    kit.inject(ben, PutGrant(place, again))
    assert same_as_fresh(school, state)["texts"][place] == b"voor iedereen"
    live.close()


# --- forgeries ---------------------------------------------------------------------------------------------


def test_an_overview_before_a_forgery_is_found_hides_nothing(school: School, state: Path) -> None:
    """The forged text opens for nobody; that it does not must not hide the genuine one under it."""
    ben, bea = school.open("ben"), school.open("bea")
    staff, place = staff_of(bea), ("lessons", "les")
    kit.put(bea, "les", "echt", table="lessons", home=staff)
    ben.refresh()
    kit.inject(ben, Put(place, forge(ben, place, author=bea.me.id, home=staff, rev=2)))
    vault = enter(school, state, "dor")
    vault.read(place, checked=False)
    assert vault.read(place) == b"echt"
    assert vault.read(place, checked=False) == b"echt"
    vault.close()
    assert same_as_fresh(school, state, "dor")["texts"][place] == b"echt"
    overview = enter(school, state, "ada")
    overview.read(place, checked=False)
    overview.close()
    assert same_as_fresh(school, state, "ada")["texts"][place] == b"echt"


def many(vault: Vault, place: Place, home: bytes, count: int, *, first: int = 1, forged: int = 0) -> list[Put]:
    """Return revisions of one document in one's own name, `forged` of them at the end in ada's."""
    key, ada = bytes(32), kit.person(vault, "ada").id

    def revision(rev: int) -> Put:
        record = make_record(
            b"%d" % rev, place=place, vault_id=vault.id, rev=rev, author=vault.me.id, home=home, time=1, key=key,
            nonce=bytes(12), signer=vault.opened.keys,
        )  # fmt: skip
        if rev >= first + count - forged:
            record = msgspec.structs.replace(record, author=ada)
        return Put(place, record)

    return [revision(rev) for rev in range(first, first + count)]


@pytest.mark.parametrize("forged", [0, 40, 3000])
def test_a_document_that_was_rewritten_thousands_of_times(school: School, state: Path, forged: int) -> None:
    """Nobody looked at it in between: laying it aside, taking it up and forgetting it take no deep breath."""
    ben = school.open("ben")
    place, staff = ("lessons", "les"), staff_of(ben)
    keys = ben.circle_keys(staff)
    assert keys
    grant = grant_inside(vault_id=ben.id, place=place, circle=staff, epoch=1, keys=keys, nonce=bytes(12), key=bytes(32))
    kit.inject(ben, *many(ben, place, staff, 3000, forged=forged), PutGrant(place, grant))
    vault = enter(school, state)
    vault.close()
    assert lying(state)
    found = same_as_fresh(school, state)["texts"][place]
    assert found == (b"%d" % (3000 - forged) if forged < 3000 else None)
    same_as_fresh(school, state)


def test_a_row_of_revisions_ends_no_program(school: School) -> None:
    """So many that freeing them one within another would run out of stack: that is no error but the end."""
    ben = school.open("ben")
    place, staff = ("lessons", "les"), staff_of(ben)
    [put] = many(ben, place, staff, 1)
    revisions = [Put(place, msgspec.structs.replace(put.record, rev=rev)) for rev in range(1, 120_001)]
    held = ben.state
    for revision in revisions:
        held._put(place, revision.record, carried=False)
    head = held.head(place)
    assert head
    assert head.record.rev == 120_000
    del held.tables["lessons"]["les"]


# --- odds and ends -----------------------------------------------------------------------------------------


def test_news_is_what_came_since_logging_in(school: School, state: Path, taken: list[bool]) -> None:
    ben = school.open("ben")
    kit.new_case(ben, "Z-1", "bea")
    session(school, state)
    kit.new_case(ben, "Z-2", "bea")
    kit.put(ben, "one", readers=(staff_of(ben),))
    vault, fresh = enter(school, state), vault_without(school)
    assert taken[-2:] == [True, False]
    assert vault.refresh() == fresh.refresh()
    assert not vault.refresh()
    vault.close()
    fresh.close()


def test_nobody_waits_for_it_with_the_lock_held(school: School, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save holds the lock that all others wait for."""
    vault, kept = enter(school, state), list[bool]()
    keep = Aside.keep

    def keeping(self: Aside, *values: Any) -> None:
        kept.append(vault.journal.lock.mine)
        keep(self, *values)

    monkeypatch.setattr(Aside, "keep", keeping)
    everything(vault)
    kit.put(vault, "one")
    kit.put(vault, "two")
    assert kept == []
    vault.refresh()
    vault.close()
    assert kept
    assert not any(kept)


class Slow(Files):
    """A disk that takes its time over what is laid aside, until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if data.startswith(MAGIC):
            self.begun.set()
            assert self.go.wait(20)
        return super().write(fd, data, offset)


def test_reading_does_not_wait_for_its_disk(school: School, state: Path, taken: list[bool]) -> None:
    """And what is read, found and vetted meanwhile neither breaks it nor gets half into it."""
    ben = school.open("ben")
    for number in range(20):
        kit.put(ben, f"note {number}", f"tekst {number}", readers=(staff_of(ben),))
    slow = Slow()
    vault = enter(school, state, machine=Machine(files=slow))
    thread = threading.Thread(target=vault.refresh)
    thread.start()
    assert slow.begun.wait(20)
    reader = threading.Thread(target=everything, args=(vault,))
    reader.start()
    reader.join(10)
    waited = reader.is_alive()
    slow.go.set()
    reader.join()
    thread.join()
    assert not waited
    vault.close()
    same_as_fresh(school, state)
    assert any(taken)


def test_after_the_file_was_written_anew_it_is_laid_aside_again(school: School, state: Path, taken: list[bool]) -> None:
    """What it was worth for the old file says nothing of the new one, which is shorter."""
    for number in range(9):
        kit.put(school.open("bea"), f"note {number}")
    session(school, state)
    vault = enter(school, state)
    everything(vault)
    vault.refresh()
    compact(school.open("ada"))
    vault.refresh()
    everything(vault)
    vault.close()
    taken.clear()
    same_as_fresh(school, state)
    assert taken[0]


def test_vetting_is_of_what_was_read(school: School, state: Path) -> None:
    """Between reading a document and having looked through it the file was written anew: its ranks are others."""
    vault = enter(school, state)
    kit.put(vault, "one", "tekst")
    place = ("notes", "one")
    order, content = vault.latest(place)
    assert content
    vault.vet(place, order + 1, content)
    assert not vault.vetted(place, order + 1)
    vault.vet(place, order, b"wat anders")
    assert not vault.vetted(place, order)
    vault.vet(place, order, content)
    assert vault.vetted(place, order)
    vault.close()


def test_large_documents_are_laid_aside_in_pieces(
    school: School, state: Path, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large what somebody granted to everybody: no piece grows so large that nobody takes it up."""
    monkeypatch.setattr(aside, "MOST", 300_000)
    ben = school.open("ben")
    for number in range(12):
        kit.put(ben, f"note {number}", "x" * 50_000, readers=(staff_of(ben),))
    session(school, state)
    taken.clear()
    same_as_fresh(school, state)
    assert taken == [True, False]
    assert all(len(piece) < 300_000 for piece in pieces(lying(state)[0].read_bytes()))


def test_what_no_piece_can_hold_is_not_laid_aside(school: School, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "MOST", 30_000)
    kit.put(school.open("bea"), "one", "x" * 50_000)
    wanted = session(school, state)
    assert not lying(state)
    assert session(school, state) == wanted
