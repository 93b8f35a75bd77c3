"""The register: pupils, notes and cases, by the keys of those who may read them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import where

from data.clean import clean_text
from data.errors import Changed, NoEntry, NotAllowed, UsageError, VaultError
from data.model import NoteKind, ParticipantRole, PupilRef, Strand, Text
from data.protocol import StepState
from data.register import Jotting, Register, create_school, open_school, recognise, short_name
from data.register.pupils import MAX_LINES, school_year, sort_lines, split_name
from data.register.session import LOOSE
from data.register.text import draw, link, pupils_in
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind, Role
from data.vault.people import Founder
from data.vault.vault import Placement

from .school_kit import PEOPLE, PERPETRATOR, VICTIM, Kit, about, note_ids, note_of, passphrase_of, school

STAFF_OF_6 = {"marit", "joost"}
LEADS = {"anne"}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def open_case(kit: Kit, register: Register, *names: str, notes: tuple[str, ...] = ()) -> str:
    """Open a case about pupils by name: the first is the bullied one."""
    strands = {kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names)}
    return register.cases.open(strands, notes=notes)


def plain(text: Text) -> str:
    return draw(text, lambda ident: f"<{ident}>")


# --- pupils -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Sem van Dijk", ("Sem", "van Dijk")),
        ("van Dijk, Sem", ("Sem", "van Dijk")),
        ("Dijk van, Sem Jan", ("Sem", "Jan Dijk van")),
        ("  Zoë\t\tde   Vries  ", ("Zoë", "de Vries")),
        ("- Noor", ("Noor", "")),
        ("12. Daniël van 't Hof", ("Daniël", "van 't Hof")),
        ("• 3) Bram", ("Bram", "")),
        ("Jansen,", ("Jansen", "")),
        ("", None),
        ("   \t ", None),
        (",", None),
        ("1.", None),
        ("\x1b\x00\u202e", None),
        ("\x1b[31mSem\x1b[0m", ("[31mSem[0m", "")),
        ("Sem\u202e kjiD", ("Sem", "kjiD")),
    ],
)
def test_a_line_with_a_name(line: str, name: tuple[str, str] | None) -> None:
    assert split_name(line) == name


def test_a_pasted_list(kit: Kit) -> None:
    register = kit.open_as("anne")
    group = register.pupils.group_named("Groep 7") or ""
    pasted = "1. Ömer Kaya\r\n2. Kaya, Ömer\n\n\tBoer, de, Bram\n- Maja Nowak\u2028\x1b[2J\nLOTTE SMIT\n"
    assert register.pupils.add_lines(group, pasted) == (4, 2)
    names = {known.name for known in kit.open_as("karim").pupils.all() if known.group == "groep 7"}
    assert names == {"Bram de Boer", "Sem Jansen", "Lotte Smit", "Ömer Kaya", "de, Bram Boer", "Maja Nowak", "[2J"}
    assert register.pupils.add_lines(group, pasted) == (0, 6)


def test_what_a_paste_will_do_is_what_it_does(kit: Kit) -> None:
    register = kit.open_as("anne")
    pupils = register.pupils
    group = pupils.group_named("groep 7") or ""
    before = pupils.all()
    pasted = "LOTTE SMIT\nMaja Nowak\n- maja nowak\nZoë de Vries\n"
    said = sort_lines(pasted, group, before)
    assert [pupil.name for pupil in said.new] == ["Maja Nowak", "Zoë de Vries"] and said.there == ("LOTTE SMIT",)
    assert [(one.name, one.group) for one in said.elsewhere] == [("Zoë de Vries", "groep 6")]
    assert said.stays == sum(one.pupil.group == group for one in before) - 1 and not said.too_many
    assert pupils.add_lines(group, pasted) == (len(said.new), 2)
    after = {known.id: known for known in pupils.all()}
    assert {known.id for known in before} <= after.keys(), "nobody is taken out"
    assert {after[ident].name for ident in after.keys() - {known.id for known in before}} == {
        "Maja Nowak",
        "Zoë de Vries",
    }
    assert sort_lines(pasted, group, pupils.all()).new == ()
    assert sort_lines("Kind Een\n" * (MAX_LINES + 1), group, before).too_many
    assert not sort_lines("Kind Een\n" * MAX_LINES, group, before).too_many


@pytest.mark.parametrize("pasted", ["", "\n\n", "\x00\n\x1b\n,\n"])
def test_a_paste_without_names_adds_nothing(kit: Kit, pasted: str) -> None:
    register = kit.open_as("anne")
    size = kit.path.stat().st_size
    assert register.pupils.add_lines(register.pupils.group_named("groep 6") or "", pasted) == (0, 0)
    assert kit.path.stat().st_size == size


def test_hostile_pastes(kit: Kit) -> None:
    register = kit.open_as("anne")
    group = register.pupils.group_named("groep 6") or ""
    with pytest.raises(UsageError, match="too many"):
        register.pupils.add_lines(group, "\n".join(f"Kind {letter}" for letter in "x" * (MAX_LINES + 1)))
    with pytest.raises(UsageError, match="too many"):
        register.pupils.add_lines(group, "x\n" * 500_000)
    with pytest.raises(UsageError, match="no such group"):
        register.pupils.add_lines("bestaat niet", "Sem")
    assert register.pupils.add_lines(group, "A" * 1_000_000) == (1, 0)
    assert max(len(known.name) for known in register.pupils.all()) <= 80


def test_only_stewards_add_groups_and_pupils(kit: Kit) -> None:
    for login in ("marit", "fenna"):
        register = kit.open_as(login)
        group = register.pupils.group_named("groep 6") or ""
        with pytest.raises(NotAllowed):
            register.pupils.add_lines(group, "Nieuw Kind")
        with pytest.raises(NotAllowed):
            register.pupils.add_group("groep 9", kit.clock.now().date())


def test_group_names(kit: Kit) -> None:
    register, today = kit.open_as("anne"), kit.clock.now().date()
    with pytest.raises(UsageError, match="already a group"):
        register.pupils.add_group("  GROEP   6 ", today)
    with pytest.raises(UsageError, match="has a name"):
        register.pupils.add_group("\x00 ", today)
    ident = register.pupils.add_group("groep 10", today)
    assert [group.name for group in register.pupils.groups().values()] == ["groep 6", "groep 7", "groep 10"]
    assert register.pupils.groups()[ident].year == "2026-2027"


def test_school_years() -> None:
    days = ("2026-07-31", "2026-08-01", "2026-12-31", "2027-01-01", "2028-02-29")
    years = [school_year(date.fromisoformat(day)) for day in days]
    assert years == ["2025-2026", "2026-2027", "2026-2027", "2026-2027", "2027-2028"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("z", ["Zoë de Vries"]),
        ("zoe", ["Zoë de Vries"]),
        ("ZOË", ["Zoë de Vries"]),
        ("vries", ["Zoë de Vries"]),
        ("@noor", ["Noor Yılmaz"]),
        ("yil", ["Noor Yılmaz"]),
        ("yı", ["Noor Yılmaz"]),
        ("daniel hof", ["Daniël van 't Hof"]),
        ("d 't", ["Daniël van 't Hof"]),
        ("d ’t", ["Daniël van 't Hof"]),
        ("s dij", ["Sem van Dijk"]),
        ("sem", ["Sem Bakker", "Sem van Dijk", "Sem Jansen"]),
        ("ijk", []),
        ("sem zoë", []),
        ("", []),
        ("  @ ", []),
        (".*", []),
    ],
)
def test_first_letters_find_a_pupil(kit: Kit, typed: str, names: list[str]) -> None:
    assert [known.name for known in kit.open_as("marit").pupils.find(typed)] == names


def test_ones_own_group_comes_first(kit: Kit) -> None:
    assert next(known.name for known in kit.open_as("karim").pupils.find("sem")) == "Sem Jansen"


def test_one_pupil_by_id_or_by_a_name_that_fits_one(kit: Kit) -> None:
    pupils = kit.open_as("marit").pupils
    for argument in (kit.ids["Zoë de Vries"], "zoe", "Zoë de Vries", "vries"):
        assert pupils.one(argument).name == "Zoë de Vries"
    assert pupils.one("sem van dijk").name == "Sem van Dijk"
    for argument, sentence in (("sem", "3 pupils fit"), ("niemand", "No pupil fits"), ("", "No pupil fits")):
        with pytest.raises(UsageError, match=sentence) as caught:
            pupils.one(argument)
        assert caught.value.exit_code == 2 and "Sem" not in str(caught.value)


def test_outsiders_have_no_pupils_list(kit: Kit) -> None:
    for login in ("dirk", "esther"):
        register = kit.open_as(login)
        assert register.pupils.all() == [] and register.pupils.groups() == {}
        assert register.pupils.get(kit.ids["Zoë de Vries"]) is None
        assert register.school().name == "De Regenboog"


# --- names in texts -------------------------------------------------------------------------------------------------


def test_names_become_references(kit: Kit) -> None:
    register = kit.open_as("marit")
    zoe, sem = kit.ids["Zoë de Vries"], kit.ids["Sem van Dijk"]
    jotting = about(kit, "Zoë huilde. Sem van Dijk en Sem lachten om @Zoë. Daniël keek.", "Zoë de Vries")
    note = note_of(register, register.notes.add(jotting)).note
    facts = (PupilRef(zoe), " huilde. ", PupilRef(sem), " en Sem lachten om ", PupilRef(zoe), ". Daniël keek.")
    assert note.facts == facts
    assert pupils_in(note.facts) == (zoe, sem)
    names = {known.id: known for known in register.pupils.all()}
    assert draw(note.facts, lambda ident: names[ident].pupil.initials).startswith("Z.d.V. huilde. S.v.D. en Sem")


def test_no_name_of_a_chosen_pupil_is_stored(kit: Kit) -> None:
    register = kit.open_as("marit")
    ident = register.notes.add(
        Jotting(
            facts="Noor viel.",
            words="Noor zei: au.",
            did="Noor Yılmaz geholpen.",
            pupils=((kit.ids["Noor Yılmaz"], VICTIM),),
        )
    )
    content = (register.vault.read(("notes", ident)) or b"").decode()
    assert "Noor" not in content and "Yılmaz" not in content


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Sem", "<1>"),
        ("@Sem", "<1>"),
        ("Semmie", "Semmie"),
        ("sem", "<1>"),
        ("SEM", "<1>"),
        ("Sems fiets, sem's fiets", "<1>s fiets, <1>'s fiets"),
        ("SEM VAN DIJK", "<1>"),
        ("Zoë-Sem", "<6>-<1>"),
        ("Sem van Dijk, Sem", "<1>, <1>"),
        ("mail sem@Sem.nl", "mail <1>@<1>.nl"),
        ("zoe", "<6>"),
        ("een roos", "een roos"),
        ("Roos", "<7>"),
        ("Tim en Tim", "Tim en Tim"),
        ("a.b", "<4>"),
        ("axb", "axb"),
        ("", ""),
        (" \n ", ""),
        ("\x1bSem", "<1>"),
        ("S\u202eem", "<1>"),
    ],
)
def test_what_counts_as_a_name(typed: str, drawn: str) -> None:
    names = [("Sem", "1"), ("Sem van Dijk", "1"), ("Tim", "2"), ("Tim", "3"), ("a.b", "4"), ("", "5")]
    names += [("Zoë", "6"), ("Roos", "7")]
    assert plain(link(typed, names)) == drawn


def test_what_stands_for_a_name_begins_a_sentence() -> None:
    ref = PupilRef("1")
    text: Text = (ref, " duwde ", ref, ". ", ref, " en ", ref, " vielen.\n", ref, "!")
    drawn = draw(text, lambda _: "een ander")
    assert drawn == "Een ander duwde een ander. Een ander en een ander vielen.\nEen ander!"
    assert draw((ref, " ", ref), lambda _: "v.d.B.") == "V.d.B. v.d.B."


@given(st.text(max_size=60) | st.lists(st.sampled_from(["Sem", "Zoë", " ", "@", ".", "x", "\x1b"])).map("".join))
def test_a_linked_text_reads_as_it_was_typed(typed: str) -> None:
    names = {"Sem": "1", "Zoë": "2"}
    text = link(typed, names.items())
    drawn = draw(text, lambda ident: next(name for name, number in names.items() if number == ident))
    assert drawn.replace("@", "") == clean_text(typed).strip().replace("@", "")


def test_who_a_typed_text_names(kit: Kit) -> None:
    register = kit.open_as("marit")
    pupils, mine = register.pupils.all(), register.pupils.my_groups()

    names = {ident: name for name, ident in kit.ids.items()}

    def named(typed: str) -> list[str]:
        return [names[ident] for ident in recognise(typed, pupils, mine)]

    assert named("Zoë en Noor hadden ruzie") == ["Zoë de Vries", "Noor Yılmaz"]
    assert named("Sem deed niets") == []
    assert named("Sem Jansen van groep 7 en Bram") == ["Sem Jansen"]


# --- notes: who reads them --------------------------------------------------------------------------------------------


def test_a_note_about_ones_own_pupils(kit: Kit) -> None:
    note = kit.open_as("marit").notes.add(about(kit, "Zoë stond alleen.", "Zoë de Vries"))
    assert kit.who_reads(note) == STAFF_OF_6 | LEADS


def test_a_note_about_pupils_of_two_groups(kit: Kit) -> None:
    note = kit.open_as("joost").notes.add(about(kit, "Zoë en Bram.", "Zoë de Vries", "Bram de Boer"))
    assert kit.who_reads(note) == STAFF_OF_6 | {"karim"} | LEADS


def test_a_note_about_somebody_elses_pupils(kit: Kit) -> None:
    """The playground guard reads what they wrote, and so do the pupil's teachers, who get it by public key."""
    for author in ("karim", "fenna", "hans"):
        note = kit.open_as(author).notes.add(about(kit, "Op het plein.", "Zoë de Vries"))
        assert kit.who_reads(note) == STAFF_OF_6 | {author} | LEADS


