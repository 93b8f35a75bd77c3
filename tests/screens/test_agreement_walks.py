"""Agreements by keyboard alone: made, looked at in two keys, replaced; methods; what was left unfinished."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data.model import AgreedWith, DecisionKind, Kept, Strand
from data.protocol import Proof
from screens.agreed_view import AgreedView
from screens.agreement_form import AgreementForm
from screens.approach_form import ApproachForm
from screens.case import CaseScreen
from screens.check_form import CheckForm
from screens.dashboard import Dashboard
from screens.overview import Overview
from screens.step_form import StepForm
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, HOSTILE, NOOR, ZOE, a_case, into

WEEK = timedelta(days=7)
WORDS = "wij luisteren naar elkaar"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def said(driver: Driver, message: str, **values: object) -> str:
    return driver.app.words.tr(message, **values)


async def turn_to_agreed(driver: Driver) -> None:
    for _ in range(2):
        await driver.press("right")


async def test_an_agreement_is_made_and_looked_at_in_two_keys(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("a")
        assert isinstance(driver.app.screen, AgreementForm)
        assert "groep 6" in driver.text
        await driver.press("tab")
        await driver.type(WORDS)
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        await turn_to_agreed(driver)
        assert WORDS in driver.text
        for word in ("Agreement", "Look"):
            assert said(driver, word) in driver.text.splitlines()[-1]
    marit = kit.open_as("marit")
    (known,) = marit.agreements.of_case(code)
    assert (known.agreement.party, known.due) == (AgreedWith.GROUP, kit.clock.now().date() + WEEK)
    marit.cases.decide(code, DecisionKind.CONSULTED, again=kit.clock.now().date() + 8 * WEEK)
    kit.clock.pass_(days=9)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert said(driver, "look at the agreement") in driver.text, "my day says so"
        await driver.press("enter")
        assert isinstance(driver.app.screen, CaseScreen)
        assert said(driver, "{count} late", count=1) in driver.text
        await driver.press("h")
        assert isinstance(driver.app.screen, CheckForm)
        assert WORDS in driver.text
        await driver.press("2", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
        assert said(driver, "{count} late", count=1) not in driver.text
        await turn_to_agreed(driver)
        assert said(driver, "partly kept") in driver.text
    (known,) = kit.open_as("marit").agreements.of_case(code)
    assert (known.kept, known.due) == (Kept.PARTLY, kit.clock.now().date() + 3 * WEEK)


async def test_how_safe_a_child_feels_is_shown_beside_what_it_was(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    ident = marit.agreements.make(code, AgreedWith.GROUP, WORDS)
    marit.agreements.check(ident, code, Kept.NOT, safety=2, about=kit.ids[ZOE])
    kit.clock.pass_(days=7)
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        await into(driver, code)
        await driver.press("h", "1", "tab", "tab")
        await driver.type("zoë lacht weer")
        await driver.press("tab")
        await driver.type("9")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CheckForm), "nine is no number from 1 to 5"
        assert "lacht weer" in driver.text
        await driver.press("backspace")
        await driver.type("4")
        await driver.press("f2")
        await turn_to_agreed(driver)
        assert said(driver, "safe {score}", score="2 → 4") in driver.text
    (known,) = kit.open_as("marit").agreements.of_case(code)
    check = known.checks[-1].record
    assert (check.safety, check.about, check.kept) == (4, kit.ids[ZOE], Kept.KEPT)


async def test_without_a_choice_nothing_is_saved(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    kit.open_as("marit").agreements.make(code, AgreedWith.GROUP, WORDS)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("h", "f2")
        assert isinstance(driver.app.screen, CheckForm)
        assert "Niet bewaard" in driver.text
        field = driver.app.screen.query_one("#next-on")
        await driver.press("1")
        first = field.value  # type: ignore[attr-defined]
        await driver.press("3")
        assert field.value != first, "what was not kept is looked at sooner"  # type: ignore[attr-defined]
        field.value = ""  # type: ignore[attr-defined]
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
    (known,) = kit.open_as("marit").agreements.of_case(code)
    assert (known.kept, known.due) == (Kept.NOT, None)


async def test_with_a_family_whose_it_is_comes_first(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("h")
        assert isinstance(driver.app.screen, CaseScreen), "there is nothing to look at"
        await driver.press("a", "2", "tab", "tab")
        await driver.type("elke vrijdag bellen")
        await driver.press("f2")
        assert isinstance(driver.app.screen, AgreementForm)
        assert "Niet bewaard" in driver.text
        await driver.press("shift+tab", "space", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
        for _ in range(3):
            await driver.press("right")
        assert "elke vrijdag bellen" in driver.text, "among what was said with the parents"
    (known,) = kit.open_as("marit").agreements.of_case(code)
    assert (known.agreement.party, known.agreement.about) == (AgreedWith.FAMILY, (kit.ids[ZOE],))


async def test_one_agreement_for_two_cases(kit: Kit) -> None:
    first, second = a_case(kit, ZOE, DANIEL), a_case(kit, NOOR)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, first)
        await driver.press("a", "tab")
        assert second in driver.text
        await driver.press("space", "tab")
        await driver.type(WORDS)
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        await turn_to_agreed(driver)
        assert second in driver.text
        await driver.press("h")
        assert not driver.app.screen.query_one("#safety").parent.display  # type: ignore[union-attr]
    for code in (first, second):
        assert [known.agreement.text for known in kit.open_as("marit").agreements.of_case(code)] == [(WORDS,)]


async def test_another_agreement_takes_its_place(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    first = kit.open_as("marit").agreements.make(code, AgreedWith.PUPIL, "niet schelen", about=[kit.ids[DANIEL]])
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("h", "f4")
        form = driver.app.screen
        assert isinstance(form, AgreementForm)
        form._text.text = "niet schelden"
        await driver.press("f2")
        assert isinstance(driver.app.screen, CheckForm)
        assert "niet schelden" in driver.text
        await driver.press("1", "f2")
        await turn_to_agreed(driver)
        assert said(driver, "replaced") in driver.text
        assert "niet schelen" in driver.text, "both are shown"
    old, new = kit.open_as("marit").agreements.of_case(code)
    assert (old.id, old.corrected, old.checks, len(new.checks)) == (first, True, (), 1)
    assert new.agreement.about == (kit.ids[DANIEL],)


async def test_a_method_is_begun_and_looked_back_on(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    method = kit.open_as("marit").protocol.methods[1]
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("b", "down")
        assert isinstance(driver.app.screen, ApproachForm)
        assert method.parts[0] in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        await driver.press("b", "tab")
        await driver.type("het helpt")
        await driver.press("tab")
        await driver.type("3")
        await driver.press("f2")
        await turn_to_agreed(driver)
        assert "het helpt" in driver.text
        assert method.title in driver.text
    begun, looked = (known.record for known in kit.open_as("marit").agreements.approaches_of(code))
    assert (begun.method, begun.looked) == (method.id, False)
    assert (looked.method, looked.looked, looked.safety, looked.about) == (method.id, True, 3, (kit.ids[ZOE],))


async def test_the_steps_that_agree_offer_these_forms_and_count(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    steps = {step.proof: step.number for step in kit.open_as("marit").protocol.steps}
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        case = await into(driver, code)
        case._steps.go_to(str(steps[Proof.AGREEMENT]))
        await driver.press("enter")
        assert isinstance(driver.app.screen, StepForm)
        assert "F7" in driver.text
        await driver.press("f7", "tab")
        await driver.type(WORDS)
        await driver.press("f2")
        assert isinstance(driver.app.screen, StepForm)
        await driver.press("f5")
        assert isinstance(driver.app.screen, CheckForm)
        await driver.press("escape", "escape")
        case._steps.go_to(str(steps[Proof.HEARING]))
        await driver.press("enter")
        assert "F7" not in driver.text
        await driver.press("f7")
        assert isinstance(driver.app.screen, StepForm)
    kit.clock.pass_(days=8)
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        await into(driver, code)
        await driver.press("o")
        assert isinstance(driver.app.screen, Overview)
        count = f"1, {said(driver, '{count} late', count=1)}"
        lines = [line for line in driver.text.splitlines() if said(driver, "agreements: {count}", count=count) in line]
        assert len(lines) == 2, "the step that agrees and the one that looks"


async def test_in_a_closed_case_nothing_is_agreed(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    marit.agreements.make(code, AgreedWith.GROUP, WORDS, check_on=kit.clock.now().date())
    marit.cases.decide(code, DecisionKind.CLOSED, text="klaar")
    kit.clock.pass_(days=3)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("4", "enter")
        assert isinstance(driver.app.screen, CaseScreen)
        for key in ("a", "h", "b"):
            await driver.press(key)
            assert isinstance(driver.app.screen, CaseScreen), key
        await turn_to_agreed(driver)
        assert WORDS in driver.text
        assert said(driver, "{count} late", count=1) not in driver.text


async def test_hostile_text_in_agreements_is_only_text(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    ident = marit.agreements.make(code, AgreedWith.GROUP, HOSTILE, check_on=kit.clock.now().date())
    marit.agreements.check(ident, code, Kept.NOT, text=HOSTILE, next_on=kit.clock.now().date())
    marit.agreements.begin(code, marit.protocol.methods[0].id, text=HOSTILE)
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        await into(driver, code)
        await turn_to_agreed(driver)
        for way in ((), ("h",), ("f4",), ("escape", "escape", "b"), ("escape", "right", "right")):
            await driver.press(*way)
            assert "[b]vet[/b]" in driver.text, way
            assert "\x1b" not in driver.text
            assert "\u202e" not in driver.text


HALF = {
    "agreement": (("a", "tab"), AgreementForm),
    "check": (("h", "2", "tab", "tab"), CheckForm),
    "approach": (("b", "down", "tab"), ApproachForm),
}


@pytest.mark.parametrize("name", HALF)
async def test_what_was_being_typed_is_given_back(kit: Kit, name: str) -> None:
    keys, form = HALF[name]
    code = a_case(kit, ZOE, DANIEL)
    kit.open_as("marit").agreements.make(code, AgreedWith.GROUP, WORDS)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press(*keys)
        await driver.type("half af gebleven")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        assert isinstance(driver.app.screen, form)
        assert "half af gebleven" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard), driver.text
    known = kit.open_as("marit").cases.get(code)
    assert ("half af gebleven",) in [said.text for said in known.agreed.records]


async def test_a_guest_agrees_without_the_pupils_list(kit: Kit) -> None:
    marit = kit.open_as("marit")
    people = {person.login: person for person in marit.vault.directory.people.values()}
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED}, members=[people["marit"], people["esther"]])
    async with running(kit.path, kit, login="esther") as driver:
        await driver.log_in("esther")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        day._rows.go_to(f"case:{code}")
        await driver.press("enter", "a", "tab")
        await driver.type(WORDS)
        await driver.press("f2", "h", "1", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
    (known,) = kit.open_as("marit").agreements.of_case(code)
    assert (known.kept, known.agreement.group) == (Kept.KEPT, "")


async def test_what_was_agreed_with_ones_group_in_a_colleagues_case(kit: Kit) -> None:
    """One line on the day of who teaches the group; Enter shows it, to read."""
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED}, members=[marit.vault.me])
    today = kit.clock.now().date()
    for text in (WORDS, f"{HOSTILE} Zoë mag meedoen"):
        ident = marit.agreements.make(code, AgreedWith.GROUP, text, check_on=today)
    marit.agreements.check(ident, code, Kept.PARTLY, text="Nog niet elke dag.", next_on=today)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        await driver.log_in("joost")
        assert f"Agreed with group 6: {WORDS}" in driver.text and "+1  today" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, AgreedView)
        assert "Z.d.V." in driver.text and "partly kept" in driver.text and code not in driver.text
        await driver.press("v")
        assert "Zoë" in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, Dashboard)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "Agreed with" not in driver.text
