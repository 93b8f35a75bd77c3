"""The dossier on the screen: read, made for one pupil with each shared text approved by hand, written as a PDF."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import LogKind
from screens.case import CaseScreen
from screens.dossier import DossierScreen, PickPupil
from screens.dossier_forms import Approve, SaveDossier
from tests.data.dossier_kit import DANIEL, ZOE, done, open_case
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_log import into


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def code(kit: Kit) -> str:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    done(marit, code, 1, "Daniël duwde Zoë [/b].")
    done(marit, code, 2, "Ik viel.", [kit.ids[ZOE]])
    done(marit, code, 2, "Zij lachte.", [kit.ids[DANIEL]])
    done(marit, code, 3, "Met Anne besproken.")
    return code


async def whole(driver: Driver) -> str:
    """Return all of the text that is scrolled."""
    screen = driver.app.screen
    assert isinstance(screen, DossierScreen)
    return str(screen._text.content)


async def test_gaps_and_questions_first_and_names_as_initials(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver, "marit", code)
        await driver.press("d")
        text = await whole(driver)
        assert text.index("What is missing") < text.index("What a complaints committee") < text.index("step by step")
        assert "D.v.t.H. duwde Z.d.V. [/b]." in text
        assert "Zoë" not in text
        await driver.press("v")
        assert "Daniël van 't Hof duwde Zoë de Vries" in await whole(driver)
        await driver.press("escape")
        assert isinstance(driver.app.screen, CaseScreen)


async def test_for_one_pupil_each_shared_text_is_shown_for_approval(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver, "marit", code)
        await driver.press("d", "p")
        assert isinstance(driver.app.screen, PickPupil)
        await driver.press("v", "down", "enter")
        assert isinstance(driver.app.screen, Approve)
        assert "Another pupil duwde Zoë de Vries [/b]." in driver.text
        await driver.press("f2", "left", "right", "x")
        text = await whole(driver)
        assert "Another pupil duwde Zoë de Vries" in text
        assert "Met Anne" not in text
        assert "Daniël" not in text
        assert "1 text waits" in text
        await driver.press("a")
        assert "Met Anne besproken." in driver.text
        await driver.press("right", "x")
        assert "2 texts wait" in await whole(driver)
        await driver.press("p", "up", "enter")
        assert "Daniël" in await whole(driver)


async def test_the_pdf_is_written_once_and_logged(kit: Kit, code: str, tmp_path: Path) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver, "marit", code)
        path = tmp_path / "uit.pdf"
        await driver.press("d", "b")
        form = driver.app.screen
        assert isinstance(form, SaveDossier)
        assert form._path.value == str(Path.cwd() / f"dossier-{code}.pdf")
        form._path.value = str(path)
        await driver.press("f2")
        assert isinstance(driver.app.screen, DossierScreen)
        assert "Written" in driver.text
        assert path.read_bytes().startswith(b"%PDF")
        assert path.stat().st_mode & 0o777 == 0o600
        before = path.read_bytes()
        await driver.press("b")
        form = driver.app.screen
        assert isinstance(form, SaveDossier)
        form._path.value = str(path)
        await driver.press("f2")
        assert isinstance(driver.app.screen, SaveDossier)
        assert "There is already a file" in driver.text
        assert path.read_bytes() == before
    lines = kit.open_as("anne").log.of_case(code)
    assert [line.what for line in lines if line.kind is LogKind.EXPORTED] == ["dossier"]
