"""What each kind of proof asks for, what a done step lacks, and how an entry is corrected."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.clean import MAX_TEXT
from data.errors import Changed, NotAllowed, UsageError
from data.model import DecisionKind, PupilRef, StepRecord, Strand
from data.protocol import FieldKind, Proof, Protocol, Step, StepState, builtin, fields_of, load, who_label
from data.protocol.proofs import MAX_LINE, checked, lacking, useful
from data.register import KnownCase, Register
from data.register.details import MOST_SHOWN, facts
from data.words import Words
from tests.data.school_kit import Kit, school

DONE, BUSY, SKIPPED = StepState.DONE, StepState.BUSY, StepState.SKIPPED
ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"
TODAY = date(2026, 11, 18)
PROTOCOLS = {"own": builtin(), "kade": load(Path(__file__).with_name("kade.toml"))}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def opened(kit: Kit, register: Register) -> str:
    return register.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})


def number_of(proof: Proof) -> int:
    return next(step.number for step in builtin().steps if step.proof is proof)


ASSESSMENT, HEARING, CONSULTATION, PARENTS = map(
    number_of, (Proof.ASSESSMENT, Proof.HEARING, Proof.CONSULTATION, Proof.PARENT_TALK)
)


def a_step(proof: Proof) -> Step:
    return msgspec.structs.replace(builtin().steps[0], proof=proof)


def view(known: KnownCase, number: int) -> Any:
    return next(found for found in known.progress.steps if found.step.number == number)


# --- the fields --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
@pytest.mark.parametrize("proof", Proof)
def test_every_kind_of_proof_has_fields_that_can_be_told_apart(protocol: Protocol, proof: Proof) -> None:
    fields = fields_of(a_step(proof), protocol.criteria)
    assert len({field.id for field in fields}) == len(fields) <= MOST_SHOWN
    assert sum(field.first for field in fields) <= 3, "three at once, the rest on demand"
    assert not fields or fields[0].first
    for field in fields:
        assert field.label or field.title
        assert (field.kind is FieldKind.CHOICE) == bool(field.options)
        assert len({option.value for option in field.options}) == len(field.options)
        assert not field.ahead or field.kind is FieldKind.DAY
    assert who_label(proof)


def test_an_assessment_weighs_the_protocols_own_criteria() -> None:
    own, kade = (fields_of(a_step(Proof.ASSESSMENT), protocol.criteria) for protocol in PROTOCOLS.values())
    weighed = [field for field in own if field.title]
    assert [field.title for field in weighed] == [one.title for one in builtin().criteria]
    assert all([option.value for option in field.options] == ["yes", "no", "unclear"] for field in weighed)
    assert not any(field.title for field in kade), "another school's file has none"
    assert [field.id for field in own].index("judgement") > own.index(weighed[-1])
    judgement = next(field for field in own if field.id == "judgement")
    assert [option.value for option in judgement.options] == ["conflict", "teasing", "maybe_bullying", "bullying"]


def test_what_is_empty_is_not_kept_and_what_is_typed_is_cleaned() -> None:
    fields = fields_of(a_step(Proof.ASSESSMENT), builtin().criteria)
    typed = {"since": "  vorige\x1b[31m week ", "where": " \n ", "judgement": "bullying", "how_often": ""}
    assert checked(fields, typed, TODAY) == {"since": "vorige[31m week", "judgement": "bullying"}


@pytest.mark.parametrize(
    ("proof", "typed", "said"),
    [
        (Proof.ASSESSMENT, {"judgement": "misschien"}, "conflict"),
        (Proof.ASSESSMENT, {"no_such_field": "x"}, "does not ask"),
        (Proof.ASSESSMENT, {"since": "x" * (MAX_LINE + 1)}, "too long"),
        (Proof.CONSULTATION, {"advice": "x" * (MAX_TEXT + 1)}, "too long"),
        (Proof.PARENT_TALK, {"summary_sent": "2026-11-19"}, "still to come"),
        (Proof.PARENT_TALK, {"summary_sent": "gisteren"}, "Which day"),
        (Proof.PARENT_TALK, {"summary_sent": "2026-02-30"}, "Which day"),
        (Proof.REMOVAL, {"from_day": "2026-11-20", "to_day": "2026-11-19"}, "before the first"),
        (Proof.CHECK, {"text": "x"}, "does not ask"),
    ],
)
def test_what_does_not_fit_is_refused(proof: Proof, typed: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked(fields_of(a_step(proof)), typed, TODAY)
    assert said in str(caught.value)


def test_a_measure_and_an_expert_may_begin_later() -> None:
    typed = {"measure": "suspension", "from_day": "2026-12-01", "to_day": "2026-12-03", "letter_sent": "2026-11-30"}
    assert checked(fields_of(a_step(Proof.REMOVAL)), typed, TODAY) == typed
    assert checked(fields_of(a_step(Proof.EXPERT)), {"from_day": "2027-01-11"}, TODAY)


# --- what is stored ----------------------------------------------------------------------------------------


def test_details_are_stored_with_pupils_as_references(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    typed = {"since": "sinds Zoë ziek was", "judgement": "bullying", "criterion_harm": "yes"}
    marit.cases.record_step(code, ASSESSMENT, DONE, text="Gezien.", details=typed)
    (event,) = kit.open_as("joost").cases.get(code).events
    assert event.record.details == {
        "since": ("sinds ", PupilRef(kit.ids[ZOE]), " ziek was"),
        "judgement": ("bullying",),
        "criterion_harm": ("yes",),
    }


def test_a_step_is_done_with_details_alone_but_not_with_nothing(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, ASSESSMENT, DONE, details={"judgement": "teasing"})
    with pytest.raises(UsageError, match="one sentence"):
        marit.cases.record_step(code, ASSESSMENT, DONE, details={"judgement": " ", "since": ""})
    for wrong in ({"judgement": "?"}, {"nothing": "x"}):
        with pytest.raises(UsageError):
            marit.cases.record_step(code, ASSESSMENT, DONE, text="x", details=wrong)
    assert len(marit.cases.get(code).events) == 1


def test_of_each_field_the_last_word_counts(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, ASSESSMENT, BUSY, details={"judgement": "teasing", "since": "maandag"})
    marit.cases.record_step(code, ASSESSMENT, DONE, details={"judgement": "bullying"})
    assert marit.cases.get(code).details(ASSESSMENT) == {"judgement": ("bullying",), "since": ("maandag",)}
    assert marit.cases.get(code).details(HEARING) == {}


# --- what a done step lacks --------------------------------------------------------------------------------


def test_an_assessment_lacks_its_judgement_wherever_it_was_made(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, ASSESSMENT, BUSY, text="Begonnen.")
    assert view(marit.cases.get(code), ASSESSMENT).missing == ()
    marit.cases.record_step(code, ASSESSMENT, DONE, text="Klaar.")
    known = marit.cases.get(code)
    assert view(known, ASSESSMENT).missing == ("no_judgement",)
    assert view(known, ASSESSMENT).hints == ("how_often",)
    assert "missing" in known.attention(kit.clock.now().date())
    marit.cases.record_step(code, CONSULTATION, DONE, text="Met Joost.", details={"judgement": "bullying"})
    assert view(marit.cases.get(code), ASSESSMENT).missing == (), "the protocol judges in the consultation"


def test_a_summary_that_was_not_sent_is_a_hint_and_no_gap(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, PARENTS, DONE, text="Gebeld.", about=[kit.ids[ZOE], kit.ids[DANIEL]])
    assert (view(marit.cases.get(code), PARENTS).missing, view(marit.cases.get(code), PARENTS).hints) == (
        (),
        ("summary_sent",),
    )
    marit.cases.record_step(code, PARENTS, DONE, details={"summary_sent": "2026-11-18"})
    assert view(marit.cases.get(code), PARENTS).hints == ()


def test_who_a_consultation_was_with_stands_beside_its_sentence(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, CONSULTATION, DONE, text="Overlegd.")
    assert view(marit.cases.get(code), CONSULTATION).hints == ("present",)
    marit.cases.record_step(code, CONSULTATION, DONE, text="Nog eens.", present="Joost")
    assert view(marit.cases.get(code), CONSULTATION).hints == ()


def test_a_measure_without_a_letter_has_a_gap() -> None:
    assert lacking(Proof.REMOVAL, ["measure"]) == ("no_letter_sent",)
    assert lacking(Proof.REMOVAL, ["letter_sent"]) == ()
    assert {proof for proof in Proof if lacking(proof, ())} == {Proof.ASSESSMENT, Proof.REMOVAL}
    known = {proof: {field.id for field in fields_of(a_step(proof))} | {"present"} for proof in Proof}
    for proof in Proof:
        assert {code.removeprefix("no_") for code in lacking(proof, ())} | set(useful(proof, ())) <= known[proof]


# --- corrections -------------------------------------------------------------------------------------------


def test_a_correction_counts_and_what_it_corrects_does_not(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    wrong = marit.cases.record_step(code, HEARING, DONE, text="Daniël gehoord.", about=[zoe, daniel])
    joost = kit.open_as("joost")
    right = joost.cases.record_step(code, HEARING, BUSY, text="Alleen Zoë gehoord.", about=[zoe], corrects=wrong)
    known = kit.open_as("anne").cases.get(code)
    assert [event.id for event in known.events] == [wrong, right], "both are there to be read"
    assert [event.id for event in known.standing] == [right]
    assert known.corrected == {wrong}
    seen = view(known, HEARING)
    assert (seen.state, seen.by, seen.heard, seen.unheard) == (BUSY, joost.me, (zoe,), (daniel,))
    said = known.said(HEARING)
    assert said is not None and said.text[-1] == " gehoord."
    assert known.now(wrong) == known.now(right) == known.events[1]
    assert known.now("geen") is None


def test_a_correction_stands_where_the_entry_stood(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    first = marit.cases.record_step(code, ASSESSMENT, BUSY, text="begonen")
    marit.cases.record_step(code, ASSESSMENT, DONE, text="klaar")
    second = marit.cases.record_step(code, ASSESSMENT, BUSY, text="begonnen", corrects=first)
    known = marit.cases.get(code)
    assert view(known, ASSESSMENT).state is DONE, "a letter put right does not open a step again"
    assert [event.record.text for event in known.standing] == [("begonnen",), ("klaar",)]
    third = marit.cases.record_step(code, ASSESSMENT, BUSY, text="net begonnen", corrects=second)
    known = marit.cases.get(code)
    assert known.corrected == {first, second}
    assert known.standing[0].id == third


def test_a_correction_takes_judgement_and_ticks_away(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    wrong = marit.cases.record_step(code, ASSESSMENT, DONE, text="x", details={"judgement": "bullying"})
    marit.cases.record_step(code, ASSESSMENT, DONE, text="x, nog geen oordeel", corrects=wrong)
    assert view(marit.cases.get(code), ASSESSMENT).missing == ("no_judgement",)


def test_only_an_entry_of_the_same_step_and_case_is_corrected_and_once(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    other = marit.cases.open({kit.ids["Noor Yılmaz"]: Strand.BULLIED})
    first = marit.cases.record_step(code, ASSESSMENT, DONE, text="een")
    there = marit.cases.record_step(other, ASSESSMENT, DONE, text="elders")
    for number, ident in ((HEARING, first), (ASSESSMENT, there), (ASSESSMENT, "geen"), (ASSESSMENT, "../x")):
        with pytest.raises(UsageError, match="about this step"):
            marit.cases.record_step(code, number, BUSY, text="twee", corrects=ident)
    marit.cases.record_step(code, ASSESSMENT, DONE, text="twee", corrects=first)
    with pytest.raises(Changed):
        marit.cases.record_step(code, ASSESSMENT, DONE, text="drie", corrects=first)
    with pytest.raises(NotAllowed):
        kit.open_as("karim").cases.record_step(code, ASSESSMENT, DONE, text="drie", corrects=first)


def test_a_correction_keeps_what_nobody_touched(kit: Kit) -> None:
    """A word of a newer program, a field of an older protocol, a pupil in a text: all stay as they are stored."""
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    forge(kit, marit, code, {"judgement": ("mobbing",), "old_field": ("x", PupilRef(kit.ids[ZOE])), "since": ("ma",)})
    (event,) = marit.cases.get(code).events
    marit.cases.record_step(
        code, ASSESSMENT, DONE, text="beter", details={"judgement": "mobbing", "since": "di"}, corrects=event.id
    )
    assert marit.cases.get(code).events[-1].record.details == {
        "judgement": ("mobbing",),
        "old_field": ("x", PupilRef(kit.ids[ZOE])),
        "since": ("di",),
    }
    with pytest.raises(UsageError):
        marit.cases.record_step(code, ASSESSMENT, DONE, text="x", details={"judgement": "mobbing"})


# --- forged and foreign ------------------------------------------------------------------------------------


def forge(kit: Kit, register: Register, code: str, details: dict[str, Any], corrects: str = "", **more: Any) -> str:
    """Write an entry as no program of ours would."""
    now = kit.clock.now()
    state = more.pop("state", DONE)
    record = StepRecord(
        case=code, step=ASSESSMENT, state=state, happened=now.date(), entered=now, author=register.me, **more
    )
    built = {**msgspec.to_builtins(record), "details": msgspec.to_builtins(details), "corrects": corrects}
    return str(register.db.table("steps").insert(built))


def test_a_forged_correction_undoes_nothing(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    first = marit.cases.record_step(code, HEARING, DONE, text="gehoord", about=[kit.ids[ZOE], kit.ids[DANIEL]])
    second = marit.cases.record_step(code, ASSESSMENT, DONE, text="gezien")
    for ident in (first, "geen", "x" * 300, ""):
        forge(kit, marit, code, {}, ident, text=("van een andere stap",))
    forge(kit, marit, code, {}, second, state=SKIPPED)
    known = marit.cases.get(code)
    assert known.corrected == set()
    assert len(known.standing) == len(known.events) == 7
    assert view(known, HEARING).state is DONE


def test_unknown_fields_and_choices_are_shown_plainly(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    hostile = "[b]x[/b]\x1b[31m\u202ey\nregel twee"
    strange = {"judgement": ("mobbing",), "zwaarte [red]\x1b": (hostile,), "summary_sent": ("ooit",)}
    forge(kit, marit, code, strange)
    forge(kit, marit, code, {f"veld{number}": ("x",) for number in range(500)})
    known = marit.cases.get(code)
    words, fields = Words("nl"), known.fields(ASSESSMENT)
    found = facts(words, fields, known.events[0].record.details, str)
    assert [fact.said for fact in found] == ["mobbing", "[b]x[/b][31my regel twee", "ooit"]
    assert found[1].label == "zwaarte [red]"
    assert len(facts(words, fields, known.events[1].record.details, str)) == MOST_SHOWN


def test_a_step_that_the_protocol_lost_keeps_its_details(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, ASSESSMENT, DONE, text="x", details={"since": "maandag"})
    assert marit.cases.get(code).fields(999) == ()
    words = Words("nl")
    (fact,) = facts(words, (), marit.cases.get(code).events[0].record.details, str)
    assert (fact.label, fact.said) == ("since", "maandag")


def test_ten_thousand_characters_and_forty_pupils(kit: Kit) -> None:
    anne = kit.open_as("anne")
    group = anne.pupils.group_named("groep 6")
    assert group is not None
    anne.pupils.add_lines(group, "\n".join(f"Kind{number} Achternaam{number}" for number in range(40)))
    marit = kit.open_as("marit")
    many = [known.id for known in marit.pupils.all() if known.name.startswith("Kind")]
    code = marit.cases.open(dict.fromkeys(many, Strand.BULLIED))
    advice = " ".join(f"Kind{number} Achternaam{number}" for number in range(40)) + " woord" * 1500
    marit.cases.record_step(code, CONSULTATION, DONE, text="x" * 10_000, details={"advice": advice})
    found = marit.cases.get(code).details(CONSULTATION)["advice"]
    assert sum(isinstance(part, PupilRef) for part in found) == 40
    assert marit.cases.get(code).full_name(many[0]).startswith("Kind")


# --- who was told of the end -------------------------------------------------------------------------------


def test_a_closing_says_which_families_were_told(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    told = [kit.ids[ZOE], "geen leerling", kit.ids[ZOE]]
    marit.cases.decide(
        code, DecisionKind.CLOSED, text="Rustig.", told=told, again=kit.clock.now().date() + timedelta(days=42)
    )
    (known,) = kit.open_as("joost").cases.get(code).decisions
    assert known.record.told == (kit.ids[ZOE],)