def test_a_note_about_nobody(kit: Kit) -> None:
    assert kit.who_reads(kit.open_as("marit").notes.add(Jotting("Onrustig."))) == STAFF_OF_6 | LEADS
    assert kit.who_reads(kit.open_as("fenna").notes.add(Jotting("Onrustig."))) == {"fenna"} | LEADS
    assert kit.who_reads(kit.open_as("anne").notes.add(Jotting("Voor het overleg."))) == LEADS


def test_a_pupil_who_is_only_in_the_text_does_not_widen_who_reads(kit: Kit) -> None:
    note = kit.open_as("marit").notes.add(about(kit, "Zoë zag Bram de Boer.", "Zoë de Vries"))
    assert kit.who_reads(note) == STAFF_OF_6 | LEADS


def test_a_note_in_a_case(kit: Kit) -> None:
    marit = kit.open_as("marit")
    people = {person.login: person for person in marit.vault.directory.people.values()}
    code = marit.cases.open(
        {kit.ids["Zoë de Vries"]: Strand.BULLIED}, members=[people["karim"], people["esther"], people["hans"]]
    )
    note = marit.notes.add(about(kit, "In de zaak.", "Zoë de Vries", case=code))
    assert kit.who_reads(note) == {"marit", "karim", "esther", "hans"} | LEADS
    assert note_of(kit.open_as("karim"), note).case == code
    record = marit.vault.record(("notes", note))
    assert record is not None and record.home == marit.vault.own_circle(), "it stays the author's"


