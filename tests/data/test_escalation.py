"""Leaving a phase: the reason the protocol asks for, grave cases, the clock of each phase, and who says "seen"."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.errors import NotAllowed, UsageError
from data.model import DecisionKind, PupilRef, Strand
from data.protocol import StepState
from data.register import Register
from tests.data.school_kit import Kit, school

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"
DONE, BUSY, SKIPPED = StepState.DONE, StepState.BUSY, StepState.SKIPPED


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def opened(kit: Kit, register: Register) -> str:
    return register.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})


def first_of(register: Register, phase: str) -> int:
    return next(step.number for step in register.protocol.steps if step.phase == phase)


def today(kit: Kit) -> date:
    return kit.clock.now().date()


def test_the_first_step_of_a_next_phase_needs_a_reason(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    step, size = first_of(marit, "school"), kit.path.stat().st_size
    for state in (BUSY, DONE):
        with pytest.raises(UsageError, match="why is the next phase"):
            marit.cases.record_step(code, step, state, text="Overlegd.")
    assert kit.path.stat().st_size == size, "nothing is half saved"
    marit.cases.record_step(code, step, DONE, text="Overlegd.", why="Daniël gaat door.")
    known = marit.cases.get(code)
    (said,) = (found.record for found in known.decisions)
    assert (said.kind, said.leaves, said.reaches, said.grave) == (DecisionKind.ESCALATED, "teacher", "school", False)
    assert said.text == (PupilRef(kit.ids[DANIEL]), " gaat door.")
    assert known.progress.phase.id == "school" and not known.missing
    marit.cases.record_step(code, step + 1, BUSY, text="Gebeld.")


def test_a_step_is_skipped_or_opened_without_a_reason(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, first_of(marit, "school"), SKIPPED, reason="Niet nodig.")
    assert marit.cases.get(code).progress.phase.id == "teacher"


def test_it_can_be_said_beforehand(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.escalate(code, "school", "Het blijft doorgaan.")
    known = marit.cases.get(code)
    assert known.progress.phase.id == "school" and not known.missing
    marit.cases.record_step(code, first_of(marit, "school"), DONE, text="Overlegd.")
    assert len(marit.cases.get(code).decisions) == 1
    for phase in ("school", "teacher", "bestaat niet", ""):
        with pytest.raises(UsageError, match="already"):
            marit.cases.escalate(code, phase, "Nog eens.")


def test_who_said_why_sees_the_next_phase_advised(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    for step in marit.protocol.steps:
        if step.phase == "teacher":
            marit.cases.record_step(code, step.number, SKIPPED, reason="Niet nodig.")
    marit.cases.escalate(code, "school", "Het blijft doorgaan.")
    following = marit.cases.get(code).progress.next_step
    assert following is not None and following.step.number == first_of(marit, "school")


@pytest.mark.parametrize("why", ["", "  \n"])
def test_no_reason_is_none(kit: Kit, why: str) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    with pytest.raises(UsageError, match="why is the next phase"):
        marit.cases.escalate(code, "school", why)


def test_only_a_grave_case_passes_over_a_phase(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    with pytest.raises(UsageError, match="passes over"):
        marit.cases.escalate(code, "external", "Haast.")
    with pytest.raises(UsageError, match="passes over"):
        marit.cases.record_step(code, first_of(marit, "external"), BUSY, text="Gebeld.", why="Haast.")
    marit.cases.record_step(code, first_of(marit, "external"), BUSY, text="Gebeld.", why="Een mes.", grave=True)
    known = marit.cases.get(code)
    assert known.decisions[-1].record.grave and known.progress.phase.id == "external"
    assert not known.unexplained, "the reason holds for every phase that was passed over"


def test_a_closed_case_goes_to_no_next_phase(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.decide(code, DecisionKind.CLOSED, text="Klaar.")
    with pytest.raises(UsageError, match="closed"):
        marit.cases.escalate(code, "school", "Toch niet.")


def test_it_is_not_written_as_a_plain_decision(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    with pytest.raises(UsageError):
        marit.cases.decide(code, DecisionKind.ESCALATED, text="Zomaar.")


def test_old_cases_that_left_a_phase_without_a_reason_lack_it(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    now = kit.clock.now()
    marit.db.table("steps").insert(
        {"case": code, "step": first_of(marit, "school"), "state": "done", "happened": str(now.date()),
         "entered": now.isoformat(), "author": marit.me, "text": ["Overlegd."]}
    )  # fmt: skip
    known = marit.cases.get(code)
    assert known.missing == ("unexplained",) and [phase.id for phase in known.unexplained] == ["teacher"]
    assert "missing" in known.attention(today(kit))


def test_who_is_not_in_a_case_moves_it_nowhere(kit: Kit) -> None:
    code = opened(kit, kit.open_as("marit"))
    for login in ("karim", "hans", "fenna"):
        with pytest.raises(NotAllowed):
            kit.open_as(login).cases.escalate(code, "school", "Ik vind van wel.")


def test_each_phase_has_its_clock(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    begun = today(kit)
    kit.clock.pass_(days=9)
    assert marit.cases.get(code).phase_since == begun
    marit.cases.escalate(code, "school", "Het blijft doorgaan.")
    kit.clock.pass_(days=3)
    step, happened = first_of(marit, "school"), today(kit) - timedelta(days=1)
    marit.cases.record_step(code, step, DONE, text="Overlegd.", happened=happened)
    assert marit.cases.get(code).phase_since == begun + timedelta(days=9), "it began with the decision"


# --- seen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("login", "may"), [("anne", True), ("joost", False), ("marit", False)])
def test_leads_and_direction_say_that_they_saw_a_case(kit: Kit, login: str, may: bool) -> None:
    code = opened(kit, kit.open_as("marit"))
    register = kit.open_as(login)
    if may:
        register.cases.decide(code, DecisionKind.SEEN)
        assert register.cases.get(code).decisions[-1].record.author == register.me
    else:
        with pytest.raises(NotAllowed, match="coordinator"):
            register.cases.decide(code, DecisionKind.SEEN)


def test_the_director_says_so_once_let_in(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    with pytest.raises(NotAllowed):
        kit.open_as("hans").cases.decide(code, DecisionKind.SEEN)
    marit.members.invite(code, marit.people.called("hans").person.id)
    kit.open_as("hans").cases.decide(code, DecisionKind.SEEN)


def test_that_somebody_looked_keeps_no_appointment_and_moves_no_case(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    code = opened(kit, marit)
    again = today(kit) + timedelta(days=2)
    marit.cases.decide(code, DecisionKind.CONSULTED, again=again)
    before = marit.cases.get(code).worked_on
    kit.clock.pass_(days=3)
    anne.refresh()
    anne.cases.decide(code, DecisionKind.SEEN)
    known = anne.cases.get(code)
    assert known.agreed_day == again and known.overdue(today(kit)) and known.worked_on == before
    assert known.moved > before
