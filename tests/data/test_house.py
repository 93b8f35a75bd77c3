"""The school's own part of the protocol: read by everybody, written by stewards, never overwritten unseen."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.errors import Changed, NotAllowed, UsageError
from data.model import Contact
from data.register import Register
from data.register.house import LONGEST_RULE, MOST_CONTACTS, MOST_RULES
from tests.data.school_kit import Kit, school

BEA = Contact(role="counsellor", name="Bea Molenaar", reach="06-12345678")


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def change(register: Register, **parts: Any) -> None:
    now = register.house.now()
    given = {
        "rules": now.rules,
        "contacts": now.contacts,
        "evaluated": now.evaluated,
        "discussed_in_mr": now.discussed_in_mr,
        "based_on": now.revision,
    }
    register.house.change(**{**given, **parts})


def test_what_a_steward_writes_everybody_reads(kit: Kit) -> None:
    anne, esther = kit.open_as("anne"), kit.open_as("esther")
    change(anne, rules=["- Stop is stop.", "", "Iedereen mag meedoen."], contacts=[BEA], evaluated=date(2026, 9, 1))
    esther.refresh()
    now = esther.house.now()
    assert (now.rules, now.contacts) == (("Stop is stop.", "Iedereen mag meedoen."), (BEA,))
    assert (now.evaluated, now.discussed_in_mr) == (date(2026, 9, 1), None)
    assert esther.school().places, "the rest of the school stays as it was"


def test_what_is_emptied_is_gone(kit: Kit) -> None:
    anne = kit.open_as("anne")
    change(anne, rules=["Stop is stop."], contacts=[BEA], evaluated=date(2026, 9, 1))
    change(anne, rules=[], contacts=[], evaluated=None)
    now = anne.house.now()
    assert (now.rules, now.contacts, now.evaluated) == ((), (), None)


def test_who_fills_a_role(kit: Kit) -> None:
    anne = kit.open_as("anne")
    change(anne, contacts=[BEA])
    found = anne.house.fillers()
    assert [filler.name for filler in found["coordinator"]] == ["Anne Verhoeven"]
    assert [(filler.name, filler.reach, filler.account) for filler in found["counsellor"]] == [
        ("Fenna Postma", "", True),
        ("Bea Molenaar", "06-12345678", False),
    ]
    assert "kwink" not in found


def test_who_was_there_for_a_time_that_passed_fills_no_role(kit: Kit) -> None:
    anne = kit.open_as("anne")
    from data.vault.crypto import FLOOR
    from data.vault.directory import Role

    until = kit.clock.now() + timedelta(days=1)
    anne.people.invite("gast", "Gijs Gast", [Role.KWINK], until=until, cost=FLOOR)
    assert [filler.name for filler in anne.house.fillers()["kwink"]] == ["Gijs Gast"]
    kit.clock.pass_(days=2)
    assert "kwink" not in anne.house.fillers()


@pytest.mark.parametrize("login", ["marit", "fenna", "dirk", "esther"])
def test_who_is_no_steward_changes_nothing(kit: Kit, login: str) -> None:
    register, size = kit.open_as(login), kit.path.stat().st_size
    with pytest.raises(NotAllowed):
        change(register, rules=["Mijn regel."])
    for ident, group in register.house.groups().items():
        with pytest.raises(NotAllowed):
            register.house.change_group_rules(ident, ["Mijn regel."], based_on=group)
    assert kit.path.stat().st_size == size


def test_two_stewards_at_once(kit: Kit) -> None:
    anne, hans = kit.open_as("anne"), kit.open_as("hans")
    seen = hans.house.now().revision
    change(anne, rules=["Van Anne."])
    with pytest.raises(Changed):
        change(hans, rules=["Van Hans."], based_on=seen)
    assert hans.house.now().rules == ("Van Anne.",)


def test_rules_of_a_group(kit: Kit) -> None:
    anne, hans = kit.open_as("anne"), kit.open_as("hans")
    ident, group = next(iter(anne.house.groups().items()))
    anne.house.change_group_rules(ident, ["Om de beurt."], based_on=group)
    assert anne.house.groups()[ident].rules == ("Om de beurt.",)
    with pytest.raises(Changed):
        hans.house.change_group_rules(ident, ["Anders."], based_on=group)
    marit = kit.open_as("marit")
    assert next(iter(marit.house.groups().values())).name == "groep 6", "one's own group comes first"
    with pytest.raises(UsageError):
        anne.house.change_group_rules("bestaat niet", ["x"], based_on=group)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"rules": ["x" * (LONGEST_RULE + 1)]}, "at most 160"),
        ({"rules": ["x" * 1_000_000]}, "at most 160"),
        ({"rules": [f"regel {number}" for number in range(MOST_RULES + 1)]}, "At most 20 rules"),
        ({"contacts": [BEA] * (MOST_CONTACTS + 1)}, "At most 30"),
        ({"contacts": [Contact(role="kwink", name="x" * 10_000)]}, "at most 120"),
        ({"contacts": [Contact(role="kwink", name=" \x1b ")]}, "has a name"),
        ({"contacts": [Contact(role="janitor", name="Jan")]}, "A role is one of"),  # type: ignore[arg-type]
        ({"evaluated": date(2030, 1, 1)}, "still to come"),
        ({"discussed_in_mr": date(2030, 1, 1)}, "still to come"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_refused(kit: Kit, parts: dict[str, Any], said: str) -> None:
    anne, size = kit.open_as("anne"), kit.path.stat().st_size
    with pytest.raises(UsageError, match=said):
        change(anne, **parts)
    assert kit.path.stat().st_size == size


def test_hostile_text_is_made_harmless(kit: Kit) -> None:
    anne = kit.open_as("anne")
    hostile = "a\x1b]0;x\x07\u202eb [/b]"
    change(anne, rules=[hostile], contacts=[Contact(role="kwink", name=hostile, reach=hostile)])
    now = anne.house.now()
    for text in (*now.rules, now.contacts[0].name, now.contacts[0].reach):
        assert text == "a]0;xb [/b]"