def test_a_guest_writes_in_their_case_and_nowhere_else(kit: Kit) -> None:
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    people = {person.login: person for person in marit.vault.directory.people.values()}
    code = marit.cases.open({kit.ids["Zoë de Vries"]: Strand.BULLIED}, members=[people["esther"]])
    esther.refresh()
    names = esther.cases.get(code).names
    assert names == {kit.ids["Zoë de Vries"]: "Zoë de Vries"}
    note = esther.notes.add(about(kit, "Zoë de Vries vertelt.", "Zoë de Vries", case=code), names)
    assert kit.who_reads(note) == {"marit", "esther"} | LEADS
    assert note_of(esther, note).note.facts == (PupilRef(kit.ids["Zoë de Vries"]), " vertelt.")
    with pytest.raises(NotAllowed):
        esther.notes.add(Jotting("Los."))
    with pytest.raises(NotAllowed):
        esther.cases.open({})
    with pytest.raises(NotAllowed):
        kit.open_as("dirk").notes.add(Jotting("Los."))


def test_a_note_in_somebody_elses_case_is_refused(kit: Kit) -> None:
    code = open_case(kit, kit.open_as("marit"), "Zoë de Vries")
    karim = kit.open_as("karim")
    for case in (code, "Z-0000", " "):
        with pytest.raises(NotAllowed) as caught:
            karim.notes.add(Jotting("Ik doe mee.", case=case))
        assert str(caught.value) == "This case does not exist, or you may not see it."


