"""The protocol file: phases and steps in TOML, checked to the last key before anything uses it."""

import re
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

import msgspec

from ..clean import clean_line, clean_text
from ..errors import N_, ProtocolError
from .parts import (
    PER_PUPIL,
    Annex,
    Chapter,
    Checklist,
    Criterion,
    File,
    Identity,
    Method,
    Phase,
    Protocol,
    Removal,
    RemovalItem,
    RoleText,
    RoleWord,
    Step,
    Unit,
    When,
)
from .parts import Proof as _Proof

MAX_BYTES = 1_000_000
"""The largest protocol file that is read, in bytes; a real one has about ten thousand."""

_MAX_DOTS = 100  # in a line: tomllib needs quadratic time and memory for a key of very many parts


_TABLES: dict[str, type[msgspec.Struct]] = {
    "protocol": Identity,
    "phases": Phase,
    "steps": Step,
    "criteria": Criterion,
    "chapters": Chapter,
    "roles": RoleText,
    "methods": Method,
    "annexes": Annex,
    "removal": Removal,
    "removal.checklists": Checklist,
    "removal.checklists.items": RemovalItem,
}
_SEVERAL_LINES = {"guidance", "definition", "text", "does", "go_to", "leaving"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "proof": tuple(_Proof),
    "when": get_args(When),
    "unit": get_args(Unit),
    "kind": ("suspension", "expulsion"),
}  # others: roles
_NOT_TOML = N_("{file}, line {line}: this is not TOML: {reason}")
_TOO_DEEP = N_("{file}: too deeply nested for a protocol")
_ONE_OF = N_("{file}: {path}: one of these is expected: {allowed}")
_MISSING = N_("{file}: {path}: this key is missing")
_UNKNOWN = N_("{file}: {path}: this key is unknown; one of these is expected: {allowed}")
_LINK = N_("{file}: {path}: a web address that begins with https:// is expected")
_TWICE = N_("{file}: {path}: this id is used already; each is used once")
_RISING = N_("{file}: {path}: a number above {number} is expected; numbers rise and are used once")
_NO_PUPILS = N_("{file}: {path}: this step asks nothing of each pupil; the proof of one that does is: {allowed}")
_EARLIER = N_("{file}: {path}: the id of an earlier item of this list is expected")
_NO_START = N_("{file}: {path}: a term counts from one earlier item, `after` or `after_term`, and only a term does")
_ORDER = N_("{file}: {path}: the steps must stand in the order of the phases")

_EXPECTED = (  # how msgspec begins its message, and what a person is told: the first that fits counts
    ("Expected `str` of length", N_("{file}: {path}: a text of at most {limit} characters is expected")),
    ("Expected `str", N_("{file}: {path}: a text that is not empty is expected")),
    ("Expected `int", N_("{file}: {path}: a whole number from 1 to 999 is expected")),
    ("Expected `bool`", N_("{file}: {path}: true or false is expected")),
    ("Expected `array` of length <=", N_("{file}: {path}: a list with at most {limit} entries is expected")),
    ("Expected `array", N_("{file}: {path}: a list with at least one entry is expected")),
    ("Expected `object", N_("{file}: {path}: a table is expected")),
    ("", N_("{file}: {path}: a date such as 2024-02-01 is expected")),
)


