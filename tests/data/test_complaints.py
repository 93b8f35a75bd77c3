"""Official complaints: who writes them down, who reads them, what came of them, and that no name is typed into one."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.errors import NotAllowed, UsageError
from data.model import DecisionKind, PupilRef, Strand
from data.register.queue import queue
from tests.data.school_kit import PEOPLE, Kit, school

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def code(kit: Kit) -> str:
    return kit.open_as("marit").cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})


def today(kit: Kit) -> date:
    return kit.clock.now().date()


@pytest.mark.parametrize("login", PEOPLE)
def test_leads_and_direction_write_one_down_and_nobody_else(kit: Kit, code: str, login: str) -> None:
    register = kit.open_as(login)
    assert register.complaints.writes is (login in ("anne", "hans"))
    if register.complaints.writes:
        register.complaints.add(code, "ouders van Zoë", today(kit))
    else:
        with pytest.raises(NotAllowed, match="coordinator, IB or management"):
            register.complaints.add(code, "ouders van Zoë", today(kit))
    assert len(kit.open_as("anne").complaints.all()) == register.complaints.writes


@pytest.mark.parametrize("login", PEOPLE)
def test_who_takes_part_reads_it_and_nobody_else(kit: Kit, code: str, login: str) -> None:
    kit.open_as("anne").complaints.add(code, "ouders", today(kit), route="bestuur")
    register = kit.open_as(login)
    reads = login in ("anne", "hans", "marit", "joost")
    assert bool(register.complaints.all()) is reads
    assert bool(register.complaints.of_case(code.lower())) is reads


def test_names_become_references_for_a_director_who_cannot_read_the_case(kit: Kit, code: str) -> None:
    kit.open_as("hans").complaints.add(code, "ouders van Zoë de Vries", today(kit), text="Zoë de Vries is gehoord.")
    (known,) = kit.open_as("marit").complaints.of_case(code)
    assert known.record.source == ("ouders van ", PupilRef(kit.ids[ZOE]))
    assert known.record.text == (PupilRef(kit.ids[ZOE]), " is gehoord.")


def test_what_came_of_it_takes_the_place_of_its_term(kit: Kit, code: str) -> None:
    anne = kit.open_as("anne")
    ident = anne.complaints.add(code, "ouders", today(kit), until=today(kit) + timedelta(days=3))
    assert anne.complaints.of_case(code)[0].due == today(kit) + timedelta(days=3)
    kit.clock.pass_(days=1)
    anne.complaints.about(ident, "Naar het bestuur gestuurd.", until=today(kit) + timedelta(days=28))
    assert anne.complaints.of_case(code)[0].due == today(kit) + timedelta(days=28)
    anne.complaints.about(ident, "Het bestuur heeft besloten.")
    (known,) = anne.complaints.of_case(code)
    assert known.due is None and len(known.said) == 2 and known.last.text == ("Het bestuur heeft besloten.",)


def test_what_cannot_be(kit: Kit, code: str) -> None:
    anne, size = kit.open_as("anne"), kit.path.stat().st_size
    with pytest.raises(UsageError, match="From whom"):
        anne.complaints.add(code, "  ", today(kit))
    with pytest.raises(UsageError, match="still to come"):
        anne.complaints.add(code, "ouders", today(kit) + timedelta(days=1))
    with pytest.raises(UsageError, match="past"):
        anne.complaints.add(code, "ouders", today(kit), until=today(kit) - timedelta(days=1))
    with pytest.raises(NotAllowed, match="does not exist"):
        anne.complaints.add("Z-0000", "ouders", today(kit))
    with pytest.raises(NotAllowed, match="does not exist"):
        anne.complaints.about("nergens", "iets")
    assert kit.path.stat().st_size == size
    ident = anne.complaints.add(code, "ouders", today(kit))
    with pytest.raises(UsageError, match="What came of it"):
        anne.complaints.about(ident, " ")
    marit = kit.open_as("marit")
    with pytest.raises(NotAllowed, match="coordinator"):
        marit.complaints.about(ident, "Ik vind er iets van.")


def test_it_stands_in_the_log_without_a_word_of_it(kit: Kit, code: str) -> None:
    kit.open_as("hans").complaints.add(code, "ouders van Zoë", today(kit))
    line = kit.open_as("marit").log.of_case(code)[-1]
    assert line.what == "complaint" and line.author == kit.open_as("hans").me


def test_a_complaint_asks_the_other_leads_to_look(kit: Kit, code: str) -> None:
    kit.open_as("hans").complaints.add(code, "ouders", today(kit))
    anne = kit.open_as("anne")
    assert [[reason.value for reason in one.reasons] for one in queue(anne)] == [["complaint"]]
    kit.clock.pass_(minutes=1)
    anne.cases.decide(code, DecisionKind.SEEN)
    assert queue(anne) == []


def test_a_closed_case_can_have_one(kit: Kit, code: str) -> None:
    kit.open_as("marit").cases.decide(code, DecisionKind.CLOSED, text="Klaar.")
    anne = kit.open_as("anne")
    anne.complaints.add(code, "ouders", today(kit))
    assert len(anne.complaints.of_case(code)) == 1
