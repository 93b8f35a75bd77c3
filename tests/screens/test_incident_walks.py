"""Incidents by keyboard: a note becomes one, what is done about it, and its text for ParnasSys, one pupil at a time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import TextArea

from data.model import IncidentWhat, LogKind, NationalKind, Strand
from screens.incident_event import IncidentEventForm
from screens.incident_form import IncidentForm
from screens.incident_view import IncidentView
from screens.incidents import IncidentsScreen, PickNote
from screens.note_settings import NoteSettings
from screens.note_view import NoteView
from screens.parnassys import ParnassysScreen, SaveText
from tests.data.school_kit import Kit, about, school
from tests.screens.kit import Driver, running

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def note(kit: Kit) -> str:
    jotting = replace(about(kit, "Daniël schopte Zoë. Sem zag het.", ZOE, DANIEL), place="plein", did="Apart gezet.")
    return kit.open_as("marit").notes.add(jotting)


@pytest.fixture
def incident(kit: Kit, note: str) -> str:
    marit = kit.open_as("marit")
    return marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek"))


def clipboard(driver: Driver) -> str:
    return driver.app.clipboard


async def test_an_incident_in_parnassys_form(kit: Kit, note: str) -> None:
    """From the loose note: e, the kind, F2, p, c, x: the text on the clipboard, the tick and the log."""
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter")
        assert isinstance(driver.app.screen, NoteView)
        await driver.press("e")
        assert isinstance(driver.app.screen, IncidentForm)
        assert "[1 teacher's judgement]" in driver.text and ZOE in driver.text
        await driver.press("1", "f2")
        assert isinstance(driver.app.screen, IncidentView)
        assert "fysiek (not counted nationally)" in driver.text
        assert "? parents not told yet: Z.d.V., D.v.t.H." in driver.text
        await driver.press("p")
        assert isinstance(driver.app.screen, ParnassysScreen)
        assert "Another pupil schopte Z.d.V. Another pupil zag het." in driver.text and "[Z.d.V.]" in driver.text
        await driver.press("c")
        copied = clipboard(driver)
        assert "cannot be seen" in driver.text
        assert "What: Another pupil schopte Zoë. Another pupil zag het." in copied and "Dani" not in copied
        await driver.press("x")
        assert "✓ in ParnasSys" in driver.text
        await driver.press("right", "v")
        assert f"[{DANIEL}]" in driver.text and "Daniël schopte another pupil" in driver.text
        assert "? not in ParnasSys yet" in driver.text
        await driver.press("c")
        assert "Zo" not in clipboard(driver)
        await driver.press("escape")
        assert f"not in ParnasSys yet: {DANIEL}" in driver.text
        await driver.press("escape", "e")
        assert isinstance(driver.app.screen, IncidentView), "a note is decided on once"
    marit = kit.open_as("marit")
    (known,) = marit.incidents.all()
    assert known.unentered == (kit.ids[DANIEL],) and known.record.measures == ("Apart gezet.",)
    assert [line.kind for line in marit.log.all()].count(LogKind.EXPORTED) == 2


async def test_the_national_kind_follows_and_can_be_changed(kit: Kit, note: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter", "e", "6")
        assert "[threat]" in driver.text
        await driver.press("tab", "right", "tab", "right", "f2")
        assert isinstance(driver.app.screen, IncidentView)
        assert "! serious" in driver.text
    (known,) = kit.open_as("marit").incidents.all()
    assert known.record.national is NationalKind.DAMAGE and known.record.grave


async def test_without_a_kind_nothing_is_saved(kit: Kit, note: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter", "e", "f2")
        assert isinstance(driver.app.screen, IncidentForm)
        assert "Which kind of behaviour" in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, NoteView), "what only the note said is not lost"
    assert kit.open_as("marit").incidents.all() == []


async def test_what_was_done_and_taken_back(kit: Kit, incident: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "1 incident: parents to tell" in driver.text
        await driver.press("e")
        assert isinstance(driver.app.screen, IncidentsScreen)
        assert "?parents ?ParnasSys" in driver.text
        await driver.press("enter", "a")
        assert isinstance(driver.app.screen, IncidentEventForm)
        assert "[1 parents told]" in driver.text and driver.text.count("[x]") == 2
        await driver.press("tab", "down", "space", "f2")
        assert isinstance(driver.app.screen, IncidentView)
        assert "parents not told yet: D.v.t.H." in driver.text
        await driver.press("w")
        assert "Take this back?" in driver.text
        await driver.press("w")
        assert "parents not told yet: Z.d.V., D.v.t.H." in driver.text and "taken back" in driver.text
        await driver.press("a", "2", "f2")
        assert "✓ management brought in" in driver.text
        await driver.press("a", "3", "f2")
        assert isinstance(driver.app.screen, IncidentEventForm) and "one sentence" in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, IncidentView)
    (known,) = kit.open_as("marit").incidents.all()
    assert known.director and len(known.events) == 3


async def test_parents_are_somebodys(kit: Kit, incident: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter", "a", "tab", "space", "down", "space", "f2")
        assert isinstance(driver.app.screen, IncidentEventForm)
        assert "Tick at least one" in driver.text


async def test_only_who_decided_corrects(kit: Kit, incident: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter", "c")
        assert isinstance(driver.app.screen, IncidentForm)
        await driver.press("ctrl+end")
        await driver.type(" Twee keer.")
        await driver.press("f2")
        assert isinstance(driver.app.screen, IncidentView)
        assert "Twee keer." in driver.text and "Corrected: what was written" in driver.text
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("e", "enter", "c")
        assert isinstance(driver.app.screen, IncidentView)
        assert "Add" in driver.text and "Correct" not in driver.text.splitlines()[-1]


async def test_a_note_that_was_corrected_since_stands_with_its_incident(kit: Kit, incident: str) -> None:
    marit = kit.open_as("marit")
    (note,) = marit.incidents.get(incident).record.notes
    kit.clock.pass_(minutes=5)
    marit.notes.correct(note, about(kit, "Daniël duwde Zoë van de bank.", ZOE, DANIEL))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter")
        assert "The note was corrected since" in driver.text and "duwde" in driver.text
        await driver.press("escape", "escape", "5", "enter", "e")
        assert isinstance(driver.app.screen, IncidentView), "the corrected note knows what it became"


async def test_filters_and_a_note_chosen_from_the_register(kit: Kit, incident: str) -> None:
    marit = kit.open_as("marit")
    other = marit.notes.add(about(kit, "Zoë huilde.", ZOE))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("e")
        assert "▸all 1" in driver.text and "mine 0" in driver.text
        for key, shown in (("3", 1), ("4", 1), ("5", 0), ("6", 1), ("1", 0)):
            await driver.press(key)
            assert ("Z.d.V." in driver.text) is bool(shown), key
        await driver.press("left")
        assert "▸this year 1" in driver.text
        await driver.press("a")
        assert isinstance(driver.app.screen, PickNote)
        assert "huilde" in driver.text and "schopte" not in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, IncidentForm)
        await driver.press("3", "f2", "escape")
        assert isinstance(driver.app.screen, IncidentsScreen)
        await driver.press("1")
        assert "buitensluiten" in driver.text
    assert kit.open_as("anne").incidents.of_note(other) is not None


async def test_in_a_case(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})
    marit.notes.add(about(kit, "Daniël duwde Zoë.", ZOE, DANIEL, case=code))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("1", "enter", "e")
        assert isinstance(driver.app.screen, IncidentsScreen) and code in driver.text
        await driver.press("a", "enter", "1", "f2")
        assert isinstance(driver.app.screen, IncidentView) and code in driver.text
        await driver.press("z")
        assert code in driver.text.splitlines()[0]
    (known,) = kit.open_as("marit").incidents.of_case(code)
    assert known.record.case == code


async def test_a_file_for_outside(kit: Kit, incident: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter", "p", "b")
        assert isinstance(driver.app.screen, SaveText)
        await driver.press("f2")
        assert isinstance(driver.app.screen, ParnassysScreen) and "Written:" in driver.text
        await driver.press("b", "f2")
        assert isinstance(driver.app.screen, SaveText) and "left alone" in driver.text
    path = tmp_path / f"parnassys-{kit.ids[ZOE][:8]}.txt"
    assert "schopte Zoë" in path.read_text() and path.stat().st_mode & 0o777 == 0o600


async def test_a_clipboard_that_is_not_there_is_no_error(
    kit: Kit, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter", "p")
        monkeypatch.setattr(type(driver.app), "copy_to_clipboard", gone)
        await driver.press("c")
        assert "There is no clipboard here" in driver.text and "schopte" in driver.text


def gone(*_: object) -> None:
    raise OSError(5, "Input/output error")


async def test_all_that_is_not_there_yet(kit: Kit, incident: str) -> None:
    marit = kit.open_as("marit")
    kit.clock.pass_(minutes=5)
    second = marit.notes.add(about(kit, "Zoë werd geduwd.", ZOE))
    marit.incidents.decide(replace(marit.incidents.begin([second]), behaviour="fysiek"))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter", "p", "a")
        assert "2 incidents" in driver.text
        await driver.press("c", "x")
        assert clipboard(driver).count("Kind: fysiek") == 2
    marit.refresh()
    assert marit.parnassys.waiting(kit.ids[ZOE]) == [] and len(marit.parnassys.waiting(kit.ids[DANIEL])) == 1
    assert all(event.record.what is IncidentWhat.PARNASSYS for known in marit.incidents.all() for event in known.events)


async def test_a_steward_writes_the_template(kit: Kit, incident: str) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("e", "s")
        assert isinstance(driver.app.screen, NoteSettings) and "{maatregelen}" in driver.text
        await driver.press("ctrl+a", "delete")
        await driver.type("x ")
        form = driver.app.screen
        template = form.query_one("#template", TextArea)
        template.text = "{wat} {nergens}"
        await driver.press("f2")
        assert isinstance(driver.app.screen, NoteSettings) and "{nergens}" in driver.text
        template.text = "Log: {wat}"
        await driver.press("tab", "right", "f2")
        assert isinstance(driver.app.screen, IncidentsScreen)
    marit = kit.open_as("marit")
    assert (marit.school().parnassys, marit.school().report_duty) == ("Log: {wat}", True)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "s")
        assert isinstance(driver.app.screen, IncidentsScreen), "a teacher writes no template"
        await driver.press("enter", "p")
        assert "Log: Another pupil schopte" in driver.text


async def test_half_an_incident_is_given_back(kit: Kit, note: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter", "e", "2", *["tab"] * 8)
        await driver.type("met een bal")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "an incident" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, IncidentForm)
        assert "[2 verbaal]" in driver.text and "met een bal" in driver.text
        await driver.press("f2")
    (known,) = kit.open_as("marit").incidents.all()
    assert known.record.behaviour == "verbaal" and known.record.with_what == ("met een bal",)


async def test_what_was_done_is_given_back(kit: Kit, incident: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter", "a", "3", "tab", "tab", "tab")
        await driver.type("Gesprek gehad")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        assert isinstance(driver.app.screen, IncidentEventForm) and "Gesprek gehad" in driver.text
        await driver.press("f2")
    (known,) = kit.open_as("marit").incidents.all()
    assert [event.record.what for event in known.events] == [IncidentWhat.MEASURE]


async def test_hostile_text_is_shown_harmlessly(kit: Kit) -> None:
    marit = kit.open_as("marit")
    text = "[red]x[/] [/b] \x1b]52;c;eA==\x07 {wat} \u202e" + "👩‍👩‍👧 " * 50
    note = marit.notes.add(about(kit, text, ZOE))
    begun = replace(marit.incidents.begin([note]), behaviour="fysiek", why=text, place="[b]")
    marit.incidents.decide(begun)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("e", "enter")
        assert "[red]x[/] [/b]" in driver.text
        await driver.press("p", "c")
        assert "\x1b" not in clipboard(driver) and "{wat}" in clipboard(driver)
        await driver.press("escape", "c")
        assert isinstance(driver.app.screen, IncidentForm)
