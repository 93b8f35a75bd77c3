"""Agreements: who reads them, when they are looked at, and what nobody can make of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.errors import Changed, NotAllowed, UsageError
from data.model import AgreedWith, Agreement, DecisionKind, Kept, LogWhat, Strand
from data.protocol import Proof, StepState
from data.register import Register
from data.register.agenda import agenda
from data.register.agreed import weeks_ahead
from data.register.agreements import MOST_CASES
from data.register.day import GROUP_DAYS, look
from data.vault.entries import CircleKind
from data.vault.operations import Put, PutGrant
from data.vault.records import grant_shared, make_record
from tests.data.school_kit import PEOPLE, Kit, school
from tests.data.vault_kit import inject

ZOE, DANIEL, NOOR, BRAM = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Bram de Boer"
GROUP, FAMILY, PUPIL = AgreedWith.GROUP, AgreedWith.FAMILY, AgreedWith.PUPIL
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def today(kit: Kit) -> date:
    return kit.clock.now().date()


def opened(kit: Kit, register: Register, *names: str, members: tuple[str, ...] = ()) -> str:
    """Open a case about pupils: the first was hurt. `members`: only these take part."""
    strands = {
        kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names or (ZOE, DANIEL))
    }
    people = {person.login: person for person in register.vault.directory.people.values()}
    return register.cases.open(strands, members=[people[login] for login in members] if members else None)


def group_of(register: Register, name: str = "groep 6") -> str:
    found = register.pupils.group_named(name)
    assert found is not None
    return found


def readers(kit: Kit, table: str, ident: str) -> set[str]:
    return {login for login in PEOPLE if kit.open_as(login).vault.read((table, ident)) is not None}


# --- made, looked at, replaced ---------------------------------------------------------------------------------


def test_an_agreement_and_its_checks(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    ident = marit.agreements.make(code, GROUP, "Zoë mag altijd meedoen.", check_on=today(kit) + WEEK)
    (known,) = marit.agreements.of_case(code)
    assert (known.id, known.agreement.author, known.agreement.party) == (ident, marit.me, GROUP)
    assert known.agreement.group == group_of(marit), "the only group of the case's pupils"
    assert kit.ids[ZOE] in str(known.agreement.text), "a name is a reference"
    assert (known.due, known.kept, known.checks, known.corrected) == (today(kit) + WEEK, None, (), False)
    kit.clock.pass_(days=8)
    assert known.overdue(today(kit))
    joost.refresh()
    joost.agreements.check(ident, code, Kept.PARTLY, text="Twee keer niet.", safety=2, about=kit.ids[ZOE])
    marit.refresh()
    (known,) = marit.agreements.of_case(code)
    (check,) = known.checks
    assert (check.record.author, check.record.kept, check.record.safety) == (joost.me, Kept.PARTLY, 2)
    assert (known.due, known.kept) == (None, Kept.PARTLY), "no next day: it need not be looked at"
    kit.clock.pass_(days=7)
    marit.agreements.check(ident, code, Kept.KEPT, safety=4, about=kit.ids[ZOE], next_on=today(kit) + 3 * WEEK)
    (known,) = marit.agreements.of_case(code)
    assert (known.due, known.kept) == (today(kit) + 3 * WEEK, Kept.KEPT)
    scores = [marit.cases.get(code).agreed.scored_before(check.record) for check in known.checks]
    assert scores == [None, 2]
    lines = [line.what for line in marit.log.of_case(code)]
    assert [lines.count(what) for what in (LogWhat.AGREEMENT, LogWhat.CHECK)] == [1, 2]


def test_two_people_look_at_once_and_both_stand(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    ident = marit.agreements.make(code, PUPIL, "Niet schelden.", about=[kit.ids[DANIEL]], check_on=today(kit))
    joost.refresh()
    marit.agreements.check(ident, code, Kept.KEPT, next_on=today(kit) + 3 * WEEK)
    joost.agreements.check(ident, code, Kept.NOT, next_on=today(kit) + WEEK)
    marit.refresh()
    for register in (marit, joost):
        (known,) = register.agreements.of_case(code)
        assert [check.record.author for check in known.checks] == [marit.me, joost.me]
        assert known.due == today(kit) + WEEK


def test_what_was_seen_earlier_and_written_later_is_not_the_last(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    ident = marit.agreements.make(code, GROUP, "Stop is stop.")
    kit.clock.pass_(days=7)
    marit.agreements.check(ident, code, Kept.KEPT, next_on=today(kit) + WEEK)
    marit.agreements.check(ident, code, Kept.NOT, happened=today(kit) - 3 * DAY)
    (known,) = marit.agreements.of_case(code)
    assert (known.kept, known.due) == (Kept.KEPT, today(kit) + WEEK)


def test_another_agreement_takes_its_place_and_both_are_shown(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    first = marit.agreements.make(code, GROUP, "Stop is stpo.", check_on=today(kit))
    joost.refresh()
    second = marit.agreements.make(code, GROUP, "Stop is stop.", check_on=today(kit) + WEEK, corrects=first)
    old, new = marit.agreements.of_case(code)
    assert (old.id, old.corrected, old.due) == (first, True, None)
    assert (new.id, new.corrected, new.agreement.corrects) == (second, False, first)
    assert marit.cases.get(code).check_day == today(kit) + WEEK
    with pytest.raises(UsageError):
        marit.agreements.check(first, code, Kept.KEPT)
    with pytest.raises(Changed):
        joost.agreements.make(code, GROUP, "Stop!", corrects=first)
    with pytest.raises(NotAllowed):
        marit.agreements.make(code, GROUP, "Stop!", corrects="0123")


def test_what_is_refused(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code, other = opened(kit, marit), opened(kit, marit, BRAM, members=("marit",))
    make, check = marit.agreements.make, marit.agreements.check
    ident = make(code, GROUP, "Stop is stop.")
    closed = opened(kit, marit, NOOR)
    marit.cases.decide(closed, DecisionKind.CLOSED, text="Klaar.")
    size, now, zoe = kit.path.stat().st_size, today(kit), kit.ids[ZOE]
    wrong: list[Any] = [
        lambda: make(code, GROUP, "  "),
        lambda: make(code, GROUP, "x" * 100_000),
        lambda: make(code, GROUP, "ja", check_on=now - DAY),
        lambda: make(code, GROUP, "ja", happened=now + DAY),
        lambda: make(code, GROUP, "ja", group=group_of(marit, "groep 7")),
        lambda: make(code, GROUP, "ja", also=[other]),
        lambda: make(code, GROUP, "ja", also=[closed]),
        lambda: make(code, GROUP, "ja", also=[f"Z-22{number}" for number in range(22, 22 + MOST_CASES)]),
        lambda: make(code, FAMILY, "ja"),
        lambda: make(code, FAMILY, "ja", about=[kit.ids[NOOR]]),
        lambda: make(code, PUPIL, "ja", about=[zoe], also=[other]),
        lambda: make(closed, GROUP, "ja"),
        lambda: check(ident, code, Kept.KEPT, happened=now - DAY),
        lambda: check(ident, code, Kept.KEPT, happened=now + DAY),
        lambda: check(ident, code, Kept.KEPT, next_on=now - DAY),
        lambda: check(ident, code, Kept.KEPT, safety=6, about=zoe),
        lambda: check(ident, code, Kept.KEPT, safety=0, about=zoe),
        lambda: check(ident, code, Kept.KEPT, safety=3),
        lambda: check(ident, code, Kept.KEPT, safety=3, about=kit.ids[NOOR]),
        lambda: check(ident, closed, Kept.KEPT),
        lambda: marit.agreements.begin(code, "toveren"),
        lambda: marit.agreements.begin(code, "kwink", happened=now + DAY),
        lambda: marit.agreements.begin(code, "kwink", about=[kit.ids[NOOR]]),
        lambda: marit.agreements.looked(code, "kwink", text="nog niet begonnen"),
    ]
    for at, wrong_one in enumerate(wrong):
        with pytest.raises(UsageError):
            wrong_one()
        assert kit.path.stat().st_size == size, at
    for unknown, case in (("0123", code), (ident, other)):
        with pytest.raises(NotAllowed):
            check(unknown, case, Kept.KEPT)
    with pytest.raises(NotAllowed):
        kit.open_as("karim").agreements.make(code, GROUP, "ja")


def test_a_case_of_two_groups_asks_which(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit, ZOE, BRAM)
    with pytest.raises(UsageError):
        marit.agreements.make(code, GROUP, "Stop is stop.")
    ident = marit.agreements.make(code, GROUP, "Stop is stop.", group=group_of(marit, "groep 7"))
    with pytest.raises(UsageError):  # Karim, who teaches group 7, would read it
        marit.agreements.check(ident, code, Kept.KEPT, safety=2, about=kit.ids[ZOE])
    marit.agreements.check(ident, code, Kept.KEPT, safety=2, about=kit.ids[BRAM])
    assert marit.agreements.groups(marit.cases.get(code)) == sorted([group_of(marit), group_of(marit, "groep 7")])


# --- who reads what --------------------------------------------------------------------------------------------


def test_who_reads_an_agreement_with_a_group_and_one_with_a_family(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit, members=("marit", "esther"))
    group = marit.agreements.make(code, GROUP, "Stop is stop.")
    family = marit.agreements.make(code, FAMILY, "Elke vrijdag bellen.", about=[kit.ids[ZOE]])
    checks = [marit.agreements.check(ident, code, Kept.KEPT) for ident in (group, family)]
    takes_part = {"anne", "marit", "esther"}
    assert readers(kit, "agreements", group) == readers(kit, "checks", checks[0]) == takes_part | {"joost"}
    assert readers(kit, "agreements", family) == readers(kit, "checks", checks[1]) == takes_part
    for login in ("joost", "karim", "hans"):
        with pytest.raises(NotAllowed):
            kit.open_as(login).agreements.of_case(code)


def test_who_teaches_the_group_sees_what_was_agreed_with_it_when_it_is_due(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit, ZOE, BRAM, members=("marit",))
    first = marit.agreements.make(code, GROUP, "Stop is stop.", group=group_of(marit), check_on=today(kit) + DAY)
    marit.agreements.make(code, GROUP, "Zonder dag.", group=group_of(marit))
    marit.agreements.make(code, GROUP, "Van groep 7.", group=group_of(marit, "groep 7"), check_on=today(kit))
    marit.agreements.make(code, FAMILY, "Bellen.", about=[kit.ids[ZOE]], check_on=today(kit))
    joost.refresh()
    assert len(joost.agreements.outside()) == 2 and joost.agreements.outside()[0].id == first
    assert joost.agreements.outside()[0].agreement.cases == (), "no code of a case he cannot read"
    assert look(joost).agreed == () and look(joost).due == ()
    kit.clock.pass_(days=1)
    assert [known.id for known in look(joost).agreed] == [first]
    for login in ("marit", "anne", "hans", "esther", "dirk"):
        assert look(kit.open_as(login)).agreed == ()
    (karim,) = look(kit.open_as("karim")).agreed
    assert karim.agreement.text == ("Van groep 7.",)
    marit.agreements.check(first, code, Kept.PARTLY, next_on=today(kit) + 2 * DAY)
    joost.refresh()
    assert look(joost).agreed == () and [check.record.kept for check in joost.agreements.outside()[0].checks] == [
        Kept.PARTLY
    ]
    kit.clock.pass_(days=2 + GROUP_DAYS)
    assert [known.id for known in look(joost).agreed] == [first]
    kit.clock.pass_(days=1)
    assert look(joost).agreed == (), "the case may have closed: nobody tells him"
    again = marit.agreements.make(code, GROUP, "Stop!", group=group_of(marit), corrects=first)
    joost.refresh()
    assert again in {known.id for known in joost.agreements.outside()}
    assert first not in {known.id for known in joost.agreements.outside()}


def test_somebody_from_outside_makes_agreements_too(kit: Kit) -> None:
    """Esther cannot read the pupils' list: the group she agreed with has no name, and nobody teaches nothing."""
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    code = opened(kit, marit, members=("marit", "esther"))
    esther.refresh()
    esther.agreements.make(code, FAMILY, "Zoë belt mij.", about=[kit.ids[ZOE]])
    esther.agreements.make(code, GROUP, "Stop is stop.")
    esther.agreements.begin(code, "kwink")
    marit.refresh()
    assert [known.agreement.author for known in marit.agreements.of_case(code)] == [esther.me] * 2
    assert [line.author for line in marit.log.of_case(code)].count(esther.me) == 3


