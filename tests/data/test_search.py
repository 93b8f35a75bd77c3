"""The search in everything: the same as a plain scan, whatever the order; and only what its reader may read."""

import datetime as dt
import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import (
    AgreedWith,
    DecisionKind,
    Dismissal,
    Ground,
    Incident,
    IncidentEvent,
    IncidentWhat,
    Kept,
    Note,
    Participant,
    Pupil,
    PupilRef,
    Strand,
)
from data.protocol import StepState
from data.register import Jotting, Register
from data.register.counsel import Meeting
from data.register.pupils import fold
from data.register.search import Entry, Kind, Query, Search, snippet
from data.register.search.index import Index, Sought
from data.register.search.periods import Period
from data.register.search.query import parse, parse_fields
from data.words import Words
from tests.data.school_kit import START, Kit, about, school

NL, EN = Words("nl"), Words("en")
ZOE, DANIEL, NOOR, BRAM = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Bram de Boer"
TODAY = dt.date(2026, 11, 18)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


# --- beside a plain scan -------------------------------------------------------------------------------------

NAMES = {"p1": "Zoë de Vries", "p2": "Daniël van 't Hof", "p3": "Noor Yılmaz", "p4": "Sem"}
WORDS = [
    "hek",
    "Hekje",
    "één",
    "een",
    "ZOE",
    "zoë",
    "plein",
    "van",
    "hof",
    "d'r",
    "7k3f",
    "漢字",
    "👍",
    "a_b",
    "Straße",
]
PLACES = ["", "plein", "gym/kleedkamer", "Gang"]

texts = st.lists(st.sampled_from(WORDS).map(lambda word: f" {word} ") | st.sampled_from(list(NAMES)).map(PupilRef)).map(
    tuple
)
days = st.integers(0, 60).map(lambda ago: TODAY - dt.timedelta(days=ago))


@st.composite
def entries(draw: st.DrawFn, key: str = "") -> Entry:
    day = draw(days)
    return Entry(
        key=key,
        kind=draw(st.sampled_from(list(Kind))),
        at=dt.datetime(day.year, day.month, day.day, draw(st.integers(0, 23)), tzinfo=dt.UTC),
        day=day,
        author=draw(st.sampled_from(["a1", "a2"])),
        texts=tuple(draw(st.lists(texts, max_size=3))),
        title=draw(st.sampled_from(["", "4 Ouders", "Één gesprek"])),
        pupils=tuple(draw(st.lists(st.sampled_from(list(NAMES)), max_size=2))),
        place=draw(st.sampled_from(PLACES)),
        labels=tuple(draw(st.lists(st.sampled_from(["signal", "private", "behaviour:fysiek"]), max_size=2))),
        case=draw(st.sampled_from(["", "Z-7K3F", "Z-AAAA"])),
    )


many = st.lists(entries(), max_size=12).map(
    lambda found: [msgspec.structs.replace(entry, key=f"k{at:02}") for at, entry in enumerate(found)]
)
beginnings = st.sampled_from(
    [fold(word)[:count] for word in [*WORDS, "vries", "yilmaz"] for count in (1, 2, 9)]
).filter(str.isalnum)
some = st.lists(st.sampled_from(list(NAMES)), max_size=2).map(frozenset)


@st.composite
def sought(draw: st.DrawFn) -> Sought:
    first = draw(days)
    named = {word: frozenset(i for i, n in NAMES.items() if begins(word, n)) for word in draw(st.sets(beginnings))}
    return Sought(
        tuple(named.items()),
        tuple(draw(st.lists(some, max_size=1))),
        tuple(draw(st.lists(st.sampled_from([("pl",), ("kleed", "gym"), ("gang",), ("x",)]), max_size=1))),
        tuple(draw(st.lists(st.sampled_from([frozenset({"note", "case"}), frozenset({"signal"})]), max_size=1))),
        tuple(draw(st.lists(st.sampled_from([frozenset({"a1"}), frozenset({"a1", "a2"})]), max_size=1))),
        tuple(draw(st.lists(st.just(Period(first, first + dt.timedelta(days=20))), max_size=1))),
    )


def begins(start: str, text: str) -> bool:
    """Whether a text has a word that begins so: letter by letter, with nothing of the index in it."""
    folded = fold(text)
    return any(folded.startswith(start, at) and (at == 0 or not folded[at - 1].isalnum()) for at in range(len(folded)))


