"""What holds for every room of a floor: what it may import, which keys it may bind, which texts it must bear."""

import importlib
import json
import pkgutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Label, Static

import pesttui
import screens
from data.register import Register
from data.words import Words
from pesttui import theme
from screens import keymap
from screens.base import EVERYWHERE, PestScreen
from screens.commands import Command
from screens.desk import Desk
from screens.dialogs import Ask
from screens.form import LEAVE, NEXT, SAVE
from screens.participants import Participants
from screens.text import fit, safe, safe_line
from screens.widgets import Column, KeyBar, Row, RowList, TitleBar

REPOSITORY = Path(__file__).parents[1]

# --- imports, each in a process of its own -----------------------------------------------------------------


def imported(code: str) -> set[str]:
    """Return the modules that some code has imported, tops and all."""
    program = (
        f"import sys, json; before = set(sys.modules)\n{code}\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def tops(modules: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_what_is_known_runs_without_anything_that_shows_it() -> None:
    names = [f"data.{found.name}" for found in pkgutil.iter_modules([str(REPOSITORY / "data")])]
    names += ["data.register.day", "data.vault.verify", "data.demo.content"]
    assert {"data.register", "data.demo", "data.protocol", "data.vault"} <= set(names)
    found = tops(imported(f"import {', '.join(names)}"))
    assert "data" in found
    assert not found & {"textual", "rich", "screens", "pesttui", "click", "tests", "pytest", "babel"}


def test_the_program_itself_is_a_version_and_nothing_more() -> None:
    assert imported("import pesttui") == {"pesttui", "data", "data.version"}
    assert pesttui.__version__


def test_the_first_screen_is_there_before_anything_heavy() -> None:
    found = imported("import pesttui.app")
    assert not tops(found) & {
        "cryptography",
        "tinydb",
        "msgspec",
        "babel",
        "click",
    }
    assert not found & {"data.register", "data.vault.vault", "screens.dashboard", "textual.widgets._text_area"}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["note", "--help"]])
def test_a_command_that_needs_no_vault_and_no_screen_imports_neither(arguments: list[str]) -> None:
    found = tops(imported(f"from pesttui.__main__ import main; assert main({arguments!r}) == 0"))
    assert not found & {"babel", "textual", "rich", "cryptography", "tinydb", "msgspec"}


def test_a_command_never_imports_the_screens() -> None:
    found = tops(imported("import pesttui.cli, pesttui.commands.shapes, data.register; pesttui.cli.run(['notes'])"))
    assert "cryptography" in found
    assert not found & {"textual", "rich", "screens", "babel"}


# --- keys --------------------------------------------------------------------------------------------------


def everything_in(package: str) -> Iterator[type]:
    """Yield every class that a package defines."""
    there = importlib.import_module(package)
    names = [package] + [found.name for found in pkgutil.walk_packages(there.__path__, f"{package}.")]
    for name in names:
        if name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and value.__module__ == name:
                yield value


SCREENS = [found for found in everything_in("screens") if issubclass(found, PestScreen)]
BINDERS = [
    found for package in ("screens", "pesttui") for found in everything_in(package) if issubclass(found, Widget | App)
]

UNSAFE = {"[", "left_square_bracket", "A", "B", "C", "D", "upper_a", "upper_b", "upper_c", "upper_d"}
"""What is left of an arrow key whose bytes come in too slowly."""


def known(key: str) -> bool:
    """Whether a key with this name can ever be pressed, as far as Textual tells."""
    names = {value.value for value in Keys if not value.value.startswith("<")} | set(KEY_NAME_REPLACEMENTS.values())
    last = key.rpartition("+")[2]
    character = key_to_character(key)  # for "esc" and "del" a control character, which no key is
    return key in names or bool(character and character.isprintable()) or (last != key and last in names)


def bound(owner: type) -> list[str]:
    """Return the keys that a class binds itself."""
    found = []
    for binding in vars(owner).get("BINDINGS", ()):
        keys = binding.key if isinstance(binding, Binding) else binding[0]
        found += [key.strip() for key in keys.split(",")]
    return found


def keys_of(commands: Iterable[Command]) -> list[str]:
    return [key.strip() for command in commands for key in command.keys.split(",")]


