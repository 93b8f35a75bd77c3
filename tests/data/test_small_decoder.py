"""The small decoder, written from FORMAT.md alone, reads what the program wrote and refuses what nobody wrote so."""

import ast
import contextlib
import shutil
import struct
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Protocol

import pytest

from data.demo import Demo, create_demo
from data.register import Jotting, open_school, recover_school
from data.vault.compact import compact
from data.vault.entries import CircleKind
from data.vault.machine import Machine
from data.vault.operations import DropGrant, Put, PutGrant

from . import small_decoder
from . import vault_kit as kit
from .decoder import can_be_read
from .school_kit import passphrase_of, school
from .small_decoder import BROKEN, KEYSLOT, Contents, NoEntry, Undecodable, decode, enter
from .test_decoder import of_the_register, shown_by
from .test_vault_attack import forge
from .test_vault_golden import DATA, KNOWN, LOGINS, PASSPHRASES, changed, machine, quick_stretch
from .vault_kit import frame_bounds

FOLDER = Path(__file__).parent
FRAMES = [DATA[begin:end] for begin, end in frame_bounds(DATA)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return create_demo(str(tmp_path_factory.mktemp("small") / "school.pest"))


@pytest.mark.parametrize("name", ["small_decoder", "decoder"])
def test_nothing_of_the_program_is_in_it(name: str) -> None:
    nodes = list(ast.walk(ast.parse((FOLDER / f"{name}.py").read_text())))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {"." * node.level + (node.module or "") for node in nodes if isinstance(node, ast.ImportFrom)}
    own = {".", ".small_decoder"} if name == "decoder" else set()
    assert {module.partition(".")[0] for module in imported - own} <= {*sys.stdlib_module_names, "cryptography"}


@pytest.mark.parametrize("login", LOGINS)
def test_it_reads_the_golden_file(login: str) -> None:
    assert decode(DATA, login, PASSPHRASES[login]) == KNOWN["documents"][login]


def test_codes_let_in_as_well(tmp_path: Path) -> None:
    found = decode(DATA, "", KNOWN["recovery"], kind=3)
    path = tmp_path / "school.pest"
    path.write_bytes(DATA)
    with contextlib.closing(recover_school(str(path), KNOWN["recovery"], machine=machine())) as register:
        assert shown_by(register) == found
    assert set(decode(DATA, "later", KNOWN["code"]["later"], kind=2)) == {"school", "groups", "pupils"}
    with pytest.raises(NoEntry):
        decode(DATA, "later", KNOWN["code"]["later"])


def test_others_are_not_let_in() -> None:
    for login, passphrase in (("gone", PASSPHRASES["gone"]), ("anne", PASSPHRASES["zoë"]), ("niemand", "")):
        with pytest.raises(NoEntry):
            decode(DATA, login, passphrase)


def test_three_people_of_a_new_school(demo: Demo) -> None:
    external = next(person for person in demo.people if "external" in person.roles)
    for person in (demo.coordinator, demo.teacher, external):
        expected = of_the_register(demo, person)
        assert expected["cases"]
        assert decode(Path(demo.vault).read_bytes(), person.login, person.passphrase) == expected, person.login


def test_a_file_written_anew(demo: Demo, tmp_path: Path) -> None:
    """After somebody left: another vault key, circles in later epochs, revisions that begin beyond one."""
    path = str(tmp_path / "school.pest")
    shutil.copy(demo.vault, path)
    with contextlib.closing(open_school(path, "anne", demo.coordinator.passphrase, machine=Machine())) as register:
        register.people.revoke("joost")
        compact(register.vault)
        expected = shown_by(register)
    written = Path(path).read_bytes()
    assert decode(written, "anne", demo.coordinator.passphrase) == expected
    gone = next(person for person in demo.people if person.login == "joost")
    with pytest.raises(NoEntry):
        decode(written, gone.login, gone.passphrase)


def test_what_was_deleted_is_gone(tmp_path: Path) -> None:
    with school(tmp_path) as made:
        marit = made.open_as("marit")
        kept, removed = (
            marit.notes.add(Jotting("Blijft.", private=True)),
            marit.notes.add(Jotting("Weg.", private=True)),
        )
        passphrase = passphrase_of("marit")
        assert set(decode(made.path.read_bytes(), "marit", passphrase)["notes"]) == {kept, removed}
        marit.notes.remove(removed)
        assert set(decode(made.path.read_bytes(), "marit", passphrase)["notes"]) == {kept}


# --- what nobody wrote so --------------------------------------------------------------------------------------


class Refused(Protocol):
    """Fail where a file like the golden one is not refused; whoever puts the checks right may take a keyslot out."""

    def __call__(self, data: bytes, *, checked: bool = False) -> None: ...


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Refused:
    quick_stretch(monkeypatch)

    def check(data: bytes, *, checked: bool = False) -> None:
        with pytest.raises((Undecodable, NoEntry) if checked else Undecodable):
            decode(data, "anne", PASSPHRASES["anne"])

    return check


def test_a_flipped_bit(refused: Refused) -> None:
    chance = Random(4)
    for begin, end in [(0, 64), *frame_bounds(DATA)]:
        for low, high in ((begin, begin + 32), (begin + 32, end - 16), (end - 16, end)):
            refused(changed(chance.randrange(low * 8, high * 8)))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda at: FRAMES[:at] + FRAMES[at + 1 :], id="dropped"),
        pytest.param(lambda at: [*FRAMES[:at], FRAMES[at + 1], FRAMES[at], *FRAMES[at + 2 :]], id="swapped"),
        pytest.param(lambda at: FRAMES[: at + 1] + FRAMES[at:], id="repeated"),
    ],
)
@pytest.mark.parametrize("renumbered", [False, True])
def test_frames_out_of_place(spoil: Callable[[int], list[bytes]], renumbered: bool, refused: Refused) -> None:
    """Also with the numbers that belong there, and checks that agree with them."""
    for at in range(len(FRAMES) - 1):
        frames = spoil(at)
        if renumbered:
            frames = [numbered(frame, seq) for seq, frame in enumerate(frames, 1)]
        refused(DATA[:64] + b"".join(frames), checked=renumbered)


