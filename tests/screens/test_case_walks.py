"""Weeks of a case by keyboard alone: decisions, pupils, what was left unfinished, settings, search, the idle lock."""

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from data.clean import clean_line
from data.model import Contact, DecisionKind, ParticipantRole, Strand
from data.protocol import StepState
from data.register import Jotting
from screens.about import AboutScreen
from screens.base import PestScreen
from screens.case import CaseScreen
from screens.close_case import CloseCase
from screens.dashboard import Dashboard
from screens.form import DeskForm
from screens.help import HelpScreen
from screens.house_form import HouseForm
from screens.note_view import NoteView
from screens.open_case import ChangePupils, OpenCase
from screens.overview import Overview
from screens.quick_note import QuickNote
from screens.step_form import StepForm
from screens.unlock import Unlock
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def a_case(kit: Kit, *names: str, by: str = "marit") -> str:
    """Open a case: who is named first was hurt."""
    strands = {kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names or (ZOE,))}
    return kit.open_as(by).cases.open(strands)


async def into(driver: Driver, code: str) -> CaseScreen:
    """Log in as Marit and open a case of hers."""
    await driver.log_in("marit")
    day = driver.app.screen
    assert isinstance(day, Dashboard)
    day._rows.go_to(f"case:{code}")
    await driver.press("enter")
    case = driver.app.screen
    assert isinstance(case, CaseScreen)
    return case


# --- closing and reopening -----------------------------------------------------------------------------------


async def test_a_case_is_closed_and_opened_again(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("c")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CloseCase), "a case is not closed without a word"
        await driver.type("twee weken rustig op het plein")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "gesloten" in driver.text
        await driver.press("enter")
        await driver.type("nog iets")
        await driver.press("f2")
        assert "Niet bewaard" in driver.text, "in a closed case no step is recorded"
        await driver.press("escape", "w", "q", "4")
        assert code in driver.text
        assert "gesloten 1" in driver.text
        await driver.press("enter", "c")
        await driver.type("het begint opnieuw")
        await driver.press("f2")
        assert "fase leerkracht" in driver.text
    known = kit.open_as("joost").cases.get(code)
    assert known.open
    assert [decision.record.kind for decision in known.decisions] == [DecisionKind.CLOSED, DecisionKind.REOPENED]


async def test_the_day_to_look_again_is_on_my_day(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("c")
        await driver.type("het gaat goed")
        await driver.press("tab", "tab")
        await driver.type("over 2 weken")
        await driver.press("f2")
    kit.clock.pass_(days=15)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "weer kijken" in driver.text
        assert code in driver.text


async def test_a_day_to_look_again_that_is_over_is_refused(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("o", "tab")
        await driver.type("blijven kijken")
        await driver.press("tab", "tab")
        for wrong in ("gisteren", "31-2-2027", "ooit"):
            field = driver.app.screen.query_one("#again")
            field.value = wrong  # type: ignore[attr-defined]
            await driver.press("f2")
            assert "Niet bewaard" in driver.text, wrong
            assert "blijven kijken" in driver.text
    assert kit.open_as("marit").cases.get(code).decisions == ()


# --- who is in it --------------------------------------------------------------------------------------------


async def test_a_pupil_comes_in_later(kit: Kit) -> None:
    code = a_case(kit, ZOE)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("w")
        assert isinstance(driver.app.screen, ChangePupils)
        await driver.type("dan")
        await driver.press("enter", "tab", "down", "right")
        strands = driver.app.screen._pupils
        while strands.strands[kit.ids[DANIEL]] is not Strand.ACCUSED:
            await driver.press("right")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "Z.d.V. – D.v.t.H." in driver.text
    pupils = {pupil.pupil: pupil.strand for pupil in kit.open_as("joost").cases.get(code).case.pupils}
    assert pupils == {kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED}


async def test_two_people_change_who_is_in_it(kit: Kit) -> None:
    """Nothing is written over: both are shown, and the next save holds both."""
    code = a_case(kit, ZOE)
    joost = kit.open_as("joost")
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("w")
        await driver.type("dan")
        await driver.press("enter")
        known = joost.cases.get(code)
        now = {**{pupil.pupil: pupil.strand for pupil in known.case.pupils}, kit.ids[NOOR]: Strand.ACCUSED}
        joost.cases.change_pupils(code, now, based_on=known.revision)
        await driver.press("f2")
        assert isinstance(driver.app.screen, ChangePupils)
        assert "Niet bewaard" in driver.text
        assert NOOR in driver.text
        assert DANIEL in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
    pupils = {pupil.pupil for pupil in kit.open_as("joost").cases.get(code).case.pupils}
    assert pupils == {kit.ids[ZOE], kit.ids[DANIEL], kit.ids[NOOR]}


async def test_two_people_put_one_pupil_on_different_sides(kit: Kit) -> None:
    """The colleague's side is told beside one's own, before that is saved over it."""
    code = a_case(kit, ZOE, NOOR)
    joost = kit.open_as("joost")
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver, code)
        await driver.press("w")
        form = driver.app.screen
        assert isinstance(form, ChangePupils)
        form._pupils.strands = {**form._pupils.strands, kit.ids[NOOR]: Strand.OTHER}
        known = joost.cases.get(code)
        sides = {pupil.pupil: pupil.strand for pupil in known.case.pupils}
        assert sides[kit.ids[NOOR]] is Strand.ACCUSED
        joost.cases.change_pupils(code, {**sides, kit.ids[NOOR]: Strand.BULLIED}, based_on=known.revision)
        await driver.press("f2")
        assert driver.app.screen is form
        assert f"{NOOR}: {driver.app.words.tr(Strand.BULLIED.value)}" in str(form.answer.render())
        assert form._pupils.strands[kit.ids[NOOR]] is Strand.OTHER
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)


