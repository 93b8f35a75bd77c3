"""EDEXML: what is taken, what is dropped and told by name alone, and what is refused with its line."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from data.exchange.edexml import DEEPEST, parse_edexml
from data.exchange.roll import MOST_PUPILS, NotTaken, Roll, RollGroup, RollPupil, RollTeacher
from data.exchange.upload import parse

from .roll_kit import SAMPLE, UWLR, rolls, to_xml

HEAD = """<EDEX>
<school><schooljaar>2026-2027</schooljaar></school>
<groepen><groep key='g'><naam>6</naam></groep></groepen>
"""
"""Three lines; pupils begin on the fourth."""

GROUP_2 = "<groep key='h'><naam>6</naam></groep>"

A, B = "<leerling key='1'><roepnaam>A</roepnaam></leerling>", "<leerling key='1'><roepnaam>B</roepnaam></leerling>"


def edex(pupils: str, groups: str = "", teachers: str = "") -> bytes:
    inside = f"<leerlingen>\n{pupils}\n</leerlingen><leerkrachten>{teachers}</leerkrachten></EDEX>"
    return (HEAD.replace("</groepen>", f"{groups}</groepen>") + inside).encode()


def one(fields: str, attributes: str = "key='1'") -> RollPupil:
    return parse_edexml(edex(f"<leerling {attributes}>{fields}</leerling>"), "x").pupils[0]


def refused(data: bytes) -> str:
    with pytest.raises(NotTaken) as caught:
        parse(data, "EDEX.XML")
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_published_example() -> None:
    roll = parse(SAMPLE.read_bytes(), "EDEX.XML")
    assert roll.year == "2014-2015"
    assert [(group.key, group.name, group.year_groups) for group in roll.groups] == [
        ("001", "Kabouters", ()),
        ("002", "Muizen", (1,)),
        ("003", "Vlinders", (1,)),
        ("GRP4A", "4A", (4,)),
        ("GRP4B", "4B", (4,)),
    ]
    assert [(pupil.name, pupil.group, pupil.year_group, pupil.leaving) for pupil in roll.pupils] == [
        ("Wimpie imp ie", "GRP4B", 4, False),
        ("Ismaël Assati", "", 4, False),
        ("Gradje van 't Hof", "", 0, True),
    ]
    assert roll.pupils[2].left_on == date(2014, 7, 18)
    assert roll.teachers == (
        RollTeacher("Julia van Bemmel", ("GRP4A",)),
        RollTeacher("Uilke Veldman", ("002", "001")),
        RollTeacher("Lia de Bruin", ("GRP4A",)),
    ), "two on 4A: a duo; a role is not taken"
    assert {"bsn", "geboortedatum", "geslacht", "land", "land_vader", "land_moeder", "gewicht_nieuw"} < set(
        roll.dropped
    )
    assert {"postcodenl", "toevoegingen", "rol", "rolomschrijving", "leerkracht@eckid"} < set(roll.dropped)
    told = " ".join(roll.dropped)
    for value in ("133456785", "6971VB", "Opmerking", "2006", "Geert", "TAL"):
        assert value not in told


@settings(max_examples=60, deadline=None)
@given(rolls())
def test_what_is_written_is_read_again(roll: Roll) -> None:
    for data in (to_xml(roll), to_xml(roll, uwlr=True)):
        assert replace(parse(data, "x"), dropped=()) == roll


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("<roepnaam>Zoë</roepnaam><voornamen>Zoë Maria</voornamen><achternaam>Vries</achternaam>", "Zoë Vries"),
        ("<voornamen> Ismaël Hassan </voornamen><achternaam>A</achternaam>", "Ismaël A"),
        ("<voorletters-1>IH</voorletters-1><achternaam>A</achternaam>", "IH A"),
        ("<achternaam>Hof</achternaam><voorvoegsel>van 't</voorvoegsel><roepnaam>Gé</roepnaam>", "Gé van 't Hof"),
        ("<achternaam>Hof</achternaam>", "Hof"),
        ("<roepnaam>Sem</roepnaam>", "Sem"),
        ("<roepnaam>[b]Sem[/b] &lt;i&gt;</roepnaam>", "[b]Sem[/b] <i>"),
        ("<roepnaam>Se\u202em\u2066</roepnaam>", "Sem"),
        ("<roepnaam>S<!-- e -->e<?php?>m</roepnaam>", "Sem"),
        ("<roepnaam>" + "S" * 100_000 + "</roepnaam>", "S" * 80),
    ],
)
def test_names(fields: str, name: str) -> None:
    assert one(fields).name == name


def test_keys_and_dummies() -> None:
    pupil = one("<roepnaam>Sem</roepnaam>", "key='#12' eckid='https://ketenid.nl/1' bsn='9'")
    assert (pupil.key, pupil.eckid) == ("", "https://ketenid.nl/1")
    roll = parse_edexml(
        edex(
            "<leerling key='#1'><roepnaam>A</roepnaam><groep key='#7'/></leerling>",
            "<groep key='#7'><naam>7</naam></groep>",
        ),
        "x",
    )
    assert roll.groups[1] == RollGroup("#7", "7", "")
    assert roll.pupils[0].group == "#7", "a dummy still ties the file together"


def test_who_has_left() -> None:
    assert one("<roepnaam>A</roepnaam><jaargroep>H</jaargroep><groep key='weg'/>").left
    leaving = one("<roepnaam>A</roepnaam><uitstroomdatum>2027-07-31+02:00</uitstroomdatum>".replace("+02:00", ""))
    assert (leaving.left, leaving.left_on) == (False, date(2027, 7, 31))


def test_combinations() -> None:
    groups = "<groep key='c'><naam>3/4</naam><jaargroep>C</jaargroep></groep>"
    for key, name in (("s", "Plus"), ("t", "Koor")):
        groups += f"<samengestelde_groep key='{key}'><naam>{name}</naam></samengestelde_groep>"
    pupil = "<leerling key='{}'><roepnaam>A</roepnaam><jaargroep>{}</jaargroep>{}</leerling>"
    combined = "<samengestelde_groepen><samengestelde_groep key='t'/></samengestelde_groepen>"
    roll = parse_edexml(
        edex(
            pupil.format(1, 3, "<groep key='c'/>" + combined)
            + pupil.format(2, 4, "<groep key='c'/>")
            + pupil.format(3, 5, combined.replace("'t'", "'s'"))
            + pupil.format(4, 11, "<groep key='g'/>"),
            groups,
        ),
        "x",
    )
    assert {group.name: group.year_groups for group in roll.groups} == {"6": (), "3/4": (3, 4), "Plus": (5,)}
    assert [pupil.group for pupil in roll.pupils] == ["c", "c", "s", "g"]
    assert roll.pupils[3].year_group == 0, "a year of secondary school is none here"
    assert "samengestelde_groep" in roll.dropped


def test_other_vocabularies_are_left_out_whole() -> None:
    data = to_xml(parse_edexml(edex("<leerling key='1'><roepnaam>A</roepnaam></leerling>"), "x"), uwlr=True).decode()
    odd = "<x:leerling xmlns:x='urn:x' key='2'><roepnaam>Weg</roepnaam></x:leerling><blok><leerling key='3'/></blok>"
    roll = parse(data.replace("<leerlingen>", f"<leerlingen>{odd}").encode(), "x")
    assert [pupil.given for pupil in roll.pupils] == ["A"]
    assert "blok" in roll.dropped
    assert UWLR not in " ".join(roll.dropped)


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"<!DOCTYPE EDEX>\n<EDEX/>", 1, "document type"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE EDEX SYSTEM 'file:///etc/passwd'>\n<EDEX/>", 2, "document type"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;'>]>\n<EDEX>&d;</EDEX>", 1, "document type"),
        (b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://example.org/x'> %x;]><EDEX/>", 1, "document type"),
        (b"<EDEX>&lol;</EDEX>", 1, "undefined entity"),
        (b"<EDEX>\n\n<school></EDEX>", 3, "mismatched tag"),
        (b"<EDEX>\n<school/>\n", 3, "no element found"),
        (b"<?xml version='1.0' encoding='UTF-8'?>\n<EDEX>\n<naam>Zo\xeb</naam></EDEX>", 3, "encoding"),
        (b"<?xml version='1.0' encoding='klingon'?><EDEX/>", 1, "encoding"),
        (b"<?xml version='1.0' encoding='shift_jis'?><EDEX/>", 1, "encoding"),
        (b"<EDEX>\n\x1b[2J</EDEX>", 2, "not well-formed"),
        (b"<html/>", 1, "no EDEXML"),
        (b"<a>" * (DEEPEST + 1), 1, "deeply"),
        (HEAD.replace("2026-2027", "2026-2028").encode(), 2, "school year"),
        (edex("<leerling><roepnaam>A</roepnaam></leerling>"), 5, "key is missing"),
        (edex("<leerling key='1'/>"), 5, "name is missing"),
        (edex("<leerling key='1'><roepnaam>=HYPERLINK(1)</roepnaam></leerling>"), 5, "formula"),
        (edex("<leerling key='1'><roepnaam>A</roepnaam>\n<groep key='weg'/></leerling>"), 5, "not in the file"),
        (edex("<leerling key='1'><roepnaam>A</roepnaam><uitstroomdatum>ooit</uitstroomdatum></leerling>"), 5, "date"),
        (edex(f"{A}\n{B}"), 6, "line 5"),
        (edex(A.replace("'1'", "'1' eckid='e'") + B.replace("'1'", "'2' eckid='e'")), 5, "ECK iD"),
        (edex(A, GROUP_2), 3, "two groups"),
        (edex(A, "<groep><naam>7</naam></groep>"), 3, "key is missing"),
        (edex(A, "<groep key='h'/>"), 3, "name is missing"),
        (edex(f"<leerling key='{'k' * 257}'><roepnaam>A</roepnaam></leerling>"), 5, "256"),
    ],
)  # fmt: skip
def test_refused_with_its_line(data: bytes, line: int, reason: str) -> None:
    said = refused(data)
    assert said.startswith(f"EDEX.XML, line {line}: ")
    assert reason in said


def test_nobody_in_it() -> None:
    assert "no pupils" in refused(edex(""))


def test_other_encodings_that_the_file_names() -> None:
    text = edex("<leerling key='1'><roepnaam>Zoë</roepnaam></leerling>").decode()
    for encoding in ("utf-16", "iso-8859-1", "windows-1252"):
        data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert parse(data, "x").pupils[0].given == "Zoë"
    assert parse(b"\xef\xbb\xbf" + text.encode(), "x").pupils[0].given == "Zoë"


def test_a_large_school_and_one_that_is_none() -> None:
    pupil = "<leerling key='{0}'><roepnaam>K{0}</roepnaam><bsn>1</bsn><groep key='g'/></leerling>"
    begun = time.monotonic()
    assert len(parse_edexml(edex("\n".join(map(pupil.format, range(5_000)))), "x").pupils) == 5_000
    assert time.monotonic() - begun < 20
    assert "no school's list" in refused(edex("".join(map(pupil.format, range(MOST_PUPILS + 1)))))
