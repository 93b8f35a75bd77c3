"""Passphrases and codes from files or standard input: never from an argument or the environment."""

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

import click

from data.errors import N_, UsageError
from data.words import Words

MAX_LINE, MAX_REST = 4096, 1_000_000
"""How much is read from standard input, in characters: whoever has a key over SSH could else fill the memory."""


@dataclass
class Input:
    """Standard input, of which the first line may be a passphrase and the rest a text."""

    stream: TextIO = field(default_factory=lambda: sys.stdin)

    def line(self) -> str:
        """Return the next line without its end."""
        return self._text(lambda: self.stream.readline(MAX_LINE)).rstrip("\r\n")

    def rest(self) -> str:
        """Return everything that has not been read."""
        return self._text(lambda: self.stream.read(MAX_REST))

    @staticmethod
    def _text(read: Callable[[], str]) -> str:
        try:
            return read()
        except UnicodeDecodeError:
            raise UsageError(N_("{path} is not text."), path="-") from None


def read_secret(path: str | None, prompt: str, given: Input, words: Words, *, twice: bool = False) -> str:
    """Return a secret from a file (`-`: a line of standard input), or ask for it at a terminal.

    Raises UsageError for a file that others can read, or where nobody can be asked.
    """
    if path == "-":
        return given.line()
    if path is not None:
        return _from_file(path)
    if not given.stream.isatty():
        raise UsageError(N_("There is no terminal to ask for the passphrase. Use --passphrase-file."))
    again = words.tr(N_("Once more")) if twice else False
    return str(click.prompt(words.tr(prompt), hide_input=True, confirmation_prompt=again, err=True))


def _from_file(path: str) -> str:
    try:
        with open(path, encoding="utf-8", opener=_no_link) as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise UsageError(N_("Others can read {path}. Make it yours alone: chmod 600."), path=path)
            return file.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError(N_("{path} is not text."), path=path) from None
    except OSError as error:
        raise UsageError(N_("{path} cannot be read: {reason}."), path=path, reason=error.strerror) from None


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)
