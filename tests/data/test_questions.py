"""Questions to the leads: who reads them, whose answers count, and what my day says of them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data.errors import NotAllowed, UsageError
from data.model import Strand
from data.register import Register
from data.register.day import LOOK_BACK_DAYS, look
from data.register.text import draw, pupils_in
from data.vault.entries import CircleKind
from data.vault.vault import Placement
from data.vault.verify import verify
from tests.data.decoder import decode
from tests.data.school_kit import PEOPLE, Kit, passphrase_of, school
from tests.data.test_private_notes import all_they_decrypt

ASKED, ANSWERED = "hoe begin ik hierover", "eerst rustig vragen"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def questions_of(register: Register) -> list[str]:
    register.refresh()
    return [known.id for known in look(register).questions]


def test_a_question_is_read_by_its_author_and_the_leads(kit: Kit) -> None:
    kit.open_as("marit").questions.ask(f"{ASKED} met Zoë")
    readers = {login for login in PEOPLE if ASKED.encode() in all_they_decrypt(kit, login)}
    assert readers == {"marit", "anne"}


def test_an_answer_is_read_by_the_asker_and_the_leads(kit: Kit) -> None:
    ident = kit.open_as("marit").questions.ask(ASKED)
    kit.open_as("anne").questions.answer(ident, ANSWERED)
    readers = {login for login in PEOPLE if ANSWERED.encode() in all_they_decrypt(kit, login)}
    assert readers == {"marit", "anne"}
    known = kit.open_as("marit").questions.get(ident)
    assert [draw(said.text, str) for said in known.said] == [ANSWERED]
    assert not known.waiting


def test_pupils_in_a_question_are_references(kit: Kit) -> None:
    ident = kit.open_as("marit").questions.ask("Zoë en Daniël van 't Hof?")
    asked = kit.open_as("anne").questions.get(ident).asked
    assert pupils_in(asked.text) == (kit.ids["Zoë de Vries"], kit.ids["Daniël van 't Hof"])


def test_who_may_not_read_it_may_not_answer_it(kit: Kit) -> None:
    ident = kit.open_as("marit").questions.ask(ASKED)
    for login in ("joost", "karim", "hans", "fenna", "dirk", "esther"):
        for attempt in (kit.open_as(login).questions.answer, kit.open_as(login).questions.became):
            with pytest.raises(NotAllowed):
                attempt(ident, "vals")
    with pytest.raises(NotAllowed):
        kit.open_as("anne").questions.answer("bestaatniet", "vals")


def test_outsiders_ask_nothing_here(kit: Kit) -> None:
    for login in ("dirk", "esther"):
        with pytest.raises(NotAllowed):
            kit.open_as(login).questions.ask(ASKED)


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x1b", "x" * 2_000_000])
def test_an_empty_or_endless_question_is_refused(kit: Kit, text: str) -> None:
    marit = kit.open_as("marit")
    with pytest.raises(UsageError):
        marit.questions.ask(text)
    ident = marit.questions.ask(ASKED)
    with pytest.raises(UsageError):
        marit.questions.answer(ident, text)
    assert marit.questions.get(ident).said == ()


def test_a_colleagues_program_answers_in_nobodys_place(kit: Kit) -> None:
    """Joost finds the id in the file and writes an answer: no answer of a lead, so nobody takes it for one."""
    marit, joost, anne = kit.open_as("marit"), kit.open_as("joost"), kit.open_as("anne")
    ident = marit.questions.ask(ASKED)
    joost.refresh()
    content = {"author": anne.me, "entered": kit.clock.now().isoformat(), "text": ["doe maar niets"], "to": ident}
    home = joost.vault.record(("questions", ident))
    assert home
    lead = joost.vault.directory.the(CircleKind.LEAD).id
    with joost.vault.transaction() as transaction:
        placement = Placement(joost.vault.own_circle(), frozenset({home.home, lead}))
        transaction.put(("questions", "vals"), msgspec.json.encode(content), placement)
    for register in (marit, anne):
        register.refresh()
        known = register.questions.get(ident)
        assert known.said == ()
        assert known.waiting
    assert questions_of(anne) == [ident]


def test_a_lead_sees_what_waits_and_the_asker_what_was_answered(kit: Kit) -> None:
    marit, anne, joost = kit.open_as("marit"), kit.open_as("anne"), kit.open_as("joost")
    ident = marit.questions.ask(ASKED)
    assert (questions_of(anne), questions_of(marit), questions_of(joost)) == ([ident], [], [])
    kit.clock.pass_(days=1)
    anne.questions.answer(ident, ANSWERED)
    assert (questions_of(anne), questions_of(marit), questions_of(joost)) == ([], [ident], [])
    marit.mark_seen(kit.clock.now(), marit.questions.get(ident).key)
    assert questions_of(marit) == []
    kit.clock.pass_(days=1)
    marit.questions.answer(ident, "en dan?")
    assert (questions_of(anne), questions_of(marit)) == ([ident], [])
    kit.clock.pass_(days=1)
    anne.questions.answer(ident, "bel me")
    assert (questions_of(anne), questions_of(marit)) == ([], [ident])
    assert verify(anne.vault).whole


def test_an_answer_waits_longer_than_a_holiday(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    ident = marit.questions.ask(ASKED)
    kit.clock.pass_(days=LOOK_BACK_DAYS - 1)
    anne.questions.answer(ident, ANSWERED)
    kit.clock.pass_(days=30)
    assert questions_of(marit) == [ident]
    marit.mark_seen(kit.clock.now(), marit.questions.get(ident).key)
    assert questions_of(marit) == []
    kit.clock.pass_(days=LOOK_BACK_DAYS + 10)
    marit.mark_seen(kit.clock.now(), "notes")
    assert questions_of(marit) == []


def test_a_question_becomes_a_case(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    ident = marit.questions.ask("Zoë weer")
    code = anne.cases.open({kit.ids["Zoë de Vries"]: Strand.BULLIED})
    anne.questions.became(ident, code)
    assert questions_of(anne) == []
    assert questions_of(marit) == [ident]
    assert marit.questions.get(ident).case == code


def test_a_lead_asks_the_other_lead(kit: Kit) -> None:
    anne = kit.open_as("anne")
    ident = anne.questions.ask("wat doen we met de week tegen pesten")
    assert questions_of(anne) == []
    assert kit.open_as("anne").questions.get(ident).waiting


def test_another_decoder_reads_the_same(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.questions.ask(ASKED)
    answer = kit.open_as("anne").questions.answer(ident, ANSWERED)
    for login, expected in {"marit": {ident, answer}, "anne": {ident, answer}, "joost": None}.items():
        found = decode(kit.path.read_bytes(), login, passphrase_of(login))
        assert found.get("questions", {}).keys() == (expected or set()), login
