"""Who waits for a coordinator, the IB or the direction: why, in which order, and until when."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.errors import UsageError
from data.model import DecisionKind, Strand
from data.protocol import Proof, StepState
from data.register import Register
from data.register.queue import Reason, queue
from tests.data.school_kit import Kit, school

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"
CONSULTED, SEEN = DecisionKind.CONSULTED, DecisionKind.SEEN


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def opened(kit: Kit, register: Register, *names: str) -> str:
    sides = {kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names or (ZOE, DANIEL))}
    return register.cases.open(sides)


def waits(kit: Kit, login: str = "anne") -> list[tuple[str, list[str]]]:
    return [(one.case.code, [reason.value for reason in one.reasons]) for one in queue(kit.open_as(login))]


def consulting(register: Register) -> int:
    return next(step.number for step in register.protocol.steps if step.proof is Proof.CONSULTATION)


def today(kit: Kit) -> date:
    return kit.clock.now().date()


def test_a_new_case_asks_for_nobody(kit: Kit) -> None:
    opened(kit, kit.open_as("marit"))
    assert waits(kit) == []


def test_who_is_no_lead_and_no_director_has_no_queue(kit: Kit) -> None:
    marit = kit.open_as("marit")
    opened(kit, marit)
    kit.clock.pass_(days=40)
    for login in ("marit", "joost", "karim", "fenna", "dirk", "esther"):
        assert waits(kit, login) == []
    assert waits(kit, "anne") and waits(kit, "hans") == [], "the director reads only what they were let in to"


def test_a_consultation_that_was_begun_asks_until_somebody_looked(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.record_step(code, consulting(marit), StepState.BUSY, text="Wil graag overleggen.")
    assert waits(kit) == [(code, ["asked"])]
    kit.clock.pass_(minutes=1)
    marit.cases.decide(code, CONSULTED, text="Met Joost gepraat.")
    assert waits(kit) == [(code, ["asked"])], "a colleague is no lead"
    kit.clock.pass_(minutes=1)
    kit.open_as("anne").cases.decide(code, SEEN)
    assert waits(kit) == []
    kit.clock.pass_(minutes=1)
    marit.refresh()
    marit.cases.record_step(code, consulting(marit), StepState.BUSY, text="Nog een vraag.")
    assert waits(kit) == [(code, ["asked"])]


def test_a_question_that_became_a_case(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    code = opened(kit, marit)
    question = marit.questions.ask("Is dit pesten?")
    marit.questions.became(question, code)
    assert waits(kit) == [(code, ["asked"])]
    anne.refresh()
    kit.clock.pass_(minutes=1)
    anne.cases.decide(code, CONSULTED, advice="Ja.")
    assert waits(kit) == []


def test_a_late_case_is_there_until_it_was_seen_and_comes_back_when_nothing_happens(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    kit.clock.pass_(days=5)
    assert waits(kit) == [(code, ["late"])]
    kit.open_as("anne").cases.decide(code, SEEN)
    assert waits(kit) == []
    kit.clock.pass_(days=13)
    assert waits(kit) == []
    kit.clock.pass_(days=1)
    assert waits(kit) == [(code, ["quiet"])]


def test_the_school_says_how_long_quiet_is(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    code = opened(kit, marit)
    marit.cases.decide(code, CONSULTED, again=today(kit) + timedelta(days=60))
    house = anne.house.now()
    assert house.quiet_days == 14
    for days in (0, -1, 367):
        with pytest.raises(UsageError, match="366"):
            anne.house.change(
                rules=[], contacts=[], evaluated=None, discussed_in_mr=None, quiet_days=days, based_on=house.revision
            )
    anne.house.change(
        rules=[], contacts=[], evaluated=None, discussed_in_mr=None, quiet_days=5, based_on=house.revision
    )
    kit.clock.pass_(days=4)
    assert waits(kit) == []
    kit.clock.pass_(days=1)
    assert waits(kit) == [(code, ["quiet"])]


def test_escalated_or_offered_to_me(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.escalate(code, "school", "Het helpt te weinig.")
    assert waits(kit) == [(code, ["escalated"])]
    marit.members.offer(code, marit.people.called("hans").person.id)
    assert waits(kit, "hans") == [(code, ["offered", "escalated"])]
    assert waits(kit, "anne") == [(code, ["escalated"])]
    kit.clock.pass_(minutes=1)
    hans = kit.open_as("hans")
    hans.members.accept(code)
    assert waits(kit, "hans") == [] == waits(kit, "anne")


def test_what_weighs_most_comes_first(kit: Kit) -> None:
    marit = kit.open_as("marit")
    late = opened(kit, marit)
    kit.clock.pass_(days=5)
    escalated, asked = opened(kit, marit, NOOR), opened(kit, marit, "Sem Bakker")
    marit.cases.escalate(escalated, "school", "Te ernstig.")
    marit.cases.record_step(asked, consulting(marit), StepState.BUSY, text="Denk je mee?")
    assert [code for code, _ in waits(kit)] == [asked, escalated, late]
    assert list(Reason)[-1] is Reason.QUIET


def test_a_closed_case_asks_for_nothing(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.decide(code, DecisionKind.CLOSED, text="Klaar.")
    kit.clock.pass_(days=100)
    assert waits(kit) == []
