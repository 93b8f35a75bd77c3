"""Whole walks through the program, by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import ParticipantRole, PupilRef
from data.protocol import StepState
from data.register import Jotting, Register
from data.vault.machine import Files
from screens.curtain import Curtain
from screens.dashboard import Dashboard
from screens.quick_note import QuickNote
from screens.unlock import Unlock
from tests.data.school_kit import Kit, passphrase_of, school
from tests.screens.kit import Driver, running


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def test_from_the_shell_to_a_saved_note(kit: Kit) -> None:
    """Passphrase, enter, n, the sentence, one save key: nothing else is needed."""
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "Mijn dag" in driver.text
        await driver.press("n")
        await driver.type("Zoë huilde bij het hek")
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    saved = kit.open_as("joost").notes.all()
    assert len(saved) == 1
    assert saved[0].note.facts == (PupilRef(kit.ids["Zoë de Vries"]), " huilde bij het hek")
    assert [p.pupil for p in saved[0].note.pupils] == [kit.ids["Zoë de Vries"]]


async def test_the_look_is_the_schools_own(kit: Kit) -> None:
    """Exact values of the 256-colour cube, which no SSH line shifts."""
    async with running(kit.path, kit, login="marit") as driver:
        assert driver.app.theme == "pesttui-dark"
        assert driver.app.screen.styles.background.hex == "#1C1C1C"


async def test_roles_place_and_moment_of_a_note(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("Daniël en Zoë")
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        await driver.until(lambda: bool(note._participants.display))
        note._participants.focus()
        await driver.press("d", "down", "s")
        assert "dader" in driver.text
        assert "slachtoffer" in driver.text
        await driver.press("tab")
        await driver.type("plein")
        await driver.press("tab")
        await driver.type("8:40")
        await driver.press("ctrl+s")
    (known,) = kit.open_as("marit").notes.all()
    roles = {p.pupil: p.role for p in known.note.pupils}
    assert roles == {
        kit.ids["Daniël van 't Hof"]: ParticipantRole.PERPETRATOR,
        kit.ids["Zoë de Vries"]: ParticipantRole.VICTIM,
    }
    assert (known.note.place, f"{known.note.happened.astimezone():%H:%M}") == ("plein", "08:40")


async def test_a_pupil_is_found_by_first_letters(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("er werd geduwd")
        await driver.press("tab")
        await driver.type("lo")
        assert "Lotte Smit" in driver.text
        await driver.press("enter", "f2")
    (known,) = kit.open_as("karim").notes.all()
    assert [p.pupil for p in known.note.pupils] == [kit.ids["Lotte Smit"]]


async def test_a_note_taken_out_by_hand_stays_out(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("Zoë zag niets")
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        await driver.until(lambda: bool(note._participants.display))
        note._participants.focus()
        await driver.press("delete")
        assert not note._participants.roles
        note._facts.focus()
        await driver.type("!")
        assert not note._participants.roles


async def test_escape_asks_before_a_typed_word_is_lost(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n", "escape")
        assert isinstance(driver.app.screen, Dashboard)
        await driver.press("n")
        await driver.type("bijna weg")
        await driver.press("escape")
        assert "nog niet bewaard" in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, QuickNote)
        assert driver.app.screen._facts.text == "bijna weg"
        await driver.press("escape", "w")
        assert isinstance(driver.app.screen, Dashboard)
    assert kit.open_as("marit").notes.all() == []


async def test_a_failed_save_says_so_and_keeps_the_text(kit: Kit) -> None:
    class Full(Files):
        def write(self, fd: int, data: bytes, offset: int) -> int:
            raise OSError(28, "No space left on device")

    whole = kit.machine
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        register = driver.app.register
        assert register is not None
        object.__setattr__(whole, "files", Full())
        await driver.press("n")
        await driver.type("dit mag niet weg")
        register.vault.journal._files = Full()
        await driver.press("f2")
        assert "Niet bewaard" in driver.text
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        assert note._facts.text == "dit mag niet weg"
        register.vault.journal._files = Files()
        object.__setattr__(whole, "files", Files())
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    assert len(kit.open_as("marit").notes.all()) == 1


def jot(register: Register, kit: Kit, facts: str, *names: str) -> str:
    roles = (ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR)
    pupils = tuple((kit.ids[name], roles[at % 2]) for at, name in enumerate(names))
    return register.notes.add(Jotting(facts, pupils=pupils))


async def test_a_case_opened_from_a_note_and_a_step_ticked(kit: Kit) -> None:
    jot(kit.open_as("marit"), kit, "Zoë werd geduwd door Daniël", "Zoë de Vries", "Daniël van 't Hof")
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("5")
        assert "notities 1" in driver.text
        await driver.press("enter", "z")
        assert "gepest" in driver.text
        assert "beschuldigd" in driver.text
        await driver.press("f2")
        assert "In kaart brengen" in driver.text
        assert "werd geduwd door" in driver.text
        await driver.press("enter")
        await driver.type("drie keer op het plein")
        await driver.press("f2")
        assert "✓  1 In kaart brengen" in driver.text
    (known,) = kit.open_as("joost").cases.all()
    assert known.progress.steps[0].state is StepState.DONE
    assert known.progress.next_step is not None
    assert known.progress.next_step.step.number == 2


async def test_a_note_can_join_a_case_later(kit: Kit) -> None:
    marit = kit.open_as("marit")
    first, second = (jot(marit, kit, text, "Zoë de Vries") for text in ("de eerste keer", "nog een keer"))
    code = marit.cases.open(marit.cases.strands_of([first]), notes=[first])
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter", "a", "enter")
        assert "niet terugdraaien" in driver.text
        await driver.press("f2")
        assert code in driver.text
        assert "nog een keer" in driver.text
    assert [known.id for known in kit.open_as("joost").notes.of_case(code)] == [first, second]


async def test_what_a_colleague_saves_appears_without_moving_the_cursor(kit: Kit) -> None:
    marit = kit.open_as("marit")
    notes = [jot(marit, kit, f"moment {at}", "Zoë de Vries") for at in range(3)]
    codes = [marit.cases.open(marit.cases.strands_of([note]), notes=[note]) for note in notes]
    async with running(kit.path, kit, login="joost") as driver:
        await driver.log_in("joost")
        dashboard = driver.app.screen
        assert isinstance(dashboard, Dashboard)
        for code in codes:
            register = driver.app.register
            assert register is not None
            register.mark_seen(register.now(), code)
        dashboard.look_again()
        await driver.settle()
        dashboard._rows.go_to(f"case:{codes[1]}")
        kit.clock.pass_(minutes=1)
        marit.cases.record_step(codes[0], 1, StepState.DONE, text="gezien")
        driver.app._look()
        await driver.settle()
        assert "1 In kaart brengen: klaar" in driver.text
        assert dashboard._rows.key == f"case:{codes[1]}"


async def test_two_people_on_one_step_lose_nothing(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    note = jot(marit, kit, "geduwd", "Zoë de Vries")
    code = marit.cases.open(marit.cases.strands_of([note]), notes=[note])
    joost.refresh()
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter", "enter")
        await driver.type("mijn kant")
        joost.cases.record_step(code, 1, StepState.BUSY, text="kant van Joost")
        await driver.press("f2")
        assert "Niet bewaard" in driver.text
        assert "kant van Joost" in driver.text
        assert "mijn kant" in driver.text
        await driver.press("f2")
    texts = {event.record.text for event in kit.open_as("joost").cases.get(code).events}
    assert texts == {("mijn kant",), ("kant van Joost",)}


async def test_the_curtain_hides_everything_and_keeps_what_was_typed(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("Zoë huilt")
        await driver.press("f9")
        assert isinstance(driver.app.screen, Curtain)
        assert driver.text.split() == ["F9"]
        await driver.press("ctrl+p", "enter", "escape")
        assert driver.text.split() == ["F9"]
        await driver.press("f9")
        assert "Zoë huilt" in driver.text


async def test_names_are_initials_until_asked_for(kit: Kit) -> None:
    jot(kit.open_as("marit"), kit, "Zoë de Vries huilde", "Zoë de Vries")
    async with running(kit.path, kit, login="joost") as driver:
        await driver.log_in("joost")
        assert "Z.d.V. huilde" in driver.text
        assert "Vries" not in driver.text
        await driver.press("v")
        assert "Zoë de Vries huilde" in driver.text
        await driver.press("v")
        assert "Vries" not in driver.text


async def test_lock_drops_the_session_and_keeps_what_was_typed(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("half af")
        await driver.press("f8")
        assert isinstance(driver.app.screen, Unlock)
        assert "half af" not in driver.text
        assert driver.app.register is None
        await driver.log_in("marit")
        assert isinstance(driver.app.screen, QuickNote)
        assert "half af" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    assert len(kit.open_as("joost").notes.all()) == 1


async def test_after_a_lock_somebody_else_sees_only_their_own_day(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("van Marit")
        await driver.press("f8")
        driver.app.screen.query_one("#login").value = "karim"  # type: ignore[attr-defined]
        await driver.log_in("karim")
        assert isinstance(driver.app.screen, Unlock)
        assert "marit heeft hier nog iets" in driver.text
        driver.app.screen.query_one("#login").value = "marit"  # type: ignore[attr-defined]
        await driver.log_in("marit")
        assert "van Marit" in driver.text
        await driver.press("f2", "f8")
        driver.app.screen.query_one("#login").value = "karim"  # type: ignore[attr-defined]
        await driver.log_in("karim")
        assert isinstance(driver.app.screen, Dashboard)
        assert "Karim" in driver.text
        assert [type(screen).__name__ for screen in driver.app.screen_stack[1:]] == ["Dashboard"]


async def test_quitting_asks_before_a_typed_word_is_lost(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("bijna weg")
        await driver.press("ctrl+q")
        assert "nog niet bewaard" in driver.text
        await driver.press("escape")
        assert "bijna weg" in driver.text


@pytest.mark.parametrize(("login", "passphrase"), [("marit", "niet de goede zin"), ("niemand", passphrase_of("marit"))])
async def test_wrong_login_or_passphrase_get_the_same_sentence(kit: Kit, login: str, passphrase: str) -> None:
    async with running(kit.path, kit, login=login) as driver:
        driver.app.screen.query_one("#passphrase").value = passphrase  # type: ignore[attr-defined]
        await driver.press("enter")
        assert isinstance(driver.app.screen, Unlock)
        assert "horen niet bij elkaar" in driver.text


async def fill(driver: Driver, *values: str) -> None:
    """Fill a form field by field, each left with Tab."""
    for value in values:
        await driver.type(value)
        await driver.press("tab")


async def test_a_school_starts_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First run, recovery code, groups and pupils, an invitation, and the colleague's first log-in."""
    path = tmp_path / "nieuw" / "school.pest"
    monkeypatch.setattr("data.vault.crypto.STANDARD", __import__("data.vault.crypto", fromlist=["FLOOR"]).FLOOR)
    async with running(path, login="anne") as driver:
        assert "F4 maakt een nieuwe school" in driver.text
        await driver.press("f4")
        await fill(driver, "De Brug", "Anne Smit")
        await driver.press("tab")
        await fill(driver, "vier losse woorden", "vier losse woorden")
        await driver.press("f2")
        assert "Herstelcode" in driver.text
        assert not isinstance(driver.app.screen, Dashboard)
        await driver.press("f2")
        assert "Herstelcode" in driver.text
        groups = driver.app.screen._groups  # type: ignore[attr-defined]
        await fill(driver, groups[2].lower(), groups[9])
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
        assert "De Brug" in driver.text

        await driver.press("s", "g")
        await driver.type("groep 6")
        await driver.press("tab")
        await driver.type("Sem van Dijk\nNoor Bakker")
        await driver.press("f2")
        assert "groep 6" in driver.text
        assert "2 kinderen" in driver.text

        await driver.press("i")
        await driver.type("bob")
        await driver.press("tab")
        await driver.type("Bob Vos")
        await driver.press("tab", "tab")
        await driver.type("groep 6")
        await driver.press("f2")
        code = next(word for word in driver.text.split() if word.count("-") == 3).rstrip(".")
        await driver.press("f8", "f3")
        fields = driver.app.screen._fields  # type: ignore[attr-defined]
        for name, value in (
            ("login", "bob"),
            ("code", code),
            ("passphrase", "weer vier woorden"),
            ("again", "weer vier woorden"),
        ):
            fields[name].value = value
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
        assert "Bob Vos" in driver.text
    assert sorted(p.name for p in path.parent.iterdir()) == ["school.pest", "school.pest.lock", "state"]


