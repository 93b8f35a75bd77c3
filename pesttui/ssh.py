"""What somebody may run over SSH who has no shell here: the program, or one of a few commands, word for word.

sshd hands over what was asked for as one text. It never meets a shell: it is cut into words, each word is held against
what the commands know, and a new command line is made of what passed. The options that name files are left out.
"""

import shlex
import unicodedata
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass

import click

from data.errors import N_, NotAllowed, UsageError
from data.words import LANGUAGES

COMMANDS = ("note", "notes", "cases", "show", "agenda", "incidents")
"""What is allowed as it is, as far as there is such a command."""

EXPORT = "export"
"""The group of which every command is allowed that writes to standard output."""

GLOBAL = ("--login", "--lang", "--passphrase-file")
"""What may be said besides; a passphrase comes from standard input and nowhere else."""

OUTPUT, STANDARD_OUTPUT = "--output", "-"

SHOWN = {"note": "note -", "show": "show CASE"}
"""How a command is told that is more than its name."""

MAX_LENGTH = 4000
"""How long a command may be, in characters; texts go through standard input."""

OPERATORS = "();<>|&"
"""What means something to a shell."""

FILES = ("file", "folder", "path")
"""What a parameter that names a file is called, or has in its name."""

NEVER = ("force",)
"""Parameters that have no business here, besides those that name files."""

KEPT = (
    *("HOME", "USER", "LOGNAME", "SHELL", "PATH", "MAIL", "TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "TZ"),
    *("ESCDELAY", "TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FPS", "TEXTUAL_SMOOTH_SCROLL"),
)
KEPT_BEGINNINGS = ("LC_", "SSH_", "XDG_", "PESTTUI_")
"""What stays of the environment: of Textual only how it draws. A client sets no `PESTTUI_`: sshd sees to that."""


@dataclass(frozen=True)
class Asked:
    """A command that passed, with what was said before it."""

    login: str | None
    language: str | None
    words: tuple[str, ...]


def understood(line: str, group: click.Group) -> Asked:
    """Return what is asked for; raises NotAllowed for all that is not on the list, UsageError for what is no line.

    Who one is may be said before the command or behind it: `ssh` itself takes what begins with a dash for its own.
    """
    try:
        return _passed(_words(line), group)
    except _NotListed:
        raise NotAllowed(N_("Over SSH this works, and nothing else: {commands}"), commands=offered(group)) from None


def offered(group: click.Group) -> str:
    """Return what people are told that they may run."""
    there = [SHOWN.get(name, name) for name in COMMANDS if group.get_command(click.Context(group), name)]
    return " | ".join((*there, f"{EXPORT} … {OUTPUT} {STANDARD_OUTPUT}"))


class _NotListed(Exception):
    """What was asked for is not on the list."""


def _passed(words: list[str], group: click.Group) -> Asked:
    before, words = _before(words)
    name = words.pop(0) if words else ""
    found = group.get_command(click.Context(group), name) if name in (*COMMANDS, EXPORT) else None
    passed, to_output = [name], isinstance(found, click.Group)
    if isinstance(found, click.Group):
        inner = words.pop(0) if words else ""
        found = found.get_command(click.Context(found), inner)
        passed.append(inner)
    if found is None or isinstance(found, click.Group):
        raise _NotListed
    behind, rest = _checked(found, words, to_output=to_output)
    said = _said([*before, *behind])
    return Asked(said.get("--login"), said.get("--lang"), (*passed, *rest))


def clear_environment(environment: MutableMapping[str, str]) -> None:
    """Drop what tells Textual, Python or other programs to write, read or start something else."""
    for name in list(environment):
        if name not in KEPT and not name.startswith(KEPT_BEGINNINGS):
            del environment[name]


def _words(line: str) -> list[str]:
    if len(line) > MAX_LENGTH:
        raise UsageError(N_("This command is too long. A text goes through standard input: note -"))
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in line):
        raise UsageError(N_("This command holds characters that do not belong in one."))
    try:
        words = shlex.split(line)
        cut = shlex.shlex(line, posix=True, punctuation_chars=OPERATORS)
        cut.whitespace_split, cut.commenters = True, ""
        plain = list(cut) == words and not any(word and set(word) <= set(OPERATORS) for word in words)
    except ValueError:
        raise UsageError(N_("A quotation mark in this command has no end.")) from None
    if not plain or "`" in line or "$(" in line:
        # They would be taken for words, and a note about them is not what anybody wants.
        raise NotAllowed(N_("There is no shell here: nothing is carried out but one command."))
    return words


def _before(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the global options that begin a line, and what comes after them."""
    found = []
    while words and words[0].startswith("-"):
        name, equals, value = words.pop(0).partition("=")
        if name not in GLOBAL or not (equals or words):
            raise _NotListed
        found.append((name, value if equals else words.pop(0)))
    return found, words


def _said(given: list[tuple[str, str]]) -> dict[str, str]:
    """Return the global options, each once, with values that are taken."""
    said = dict(given)
    if len(said) < len(given) or said.get("--passphrase-file", "-") != "-" or said.get("--lang", "nl") not in LANGUAGES:
        raise _NotListed
    return said


def _checked(
    command: click.Command, words: Sequence[str], *, to_output: bool
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the global options among words, and the words for one command so that none can mean anything else."""
    if not all(_fits(one) for one in command.params if isinstance(one, click.Argument)):
        raise _NotListed
    options = [one for one in command.params if isinstance(one, click.Option) and _fits(one)]
    flags = {name for one in options if one.is_flag for name in one.opts}
    valued = {name for one in options if not one.is_flag for name in one.opts}
    given, plain = _apart(words, flags, {*valued, *GLOBAL, *([OUTPUT] if to_output else [])})
    if to_output and {value for name, value in given if name == OUTPUT} != {STANDARD_OUTPUT}:
        raise NotAllowed(N_("Over SSH an export goes to standard output: export … --output - > FILE"))
    if STANDARD_OUTPUT in plain and len(plain) > 1:
        raise _NotListed
    behind = [(name, value) for name, value in given if name in GLOBAL and value is not None]
    own = [name if value is None else f"{name}={value}" for name, value in given if name not in GLOBAL]
    return behind, [*own, "--", *plain]


def _apart(words: Sequence[str], flags: set[str], valued: set[str]) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Return the options among words, each with its value, and the other words."""
    left, given, plain = list(words), list[tuple[str, str | None]](), list[str]()
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            return given, plain + left
        if word == STANDARD_OUTPUT or not word.startswith("-"):
            plain.append(word)
        elif word in flags and word.startswith("--"):
            given.append((word, None))
        elif name in valued and name.startswith("--") and (equals or left):
            given.append((name, value if equals else left.pop(0)))
        else:
            raise _NotListed
    return given, plain


def _fits(parameter: click.Parameter) -> bool:
    """Whether a parameter can be given from outside: one plain value, or a flag, and no name of a file."""
    name = (parameter.name or "").lower()
    if isinstance(parameter.type, click.Path | click.File) or name in NEVER or any(word in name for word in FILES):
        return False
    if (parameter.metavar or "").lower() in FILES:
        return False
    return isinstance(parameter, click.Argument) or (not parameter.is_eager and parameter.nargs == 1)
