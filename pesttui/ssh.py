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

OUTPUT, STANDARD_OUTPUT = "--output", "-"

LIST = "note - | notes | cases | show CASE | agenda | export … --output -"
"""What people are told that they may run."""

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
    """Return what is asked for; raises NotAllowed for all that is not on the list, UsageError for what is no line."""
    words = _words(line)
    said: dict[str, str] = {}
    while words and words[0].startswith("-"):
        name, value, words = _global(words)
        if name in said:
            raise _refused()
        said[name] = value
    if not words:
        raise _refused()
    name, *rest = words
    found = group.get_command(click.Context(group), name) if name in (*COMMANDS, EXPORT) else None
    if found is None:
        raise _refused()
    if isinstance(found, click.Group):
        inner = found.get_command(click.Context(found), rest[0]) if rest else None
        if inner is None or isinstance(inner, click.Group):
            raise _refused()
        passed = (name, rest[0], *_checked(inner, rest[1:], to_output=True))
    else:
        passed = (name, *_checked(found, rest, to_output=False))
    return Asked(said.get("--login"), said.get("--lang"), passed)


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


def _global(words: Sequence[str]) -> tuple[str, str, list[str]]:
    """Return the first option with its value, and what comes after it."""
    name, equals, value = words[0].partition("=")
    rest = list(words[1:])
    if not equals:
        if not rest:
            raise _refused()
        value = rest.pop(0)
    allowed = name == "--login" or (name == "--lang" and value in LANGUAGES)
    if not allowed and (name, value) != ("--passphrase-file", "-"):
        raise _refused()
    return name, value, rest


def _checked(command: click.Command, words: Sequence[str], *, to_output: bool) -> list[str]:
    """Return the words for one command, written so that none of them can mean anything else."""
    if not all(_fits(one) for one in command.params if isinstance(one, click.Argument)):
        raise _refused()
    options = [one for one in command.params if isinstance(one, click.Option) and _fits(one)]
    flags = {name for one in options if one.is_flag for name in one.opts}
    valued = {name for one in options if not one.is_flag for name in one.opts}
    given, plain = _apart(words, flags, valued | {OUTPUT} if to_output else valued)
    if to_output and {value for name, value in given if name == OUTPUT} != {STANDARD_OUTPUT}:
        raise NotAllowed(N_("Over SSH an export goes to standard output: export … --output - > FILE"))
    if STANDARD_OUTPUT in plain and len(plain) > 1:
        raise _refused()
    return [*(name if value is None else f"{name}={value}" for name, value in given), "--", *plain]


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
            raise _refused()
    return given, plain


def _fits(parameter: click.Parameter) -> bool:
    """Whether a parameter can be given from outside: one plain value, or a flag, and no name of a file."""
    name = (parameter.name or "").lower()
    if isinstance(parameter.type, click.Path | click.File) or name in NEVER or any(word in name for word in FILES):
        return False
    if (parameter.metavar or "").lower() in FILES:
        return False
    return isinstance(parameter, click.Argument) or (not parameter.is_eager and parameter.nargs == 1)


def _refused() -> NotAllowed:
    return NotAllowed(N_("Over SSH this works, and nothing else: {commands}"), commands=LIST)