def fits(entry: Entry, wanted: Sought) -> bool:
    """The plain scan: look at everything an entry has, one thing after the other."""
    pupils = {*entry.pupils, *(part.pupil for text in entry.texts for part in text if isinstance(part, PupilRef))}
    typed = [part for text in entry.texts for part in text if isinstance(part, str)]
    looked = [*typed, entry.title, entry.place, entry.case, *(NAMES[pupil] for pupil in pupils)]
    return (
        all(any(begins(word, text) for text in looked) for word, _ in wanted.words)
        and all(pupils & one for one in wanted.pupils)
        and all(all(begins(word, entry.place) for word in place) for place in wanted.places)
        and all({entry.kind.value, *entry.labels} & one for one in wanted.labels)
        and all(entry.author in one for one in wanted.authors)
        and all(first <= entry.day <= last for first, last in wanted.periods)
    )


def scan(there: Iterable[Entry], wanted: Sought) -> list[Entry]:
    return sorted((entry for entry in there if fits(entry, wanted)), key=lambda e: (e.at, e.key), reverse=True)


def filled(there: Iterable[Entry]) -> Index:
    index = Index()
    for entry in there:
        index.put(entry.key, [entry])
    return index


@given(many, st.lists(sought(), min_size=1, max_size=5))
def test_the_index_finds_what_a_plain_scan_finds(there: list[Entry], wanted: list[Sought]) -> None:
    index = filled(there)
    for one in wanted:
        expected = scan(there, one)
        assert index.find(one, 100) == (len(expected), tuple(expected))
        assert index.find(one, 2) == (len(expected), tuple(expected[:2]))


@given(many, many, sought(), st.randoms(use_true_random=False))
def test_neither_the_order_nor_what_was_there_before_matters(
    before: list[Entry], there: list[Entry], wanted: Sought, random: Random
) -> None:
    """Put, replaced and taken out in any order: what is left is what a new index of it holds."""
    index = filled(before)
    steps = [(entry.key, [entry]) for entry in there]
    steps += [(entry.key, []) for entry in before if entry.key not in {other.key for other in there}]
    random.shuffle(steps)
    for name, found in steps:
        index.put(name, found)
    assert index.find(wanted, 100) == filled(there).find(wanted, 100)
    assert len(index) == len(there)
    for name in list(index.sources):
        index.put(name, [])
    empty = Index()
    assert (index._sorted, list(index._words), index._sources) == (empty._sorted, list(empty._words), empty._sources)


@given(st.text(max_size=300), sought(), entries("k"), st.integers(20, 120))
@settings(max_examples=50)
def test_a_context_is_a_piece_of_the_text_with_the_hits_in_it(
    typed: str, wanted: Sought, entry: Entry, length: int
) -> None:
    entry = msgspec.structs.replace(entry, texts=((typed,), *entry.texts))
    found = snippet(entry, wanted, NAMES.__getitem__, length)
    assert len(found.text) <= length + 1 and "\n" not in found.text
    assert all(0 <= at < to <= len(found.text) for at, to in found.marks)
    starts = [word for word, _ in wanted.words]
    names = {NAMES[pupil] for pupil in wanted.about}
    for at, to in found.marks:
        piece = found.text[at:to]
        whole = to < length  # what stands at the edge may be cut
        assert not whole or any(begins(word, piece) for word in starts) or piece in names, piece


def test_a_hit_late_in_a_long_text_is_in_sight() -> None:
    text = ("bla " * 500 + "en toen huilde ", PupilRef("p1"), " bij het hek " + "na " * 500)
    entry = Entry(
        key="k", kind=Kind.STEP, at=START, day=TODAY, author="a1", texts=(("niets",), text), title="1 In kaart brengen"
    )
    for length in (36, 51, 90):
        found = snippet(entry, Sought((("hek", frozenset()),)), NAMES.__getitem__, length)
        assert [found.text[at:to] for at, to in found.marks] == ["hek"]
        assert found.text.startswith("1 In kaart brengen · …")


# --- what is typed -------------------------------------------------------------------------------------------


def day(text: str) -> Period:
    return Period(dt.date.fromisoformat(text), dt.date.fromisoformat(text))


def span(first: str, last: str) -> Period:
    return Period(dt.date.fromisoformat(first or "0001-01-01"), dt.date.fromisoformat(last or "9999-12-31"))


