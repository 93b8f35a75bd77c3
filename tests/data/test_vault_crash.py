"""Whatever happens to the machine or the disk: what was acknowledged is kept, what is damaged is said."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from data.errors import Damaged, NoEntry, NotSaved, PesttuiError, VaultError
from data.vault import crypto, frames
from data.vault.machine import Files, Machine
from data.vault.vault import Vault
from data.vault.verify import verify
from tests.counts import count

from . import vault_kit as kit
from .vault_kit import School


def texts(vault: Vault) -> dict[str, str]:
    return {ident: (vault.read(("notes", ident)) or b"").decode() for ident in vault.ids("notes")}


def last_bounds(school: School) -> tuple[int, int]:
    return kit.frame_bounds(school.file.read_bytes())[-1]


# --- torn tails ---------------------------------------------------------------------------------------------


def cuts(school: School, step: int) -> range:
    size = school.file.stat().st_size
    return range(size, 64, -step)


def check_cut(school: School, whole: bytes, size: int) -> None:
    """Cut the file at `size`: all notes whose frame lies before it are there, and one more can be written."""
    bounds = kit.frame_bounds(whole)
    genesis = bounds[2][1]
    school.file.write_bytes(whole[:size])
    count("cuts")
    if size < genesis:
        with pytest.raises(Damaged):
            school.open()
        assert school.file.read_bytes() == whole[:size]
        return
    vault = school.open()
    kept = {name: text for (_, end), (name, text) in zip(bounds[3:], NOTES.items(), strict=True) if end <= size}
    assert texts(vault) == kept
    report = verify(vault)
    assert report.whole
    assert bool(report.note) == (size not in {end for _, end in bounds})
    kit.put(vault, "new", "nieuw")
    assert texts(vault) == kept | {"new": "nieuw"}
    vault.close()
    again = school.open()
    assert texts(again) == kept | {"new": "nieuw"}
    assert verify(again).whole
    assert not verify(again).note
    again.close()


NOTES = {"one": "eerste", "two": "tweede"}


def test_cut_anywhere_then_write(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    edges = {edge + by for bounds in kit.frame_bounds(whole) for edge in bounds for by in (-1, 0, 1, 3, 31, 32, 33)}
    for size in sorted(edges | set(cuts(school, 101)), reverse=True):
        if 64 <= size <= len(whole):
            check_cut(school, whole, size)


@pytest.mark.deep
def test_cut_at_every_byte_then_write(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    for size in range(64, len(whole) + 1):
        check_cut(school, whole, size)


def test_zero_sectors_in_the_last_save_are_a_crash(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    begin, end = last_bounds(school)
    sectors = [(begin, begin - begin % 512 + 512)]
    while sectors[-1][1] < end:
        sectors.append((sectors[-1][1], min(sectors[-1][1] + 512, end)))
    for first, last in sectors:
        school.file.write_bytes(whole[:first] + bytes(last - first) + whole[last:])
        vault = school.open()
        assert texts(vault) == {"one": "eerste"}
        assert verify(vault).note
        kit.put(vault, "three", "derde")
        vault.close()
        assert texts(school.open()) == {"one": "eerste", "three": "derde"}


def test_zero_sector_under_an_acknowledged_save_is_damage(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    begin, end = kit.frame_bounds(whole)[-2]
    for sector in range(begin - begin % 512, end, 512):
        first, last = max(sector, begin), min(sector + 512, end)
        school.file.write_bytes(whole[:first] + bytes(last - first) + whole[last:])
        vault = school.open()
        assert vault.trouble
        assert not verify(vault).whole
        with pytest.raises(NotSaved):
            kit.put(vault, "three")


def test_crash_between_keyslot_and_its_commit(tmp_path: Path) -> None:
    """Sectors reach the disk in any order: the slot missing and its sealed frame there is a crash, no damage."""
    school = kit.small(tmp_path)
    before = school.file.stat().st_size
    vault = school.open()
    with vault.transaction() as transaction:
        slot = next(iter(vault.state.slots.values()))
        transaction.slots.extend([slot, slot])
    vault.close()
    whole = school.file.read_bytes()
    first, second, sealed = kit.frame_bounds(whole)[-3:]
    assert first[0] == before
    assert second[0] < sealed[0]
    for sector in range(before - 64, len(whole), 512):
        begin, end = max(sector, before), min(sector + 512, len(whole))
        school.file.write_bytes(whole[:begin] + bytes(end - begin) + whole[end:])
        opened = school.open()
        assert not opened.trouble
        assert verify(opened).note
        kit.put(opened, "three", "derde")
        opened.close()
        assert texts(school.open()) == {**NOTES, "three": "derde"}


def test_keyslot_of_an_unfinished_save_locks_nobody_out(tmp_path: Path) -> None:
    """A torn passphrase change leaves the old passphrase standing."""
    school = kit.small(tmp_path)
    vault = school.open()
    old = vault.state.slots[next(iter(vault.state.slots))]
    broken = type(old)(
        old.kind, crypto.label(vault.id, 1, "ada"), old.cost, bytes(16), bytes(32), bytes(12), old.sealed,
        old.vault_key,
    )  # fmt: skip
    kit.inject(vault, new_slots=(broken,))
    vault.close()
    with pytest.raises(NoEntry):
        school.open()
    whole = school.file.read_bytes()
    begin, end = last_bounds(school)
    school.file.write_bytes(whole[: end - 64] + bytes(64))
    assert texts(school.open()) == NOTES
    school.file.write_bytes(whole[: begin + 40])
    assert texts(school.open()) == NOTES


# --- the five bugs of the prototype ------------------------------------------------------------------------


def test_prototype_bug_a_repeated_frame_is_no_torn_write(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    begin, end = last_bounds(school)
    whole = school.file.read_bytes()
    school.file.write_bytes(whole + whole[begin:end])
    vault = school.open()
    assert vault.trouble
    with pytest.raises(NotSaved):
        kit.put(vault, "three")
    assert school.file.read_bytes() == whole + whole[begin:end]


def test_prototype_bug_wrong_key_and_damage_at_the_first_frame_are_told_apart(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    with pytest.raises(NoEntry):
        Vault.unlock(school.path, "ada", "een ander woord", machine=Machine(), policies=kit.POLICIES)
    whole = school.file.read_bytes()
    for at in range(64, kit.frame_bounds(whole)[2][1], 97):
        school.file.write_bytes(whole)
        school.damage(at, 0x10)
        with pytest.raises(Damaged):
            school.open()


def test_prototype_bug_a_torn_tail_healed_to_the_same_size_is_news(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    reader = school.open()
    whole = school.file.read_bytes()
    kit.put(vault, "three", "derde")
    done = school.file.read_bytes()
    vault.close()
    # The third note's frame, torn, seen by the reader for so long that it is looked at no more …
    torn = done[: len(whole) + 40] + bytes(len(done) - len(whole) - 40)
    school.file.write_bytes(torn)
    os.utime(school.path, ns=(10**18, 10**18))
    assert not reader.refresh()
    assert not reader.refresh()
    # … and healed by a frame of the same size.
    school.file.write_bytes(done)
    news = reader.refresh()
    assert ("notes", "three") in news.places
    kit.put(reader, "four", "vierde")
    assert texts(school.open()) == {**NOTES, "three": "derde", "four": "vierde"}


def test_healed_within_one_tick_of_the_clock_is_still_kept(tmp_path: Path) -> None:
    """Same size, same time: a writer looks at the bytes all the same."""
    school = kit.small(tmp_path)
    vault, other = school.open(), school.open()
    size = school.file.stat().st_size
    kit.put(vault, "three", "derde")
    done = school.file.read_bytes()
    vault.close()
    school.file.write_bytes(done[: size + 40] + bytes(len(done) - size - 40))
    os.utime(school.path, ns=(10**18, 10**18))
    other.refresh()
    school.file.write_bytes(done)
    os.utime(school.path, ns=(10**18, 10**18))
    kit.put(other, "four", "vierde")
    assert texts(school.open()) == {**NOTES, "three": "derde", "four": "vierde"}


def test_prototype_bug_the_folder_is_synced_before_the_first_save(tmp_path: Path) -> None:
    """Who gave the file its name may have been killed before the name was on the disk."""
    school = kit.small(tmp_path)
    files = kit.Failing(watching=True)
    vault = school.open(machine=Machine(files=files))
    kit.put(vault, "three")
    assert files.calls == ["sync_folder", "write", "sync"]
    kit.put(vault, "four")
    assert files.calls[3:] == ["write", "sync"]


def test_prototype_bug_leftovers_of_a_killed_program_are_swept(tmp_path: Path) -> None:
    stale = tmp_path / "school.pest.new-deadbeef"
    stale.write_bytes(b"half")
    kit.create(str(tmp_path / "school.pest"))
    assert not stale.exists()


# --- damage ------------------------------------------------------------------------------------------------


def check_flip(school: School, whole: bytes, bit: int) -> None:
    """One bit flipped: said to be damage, nothing written, all before it readable; never another text."""
    count("flips refused")
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << bit % 8
    school.file.write_bytes(bytes(damaged))
    try:
        vault = school.open()
    except Damaged:
        return
    assert vault.trouble, f"bit {bit} went by unnoticed"
    found = texts(vault)
    assert found.items() <= NOTES.items()
    report = verify(vault)
    assert not report.whole
    assert report.problems
    with pytest.raises(NotSaved):
        kit.put(vault, "three")
    vault.close()
    assert school.file.read_bytes() == bytes(damaged)


def test_flipped_bits_are_damage(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    for bit in range(5, len(whole) * 8, 37 * 11):
        check_flip(school, whole, bit)


def test_flipped_bits_in_header_and_frame_heads_are_damage(tmp_path: Path) -> None:
    """Lengths above all: one that grew must not pass for a frame that was cut short."""
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    starts = [0, 32, *(begin for begin, _ in kit.frame_bounds(whole))]
    for start in starts:
        length = range((start + 4) * 8, (start + 8) * 8) if start >= 64 else ()
        for bit in sorted({*range(start * 8, (start + 32) * 8, 5), *length}):
            check_flip(school, whole, bit)


@pytest.mark.deep
def test_every_flipped_bit_is_damage(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    whole = school.file.read_bytes()
    for bit in range(len(whole) * 8):
        check_flip(school, whole, bit)


@pytest.mark.parametrize("what", ["drop", "swap", "repeat", "splice"])
def test_frames_out_of_their_place(tmp_path: Path, what: str) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    for number in range(3):
        kit.put(vault, f"more{number}")
    vault.close()
    whole = school.file.read_bytes()
    parts = [whole[a:b] for a, b in kit.frame_bounds(whole)]
    (tmp_path / "twin").mkdir()
    other, _ = kit.create(str(tmp_path / "twin" / "school.pest"))
    for number in range(4):
        kit.put(other, f"twin{number}")
    twin = Path(other.path).read_bytes()
    twins = [twin[a:b] for a, b in kit.frame_bounds(twin)]
    for place in range(3, len(parts) - 1):
        new = list(parts)
        if what == "drop":
            del new[place]
        elif what == "swap":
            new[place], new[place + 1] = new[place + 1], new[place]
        elif what == "repeat":
            new.insert(place, new[place])
        else:
            new[place] = twins[place]
        damaged = whole[:64] + b"".join(new)
        school.file.write_bytes(damaged)
        opened = school.open()
        assert opened.trouble
        assert len(opened.ids("notes")) == place - 3 + (what == "repeat")
        assert not verify(opened).whole
        with pytest.raises(NotSaved):
            kit.put(opened, "new")
        assert school.file.read_bytes() == damaged


def test_spliced_from_a_copy_of_the_same_file(tmp_path: Path) -> None:
    """Two copies go different ways; a frame of the one does not fit behind the other's."""
    school = kit.small(tmp_path)
    (tmp_path / "b").mkdir()
    fork = School(str(tmp_path / "b" / "school.pest"), "")
    fork.file.write_bytes(school.file.read_bytes())
    for one, name in ((school, "left"), (fork, "right")):
        vault = one.open()
        kit.put(vault, name)
        kit.put(vault, name + "2")
        vault.close()
    left, right = school.file.read_bytes(), fork.file.read_bytes()
    begin, _ = kit.frame_bounds(left)[-1]
    school.file.write_bytes(left[:begin] + right[begin:])
    vault = school.open()
    assert vault.trouble
    assert "right2" not in vault.ids("notes")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((0, b"NOTAVAUL"), "not a pesttui file"),
        ((8, b"\x02\x00"), "newer"),
        ((10, b"\x02\x00"), "newer"),
        ((12, b"\x01\x00\x00\x00"), "newer"),
        ((7, b"\x02"), "newer"),
        ((8, b"\x00\x00"), "newer"),
    ],
)
def test_foreign_and_newer_headers(tmp_path: Path, change: tuple[int, bytes], words: str) -> None:
    school = kit.small(tmp_path)
    data = bytearray(school.file.read_bytes())
    at, new = change
    data[at : at + len(new)] = new
    data[56:64] = crypto.sha256(bytes(data[:56]))[:8]
    school.file.write_bytes(bytes(data))
    with pytest.raises(Damaged, match=words):
        school.open()
    assert school.file.read_bytes() == bytes(data)