def test_there_are_screens_to_look_at() -> None:
    assert {"Dashboard", "QuickNote", "CaseScreen", "StepForm", "Unlock"} <= {found.__name__ for found in SCREENS}
    assert {"PesttuiApp", "RowList", "Ask"} <= {found.__name__ for found in BINDERS}


@pytest.mark.parametrize("key", ["esc", "ctrl+escape+x", "pgup", "del", "", "return+"])
def test_a_key_that_is_none_is_seen(key: str) -> None:
    assert not known(key)


@pytest.mark.parametrize("owner", BINDERS, ids=lambda owner: owner.__name__)
def test_every_key_is_one_that_can_be_pressed(owner: type) -> None:
    for key in [*bound(owner), *keys_of(vars(owner).get("HERE", ()))]:
        assert known(key), key
        assert key not in UNSAFE, key


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_no_two_commands_of_a_screen_share_a_key(screen: type[PestScreen]) -> None:
    commands = {(command.action, command.keys) for command in (*screen.HERE, *EVERYWHERE)}
    pressed = Counter(key.strip() for _, keys in commands for key in keys.split(","))
    assert [key for key, count in pressed.items() if count > 1] == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_a_key_that_is_bound_is_a_command_and_does_something(screen: type[PestScreen]) -> None:
    assert set(bound(screen)) <= {*keys_of(screen.HERE), *keys_of(EVERYWHERE)}
    for command in screen.HERE:
        action = command.action.partition("(")[0]
        if not action.startswith("app."):
            assert callable(getattr(screen, f"action_{action}", None)), command


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_no_letter_of_a_screen_moves_the_cursor_of_its_list(screen: type[PestScreen]) -> None:
    assert not set(keys_of(screen.HERE)) & {"up", "down", "k", "j", "pageup", "pagedown", "home", "end"}


ONE_MEANING = {
    "f": {"find", "field"},
    "e": {"incidents", "incident"},
    "n": {"note"},
    "b": {"file", "counsel", "approach"},
    "v": {"names"},
    "y": {"analysis"},
    "z": {"case"},
}
"""What a letter does wherever it does anything: fingers do not look which screen they are on.

`b` writes a file on every screen that writes one; it opens something on the two screens that write none.
"""


def test_search_incidents_and_a_note_have_the_same_letter_everywhere() -> None:
    for letter, meant in ONE_MEANING.items():
        found = {
            (command.action, screen.__name__)
            for screen in SCREENS
            for command in screen.HERE
            if letter in keys_of([command]) and command.action not in meant
        }
        assert not found, letter
    letters = {
        (command.action, key)
        for screen in SCREENS
        for command in screen.HERE
        for key in keys_of([command])
        if command.action in ("find", "incidents", "incident", "note", "names", "file") and len(key) == 1
    }
    assert letters == {
        ("find", "f"),
        ("incidents", "e"),
        ("incident", "e"),
        ("note", "n"),
        ("names", "v"),
        ("file", "b"),
    }


# --- texts that widgets must bear --------------------------------------------------------------------------

HOSTILE = {
    "closing tag": "Smith [/b] [/]",
    "open tag": "[red",
    "action": "[@click=app.quit]x[/]",
    "backslash": "\\[red]\\",
    "title": "\x1b]0;x\x07",
    "clipboard": "\x1b]52;c;eA==\x1b\\",
    "C1": "\x9b31m\x9d0;x\x9c",
    "NUL": "a\x00b\x7fc\x08",
    "override": "\u202egnimmok\u202c\u2066x\u2069\u200f",
    "combining": "e\u0301\u0301" + "z" + "\u0336" * 50,
    "emoji": "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈👍🏽",
    "CJK": "漢字テスト" * 20,
    "long": "x" * 10_000,
    "empty": "",
    "newline": "een\ntwee\r\ndrie\u2028vier\x85vijf",
    "tab": "een\ttwee",
    "surrogate": "a\ud800b",
}

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
"""Characters that let the rest of a line run the other way."""

hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