# --- notes: what they hold --------------------------------------------------------------------------------------------


def test_a_note_is_kept_as_it_was_typed(kit: Kit) -> None:
    register = kit.open_as("marit")
    happened = kit.clock.now() - timedelta(hours=1)
    pupil = kit.ids["Noor Yılmaz"]
    ident = register.notes.add(
        Jotting(
            facts="  Regel een\r\nregel twee  ",
            words="Au!",
            did="Getroost.",
            pupils=((pupil, VICTIM), (pupil, ParticipantRole.DEFENDER)),
            place=" plein\n",
            happened=happened,
            kind=NoteKind.SIGNAL,
        )
    )
    for login in ("marit", "joost"):
        note = note_of(kit.open_as(login), ident).note
        assert (note.facts, note.words, note.did) == (("Regel een\nregel twee",), ("Au!",), ("Getroost.",))
        assert (note.place, note.kind, note.happened, note.entered) == (
            "plein", NoteKind.SIGNAL, happened, kit.clock.now(),
        )  # fmt: skip
        assert [(who.pupil, who.role) for who in note.pupils] == [(pupil, ParticipantRole.DEFENDER)]
        assert note.author == register.me and note.happened.utcoffset() is not None


@pytest.mark.parametrize("facts", ["", "  \n\t ", "\x00\x1b\u202e"])
def test_an_empty_note_is_refused(kit: Kit, facts: str) -> None:
    register, size = kit.open_as("marit"), kit.path.stat().st_size
    with pytest.raises(UsageError, match="at least one line"):
        register.notes.add(Jotting(facts=facts, words="Au!"))
    assert kit.path.stat().st_size == size


def test_a_moment_still_to_come_is_refused(kit: Kit) -> None:
    register, size = kit.open_as("marit"), kit.path.stat().st_size
    with pytest.raises(UsageError, match="still to come"):
        register.notes.add(Jotting("Straks.", happened=kit.clock.now() + timedelta(seconds=1)))
    assert kit.path.stat().st_size == size
    register.notes.add(Jotting("Nu.", happened=kit.clock.now()))


def test_notes_are_in_the_order_in_which_things_happened(kit: Kit) -> None:
    register, now = kit.open_as("marit"), kit.clock.now()
    for facts, days in (("b", 2), ("c", 1), ("a", 3)):
        register.notes.add(Jotting(facts, happened=now - timedelta(days=days)))
    kit.clock.pass_(days=-30)
    register.notes.add(Jotting("klok terug"))
    assert [plain(known.note.facts) for known in register.notes.all()] == ["klok terug", "a", "b", "c"]


HOSTILE = "\x1b]0;weg\x07rood \x1b[31m\u202eneetsmo\u202c \x00nul\x9b2J"
CLEANED = "]0;wegrood [31mneetsmo nul2J"


def test_hostile_text_is_cleaned_when_it_is_written(kit: Kit) -> None:
    register = kit.open_as("marit")
    jotting = Jotting(facts=HOSTILE, words=HOSTILE, did=HOSTILE, place=HOSTILE, pupils=((HOSTILE, VICTIM),))
    ident = register.notes.add(jotting)
    content = (register.vault.read(("notes", ident)) or b"").decode()
    assert not [bad for bad in ("\x1b", "\\u001b", "\x00", "\\u0000", "\u202e", "\x9b", "\x07") if bad in content]
    note = note_of(kit.open_as("joost"), ident).note
    assert (note.facts, note.words, note.did, note.place) == ((CLEANED,), (CLEANED,), (CLEANED,), CLEANED)


