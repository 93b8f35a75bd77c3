"""A case as proof: what stands in it in which order, and that what is made for one pupil leaves the others out."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.errors import NotAllowed, UsageError
from data.model import (
    AgreedWith,
    Agreement,
    Decision,
    DecisionKind,
    Ground,
    Incident,
    IncidentEvent,
    IncidentWhat,
    Kept,
    Note,
    NoteKind,
    Participant,
    ParticipantRole,
    Pupil,
    PupilRef,
    StepRecord,
    Strand,
)
from data.model.agreements import Check
from data.protocol import StepState
from data.register import Jotting, Register
from data.register.dossier import Asked, Dossier, Kind, Part, Scope, build, questions, whose
from data.register.dossier.others import plain
from data.register.dossier.words import _DECISION, to_text
from data.words import Words

from .dossier_kit import DANIEL, NOOR, ZOE, agree, asked, check, done, english, open_case, report, typed
from .school_kit import Kit, about, school


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def part(dossier: Dossier, wanted: Part) -> list[str]:
    """Return the ids in a part, in order."""
    return [one.id for section in dossier.sections if section.part is wanted for one in section.statements]


# --- the whole of it ---------------------------------------------------------------------------------------


def test_everything_is_in_it_with_who_and_when(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    code = open_case(kit, marit)
    note = report(kit, marit, code, "Zoë de Vries lag op het plein.", days_ago=2)
    heard = done(marit, code, 2, "Zoë de Vries: hij duwt.", [kit.ids[ZOE]])
    talk = done(marit, code, 4, "Vader was boos.", [kit.ids[DANIEL]])
    agreement = agree(marit, code, "Pauzes apart.")
    looked = check(marit, code, agreement, Kept.PARTLY)
    anne.refresh()
    decided = anne.cases.decide(code, DecisionKind.CONSULTED, text="Doorgaan.")
    marit.refresh()
    assert marit.log.exported(code, "dossier")

    found = build(marit, code)
    assert part(found, Part.STEP) == [heard, talk]
    assert part(found, Part.AGREEMENTS) == [agreement, looked]
    assert part(found, Part.PARENTS) == [talk]
    assert part(found, Part.NOTES) == [note]
    assert part(found, Part.DECISIONS) == [decided]
    assert len(part(found, Part.PEOPLE)) == 3
    assert len(part(found, Part.EXPORTS)) == 1
    by_id = {one.id: one for one in found.statements}
    assert by_id[note].late
    assert by_id[note].day == (marit.now() - dt.timedelta(days=2)).date()
    assert by_id[decided].author == "Anne Verhoeven"
    assert whose(by_id[heard]) == {kit.ids[ZOE]}
    assert by_id[agreement].strand is Scope.GROUP
    assert by_id[decided].strand is Scope.SCHOOL
    text = english(found)
    order = [
        "What is missing", "What a complaints committee asks", "The protocol, step by step", "Agreements, and",
        "Contact with parents", "Notes\n", "Decisions and hand-overs", "Who takes part", "What was exported",
    ]  # fmt: skip
    assert [text.index(heading) for heading in order] == sorted(text.index(heading) for heading in order)
    assert "Zoë de Vries: hij duwt." in text
    assert found.to_approve == found.refused == ()


def test_a_case_without_entries(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    found = build(marit, code)
    assert part(found, Part.STEP) == part(found, Part.NOTES) == []
    assert {ruled.asked for ruled in found.ruled if ruled.answer.value == "yes"} == set()
    assert "Nothing has been written down." in english(found)
    assert english(build(marit, code, kit.ids[ZOE]))


def test_what_corrects_stands_behind_what_it_corrects(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    first = done(marit, code, 1, "Op maandag.")
    second = done(marit, code, 1, "Ook in de gang.")
    kit.clock.pass_(days=1)
    now = marit.now()
    record = StepRecord(
        case=code, step=1, state=StepState.DONE, happened=now.date(), entered=now, author="", text=("Op dinsdag.",),
        details={"how_often": ("Elke week.",)}, corrects=first,
    )  # fmt: skip
    third = str(marit.db.table("steps").insert(msgspec.to_builtins(record)))
    found = build(marit, code)
    assert part(found, Part.STEP) == [first, third, second]
    text = english(found)
    assert "This was corrected later" in text
    assert "corrects what stands before" in text
    assert "How often: Elke week." in text


def test_entries_that_correct_each_other_are_all_shown(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code, now = open_case(kit, marit), marit.now()
    table = marit.db.table("steps")
    for ident, corrects in (("a1", "b2"), ("b2", "a1"), ("c3", "c3"), ("d4", "gone")):
        record = StepRecord(
            case=code, step=1, state=StepState.DONE, happened=now.date(), entered=now, author="", text=(ident,),
            corrects=corrects,
        )  # fmt: skip
        table.insert(table.document_class(msgspec.to_builtins(record), ident))
    assert set(part(build(marit, code), Part.STEP)) == {"a1", "b2", "c3", "d4"}


def test_private_notes_are_not_in_it(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    marit.notes.add(Jotting("Alleen voor mij.", pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),), private=True))
    assert "Alleen voor mij" not in english(build(marit, code))


def test_who_may_not_read_the_case_gets_no_dossier(kit: Kit) -> None:
    code = open_case(kit, kit.open_as("marit"))
    for login in ("karim", "hans", "dirk"):
        for ask in (lambda register: build(register, code), lambda register: questions(register, code)):
            with pytest.raises(NotAllowed):
                ask(kit.open_as(login))
    with pytest.raises(NotAllowed):
        build(kit.open_as("marit"), "Z-0000")
    with pytest.raises(UsageError):
        build(kit.open_as("marit"), code, kit.ids[NOOR])


def test_the_author_is_who_signed(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = open_case(kit, marit)
    joost.refresh()
    now = joost.now()
    forged = Agreement(
        cases=(code,), party=AgreedWith.GROUP, author=marit.me, happened=now.date(), entered=now, text=("Vals.",)
    )
    joost.db.table("agreements").insert(msgspec.to_builtins(forged))
    marit.refresh()
    assert [one.author for one in build(marit, code).statements if one.kind is Kind.AGREEMENT] == ["Joost van der Laan"]


def test_forty_pupils_and_ten_thousand_characters(kit: Kit) -> None:
    anne = kit.open_as("anne")
    group = anne.pupils.add_group("groep 8", anne.now().date())
    anne.pupils.add_lines(
        group, "\n".join(f"Kind{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]} Jansen" for n in range(40))
    )
    ids = [known.id for known in anne.pupils.all() if known.pupil.group == group]
    code = anne.cases.open(dict.fromkeys(ids, Strand.ACCUSED) | {ids[0]: Strand.BULLIED})
    done(anne, code, 2, "woord " * 1_600 + "x" * 400, ids)
    found = build(anne, code)
    assert len(found.pupils) == 40
    assert len(typed(found.statements)) >= 10_000
    assert len([section for section in found.sections if section.part is Part.PARENTS]) == 40
    assert build(anne, code, ids[0]).pupils[0].pupil == ids[0]


# --- for one pupil -----------------------------------------------------------------------------------------


def test_shared_texts_wait_for_approval_and_go_in_without_names(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    shared = done(marit, code, 1, "Daniël duwde Zoë van de trap.")
    own = done(marit, code, 2, "Ik viel over Daniël heen.", [kit.ids[ZOE]])
    other = done(marit, code, 2, "Ze lachte mij uit.", [kit.ids[DANIEL]])
    zoe = kit.ids[ZOE]

    found = build(marit, code, zoe)
    assert part(found, Part.STEP) == [own]
    assert [one.id for one in found.to_approve] == [shared]
    assert "Zoë de Vries van de trap" not in english(found)
    approved = build(marit, code, zoe, approved={shared, other})
    assert part(approved, Part.STEP) == [shared, own]
    assert approved.to_approve == ()
    text = english(approved)
    assert "Another pupil duwde Zoë de Vries van de trap." in text
    assert "Ik viel over another pupil heen." in text
    assert "Daniël" not in text
    assert "lachte" not in text


def test_a_talk_with_several_at_once_is_there_without_what_was_said(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    both = done(marit, code, 2, "De een huilt, de ander lacht.", [kit.ids[ZOE], kit.ids[DANIEL]])
    found = build(marit, code, kit.ids[ZOE], approved={both})
    [one] = [one for one in found.statements if one.id == both]
    assert one.withheld
    assert whose(one) == {kit.ids[ZOE]}
    assert [said.text for said in one.said] == [(PupilRef(kit.ids[ZOE]),)]
    assert "huilt" not in english(found)
    assert asked(found.ruled)[Asked.HEARD].gaps == ()


def test_a_step_that_does_not_say_whose_it_is_is_nobodys(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED})
    ident = done(marit, code, 4, "Ouders gesproken.")
    found = build(marit, code, kit.ids[ZOE], approved={ident})
    assert ident not in {one.id for one in (*found.statements, *found.to_approve)}


def test_whether_another_family_was_told_is_not_for_this_one(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    ident = marit.cases.decide(code, DecisionKind.CONSULTED, text="Zo verder.")
    document = dict(marit.db.table("decisions").get(doc_id=ident))  # type: ignore[call-overload]
    table = marit.db.table("decisions")
    told = {**document, "kind": "closed", "told": [kit.ids[ZOE], kit.ids[DANIEL]]}
    closing = str(table.insert(told))
    found = build(marit, code, kit.ids[ZOE], approved={ident, closing})
    [one] = [one for one in found.statements if one.id == closing]
    assert [said.text for said in one.said if said.label == "told"] == [(PupilRef(kit.ids[ZOE]),)]


@pytest.mark.parametrize(
    "text",
    [
        "Daniël van 't Hof begon.", "daniel begon", "DANIËLS jas", "Daniël's jas", "Dan\u00adiël begon", "Da\u200bniël",
        "zoals Daniël_van_’t_Hof", "(Daniël)", "Danie\u0308l", "Ｄａｎｉëｌ", "Daniël\u00a0van\u00a0't\nHof",
        "Noor zag het", "Lotte Smit kwam erbij",
    ],
)  # fmt: skip
def test_a_typed_name_of_another_pupil_keeps_a_text_out(kit: Kit, text: str) -> None:
    marit = kit.open_as("marit")
    code, now = open_case(kit, marit), marit.now()
    record = StepRecord(
        case=code, step=1, state=StepState.DONE, happened=now.date(), entered=now, author="", text=(text,)
    )
    ident = str(marit.db.table("steps").insert(msgspec.to_builtins(record)))
    found = build(marit, code, kit.ids[ZOE], approved={ident})
    assert ([one.id for one in found.refused], found.to_approve) == ([ident], ())
    assert ident not in {one.id for one in found.statements}


@pytest.mark.parametrize("text", ["Zoë de Vries viel.", "Op de vloer", "Danielle was er niet.", "Lotte is een naam."])
def test_other_words_keep_nothing_out(kit: Kit, text: str) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    ident = done(marit, code, 1, text)
    assert [one.id for one in build(marit, code, kit.ids[ZOE]).to_approve] == [ident]


def test_a_given_name_that_is_also_ones_own_is_no_name_of_another(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit, "Sem van Dijk", "Sem Bakker")
    now = marit.now()
    idents = []
    for text in ("Sem viel.", "Sem Bakker viel."):
        record = StepRecord(
            case=code, step=1, state=StepState.DONE, happened=now.date(), entered=now, author="", text=(text,)
        )
        idents.append(str(marit.db.table("steps").insert(msgspec.to_builtins(record))))
    found = build(marit, code, kit.ids["Sem van Dijk"])
    assert [one.id for one in found.to_approve] == idents[:1]
    assert [one.id for one in found.refused] == idents[1:]


def test_agreements_and_checks_by_whose_they_are(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    group = agree(marit, code, "We zeggen stop.")
    mine = agree(marit, code, "Elke vrijdag bellen.", party=AgreedWith.FAMILY, about=(zoe,))
    theirs = agree(marit, code, "Excuses.", party=AgreedWith.PUPIL, about=(daniel,))
    both = agree(marit, code, "Uit elkaar.", party=AgreedWith.PUPIL, about=(zoe, daniel))
    unsaid = agree(marit, code, "Vaag.", party=AgreedWith.FAMILY)
    now = marit.now()
    scores = [
        str(
            marit.db.table("checks").insert(
                msgspec.to_builtins(
                    Check(
                        agreement=group, case=code, author="", happened=now.date(), entered=now, kept=Kept.KEPT,
                        safety=2, about=about,
                    )
                )
            )
        )
        for about in (zoe, daniel)
    ]  # fmt: skip
    found = build(marit, code, zoe)
    assert set(part(found, Part.AGREEMENTS)) == {group, mine, both, scores[0]}
    assert "Uit elkaar" not in english(found)
    assert {theirs, unsaid, scores[1]}.isdisjoint(one.id for one in found.to_approve)


NAMES = ("Noa Çelik", "Bo", "Mees de Wit", "Noa Bakker", "Zoë Yılmaz")
WORDS = ("duwde", "op het plein", "toen", "Noa", "mees", "Zoë", "bo", "de Wit", "Çelik", "noa çelik", "riep naar", "\n")


def texts(count: int) -> st.SearchStrategy[tuple[str | PupilRef, ...]]:
    piece = st.sampled_from(WORDS) | st.integers(0, count - 1).map(lambda at: PupilRef(f"{at:016x}"))
    return st.lists(piece, max_size=5).map(lambda found: tuple(_spaced(found)))


def _spaced(found: list[str | PupilRef]) -> Iterator[str | PupilRef]:
    for one in found:
        yield f" {one} " if isinstance(one, str) else one


@st.composite
def stories(draw: st.DrawFn) -> tuple[int, list[tuple[str, tuple[str | PupilRef, ...], tuple[int, ...], int]]]:
    count = draw(st.integers(2, 5))
    some = st.lists(st.integers(0, count - 1), max_size=3, unique=True).map(tuple)
    entry = st.tuples(
        st.sampled_from(["step", "note", "decision", "agreement", "check", "incident", "done"]),
        texts(count),
        some,
        st.integers(1, 12),
    )
    return count, draw(st.lists(entry, max_size=12))


def tell(
    register: Register, code: str, story: list[tuple[str, tuple[str | PupilRef, ...], tuple[int, ...], int]]
) -> None:
    """Write a story into a case as it is, also what no form would let through."""
    now, agreements, incidents = register.now(), list[str](), list[str]()
    common: dict[str, Any] = {"author": "", "entered": now}
    for kind, text, some, number in story:
        about = tuple(f"{at:016x}" for at in some)
        if kind == "step":
            said: object = StepRecord(
                case=code, step=number, state=StepState.DONE, happened=now.date(), text=text, present=text[:1],
                about=about, details={"what": text[1:]}, **common,
            )  # fmt: skip
            table = "steps"
        elif kind == "note":
            pupils = tuple(Participant(pupil=pupil) for pupil in about)
            said, table = Note(happened=now, facts=text, did=text[:2], pupils=pupils, case=code, **common), "notes"
        elif kind == "decision":
            said = Decision(
                case=code, kind=DecisionKind.CONSULTED, happened=now.date(), advice=text, told=about, **common
            )
            table = "decisions"
        elif kind == "incident" or (kind == "done" and not incidents):
            pupils = tuple(Participant(pupil=pupil) for pupil in about)
            said = Incident(
                notes=("geen",), ground=Ground.JUDGEMENT, behaviour="fysiek", happened=now, pupils=pupils, what=text,
                why=text[1:], measures=text[:2], grave=bool(number % 2), case=code, **common,
            )  # fmt: skip
            table = "incidents"
        elif kind == "done":
            digest = sha256(register.vault.read(("incidents", incidents[-1])) or b"").hexdigest()
            said = IncidentEvent(
                incident=incidents[-1], happened=now.date(), what=list(IncidentWhat)[number % 5], text=text,
                about=about, digest=digest, **common,
            )  # fmt: skip
            table = "incident_events"
        elif kind == "agreement" or not agreements:
            party = AgreedWith.GROUP if number % 2 else AgreedWith.FAMILY
            said = Agreement(cases=(code,), party=party, happened=now.date(), text=text, about=about, **common)
            table = "agreements"
        else:
            pupil = about[0] if about else ""
            said = Check(
                agreement=agreements[-1],
                case=code,
                happened=now.date(),
                kept=Kept.NOT,
                text=text,
                about=pupil,
                **common,
            )
            table = "checks"
        ident = str(register.db.table(table).insert(msgspec.to_builtins(said)))
        if table == "agreements":
            agreements.append(ident)
        elif table == "incidents":
            incidents.append(ident)


@settings(
    phases=(Phase.explicit, Phase.generate),  # a case takes too long to be told again and again, smaller each time
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories())
def test_for_one_pupil_nothing_of_another(kit: Kit, story: tuple[int, list[object]]) -> None:
    count, entries = story
    anne = kit.open_as("anne")
    with anne.vault.transaction():
        group = next(iter(anne.pupils.groups()))
        table = anne.db.table("pupils")
        for at in range(count):
            given_name, _, family = NAMES[at].partition(" ")
            pupil = Pupil(given=given_name, family=family, group=group)
            if anne.pupils.get(f"{at:016x}") is None:
                table.insert(table.document_class(msgspec.to_builtins(pupil), f"{at:016x}"))
    code = anne.cases.open({f"{at:016x}": Strand.ACCUSED if at else Strand.BULLIED for at in range(count)})
    tell(anne, code, entries)  # type: ignore[arg-type]
    whole = {one.id: one for one in build(anne, code).statements}
    for at in range(count):
        me, own = f"{at:016x}", NAMES[at]
        waiting = {one.id for one in build(anne, code, me).to_approve}
        for approved in (set(), waiting, set(whole)):
            found = build(anne, code, me, approved=approved)
            check_for(found, me, own, count, approved)
            for one in found.statements:
                before = whole.get(one.id)
                if before is None or isinstance(before.strand, Scope):
                    continue
                assert me in before.strand
                assert before.strand == {me} or not one.free or (before.kind is Kind.NOTE and one.id in approved)


def check_for(found: Dossier, me: str, own: str, count: int, approved: set[str]) -> None:
    """Look for another pupil in every corner of a dossier for one."""
    shown = (*found.statements, *found.to_approve)
    named = {part.pupil for one in shown for said in one.said for part in said.text if isinstance(part, PupilRef)}
    assert named <= {me, ""}
    assert {pupil.pupil for pupil in found.pupils} == {me}
    assert all(gap.pupil in ("", me) for gap in found.gaps)
    assert all(whose(one) <= {me} for one in shown)
    assert {one.id for one in found.to_approve}.isdisjoint(approved)
    mine = {plain(part) for part in (own, *own.split())}
    forms = {form for name in NAMES[:count] if name != own for form in (name, name.split()[0])}
    text = plain(typed(shown))
    for form in {plain(form) for form in forms} - mine:
        assert not re.search(rf"\b{form}s?\b", text), form
    whole_text = plain(english(found).replace(own, ""))
    for form in {plain(form) for form in forms} - mine:
        assert f" {form} " not in f" {whole_text} "


def test_incidents_with_what_was_done_and_a_correction_behind(kit: Kit) -> None:
    marit, zoe, daniel = kit.open_as("marit"), kit.ids[ZOE], kit.ids[DANIEL]
    code = open_case(kit, marit)
    note = marit.notes.add(about(kit, "Daniël duwde Zoë.", ZOE, DANIEL, case=code))
    first = marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek"))
    mistake = marit.incidents.add(first, IncidentWhat.DIRECTOR)
    marit.incidents.take_back(mistake)
    hers = marit.incidents.add(first, IncidentWhat.PARENTS, "Gebeld.", about=[zoe])
    his = marit.incidents.add(first, IncidentWhat.PARENTS, "Later gebeld.", about=[daniel])
    both = marit.incidents.add(first, IncidentWhat.MEASURE, "Samen opgeruimd.")
    second = marit.incidents.decide(replace(marit.incidents.begin_correction(first), grave=True), corrects=first)
    whole = build(marit, code)
    assert part(whole, Part.INCIDENTS) == [first, second, hers, his, both]
    text = english(whole)
    assert "incident  ·  serious" in text and "Kind: fysiek" in text and "parents told" in text
    found = build(marit, code, zoe)
    assert part(found, Part.INCIDENTS) == [first, second, hers, both]
    bare = next(one for one in found.statements if one.id == second)
    assert bare.withheld and not bare.free and "duwde" not in english(found).partition("Incidents")[2]
    assert "Later gebeld" not in english(found) and "Gebeld." in english(found)


def test_no_incident_says_nothing(kit: Kit) -> None:
    marit = kit.open_as("marit")
    assert "Incidents" not in english(build(marit, open_case(kit, marit)))


def test_a_confidential_note_that_is_not_private_is_left_out(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code, now = open_case(kit, marit), marit.now()
    note = Note(kind=NoteKind.CONFIDENTIAL, author="", happened=now, entered=now, facts=("Geheim.",), case=code)
    marit.db.table("notes").insert(msgspec.to_builtins(note))
    assert "Geheim" not in english(build(marit, code))


def test_every_kind_of_decision_has_its_word_in_a_dossier() -> None:
    assert set(_DECISION) == set(DecisionKind)


@pytest.mark.parametrize(
    "text",
    [
        ("Dan", "iël duwde."), ("Da", "ni", "ël"), ("Daniël van", " 't Hof was erbij."), ("Dani\u200bël lachte.",),
        ("D\u0430ni\u0435l lachte.",), ("D\u03b1niel lachte.",), ("Dani\u3164ël lachte.",),
        ("Van 't Hof belde boos op.",),
        ("D.v.t.H. zat erbij.",), ("daniëls moeder",), ("DANIEL!",), ("Ｄａｎｉｅｌ duwde.",), ("Dan\u00adiël",),
    ],
)  # fmt: skip
def test_another_name_in_pieces_or_disguise_keeps_a_text_out(kit: Kit, text: tuple[str, ...]) -> None:
    marit, zoe = kit.open_as("marit"), kit.ids[ZOE]
    code, now = open_case(kit, marit), marit.now()
    note = Note(author="", happened=now, entered=now, facts=text, case=code, pupils=(Participant(pupil=zoe),))
    ident = str(marit.db.table("notes").insert(msgspec.to_builtins(note)))
    assert ident in {one.id for one in build(marit, code).statements}
    found = build(marit, code, zoe, approved=[ident])
    assert ident in {one.id for one in found.refused}
    assert ident not in {one.id for one in (*found.statements, *found.to_approve)}


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("nl", ("Oordeel: pesten", "Hoe vaak: elke dag", "Bedoeling: onduidelijk", "Vooraf verteld: ja")),
        ("en", ("Judgement: bullying", "How often: elke dag", "Bedoeling: unclear", "Told beforehand: yes")),
    ],
)
def test_what_a_step_stores_as_a_code_is_printed_in_words(kit: Kit, language: str, lines: tuple[str, ...]) -> None:
    marit = kit.open_as("marit")
    code = open_case(kit, marit)
    intent = marit.protocol.criteria[0]
    assert intent.title == "Bedoeling"
    weighed = {"judgement": "bullying", "how_often": "elke dag", f"criterion_{intent.id}": "unclear"}
    marit.cases.record_step(code, 1, StepState.DONE, text="Gezien.", details=weighed)
    marit.cases.record_step(code, 2, StepState.BUSY, text="Gehoord.", details={"told_before": "yes"})
    marit.cases.record_step(code, 4, StepState.BUSY, text="Gebeld.", details={"summary_sent": "2026-11-16"})
    text = to_text(build(marit, code), Words(language))
    assert all(line in text for line in lines), text
    assert "2026-11-16" not in text and "criterion" not in text.lower() and "_" not in text