async def test_a_case_without_pupils_is_refused(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("z", "f2")
        assert isinstance(driver.app.screen, OpenCase)
        assert "Niet bewaard" in driver.text
    assert kit.open_as("marit").cases.all() == []


async def test_forty_pupils_fit(kit: Kit) -> None:
    """A whole group and a half: every screen draws, and nobody is lost."""
    anne = kit.open_as("anne")
    group = anne.pupils.group_named("groep 6")
    assert group is not None
    anne.pupils.add_lines(group, "\n".join(f"Kind{number} Achternaam{number}" for number in range(40)))
    marit = kit.open_as("marit")
    many = [known.id for known in marit.pupils.all() if known.name.startswith("Kind")]
    code = marit.cases.open({pupil: Strand.ACCUSED if at else Strand.BULLIED for at, pupil in enumerate(many)})
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        assert "+36" in driver.text
        await driver.press("right")
        assert "Kanten" in driver.text
        await driver.press("down", "enter")
        assert isinstance(driver.app.screen, StepForm)
        await driver.type("allemaal gehoord")
        await driver.press("tab", "space", "down", "space", "f2")
        await driver.press("o")
        assert isinstance(driver.app.screen, Overview)
        await driver.press("escape", "w", "f2")
    assert len(kit.open_as("joost").cases.get(code).case.pupils) == 40


# --- what was left unfinished --------------------------------------------------------------------------------


async def _half_a_note(driver: Driver, code: str) -> None:
    await driver.log_in("marit")
    await driver.press("n")
    await driver.type("half af gebleven")


async def _half_a_case_note(driver: Driver, code: str) -> None:
    await into(driver, code)
    await driver.press("n")
    await driver.type("half af gebleven")


async def _half_a_step(driver: Driver, code: str) -> None:
    await into(driver, code)
    await driver.press("down", "enter")
    await driver.type("half af gebleven")
    await driver.press("tab", "down", "space")


async def _half_a_consultation(driver: Driver, code: str) -> None:
    await into(driver, code)
    await driver.press("o", "tab")
    await driver.type("half af gebleven")


async def _half_an_end(driver: Driver, code: str) -> None:
    await into(driver, code)
    await driver.press("c")
    await driver.type("half af gebleven")


async def _half_a_pupil(driver: Driver, code: str) -> None:
    await into(driver, code)
    await driver.press("w")
    await driver.type("noo")
    await driver.press("enter")


async def _half_a_new_case(driver: Driver, code: str) -> None:
    await driver.log_in("marit")
    await driver.press("z")
    await driver.type("noo")
    await driver.press("enter")


def _of_a_note(kit: Kit, code: str) -> bool:
    return [known.note.facts for known in kit.open_as("marit").notes.all()] == [("half af gebleven",)]


def _of_a_case_note(kit: Kit, code: str) -> bool:
    return [known.note.facts for known in kit.open_as("joost").notes.of_case(code)] == [("half af gebleven",)]


def _of_a_step(kit: Kit, code: str) -> bool:
    (event,) = kit.open_as("joost").cases.get(code).events
    record = event.record
    return (record.step, record.text, record.about) == (2, ("half af gebleven",), (kit.ids[DANIEL],))


def _of_a_decision(kit: Kit, code: str) -> bool:
    (decision,) = kit.open_as("joost").cases.get(code).decisions
    return ("half af gebleven",) in (decision.record.text, decision.record.advice)


def _of_a_pupil(kit: Kit, code: str) -> bool:
    return kit.ids[NOOR] in {pupil.pupil for pupil in kit.open_as("joost").cases.get(code).case.pupils}


def _of_a_new_case(kit: Kit, code: str) -> bool:
    (new,) = (known for known in kit.open_as("joost").cases.all() if known.code != code)
    return [pupil.pupil for pupil in new.case.pupils] == [kit.ids[NOOR]]


Begin = Callable[[Driver, str], Awaitable[None]]
HALF: dict[str, tuple[Begin, type[DeskForm], Callable[[Kit, str], bool]]] = {
    "note": (_half_a_note, QuickNote, _of_a_note),
    "note in a case": (_half_a_case_note, QuickNote, _of_a_case_note),
    "step": (_half_a_step, StepForm, _of_a_step),
    "consultation": (_half_a_consultation, Overview, _of_a_decision),
    "closing": (_half_an_end, CloseCase, _of_a_decision),
    "pupils": (_half_a_pupil, ChangePupils, _of_a_pupil),
    "new case": (_half_a_new_case, OpenCase, _of_a_new_case),
}


@pytest.mark.parametrize("name", HALF)
async def test_what_was_being_typed_is_given_back_where_it_belonged(kit: Kit, name: str) -> None:
    """The line drops in the middle; at the next log-in the same form stands there again, and can be saved."""
    begin, form, arrived = HALF[name]
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await begin(driver, code)
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "Je was bezig met" in driver.text
        assert "half af gebleven" not in driver.text, "what was typed is not on the screen before somebody asks"
        await driver.press("enter")
        assert isinstance(driver.app.screen, form)
        await driver.press("f2")
        assert not driver.app.screen.unsaved() if isinstance(driver.app.screen, Overview) else True
    assert arrived(kit, code)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "Je was bezig met" not in driver.text


async def test_the_schools_own_part_is_given_back(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("p", "w")
        await driver.type("niet duwen")
        driver.app._end(1)
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("enter")
        assert isinstance(driver.app.screen, HouseForm)
        await driver.press("f2")
    assert kit.open_as("marit").house.now().rules == ("niet duwen",)


@pytest.mark.parametrize("begin", [_half_a_step, _half_a_case_note, _half_an_end], ids=["step", "note", "closing"])
async def test_a_text_whose_place_is_gone_is_given_back_as_a_note(kit: Kit, begin: Begin) -> None:
    """Who was taken out of the case meanwhile keeps the sentence, and reads that it would now be a loose note."""
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await begin(driver, code)
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        (left,) = day._left
        forms = tuple(structs.replace(form, place={**form.place, "case": "Z-WEG"}) for form in left.forms)
        day._left = [replace(left, forms=forms)]
        await driver.press("enter")
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        assert note._facts.text == "half af gebleven"
        assert "niet meer te bereiken" in driver.text


async def test_several_forms_on_top_of_each_other_all_come_back(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await _half_a_consultation(driver, code)
        await driver.press("escape", "enter")
        assert isinstance(driver.app.screen, StepForm)
        await driver.type("de stap ook")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        assert [type(screen) for screen in driver.app.screen_stack[-2:]] == [Overview, StepForm]
        assert "de stap ook" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, Overview)
        assert "half af gebleven" in driver.text
        await driver.press("f2")
    known = kit.open_as("joost").cases.get(code)
    assert [event.record.text for event in known.events] == [("de stap ook",)]
    assert [decision.record.advice for decision in known.decisions] == [("half af gebleven",)]


async def test_what_was_saved_is_no_longer_kept_once_the_program_says_so(kit: Kit) -> None:
    """Killed in the moment after "saved", the program must not offer the same sentence a second time."""
    async with running(kit.path, kit, login="marit") as driver:
        await _half_a_note(driver, "")
        typing = driver.app._desk.typing  # type: ignore[union-attr]
        assert typing is not None
        typing.flush()
        state = kit.path.parent / "state"
        assert list(state.glob("typing-*"))
        form = driver.app.screen
        assert isinstance(form, QuickNote)
        there: list[bool] = []
        form.saved = lambda result: there.append(bool(list(state.glob("typing-*"))))  # type: ignore[method-assign]
        await driver.press("f2")
        assert there == [False]


async def test_what_is_thrown_away_is_not_offered_again(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await _half_a_note(driver, "")
        await driver.press("escape", "w", "ctrl+q")
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "Je was bezig met" not in driver.text


# --- lock and settings ---------------------------------------------------------------------------------------


async def test_after_minutes_without_a_key_the_program_locks(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await _half_a_note(driver, "")
        driver.app._last_key = time.monotonic() - 179
        driver.app._look()
        await driver.settle()
        assert isinstance(driver.app.screen, QuickNote)
        driver.app._last_key = time.monotonic() - 181
        driver.app._look()
        await driver.settle()
        assert isinstance(driver.app.screen, Unlock)
        assert driver.app.register is None
        assert "half af" not in driver.text
        await driver.log_in("marit")
        assert "half af gebleven" in driver.text


async def test_the_idle_lock_works_behind_the_curtain_and_over_a_question(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await _half_a_note(driver, "")
        for over in ("f9", "escape"):
            await driver.press(over)
            driver.app._last_key = time.monotonic() - 200
            driver.app._look()
            await driver.settle()
            assert isinstance(driver.app.screen, Unlock), over
            assert "half af" not in driver.text
            await driver.log_in("marit")
            assert "half af gebleven" in driver.text


async def test_a_long_idle_ends_the_program_and_loses_nothing(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await _half_a_note(driver, "")
        driver.app._last_key = time.monotonic() - 200
        driver.app._look()
        await driver.settle()
        assert isinstance(driver.app.screen, Unlock)
        assert not driver.app._exit
        driver.app._last_key = time.monotonic() - 1801
        driver.app._look()
        assert driver.app._exit
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        assert "half af gebleven" in driver.text


async def test_settings_go_with_the_person(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("i", "right", "right", "tab", "left", "tab", "tab", "right", "f2")
        assert "My day" in driver.text
        assert "▸attention" in driver.text
        assert driver.app._lock_seconds == 60
    settings = kit.open_as("marit").settings()
    assert (settings.language, settings.lock_minutes, settings.filter) == ("en", 1, "attention")
    assert kit.open_as("joost").settings().language == ""
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "My day" in driver.text
    async with running(kit.path, kit, login="joost") as driver:
        await driver.log_in("joost")
        assert "Mijn dag" in driver.text


# --- finding one's way ---------------------------------------------------------------------------------------


async def test_search_finds_by_name_code_and_word_and_escape_ends_it(kit: Kit) -> None:
    first, second = a_case(kit, ZOE, DANIEL), a_case(kit, NOOR)
    kit.open_as("marit").notes.add(Jotting("ruzie om een beker", pupils=((kit.ids[NOOR], ParticipantRole.VICTIM),)))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        for typed, shown, hidden in (("vries", first, second), (second[2:].lower(), second, first)):
            await driver.press("slash")
            await driver.type(typed)
            below = driver.text.partition("▸")[2]
            assert shown in below, typed
            assert hidden not in below, typed
            await driver.press("escape")
            below = driver.text.partition("▸")[2]
            assert shown in below
            assert hidden in below
        await driver.press("5", "slash")
        await driver.type("beker")
        assert "ruzie om een beker" in driver.text
        await driver.press("enter", "enter")
        assert isinstance(driver.app.screen, NoteView)


async def test_a_search_that_finds_nothing_says_so(kit: Kit) -> None:
    a_case(kit, ZOE)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("slash")
        await driver.type("zzz")
        assert "niets" in driver.text.lower() or "past" in driver.text
        await driver.press("n")
        assert isinstance(driver.app.screen, Dashboard), "while searching, n is a letter"


async def test_the_next_and_the_previous_case_are_one_key_away(kit: Kit) -> None:
    codes = [a_case(kit, name) for name in (ZOE, DANIEL, NOOR)]
    async with running(kit.path, kit, login="marit") as driver:
        case = await into(driver, codes[0])
        order = driver.app._desk.codes  # type: ignore[union-attr]
        assert set(order) == set(codes)
        for _ in range(3):
            now = case._code
            await driver.press("greater_than_sign")
            assert case._code == order[(order.index(now) + 1) % 3]
            assert case._code in driver.text
        await driver.press("less_than_sign")
        assert case._code == order[(order.index(codes[0]) - 1) % 3]
        await driver.press("o", "greater_than_sign")
        overview = driver.app.screen
        assert isinstance(overview, Overview)
        assert overview._code == codes[0]
        await driver.press("tab")
        await driver.type("advies")
        await driver.press("escape", "greater_than_sign")
        assert overview._code == codes[0], "what is typed belongs to this case"
        assert "F2" in driver.text
        await driver.press("f2", "greater_than_sign")
        assert overview._code != codes[0]
        await driver.press("escape")
        assert isinstance(driver.app.screen, CaseScreen)
        assert driver.app.screen._code == overview._code, "one goes on where one stands"


async def test_help_is_there_on_every_screen_and_goes_away(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    a_case(kit, NOOR)  # or there is no next case to speak of
    async with running(kit.path, kit, login="anne") as driver:
        await driver.press("f1")
        assert isinstance(driver.app.screen, HelpScreen)
        await driver.press("f1")
        assert isinstance(driver.app.screen, Unlock)
        await driver.log_in("anne")
        ways = ((), ("n",), ("z",), ("i",), ("p",), ("p", "e"), ("s",), ("3", "enter"), ("3", "enter", "o"),
                ("3", "enter", "enter"), ("3", "enter", "w"), ("3", "enter", "c"))  # fmt: skip
        for way in ways:
            await driver.press(*way)
            here = driver.app.screen
            assert isinstance(here, PestScreen)
            assert here.HELP, f"{type(here).__name__} has no help"
            await driver.press("f1")
            assert isinstance(driver.app.screen, HelpScreen), way
            for command in (c for c in here.HERE if here.check_action(c.action, ()) is not False):
                assert driver.app.words.tr(command.tip).split()[0] in driver.app.screen._text.render().plain  # type: ignore[union-attr]
            await driver.press("f1")
            assert driver.app.screen is here
            while not isinstance(driver.app.screen, Dashboard):
                await driver.press("escape")
        assert code


# --- bad input -----------------------------------------------------------------------------------------------

HOSTILE = "[b]vet[/b] [@click=app.quit]klik[/] \x1b[31mrood \u202eomgekeerd 漢字"


async def test_hostile_text_is_only_text_on_every_screen(kit: Kit) -> None:
    anne = kit.open_as("anne")
    house = anne.house.now()
    contact = Contact(role="counsellor", name=HOSTILE, reach=HOSTILE)
    anne.house.change(
        rules=[HOSTILE], contacts=[contact], evaluated=None, discussed_in_mr=None, based_on=house.revision
    )
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    marit.notes.add(Jotting(HOSTILE, words=HOSTILE, did=HOSTILE, place="[b]plein", case=code))
    marit.cases.record_step(code, 1, StepState.DONE, text=HOSTILE, present=HOSTILE)
    marit.cases.record_step(code, 4, StepState.SKIPPED, reason=HOSTILE)
    marit.cases.decide(code, DecisionKind.CONSULTED, advice=HOSTILE, text=HOSTILE)
    shown = clean_line(HOSTILE, 200)[:20]
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        await into(driver, code)
        for key in ("right", "right", "right", "right", "o"):
            await driver.press(key)
            assert shown in driver.text or key in ("right",)
            assert "\x1b" not in driver.text
        await driver.press("escape", "up", "enter")
        assert isinstance(driver.app.screen, StepForm)
        assert shown in driver.text
        await driver.press("escape", "c")
        await driver.press("escape", "q")
        assert isinstance(driver.app.screen, Dashboard)
        assert shown in driver.text, "the preview shows the note"
        await driver.press("p")
        about = driver.app.screen
        assert isinstance(about, AboutScreen)
        for section in ("3", "4"):
            await driver.press(section)
            assert shown in driver.text
            assert "\u202e" not in driver.text


@pytest.mark.parametrize("way", [("o",), ("enter",), ("w",), ("c",), ("n",)], ids="".join)
async def test_a_window_changes_its_size_while_a_form_is_open(kit: Kit, way: tuple[str, ...]) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press(*way)
        if way == ("o",):
            await driver.press("tab")
        form = driver.app.screen
        assert isinstance(form, DeskForm)
        focused = form.focused
        await driver.type("een half woord")
        before = form.fields()
        for size in ((200, 60), (60, 20), (20, 5), (120, 40), (80, 24)):
            await driver.pilot.resize_terminal(*size)
            await driver.settle()
            assert form.fields() == before
            assert form.focused is focused
        await driver.type("!")
        assert form.fields() != before


async def test_a_step_in_the_future_is_refused(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("enter")
        await driver.type("alvast")
        driver.app.screen.query_one("#day").value = "morgen"  # type: ignore[attr-defined]
        await driver.press("f2")
        assert "Niet bewaard" in driver.text
        driver.app.screen.query_one("#day").value = "1-1-2030"  # type: ignore[attr-defined]
        await driver.press("f2")
        assert "Niet bewaard" in driver.text
        assert "alvast" in driver.text
    assert kit.open_as("marit").cases.get(code).events == ()
