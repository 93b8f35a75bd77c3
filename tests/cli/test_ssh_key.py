"""The line for `authorized_keys`: one whole public key, and quoted so that sshd and a shell read what was meant."""

import base64
import os
import shlex
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UsageError
from pesttui.keyline import installed_program, key_line

from .kit import Cli

KEY = ed25519.Ed25519PrivateKey.generate()
LINE = KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
BLOB = LINE.split()[1]


def public(key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey") -> str:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def wire(*parts: bytes) -> str:
    return base64.b64encode(b"".join(struct.pack(">I", len(part)) + part for part in parts)).decode()


def as_sshd_reads(line: str) -> tuple[list[str], str]:
    """Return the options and the rest of a line, read as sshd does: quoted parts, and in them only `\\"` is special."""
    options, now, quoted, at = list[str](), "", False, 0
    while at < len(line) and (quoted or line[at] not in " \t"):
        if line[at] == "\\" and line[at + 1 : at + 2] == '"':
            now, at = now + '"', at + 2
            continue
        if line[at] == '"':
            quoted = not quoted
        elif line[at] == "," and not quoted:
            options, now = [*options, now], ""
        else:
            now += line[at]
        at += 1
    return [*options, now], line[at + 1 :]


def printed(cli: Cli, text: str | bytes, *options: str, name: str = "sleutel.pub") -> "tuple[int, str, str]":
    path = cli.folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    answer = cli.bare("--vault", str(cli.kit.path), "ssh-key", str(path), *options, lang="en")
    return answer.code, answer.out, answer.err


def test_the_line(cli: Cli) -> None:
    code, out, err = printed(cli, f"{LINE} anne@laptop\n", "--login", "anne")
    assert (code, err) == (0, "")
    options, rest = as_sshd_reads(out.rstrip("\n"))
    assert options == ["restrict", "pty", f"command={installed_program()} --vault {cli.kit.path} --login anne ssh"]
    assert rest == f"{LINE} anne@laptop"
    assert out.count("\n") == 1


def test_without_a_login_and_with_an_export_folder(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cli.folder)
    _, out, _ = printed(cli, LINE)
    assert "--login" not in out
    assert "--exports" not in out
    monkeypatch.setenv("PESTTUI_EXPORTS", "uit")
    _, out, _ = printed(cli, LINE)
    assert f" --exports {cli.folder}/uit ssh" in out


@pytest.mark.parametrize("size", [2048, 3072])
def test_rsa(cli: Cli, size: int) -> None:
    line = public(rsa.generate_private_key(65537, size))
    assert line in printed(cli, line)[1]


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: str(curve.name))
def test_ecdsa(cli: Cli, curve: ec.EllipticCurve) -> None:
    line = public(ec.generate_private_key(curve))
    assert line in printed(cli, line)[1]


def test_a_key_in_a_stick(cli: Cli) -> None:
    raw = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    line = "sk-ssh-ed25519@openssh.com " + wire(b"sk-ssh-ed25519@openssh.com", raw, b"ssh:")
    assert line in printed(cli, line)[1]


def test_what_a_key_file_may_have_around_its_key(cli: Cli) -> None:
    for text in (f"\n# van Anne\n\n{LINE}\n\n", f"\ufeff{LINE}\r\n", f"  {LINE}\t\n", LINE.replace(" ", "  ")):
        assert printed(cli, text)[1].endswith(f" {LINE}\n"), text


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("anne@laptop", "anne@laptop"),
        ("Anne de Wit", "Anne_de_Wit"),
        ('"; rm -rf /', "___rm_-rf__"),
        ("$(id)`id`\\", "__id__id__"),
        ("Zoë", "Zo_"),
        ("x" * 500, "x" * 60),
        ("", ""),
    ],
)
def test_a_comment_of_plain_letters(cli: Cli, comment: str, kept: str) -> None:
    assert (
        printed(cli, f"{LINE} {comment}")[1] == printed(cli, LINE)[1].rstrip("\n") + (f" {kept}" if kept else "") + "\n"
    )


PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
SHORT = public(rsa.generate_private_key(65537, 1024))
CURVE = public(ec.generate_private_key(ec.SECP256R1()))