async def test_a_foreign_file_is_told_apart_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "foto.pest"
    path.write_bytes(b"\x89PNG" + bytes(500))
    async with running(path, login="anne") as driver:
        await driver.type("een twee drie vier")
        await driver.press("enter")
        assert "geen bestand van pesttui" in driver.text
    assert path.read_bytes() == b"\x89PNG" + bytes(500)


async def test_a_damaged_file_is_read_up_to_the_damage_and_never_written(kit: Kit) -> None:
    jot(kit.open_as("marit"), kit, "een", "Zoë de Vries")
    jot(kit.open_as("marit"), kit, "twee", "Zoë de Vries")
    data = bytearray(kit.path.read_bytes())
    data[-700] ^= 1
    kit.path.write_bytes(data)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "beschadigd" in driver.text
        await driver.press("n")
        await driver.type("past er niet bij")
        await driver.press("f2")
        assert "Niet bewaard" in driver.text
    assert kit.path.read_bytes() == bytes(data)


async def test_a_save_that_ends_behind_the_curtain_or_the_lock_leaves_them_down(kit: Kit) -> None:
    """What is saved closes its own form, not whatever lies on top by then."""
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        for key, over in (("f9", Curtain), ("f8", Unlock)):
            await driver.press("n")
            await driver.type("Zoë huilt")
            note = driver.app.screen
            assert isinstance(note, QuickNote)
            await driver.pilot.press(key)
            await driver.until(lambda over=over: isinstance(driver.app.screen, over))  # type: ignore[misc]
            note.saved(None)
            await driver.settle()
            assert isinstance(driver.app.screen, over)
            assert "Zoë" not in driver.text
            if key == "f9":
                await driver.press("f9")
                assert isinstance(driver.app.screen, Dashboard)
