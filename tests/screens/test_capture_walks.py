"""Signs, concepts and corrections by keyboard: counted, on a slow line, and where nothing is meant by them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input, TextArea

from data.model import NationalKind, ParticipantRole, PupilRef, Source
from data.register import Jotting
from screens.case import CaseScreen
from screens.case_notes import CaseNotes
from screens.dashboard import Dashboard
from screens.note_again import NoteAgain
from screens.note_settings import NoteSettings
from screens.note_view import NoteView, PrivateNoteView
from screens.quick_note import QuickNote
from screens.unfinished import _form
from screens.widgets import ChoiceLine
from tests.data.school_kit import Kit, about, school
from tests.data.test_capture import leave
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, NOOR, ZOE, a_case, into
from tests.screens.test_note_and_day import noting

SIGNS = {"@": "at", "#": "number_sign", "!": "exclamation_mark", "ë": "ë"}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def open_list(note: QuickNote) -> bool:
    return bool(note._suggestions.display)


async def burst(driver: Driver, text: str) -> None:
    """Type as a slow line delivers it: all keys at once."""
    names = {" ": "space", "\n": "enter", "\t": "tab", **SIGNS}
    await driver.pilot.press(*(names.get(character, character) for character in text))
    await driver.settle()


# --- signs ---------------------------------------------------------------------------------------------------


async def test_two_pupils_and_a_place_in_under_12_key_presses_beyond_the_sentence(kit: Kit) -> None:
    sentence = [" duwde ", " op het "]
    keys = ["n", "@d\n", sentence[0], "@z\n", sentence[1], "#p\n"]
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        for typed in keys:
            await burst(driver, typed)
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        assert note._facts.text == "Daniël duwde Zoë op het plein"
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    pressed = sum(map(len, keys)) + 1
    assert pressed - sum(map(len, sentence)) < 12
    (known,) = kit.open_as("joost").notes.all()
    assert known.note.facts == (PupilRef(kit.ids[DANIEL]), " duwde ", PupilRef(kit.ids[ZOE]), " op het plein")
    assert {one.pupil for one in known.note.pupils} == {kit.ids[DANIEL], kit.ids[ZOE]}
    assert known.note.place == "plein"


async def test_a_list_opens_under_the_cursor_and_closes(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "toen ")
        await burst(driver, "@s")
        assert open_list(note)
        lines = driver.text.split("\n")
        at = next(number for number, line in enumerate(lines) if "toen @s" in line)
        assert "▸ Sem van Dijk" in lines[at + 1] or "▸ Sem Bakker" in lines[at + 1]
        first = note._suggestions.key
        await driver.press("down")
        assert note._suggestions.key != first and note._facts.text == "toen @s", "the cursor stays in the sentence"
        await driver.press("up")
        assert note._suggestions.key == first
        await driver.press("escape")
        assert not open_list(note) and driver.app.screen is note and note._facts.text == "toen @s"
        await burst(driver, "e")
        assert not open_list(note), "what was closed stays closed for this word"
        await burst(driver, " @s")
        assert open_list(note)
        await driver.press("backspace", "backspace")
        assert not open_list(note)
        await burst(driver, "#x")
        assert not open_list(note)


async def test_without_a_list_enter_and_tab_are_what_they_were(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        await burst(driver, "10!\nmail a@school.nl\nnr #1\nen @xyz\nAu !\n")
        assert note._facts.text == "10!\nmail a@school.nl\nnr #1\nen @xyz\nAu !\n"
        await burst(driver, "@s\t")
        assert note._facts.has_focus and "Sem" in note._facts.text, "Tab takes what is suggested"
        await driver.press("tab")
        assert not note._facts.has_focus
        await driver.press("f2")
    (known,) = kit.open_as("marit").notes.all()
    assert isinstance(known.note.facts[0], str) and "@xyz" in known.note.facts[0], "what means nothing stays text"


async def test_kinds_and_places_go_to_their_fields(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        await burst(driver, "Op het #pl\n werd geroepen !ve\n !bu\n")
        assert note._facts.text == "Op het plein werd geroepen"
        assert (note._place.value, note._kinds.value) == ("plein", "verbaal, buitensluiten")
        await burst(driver, " !ve\n")
        assert note._kinds.value == "verbaal, buitensluiten", "each once"
        note._kinds.value += ", gedoe"
        await driver.press("f2")
        again = await noting_again(driver)
        assert again._places().startswith("plein"), "the last place comes first"
        await burst(driver, "#\n")
        assert again._place.value == "plein"
    (known,) = kit.open_as("marit").notes.all()
    assert known.note.behaviours == ("verbaal", "buitensluiten")
    assert "gedoe" in str(known.note.facts[0]), "what is in no list stands in the text"


async def noting_again(driver: Driver) -> QuickNote:
    await driver.press("n")
    note = driver.app.screen
    assert isinstance(note, QuickNote)
    return note


async def test_the_child_who_was_chosen_is_meant(kit: Kit) -> None:
    """Two of one group share a given name, and one who left is offered where nobody else fits."""
    leave(kit.open_as("anne"), kit.ids[NOOR])
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        await burst(driver, "@bak\n en @dij\n zagen @noo")
        (only,) = note._suggestions._found
        assert only.left
        await driver.press("enter", "f2")
    (known,) = kit.open_as("anne").notes.all()
    refs = [part.pupil for part in known.note.facts if isinstance(part, PupilRef)]
    assert refs == [kit.ids["Sem Bakker"], kit.ids["Sem van Dijk"], kit.ids[NOOR]]


async def test_who_was_chosen_is_still_meant_after_the_line_dropped(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        await burst(driver, "@jan\n duwde")
        assert note._suggestions.meant == {"Sem Jansen": kit.ids["Sem Jansen"]}
        kept = note.fields()
        other = QuickNote(note.desk)
        await driver.app.push_screen(other)
        other.refill(kept)
        await driver.settle()
        assert other._suggestions.meant == note._suggestions.meant
        other.refill({"meant": "geen json", "roles": "x", "source": "niets"})


async def test_a_pasted_chat_opens_nothing_and_freezes_nothing(kit: Kit) -> None:
    chat = "Zoë 😀: @xyz مرحبا \u202ehallo #weg !nu mail a@b.nl\n" * 1000
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        note._facts.insert(chat)
        await driver.settle()
        await driver.until(lambda: bool(note._participants.roles))
        assert not open_list(note)
        await driver.press("f2")
        assert driver.app.screen is note, "too long: said, and kept"
        note._facts.text = chat[:15_000]
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)


async def test_a_word_that_judges_is_asked_about_and_holds_up_nothing(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        note = await noting(driver, "Zoë deed het expres")
        asked = "“expres”: what did you see or hear?"
        await driver.until(lambda: asked in driver.text)
        note._facts.text = "Zoë liep weg"
        note._words_of_child.text = "Sem is gemeen"
        await driver.until(lambda: "what did you see or hear?" not in driver.text)
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)


async def test_a_signal_of_a_parent(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "Zoë huilt thuis")
        assert not note.query_one("#whose").display
        note._source.focus()
        await driver.press("right", "tab")
        assert note._heard_from.has_focus
        await driver.type("moeder van Noor")
        await driver.press("f2")
    (known,) = kit.open_as("marit").notes.all()
    assert known.note.source is Source.PARENT
    assert known.note.heard_from == ("moeder van Noor",), "a name that is not in the note is text"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_all_of_it_can_be_reached(kit: Kit, size: tuple[int, int]) -> None:
    async with running(kit.path, kit, login="marit", size=size) as driver:
        note = await noting(driver, "")
        seen = []
        for _ in range(8):
            seen.append(note.focused.id if note.focused else "")
            await driver.press("tab")
        assert seen == ["facts", "who", "place", "when", "kinds", "source", "words", "did"]
        assert note._facts.has_focus
        await burst(driver, "\n" * 12 + "@s")
        assert open_list(note)
        region = note._suggestions.region
        assert region.y >= 0 and region.bottom <= size[1] and region.right <= size[0]
        assert "Sem" in driver.text


# --- concepts ------------------------------------------------------------------------------------------------


async def test_a_concept_waits_on_my_day_and_is_completed(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await noting(driver, "Zoë hu")
        await driver.press("f4")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        row = next(line for line in driver.text.split("\n") if "Note to complete" in line)
        assert "Z.d.V. hu" in row, "initials until asked"
        (half,) = kit.open_as("joost").notes.all()
        assert half.note.concept
        day._rows.go_to(f"note:{half.id}:concept")
        await driver.press("enter")
        form = driver.app.screen
        assert isinstance(form, NoteAgain)
        assert form._facts.text == "Zoë hu" and not form.unsaved()
        assert form._participants.roles == {kit.ids[ZOE]: ParticipantRole.UNKNOWN}
        await driver.press("escape")
        assert driver.app.screen is day, "nothing was changed, so nothing is asked"
        await driver.press("enter")
        await driver.type("ilde")
        kit.clock.pass_(minutes=5)
        await driver.press("f2")
        assert "Note to complete" not in driver.text
    (known,) = kit.open_as("joost").notes.all()
    assert (known.note.concept, known.note.replaces) == (False, half.id)
    assert known.note.facts == (PupilRef(kit.ids[ZOE]), " huilde")
    assert known.note.happened == half.note.happened


async def test_many_concepts_are_counted(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for number in range(3):
        kit.clock.pass_(minutes=1)
        marit.notes.add(Jotting(f"nummer {number}", concept=True))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "3 notes to complete" in driver.text
        await driver.press("home", "enter")
        assert isinstance(driver.app.screen, NoteAgain)
        assert driver.app.screen._facts.text == "nummer 0", "the oldest"


async def test_what_another_window_completed_becomes_a_note_of_its_own(kit: Kit) -> None:
    marit = kit.open_as("marit")
    half = marit.notes.add(Jotting("half", concept=True))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("home", "enter")
        form = driver.app.screen
        assert isinstance(form, NoteAgain)
        await driver.type(" en meer")
        marit.notes.go_on(half, Jotting("elders heel"))
        await driver.press("f2")
        assert driver.app.screen is form and form._facts.text == "half en meer"
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    marit.refresh()
    assert {known.note.facts for known in marit.notes.all()} == {("elders heel",), ("half en meer",)}


async def test_a_private_concept_stays_private_until_f6(kit: Kit) -> None:
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("half", concept=True, private=True))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("home", "enter")
        await driver.type(" 1")
        await driver.press("f4", "home", "enter")
        assert kit.open_as("joost").notes.all() == []
        await driver.type(" 2")
        await driver.press("f6", "f2")
    (known,) = kit.open_as("joost").notes.all()
    assert known.note.facts == ("half 1 2",)


async def test_a_private_concept_is_completed_from_its_view(kit: Kit) -> None:
    marit = kit.open_as("marit")
    half = marit.notes.add(Jotting("half", concept=True, private=True))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        await driver.press("5")
        day._rows.go_to(f"note:{half}")
        await driver.press("enter")
        await driver.press("c", "z")
        assert isinstance(driver.app.screen, PrivateNoteView), "what nobody has read needs no correction"
        await driver.press("enter")
        await driver.type(" af")
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    marit.refresh()
    (known,) = marit.notes.all()
    assert known.note.facts == ("half af",) and known.note.private and not known.note.concept


# --- corrections ---------------------------------------------------------------------------------------------


async def test_a_correction_from_the_note(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(replace(about(kit, "Zoë de Vries viel", ZOE), place="plein", behaviours=("fysiek",)))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        await driver.press("5")
        day._rows.go_to(f"note:{ident}")
        await driver.press("enter", "c")
        form = driver.app.screen
        assert isinstance(form, NoteAgain)
        assert "correction of 18 Nov 09:30" in driver.text
        assert (form._place.value, form._kinds.value) == ("plein", "fysiek")
        await driver.press("f4")
        assert driver.app.screen is form, "a correction is whole"
        await driver.press("f2")
        assert driver.app.screen is form and "Nothing was changed" in driver.text
        await driver.type(" niet")
        await driver.press("f2")
        view = driver.app.screen
        assert isinstance(view, NoteView)
        text = driver.text
        assert text.index("viel") < text.index("correction of 18 Nov 09:30") < text.index("viel niet")
        await driver.press("q")
        rows = [line for line in driver.text.split("\n") if "viel" in line]
        assert len(rows) == 2 and "correction of" in rows[0], "beside its original"
    assert next(known.id for known in kit.open_as("joost").notes.all()) == ident


async def test_a_colleague_gets_no_key_to_correct_or_complete(kit: Kit) -> None:
    marit = kit.open_as("marit")
    half = marit.notes.add(replace(about(kit, "half", ZOE), concept=True))
    async with running(kit.path, kit, login="joost") as driver:
        await driver.log_in("joost")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        await driver.press("5")
        day._rows.go_to(f"note:{half}")
        await driver.press("enter")
        view = driver.app.screen
        assert isinstance(view, NoteView)
        await driver.press("c", "enter")
        assert driver.app.screen is view
        assert "concept" in driver.text


async def test_a_note_in_a_case_is_completed_and_corrected_there(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("half in de zaak", case=code, concept=True))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver, code)
        assert "draft" in driver.text
        await driver.press("g")
        assert isinstance(driver.app.screen, CaseNotes)
        await driver.press("enter", "enter")
        assert isinstance(driver.app.screen, NoteAgain)
        await driver.type(" af")
        await driver.press("f2")
        assert isinstance(driver.app.screen, NoteView)
        await driver.press("c")
        await driver.type(" en verbeterd")
        await driver.press("f2", "q", "q")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "correction of" in driver.text
    found = [known.note.facts for known in kit.open_as("joost").notes.of_case(code)][-2:]
    assert found == [("half in de zaak af",), ("half in de zaak af en verbeterd",)]


async def test_a_line_dropped_in_a_correction(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(about(kit, "Zoë de Vries viel", ZOE))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        known = driver.app.screen.desk.register.notes.get(ident)  # type: ignore[attr-defined]
        form = NoteAgain(driver.app.screen.desk, known)  # type: ignore[attr-defined]
        await driver.app.push_screen(form)
        await driver.settle()
        await driver.type(" niet")
        kept = form.unfinished()
        assert kept.place == {"note": ident}
        again = await _form(form.desk, kept)
        assert isinstance(again, NoteAgain)
        await driver.app.push_screen(again)
        again.refill(kept.fields)
        await driver.settle()
        assert again._facts.text == "Zoë viel niet" and again.unsaved()
        await driver.press("f2")
        gone = msgspec.structs.replace(kept, place={"note": "bestaat niet"})
        lost = await _form(form.desk, gone)
        assert type(lost) is QuickNote, "where the note is gone the text is a note of its own"
    marit.refresh()
    assert [known.note.corrects for known in marit.notes.all()] == ["", ident]


# --- the school's lists --------------------------------------------------------------------------------------


async def test_a_steward_changes_the_lists(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "s")
        form = driver.app.screen
        assert isinstance(form, NoteSettings)
        behaviours, places = form.query_one("#behaviours", TextArea), form.query_one("#places", TextArea)
        assert "bedreiging; threat" in behaviours.text
        behaviours.text = behaviours.text.replace("fysiek", "lichamelijk; weapon").replace("threat", "zomaar")
        await driver.press("f2")
        assert driver.app.screen is form and "injury" in driver.text, "the words that are expected"
        behaviours.text = behaviours.text.replace("zomaar", "threat")
        places.text += "\nfietsenhok"
        await driver.press("f2")
    now = kit.open_as("marit").house.notes_now()
    assert (now.behaviours[0].id, now.behaviours[0].name) == ("fysiek", "lichamelijk")
    assert now.behaviours[0].national is not None
    assert now.places[-1] == "fietsenhok"
    assert now.judging and kit.open_as("marit").school().judging is None, "an untouched list stays the built-in one"


async def test_a_steward_sets_patterns_and_what_to_report(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "s")
        form = driver.app.screen
        weeks, reportable = form.query_one("#weeks", Input), form.query_one("#reportable", Input)
        weeks.value, reportable.value = "0", "weapon, Sexual"
        await driver.press("f2")
        assert driver.app.screen is form and "from 1 to 104" in driver.text
        weeks.value, form.query_one("#least", Input).value = "6", "4"
        reportable.value = "zomaar"
        await driver.press("f2")
        assert driver.app.screen is form and "discrimination" in driver.text
        reportable.value = "weapon, Sexual"
        form.query_one("#duty", ChoiceLine).focus()
        await driver.press("right", "f2")
        assert driver.app.screen is not form
    school = kit.open_as("marit").school()
    assert (school.pattern_weeks, school.pattern_least, school.report_duty) == (6, 4, True)
    assert school.reportable == (NationalKind.WEAPON, NationalKind.SEXUAL) and school.parnassys == ""


async def test_a_colleague_was_quicker_with_the_lists(kit: Kit) -> None:
    """What was not touched here becomes theirs; under a list of one's own stand their new lines."""
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "s")
        form = driver.app.screen
        places = form.query_one("#places", TextArea)
        places.text += "\nfietsenhok"
        hans = kit.open_as("hans").house
        now = hans.notes_now()
        hans.change_notes(places=[*now.places, "kelder"], judging=["raar"], pattern_weeks=5, based_on=now.revision)
        await driver.press("f2")
        assert driver.app.screen is form and places.text.splitlines()[-2:] == ["fietsenhok", "kelder"]
        await driver.press("f2")
        assert driver.app.screen is not form
    found = kit.open_as("marit").house.notes_now()
    assert found.places == (*now.places, "fietsenhok", "kelder")
    assert (found.judging, found.pattern_weeks) == (("raar",), 5)


async def test_what_was_typed_about_notes_is_given_back(kit: Kit) -> None:
    """And nothing else: what a colleague set meanwhile stays."""
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("s", "s")
        await driver.type("kelder")
        driver.app._end(1)
    hans = kit.open_as("hans").house
    hans.change_notes(judging=["raar"], based_on=hans.notes_now().revision)
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("enter")
        assert isinstance(driver.app.screen, NoteSettings)
        await driver.press("f2")
    found = kit.open_as("marit").house.notes_now()
    assert any("kelder" in place for place in found.places) and found.judging == ("raar",)


async def test_a_teacher_sets_nothing(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("s")
        school = driver.app.screen
        await driver.press("s")
        assert driver.app.screen is school


async def test_a_key_in_a_note_asks_for_no_names(kit: Kit) -> None:
    """Only the pause does: on each key a few letters before the cursor are looked at."""
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        asked: list[str] = []
        note._suggestions.capture.suggest = lambda token: asked.append(token.typed) or []  # type: ignore[method-assign,func-returns-value]
        await driver.type("een hele zin zonder teken")
        assert asked == []
        assert isinstance(note._facts, TextArea)
