"""A question to the coordinator by keyboard alone: asked, seen, answered, taken up as a case."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from data.model import Strand
from screens.case import CaseScreen
from screens.dashboard import Dashboard
from screens.open_case import OpenCase
from screens.question import AskQuestion, QuestionView
from screens.quick_note import QuickNote
from tests.data.school_kit import Kit, school
from tests.screens.kit import running


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def test_from_the_question_to_the_answer(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("c")
        assert isinstance(driver.app.screen, AskQuestion)
        assert "Nog geen vragen" in driver.text
        await driver.type("Zoë trekt zich terug, wat nu?")
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    kit.clock.pass_(hours=1)
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        assert "vraag" in driver.text
        assert "M. Hoekstra" in driver.text
        assert "Z.d.V. trekt zich terug" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, QuestionView)
        await driver.press("v")
        assert "Zoë de Vries trekt" in driver.text
        await driver.press("v", "f2")
        assert "Niet bewaard" in driver.text
        await driver.press("a")
        await driver.type("zullen we even praten?")
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
        assert "trekt zich terug" not in driver.text, "it waits for nobody any more"
        await driver.press("c")
        assert "beantwoord" in driver.text
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "beantwoord: zullen we even praten?" in driver.text
        await driver.press("enter")
        assert "trekt zich terug" in driver.text
        assert "zullen we even praten?" in driver.text
        await driver.press("z")
        assert isinstance(driver.app.screen, QuestionView), "only a lead opens a case from a question"
        await driver.press("escape")
        assert "beantwoord:" not in driver.text
        await driver.press("c", "tab", "enter")
        assert isinstance(driver.app.screen, QuestionView), "it can be read again later"


async def test_a_question_becomes_a_case(kit: Kit) -> None:
    kit.open_as("marit").questions.ask("Zoë wordt weer buitengesloten")
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("enter", "z")
        assert isinstance(driver.app.screen, OpenCase)
        assert "Zoë de Vries" in driver.text
        assert "Marit Hoekstra" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        await driver.press("q")
        assert "buitengesloten" not in driver.text
    marit = kit.open_as("marit")
    (known,) = marit.cases.all()
    assert known.mine
    assert {pupil.pupil: pupil.strand for pupil in known.case.pupils} == {kit.ids["Zoë de Vries"]: Strand.OTHER}
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert f"hier is zaak {known.code} van geopend" in driver.text


async def test_a_colleague_of_no_group_is_asked_too(kit: Kit) -> None:
    """Who asked takes part in the case, also where they teach none of its pupils."""
    kit.open_as("karim").questions.ask("Zoë de Vries stond alleen op het plein")
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("enter", "z", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
    assert len(kit.open_as("karim").cases.all()) == 1


async def test_outsiders_have_no_question_key(kit: Kit) -> None:
    async with running(kit.path, kit, login="dirk") as driver:
        await driver.log_in("dirk")
        await driver.press("c")
        assert isinstance(driver.app.screen, Dashboard)


@pytest.mark.parametrize("answering", [False, True], ids=["question", "answer"])
async def test_half_a_sentence_is_kept(kit: Kit, answering: bool) -> None:
    login = "anne" if answering else "marit"
    if answering:
        kit.open_as("marit").questions.ask("hoe begin ik hierover")
    form = QuestionView if answering else AskQuestion
    async with running(kit.path, kit, login=login) as driver:
        await driver.log_in(login)
        await driver.press(*(("enter", "a") if answering else ("c",)))
        await driver.type("half af")
        driver.app._end(1)
    async with running(kit.path, kit, login=login) as driver:
        await driver.log_in(login)
        assert "Je was bezig met een" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, form)
        await driver.press("f2")
    kit.clock.pass_(hours=1)
    (known,) = kit.open_as("anne").questions.all(kit.clock.now().replace(year=2020))
    assert known.last.text == ("half af",)


async def test_an_answer_whose_question_is_gone_is_given_back_as_a_note(kit: Kit) -> None:
    kit.open_as("marit").questions.ask("hoe begin ik hierover")
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("enter", "a")
        await driver.type("half af")
        driver.app._end(1)
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        (left,) = day._left
        forms = tuple(structs.replace(form, place={"question": "weg"}) for form in left.forms)
        day._left = [replace(left, forms=forms)]
        await driver.press("enter")
        assert isinstance(driver.app.screen, QuickNote)
        assert "half af" in driver.text
        assert "niet meer te bereiken" in driver.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
async def test_hostile_questions_are_drawn(kit: Kit, size: tuple[int, int]) -> None:
    kit.open_as("marit").questions.ask("[/b] [red] \x1b[2J " + "漢" * 500 + "\n" * 30 + "[@click=app.quit]x[/]")
    async with running(kit.path, kit, login="anne", size=size) as driver:
        await driver.log_in("anne")
        await driver.press("enter")
        assert isinstance(driver.app.screen, QuestionView)
        assert "[/b] [red]" in driver.text
        await driver.press("escape", "c")
        assert isinstance(driver.app.screen, AskQuestion)