class Stage(App[None]):
    """Shows widgets, in the program's colours."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.defaults()

    def compose(self) -> Iterator[Widget]:
        yield from self._widgets


@asynccontextmanager
async def staged(*widgets: Widget) -> AsyncIterator[tuple[Stage, "Pilot[None]"]]:
    app = Stage(*widgets)
    async with app.run_test(size=(60, 12), notifications=True) as pilot:
        yield app, pilot


async def check_drawn(pilot: "Pilot[None]", name: str) -> None:
    """Look at every character on the screen, and that each line of it is as long as the others."""
    await pilot.pause()
    for strip in pilot.app.screen._compositor.render_strips():
        text = "".join(segment.text for segment in strip)
        found = {character for character in text if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")}
        assert not found | (set(text) & set(TURNING)), (name, ascii(text))
        assert strip.cell_length == pilot.app.size.width, name


async def test_rows() -> None:
    columns = (Column(1), Column(8), Column(0), Column(6, right=True))
    rows = RowList()
    async with staged(rows) as (_, pilot):
        for name, text in HOSTILE.items():
            heading = Row("", ((text, "heading"),), (Column(0),))
            cells = ((text, "late"), (text, "text"), (text, "strong"), (text, "meta"))
            rows.show([heading, *(Row(f"{at}{text}", cells, columns) for at in range(3))])
            await pilot.press("down", "up", "end")
            await check_drawn(pilot, name)


async def test_bars() -> None:
    title, keys = TitleBar(), KeyBar()
    async with staged(title, keys) as (_, pilot):
        for name, text in HOSTILE.items():
            title.main = title.about = title.right = text
            keys.keys = (("n", safe_line(text), "x"), ("F2", "Bewaren", "y"))
            await check_drawn(pilot, name)


async def test_questions() -> None:
    async with staged() as (app, pilot):
        for name, text in HOSTILE.items():
            app.push_screen(Ask(text, (("save", "F2", text), ("drop", "w", text))))
            await check_drawn(pilot, name)
            await pilot.press("escape")


async def test_participants() -> None:
    found = Participants(Desk(cast(Register, None), Words("nl")))
    async with staged(found) as (_, pilot):
        for name, text in HOSTILE.items():
            found.roles.clear()
            for ident in ("a1", f"b2{text}"):
                found.add(ident)
            found.draw({"a1": text, f"b2{text}": text})
            found.focus()
            await pilot.press("right", "down", "left")
            await check_drawn(pilot, name)


async def test_typed_text_as_widgets_take_it() -> None:
    widgets = (Static(markup=False), Static(markup=False), Label(markup=False), Button())
    async with staged(*widgets) as (_, pilot):
        for name, text in HOSTILE.items():
            plain, styled, label, button = widgets
            plain.update(safe(text))
            styled.update(safe(text, "bold $key"))
            label.update(safe(text))
            button.label = safe(text)
            await check_drawn(pilot, name)


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_what_the_program_says_at_the_edge(name: str) -> None:
    async with staged() as (app, pilot):
        screen = PestScreen(Words("nl"))
        app.push_screen(screen)
        await pilot.pause()
        screen.tell(HOSTILE[name], trouble=True)
        await check_drawn(pilot, name)


@hostile
@pytest.mark.parametrize("width", [0, 1, 2, 3, 10, 80])
def test_a_cell_has_its_width(text: str, width: int) -> None:
    for right in (False, True):
        assert cell_len(fit(safe_line(text), width, right=right)) == width


@pytest.mark.parametrize(("key", "answer"), [("f2", "save"), ("w", "drop"), ("escape", "")])
async def test_each_answer_has_its_key(key: str, answer: str) -> None:
    app, given = Stage(), list[str | None]()
    async with app.run_test() as pilot:
        app.push_screen(Ask("?", (("save", "F2", "a"), ("drop", "w", "b"), ("", "esc", "c"))), given.append)
        await pilot.press(key)
        await pilot.pause()
    assert given == [answer]


def test_every_screen_module_was_seen() -> None:
    modules = {found.name for found in pkgutil.iter_modules(screens.__path__)}
    assert modules >= {"dashboard", "case", "quick_note", "step_form", "unlock"}


def test_the_page_of_every_key_knows_every_screen() -> None:
    """Each screen with keys of its own stands there; what every form and every list has stands there once."""
    listed, common = {keymap.commands_of(place) for _, place in keymap.SCREENS}, {"enter", "v", "q"}
    common |= {key for command in (SAVE, NEXT, LEAVE) for key in command.keys.split(",")}
    own = {screen for screen in SCREENS if set(keys_of(screen.HERE)) - common}
    assert {screen.__name__ for screen in own if screen.HERE not in listed} == {"HelpScreen"}