WRONG: dict[str, tuple[str | bytes, str]] = {
    "private": (PRIVATE, "private key"),
    "private, PEM": (KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "private key"),
    "private, PuTTY": ("PuTTY-User-Key-File-3: ssh-ed25519\n", "private key"),
    "private and public": (PRIVATE + LINE, "private key"),
    "PuTTY's public": ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", "ssh-keygen -i"),
    "nothing": ("", "exactly one"),
    "a comment": ("# niets\n", "exactly one"),
    "two": (f"{LINE}\n{LINE}\n", "exactly one"),
    "a line behind it": (f'{LINE}\ncommand="/bin/sh" {LINE}\n', "exactly one"),
    "a carriage return in it": (f'{LINE} x\rcommand="/bin/sh" {LINE}\n', "do not belong"),
    "another line end": (f"{LINE} x\u2028{LINE}\n", "do not belong"),
    "NUL": (f"{LINE} \0x\n", "do not belong"),
    "escape": (f"{LINE} \x1b[2J\n", "do not belong"),
    "options": (f'command="/bin/sh" {LINE}', "options before"),
    "an option": (f"no-pty {LINE}", "options before"),
    "options, comma": (f"restrict,pty {LINE}", "options before"),
    "certificate": (f"ssh-ed25519-cert-v01@openssh.com {BLOB}", "of a kind"),
    "DSA": (f"ssh-dss {BLOB}", "of a kind"),
    "another kind said": (f"ssh-rsa {BLOB}", "not whole"),
    "another kind in it": (f"ssh-ed25519 {CURVE.split()[1]}", "not whole"),
    "cut off": (LINE[:-8], "not whole"),
    "more behind it": (f"ssh-ed25519 {wire(b'ssh-ed25519', bytes(32), b'x')}", "not whole"),
    "too short inside": (f"ssh-ed25519 {wire(b'ssh-ed25519', bytes(31))}", "not whole"),
    "no base64": (f"ssh-ed25519 {BLOB[:20]}!{BLOB[20:]}", "not whole"),
    "padding": (f"{LINE}=", "not whole"),
    "a kind alone": ("ssh-ed25519", "not whole"),
    "short RSA": (SHORT, "too short"),
    "not text": (b"\xff\xfe" + LINE.encode("utf-16-le"), "not text"),
    "huge": (LINE + " x" * 10_000, "exactly one"),
    "a sentence": ("hier is mijn sleutel", "of a kind"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_what_is_no_public_key(cli: Cli, text: str | bytes, told: str) -> None:
    code, out, err = printed(cli, text)
    assert (code, out) == (2, "")
    assert told in err
    assert BLOB not in err
    assert err.count("\n") == 1


def test_what_is_no_file(cli: Cli) -> None:
    os.mkfifo(cli.folder / "pijp")
    for name in ("er-niet", ".", "pijp"):
        answer = cli.bare("ssh-key", str(cli.folder / name), lang="en")
        assert (answer.code, answer.out) == (2, "")
        assert "cannot be read" in answer.err


@pytest.mark.parametrize("login", ["", "-x", "--vault=/x", "a\nb", "a\x1b[2J", " a", "x" * 70])
def test_a_login_that_cannot_be(cli: Cli, login: str) -> None:
    code, out, _ = printed(cli, LINE, f"--login={login}")
    assert (code, out) == (2, "")


def test_standard_input(cli: Cli) -> None:
    command = [sys.executable, "-m", "pesttui", "--vault", "/srv/x.pest", "ssh-key", "-", "--login", "anne"]
    done = subprocess.run(command, input=LINE.encode(), capture_output=True, timeout=60, check=True)
    assert done.stdout.decode().endswith(f'--vault /srv/x.pest --login anne ssh" {LINE}\n')


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" \\\"'$`"),
    min_size=1), min_size=1, max_size=4))  # fmt: skip
def test_sshd_and_a_shell_read_what_was_meant(words: list[str]) -> None:
    line = key_line(("ssh-ed25519", BLOB, "x"), [*words, "ssh"])
    options, rest = as_sshd_reads(line)
    assert options[:2] == ["restrict", "pty"]
    assert rest == f"ssh-ed25519 {BLOB} x"
    (command,) = options[2:]
    assert shlex.split(command.removeprefix("command=")) == [*words, "ssh"]


@pytest.mark.parametrize("word", ["a\nb", "a\0b", "a\x1bb", "\udcff", "a\u2028b"])
def test_what_cannot_stand_in_a_line(word: str) -> None:
    with pytest.raises(UsageError):
        key_line(("ssh-ed25519", BLOB, "x"), [word, "ssh"])


def test_the_path_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name it was called with, links and all: an update moves them. Else the one beside this Python."""
    real, link = tmp_path / "versie-2" / "pesttui", tmp_path / "pesttui"
    real.parent.mkdir()
    real.touch(0o755)
    link.symlink_to(real)
    assert installed_program(str(link)) == str(link)
    monkeypatch.chdir(tmp_path)
    assert installed_program("pesttui") == str(link)
    monkeypatch.setattr(sys, "executable", str(real.parent / "python"))
    assert installed_program("/x/pesttui/__main__.py") == str(real)
    real.chmod(0o644)
    monkeypatch.setenv("PATH", str(tmp_path / "niets"))
    with pytest.raises(UsageError):
        installed_program("/x/__main__.py")
