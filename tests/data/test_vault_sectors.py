"""What a disk does to sectors, and an enemy to frames: dropped, swapped, repeated, spliced."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import Damaged, NoEntry, NotSaved
from data.vault.compact import compact
from data.vault.verify import verify
from tests.counts import count

from . import vault_kit as kit
from .vault_kit import School

SECTOR = 512
LONG = "een regel die niet in een sector past " * 60


def readable(school: School, data: bytes, known: dict[str, str]) -> tuple[set[str], bool, bool]:
    """Open a file with these bytes: which notes it shows, whether it is said to be bad, or to have a torn end.

    Whatever it shows is what was written, and a file that is bad is not written to.
    """
    school.file.write_bytes(data)
    try:
        vault = school.open()
    except (Damaged, NoEntry):  # the keyslot of another file in its place is as good as none
        assert school.file.read_bytes() == data
        return set(), True, False
    try:
        found = {ident: (vault.read(("notes", ident)) or b"").decode() for ident in vault.ids("notes")}
        assert found.items() <= known.items()
        report = verify(vault)
        assert report.whole is not bool(vault.trouble)
        if vault.trouble:
            with pytest.raises(NotSaved):
                kit.put(vault, "new")
            assert school.file.read_bytes() == data
        return set(found), bool(vault.trouble), bool(report.note)
    finally:
        vault.close()


def sectors(begin: int, end: int) -> list[tuple[int, int]]:
    """Return the pieces of sectors that these bytes lie in."""
    edges = [begin, *range(begin - begin % SECTOR + SECTOR, end, SECTOR), end]
    return list(itertools.pairwise(edges))


def several(tmp_path: Path) -> tuple[School, dict[str, str]]:
    school = kit.small(tmp_path)
    vault = school.open()
    known = {"one": "eerste", "two": "tweede"}
    for ident in ("three", "four"):
        kit.put(vault, ident, ident)
        known[ident] = ident
    kit.put(vault, "long", LONG)
    vault.close()
    return school, known | {"long": LONG}


def test_any_of_the_last_saves_sectors_unwritten(tmp_path: Path) -> None:
    """The disk writes sectors in any order: whichever are missing, the save never was, and the next one is kept."""
    school, known = several(tmp_path)
    whole = school.file.read_bytes()
    begin, end = kit.frame_bounds(whole)[-1]
    parts = sectors(begin, end)
    assert len(parts) > 4
    for chosen in range(1, 1 << len(parts)):
        data = bytearray(whole)
        for number, (first, last) in enumerate(parts):
            if chosen >> number & 1:
                data[first:last] = bytes(last - first)
        found, bad, torn = readable(school, bytes(data), known)
        assert (found, bad, torn) == (known.keys() - {"long"}, False, True)
        if chosen % 16 == 1:
            vault = school.open()
            kit.put(vault, "new", "nieuw")
            vault.close()
            assert school.open().read(("notes", "new")) == b"nieuw"
            assert verify(school.open()).whole
        count("torn sectors")


def changes(whole: bytes, first: int, last: int) -> Iterator[bytes]:
    """Yield what a piece of a sector may hold instead: nothing, other or stale bytes, half of what it should."""
    right, half = whole[first:last], (last - first) // 2
    stale = bytes(64) + b"\x5a" * (SECTOR - 64)
    other = whole[first - SECTOR : last - SECTOR] if first >= SECTOR else stale[: last - first]
    yield bytes(last - first)
    yield other
    yield stale[: last - first]
    yield right[:half] + bytes(last - first - half)
    yield bytes(half) + right[half:]


def test_every_sector_zero_stale_or_half(tmp_path: Path) -> None:
    """Under what was acknowledged it is damage and said; in the last save it is that, or a save that never was."""
    school, known = several(tmp_path)
    whole = school.file.read_bytes()
    bounds = kit.frame_bounds(whole)
    for first, last in sectors(0, len(whole)):
        # A sector that two frames share: the piece of each.
        for begin, end in sectors_by_frame(first, last, bounds):
            for change in changes(whole, begin, end):
                data = whole[:begin] + change + whole[end:]
                if data == whole:
                    continue
                found, bad, torn = readable(school, data, known)
                before = {name for name, (_, stop) in zip(known, bounds[-len(known) :], strict=True) if stop <= begin}
                assert found == before
                assert bad or (torn and begin >= bounds[-1][0])
                count("torn sectors")


def sectors_by_frame(first: int, last: int, bounds: list[tuple[int, int]]) -> list[tuple[int, int]]:
    edges = sorted({first, last, *(at for bound in bounds for at in bound if first < at < last)})
    return list(itertools.pairwise(edges))


def frames_of(data: bytes) -> list[bytes]:
    return [data[begin:end] for begin, end in kit.frame_bounds(data)]


def check(school: School, whole: bytes, parts: list[bytes], known: dict[str, str]) -> None:
    """Frames in another order: bad, and only what lies before the first change is shown."""
    right = frames_of(whole)
    if parts == right[: len(parts)]:
        return  # frames missing at the end only: nothing but a pin tells that
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(parts, right, strict=False)))
    found, bad, _ = readable(school, whole[:64] + b"".join(parts), known)
    assert bad
    assert found == set(list(known)[: max(0, same - (len(right) - len(known)))])
    count("frames out of their place refused")


def test_every_frame_dropped_repeated_or_swapped_with_any_other(tmp_path: Path) -> None:
    school, known = several(tmp_path)
    whole = school.file.read_bytes()
    parts = frames_of(whole)
    for one in range(len(parts)):
        check(school, whole, parts[:one] + parts[one + 1 :], known)
        for other in range(len(parts) + 1):
            check(school, whole, [*parts[:other], parts[one], *parts[other:]], known)
        for other in range(one):
            swapped = list(parts)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            check(school, whole, swapped, known)


@pytest.mark.parametrize("source", ["another file", "an earlier generation", "a later generation", "a fork"])
def test_frames_spliced_from(tmp_path: Path, source: str) -> None:
    """Every frame of the one in the place of, or before, every frame of the other; and one file's head on the other."""
    school, known = several(tmp_path)
    if source in {"an earlier generation", "a later generation"}:
        earlier = school.file.read_bytes()
        vault = school.open()
        compact(vault)
        vault.close()
        whole, strange = school.file.read_bytes(), earlier
        if source == "a later generation":
            whole, strange = strange, whole
        else:
            vault = school.open()
            kit.put(vault, "more")
            known |= {"more": "woorden"}
            vault.close()
            whole = school.file.read_bytes()
    else:
        whole = school.file.read_bytes()
        (tmp_path / "other").mkdir()
        other = School(str(tmp_path / "other" / "school.pest"), "")
        if source == "a fork":
            other.file.write_bytes(whole[: kit.frame_bounds(whole)[-3][0]])
            vault = other.open()
        else:
            vault, _ = kit.create(other.path)
        for number in range(3):
            kit.put(vault, f"strange{number}")
        vault.close()
        strange = other.file.read_bytes()
    school.file.write_bytes(whole)
    parts, others = frames_of(whole), frames_of(strange)
    last = len(parts) - 1
    for place in range(len(parts) + 1):
        for frame in others:
            if frame in parts or (source == "a fork" and place == last - 2 and frame == others[place]):
                continue  # a fork begins with the same ones, and its first own one fits behind those
            for after in (parts[place:], parts[place + 1 :]):
                found, bad, _ = readable(school, whole[:64] + b"".join([*parts[:place], frame, *after]), known)
                assert bad
                assert not any(ident.startswith("strange") for ident in found)
                count("frames out of their place refused")
    if strange[:64] != whole[:64]:
        assert readable(school, strange[:64] + whole[64:], known)[1]
        assert readable(school, whole[:64] + strange[64:], known)[1]