def numbered(frame: bytes, seq: int) -> bytes:
    frame = frame[:8] + seq.to_bytes(8, "little") + frame[16:]
    if frame[28] != KEYSLOT:
        return frame
    check = sha256(b"pesttui slot frame v1" + frame[:16] + bytes(12) + frame[28:]).digest()[:12]
    return frame[:16] + check + frame[28:]


def test_another_header_and_another_end(refused: Refused) -> None:
    for at in (16, 32, 48):  # vault, file, generation
        header = DATA[:at] + bytes([DATA[at] ^ 1]) + DATA[at + 1 : 56]
        refused(header + sha256(header).digest()[:8] + DATA[64:], checked=True)
    for cut in (1, 32, 480):
        refused(DATA[:-cut])
    for more in (b"\0", bytes(512), FRAMES[0]):
        refused(DATA + more)


def test_who_has_the_vault_key_can_forge_no_author_and_no_key(tmp_path: Path) -> None:
    made = kit.school(tmp_path)
    bea, ben = made.open("bea"), made.open("ben")
    staff, place = bea.directory.the(CircleKind.STAFF).id, ("lessons", "les")
    kit.put(bea, "les", '"echt"', table="lessons", home=staff)
    ben.refresh()
    kit.inject(ben, PutGrant(place, ben.make_grant(place, staff, b"f" * 32)))
    assert decode(made.file.read_bytes(), "ada", kit.PASSPHRASE) == {"lessons": {"les": "echt"}}
    kit.inject(ben, DropGrant(place, staff), PutGrant(place, ben.make_grant(place, staff, b"f" * 32)))
    assert decode(made.file.read_bytes(), "ada", kit.PASSPHRASE) == {}
    kit.inject(ben, Put(place, forge(ben, place, author=bea.me.id, home=staff, rev=2)))
    with pytest.raises(Undecodable):
        decode(made.file.read_bytes(), "ada", kit.PASSPHRASE)


@pytest.mark.parametrize("plain", [b"\0", b"\x09", b"\x07" + bytes(8) + b"\0", b"\x07" + bytes(7)])
def test_operations_that_cannot_be_read(plain: bytes) -> None:
    assert not can_be_read(plain)
    contents = Contents(DATA[:64], bytes(32))
    with pytest.raises(BROKEN):
        contents.apply({}, plain, first=False)


def test_a_keyslot_that_asks_too_much_is_not_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the passphrase nothing says that these numbers are genuine."""
    monkeypatch.setattr(small_decoder, "Argon2id", None)
    begin = next(begin for begin, _ in frame_bounds(DATA) if DATA[begin + 28] == KEYSLOT)
    slot = DATA[begin + 36 : begin + 36 + 249]
    for cost in ((1, 19 << 10, 1), (2, (19 << 10) - 1, 1), (2, 19 << 10, 0), (17, 19 << 10, 1), (2, (1 << 20) + 1, 1)):
        lowered = slot[:9] + struct.pack("<III", *cost) + slot[21:]
        with pytest.raises(Undecodable, match="work"):
            enter(lowered, "woorden", DATA[16:32], 1)
