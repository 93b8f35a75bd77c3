"""Lists of pupils as tables: headers in two languages, what spreadsheets write, and what is refused with its line."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from data.exchange.roll import NotTaken, Roll, RollGroup
from data.exchange.upload import parse

from .roll_kit import from_rows, rolls, table, to_table


def refused(data: bytes) -> str:
    with pytest.raises(NotTaken) as caught:
        parse(data, "klas.csv")
    return str(caught.value)


@settings(max_examples=60, deadline=None)
@given(rolls())
def test_what_is_written_is_read_again(roll: Roll) -> None:
    used = {pupil.group for pupil in roll.pupils}
    found = parse(to_table(roll), "x")
    assert [group.name for group in found.groups] == list(
        dict.fromkeys(next(g.name for g in roll.groups if g.ref == p.group) for p in roll.pupils if p.group)
    )
    names = {group.ref: group.name for group in found.groups}
    expected = {group.ref: group.name for group in roll.groups if group.ref in used}
    assert [replace(p, group=names.get(p.group, "")) for p in found.pupils] == [
        replace(p, group=expected.get(p.group, "")) for p in roll.pupils
    ]


@pytest.mark.parametrize(
    "data",
    [
        "groep;roepnaam;tussenvoegsel;achternaam\ngroep 6;Zoë;van 't;Hof\n".encode(),
        "\ufeffGroep;Voornaam;Voorvoegsel;Achternaam\r\ngroep 6;Zoë;van 't;Hof\r\n".encode(),
        'Group,First name,Prefix,Last name\n"groep 6","Zoë","van \'t","Hof"\n'.encode(),
        "KLAS\tVoornamen\tTussenvoegsels\tAchternaam\ngroep 6\tZoë Maria\tvan 't\tHof\n".encode("cp1252"),
        'stamgroep;naam\ngroep 6;"van \'t Hof, Zoë"\n'.encode("utf-16"),
        "name;class\n Zoë  van 't Hof ;groep 6\n;\n\n".encode(),
        "naam;groep\nZo\x1be\u0308\u202e van 't Hof;groep 6;;\n".encode(),
    ],
)
def test_as_people_and_spreadsheets_write_it(data: bytes) -> None:
    roll = parse(data, "klas.csv")
    assert [pupil.name for pupil in roll.pupils] == ["Zoë van 't Hof"]
    assert roll.groups == (RollGroup("groep 6", "groep 6"),)
    assert roll.year == ""


def test_all_that_is_taken() -> None:
    roll = from_rows(
        "3/4;Sem;;Bakker;1;3;;2026-2027",
        "3/4;Noor;;Yılmaz;#2;4;31-7-2027;",
        "3/4;Bram;de;Boer;3;H;;",
        ";Mia;;;4;;;2026/2027",
    )
    assert (roll.year, roll.groups) == ("2026-2027", (RollGroup("3/4", "3/4", "", (3,)),))
    assert [(p.key, p.year_group, p.left, p.left_on, p.group) for p in roll.pupils] == [
        ("1", 3, False, None, "3/4"),
        ("", 4, False, date(2027, 7, 31), "3/4"),
        ("3", 0, True, None, "3/4"),
        ("4", 0, False, None, ""),
    ]
    assert from_rows("6;Sem;9", header="groep;naam;BSN").dropped == ("BSN",)


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "header"),
        (b"Sem;van Dijk;groep 6\n", 1, "header"),
        (b"groep\n6\n", 1, "header"),
        (b"naam\nSem\n", 1, "header"),
        (b"groep;naam;Name\n6;Sem;Sem\n", 1, "two columns"),
        (table("6;=cmd|' /C calc'!A0;;X;1;;;"), 2, "formula"),
        (table("6;Sem;;+31;1;;;"), 2, "formula"),
        (table("@SUM(A1);Sem;;X;1;;;"), 2, "formula"),
        (table("6;Sem;;X;1;;;", "6;;;;2;;;"), 3, "name is missing"),
        (table("6;Sem;;X;1;;;", "", "6;Mia;;Y;1;;;"), 4, "line 2"),
        (table("6;Sem;;X;;;;", "6;sem;;x;;;;"), 3, "line 2"),
        (table("6;Sem;;X;1;;;;meer"), 2, "more cells"),
        (table("6;Sem;;X;1;;volgend jaar;"), 2, "date"),
        (table("6;Sem;;X;1;;31-2-2027;"), 2, "date"),
        (table("6;Sem;;X;1;;;2026"), 2, "school year"),
        (table("6;Sem;;X;1;;;2026-2027", "6;Mia;;X;2;;;2027-2028"), 3, "another school year"),
        (table('6;"Sem;;X;1;;;'), 2, "quotation mark"),
        (table("6;" + "a" * 200_000), 2, "too long"),
        (b"groep;naam\n6;Zo\xc3\xab\n6;\xff\xfe", 3, "neither UTF-8"),
        (b"groep;naam\n6;\x81\n", 2, "neither UTF-8"),
    ],
)
def test_refused_with_its_line(data: bytes, line: int, reason: str) -> None:
    said = refused(data)
    assert said.startswith(f"klas.csv, line {line}: ")
    assert reason in said
    assert "Sem" not in said


def test_workbooks_and_empty_lists() -> None:
    assert "workbook" in refused(b"PK\x03\x04rest")
    assert "no pupils" in refused(table())
    assert "header" in refused(b"\0" * 1000)
