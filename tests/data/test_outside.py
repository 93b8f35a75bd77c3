"""Where files for outside may go, and what becomes of them there."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import NotAllowed, NotSaved
from data.outgoing import outgoing
from data.outside import Outside
from data.vault.machine import Files, Machine


def test_anywhere_unless_a_folder_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/anne")
    assert Outside().proposed("a.pdf") == str(tmp_path / "a.pdf")
    assert Outside("/srv/uit").proposed("a.pdf") == "/srv/uit/a.pdf"
    for outside in (Outside(), Outside("/srv/uit")):
        assert not outside.closed
        assert outside.place("a.pdf") == str(tmp_path / "a.pdf")
        assert outside.place("~/a.pdf") == "/home/anne/a.pdf"
        assert outside.place("/x/../y/a.pdf") == "/y/a.pdf"


def test_nowhere_but_in_the_folder() -> None:
    outside = Outside("/srv/uit", only=True)
    assert outside.proposed("a.pdf") == "a.pdf"
    for typed in ("a.pdf", "./a.pdf", "/srv/uit/a.pdf", "x/../a.pdf", "/srv//uit/a.pdf"):
        assert outside.place(typed) == "/srv/uit/a.pdf"
    for typed in (
        "../a.pdf",
        "/a.pdf",
        "x/a.pdf",
        "~/a.pdf",
        "~root/a.pdf",
        "",
        ".",
        "..",
        "/",
        "/srv/uit",
        "/srv/uit/",
        "/srv/uit2/a.pdf",
        ".bashrc",
        "/srv/uit/.ssh",
        "a\nb",
        "a\x1b[2J",
        "//srv/uit/a",
        "x/../../a",
    ):
        with pytest.raises(NotAllowed):
            outside.place(typed)


def test_nowhere_at_all() -> None:
    outside = Outside(only=True)
    assert outside.closed
    for typed in ("a.pdf", "/a.pdf", ""):
        with pytest.raises(NotAllowed, match="--output - > FILE"):
            outside.place(typed)
    assert "ssh SERVER export dossier Z-1 --output -" in str(outside.refusal("export dossier Z-1"))


@given(st.text(st.sampled_from("ab./~ \0\n"), max_size=12))
def test_whatever_is_typed_stays_in_the_folder(typed: str) -> None:
    try:
        path = Outside("/srv/uit", only=True).place(typed)
    except NotAllowed:
        return
    assert os.path.dirname(path) == "/srv/uit"  # noqa: PTH120
    assert os.path.basename(path)[:1] not in {"", "."}  # noqa: PTH119


def test_no_way_around_it(tmp_path: Path) -> None:
    """Whoever writes a file for outside writes it through the one door."""
    uit = tmp_path / "uit"
    uit.mkdir()
    machine = Machine(outside=Outside(str(uit), only=True))
    with pytest.raises(NotAllowed), outgoing(machine, str(tmp_path / "a.pdf"), b"x"):
        pass
    (uit / "b.pdf").symlink_to(tmp_path / "elders.pdf")
    with pytest.raises(NotSaved), outgoing(machine, str(uit / "b.pdf"), b"x"):
        pass
    with outgoing(machine, str(uit / "a.pdf"), b"x"):
        pass
    assert sorted(path.name for path in tmp_path.rglob("*.pdf")) == ["a.pdf", "b.pdf"]
    assert (uit / "a.pdf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("mode", "expected"), [(0o700, 0o600), (0o770, 0o600), (0o2770, 0o640)])
def test_who_may_read_what_lies_there(tmp_path: Path, mode: int, expected: int) -> None:
    tmp_path.chmod(mode)
    path = tmp_path / "a.pdf"
    with outgoing(Machine(outside=Outside(str(tmp_path))), str(path), b"x"):
        pass
    assert path.stat().st_mode & 0o777 == expected
    with outgoing(Machine(), str(tmp_path / "b.pdf"), b"x"):
        pass
    assert (tmp_path / "b.pdf").stat().st_mode & 0o777 == 0o600


class Share(Files):
    """A share that knows no hard links, and does not let its folders be synced."""

    def publish(self, temporary: str, path: str) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    def sync_folder(self, path: str) -> None:
        raise OSError(errno.EINVAL, "invalid")


def test_a_share_without_hard_links(tmp_path: Path) -> None:
    machine = replace(Machine(), files=Share())
    path = tmp_path / "a.pdf"
    with outgoing(machine, str(path), b"een"):
        pass
    with pytest.raises(NotSaved), outgoing(machine, str(path), b"twee"):
        pass
    with pytest.raises(NotSaved), outgoing(machine, str(tmp_path / "b.pdf"), b"x"):
        (tmp_path / "b.pdf").write_text("van een ander")
    assert path.read_bytes() == b"een"
    assert (tmp_path / "b.pdf").read_text() == "van een ander"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.pdf", "b.pdf"]
