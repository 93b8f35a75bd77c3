"""Jotting and reading notes by script."""

from datetime import timedelta

import pytest

from data.model import ParticipantRole, PupilRef, Source
from data.register import Jotting
from tests.data.school_kit import about, note_ids, note_of, passphrase_of

from .kit import SENTENCE, Cli

NOTE_KEYS = {"note", "at", "author", "facts", "pupils", "case"}


def test_a_note_from_standard_input_prints_its_id_alone(cli: Cli) -> None:
    answer = cli("note", "-", given="Ruzie bij het hek,\ntwee groepen door elkaar.\n")
    assert (answer.code, answer.err) == (0, "")
    (ident,) = answer.lines
    known = note_of(cli.kit.open_as("joost"), ident)
    assert known.note.facts == ("Ruzie bij het hek,\ntwee groepen door elkaar.",)


def test_a_note_from_arguments(cli: Cli) -> None:
    answer = cli("note", "ruzie", "bij", "het", "hek", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == {"note"}
    assert note_of(cli.kit.open_as("marit"), answer.json["note"]).note.facts == ("ruzie bij het hek",)


def test_without_text_standard_input_is_read(cli: Cli) -> None:
    answer = cli("note", "--json", given="zomaar een regel")
    assert note_of(cli.kit.open_as("marit"), answer.json["note"]).note.facts == ("zomaar een regel",)


def test_passphrase_and_text_both_come_from_standard_input(cli: Cli) -> None:
    options = ("--vault", str(cli.kit.path), "--login", "marit", "--passphrase-file", "-")
    answer = cli.bare(*options, "note", "-", "--json", given=f"{passphrase_of('marit')}\neerste regel\ntweede regel\n")
    assert answer.code == 0
    known = note_of(cli.kit.open_as("marit"), answer.json["note"])
    assert known.note.facts == ("eerste regel\ntweede regel",)


def test_about_an_id_gives_no_warning(cli: Cli) -> None:
    ident = cli.kit.ids["Lotte Smit"]
    answer = cli("note", "-", "--about", ident, "--json", given=SENTENCE)
    assert (answer.code, answer.err) == (0, "")
    known = note_of(cli.kit.open_as("karim"), answer.json["note"])
    assert [(p.pupil, p.role) for p in known.note.pupils] == [(ident, ParticipantRole.UNKNOWN)]


def test_about_a_name_warns_that_others_can_see_it(cli: Cli) -> None:
    answer = cli("note", "-", "--about", "Lotte Smit", "--json", given=SENTENCE)
    assert answer.code == 0
    assert "anderen" in answer.err
    assert "Lotte" not in answer.err
    known = note_of(cli.kit.open_as("karim"), answer.json["note"])
    assert [p.pupil for p in known.note.pupils] == [cli.kit.ids["Lotte Smit"]]


def test_about_several(cli: Cli) -> None:
    wanted = [cli.kit.ids["Zoë de Vries"], cli.kit.ids["Noor Yılmaz"]]
    answer = cli("note", "-", "--about", wanted[0], "--about", wanted[1], "--json", given=SENTENCE)
    known = note_of(cli.kit.open_as("marit"), answer.json["note"])
    assert [p.pupil for p in known.note.pupils] == wanted


def test_a_name_in_the_text_becomes_a_reference(cli: Cli) -> None:
    answer = cli("note", "-", "--json", given="Zoë huilde")
    known = note_of(cli.kit.open_as("marit"), answer.json["note"])
    assert known.note.facts == (PupilRef(cli.kit.ids["Zoë de Vries"]), " huilde")


@pytest.mark.parametrize("name", ["Sem", "Zoë de Fries", ""])
def test_a_name_that_fits_none_or_several_saves_nothing(cli: Cli, name: str) -> None:
    answer = cli("note", "-", "--about", name, given=SENTENCE)
    assert (answer.code, answer.out) == (2, "")
    assert "pesttui pupils" in answer.err
    assert note_ids(cli.kit.open_as("marit")) == set()


def test_the_place_of_a_note(cli: Cli) -> None:
    answer = cli("note", "-", "--place", "  op het\nplein ", "--json", given=SENTENCE)
    assert note_of(cli.kit.open_as("marit"), answer.json["note"]).note.place == "op het plein"


@pytest.mark.parametrize("given", ["", "\n \t\n", "\x1b\x00\u202e"])
def test_an_empty_note_is_refused(cli: Cli, given: str) -> None:
    answer = cli("note", "-", given=given)
    assert (answer.code, answer.out) == (2, "")


def test_notes_as_json(cli: Cli) -> None:
    first, second = "Lotte Smit", "Bram de Boer"
    karim = cli.kit.open_as("karim")
    ident = karim.notes.add(Jotting("Lotte zei het zelf", pupils=about(cli.kit, "", first, second).pupils, place="gym"))
    answer = cli("notes", "--json", login="anne")
    assert answer.code == 0
    (note,) = answer.json
    assert set(note) >= NOTE_KEYS
    assert (note["note"], note["author"], note["case"]) == (ident, "karim", None)
    assert note["at"] == "2026-11-18T09:30:00+01:00"
    assert note["facts"] == "Lotte Smit zei het zelf"
    for pupil, name in zip(note["pupils"], (first, second), strict=True):
        assert {"id": cli.kit.ids[name], "name": name}.items() <= pupil.items()


def test_notes_come_oldest_first_and_only_those_one_may_read(cli: Cli) -> None:
    marit, karim = cli.kit.open_as("marit"), cli.kit.open_as("karim")
    wanted = []
    for text in ("een", "twee", "drie"):
        cli.kit.clock.pass_(minutes=1)
        wanted.append(marit.notes.add(Jotting(text)))
        karim.notes.add(Jotting(f"niet voor groep 6: {text}"))
    assert [note["note"] for note in cli("notes", "--json", login="joost").json] == wanted
    assert cli("notes", "--json", login="dirk").json == []
    assert len(cli("notes", "--json", login="anne").json) == 6


def test_plain_lines_of_a_note_cannot_pass_for_another_note(cli: Cli) -> None:
    cli.kit.open_as("marit").notes.add(Jotting("eerst\n18 nov 09:31  karim\n  ik was het", place="plein"))
    lines = cli("notes", login="joost").lines
    assert lines[0] == "18 nov 09:30  plein  marit"
    assert all(line.startswith("  ") for line in lines[1:])


def test_a_note_of_a_case_names_the_case(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    marit = cli.kit.open_as("marit")
    marit.notes.add(Jotting("in de zaak", case=code))
    (note,) = cli("notes", "--json", login="joost").json
    assert note["case"] == code
    assert cli("notes", "--json", login="karim").json == []


def test_a_concept_and_a_correction_say_what_they_are(cli: Cli) -> None:
    answer = cli("note", "-", "--concept", "--json", given="Zoë hu")
    half, marit = answer.json["note"], cli.kit.open_as("marit")
    (note,) = cli("notes", "--json").json
    assert (note["note"], note["concept"], note["corrects"]) == (half, True, None)
    assert "concept" in cli("notes").lines[0]
    pupils = ((cli.kit.ids["Zoë de Vries"], ParticipantRole.VICTIM),)
    whole = marit.notes.go_on(half, Jotting("Zoë huilde", pupils=pupils, behaviours=("verbaal",)))
    corrected = marit.notes.correct(
        whole, Jotting("Zoë huilde niet", pupils=pupils, source=Source.PARENT, heard_from="vader")
    )
    first, second = cli("notes", "--json", login="joost").json
    assert set(first) >= NOTE_KEYS
    assert (first["note"], first["concept"], first["corrected"]) == (whole, False, True)
    assert first["behaviours"] == ["verbaal"]
    assert (second["note"], second["corrects"], second["corrected"]) == (corrected, whole, False)
    assert (second["kind"], second["source"], second["heard_from"]) == ("signal", "parent", "vader")
    code = marit.cases.open(marit.cases.strands_of([whole]), notes=[whole])
    assert [note["note"] for note in cli("show", code, "--json").json["notes"]] == [whole, corrected]


def test_when_what_kind_and_for_whom(cli: Cli) -> None:
    options = ("--at", "gisteren 14:15", "--kind", "Verbaal", "--kind", "buiten", "--private", "--concept")
    answer = cli("note", "-", *options, "--json", given=SENTENCE)
    assert (answer.code, answer.err) == (0, "")
    marit = cli.kit.open_as("marit")
    note = note_of(marit, answer.json["note"]).note
    assert note.happened == marit.now().replace(hour=14, minute=15) - timedelta(days=1)
    assert note.behaviours == ("verbaal", "buitensluiten") and note.private and note.concept
    assert note_ids(cli.kit.open_as("anne")) == set()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--kind", "zomaar"), "fysiek, verbaal"),
        (("--at", "morgen 9:00"), ""),
        (("--at", "23:59"), "still to come"),
        (("--at", "ooit"), ""),
    ],
)
def test_what_is_not_understood_saves_nothing(cli: Cli, options: tuple[str, ...], said: str) -> None:
    answer = cli("note", "-", *options, given=SENTENCE, lang="en")
    assert (answer.code, answer.out) == (2, "") and said in answer.err and SENTENCE not in answer.err
    assert note_ids(cli.kit.open_as("marit")) == set()


def test_a_private_note_in_the_list_says_so(cli: Cli) -> None:
    cli("note", "-", "--private", given=SENTENCE)
    lines = cli("notes", lang="en").lines
    assert "private: only you" in lines[0] and lines[1] == f"  {SENTENCE}"