PERIODS = {
    "vandaag": day("2026-11-18"),
    "gisteren": day("2026-11-17"),
    "yesterday": day("2026-11-17"),
    "vorige week": span("2026-11-09", "2026-11-15"),
    "this week": span("2026-11-16", "2026-11-22"),
    "vorige maand": span("2026-10-01", "2026-10-31"),
    "dit schooljaar": span("2026-08-01", "2027-07-31"),
    "last school year": span("2025-08-01", "2026-07-31"),
    "sinds 1-9": span("2026-09-01", ""),
    "sinds 1-12": span("2025-12-01", ""),
    "vanaf sept": span("2026-09-01", ""),
    "since monday": span("2026-11-16", ""),
    "sinds 29-2": span("2024-02-29", ""),
    "t/m 15 nov": span("", "2026-11-15"),
    "tot en met 1 september 2026": span("", "2026-09-01"),
    "tot 1-10": span("", "2026-09-30"),
    "sept 2026": span("2026-09-01", "2026-09-30"),
    "September 2026": span("2026-09-01", "2026-09-30"),
    "feb 2028": span("2028-02-01", "2028-02-29"),
    "dec 2026": span("2026-12-01", "2026-12-31"),
    "2025-2026": span("2025-08-01", "2026-07-31"),
    "2025/2026": span("2025-08-01", "2026-07-31"),
    "17 nov": day("2026-11-17"),
    "17 nov 2025": day("2025-11-17"),
    "1-9-2026": day("2026-09-01"),
    "2026-09-01": day("2026-09-01"),
}


@pytest.mark.parametrize("typed", PERIODS)
def test_periods(typed: str) -> None:
    assert parse(typed, TODAY) == Query(periods=(PERIODS[typed],))
    assert parse(f"hek {typed} @zoe", TODAY) == Query(("hek",), pupils=(("zoe",),), periods=(PERIODS[typed],))
    assert parse_fields(when=typed, today=TODAY) == Query(periods=(PERIODS[typed],))
    assert not parse(f'"{typed}"', TODAY).periods


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("maandag", day("2026-11-16")),
        ("6-7", day("2026-07-06")),
        ("sept", span("2026-09-01", "2026-09-30")),
        ("dec", span("2025-12-01", "2025-12-31")),
        ("2025", span("2025-01-01", "2025-12-31")),
        ("1-9 t/m 15-9", span("2026-09-01", "2026-09-15")),
        ("1 sep tot 15 sep", span("2026-09-01", "2026-09-15")),
    ],
)
def test_what_is_a_period_only_where_nothing_else_can_stand(typed: str, period: Period) -> None:
    assert parse_fields(when=typed, today=TODAY).periods == (period,)
    if " " not in typed:
        assert not parse(typed, TODAY).periods


@pytest.mark.parametrize(
    "typed", ["3 meiden", "4 maanden", "2025-2027", "31-2-2026", "0000-0001", "9999-10000", "tot", "tot straks", "jan"]
)
def test_what_is_no_period_is_words(typed: str) -> None:
    assert not parse(typed, TODAY).periods
    assert parse(typed, TODAY).words


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("Zoë HEK", Query(("zoe", "hek"))),
        ("@zoë @Dan", Query(pupils=(("zoe",), ("dan",)))),
        ('@"van \'t hof"', Query(pupils=(("van", "t", "hof"),))),
        ("@s-dij", Query(pupils=(("s", "dij"),))),
        ("#plein !fys", Query(places=(("plein",),), kinds=(("fys",),))),
        ("door:marit van:Joost by:anne from:x", Query(authors=(("marit",), ("joost",), ("anne",), ("x",)))),
        ("door: marit", Query(authors=(("marit",),))),
        ("Z-7K3F", Query(("z", "7k3f"))),
        ('"@zoe #plein"', Query(("zoe", "plein"))),
        ('"open', Query(("open",))),
        ("@ # ! door:", Query()),
        ("anne@school.nl", Query(("anne", "school", "nl"))),
        ("", Query()),
        ("👍 .* [a-z]+ (?i)", Query(("a", "z", "i"))),
    ],
)
def test_queries(typed: str, query: Query) -> None:
    assert parse(typed, TODAY) == query


