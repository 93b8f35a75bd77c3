"""The text for ParnasSys: what is in it, in the school's own template, and that no other pupil ever is."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.errors import Changed, NotAllowed, UsageError
from data.exchange.masking import Mask, forms_of_name
from data.exchange.parnassys import Entry, Writer, builtin, of_note
from data.exchange.template import FIELDS, MOST, check_template, filled
from data.model import IncidentWhat, LogKind, LogWhat, Participant, ParticipantRole, PupilRef, Strand, Text
from data.model.school import initials
from data.register import Register
from data.words import Words
from tests.data.school_kit import PERPETRATOR, VICTIM, Kit, about, school

ZOE, DANIEL, NOOR, BRAM = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Bram de Boer"
EN = Words("en")
MOMENT = dt.datetime(2026, 11, 18, 10, 42).astimezone()


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


# --- no other pupil is in it -----------------------------------------------------------------------------------

GIVEN = ["Sem", "Zoë", "Noor", "Anne-Marie", "Daniël", "Łukasz", "Bo", "Roos", "Jan Willem", "Ömer", "İpek", "D'Angelo"]
FAMILY = ["", "de Vries", "van 't Hof", "Yılmaz", "Bakker", "de Boer-Smit", "van den Berg", "Ó Néill"]

names = st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY))
filling = st.sampled_from(
    [
        " ",
        ", ",
        ". ",
        " en ",
        "\n",
        "! ",
        " sloeg ",
        "s fiets ",
        "'s jas ",
        "\u200b ",
        "; ",
        " (",
        ") ",
        " 👩‍👩‍👧 ",
        "…",
    ]
)


def whole(name: tuple[str, str]) -> str:
    return f"{name[0]} {name[1]}".rstrip()


def forms(name: tuple[str, str]) -> list[str]:
    """Return ways in which somebody types a name."""
    full = whole(name)
    return [form for form in (full, name[0], name[1], initials(full) if name[1] else "", full.upper()) if form]


def spelled(form: str, how: int) -> str:
    """Return a name in another spelling: no accents, letters taken apart, other spaces, marks without a shape."""
    bare = "".join(c for c in unicodedata.normalize("NFD", form) if not unicodedata.combining(c))
    apart = unicodedata.normalize("NFD", form)
    return [form, bare, apart, form.replace(" ", "  "), form.replace(" ", "\n"), form.replace("e", "e\u200d")][how]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[Text]]:
    """Draw pupils (the first is the one it is for) and four texts in which they are named, as references or typed."""
    pupils = draw(st.lists(names, min_size=2, max_size=5, unique=True))
    texts = []
    for _ in range(4):
        parts: list[str | PupilRef] = []
        for _ in range(draw(st.integers(0, 5))):
            who = draw(st.integers(0, len(pupils) - 1))
            if draw(st.booleans()):
                parts.append(PupilRef(str(who)))
            else:
                parts.append(spelled(draw(st.sampled_from(forms(pupils[who]))), draw(st.integers(0, 5))))
            parts.append(draw(filling))
        texts.append(tuple(parts))
    return pupils, texts


def read(text: str) -> str:
    """Return a text as it reads; written anew here, not borrowed from what is tested."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i").replace("ł", "l")
    letters = "".join(c if c.isalpha() else " " for c in folded if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return f" {' '.join(letters.split())} "


@settings(deadline=None, max_examples=300)
@given(scene=scenes(), place=st.sampled_from(["", "plein", "Zoë", "bij Noor Bakker"]))
@example(scene=([("Sem", "Bakker"), ("Zoë", "de Vries")], [("Z.d.V. duwde.",), ("zoes tas",), (), ()]), place="")
@example(scene=([("Jan Willem", "Smit"), ("Willem", "Smit")], [("Jan Willem Smit viel",), (), (), ()]), place="")
def test_the_text_of_one_holds_no_other(scene: tuple[list[tuple[str, str]], list[Text]], place: str) -> None:
    pupils, (what, why, measures, words) = scene
    near = {str(at): (name[0], whole(name)) for at, name in enumerate(pupils)}
    everybody = tuple(Participant(pupil=ident, role=PERPETRATOR) for ident in near)
    entry = Entry(
        happened=MOMENT, author="Marit Hoekstra", pupils=everybody, what=what, why=why, measures=(measures,),
        words=words, place=place,
    )  # fmt: skip
    writer = Writer(EN, "", "0", near, far=["Noor Bakker", "Zoë de Vries"])
    text = read(writer.text(entry))
    own = read(whole(pupils[0]))
    for name in pupils[1:]:
        for form in {*forms(name), initials(whole(name))}:
            plain = read(form)
            if len(plain.strip()) < 2 or plain in own:
                continue  # a single letter; or a word of the pupil's own name, which may stand there
            assert plain not in text.replace(own, "  "), (form, text)
            assert f"{plain.rstrip()}s " not in text.replace(own, "  "), (form, text)


def test_what_it_reads_like() -> None:
    near = {"z": ("Zoë", ZOE), "d": ("Daniël", DANIEL), "n": ("Noor", NOOR)}
    entry = Entry(
        happened=MOMENT,
        author="Marit Hoekstra",
        pupils=(
            Participant(pupil="z", role=VICTIM),
            Participant(pupil="d", role=PERPETRATOR),
            Participant(pupil="n"),
        ),
        kind="fysiek",
        place="plein",
        what=(PupilRef("d"), " schopte ", PupilRef("z"), ". ", PupilRef("n"), " riep D.v.'t.H. erbij, zei daniel."),
        measures=(("Apart gezet.",), ("Gesprek met Daniël van 't Hof.",)),
        told={"z": dt.date(2026, 11, 19), "d": dt.date(2026, 11, 20)},
    )
    assert Writer(EN, "", "z", near).text(entry).splitlines() == [
        "Wed 18 Nov 2026 10:42 plein",
        "Kind: fysiek",
        "Role: victim",
        "What: Another pupil schopte Zoë. Another pupil riep another pupil erbij, zei another pupil.",
        "Also involved: another pupil (perpetrator), another pupil",
        "What was done: Apart gezet.",
        "Gesprek met another pupil.",
        "Parents told: Thu 19 Nov 2026",
        "Written by: Marit Hoekstra",
    ]
    assert "20 Nov" in Writer(EN, "", "d", near).text(entry) and "Zoë" not in Writer(EN, "", "d", near).text(entry)


def test_a_colleague_with_a_childs_name_keeps_it() -> None:
    entry = Entry(happened=MOMENT, author="Noor Bakker", what=("Noor viel.",))
    near = {"z": ("Zoë", ZOE), "n": ("Noor", NOOR)}
    text = Writer(EN, "{wat} / {door}", "z", near, staff=["Noor Bakker"]).text(entry)
    assert text == "Another pupil viel. / Noor Bakker"


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("S.B. duwde.", "X duwde."),
        ("Dat was S.B.", "Dat was X."),
        ("Dat was S.B. Daarna niets.", "Dat was X. Daarna niets."),
        ("Sem Bakker. Daarna", "X. Daarna"),
        ("sembakker", "sembakker"),
        ("SEM", "X"),
        ("Sems fiets", "Xs fiets"),
        ("Sem's fiets", "X's fiets"),
        ("Se\u0301m", "X"),
        ("", ""),
        ("groep 5 s, b", "groep 5 X"),
    ],
)
def test_masking(typed: str, drawn: str) -> None:
    assert Mask(forms_of_name("Sem", "Sem Bakker"), "Zoë", "X")(typed) == drawn
    assert Mask([], "Zoë", "X")(typed) == typed