def load(path: Path | Traversable) -> Protocol:
    """Return the protocol in the file at `path`; raises ProtocolError."""
    file = clean_line(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ProtocolError(N_("{file}: cannot be read: {reason}"), file=file, reason=error.args[-1]) from None
    if len(data) > MAX_BYTES:
        raise ProtocolError(N_("{file}: too large; at most {limit} bytes"), file=file, limit=MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")  # an editor on Windows may begin the file with a mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProtocolError(N_("{file}, line {line}: this is not UTF-8"), file=file, line=line) from None
    return parse(text, file)


def builtin(name: str = "zevensprong") -> Protocol:
    """Return a protocol that comes with the program; raises ProtocolError if there is none of that name."""
    return load(resources.files("data.protocol") / f"{name}.toml")


def parse(text: str, name: str) -> Protocol:
    """Return the protocol in the TOML `text`; `name` is what a ProtocolError calls the file.

    The error names a line for what is not TOML, else a path such as `steps[3].proof`, counted from 0.
    """
    file = clean_line(name)
    try:
        found = msgspec.convert(_clean(_toml(text, file)), File)
    except RecursionError:
        raise ProtocolError(_TOO_DEEP, file=file) from None
    except msgspec.ValidationError as error:
        raise _content_error(str(error), file) from None
    _check(found, file)
    parts = {name: getattr(found, name) for name in File.__struct_fields__ if name != "protocol"}
    return Protocol(**msgspec.structs.asdict(found.protocol), **{**parts, "definition": found.definition or ""})


def _toml(text: str, file: str) -> dict[str, Any]:
    if any(line.count(".") > _MAX_DOTS for line in text.split("\n")):
        raise ProtocolError(_TOO_DEEP, file=file)
    try:
        return tomllib.loads(text)
    except ValueError as error:  # not only its own: also a number of thousands of digits
        reason, _, place = str(error).partition(" (at ")
        line = int(found[1]) if (found := re.match(r"line (\d+)", place)) else text.rstrip().count("\n") + 1
        raise ProtocolError(_NOT_TOML, file=file, line=line, reason=clean_line(reason)) from None


def _clean(value: Any, key: str = "") -> Any:
    """Return the tree with harmless, trimmed texts; only what is read at leisure may have more than one line."""
    if isinstance(value, str):
        return clean_text(value).strip() if key in _SEVERAL_LINES else clean_line(value)
    if isinstance(value, list):
        return [_clean(item, key) for item in value]
    return {name: _clean(item, name) for name, item in value.items()} if isinstance(value, dict) else value


def _content_error(said: str, file: str) -> ProtocolError:
    """Return msgspec's message, `Expected ... - at `$.steps[3].title``, as one for people."""
    what, path, *_ = [*re.split(r" - at `\$\.?([^`]*)`$", said), ""]
    if field := re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", what, re.DOTALL):
        table = _TABLES.get(re.sub(r"\[\d+\]", "", path), File)
        message = _MISSING if field[1] == "missing required" else _UNKNOWN
        path = clean_line(f"{path}.{field[2]}".lstrip("."))
        return ProtocolError(message, file=file, path=path, allowed=", ".join(table.__struct_fields__))
    name = path.rpartition(".")[2]
    if name == "link" and "regex" in what:
        return ProtocolError(_LINK, file=file, path=path)
    if name in _CHOICES or what.startswith("Invalid enum value"):
        allowed = ", ".join(_CHOICES.get(name, get_args(RoleWord)))
        return ProtocolError(_ONE_OF, file=file, path=path, allowed=allowed)
    message = next(message for start, message in _EXPECTED if what.startswith(start))
    return ProtocolError(message, file=file, path=path, limit=what.rpartition(" ")[2])


def _check_removal(removal: Removal, file: str) -> None:
    """Refuse lists of one kind twice, items of one id twice, and terms that count from nowhere."""
    kinds: set[str] = set()
    for at, checklist in enumerate(removal.checklists):
        path = f"removal.checklists[{at}]"
        if checklist.kind in kinds:
            raise ProtocolError(_TWICE, file=file, path=f"{path}.kind")
        kinds.add(checklist.kind)
        used: dict[str, bool] = {}
        for index, item in enumerate(checklist.items):
            here = f"{path}.items[{index}]"
            if item.id in used:
                raise ProtocolError(_TWICE, file=file, path=f"{here}.id")
            starts = [start for start in (item.after, item.after_term) if start is not None]
            if len(starts) != (item.term is not None):
                raise ProtocolError(_NO_START, file=file, path=here)
            if item.after is not None and item.after not in used:
                raise ProtocolError(_EARLIER, file=file, path=f"{here}.after")
            if item.after_term is not None and not used.get(item.after_term):
                raise ProtocolError(_EARLIER, file=file, path=f"{here}.after_term")
            used[item.id] = item.term is not None


def _check(found: File, file: str) -> None:
    """Refuse what is well typed and yet no protocol: doubles, and steps out of order."""
    order = {phase.id: index for index, phase in enumerate(found.phases)}
    for name in ("phases", "criteria", "methods"):
        used: set[str] = set()
        for index, part in enumerate(getattr(found, name)):
            if part.id in used:
                raise ProtocolError(_TWICE, file=file, path=f"{name}[{index}].id")
            used.add(part.id)
    if found.removal is not None:
        _check_removal(found.removal, file)
    number = place = 0
    for index, step in enumerate(found.steps):
        path = f"steps[{index}]"
        if step.phase not in order:
            raise ProtocolError(_ONE_OF, file=file, path=f"{path}.phase", allowed=clean_line(", ".join(order)))
        if step.number <= number:
            raise ProtocolError(_RISING, file=file, path=f"{path}.number", number=number)
        if order[step.phase] < place:
            raise ProtocolError(_ORDER, file=file, path=f"{path}.phase")
        if step.per_pupil_ask and not step.per_pupil:
            raise ProtocolError(
                _NO_PUPILS, file=file, path=f"{path}.per_pupil_ask", allowed=", ".join(sorted(PER_PUPIL))
            )
        number, place = step.number, order[step.phase]