def test_fields_beside_the_first() -> None:
    found = parse_fields(who="zo vr, @dan", where="#plein", kind="fys", when="ooit", by="marit", today=TODAY)
    assert found == Query((), (("zo", "vr"), ("dan",)), (("plein",),), (("fys",),), (("marit",),))
    assert found.unclear == ("ooit",)


@given(st.text() | st.text(alphabet="@#!\"': doorvan:-/0123456789 sinds"))
def test_nothing_that_is_typed_is_wrong(typed: str) -> None:
    for query in (
        parse(typed, TODAY),
        parse_fields(who=typed, where=typed, kind=typed, when=typed, by=typed, today=TODAY),
    ):
        assert all(word and word == fold(word) for word in query.words)
        filled([]).find(Sought(tuple((word, frozenset()) for word in query.words)), 5)


def test_fifty_thousand_characters_are_harmless(kit: Kit) -> None:
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("hek"))
    for typed in ("x" * 50_000, "hek " * 12_500, '"' * 50_000, "\u202ehek\u2066" * 9_000, "(a+)+$" * 8_000):
        found(marit, typed)
    assert found(marit, "\u202ehek\u202c") == ["hek"]


# --- who finds what ------------------------------------------------------------------------------------------


def look(register: Register, typed: str) -> list[Entry]:
    """Search as a person does, up to date."""
    register.refresh()
    register.search.read_all()
    found = register.search.find(parse(typed, register.now().date()), NL, 1000)
    assert found.total == len(found.entries)
    return list(found.entries)


def found(register: Register, typed: str) -> list[str]:
    """Return the first typed words of what is found."""
    return [
        "".join(part for part in entry.texts[0] if isinstance(part, str)).strip() for entry in look(register, typed)
    ]


def everything(register: Register) -> list[Entry]:
    return look(register, "sinds 1-1-2000")


def busy_case(kit: Kit) -> tuple[Register, str]:
    """Marit's case with something of every kind in it."""
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    note = marit.notes.add(about(kit, "mikado bij het hek", ZOE, DANIEL))
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED}, notes=[note])
    marit.cases.record_step(code, 1, StepState.DONE, text="mikado in kaart", details={"where": "zolder"})
    marit.cases.record_step(code, 2, StepState.DONE, text="mikado verteld", about=[kit.ids[ZOE]])
    agreed = marit.agreements.make(
        code, AgreedWith.GROUP, "mikado mag niet", group=marit.pupils.group_named("groep 6") or ""
    )
    marit.agreements.check(agreed, code, Kept.PARTLY, text="mikado half")
    marit.agreements.begin(code, marit.protocol.methods[0].id, text="mikado als steungroep")
    question = marit.questions.ask("mikado, wat nu?")
    anne.refresh()
    anne.questions.answer(question, "mikado even aankijken")
    anne.cases.decide(code, DecisionKind.CONSULTED, advice="mikado bespreken")
    anne.complaints.add(code, "mikado-ouders", kit.clock.now().date(), text="mikado op papier")
    incident = Incident(
        notes=(note,), author="x" * 16, entered=kit.clock.now(), ground=Ground.JUDGEMENT, behaviour="fysiek",
        happened=kit.clock.now(), pupils=(Participant(pupil=kit.ids[ZOE]),), place="plein", what=("mikado gooien",),
        case=code,
    )  # fmt: skip
    ident = str(marit.db.table("incidents").insert(msgspec.to_builtins(incident)))
    event = IncidentEvent(
        incident=ident, author="x" * 16, happened=kit.clock.now().date(), entered=kit.clock.now(),
        what=IncidentWhat.MEASURE, text=("mikado ingenomen",),
    )  # fmt: skip
    marit.db.table("incident_events").insert(msgspec.to_builtins(event))
    dismissed = Dismissal(
        author="x" * 16, entered=kit.clock.now(), pupils=(kit.ids[ZOE], kit.ids[DANIEL]), reason=("mikado is een spel",)
    )
    marit.db.table("dismissals").insert(msgspec.to_builtins(dismissed))
    return marit, code


def kinds(register: Register, typed: str) -> set[Kind]:
    return {entry.kind for entry in look(register, typed)}