def test_the_childs_words_only_where_it_is_clear_whose_they_are(kit: Kit) -> None:
    marit = kit.open_as("marit")
    alone = marit.notes.add(replace(about(kit, "Viel.", ZOE), words="Ik gleed uit."))
    both = marit.notes.add(replace(about(kit, "Viel.", ZOE, DANIEL), words="Hij duwde."))
    found = [marit.notes.get(ident) for ident in (alone, both)]
    assert [bool(of_note(known.note, "M").words) for known in found if known] == [True, False]


# --- the school's template ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template", ["{wat", "wat}", "{{wat}}", "{ wat } en {datum}", builtin(EN), builtin(Words("nl")), ""]
)
def test_templates_that_can_be_used(template: str) -> None:
    if template in ("{wat", "wat}"):
        with pytest.raises(UsageError, match="at least one"):
            check_template(template, FIELDS)
    else:
        assert check_template(template, FIELDS) == template


@pytest.mark.parametrize("template", ["{naam} {bsn}", "{0}", "{}", "{wat.__class__}", "{wat!r}", "{wat:>99999999}"])
def test_an_unknown_word_is_refused_with_those_that_exist(template: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_template(template, FIELDS)
    assert all("{" + word + "}" in str(refused.value) for word in FIELDS)


def test_a_long_template_is_refused() -> None:
    with pytest.raises(UsageError, match="too long"):
        check_template("{wat}" * MOST, FIELDS)


@given(st.text(), st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_what_a_value_holds_is_never_looked_at_again(template: str, values: dict[str, str]) -> None:
    """Filling never fails, and a value with braces in it stays as it was typed."""
    filled(template, values)
    assert filled("a {wat} b", {"wat": "{naam} {0} %s $x \\1", "naam": "geheim"}) == "a {naam} {0} %s $x \\1 b"


def test_lines_that_say_nothing_are_left_out() -> None:
    assert filled("Wie: {naam}\nVast\n\nWaar: {waar}, {wat}", {"naam": "", "wat": "x"}) == "Vast\n\nWaar: , x".replace(
        "Waar: ,", "Waar: {waar},"
    )
    assert filled("{naam}", {"naam": ""}) == ""


def test_a_steward_writes_it_and_nobody_else(kit: Kit) -> None:
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    based_on = anne.house.now().revision
    with pytest.raises(NotAllowed):
        marit.house.change_notes(parnassys="{wat}", report_duty=True, based_on=based_on)
    with pytest.raises(UsageError, match="bsn"):
        anne.house.change_notes(parnassys="{bsn}", report_duty=True, based_on=based_on)
    anne.house.change_notes(parnassys="{wat}\n", report_duty=True, based_on=based_on)
    with pytest.raises(Changed):
        anne.house.change_notes(parnassys="", report_duty=False, based_on=based_on)
    marit.refresh()
    assert (marit.school().parnassys, marit.school().report_duty) == ("{wat}", True)
    ident = incident(kit, marit)
    assert text(marit, ident, kit.ids[ZOE]) == "Another pupil schopte Zoë.\n"


# --- of what is in the file --------------------------------------------------------------------------------------


def incident(kit: Kit, by: Register, facts: str = "Daniël schopte Zoë.") -> str:
    note = by.notes.add(about(kit, facts, ZOE, DANIEL))
    return by.incidents.decide(replace(by.incidents.begin([note]), behaviour="fysiek"))


def text(register: Register, ident: str, pupil: str) -> str:
    return register.parnassys.text(EN, [register.parnassys.source(ident)], pupil)


def test_names_typed_plainly_are_hidden_too(kit: Kit) -> None:
    """Sem is two of the group, so it stayed text; Lotte is in another group, Kim nobody who is known here."""
    marit = kit.open_as("marit")
    ident = incident(kit, marit, "Sem zag het, Lotte en Kim niet. Noor liep weg.")
    made = text(marit, ident, kit.ids[ZOE])
    assert "Another pupil zag het, Lotte en Kim niet. Another pupil liep weg." in made
    assert made.endswith("Written by: Marit Hoekstra\n")
    other = incident(kit, marit, "Bram de Boer zag het, lotte ook.")
    assert "What: Another pupil zag het, another pupil ook." in text(marit, other, kit.ids[ZOE])


def test_somebody_who_left_school_is_hidden_as_well(kit: Kit) -> None:
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    ident = incident(kit, marit)
    document = dict(anne.db.table("pupils").get(doc_id=kit.ids[DANIEL])) | {"left_on": "2026-11-17"}  # type: ignore[call-overload]
    anne.db.table("pupils").replace(document, kit.ids[DANIEL])
    marit.refresh()
    begun = marit.incidents.begin_correction(ident)
    again = marit.incidents.decide(replace(begun, why="Daniël was boos."), corrects=ident)
    assert not {"Dani", "Hof"} & set(text(marit, again, kit.ids[ZOE]).split())
    assert "Why: Another pupil was boos." in text(marit, again, kit.ids[ZOE])


def test_a_later_measure_about_another_is_left_out(kit: Kit) -> None:
    marit = kit.open_as("marit")
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    ident = incident(kit, marit)
    marit.incidents.add(ident, IncidentWhat.MEASURE, "Blijft binnen.", about=[daniel])
    marit.incidents.add(ident, IncidentWhat.MEASURE, "Kringgesprek.")
    marit.incidents.add(ident, IncidentWhat.DIRECTOR)
    assert "Kringgesprek." in text(marit, ident, zoe) and "binnen" not in text(marit, ident, zoe)
    assert "Blijft binnen.\nKringgesprek." in text(marit, ident, daniel)
    assert "Management brought in: Wed 18 Nov 2026" in text(marit, ident, zoe)


def test_sources_and_pupils(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = incident(kit, marit)
    (note,) = marit.incidents.get(ident).record.notes
    zoe, daniel, bram = (kit.ids[name] for name in (ZOE, DANIEL, BRAM))
    assert marit.parnassys.pupils(marit.parnassys.source(note)) == (zoe, daniel)
    assert text(marit, note, zoe).startswith("Wed 18 Nov 2026 09:30\n")
    with pytest.raises(UsageError, match="not about"):
        text(marit, ident, bram)
    private = marit.notes.add(replace(about(kit, "Niemand keek.", ZOE), private=True))
    for wrong in ("nergens", private):
        with pytest.raises(NotAllowed):
            marit.parnassys.source(wrong)
    marit.incidents.decide(marit.incidents.begin_correction(ident), corrects=ident)
    with pytest.raises(UsageError, match="newest"):
        marit.parnassys.source(ident)


def test_the_tick_and_what_is_not_there_yet(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    first = incident(kit, marit)
    kit.clock.pass_(hours=1)
    second = incident(kit, marit)
    assert [known.id for known in marit.parnassys.waiting(zoe)] == [first, second]
    both = marit.parnassys.waiting(zoe)
    made = marit.parnassys.text(EN, both, zoe)
    assert made.count("Kind: fysiek") == 2 and made.count("\n\n") == 1
    marit.parnassys.tick(both, zoe)
    marit.parnassys.tick(marit.incidents.all(), zoe)
    assert marit.parnassys.waiting(zoe) == [] and len(marit.parnassys.waiting(daniel)) == 2
    assert sum(len(known.events) for known in marit.incidents.all()) == 2, "no tick stands twice"
    joost.refresh()
    with pytest.raises(NotAllowed):
        joost.parnassys.untick(joost.incidents.all(), zoe)
    marit.parnassys.untick([marit.incidents.get(first)], zoe)
    assert [known.id for known in marit.parnassys.waiting(zoe)] == [first]
    whole_tick = marit.incidents.add(first, IncidentWhat.PARNASSYS)
    assert whole_tick and marit.incidents.get(first).unentered == ()
    marit.parnassys.untick([marit.incidents.get(first)], zoe)
    assert marit.incidents.get(first).unentered == (zoe,), "the other pupil's stays"


def test_what_leaves_the_file_stands_in_the_log(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})
    note = marit.notes.add(about(kit, "Duwde.", ZOE, DANIEL, case=code))
    sources = [marit.parnassys.source(note), marit.parnassys.source(incident(kit, marit))]
    marit.parnassys.took(sources)
    lines = [line for line in marit.log.all() if line.kind is LogKind.EXPORTED]
    assert [(line.what, line.case) for line in lines] == [(LogWhat.PARNASSYS, ""), (LogWhat.PARNASSYS, code)]


def test_roles_are_words() -> None:
    everybody = tuple(Participant(pupil=str(at), role=role) for at, role in enumerate(ParticipantRole))
    entry = Entry(happened=MOMENT, author="M", pupils=everybody)
    near = {str(at): (f"Naam{at}", f"Naam{at}") for at in range(len(ParticipantRole))}
    made = Writer(Words("nl"), "{rol}: {anderen}", "0", near).text(entry)
    assert made.startswith("slachtoffer: een andere leerling (dader)")