def test_hostile_text_is_cleaned_when_it_is_read(kit: Kit) -> None:
    """A colleague's own program may write what this one would not."""
    author = kit.open_as("marit")
    moment = kit.clock.now().isoformat()
    raw = {
        "author": author.me, "happened": moment, "entered": moment, "facts": [HOSTILE, {"pupil": HOSTILE}],
        "words": [HOSTILE], "place": HOSTILE, "pupils": [{"pupil": HOSTILE}], "case": HOSTILE,
    }  # fmt: skip
    everyone = author.vault.directory.the(CircleKind.STAFF).id
    with author.vault.transaction() as transaction:
        placement = Placement(author.vault.own_circle(), frozenset({everyone}))
        transaction.put(("notes", "raar"), msgspec.json.encode(raw), placement)
    note = note_of(kit.open_as("karim"), "raar").note
    assert note.facts == (CLEANED, PupilRef(CLEANED)) and note.words == (CLEANED,)
    assert note.place == note.case == note.pupils[0].pupil == CLEANED


def test_nobody_writes_in_another_persons_name(kit: Kit) -> None:
    author, other = kit.open_as("marit"), kit.open_as("karim")
    moment = kit.clock.now().isoformat()
    code = open_case(kit, author, "Zoë de Vries")
    staff = author.vault.directory.the(CircleKind.STAFF).id
    circle = author.vault.directory.labelled(CircleKind.CASE, code)
    assert circle is not None
    note = {"author": other.me, "happened": moment, "entered": moment, "facts": ["Ik was het."]}
    step = {
        "author": other.me, "case": code, "step": 1, "state": "done", "happened": "2026-11-18", "entered": moment
    }  # fmt: skip
    with author.vault.transaction() as transaction:
        home = Placement(author.vault.own_circle(), frozenset({staff}))
        transaction.put(("notes", "vals"), msgspec.json.encode(note), home)
        transaction.put(("steps", "vals"), msgspec.json.encode(step), Placement(circle.id))
    reader = kit.open_as("joost")
    assert note_of(reader, "vals").note.author == author.me
    assert reader.cases.get(code).events[0].record.author == author.me
    assert reader.cases.get(code).progress.steps[0].by == author.me


def test_names_of_people_who_are_none(kit: Kit) -> None:
    people = kit.open_as("marit").people
    for ident in ("", "x" * 16, "0" * 16, "ab", "é", HOSTILE):
        assert (people.name(ident), people.login(ident)) == ("?", "")


# --- cases ------------------------------------------------------------------------------------------------------------


def test_opening_a_case_lets_its_members_read_the_notes(kit: Kit) -> None:
    karim, marit = kit.open_as("karim"), kit.open_as("marit")
    note = karim.notes.add(about(kit, "Zoë en Noor.", "Zoë de Vries", "Noor Yılmaz"))
    other = marit.notes.add(about(kit, "Iets anders.", "Sem Bakker"))
    people = {person.login: person for person in marit.vault.directory.people.values()}
    marit.refresh()
    strands = marit.cases.strands_of([note])
    assert strands == {kit.ids["Zoë de Vries"]: Strand.BULLIED, kit.ids["Noor Yılmaz"]: Strand.ACCUSED}
    members = [*marit.cases.propose_members(strands), people["esther"]]
    code = marit.cases.open(strands, notes=[note], members=members)
    esther = kit.open_as("esther")
    assert note_ids(esther) == {note} and note_of(esther, note).case == code
    assert [known.id for known in esther.notes.of_case(code)] == [note]
    marit.cases.add_note(code, other)
    assert note_ids(kit.open_as("esther")) == {note, other}


def test_a_note_that_one_cannot_read_cannot_be_granted(kit: Kit) -> None:
    note = kit.open_as("marit").notes.add(about(kit, "Zoë.", "Zoë de Vries"))
    karim = kit.open_as("karim")
    size = kit.path.stat().st_size
    for ident in (note, "bestaat niet"):
        with pytest.raises(NotAllowed):
            karim.cases.open({kit.ids["Bram de Boer"]: Strand.BULLIED}, notes=[ident])
    assert kit.path.stat().st_size == size and karim.cases.all() == []
    code = open_case(kit, karim, "Bram de Boer")
    with pytest.raises(NotAllowed):
        karim.cases.add_note(code, note)


def test_who_is_proposed_as_a_member(kit: Kit) -> None:
    marit = kit.open_as("marit")

    def proposed(register: Register, *names: str) -> list[str]:
        return [person.login for person in register.cases.propose_members(kit.ids[name] for name in names)]

    assert proposed(marit, "Zoë de Vries") == ["marit", "joost"]
    assert proposed(marit, "Zoë de Vries", "Bram de Boer") == ["marit", "joost", "karim"]
    assert proposed(kit.open_as("anne"), "Bram de Boer") == ["anne", "karim"]
    assert [person.login for person in marit.cases.propose_members(["onbekend"])] == ["marit"]


