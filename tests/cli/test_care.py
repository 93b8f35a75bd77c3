"""`backup`, `restore`, `accept`, `verify` on the command line: exit codes, what is said, and to whom."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.school_kit import passphrase_of

from .kit import NAMES, Cli, damaged


@pytest.fixture
def copy(cli: Cli) -> Path:
    """A backup, and a note by anne and by marit after it."""
    path = cli.folder / "backup.pest"
    assert cli("backup", str(path), login="anne").code == 0
    for login in ("anne", "marit"):
        assert cli("note", "-", login=login, given="daarna").code == 0
    return path


def test_a_backup_says_what_it_did(cli: Cli) -> None:
    path = cli.folder / "backup.pest"
    answer = cli("backup", str(path), "--json", login="dirk")
    assert answer.code == 0
    assert answer.err == ""
    assert set(answer.json) == {"path", "generation", "frames", "bytes", "seconds"}
    assert answer.json["bytes"] == path.stat().st_size
    assert path.read_bytes() == cli.kit.path.read_bytes()
    again = cli("backup", str(path), login="dirk", lang="en")
    assert again.code == 0
    assert str(answer.json["frames"]) in again.out
    assert "read back" in again.out


def test_who_may_and_over_what(cli: Cli, copy: Path) -> None:
    assert cli("backup", str(copy)).code == 6
    letter = cli.folder / "letter"
    letter.write_text("Beste ouders")
    answer = cli("backup", str(letter), login="anne", lang="en")
    assert answer.code == 2
    assert "--force" in answer.err
    assert letter.read_text() == "Beste ouders"
    assert cli("backup", str(letter), "--force", login="anne").code == 0
    assert cli("backup", str(cli.folder / "no such folder" / "x"), login="anne").code == 1
    bad = damaged(cli.kit.path, cli.folder / "bad.pest")
    assert cli("backup", str(letter), login="anne", vault=bad).code == 3


def test_an_older_copy_is_told_by_every_command(cli: Cli, copy: Path) -> None:
    cli.kit.path.write_bytes(copy.read_bytes())
    listed = cli("notes", "--json")
    assert listed.code == 4
    assert listed.json == []
    assert len(listed.err.strip().splitlines()) == 1
    assert cli("note", "-", given="nieuw").code == 4
    assert cli("backup", str(copy), login="anne").code == 4
    checked = cli("verify", "--json")
    assert checked.code == 4
    assert set(checked.json) == {"whole", "generation", "frames", "documents", "signatures", "problems"}
    assert checked.json["whole"] is False
    assert len(checked.json["problems"]) == 1
    # Who was never here is told nothing.
    assert cli("notes", "--json", login="joost").code == 0
    # Damage is damage.
    assert cli("verify", vault=damaged(cli.kit.path, cli.folder / "bad.pest")).code == 3


def test_restore_and_accept(cli: Cli, copy: Path) -> None:
    assert cli("person", "revoke", "karim", "--yes", login="anne").code == 0
    newer = cli.kit.path.read_bytes()
    refused = cli("restore", str(copy), login="anne", lang="en")
    assert refused.code == 2
    assert "--older" in refused.err
    assert "Karim" in refused.err
    assert cli.kit.path.read_bytes() == newer
    assert cli("restore", str(copy), "--older").code == 6
    done = cli("restore", str(copy), "--older", login="anne", lang="en")
    assert done.code == 0
    assert "pesttui accept" in done.err
    (kept,) = cli.folder.joinpath("school").glob("school.pest.before-restore-*.pest")
    assert str(kept) in done.out
    assert kept.read_bytes() == newer
    assert cli("note", "-", given="nieuw").code == 4
    assert cli("accept", "--yes").code == 6
    asked = cli("accept", login="anne", lang="en")
    assert asked.code == 2
    assert "Karim" in asked.err
    assert "--yes" in asked.err
    assert cli("accept", "--yes", login="anne").code == 0
    assert cli("verify", login="anne").code == 0
    told = cli("note", "-", given="nieuw")
    assert told.code == 0
    assert told.err
    assert cli("notes", "--json", login="karim").code == 5
    assert cli("accept", "--yes", login="anne").code == 2
    assert not any(name in text for text in (done.err, asked.err, told.err) for name in NAMES)


def test_a_steward_without_an_alarm_accepts_for_a_colleague(cli: Cli) -> None:
    assert cli("note", "-", login="anne", given="eerst").code == 0
    old = cli.kit.path.read_bytes()
    assert cli("note", "-", given="daarna").code == 0
    newer = cli.kit.path.read_bytes()
    cli.kit.path.write_bytes(old)
    told = cli("notes", lang="en")
    assert told.code == 4
    number = told.err.split()[-1]
    assert cli("notes", login="anne").code == 0
    # Nothing looks older to her: without the number in marit's alarm nothing is done, whatever else she says.
    for arguments in (("accept",), ("accept", "--yes"), ("accept", "--seen", "1-2", "--yes")):
        answer = cli(*arguments, login="anne", lang="en")
        assert (answer.code, answer.out) == (2, "")
        assert "number" in answer.err
    assert cli("accept", "--seen", number, "--yes").code == 6
    asked = cli("accept", "--seen", number, login="anne", lang="en")
    assert (asked.code, asked.out) == (2, "")
    assert "only a colleague's program has seen more" in asked.err
    assert "--yes" in asked.err
    assert cli.kit.path.read_bytes() == old
    # Where the newer file was found after all, it stays.
    cli.kit.path.write_bytes(newer)
    found = cli("accept", "--seen", number, "--yes", login="anne", lang="en")
    assert found.code == 2
    assert "nothing is missing" in found.err
    assert cli.kit.path.read_bytes() == newer
    cli.kit.path.write_bytes(old)
    assert cli("accept", "--seen", number, "--yes", login="anne").code == 0
    again = cli("note", "-", given="verder", lang="en")
    assert again.code == 0
    assert "older copy" in again.err
    assert cli("verify", login="anne").code == 0
    assert cli("accept", "--seen", number, "--yes", login="anne").code == 2


def test_restore_where_the_file_is_gone(cli: Cli, copy: Path) -> None:
    cli.kit.path.unlink()
    assert cli("notes").code == 1
    answer = cli("restore", str(copy), login="anne", lang="en")
    assert answer.code == 0
    assert cli.kit.path.read_bytes() == copy.read_bytes()
    # What came after the backup is known to have been here.
    assert cli("notes").code == 4


def test_what_is_not_put_back(cli: Cli, copy: Path, tmp_path: Path) -> None:
    before = cli.kit.path.read_bytes()
    bad = damaged(copy, cli.folder / "bad.pest", 0.9)
    assert cli("restore", str(bad), "--older", login="anne").code == 3
    assert cli("restore", str(cli.folder / "nothing"), "--older", login="anne").code == 1
    assert cli("restore", str(copy), "--older", login="anne", passphrase="niet deze zin").code == 5
    assert cli("restore", str(cli.kit.path), "--older", login="anne").code == 2
    assert cli.kit.path.read_bytes() == before


def test_a_spoilt_pin_is_said_once(cli: Cli, copy: Path) -> None:
    for pin in (cli.folder / "state" / "pesttui").glob("pin-*"):
        pin.write_bytes(b"junk")
    first, second = cli("notes", "--json"), cli("notes", "--json")
    assert (first.code, second.code) == (0, 0)
    assert len(first.err.strip().splitlines()) == 1
    assert second.err == ""


def test_a_state_folder_that_takes_nothing(cli: Cli) -> None:
    (cli.folder / "state").write_text("in the way")
    answer = cli("note", "-", given="toch")
    assert answer.code == 0
    assert len(answer.err.strip().splitlines()) == 1


def test_a_demo_leaves_no_pin(cli: Cli) -> None:
    assert cli.bare("demo", "--create", str(cli.folder / "demo.pest")).code == 0
    assert not list((cli.folder / "state").rglob("pin-*"))


def test_new_schools_and_first_log_ins_are_pinned(cli: Cli) -> None:
    path = cli.folder / "new.pest"
    words = cli.secret("een walvis leest kranten")
    common = ("--vault", str(path), "--login", "ria", "--passphrase-file", words)
    assert cli.bare(*common, "init", "--school", "De Zee", "--name", "Ria Baas").code == 0
    born = path.read_bytes()
    assert cli.bare(*common, "person", "add", "bob", "--name", "Bob", "--role", "teacher").code == 0
    path.write_bytes(born)
    assert cli.bare(*common, "person", "list").code == 4


SLOW = """
import sys, time
from data.vault import verify as module
from data.words import Words
plain = module.verify
def slow(vault, progress):
    for part in range(4):
        time.sleep(0.3)
        progress(part / 4)
    return plain(vault, progress)
module.verify = slow
from pesttui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("terminal", [True, False])
def test_what_takes_long_says_how_far_it_is_on_a_terminal(cli: Cli, terminal: bool) -> None:
    secret = cli.secret(passphrase_of("anne"))
    options = ["--vault", str(cli.kit.path), "--login", "anne", "--passphrase-file", secret, "--lang", "en"]
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SLOW, *options, "verify", "--json"],
        stdout=subprocess.PIPE,
        stderr=theirs if terminal else subprocess.PIPE,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["whole"]
    if terminal:
        said = os.read(ours, 10_000)
        assert b"%" in said
        assert said.endswith(b" \r")
    else:
        assert done.stderr == b""
