"""A school year's figures against a slow and obvious recount, whatever the order, at every edge of the calendar."""

import csv
import datetime as dt
import io
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import UsageError
from data.insight.figures import Figures
from data.insight.suppress import LEAST, Part
from data.insight.year import figures
from data.insight.year_files import cell, to_csv, to_json
from data.insight.year_input import (
    YearAgreement,
    YearApproach,
    YearCase,
    YearCounsel,
    YearIncident,
    YearInput,
    YearNote,
    months,
    next_year,
    part_of_day,
    select,
    span,
    weekday,
    year_groups,
    year_of,
    years,
)
from data.insight.year_words import _KEYS, Bars, Facts, Grid, YearWords
from data.words import Words

Thing = TypeVar("Thing")

YEAR, TODAY = "2026-2027", dt.date(2027, 7, 31)
KINDS = (("duw", "duwen"), ("woord", "schelden"), ("app", "digitaal"))
PLACES = ("plein", "klas", "gang")
PHASES = (("leerkracht", "Leerkracht"), ("school", "School"))
METHODS = (("kring", "Kring"), ("gesprek", "Gesprek"))
PUPILS = st.frozensets(st.sampled_from("abcdefghijkl"), max_size=3)


def local(*moment: int, fold: int = 0) -> dt.datetime:
    year, month, day, hour, minute = moment
    return dt.datetime(year, month, day, hour, minute, fold=fold).astimezone()