def test_the_side_that_roles_suggest(kit: Kit) -> None:
    register = kit.open_as("marit")
    pairs = [
        ("Zoë de Vries", ParticipantRole.BYSTANDER, Strand.OTHER),
        ("Noor Yılmaz", ParticipantRole.FOLLOWER, Strand.ACCUSED),
        ("Sem Bakker", ParticipantRole.ENCOURAGER, Strand.ACCUSED),
        ("Sem van Dijk", ParticipantRole.DEFENDER, Strand.OTHER),
        ("Daniël van 't Hof", PERPETRATOR, Strand.ACCUSED),
    ]
    one = register.notes.add(Jotting("x", pupils=tuple((kit.ids[name], role) for name, role, _ in pairs)))
    assert register.cases.strands_of([one]) == {kit.ids[name]: strand for name, _, strand in pairs}
    other = register.notes.add(about(kit, "y", "Zoë de Vries"))
    assert register.cases.strands_of([one, other])[kit.ids["Zoë de Vries"]] is Strand.BULLIED
    assert register.cases.strands_of(["bestaat niet"]) == {}


def test_a_case_has_a_short_random_code(kit: Kit) -> None:
    register = kit.open_as("marit")
    codes = {open_case(kit, register, "Zoë de Vries") for _ in range(8)}
    assert len(codes) == 8
    assert all(len(code) == 6 and code.startswith("Z-") and not set(code[2:]) & set("01ILOU") for code in codes)
    for code in codes:
        assert register.cases.get(f"  {code.lower()} ").code == code


def test_an_unknown_pupil_opens_no_case(kit: Kit) -> None:
    register, size = kit.open_as("marit"), kit.path.stat().st_size
    with pytest.raises(UsageError, match="No pupil fits"):
        register.cases.open({"onbekend": Strand.BULLIED})
    assert kit.path.stat().st_size == size


def test_a_case_that_is_not_there_and_one_that_is_not_yours_are_the_same(kit: Kit) -> None:
    code = open_case(kit, kit.open_as("marit"), "Zoë de Vries")
    for login in ("karim", "hans", "esther", "dirk"):
        register = kit.open_as(login)
        assert register.cases.all() == []
        attempts: list[Callable[[str], object]] = [
            register.cases.get,
            partial(register.cases.record_step, step=1, state=StepState.DONE),
            partial(register.cases.add_note, note="x"),
        ]
        for attempt in attempts:
            said = []
            for wanted in (code, "Z-2222", "", "\x1b[31m"):
                with pytest.raises(NotAllowed) as caught:
                    attempt(wanted)
                assert caught.value.exit_code == 6
                said.append(str(caught.value))
            assert set(said) == {"This case does not exist, or you may not see it."}


def test_leads_read_every_case_without_taking_part(kit: Kit) -> None:
    code = open_case(kit, kit.open_as("marit"), "Zoë de Vries")
    known = kit.open_as("anne").cases.get(code)
    assert not known.mine and kit.open_as("joost").cases.get(code).mine
    assert {person.login for person in known.members} == {"marit", "joost"}


def test_a_case_document_counts_only_in_its_own_place(kit: Kit) -> None:
    """A member of one case cannot slip in what reads as another."""
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    code, other = open_case(kit, marit, "Zoë de Vries"), open_case(kit, karim, "Bram de Boer")
    marit.refresh()
    content = marit.vault.read(("cases", code))
    circle = marit.vault.directory.labelled(CircleKind.CASE, code)
    assert content is not None and circle is not None
    forged = content.replace(code.encode(), other.encode())
    step = {
        "case": other, "step": 1, "state": "done", "happened": "2026-11-18", "author": marit.me,
        "entered": kit.clock.now().isoformat(),
    }  # fmt: skip
    with marit.vault.transaction() as transaction:
        transaction.put(("cases", "eigen-id"), forged, Placement(circle.id))
        transaction.put(("cases", "dubbel"), content, Placement(circle.id))
        transaction.put(("steps", "vals"), msgspec.json.encode(step), Placement(circle.id))
    anne = kit.open_as("anne")
    assert sorted(known.code for known in anne.cases.all()) == sorted([code, other])
    assert anne.cases.get(other).case.pupils[0].name == "Bram de Boer"
    assert anne.cases.get(other).events == anne.cases.get(code).events == ()


# --- steps ------------------------------------------------------------------------------------------------------------


def test_steps_are_written_and_read_by_all_members(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit, "Zoë de Vries", "Noor Yılmaz")
    assert marit.cases.get(code).last == ""
    yesterday = kit.clock.now().date() - timedelta(days=1)
    first = marit.cases.record_step(code, 1, StepState.DONE, happened=yesterday, text="Zoë en Noor, bijna elke dag.")
    joost = kit.open_as("joost")
    second = joost.cases.record_step(code, 2, StepState.BUSY, text="Noor Yılmaz gehoord.")
    known = kit.open_as("anne").cases.get(code)
    assert [event.id for event in known.events] == [first, second] and known.last == second
    zoe, noor = kit.ids["Zoë de Vries"], kit.ids["Noor Yılmaz"]
    assert known.events[0].record.text == (PupilRef(zoe), " en ", PupilRef(noor), ", bijna elke dag.")
    assert known.events[1].record.text == (PupilRef(noor), " gehoord.")
    one, two = known.progress.steps[:2]
    assert (one.state, one.on, one.by) == (StepState.DONE, yesterday, marit.me)
    assert (two.state, two.by) == (StepState.BUSY, joost.me)
    assert known.progress.next_step is not None and known.progress.next_step.step.number == 2