def test_every_kind_is_found(kit: Kit) -> None:
    marit, code = busy_case(kit)
    assert kinds(marit, "mikado") == set(Kind) - {Kind.CASE}
    assert kinds(marit, code) >= {Kind.CASE, Kind.NOTE, Kind.STEP, Kind.COMPLAINT, Kind.INCIDENT}
    assert [entry.kind for entry in look(marit, "zolder")] == [Kind.STEP], "what a proof holds"
    assert {entry.author for entry in look(marit, "mikado door:mij")} == {marit.me}, "by who signed it"
    assert kinds(marit, "mikado door:anne") == {Kind.ANSWER, Kind.DECISION, Kind.COMPLAINT}
    assert kinds(marit, "!klacht") == {Kind.COMPLAINT}
    assert {Kind.INCIDENT} == kinds(marit, "!fysiek #plein") == kinds(marit, "!fysiek @zoe")
    assert Kind.DECISION in kinds(marit, "@daniel !besluit"), "what names nobody is about the pupils of the case"
    assert not look(marit, "@daniel verteld"), "and what is about one is not about the other"


def test_who_may_not_read_finds_nothing(kit: Kit) -> None:
    _, _code = busy_case(kit)
    assert kinds(kit.open_as("joost"), "mikado") == set(Kind) - {Kind.CASE, Kind.QUESTION, Kind.ANSWER}
    assert kinds(kit.open_as("hans"), "mikado") == {Kind.COMPLAINT, Kind.INCIDENT, Kind.MEASURE}
    assert all(entry.case == "" for entry in look(kit.open_as("hans"), "mikado"))
    for login in ("karim", "fenna", "dirk", "esther"):
        assert everything(kit.open_as(login)) == [], login


def test_what_is_private_is_found_by_its_author(kit: Kit) -> None:
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("geheimpje", private=True))
    assert found(marit, "geheimpje") == found(marit, "!privé") == ["geheimpje"]
    for login in ("joost", "anne", "hans", "dirk"):
        assert found(kit.open_as(login), "geheimpje") == []


