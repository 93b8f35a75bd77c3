"""Another school's protocol is another file, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.protocol import Proof, Protocol, StepState, load
from data.register import Jotting, open_school
from screens.case import CaseScreen
from screens.overview import Overview
from tests.data.school_kit import Kit, passphrase_of, school
from tests.screens.kit import running

KADE = Path(__file__).parents[1] / "data" / "kade.toml"


@pytest.fixture
def kade(monkeypatch: pytest.MonkeyPatch) -> Protocol:
    found = load(KADE)
    monkeypatch.setattr("data.register.session.builtin", lambda: found)
    return found


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def test_a_case_goes_through_seven_steps_in_two_phases(kit: Kit, kade: Protocol) -> None:
    register = open_school(str(kit.path), "marit", passphrase_of("marit"), machine=kit.machine, protocol=kade)
    zoe, daniel = kit.ids["Zoë de Vries"], kit.ids["Daniël van 't Hof"]
    note = register.notes.add(Jotting("Zoë stond alleen", pupils=((zoe, "victim"), (daniel, "perpetrator"))))  # type: ignore[arg-type]
    code = register.cases.open(register.cases.strands_of([note]), notes=[note])
    seen = []
    for _ in range(7):
        following = register.cases.get(code).progress.next_step
        assert following is not None
        seen.append(following.step.number)
        about = (zoe, daniel) if following.step.per_pupil else ()
        details = {"judgement": "bullying"} if following.step.proof is Proof.ASSESSMENT else {}
        register.cases.record_step(
            code, following.step.number, StepState.DONE, text="Gedaan.", about=about, details=details
        )
    known = register.cases.get(code)
    assert seen == [10, 20, 30, 40, 50, 50, 50], "what repeats goes on until somebody decides otherwise"
    register.cases.record_step(code, 60, StepState.BUSY, why="Het lukte niet.")
    known = register.cases.get(code)
    assert known.progress.phase.title == "Met z'n allen"
    assert not any(view.missing for view in known.progress.steps)
    register.close()


async def test_every_screen_speaks_its_words(kit: Kit, kade: Protocol) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("Zoë de Vries stond alleen bij het hek")
        await driver.press("f2", "5", "z", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
        for word in ("In de klas", "10 Kijken", "20 Praten met thuis", "70 Hulp van buiten", "Met z'n allen"):
            assert word in driver.text
        await driver.press("down", "enter")
        assert "Bel de families" in driver.text
        assert "Welke familie sprak je?" in driver.text
        await driver.type("Thuis is er niets bekend")
        await driver.press("f2")
        assert "0 van 1" in driver.text, "the family that was spoken with was not ticked"
        await driver.press("o")
        assert isinstance(driver.app.screen, Overview)
        assert "ouders van Z.d.V." in driver.text
        await driver.press("escape", "escape", "p", "2")
        assert "Waarom" not in driver.text and "Kijk een week lang" in driver.text
        await driver.press("5")
        assert "Staat niet in dit protocol" in driver.text