def test_a_skipped_step_needs_a_reason(kit: Kit) -> None:
    register = kit.open_as("marit")
    code = open_case(kit, register, "Zoë de Vries")
    for reason in ("", "  ", "\x00"):
        with pytest.raises(UsageError, match="only with a reason"):
            register.cases.record_step(code, 5, StepState.SKIPPED, reason=reason)
    register.cases.record_step(code, 5, StepState.SKIPPED, reason="Speelt alleen \x1bonline.")
    step = next(view for view in register.cases.get(code).progress.steps if view.step.number == 5)
    assert (step.state, step.reason) == (StepState.SKIPPED, "Speelt alleen online.")


def test_steps_that_cannot_be(kit: Kit) -> None:
    register = kit.open_as("marit")
    code = open_case(kit, register, "Zoë de Vries")
    size = kit.path.stat().st_size
    tomorrow = kit.clock.now().date() + timedelta(days=1)
    with pytest.raises(UsageError, match="no step 99"):
        register.cases.record_step(code, 99, StepState.DONE, text="Gedaan.")
    with pytest.raises(UsageError, match="still to come"):
        register.cases.record_step(code, 1, StepState.DONE, text="Gedaan.", happened=tomorrow)
    assert kit.path.stat().st_size == size


def test_when_the_next_step_is_due(kit: Kit) -> None:
    register = kit.open_as("marit")
    code, today = open_case(kit, register, "Zoë de Vries"), kit.clock.now().date()
    known = register.cases.get(code)
    assert known.due == today + timedelta(days=2) and not known.overdue(today + timedelta(days=2))
    assert known.overdue(today + timedelta(days=3))
    kit.clock.pass_(days=1)
    register.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
    # Three days from Thursday would be a Sunday.
    assert register.cases.get(code).due == today + timedelta(days=1 + 4)
    for number in range(2, 8):
        register.cases.record_step(code, number, StepState.DONE, text="Gedaan.", happened=today - timedelta(days=7))
    assert register.cases.get(code).due == today + timedelta(days=1 + 7)
    kit.clock.pass_(days=8)
    register.cases.record_step(code, 8, StepState.BUSY)
    known = register.cases.get(code)
    assert known.progress.next_step is not None and known.progress.next_step.step.number == 8
    assert known.due == kit.clock.now().date() + timedelta(days=7), "a repeating step counts from its last entry"