def shared(kit: Kit, marit: Register) -> tuple[str, str, str]:
    """Make an agreement for two cases of a group, the second of which Esther reads; return both and its id."""
    first, second = opened(kit, marit, members=("marit",)), opened(kit, marit, NOOR, members=("marit", "esther"))
    return first, second, marit.agreements.make(first, GROUP, "Wij luisteren.", also=[second], check_on=today(kit))


def test_one_agreement_serves_two_cases_of_a_group(kit: Kit) -> None:
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    assert [known.code for known in marit.agreements.others(opened(kit, marit), group_of(marit))] == []
    first, second, ident = shared(kit, marit)
    esther.refresh()
    for code in (first, second):
        (known,) = marit.agreements.of_case(code)
        assert (known.id, known.agreement.cases, known.shared) == (ident, (first, second), True)
        assert LogWhat.AGREEMENT in [line.what for line in marit.log.of_case(code)]
    (known,) = esther.agreements.of_case(second)
    assert (known.agreement.cases, known.shared) == ((second,), True), "no code of a case she cannot read"
    with pytest.raises(UsageError):
        marit.agreements.check(ident, first, Kept.KEPT, safety=3, about=kit.ids[ZOE])
    marit.agreements.check(ident, first, Kept.PARTLY, next_on=today(kit) + WEEK)
    esther.refresh()
    esther.agreements.check(ident, second, Kept.KEPT, next_on=today(kit) + 3 * WEEK)
    (known,) = esther.agreements.of_case(second)
    assert [check.record.case for check in known.checks] == ["", second]
    marit.refresh()
    assert {code: len(marit.agreements.of_case(code)[0].checks) for code in (first, second)} == {first: 2, second: 2}
    assert marit.cases.get(first).check_day == today(kit) + 3 * WEEK
    anne = kit.open_as("anne")
    assert [other.code for other in anne.agreements.others(first, group_of(anne)) if other.code == second] == [second]