@pytest.mark.parametrize("size", [0, 3, 7, 8, 63, 64])
def test_short_headers(tmp_path: Path, size: int) -> None:
    school = kit.small(tmp_path)
    os.truncate(school.path, size)
    with pytest.raises(Damaged):
        school.open()


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "nothing"])
def test_what_is_no_file_is_said_plainly(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "school.pest"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        (tmp_path / "b").mkdir()
        path.symlink_to(kit.small(tmp_path / "b").path)
    with pytest.raises(VaultError):
        School(str(path), "").open()


# --- a disk that does not take it --------------------------------------------------------------------------


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize("torn", [False, True])
def test_every_call_fails_once(tmp_path: Path, error: int, on: bool, torn: bool) -> None:
    """Not saved, and said so; what is in memory and in the file is as it was; the next try works."""
    names: set[str] = set()
    for at in range(6):
        (tmp_path / str(at)).mkdir()
        school = kit.small(tmp_path / str(at))
        if torn:
            school.file.write_bytes(school.file.read_bytes() + frames.FRAME_MAGIC)
        files = kit.Failing(error=error, at=at, on=on)
        vault, other = school.open(machine=Machine(files=files)), school.open()
        files.watching = True
        failed = False
        try:
            kit.put(vault, "three", "derde")
        except NotSaved as problem:
            failed = True
            assert os.strerror(error) in str(problem)
        files.watching = False
        names.update(files.calls)
        assert ("three" in vault.ids("notes")) is not failed
        if failed:
            kit.put(vault, "three", "derde")
        kit.put(other, "four", "vierde")
        vault.refresh()
        wanted = {**NOTES, "three": "derde", "four": "vierde"}
        assert texts(vault) == texts(other) == texts(school.open()) == wanted
        assert verify(other).whole
    assert {"write", "sync", "sync_folder"} <= names
    assert ("cut" in names) or not (torn or on)


def test_after_a_failed_sync_the_file_is_read_anew(tmp_path: Path) -> None:
    """What the system says of its memory of the file is not believed then."""
    school = kit.small(tmp_path)
    files = kit.Failing(at=2)
    vault = school.open(machine=Machine(files=files))
    before = vault.journal
    files.watching = True
    with pytest.raises(NotSaved):
        kit.put(vault, "three")
    assert files.calls[2] == "sync"
    kit.put(vault, "three")
    assert vault.journal is not before


def test_what_could_not_be_cut_off_is_left_alone_while_another_writes(tmp_path: Path) -> None:
    """Cutting belongs to who holds the lock: a poll waits for its turn."""
    school = kit.small(tmp_path)
    files = kit.Failing(at=2, on=True)
    vault, other = school.open(machine=Machine(files=files)), school.open()
    files.watching = True
    with pytest.raises(NotSaved):
        kit.put(vault, "three")
    files.watching = False
    left = school.file.read_bytes()
    with other.transaction():
        assert not vault.refresh()
        assert school.file.read_bytes() == left
    vault.refresh()
    assert len(school.file.read_bytes()) < len(left)
    assert texts(vault) == NOTES


def test_short_writes_are_continued(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    files = kit.Failing(short=True, watching=True)
    vault = school.open(machine=Machine(files=files))
    kit.put(vault, "three", "derde")
    assert files.calls.count("write") > 3
    assert texts(school.open())["three"] == "derde"


def test_a_disk_that_takes_nothing_at_all(tmp_path: Path) -> None:
    class Nothing(Files):
        def write(self, fd: int, data: bytes, offset: int) -> int:
            return 0

    school = kit.small(tmp_path)
    with pytest.raises(NotSaved):
        kit.put(school.open(machine=Machine(files=Nothing())), "three")


@pytest.mark.parametrize("name", ["read", "look", "look_at"])
def test_a_disk_that_cannot_be_read(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    school = kit.small(tmp_path)
    files = Files()
    vault = school.open(machine=Machine(files=files))

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "broken")

    kit.put(school.open(), "three")
    with monkeypatch.context() as patch:
        patch.setattr(files, name, fail)
        if name != "look_at":
            with pytest.raises(VaultError):
                vault.refresh()
        with pytest.raises(NotSaved):
            kit.put(vault, "four")
        with pytest.raises(VaultError):
            school.open(machine=Machine(files=files))
        assert vault.read(("notes", "one")) == b"eerste"
    kit.put(vault, "four")


def test_a_limit_on_file_size(tmp_path: Path) -> None:
    """The kernel cuts a write short, then refuses it: not saved, and the file is as it was."""
    school = kit.small(tmp_path)
    before = school.file.read_bytes()
    script = f"""
        import resource
        from tests.data import vault_kit as kit
        from data.errors import NotSaved
        vault = kit.School({school.path!r}, "").open()
        resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 100}, -1))
        try:
            kit.put(vault, "three")
        except NotSaved:
            print("refused")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "refused\n"
    assert school.file.read_bytes() == before


def test_a_read_only_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    school = kit.small(tmp_path)

    class ReadOnly(Files):
        def open(self, path: str, flags: int, mode: int = 0o600) -> int:
            if flags & (os.O_RDWR | os.O_WRONLY):
                raise PermissionError(errno.EACCES, "Permission denied")
            return super().open(path, flags, mode)

    vault = school.open(machine=Machine(files=ReadOnly()))
    assert texts(vault) == NOTES
    assert verify(vault).whole
    with pytest.raises(NotSaved):
        kit.put(vault, "three")


def test_too_much_for_one_save_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_BODY", 16 * 1024)
    school = kit.small(tmp_path)
    vault = school.open()
    with pytest.raises(NotSaved):
        kit.put(vault, "three", "x" * 20_000)
    assert texts(vault) == NOTES


# --- files that change under a session ---------------------------------------------------------------------


def test_a_reader_past_a_cut_back_end_reads_anew(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    reader = school.open()
    size = school.file.stat().st_size
    writer = school.open()
    kit.put(writer, "three", "derde")
    reader.refresh()
    assert "three" in texts(reader)
    os.truncate(school.path, size)
    assert reader.refresh()
    assert texts(reader) == NOTES
    kit.put(reader, "four", "vierde")
    assert texts(school.open()) == {**NOTES, "four": "vierde"}


def test_cut_back_and_written_over_to_the_same_size(tmp_path: Path) -> None:
    """Another frame of the same length in the place of one that was seen: a writer must not build on the old one."""
    school = kit.small(tmp_path)
    before = school.file.read_bytes()
    first = school.open()
    kit.put(first, "three", "derde")
    reader = school.open()
    school.file.write_bytes(before)
    kit.put(school.open(), "four!", "vierde")
    kit.put(reader, "five", "vijfde")
    assert texts(school.open()) == {**NOTES, "four!": "vierde", "five": "vijfde"}


def test_a_copy_put_back_by_rename_is_read_anew(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    before = school.file.read_bytes()
    vault = school.open()
    kit.put(vault, "three")
    other = tmp_path / "other"
    other.write_bytes(before)
    other.rename(school.path)
    assert vault.refresh()
    assert texts(vault) == NOTES
    kit.put(vault, "four", "vierde")
    assert texts(school.open()) == {**NOTES, "four": "vierde"}


def test_another_schools_file_in_its_place(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    other = tmp_path / "other.pest"
    kit.create(str(other))[0].close()
    foreign = other.read_bytes()
    other.rename(school.path)
    with pytest.raises(Damaged):
        vault.refresh()
    with pytest.raises((Damaged, NotSaved)):
        kit.put(vault, "three")
    assert vault.trouble
    assert texts(vault) == NOTES
    assert school.file.read_bytes() == foreign


@pytest.mark.parametrize("how", ["junk", "damaged"])
def test_a_bad_file_in_its_place(tmp_path: Path, how: str) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    data = school.file.read_bytes()
    bad = b"junk" * 1000 if how == "junk" else data[:2000] + bytes([data[2000] ^ 1]) + data[2001:]
    other = tmp_path / "other"
    other.write_bytes(bad)
    other.rename(school.path)
    with pytest.raises(PesttuiError):
        vault.refresh()
    assert texts(vault) == NOTES
    with pytest.raises(PesttuiError):
        kit.put(vault, "three")
    assert school.file.read_bytes() == bad
    # And when the right one is put back, work goes on.
    other.write_bytes(data)
    other.rename(school.path)
    kit.put(vault, "three", "derde")
    assert texts(school.open())["three"] == "derde"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    school.file.unlink()
    with pytest.raises(VaultError):
        vault.refresh()
    with pytest.raises(NotSaved):
        kit.put(vault, "three")
    assert texts(vault) == NOTES
    assert not school.file.exists()


def test_what_looks_like_damage_while_somebody_writes_is_looked_at_again(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    reader, writer = school.open(), school.open()
    whole = school.file.read_bytes()
    kit.put(writer, "three", "derde")
    done = school.file.read_bytes()
    mixed = done[:-200] + b"\x55" * 200
    with writer.transaction():
        school.file.write_bytes(mixed)
        assert not reader.refresh()
        assert not reader.trouble
        school.file.write_bytes(done)
    assert ("notes", "three") in reader.refresh().places
    school.file.write_bytes(done + mixed[len(whole) :])
    reader.refresh()
    assert reader.trouble


# --- making a vault ----------------------------------------------------------------------------------------


def test_never_over_an_existing_file(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    before = school.file.read_bytes()
    with pytest.raises(VaultError):
        kit.create(school.path)
    assert school.file.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir() if ".new-" in found.name] == []


@pytest.mark.parametrize("at", range(7))
def test_making_fails_at_each_call(tmp_path: Path, at: int) -> None:
    path = tmp_path / "school.pest"
    files = kit.Failing(error=errno.ENOSPC, at=at, watching=True)
    try:
        vault, _ = kit.create(str(path), Machine(files=files))
    except VaultError:
        assert not path.exists()
        kit.create(str(path))[0].close()
    else:
        vault.close()
    assert School(str(path), "").open().me.login == "ada"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["school.pest", "school.pest.lock"]


# --- SIGKILL -----------------------------------------------------------------------------------------------

WRITER = """
import sys
from tests.data import vault_kit as kit
vault = kit.School(sys.argv[1], "").open()
print("ready", flush=True)
number = 0
while True:
    ident = f"{sys.argv[2]}-{number}"
    kit.put(vault, ident, ident * (1 + number % 60))
    print(ident, flush=True)
    number += 1
"""


def kill_loop(tmp_path: Path, rounds: int) -> None:
    """Kill a writer after some acknowledged saves, in the middle of whatever it does next."""
    school = kit.small(tmp_path)
    acknowledged = dict(NOTES)
    for number in range(rounds):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, school.path, str(number)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            for _ in range(2 + number % 7):
                process.stdout.readline()
            # The spread of kill moments comes from the writer running on while this line is reached.
            sum(range(1 + number * 7919 % 20_000))
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read()
        count("kills survived")
        for line in rest.splitlines():
            if line.startswith(f"{number}-"):
                acknowledged[line] = line * (1 + int(line.split("-")[1]) % 60)
        vault = school.open()
        found = texts(vault)
        assert acknowledged.items() <= found.items()
        acknowledged = found
        report = verify(vault)
        assert report.whole, report.problems
        vault.close()


def test_killed_in_the_middle(tmp_path: Path) -> None:
    kill_loop(tmp_path, 8)


@pytest.mark.deep
def test_killed_two_hundred_times(tmp_path: Path) -> None:
    kill_loop(tmp_path, 200)