def test_two_people_and_one_step(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = open_case(kit, marit, "Zoë de Vries")
    marit.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
    joost.refresh()
    seen = joost.cases.get(code).last
    marit.cases.record_step(code, 2, StepState.BUSY, text="Van mij.", based_on=seen)
    size = kit.path.stat().st_size
    with pytest.raises(Changed, match="your text is still here"):
        joost.cases.record_step(code, 2, StepState.DONE, text="Van mij ook.", based_on=seen)
    assert kit.path.stat().st_size == size
    assert [plain(event.record.text) for event in joost.cases.get(code).events] == ["Gedaan.", "Van mij."]
    joost.cases.record_step(code, 3, StepState.BUSY, based_on=seen)
    joost.cases.record_step(code, 2, StepState.DONE, text="Samen.", based_on=joost.cases.get(code).last)
    marit.refresh()
    assert [event.record.step for event in marit.cases.get(code).events] == [1, 2, 3, 2]


def test_a_form_on_a_case_without_events(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = open_case(kit, marit, "Zoë de Vries")
    marit.cases.record_step(code, 1, StepState.BUSY, based_on="")
    with pytest.raises(Changed):
        joost.cases.record_step(code, 1, StepState.DONE, text="Gedaan.", based_on="")
    with pytest.raises(Changed):
        joost.cases.record_step(code, 1, StepState.DONE, text="Gedaan.", based_on="nooit gezien")


def test_a_step_is_not_called_done_without_a_word_or_a_pupil(kit: Kit) -> None:
    register = kit.open_as("marit")
    code = open_case(kit, register, "Zoë de Vries")
    for text in ("", " \n\t ", "\x1b\u202e"):
        with pytest.raises(UsageError, match="one sentence"):
            register.cases.record_step(code, 1, StepState.DONE, text=text, present="Joost")
    register.cases.record_step(code, 1, StepState.BUSY)
    register.cases.record_step(code, 2, StepState.DONE, about=[kit.ids["Zoë de Vries"]])
    assert [event.record.step for event in register.cases.get(code).events] == [1, 2]


def test_nobody_outside_a_case_writes_in_it(kit: Kit) -> None:
    """Not through the register, not through TinyDB, not through the vault."""
    code = open_case(kit, kit.open_as("marit"), "Zoë de Vries")
    step = {
        "case": code, "step": 1, "state": "done", "happened": "2026-11-18",
        "entered": kit.clock.now().isoformat(), "author": "x",
    }  # fmt: skip
    for login in ("karim", "hans", "esther"):
        register = kit.open_as(login)
        size = kit.path.stat().st_size
        circle = register.vault.directory.labelled(CircleKind.CASE, code)
        assert circle is not None
        with pytest.raises(NotAllowed):
            register.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
        with pytest.raises(NotAllowed):
            register.db.table("steps").insert(step)
        with pytest.raises(NotAllowed), register.vault.transaction() as transaction:
            transaction.put(("steps", "x"), msgspec.json.encode(step), Placement(circle.id))
        with pytest.raises(NotAllowed), register.vault.transaction() as transaction:
            transaction.join(circle.id, register.vault.me.id)
        assert kit.path.stat().st_size == size
    assert kit.open_as("marit").cases.get(code).events == ()


def test_steps_are_found_by_tinydb_queries(kit: Kit) -> None:
    register = kit.open_as("marit")
    code = open_case(kit, register, "Zoë de Vries")
    register.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
    assert register.db.table("steps").count((where("case") == code) & (where("state") == "done")) == 1
    assert kit.open_as("karim").db.table("steps").all() == []


# --- what was seen ----------------------------------------------------------------------------------------------------


def test_what_somebody_has_seen(kit: Kit) -> None:
    register, now = kit.open_as("marit"), kit.clock.now()
    assert register.seen(LOOSE) == now - timedelta(days=14)
    register.mark_seen(now, LOOSE)
    register.mark_seen(now - timedelta(days=1), "Z-AAAA")
    size = kit.path.stat().st_size
    register.mark_seen(now - timedelta(days=3), LOOSE)
    assert kit.path.stat().st_size == size
    again = kit.open_as("marit")
    assert (again.seen(LOOSE), again.seen("Z-AAAA")) == (now, now - timedelta(days=1))
    assert kit.open_as("joost").seen(LOOSE) == now - timedelta(days=14)
    assert kit.open_as("anne").db.table("settings").all() == []


def test_two_sessions_of_one_person_forget_nothing(kit: Kit) -> None:
    one, other, now = kit.open_as("marit"), kit.open_as("marit"), kit.clock.now()
    one.mark_seen(now, "Z-AAAA")
    other.mark_seen(now, "Z-BBBB")
    other.mark_seen(now - timedelta(days=1), "Z-AAAA")
    assert other.seen("Z-AAAA") == kit.open_as("marit").seen("Z-BBBB") == now


def test_outsiders_have_settings_of_their_own(kit: Kit) -> None:
    for login in ("esther", "dirk"):
        register = kit.open_as(login)
        register.mark_seen(kit.clock.now(), LOOSE)
        assert kit.open_as(login).seen(LOOSE) == kit.clock.now()


# --- people and the school --------------------------------------------------------------------------------------------


def test_the_people_and_their_groups(kit: Kit) -> None:
    found = {known.person.login: known for known in kit.open_as("karim").people.all()}
    assert set(found) == set(PEOPLE)
    for login, (name, roles, groups) in PEOPLE.items():
        assert (found[login].person.name, found[login].person.roles, found[login].groups) == (name, roles, groups)
        assert found[login].waiting == 0
    assert short_name("Joost van der Laan") == "J. van der Laan" and short_name("Anne") == "Anne"


def test_invitations_that_do_not_fit(kit: Kit) -> None:
    people = kit.open_as("anne").people
    size = kit.path.stat().st_size
    for login, name, roles, groups in (
        ("nieuw", "Nieuw", (), ()),
        ("nieuw", "Nieuw", (Role.RECOVERY,), ()),
        ("nieuw", "Nieuw", (Role.TEACHER,), ("groep 99",)),
        ("MARIT", "Tweede Marit", (Role.TEACHER,), ()),
        (" \x00", "Nieuw", (Role.TEACHER,), ()),
    ):
        with pytest.raises(UsageError):
            people.invite(login, name, roles, groups, cost=FLOOR)
    with pytest.raises(NotAllowed):
        kit.open_as("marit").people.invite("nieuw", "Nieuw", (Role.TEACHER,), cost=FLOOR)
    assert kit.path.stat().st_size == size


def test_a_school_needs_names_and_leaves_nothing_behind(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "nieuw.pest"
    for name, login, person in (("\x1b", "a", "b"), ("School", " ", "b"), ("School", "a", "\x00")):
        with pytest.raises(UsageError):
            founder = Founder(login, person, "lang genoeg hoor")
            create_school(str(path), name, founder, machine=kit.machine, cost=FLOOR)
    assert not path.exists()


def test_a_wrong_passphrase_and_a_wrong_login_are_the_same(kit: Kit) -> None:
    said = set()
    for login, passphrase in (("marit", "verkeerde zin hier"), ("niemand", passphrase_of("marit")), ("", "")):
        with pytest.raises(NoEntry) as caught:
            open_school(str(kit.path), login, passphrase, machine=kit.machine)
        said.add(str(caught.value))
    assert len(said) == 1
    open_school(str(kit.path), "MARIT", passphrase_of("marit"), machine=kit.machine).close()


def test_a_closed_session_gives_nothing_away(kit: Kit) -> None:
    register = kit.open_as("marit")
    register.notes.add(about(kit, "Zoë.", "Zoë de Vries"))
    register.close()
    assert register.notes.all() == [] and register.pupils.all() == []
    with pytest.raises(VaultError):
        register.notes.add(Jotting("Nog iets."))
