"""The school year in the file: who makes and reads it, what is put down, and points that go on until they are done."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data.errors import NotAllowed, UsageError
from data.insight.figures import Basis
from data.insight.suppress import Part
from data.model import Analysis, DecisionKind, Improvement, IncidentWhat, NationalKind, Note, Strand
from data.protocol import StepState
from data.register import Jotting, Register
from data.words import Words

from .school_kit import PERPETRATOR, VICTIM, Kit, school
from .year_kit import NAMES, a_year, done, incident

YEAR, LAST = "2026-2027", "2025-2026"
ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def marit(kit: Kit) -> Register:
    return kit.open_as("marit")


# --- who -----------------------------------------------------------------------------------------------------


def test_leads_count_everything_and_the_direction_the_incidents(kit: Kit, marit: Register) -> None:
    a_year(kit, marit)
    anne, hans = kit.open_as("anne"), kit.open_as("hans")
    for register, basis in ((anne, Basis.ALL), (hans, Basis.DIRECTION)):
        found = register.year.figures(YEAR)
        assert found.basis is basis
        assert found.table("place").total == 12
        assert (found.table("place").count("plein"), found.table("place").count("klas")) == (7, 5)
    assert anne.year.figures(YEAR).share("placed").whole == 12
    assert hans.year.figures(YEAR).share("placed").whole == 0


@pytest.mark.parametrize("login", ["marit", "fenna", "dirk", "esther"])
def test_nobody_else_reads_or_writes_any_of_it(kit: Kit, login: str) -> None:
    year = kit.open_as(login).year
    assert not year.reads
    for attempt in (
        lambda: year.figures(YEAR),
        lambda: year.put_down(YEAR),
        year.stored,
        year.points,
        lambda: year.add_point("Beter.", "", None),
        lambda: year.about_point("x", "Beter."),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_teacher_who_writes_it_with_a_program_of_their_own_is_not_read(kit: Kit, marit: Register) -> None:
    now = marit.now()
    point = Improvement(author=marit.me, entered=now, year=YEAR, text="Van mij")
    with pytest.raises(NotAllowed):
        marit.db.table("improvements").insert(msgspec.to_builtins(point))
    assert kit.open_as("anne").year.points() == []


# --- what is counted -----------------------------------------------------------------------------------------


def test_what_was_corrected_counts_once_and_only_by_its_author(kit: Kit, marit: Register) -> None:
    a_year(kit, marit)
    first = incident(kit, marit, (ZOE, DANIEL), kind="fysiek")
    incident(kit, marit, (ZOE, DANIEL), kind="verbaal", corrects=first)
    joost = kit.open_as("joost")
    incident(kit, joost, (NOOR, DANIEL), kind="verbaal", corrects=first)
    found = kit.open_as("anne").year.figures(YEAR)
    assert found.table("kind").total == 14, "another's correction is an incident of its own"
    assert (found.table("kind").count("fysiek"), found.table("kind").count("verbaal")) == (7, 7)


def test_a_place_that_is_not_in_the_list_is_not_named(kit: Kit, marit: Register) -> None:
    a_year(kit, marit)
    for at in range(6):
        incident(kit, marit, (NAMES[at], NAMES[at + 1]), place="bij Zoë thuis")
    incident(kit, marit, (ZOE, NOOR), place="PLEIN")
    found = kit.open_as("anne").year.figures(YEAR)
    assert found.table("place").count("elsewhere") == 6
    assert found.table("place").count("plein") == 8
    assert "Zoë" not in msgspec.json.encode(found).decode()


def test_national_kinds_and_what_was_done(kit: Kit, marit: Register) -> None:
    made = []
    for at in range(12):
        pair = (NAMES[at % 8], NAMES[(at + 1) % 8])
        national = NationalKind.THREAT if at < 6 else None
        made.append(incident(kit, marit, pair, national=national, whole=at < 5))
        if at < 6:
            done(kit, marit, made[-1], IncidentWhat.PARENTS, pair[0])
        if at < 5:
            done(kit, marit, made[-1], IncidentWhat.PARENTS, pair[1])
        if at >= 7:
            done(kit, marit, made[-1], IncidentWhat.PARNASSYS)
    found = kit.open_as("anne").year.figures(YEAR)
    assert (found.table("national").count("threat"), found.table("national").count("none")) == (6, 6)
    assert [found.share(ident).count for ident in ("whole", "parents-told", "in-parnassys")] == [5, 5, 5]
    assert {found.share(ident).part for ident in ("whole", "parents-told", "in-parnassys")} == {Part.EXACT}


def test_year_groups_are_those_of_that_year(kit: Kit, marit: Register) -> None:
    a_year(kit, marit, last=True)
    karim = kit.open_as("karim")
    for at in range(5):
        pair = (("Bram de Boer", "Lotte Smit"), ("Lotte Smit", "Sem Jansen"))[at % 2]
        incident(kit, karim, pair, happened=kit.clock.now() - dt.timedelta(days=364))
    found = kit.open_as("anne").year.figures(LAST)
    assert found.table("group").total == 17
    assert found.table("group").count("5") is not None, "group 6 of now"
    assert found.table("group").count("6") is None, "five incidents about the same three pupils"


def test_notes_drafts_and_private_ones(kit: Kit, marit: Register) -> None:
    for at in range(12):
        about = ((kit.ids[NAMES[at % 8]], VICTIM), (kit.ids[NAMES[(at + 1) % 8]], PERPETRATOR))
        marit.notes.add(Jotting("Ruzie.", pupils=about, place="plein" if at < 6 else ""))
    marit.notes.add(Jotting("Voor mij.", private=True))
    now = marit.now()
    draft = Note(author=marit.me, happened=now, entered=now, facts=("Eerst",), concept=True)
    first = marit.db.table("notes").insert(msgspec.to_builtins(draft))
    whole = msgspec.structs.replace(draft, facts=("Daarna",), concept=False, replaces=str(first), place="gang")
    marit.db.table("notes").insert(msgspec.to_builtins(whole))
    found = kit.open_as("anne").year.figures(YEAR)
    assert (found.share("placed").whole, found.share("placed").count) == (13, 7)
    assert found.share("completed").part is Part.NEARLY
    assert kit.open_as("anne").notes.alone() == 0


def test_cases_with_their_days_agreements_and_approaches(kit: Kit, marit: Register) -> None:
    for at in range(5):
        hurt, did = kit.ids[NAMES[at]], kit.ids[NAMES[(at + 3) % 8]]
        start = kit.clock.now()
        note = marit.notes.add(Jotting("Gezien.", pupils=((hurt, VICTIM), (did, PERPETRATOR))))
        kit.clock.pass_(days=2)
        code = marit.cases.open({hurt: Strand.BULLIED, did: Strand.ACCUSED}, notes=[note])
        marit.cases.record_step(code, 4, StepState.BUSY, text="Gesproken.", about=(hurt,))
        kit.clock.pass_(days=3)
        marit.cases.record_step(code, 4, StepState.DONE, text="Gesproken.", about=(did,))
        marit.cases.decide(code, DecisionKind.CONSULTED, advice="Ga door.")
        marit.agreements.begin(code, "kwink", text="Les 3.")
        kit.clock.pass_(days=8)
        marit.agreements.looked(code, "kwink", safety=2, about=hurt)
        kit.clock.pass_(days=14)
        marit.agreements.looked(code, "kwink", safety=4, about=hurt)
        marit.cases.decide(code, DecisionKind.CLOSED, text="Het gaat goed.", told=(hurt, did))
        kit.clock.moment = start
    kit.clock.pass_(days=60)
    given = kit.open_as("anne").year.collect()
    case = given.cases[0]
    assert case.noted is not None and case.told is not None and case.closed is not None
    assert (case.opened - case.noted).days == 2
    assert (case.told - case.noted).days == 5
    assert (case.closed - case.opened).days == 25
    assert case.evaluated and case.consultations == 1
    assert [(one.method, one.looks, one.outcome) for one in case.approaches] == [("kwink", (8, 22), "up")]
    found = kit.open_as("anne").year.figures(YEAR)
    assert found.table("status").count("closed") == 5
    assert (found.last("to-families").median, found.last("to-close").median) == (5, 25)
    assert found.table("outcome").count("up") == 5
    assert found.table("method").count("kwink") == 5
    assert found.cross("method", "outcome") is not None


# --- put down ------------------------------------------------------------------------------------------------


def test_what_a_lead_puts_down_the_direction_reads_as_it_was(kit: Kit, marit: Register) -> None:
    a_year(kit, marit)
    anne = kit.open_as("anne")
    anne.year.put_down(YEAR, "Het plein vraagt aandacht.")
    a_year(kit, marit)
    hans = kit.open_as("hans")
    found, stored = hans.year.best(YEAR)
    assert stored is not None and stored.author == anne.me
    assert (found.basis, found.table("kind").total) == (Basis.ALL, 12)
    assert stored.remarks == "Het plein vraagt aandacht."
    anne.refresh()
    assert anne.year.best(YEAR)[0].table("kind").total == 24, "who reads everything looks at now"
    assert hans.year.best(LAST)[1] is None


def test_what_the_direction_put_down_is_not_taken_for_the_whole(kit: Kit) -> None:
    hans = kit.open_as("hans")
    hans.year.put_down(YEAR)
    assert hans.year.best(YEAR)[1] is None
    assert [one.figures.basis for one in kit.open_as("anne").year.stored(YEAR)] == [Basis.DIRECTION]


def test_figures_that_this_version_does_not_know_are_left_out(kit: Kit) -> None:
    anne = kit.open_as("anne")
    anne.year.put_down(YEAR)
    for figures in ({}, {"year": YEAR, "tables": 3}, msgspec.to_builtins(anne.year.figures(LAST))):
        record = Analysis(author=anne.me, entered=anne.now(), year=YEAR, figures=figures)
        anne.db.table("analyses").insert(msgspec.to_builtins(record))
    assert len(anne.year.stored()) == 1


def test_nobody_is_named_in_what_is_put_down(kit: Kit, marit: Register) -> None:
    a_year(kit, marit)
    anne = kit.open_as("anne")
    with pytest.raises(UsageError, match="named"):
        anne.year.put_down(YEAR, f"Vooral {ZOE} had het moeilijk.")
    with pytest.raises(UsageError, match="At most"):
        anne.year.put_down(YEAR, "x" * 2001)
    with pytest.raises(UsageError):
        anne.year.put_down("2026")
    assert anne.year.stored() == []
    anne.year.put_down(YEAR)
    raw = b"".join(anne.vault.read(("analyses", ident)) or b"" for ident in anne.vault.ids("analyses"))
    assert not any(part in raw.decode() for name in NAMES for part in (name, kit.ids[name]))


# --- points --------------------------------------------------------------------------------------------------


def test_a_point_goes_on_until_it_is_done(kit: Kit) -> None:
    anne, hans = kit.open_as("anne"), kit.open_as("hans")
    today = kit.clock.now().date()
    ident = anne.year.add_point("Meer ogen op het plein.", hans.me, today + dt.timedelta(days=30), LAST)
    hans.refresh()
    (point,) = hans.year.points(YEAR)
    assert (point.year, point.owner, point.done, point.overdue(today)) == (LAST, hans.me, False, False)
    hans.year.about_point(ident, "Rooster is rond.")
    hans.year.about_point(ident, owner=anne.me, due=today + dt.timedelta(days=60))
    (point,) = hans.year.points(YEAR)
    assert (point.owner, point.due) == (anne.me, today + dt.timedelta(days=60))
    assert [said.text for said in point.said] == ["Rooster is rond.", ""]
    assert point.overdue(today + dt.timedelta(days=61))
    hans.year.about_point(ident, done=True)
    assert [one.done_on for one in hans.year.points(YEAR)] == [today]
    assert hans.year.points("2027-2028") == [], "done in the year before"
    assert hans.year.points("2024-2025") == [], "it came later"
    kit.clock.pass_(days=1)
    hans.year.about_point(ident, "Toch nog niet.")
    assert not hans.year.points(YEAR)[0].done
    assert [one.id for one in hans.year.points("2027-2028")] == [ident]


def test_what_a_point_needs(kit: Kit) -> None:
    anne = kit.open_as("anne")
    today = kit.clock.now().date()
    later = today + dt.timedelta(days=9)
    for text, owner, due, why in (
        ("", anne.me, later, "one sentence"),
        ("Beter.", "", later, "Who sees to it"),
        ("Beter.", "f" * 16, later, "Who sees to it"),
        ("Beter.", anne.me, None, "By when"),
        ("Beter.", anne.me, today - dt.timedelta(days=1), "past"),
        ("x" * 201, anne.me, later, "At most"),
        (f"Let op {DANIEL}.", anne.me, later, "named"),
    ):
        with pytest.raises(UsageError, match=why):
            anne.year.add_point(text, owner, due)
    with pytest.raises(UsageError):
        anne.year.add_point("Beter.", anne.me, later, "volgend jaar")
    ident = anne.year.add_point("Beter.", anne.me, later)
    with pytest.raises(UsageError, match="how far"):
        anne.year.about_point(ident, owner=anne.me, due=later)
    with pytest.raises(NotAllowed):
        anne.year.about_point("nergens", "Goed.")
    assert len(anne.year.points()) == 1


def test_an_overdue_point_can_be_written_about_without_another_day(kit: Kit) -> None:
    anne = kit.open_as("anne")
    due = kit.clock.now().date() + dt.timedelta(days=2)
    ident = anne.year.add_point("Beter.", anne.me, due)
    kit.clock.pass_(days=5)
    anne.year.about_point(ident, "Loopt.", owner=anne.me, due=due)
    assert anne.year.points()[0].due == due


# --- the log -------------------------------------------------------------------------------------------------


def test_each_format_is_drawn_and_the_log_says_so(kit: Kit, marit: Register) -> None:
    from data.register.year_export import FORMATS, draw, file_name, log_export

    a_year(kit, marit)
    anne = kit.open_as("anne")
    anne.year.add_point("=1+1 telt niet", anne.me, kit.clock.now().date())
    anne.year.put_down(YEAR, "Opmerking.")
    (stored,) = anne.year.stored(YEAR)
    for kind in FORMATS:
        data = draw(anne, stored.figures, Words("en"), kind, stored)
        assert data == draw(anne, stored.figures, Words("en"), kind, stored)
        assert file_name(YEAR, kind) == f"schooljaar-2026-2027.{kind}"
        if kind != "pdf":
            assert "Anne Verhoeven" in data.decode()
            assert ("'=1+1" in data.decode()) is (kind == "csv")
    log_export(anne)
    assert [(line.kind.value, line.what, line.case) for line in anne.log.all()][-1] == ("exported", "year", "")