MOMENTS = st.builds(
    lambda day, hour, minute: local(day.year, day.month, day.day, hour, minute),
    st.dates(dt.date(2026, 7, 20), dt.date(2027, 8, 10)),
    st.integers(0, 23),
    st.integers(0, 59),
)
DAYS = st.dates(dt.date(2026, 7, 20), dt.date(2027, 8, 10))
INCIDENTS = st.builds(
    YearIncident,
    at=MOMENTS,
    kind=st.sampled_from(["duw", "woord", "app", "weg"]),
    national=st.sampled_from(["none", "threat", "damage"]),
    place=st.sampled_from([*PLACES, "", "bij Sem thuis"]),
    groups=st.frozensets(st.sampled_from(["6", "7", "5/6", ""]), max_size=2),
    pupils=PUPILS,
    whole=st.booleans(),
    entered=st.booleans(),
    told=st.booleans(),
)
NOTES = st.builds(YearNote, at=MOMENTS, pupils=PUPILS, placed=st.booleans(), roles=st.booleans(), concept=st.booleans())
CASES = st.builds(
    YearCase,
    opened=DAYS,
    phase=st.sampled_from(["leerkracht", "school", "weg"]),
    pupils=PUPILS,
    noted=st.none() | DAYS,
    told=st.none() | DAYS,
    closed=st.none() | DAYS,
    evaluated=st.booleans(),
    consultations=st.integers(0, 3),
    agreements=st.lists(st.builds(YearAgreement, st.sampled_from(["", "kept", "not"])), max_size=3).map(tuple),
    approaches=st.lists(
        st.builds(
            YearApproach,
            method=st.sampled_from(["kring", "gesprek", "weg"]),
            looks=st.lists(st.integers(0, 80), max_size=3).map(tuple),
            scores=st.lists(st.integers(1, 5), max_size=3).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)
INPUTS = st.builds(
    YearInput,
    incidents=st.lists(INCIDENTS, max_size=60).map(tuple),
    notes=st.lists(NOTES, max_size=30).map(tuple),
    cases=st.lists(CASES, max_size=25).map(tuple),
    kinds=st.just(KINDS),
    places=st.just(PLACES),
    phases=st.just(PHASES),
    methods=st.just(METHODS),
)


def many(count: int, **fields: object) -> list[YearIncident]:
    """Return incidents about pupils of their own."""
    base = YearIncident(at=local(2026, 11, 18, 12, 10), kind="duw", place="plein", groups=frozenset("6"))
    return [replace(base, pupils=frozenset({f"p{at}"}), **fields) for at in range(count)]  # type: ignore[arg-type]


def year_with(*incidents: YearIncident, **fields: object) -> YearInput:
    lists = {"kinds": KINDS, "places": PLACES, "phases": PHASES, "methods": METHODS}
    return YearInput(incidents=incidents, **{**lists, **fields})  # type: ignore[arg-type]


# --- the recount ---------------------------------------------------------------------------------------------


def recount(given: YearInput) -> dict[str, Counter[str]]:
    """Count everything once more, one thing after the other, in the plainest way."""
    found: dict[str, Counter[str]] = {
        name: Counter() for name in ("kind", "place", "weekday", "part", "group", "month")
    }
    names = ("national", "phase", "opened", "status", "kept", "consultations", "method", "outcome")
    found |= {name: Counter() for name in names}
    for one in given.incidents:
        at = one.at.astimezone()
        if not dt.date(2026, 8, 1) <= at.date() <= dt.date(2027, 7, 31):
            continue
        found["kind"][one.kind if one.kind in ("duw", "woord", "app") else "other"] += 1
        found["national"][one.national] += 1
        found["place"][one.place if one.place in PLACES else "elsewhere"] += 1
        found["weekday"]["12345"[at.weekday()] if at.weekday() < 5 else "weekend"] += 1
        hour = at.hour
        part = "early" if hour < 9 else "morning" if hour < 11 else "midday" if hour < 13 else ""
        found["part"][part or ("afternoon" if hour < 15 else "late")] += 1
        group = "several" if len(one.groups) > 1 else "".join(one.groups) or "unknown"
        found["group"][group] += 1
        found["month"][at.strftime("%Y-%m")] += 1
    for case in given.cases:
        if not dt.date(2026, 8, 1) <= case.opened <= dt.date(2027, 7, 31):
            continue
        found["phase"]["other" if case.phase == "weg" else case.phase] += 1
        found["opened"][case.opened.isoformat()[:7]] += 1
        found["status"]["closed" if case.closed else "open"] += 1
        for agreed in case.agreements:
            found["kept"][agreed.kept or "unseen"] += 1
        for _ in range(case.consultations):
            found["consultations"]["all"] += 1
        for tried in case.approaches:
            found["method"]["other" if tried.method == "weg" else tried.method] += 1
            better = tried.scores[-1] - tried.scores[0] if len(tried.scores) > 1 else None
            word = "unknown" if better is None else "up" if better > 0 else "down" if better < 0 else "same"
            found["outcome"][word] += 1
    return found


@settings(max_examples=60, deadline=None)
@given(INPUTS)
def test_every_number_that_is_shown_is_what_a_recount_finds(everything: YearInput) -> None:
    found, counted = figures(YEAR, everything, TODAY), recount(everything)
    assert {table.id for table in found.tables} == counted.keys()
    for table in found.tables:
        naive = counted[table.id]
        assert table.total in (None, sum(naive.values()))
        assert {key for key, count in naive.items() if count} <= {one.key for one in table.cells}
        for one in table.cells:
            assert one.count is None or (one.count == naive[one.key] and not 0 < one.count < LEAST)
        hidden = sum(naive[one.key] for one in table.cells if one.count is None)
        assert table.total is None or table.rest == hidden
        assert table.total is None or not 0 < table.rest < LEAST


@settings(max_examples=40, deadline=None)
@given(INPUTS)
def test_a_filter_counts_what_a_recount_of_that_kind_alone_finds(everything: YearInput) -> None:
    found = figures(YEAR, everything, TODAY)
    for kind in found.kinds:
        alone = replace(everything, incidents=tuple(one for one in everything.incidents if one.kind == kind))
        if kind == "other":
            listed = {key for key, _ in KINDS}
            alone = replace(everything, incidents=tuple(o for o in everything.incidents if o.kind not in listed))
        naive = recount(alone)
        for ident in ("place", "part", "group", "month"):
            filtered = found.filtered(kind, ident)
            assert filtered.total == found.table("kind").count(kind) == sum(naive[ident].values())
            for one in filtered.cells:
                assert one.count is None or (one.count == naive[ident][one.key] and not 0 < one.count < LEAST)
            assert not 0 < filtered.rest < LEAST
    assert found.filtered("duw", "national").cells == () == found.filtered("nergens", "place").cells


@settings(max_examples=30, deadline=None)
@given(INPUTS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(everything: YearInput, shuffled: random.Random) -> None:
    def mixed(values: Sequence[Thing]) -> tuple[Thing, ...]:
        return tuple(shuffled.sample(values, len(values)))

    other = replace(
        everything,
        incidents=mixed(everything.incidents),
        notes=mixed(everything.notes),
        cases=mixed(everything.cases),
    )
    assert figures(YEAR, other, TODAY) == figures(YEAR, everything, TODAY)


@settings(max_examples=40, deadline=None)
@given(INPUTS)
def test_shares_and_days_against_a_recount(everything: YearInput) -> None:
    found, given_year = figures(YEAR, everything, TODAY), select(YEAR, everything)
    for ident, inside, all_of in (
        ("whole", [one.whole for one in given_year.incidents], given_year.incidents),
        ("placed", [one.placed for one in given_year.notes], given_year.notes),
        ("completed", [not one.concept for one in given_year.notes], given_year.notes),
        ("families-told", [one.told is not None for one in given_year.cases], given_year.cases),
    ):
        shared = found.share(ident)
        assert shared.whole in (None, len(all_of))
        assert shared.count in (None, sum(inside))
        if shared.part is Part.EXACT:
            assert LEAST <= sum(inside) <= len(inside) - LEAST
        elif shared.part is not Part.FEW:
            few = sum(inside) if shared.part is Part.HARDLY else len(inside) - sum(inside)
            assert few < len(inside) - few
    lasted = sorted(max(0, (one.closed - one.opened).days) for one in given_year.cases if one.closed)
    took = found.last("to-close")
    if took.median is not None:
        assert len(lasted) >= LEAST
        assert (took.shortest, took.longest) == (lasted[0], lasted[-1])
        assert sum(days <= took.median for days in lasted) * 2 >= len(lasted)
        assert sum(days >= took.median for days in lasted) * 2 >= len(lasted)
    if found.table("status").count("closed") is None:
        assert found.share("evaluated").whole is None, "how many were closed is told nowhere else"


@settings(max_examples=30, deadline=None)
@given(INPUTS)
def test_no_pupil_and_nothing_that_was_typed_is_in_the_figures(everything: YearInput) -> None:
    named = replace(
        everything,
        incidents=tuple(
            replace(one, pupils=frozenset(f"PUPIL{who}" for who in one.pupils)) for one in everything.incidents
        ),
    )
    found = figures(YEAR, named, TODAY)
    text = msgspec.json.encode(found).decode()
    assert "PUPIL" not in text and "Sem" not in text
    assert msgspec.convert(msgspec.to_builtins(found), Figures) == found


# --- the calendar --------------------------------------------------------------------------------------------


def test_the_first_and_last_day_of_a_school_year() -> None:
    assert span("2027-2028") == (dt.date(2027, 8, 1), dt.date(2028, 7, 31))
    for moment, year in (
        (local(2026, 7, 31, 23, 59), "2025-2026"),
        (local(2026, 8, 1, 0, 0), "2026-2027"),
        (local(2027, 7, 31, 23, 59), "2026-2027"),
        (local(2028, 2, 29, 12, 0), "2027-2028"),
    ):
        assert year_of(moment.date()) == year
        assert len(select(year, year_with(*many(1, at=moment))).incidents) == 1
        for other in (next_year(year), next_year(year, -1)):
            assert not select(other, year_with(*many(1, at=moment))).incidents
    midnight = dt.datetime(2026, 7, 31, 22, 30, tzinfo=dt.UTC)
    assert select("2026-2027", year_with(*many(1, at=midnight))).incidents, "half past twelve here, on 1 August"


@pytest.mark.parametrize(
    "year", ["", "2026", "2026-2028", "2027-2026", "26-27", "2026-2027 ", "0000-0001", "٢٠٢٦-٢٠٢٧"]
)
def test_what_is_no_school_year_is_refused(year: str) -> None:
    with pytest.raises(UsageError):
        figures(year, year_with(), TODAY)


def test_months_of_a_year_with_a_leap_day() -> None:
    assert months("2027-2028")[0] == "2027-08" and months("2027-2028")[6] == "2028-02"
    assert len(set(months(YEAR))) == 12
    found = figures("2027-2028", year_with(*many(6, at=local(2028, 2, 29, 12, 0))), dt.date(2028, 3, 1))
    assert found.table("month").count("2028-02") == 6
    assert found.until == "2028-03-01"


def test_the_hour_that_comes_twice_is_one_hour() -> None:
    summer, winter = local(2026, 10, 25, 2, 30), local(2026, 10, 25, 2, 30, fold=1)
    assert summer.utcoffset() != winter.utcoffset()
    found = figures(YEAR, year_with(*many(3, at=summer), *many(3, at=winter.astimezone(dt.UTC))), TODAY)
    assert (part_of_day(summer), part_of_day(winter), weekday(winter)) == ("early", "early", "weekend")
    assert found.table("part").total is None, "six incidents about the same three pupils"
    later = [replace(one, pupils=frozenset({f"q{at}"})) for at, one in enumerate(many(3, at=winter))]
    found = figures(YEAR, year_with(*many(3, at=summer), *later), TODAY)
    assert found.table("part").count("early") == 6


def test_years_without_a_gap() -> None:
    given_input = year_with(*many(1, at=local(2024, 3, 3, 12, 0)))
    assert years(given_input, TODAY) == ("2023-2024", "2024-2025", "2025-2026", "2026-2027")
    assert years(year_with(), dt.date(2026, 8, 1)) == ("2026-2027",)


def test_year_groups() -> None:
    assert year_groups("groep 6") == "6"
    assert year_groups("groep 6", 1) == "5"
    assert year_groups("Groep 5/6b", 1) == "4/5"
    assert year_groups("groep 1", 1) == year_groups("De Vlinders") == year_groups("2026") == ""


# --- in words ------------------------------------------------------------------------------------------------


def everything_said(found: Figures) -> str:
    lines = []
    for section in YearWords(found, Words("en")).sections():
        for block in section.blocks:
            lines.append(block.title)
            match block:
                case Bars():
                    lines += [*(f"{line.label}: {line.text}" for line in block.lines), *block.below]
                case Grid():
                    lines += [f"{label} {counts}" for label, counts, _ in block.rows]
                case Facts():
                    lines += [": ".join(line) for line in block.lines]
    return "\n".join(lines)


def test_an_empty_year_is_said_calmly() -> None:
    said = everything_said(figures(YEAR, year_with(), TODAY))
    assert "No incident was written down in this school year." in said
    assert "No case was opened in this school year." in said
    assert "None" not in said and "0 of" not in said


def test_a_school_of_twenty_pupils() -> None:
    """Four incidents: nothing is told but that there are few, and of twelve the total alone."""
    few = figures(YEAR, year_with(*many(4)), TODAY)
    assert all(table.total in (None, 0) for table in few.tables)
    assert "Too few incidents" in everything_said(few)
    spread = [
        replace(one, kind=KINDS[at % 3][0], place=PLACES[at % 3], at=local(2026, 9 + at % 4, 1 + at, 9 + at % 6, 0))
        for at, one in enumerate(many(12))
    ]
    found = figures(YEAR, year_with(*spread), TODAY)
    assert found.table("kind").total == 12 and found.kinds == ()
    assert "12 incidents in all" in everything_said(found)
    assert "Every part of it is too small" in everything_said(found)


def test_figures_in_words() -> None:
    case = YearCase(opened=dt.date(2026, 9, 1), phase="school", noted=dt.date(2026, 8, 28), consultations=1)
    cases = [
        replace(
            case, pupils=frozenset({f"c{at}"}), opened=dt.date(2026, 9, 1 + at), agreements=(YearAgreement("kept"),)
        )
        for at in range(7)
    ]
    given_input = year_with(
        *many(9),
        *[replace(one, kind="woord", pupils=frozenset({f"w{at}"})) for at, one in enumerate(many(6))],
        cases=tuple(cases),
        counsel=(YearCounsel(YEAR, 9, 6, 2), YearCounsel("2025-2026", 50, 50, 50)),
    )
    said = everything_said(figures(YEAR, given_input, TODAY))
    for line in (
        "duwen: 9",
        "schelden: 6",
        "plein: 15",
        "group 6: 15",
        "Nov 2026: 15",
        "School: 7",
        "from first note to case: half of them at most 7 days (4 to 10)",
        "kept: 7",
        "about cases: 7 consultations",
        "counsellor: 9 conversations with 6 people",
    ):
        assert line in said, line
    assert "pointed on" not in said, "two of six is told to nobody else"


def test_every_key_has_a_word() -> None:
    given_input = year_with(*many(6, groups=frozenset({"6", "7"}), place="", kind="weg", at=local(2026, 11, 22, 16, 0)))
    found = figures(YEAR, given_input, TODAY)
    words = YearWords(found, Words("en"))
    bare = [
        (table.id, one.key)
        for table in found.tables
        for one in table.cells
        if words.label(one, table.id) == one.key and not one.name and one.key not in _KEYS
    ]
    assert bare == [("consultations", "all")], "a total without parts"


# --- files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"), ("+31", "'+31"), ("-2", "'-2"), ("@a", "'@a"), ("\t=x", "'\t=x"), ("\r=x", "'\r=x"),
        ("  =x", "'  =x"), ("gewoon", "gewoon"), ("", ""), ("a=b", "a=b"), ("\n=x", "' =x"), ("een\ntwee", "een twee"),
        ("\xa0=x", "'\xa0=x"), ("\u200b=x", "'\u200b=x"), ("\u22122", "'\u22122"), ("\uff1dx", "'\uff1dx"),
        ("a;=x", "a,=x"), ('a; "=x"', 'a, "=x"'), ("a;b", "a;b"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(text: str, written: str) -> None:
    assert cell(text) == written


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_table_is_read_back_as_it_was_and_never_computed(text: str, place: str) -> None:
    given_input = year_with(*many(6, place=place), places=(place, "klas"))
    sections = YearWords(figures(YEAR, given_input, TODAY), Words("en")).sections()
    written = to_csv(sections, [("2026-2027", text, "Anne", "2027-01-01", "open")], ["a"] * 6, "points", [text])
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert all(len(row) == 6 for row in rows)
    assert rows[-2][2] == cell(text).replace("\r\n", "\n") or "\r" in text
    assert not any(one.lstrip(" ")[:1] in ("=", "+", "-", "@", "\t", "\r") for row in rows for one in row if one)


def test_json_is_the_same_for_the_same_year() -> None:
    found = figures(YEAR, year_with(*many(6), *many(3, kind="app")), TODAY)
    point = ("2026-2027", "Zoë's plein", "Anne", "2027-01-01", "open")
    first = to_json(found, [point])
    assert first == to_json(figures(YEAR, year_with(*many(3, kind="app"), *many(6)), TODAY), [point])
    read = json.loads(first)
    assert {cell["count"] for table in read["tables"] if table["id"] == "kind" for cell in table["cells"]} == {None}
    assert list(read)[:3] == ["year", "until", "basis"] and read["improvements"][0]["text"] == "Zoë's plein"
