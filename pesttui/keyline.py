"""One line of `authorized_keys`: a public key that opens this program on the server, and nothing else.

What sshd's parser accepts: options without blanks outside quotes, and within quotes `\\"` for a quote; no other
backslash means anything. What is quoted goes through a shell, so it is quoted for that first.
"""

import base64
import os
import shlex
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from data.errors import N_, UsageError

MAX_FILE = 16_384
"""No public key file is larger (bytes)."""

MIN_RSA = 2048
"""Shorter RSA keys can be broken (bits)."""

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._+-")
"""What a comment may hold: enough for `anne@laptop`."""

MAX_COMMENT = 60

TYPES = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
"""The kinds of public keys that every sshd of today takes; no certificates, no DSA."""


def read_key(path: str) -> tuple[str, str, str]:
    """Return type, key and comment from a file with one public key (`-`: standard input); raises UsageError."""
    text = _text(path)
    if "PRIVATE KEY" in text or "PuTTY-User-Key-File" in text:
        raise UsageError(
            N_("{path} is a private key: it stays with its owner, and nobody else may see it. Ask for the .pub file."),
            path=path,
        )
    if "BEGIN SSH2 PUBLIC KEY" in text:
        raise UsageError(N_("{path} is written in PuTTY's way. First: ssh-keygen -i -f {path} > key.pub"), path=path)
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1:
        raise UsageError(N_("{path} does not hold exactly one public key."), path=path)
    line = lines[0].strip(" \t\r")
    if not all(character.isprintable() or character == "\t" for character in line):
        raise UsageError(N_("{path} holds characters that do not belong in a key."), path=path)
    kind, key, comment = (*line.split(None, 2), "", "")[:3]
    if kind not in TYPES:
        raise _no_key(path, line)
    _prove(path, kind, key)
    return kind, key, plain_comment(comment)


def plain_comment(comment: str) -> str:
    """Return a comment of plain letters, so that nobody reads anything else in the line."""
    kept = "".join(character if character in PLAIN else "_" for character in comment.strip())
    return kept[:MAX_COMMENT]


def key_line(key: tuple[str, str, str], command: Sequence[str]) -> str:
    """Return the line that lets this key run this command in a terminal, and nothing else; raises UsageError."""
    kind, blob, comment = key
    shell = " ".join(shlex.quote(word) for word in command)
    if not shell.isprintable() or shell.endswith("\\"):
        raise UsageError(N_("A path or a login holds characters that cannot stand in this line."))
    escaped = shell.replace('"', '\\"')
    return f'restrict,pty,command="{escaped}" {kind} {blob} {comment}'.rstrip()


def installed_program(called: str | None = None) -> str:
    """Return the path by which sshd can start this program; raises UsageError where it is not installed.

    The name by which it was called comes first, and links in it stay: an update moves them.
    """
    called = sys.argv[0] if called is None else called
    beside = os.path.join(os.path.dirname(sys.executable), "pesttui")  # noqa: PTH118, PTH120
    for path in (called, beside, shutil.which("pesttui") or ""):
        if os.path.basename(path) == "pesttui" and os.access(path, os.X_OK) and Path(path).is_file():  # noqa: PTH119
            return os.path.abspath(path)  # noqa: PTH100
    raise UsageError(N_("The program is not installed here: sshd needs the path of a program called pesttui."))


def _text(path: str) -> str:
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with open(path, "rb", opener=_plain_file) as file:
                data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise UsageError(N_("{path} cannot be read: {reason}."), path=path, reason=error.strerror) from None
    if len(data) > MAX_FILE:
        raise UsageError(N_("{path} does not hold exactly one public key."), path=path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(N_("{path} is not text."), path=path) from None


def _plain_file(path: str, flags: int) -> int:
    # A pipe in its place would be waited at for ever.
    fd = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(22, os.strerror(22))
    return fd


def _no_key(path: str, line: str) -> UsageError:
    """Return why a line is no public key that can be used."""
    words = line.replace(",", " ").split()
    if len(words) > 1 and (any(kind in words for kind in TYPES) or '"' in line or "=" in words[0]):
        return UsageError(
            N_("{path} has options before the key. Give the key alone, as ssh-keygen made it."), path=path
        )
    return UsageError(
        N_("{path} is no public key of a kind that is taken. On your own computer: ssh-keygen -t ed25519"), path=path
    )


def _prove(path: str, kind: str, key: str) -> None:
    """Raise UsageError unless this is a whole key of the kind that is said before it."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - most commands need none of this
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key  # noqa: PLC0415

    try:
        found = load_ssh_public_key(f"{kind} {key}".encode("ascii"))
        whole = base64.b64encode(base64.b64decode(key, validate=True)).decode() == key
    except (ValueError, UnsupportedAlgorithm):
        whole = False
    if not whole:
        raise UsageError(N_("The key in {path} is not whole."), path=path)
    if isinstance(found, RSAPublicKey) and found.key_size < MIN_RSA:
        raise UsageError(N_("The key in {path} is too short. On your own computer: ssh-keygen -t ed25519"), path=path)
