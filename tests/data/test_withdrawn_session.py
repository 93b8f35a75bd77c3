"""A session that was open when its person was taken out of a case shows what a new session of theirs would show."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import NotAllowed
from data.model import AgreedWith, DecisionKind, IncidentWhat, Kept, Strand
from data.protocol import StepState
from data.register import Jotting, Register
from data.register.agenda import waiting
from data.register.day import look
from data.register.queue import queue
from data.register.search.query import parse
from data.words import Words
from tests.data.school_kit import Kit, about, school

ZOE, DANIEL, BRAM = "Zoë de Vries", "Daniël van 't Hof", "Bram de Boer"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def told(kit: Kit) -> tuple[Register, str]:
    """Let Marit tell a case of which everything is marked, with Karim and Esther in it."""
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})
    for login in ("karim", "esther"):
        marit.members.invite(code, marit.people.called(login).person.id)
    marit.cases.record_step(code, 1, StepState.BUSY, text="merkteken stap")
    marit.cases.decide(code, DecisionKind.CONSULTED, text="merkteken besluit", again=kit.clock.now().date())
    agreed = marit.agreements.make(code, AgreedWith.GROUP, "merkteken afspraak")
    marit.agreements.check(agreed, code, Kept.PARTLY, text="merkteken controle")
    marit.agreements.begin(code, "kwink", text="merkteken aanpak")
    notes = [marit.notes.add(about(kit, "merkteken notitie", ZOE, DANIEL, case=code)) for _ in range(4)]
    incident = marit.incidents.decide(replace(marit.incidents.begin(notes[:1]), behaviour="fysiek"))
    marit.incidents.add(incident, IncidentWhat.MEASURE, "merkteken maatregel")
    return marit, code


def shown(register: Register) -> dict[str, object]:
    """Return what the screens and commands show somebody, as ids and texts."""
    register.search.read_all()
    day, today = look(register), register.now().date()
    cases = register.cases.all()
    return {
        "cases": [known.code for known in cases],
        "day": [[known.code for known in day.cases], [known.id for known in day.notes], len(day.news)],
        "due": [due.title for due in (*day.due, *waiting(register, cases))],
        "patterns": [known.key for known in register.patterns.all()],
        "queue": [one.case.code for one in queue(register)],
        "notes": [(known.id, known.case) for known in register.notes.all()],
        "incidents": [known.id for known in register.incidents.all()],
        "log": [(line.case, line.kind) for line in register.log.all()],
        "found": register.search.find(parse("merkteken", today), Words("nl"), 99).total,
    }


@pytest.mark.parametrize("login", ["karim", "esther"])
def test_an_open_session_shows_no_more_than_a_new_one(kit: Kit, login: str) -> None:
    marit, code = told(kit)
    still = kit.open_as(login)
    before = shown(still)
    assert before["cases"] == [code] and before["found"]
    own = still.notes.add(Jotting("Iets anders.", private=True)) if login == "karim" else ""
    marit.refresh()
    marit.members.withdraw(code, bytes.fromhex(still.me))
    marit.cases.record_step(code, 2, StepState.DONE, text="merkteken daarna")
    still.refresh()
    after, fresh = shown(still), shown(kit.open_as(login))
    assert after == fresh
    assert after["cases"] == [] and after["found"] == 0 and after["notes"] == ([(own, "")] if own else [])
    with pytest.raises(NotAllowed):
        still.cases.get(code)
    with pytest.raises(NotAllowed):
        still.log.of_case(code)
    assert not still.notes.of_case(code) and not still.incidents.of_case(code)


def test_whoever_stays_reads_on(kit: Kit) -> None:
    marit, code = told(kit)
    karim = kit.open_as("karim")
    shown(karim)
    marit.members.withdraw(code, marit.people.called("esther").person.id)
    marit.cases.record_step(code, 2, StepState.DONE, text="merkteken daarna")
    karim.refresh()
    after = shown(karim)
    assert after == shown(kit.open_as("karim")) and after["cases"] == [code]
    assert karim.cases.get(code).events[-1].record.text == ("merkteken daarna",)