def test_who_left_the_second_case_keeps_the_agreement_there(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    people = {person.login: person for person in marit.vault.directory.people.values()}
    first, second = opened(kit, marit), opened(kit, marit, NOOR)
    joost = kit.open_as("joost")
    joost.cases.record_step(second, 1, StepState.DONE, text="Uitgezocht.")
    joost.agreements.make(first, GROUP, "Wij luisteren.", also=[second])
    anne.refresh()
    anne.members.withdraw(second, people["joost"].id)
    assert len(anne.agreements.of_case(second)) == 1


# --- forged ----------------------------------------------------------------------------------------------------


def forge(register: Register, table: str, document: dict[str, Any], home: str, *granted: str) -> None:
    """Write a validly signed document with a program of one's own, at home in one case, granted to others."""
    vault, place = register.vault, (table, vault_id(register))
    kinds, labelled = (CircleKind.CASE, CircleKind.GROUP), vault.directory.labelled
    homes = [next(filter(None, (labelled(kind, one) for kind in kinds)), None) for one in (home, *granted)]
    key = vault.new_key()
    assert homes[0] is not None
    record = make_record(
        msgspec.json.encode(document), place=place, vault_id=vault.id, rev=1, author=vault.me.id, home=homes[0].id,
        time=vault.machine.milliseconds(), key=key, nonce=vault.machine.random(12), signer=vault.opened.keys,
    )  # fmt: skip
    grants = [
        PutGrant(place, grant_shared(vault_id=vault.id, place=place, circle=c.id, epoch=c.epoch, box=c.box, key=key))
        for c in homes
        if c is not None
    ]
    inject(vault, Put(place, record), *grants)


def vault_id(register: Register) -> str:
    return register.vault.machine.random(8).hex()


def agreement(kit: Kit, author: str, *cases: str) -> dict[str, Any]:
    made = Agreement(
        cases=cases, party=GROUP, author=author, happened=today(kit), entered=kit.clock.now(), text=("vals",)
    )
    return dict(msgspec.to_builtins(made))


def test_nobody_agrees_or_looks_in_a_colleagues_name(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    joost.refresh()
    joost.db.table("agreements").insert(agreement(kit, marit.me, code))
    (known,) = joost.agreements.of_case(code)
    assert known.agreement.author == joost.me
    joost.db.table("checks").insert(
        {"agreement": known.id, "case": code, "author": marit.me, "happened": today(kit).isoformat(),
         "entered": kit.clock.now().isoformat(), "kept": "not"}
    )  # fmt: skip
    marit.refresh()
    (known,) = marit.agreements.of_case(code)
    assert [check.record.author for check in known.checks] == [joost.me]


def test_what_comes_from_another_circle_is_left_out(kit: Kit) -> None:
    """Esther takes part in the second case alone; her program names the first one in what it writes."""
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    first, second = opened(kit, marit, members=("marit",)), opened(kit, marit, NOOR, members=("marit", "esther"))
    own = marit.agreements.make(first, GROUP, "Wij luisteren.", check_on=today(kit) + WEEK)
    esther.refresh()
    forge(esther, "agreements", agreement(kit, esther.me, first), second, first)
    forge(esther, "agreements", agreement(kit, esther.me, first, second), second, first)
    forge(esther, "agreements", agreement(kit, esther.me, second, first), second, first)
    entry = {"author": esther.me, "happened": today(kit).isoformat(), "entered": kit.clock.now().isoformat()}
    forge(esther, "checks", {**entry, "agreement": own, "case": first, "kept": "kept"}, second, first)
    forge(esther, "checks", {**entry, "agreement": own, "case": second, "kept": "kept"}, second, first)
    forge(esther, "approaches", {**entry, "case": first, "method": "kwink"}, second, first)
    marit.refresh()
    (known,) = marit.agreements.of_case(first)
    assert (known.id, known.checks) == (own, ())
    assert marit.agreements.approaches_of(first) == []
    assert [found.agreement.author for found in marit.agreements.of_case(second)] == [esther.me]


def test_an_agreement_of_a_case_that_its_author_is_not_in_is_not_the_groups(kit: Kit) -> None:
    """Karim says that it was made in Marit's case, with her group: it lies in his own."""
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    code, group = opened(kit, marit, members=("marit",)), group_of(marit)
    karim.refresh()
    own = opened(kit, karim, BRAM, members=("karim",))
    forge(karim, "agreements", {**agreement(kit, karim.me, code), "group": group}, own, group)
    forge(karim, "agreements", {**agreement(kit, karim.me, own), "group": "nergens"}, own, group)
    assert kit.open_as("joost").agreements.outside() == []
    forge(karim, "agreements", {**agreement(kit, karim.me, own), "group": group}, own, group)
    assert [known.agreement.author for known in kit.open_as("joost").agreements.outside()] == [karim.me]


# --- when it is looked at --------------------------------------------------------------------------------------


def test_the_rhythm(kit: Kit) -> None:
    assert [weeks_ahead(looks) for looks in range(5)] == [1, 3, 6, 6, 6]
    assert weeks_ahead(2, Kept.NOT) == 1


def test_the_case_waits_for_what_comes_first(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    marit.cases.decide(code, DecisionKind.CONSULTED, text="Zo verder.", again=today(kit) + 2 * WEEK)
    ident = marit.agreements.make(code, GROUP, "Stop is stop.", check_on=today(kit) + 3 * WEEK)
    known = marit.cases.get(code)
    assert (known.due, agenda([known])[0].kind) == (today(kit) + 2 * WEEK, "again")
    marit.agreements.make(code, FAMILY, "Bellen.", about=[kit.ids[ZOE]], check_on=today(kit) + WEEK)
    known = marit.cases.get(code)
    (due,) = agenda([known])
    assert (due.date, due.kind, due.step) == (today(kit) + WEEK, "check", 1)
    assert known.attention(today(kit) + WEEK)[0] == "today" and known.attention(today(kit) + 8 * DAY)[0] == "late"
    kit.clock.pass_(days=8)
    day = look(marit)
    assert [(found.kind, found.overdue(day.today)) for found in day.due] == [("check", True)]
    assert [found.code for found in day.chosen("attention")] == [code]
    marit.agreements.check(marit.agreements.of_case(code)[1].id, code, Kept.KEPT)
    assert look(marit).due == ()
    marit.cases.decide(code, DecisionKind.CLOSED, text="Klaar.")
    closed = marit.cases.get(code)
    assert (closed.check_day, closed.due) == (None, None), "a closed case asks for nothing"
    assert ident in {found.id for found in closed.agreements}


def test_a_step_that_looks_at_agreements_waits_for_their_days(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    step = next(step for step in marit.protocol.steps if step.proof is Proof.CHECK)
    for number in range(1, step.number):
        marit.cases.record_step(code, number, StepState.SKIPPED, reason="Niet nodig.")
    assert step.term_days is not None
    assert marit.cases.get(code).due == today(kit) + timedelta(days=step.term_days)
    ident = marit.agreements.make(code, GROUP, "Stop is stop.", check_on=today(kit) + 3 * WEEK)
    assert marit.cases.get(code).due == today(kit) + 3 * WEEK
    kit.clock.pass_(days=21)
    marit.agreements.check(ident, code, Kept.KEPT)
    assert marit.cases.get(code).due == today(kit) + timedelta(days=step.term_days), "the term runs from the look"


def test_what_a_colleague_agreed_or_looked_at_is_news(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = opened(kit, marit)
    joost.mark_seen(kit.clock.now(), code)
    kit.clock.pass_(minutes=5)
    ident = marit.agreements.make(code, GROUP, "Stop is stop.")
    marit.agreements.check(ident, code, Kept.KEPT)
    marit.agreements.begin(code, "kwink")
    joost.refresh()
    assert [item.count for item in look(joost).news] == [3]
    joost.mark_seen(joost.cases.get(code).moved, code)
    assert look(joost).news == ()
    assert look(marit).news == ()


# --- approaches ------------------------------------------------------------------------------------------------


def test_an_approach_is_begun_and_looked_back_on(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit)
    method = marit.protocol.methods[0].id
    marit.agreements.begin(code, method, text="Lessen in de hele groep.", about=[kit.ids[ZOE]])
    with pytest.raises(UsageError):
        marit.agreements.looked(code, method)
    with pytest.raises(UsageError):
        marit.agreements.looked(code, method, text="Goed.", happened=today(kit) - DAY)
    kit.clock.pass_(days=7)
    marit.agreements.looked(code, method, text="Zoë lacht weer.", safety=4, about=kit.ids[ZOE])
    begun, looked = (known.record for known in marit.agreements.approaches_of(code))
    assert (begun.looked, begun.method, looked.looked, looked.safety) == (False, method, True, 4)
    assert readers(kit, "approaches", marit.agreements.approaches_of(code)[0].id) == {"anne", "marit", "joost"}
    assert [line.what for line in marit.log.of_case(code)].count(LogWhat.APPROACH) == 2