def test_the_compartment_is_not_searched_here(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    fenna.counsel.add(Meeting("moeder van Zoë", kit.clock.now(), "vertrouwelijk gesprek"))
    fenna.counsel.consent("moeder van Zoë", "vertrouwelijk overleg", kit.clock.now().date())
    fenna.notes.add(Jotting("gewone notitie"))
    assert [entry.kind for entry in everything(fenna)] == [Kind.NOTE]
    assert found(fenna, "vertrouwelijk") == []


def test_who_is_taken_out_of_a_case_finds_it_no_more(kit: Kit) -> None:
    marit, code = busy_case(kit)
    karim = kit.open_as("karim")
    marit.members.invite(code, bytes.fromhex(karim.me))
    assert Kind.STEP in kinds(karim, "mikado")
    own = karim.notes.add(Jotting("mikado bij ons ook", case=code))
    assert Kind.NOTE in kinds(marit, "mikado door:karim")
    marit.members.withdraw(code, bytes.fromhex(karim.me))
    assert [(entry.of, entry.case) for entry in everything(karim)] == [(own, "")], "but what he wrote himself"
    assert everything(kit.open_as("karim")) == everything(karim)


def test_a_pupil_is_found_under_the_name_of_now(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    marit.notes.add(about(kit, f"{ZOE} huilde", ZOE))
    assert found(marit, "zoe hui") == found(marit, "@vries") == ["huilde"]
    pupil = anne.pupils.get(kit.ids[ZOE])
    assert pupil is not None
    renamed = msgspec.structs.replace(pupil, given="Sjoukje", left_on=dt.date(2026, 11, 1))
    anne.db.table("pupils").replace(msgspec.to_builtins(renamed), kit.ids[ZOE])
    assert found(marit, "zoe") == found(marit, "@zoe") == []
    assert found(marit, "sjou") == found(marit, "@sjou vries") == ["huilde"], "also who left"
    assert marit.search.names[kit.ids[ZOE]] == Pupil(given="Sjoukje", family="de Vries", group="").name


def test_an_outsider_finds_pupils_by_the_name_in_the_case(kit: Kit) -> None:
    marit, code = busy_case(kit)
    esther = kit.open_as("esther")
    marit.members.invite(code, bytes.fromhex(esther.me))
    assert Kind.STEP in kinds(esther, "@zoe mikado")
    assert Kind.INCIDENT in kinds(esther, "mikado") and Kind.DISMISSAL not in kinds(esther, "mikado")


def test_a_concept_that_was_gone_on_with_is_found_no_more(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")

    def write(register: Register, facts: str, **more: object) -> str:
        note = Note(author="", happened=START, entered=START, facts=(facts,), **more)  # type: ignore[arg-type]
        return str(register.db.table("notes").insert(msgspec.to_builtins(note)))

    concept = write(marit, "krabbel", concept=True)
    assert found(marit, "!concept") == ["krabbel"]
    joost.refresh()
    write(joost, "krabbel van een ander", replaces=concept)
    assert set(found(marit, "krabbel")) == {"krabbel", "krabbel van een ander"}, "nobody else goes on with it"
    write(marit, "krabbel af", replaces=concept)
    assert set(found(marit, "krabbel")) == {"krabbel af", "krabbel van een ander"}
    assert everything(kit.open_as("marit")) == everything(marit)


# --- keeping up, and forgetting ------------------------------------------------------------------------------


def test_what_is_kept_up_to_date_is_what_a_new_session_reads(kit: Kit) -> None:
    watching = {login: kit.open_as(login) for login in ("marit", "anne", "joost", "karim", "hans")}
    for register in watching.values():
        everything(register)
    marit, code = busy_case(kit)
    private = marit.notes.add(Jotting("even voor mezelf", private=True))
    for step in (
        lambda: marit.cases.decide(code, DecisionKind.CLOSED, text="klaar"),
        lambda: marit.notes.share(private),
        lambda: marit.members.invite(code, bytes.fromhex(watching["karim"].me)),
        lambda: marit.notes.remove(marit.notes.add(Jotting("weer weg", private=True))),
        lambda: marit.cases.add_note(code, marit.notes.add(about(kit, "later erbij", NOOR))),
        lambda: marit.members.withdraw(code, bytes.fromhex(watching["karim"].me)),
    ):
        step()
        for login, register in watching.items():
            assert everything(register) == everything(kit.open_as(login)), login


def test_it_is_read_bit_by_bit_and_can_be_asked_meanwhile(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for number in range(60):
        kit.clock.pass_(minutes=1)
        marit.notes.add(Jotting(f"telling {number}"))
    search, seen = marit.search, []
    assert (search.left, len(search)) == (1.0, 0)
    while search.read_some(0.0001):
        seen.append((search.left, search.find(parse("telling", TODAY), NL, 1)))
    lefts, totals = [left for left, _ in seen], [one.total for _, one in seen]
    assert len(seen) > 1 and lefts == sorted(lefts, reverse=True) and totals == sorted(totals)
    assert any(0 < total < 60 for total in totals)
    assert search.find(parse("telling", TODAY), NL, 1).total == 60
    first = next(one for _, one in seen if one.total)
    assert first.entries[0].texts[0] == ("telling 59",), "the latest first"
    assert search.left == 0 and not search.read_some()


def alive() -> int:
    gc.collect()
    return sum(isinstance(one, Entry | Index) and bool(getattr(one, "texts", None)) for one in gc.get_objects())


def test_closing_the_session_forgets_everything(kit: Kit) -> None:
    before = alive()
    marit, _ = busy_case(kit)
    search: Search = marit.search
    assert everything(marit)
    assert alive() > before
    marit.close()
    assert alive() == before
    assert (len(search), search.names, search.read_some()) == (0, {}, False)
    assert search.find(parse("mikado", TODAY), NL, 10).total == 0
    assert not search._cases and not search._todo and not search._known


def test_nothing_is_read_before_somebody_searches(kit: Kit) -> None:
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("hek"))
    marit.refresh()
    assert len(marit.search) == 0


def test_names_that_nobody_has_are_said(kit: Kit) -> None:
    marit = kit.open_as("marit")
    everything(marit)
    asked = parse("@qqq !vvv door:xxx #plein", TODAY) & parse_fields(when="ooit", today=TODAY)
    assert set(marit.search.find(asked, NL, 5).unknown) == {"qqq", "vvv", "xxx", "ooit"}


def test_kinds_have_names_in_both_languages(kit: Kit) -> None:
    marit, _ = busy_case(kit)
    everything(marit)
    for words, typed in ((NL, "!fysiek"), (EN, "!complaint"), (EN, "!fysiek"), (EN, "!check")):
        assert marit.search.find(parse(typed, TODAY), words, 5).total, typed
