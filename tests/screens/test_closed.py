"""No way out of the screen: no file, no picture, no other program, nobody but whose key it is."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from data.outside import Outside
from data.vault.machine import Machine
from data.words import Words
from pesttui.app import PesttuiApp
from screens.dossier import DossierScreen
from screens.dossier_forms import SaveDossier
from screens.first_log_in import FirstLogIn
from screens.unlock import Unlock
from tests.data.dossier_kit import open_case
from tests.data.school_kit import Kit, passphrase_of, school
from tests.screens.kit import Driver, running
from tests.screens.test_log import into

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


# --- files -------------------------------------------------------------------------------------------------


async def saving(driver: Driver, code: str) -> SaveDossier:
    await into(driver, "marit", code)
    await driver.press("d", "b")
    form = driver.app.screen
    assert isinstance(form, SaveDossier)
    return form


async def test_without_an_export_folder_it_says_how_to_fetch_the_file(kit: Kit, tmp_path: Path) -> None:
    code = open_case(kit, kit.open_as("marit"))
    kit.machine = replace(kit.machine, outside=Outside(only=True))
    before = sorted(tmp_path.rglob("*.pdf"))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        form = await saving(driver, code)
        assert f"export dossier {code} --output -" in " ".join(driver.text.split())
        assert not form.query(Input)
        assert "F2" not in driver.text.splitlines()[-1]
        await driver.press("f2", "ctrl+s")
        assert driver.app.screen is form
        await driver.press("escape")
        assert isinstance(driver.app.screen, DossierScreen)
    assert sorted(tmp_path.rglob("*.pdf")) == before


async def test_with_one_it_goes_there_and_nowhere_else(kit: Kit, tmp_path: Path) -> None:
    uit = tmp_path / "uit"
    uit.mkdir()
    code = open_case(kit, kit.open_as("marit"))
    kit.machine = replace(kit.machine, outside=Outside(str(uit), only=True))
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        form = await saving(driver, code)
        assert form._path.value == f"dossier-{code}.pdf"
        assert str(uit) in "".join(driver.text.split())
        for typed in (str(tmp_path / "a.pdf"), "../a.pdf", "~/a.pdf"):
            form._path.value = typed
            await driver.press("f2")
            assert driver.app.screen is form
            assert "nowhere else" in driver.text
        form._path.value = "a.pdf"
        await driver.press("f2")
        assert isinstance(driver.app.screen, DossierScreen)
    assert [path.name for path in tmp_path.rglob("*.pdf")] == ["a.pdf"]


CALLS = {"open", "fdopen", "Path", "expanduser", "read_text", "write_text", "read_bytes", "write_bytes", "system"} | {
    "popen", "Popen", "open_url", "suspend", "deliver_text", "deliver_binary", "deliver_screenshot", "save_screenshot"
}  # fmt: skip
MODULES = {"os", "pathlib", "subprocess", "webbrowser", "shutil", "tempfile"}
"""By these names a screen would reach a file or another program."""


def test_no_screen_opens_a_file_or_a_program_by_itself() -> None:
    """Files for outside go through `data.outgoing`, which knows where they may go; others are the vault's affair."""
    found = []
    for path in sorted((REPOSITORY / "screens").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                names = {getattr(node.func, "attr", getattr(node.func, "id", ""))} & CALLS
            elif isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names} & MODULES
            elif isinstance(node, ast.ImportFrom):
                names = {node.module or ""} & MODULES
            else:
                continue
            found += [f"{path.name}:{node.lineno} {name}" for name in names]
    assert found == []


async def test_textual_writes_and_starts_nothing(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda *_: pytest.fail("a browser"))
    monkeypatch.setattr("os.kill", lambda *_: pytest.fail("a signal"))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    async with running(kit.path, kit, login="marit") as driver:
        app = driver.app
        for action in ("screenshot", "screenshot('x.svg', '.')", "suspend_process"):
            await app.run_action(action)
        app.open_url("https://example.org")
        app.deliver_screenshot("x.svg", ".")
        app.deliver_text("x.txt", save_directory=".")
        app.deliver_binary("x.bin", save_directory=".")
        with pytest.raises(RuntimeError), app.suspend():
            pass
        await driver.settle()
        assert list(app.get_system_commands(app.screen)) == []
    left = [path for path in sorted(tmp_path.rglob("*")) if path not in before and "state" not in path.parts]
    assert left == []


# --- whose key it is ---------------------------------------------------------------------------------------


def over_ssh(path: Path, kit: Kit, login: str, *, bound: bool) -> PesttuiApp:
    return PesttuiApp(
        vault=str(path), login=login, words=Words("en"), machine=lambda: kit.machine,
        state_folder=str(kit.path.parent / "state"), bound=bound, guest=True,
    )  # fmt: skip


async def test_a_key_of_one_person(kit: Kit) -> None:
    app = over_ssh(kit.path, kit, "marit", bound=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        field = app.screen.query_one("#login", Input)
        assert (field.value, field.disabled) == ("marit", True)
        field.value = "joost"  # whatever a widget can be talked into
        app.screen.query_one("#passphrase", Input).value = passphrase_of("joost")
        await driver.press("enter")
        assert isinstance(app.screen, Unlock)
        assert "one login only" in driver.text
        await driver.press("f3")
        assert isinstance(app.screen, FirstLogIn)
        assert app.screen.query_one(Input).disabled
        await driver.press("escape")
        field = app.screen.query_one("#login", Input)
        field.value = "marit"
        app.screen.query_one("#passphrase", Input).value = passphrase_of("marit")
        await driver.press("enter")
        assert "My day" in driver.text
        await driver.press("f8")
        assert app.screen.query_one("#login", Input).disabled


async def test_who_comes_in_over_ssh_makes_no_other_school(kit: Kit, tmp_path: Path) -> None:
    """The disk with the file may only be missing: a passphrase would be typed into a new one."""
    app = over_ssh(tmp_path / "weg" / "school.pest", kit, "", bound=False)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        assert "There is no school file" in driver.text
        assert "F4" not in driver.text
        await driver.press("f4")
        assert isinstance(app.screen, Unlock)
    assert not (tmp_path / "weg").exists()


def test_a_machine_knows_where_files_may_go() -> None:
    assert Machine().outside == Outside()
