"""A case as a whole: whose side is heard, what was decided, when it is looked at again, closing and reopening."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from data.errors import Changed, NotAllowed, UsageError
from data.model import QUIET_DAYS, CasePupil, DecisionKind, PupilRef, Strand
from data.protocol import StepState
from data.register import Jotting, KnownCase, Register
from data.register.agenda import agenda
from data.register.day import look
from data.register.search import Filter
from tests.data.school_kit import Kit, about, school

CONSULTED, CLOSED, REOPENED, *_ = DecisionKind
ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def opened(kit: Kit, register: Register, *names: str) -> str:
    """Open a case: the first was hurt, the others did it."""
    sides = {kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names or (ZOE, DANIEL))}
    return register.cases.open(sides)


def today(kit: Kit) -> date:
    return kit.clock.now().date()


# --- both sides --------------------------------------------------------------------------------------------


def unheard(known: KnownCase, step: int) -> tuple[str, ...]:
    return next(view.unheard for view in known.progress.steps if view.step.number == step)


def test_a_hearing_is_whole_once_every_side_was_heard(kit: Kit) -> None:
    marit = kit.open_as("marit")
    zoe, daniel, noor = (kit.ids[name] for name in (ZOE, DANIEL, NOOR))
    code = opened(kit, marit, ZOE, DANIEL, NOOR)
    assert not any(view.missing for view in marit.cases.get(code).progress.steps), "nothing is missing before a start"
    marit.cases.record_step(code, 2, StepState.DONE, text="Zoë gesproken", about=[zoe])
    known = marit.cases.get(code)
    view = known.progress.steps[1]
    assert view.missing == ("one_sided",) and unheard(known, 2) == (daniel, noor)
    assert "missing" in known.attention(today(kit))
    marit.cases.record_step(code, 2, StepState.DONE, about=[daniel])
    marit.cases.record_step(code, 2, StepState.DONE, about=[noor])
    assert unheard(marit.cases.get(code), 2) == ()
    assert marit.cases.get(code).progress.steps[1].missing == ()


def test_who_stands_on_no_side_need_not_be_heard(kit: Kit) -> None:
    marit = kit.open_as("marit")
    zoe, noor = kit.ids[ZOE], kit.ids[NOOR]
    code = marit.cases.open({zoe: Strand.BULLIED, noor: Strand.OTHER})
    marit.cases.record_step(code, 2, StepState.DONE, about=[zoe])
    assert marit.cases.get(code).progress.steps[1].missing == ()


def test_a_pupil_of_another_case_cannot_be_heard_here(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, 2, StepState.DONE, text="Gehoord.", about=[kit.ids[NOOR], "geen leerling"])
    assert marit.cases.get(code).events[-1].record.about == ()


def test_who_came_in_later_is_still_to_be_heard(kit: Kit) -> None:
    marit = kit.open_as("marit")
    zoe, daniel, noor = (kit.ids[name] for name in (ZOE, DANIEL, NOOR))
    code = opened(kit, marit)
    marit.cases.record_step(code, 2, StepState.DONE, about=[zoe, daniel])
    marit.cases.change_pupils(code, {noor: Strand.ACCUSED}, based_on=marit.cases.get(code).revision)
    assert unheard(marit.cases.get(code), 2) == (noor,)


# --- who is in it ------------------------------------------------------------------------------------------


def test_who_did_it_may_turn_out_later(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit, ZOE)
    known = marit.cases.get(code)
    marit.cases.change_pupils(code, {kit.ids[DANIEL]: Strand.ACCUSED}, based_on=known.revision)
    assert marit.cases.get(code).case.pupils == (
        CasePupil(pupil=kit.ids[ZOE], name=ZOE, strand=Strand.BULLIED),
        CasePupil(pupil=kit.ids[DANIEL], name=DANIEL, strand=Strand.ACCUSED),
    )
    joost = kit.open_as("joost")
    assert joost.cases.get(code).names == marit.cases.get(code).names


def test_nobody_is_taken_out_of_a_case(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.change_pupils(code, {kit.ids[ZOE]: Strand.OTHER}, based_on=marit.cases.get(code).revision)
    strands = {pupil.pupil: pupil.strand for pupil in marit.cases.get(code).case.pupils}
    assert strands == {kit.ids[ZOE]: Strand.OTHER, kit.ids[DANIEL]: Strand.ACCUSED}


def test_two_people_change_who_is_in_it(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    joost.refresh()
    seen = joost.cases.get(code).revision
    marit.cases.change_pupils(code, {kit.ids[NOOR]: Strand.ACCUSED}, based_on=marit.cases.get(code).revision)
    with pytest.raises(Changed):
        joost.cases.change_pupils(code, {kit.ids[ZOE]: Strand.OTHER}, based_on=seen)
    assert len(joost.cases.get(code).case.pupils) == 3


def test_a_case_without_pupils_is_none(kit: Kit) -> None:
    marit = kit.open_as("marit")
    size = kit.path.stat().st_size
    with pytest.raises(UsageError, match="at least one pupil"):
        marit.cases.open({})
    assert kit.path.stat().st_size == size


def test_a_case_with_forty_pupils(kit: Kit) -> None:
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    group = anne.pupils.group_named("groep 6")
    assert group is not None
    anne.pupils.add_lines(group, "\n".join(f"Kind{number} Jansen" for number in range(40)))
    marit.refresh()
    strands = {known.id: Strand.ACCUSED for known in marit.pupils.all() if known.name.startswith("Kind")}
    code = marit.cases.open(strands)
    assert len(marit.cases.get(code).case.pupils) == 40
    marit.cases.record_step(code, 2, StepState.BUSY, about=list(strands)[:1])
    assert len(unheard(marit.cases.get(code), 2)) == 39


def test_more_pupils_than_two_groups_are_a_mistake(kit: Kit) -> None:
    marit = kit.open_as("marit")
    with pytest.raises(UsageError, match="at most 60"):
        marit.cases.open({f"{number:032x}": Strand.OTHER for number in range(61)})


def test_a_case_document_without_pupils_is_shown_all_the_same(kit: Kit) -> None:
    """Written by another program, it must not keep anybody from their day."""
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    known = marit.cases.get(code)
    marit.db.table("cases").replace(msgspec.to_builtins(msgspec.structs.replace(known.case, pupils=())), code)
    day = look(marit)
    assert [found.code for found in day.cases] == [code]
    assert "missing" not in day.cases[0].attention(today(kit))


# --- decisions ---------------------------------------------------------------------------------------------


def test_a_consultation_sets_the_day_to_look_again(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    again = today(kit) + timedelta(days=14)
    marit.cases.decide(code, CONSULTED, advice="Praat met Zoë.", text="Nog even wachten.", again=again)
    joost.refresh()
    known = joost.cases.get(code)
    said = known.decisions[-1].record
    assert said.advice == ("Praat met ", PupilRef(kit.ids[ZOE]), ".")
    assert (said.author, said.again, known.agreed_day, known.due) == (marit.me, again, again, again)


def test_the_agreed_day_goes_before_the_term_until_it_was_kept(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    again = today(kit) + timedelta(days=7)
    marit.cases.decide(code, CONSULTED, again=again)
    marit.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
    assert marit.cases.get(code).due == again, "something recorded before the day does not keep it"
    kit.clock.pass_(days=8)
    assert marit.cases.get(code).overdue(today(kit))
    marit.cases.record_step(code, 2, StepState.DONE, text="Gedaan.")
    known = marit.cases.get(code)
    assert known.agreed_day is None and not known.overdue(today(kit))


def test_a_consultation_without_a_day_leaves_the_agreed_one(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    again = today(kit) + timedelta(days=7)
    marit.cases.decide(code, CONSULTED, again=again)
    marit.cases.decide(code, CONSULTED, text="Ook de ouders bellen.")
    assert marit.cases.get(code).agreed_day == again


def test_a_case_is_closed_with_an_evaluation_and_opened_again_with_a_reason(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    with pytest.raises(UsageError, match="evaluation"):
        marit.cases.decide(code, CLOSED, text="  ")
    marit.cases.decide(code, CLOSED, text="Het gaat goed.", again=today(kit) + timedelta(days=42))
    closed = marit.cases.get(code)
    assert (closed.open, closed.status, closed.due) == (False, "closed", today(kit) + timedelta(days=42))
    with pytest.raises(UsageError, match="closed"):
        marit.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
    marit.notes.add(about(kit, "toch weer iets", ZOE, case=code))
    with pytest.raises(Changed):
        marit.cases.decide(code, CLOSED, text="nog eens")
    with pytest.raises(UsageError, match="reason"):
        marit.cases.decide(code, REOPENED)
    marit.cases.decide(code, REOPENED, text="Het begint opnieuw.")
    known = marit.cases.get(code)
    assert known.open and known.agreed_day is None and known.progress.next_step is not None
    with pytest.raises(Changed):
        marit.cases.decide(code, REOPENED, text="nog eens")


def test_two_people_close_one_case(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    joost.refresh()
    assert joost.cases.get(code).open
    marit.cases.decide(code, CLOSED, text="Klaar.")
    with pytest.raises(Changed):
        joost.cases.decide(code, CLOSED, text="Ook klaar.")
    assert len(joost.cases.get(code).decisions) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Write down"),
        ({"again": -1}, "past"),
        ({"text": "x", "happened": 1}, "still to come"),
        ({"text": "x" * 20_001}, "too long"),
    ],
)
def test_decisions_that_cannot_be(kit: Kit, given: dict[str, object], said: str) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    days = {name: today(kit) + timedelta(days=value) for name, value in given.items() if isinstance(value, int)}
    size = kit.path.stat().st_size
    with pytest.raises(UsageError, match=said):
        marit.cases.decide(code, CONSULTED, **{**given, **days})  # type: ignore[arg-type]
    assert kit.path.stat().st_size == size


def test_who_is_not_in_a_case_decides_nothing(kit: Kit) -> None:
    code, karim = opened(kit, kit.open_as("marit")), kit.open_as("karim")
    with pytest.raises(NotAllowed):
        karim.cases.decide(code, CONSULTED, text="Ik vind ervan.")
    with pytest.raises(NotAllowed):
        karim.cases.change_pupils(code, {}, based_on=1)


def test_nobody_decides_in_a_colleagues_name(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    joost.refresh()
    joost.db.table("decisions").insert(
        {"case": code, "kind": "closed", "happened": "2026-11-18", "entered": "2026-11-18T10:00:00+01:00",
         "author": marit.me, "text": ["Dicht."]}
    )  # fmt: skip
    assert joost.cases.get(code).decisions[-1].record.author == joost.me


# --- the day, the agenda, searching ------------------------------------------------------------------------


def test_the_day_says_what_is_late_and_what_is_due_today(kit: Kit) -> None:
    marit = kit.open_as("marit")
    late = opened(kit, marit)
    kit.clock.pass_(days=5)
    now = opened(kit, marit, NOOR)
    marit.cases.decide(now, CONSULTED, again=today(kit))
    later = opened(kit, marit, "Sem Bakker")
    day = look(marit)
    assert [(due.case.code, due.kind, due.overdue(day.today)) for due in day.due] == [
        (late, "step", True),
        (now, "again", False),
    ]
    assert {known.code for known in day.chosen("mine")} == {late, now, later}
    assert {known.code for known in day.chosen("attention")} == {late, now}
    assert day.chosen("closed") == ()


def test_filters_of_a_lead(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    first, second = opened(kit, marit), opened(kit, marit, NOOR)
    marit.cases.decide(second, CLOSED, text="Klaar.")
    anne.refresh()
    day = look(anne)
    assert [len(day.chosen(name)) for name in ("mine", "attention", "all", "closed")] == [0, 0, 1, 1]
    assert day.chosen("all")[0].code == first and day.chosen("closed")[0].code == second
    assert [item.count for item in day.news] == [1]


def test_a_case_that_nobody_touches_asks_for_attention(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    for number in range(1, 13):
        marit.cases.record_step(code, number, StepState.SKIPPED, reason="Niet nodig.")
    assert marit.cases.get(code).attention(today(kit)) == ("undecided",)
    kit.clock.pass_(days=QUIET_DAYS)
    assert "quiet" in marit.cases.get(code).attention(today(kit))


def test_the_agenda_has_one_line_a_case_soonest_first(kit: Kit) -> None:
    marit = kit.open_as("marit")
    first, second = opened(kit, marit), opened(kit, marit, NOOR)
    marit.cases.decide(second, CONSULTED, again=today(kit) + timedelta(days=1))
    found = agenda(marit.cases.all())
    assert [(due.case.code, due.kind, due.step) for due in found] == [(second, "again", 1), (first, "step", 1)]


def test_a_follow_up_of_a_closed_case_is_in_the_agenda(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.decide(code, CLOSED, text="Klaar.", again=today(kit) + timedelta(days=42))
    (due,) = agenda(marit.cases.all())
    assert (due.kind, due.step, due.title) == ("again", None, "")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("zoe", True),
        ("vri zo", True),
        ("groep 6", True),
        ("marit", True),
        ("kaart", True),
        ("oe", False),
        ("zoë daniel kader", False),
    ],
)
def test_searching_cases(kit: Kit, typed: str, found: bool) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    names = {known.id: known.name for known in marit.pupils.all()}
    assert Filter(marit, names, typed).case(marit.cases.get(code)) is found
    for part in (code, code.lower(), code[2:], code[2:4].lower()):
        assert Filter(marit, names, part).case(marit.cases.get(code))


@pytest.mark.parametrize(("typed", "found"), [("hek", True), ("plein zoe", True), ("joost", False), ("\x1b[", False)])
def test_searching_notes(kit: Kit, typed: str, found: bool) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(Jotting("Zoë stond bij het hek", place="plein", pupils=((kit.ids[ZOE], "victim"),)))  # type: ignore[arg-type]
    note = marit.notes.get(ident)
    assert note is not None
    names = {known.id: known.name for known in marit.pupils.all()}
    assert Filter(marit, names, typed).note(note) is (found or typed == "\x1b[")
