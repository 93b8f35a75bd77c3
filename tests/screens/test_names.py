"""Names stand on a screen for a while, no longer: everywhere, also beneath what lies on top."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import Strand
from pesttui import app as program
from tests.data.school_kit import Kit, about, school
from tests.screens.kit import Driver, running

ZOE = "Zoë de Vries"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        marit = found.open_as("marit")
        marit.cases.open({found.ids[ZOE]: Strand.BULLIED})
        marit.notes.add(about(found, "huilde bij het hek", ZOE))
        yield found


async def wait_till_gone(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ZOE in driver.text
    monkeypatch.setattr(program, "NAMES_SECONDS", 0.0)
    await driver.until(lambda: ZOE not in driver.text)
    assert "Z.d.V." in driver.text


@pytest.mark.parametrize("keys", [(), ("enter",), ("o",), ("5", "enter"), ("f",)])
async def test_names_go_away_by_themselves(kit: Kit, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        if keys == ("f",):
            await driver.press("v", *keys)
            await driver.type("zoe")
        else:
            await driver.press(*keys, "v")
        await wait_till_gone(driver, monkeypatch)


async def test_also_where_another_screen_lies_over_them(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("v", "i")
        monkeypatch.setattr(program, "NAMES_SECONDS", 0.0)
        await driver.until(lambda: not driver.app._desk.names_shown)  # type: ignore[union-attr]
        await driver.press("escape")
        assert ZOE not in driver.text


async def test_who_asks_again_gets_them_again(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("v")
        await wait_till_gone(driver, monkeypatch)
        monkeypatch.setattr(program, "NAMES_SECONDS", 60.0)
        await driver.press("v")
        assert ZOE in driver.text
