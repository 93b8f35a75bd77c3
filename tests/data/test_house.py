"""The school's own part of the protocol: read by everybody, written by stewards, never overwritten unseen."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import Changed, NotAllowed, UsageError
from data.model import Contact, NationalKind
from data.register import Register
from data.register.house import LONGEST_RULE, MOST_CONTACTS, MOST_RULES
from data.register.lists import BEHAVIOURS, JUDGING, PLACES, REPORTABLE, renamed
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


def set_notes(register: Register, **parts: Any) -> None:
    register.house.change_notes(**{"based_on": register.house.notes_now().revision, **parts})


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
    from data.vault.entries import Role

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


# --- the lists that a note chooses from ----------------------------------------------------------------------


def kinds(register: Register) -> dict[str, str]:
    return {one.id: one.name for one in register.house.notes_now().behaviours}


def typed(register: Register) -> list[tuple[str, NationalKind | None]]:
    return [(one.name, one.national) for one in register.house.notes_now().behaviours]


def test_a_school_begins_with_lists_and_changes_them(kit: Kit) -> None:
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    assert anne.house.notes_now().places == PLACES and anne.house.notes_now().judging == JUDGING
    set_notes(anne, places=["- plein", "Plein", " ", "fietsenhok"], judging=["gemeen", "aandacht vragen"])
    marit.refresh()
    now = marit.house.notes_now()
    assert (now.places, now.judging) == (("plein", "fietsenhok"), ("gemeen", "aandacht vragen"))
    assert now.behaviours == BEHAVIOURS, "what was not changed stays"
    set_notes(anne, judging=[])
    assert anne.house.notes_now().judging == (), "no words at all is a list as well"
    change(anne, rules=["Stop is stop."])
    assert anne.house.notes_now().places == ("plein", "fietsenhok")


def test_a_kind_that_gets_another_name_or_place_stays_the_same_kind(kit: Kit) -> None:
    anne = kit.open_as("anne")
    before = typed(anne)
    names = [name for name, _ in reversed(before)]
    renamed = [("lichamelijk", None) if name == "fysiek" else (name, national) for name, national in before]
    set_notes(anne, behaviours=[*renamed, ("Uitlachen", None)])
    found = kinds(anne)
    assert found["fysiek"] == "lichamelijk" and found["uitlachen"] == "Uitlachen"
    assert set(found) == {*names, "uitlachen"}
    set_notes(anne, behaviours=reversed(typed(anne)))
    assert kinds(anne) == found, "in another order"
    assert [one.national for one in anne.house.notes_now().behaviours if one.id == "wapen"] == [NationalKind.WEAPON]


def test_ids_of_new_kinds(kit: Kit) -> None:
    anne = kit.open_as("anne")
    set_notes(anne, behaviours=[("slaan", None), ("schelden", None)])
    assert set(kinds(anne).values()) == {"slaan", "schelden"}
    set_notes(anne, behaviours=[("slaan", None), ("schelden & roddelen", None), ("Été 😀", None), ("😀", None)])
    found = kinds(anne)
    assert [ident for ident, name in found.items() if name == "schelden & roddelen"] == ["schelden"]
    assert {"ete", "soort"} <= set(found)
    set_notes(anne, behaviours=[])
    assert anne.house.notes_now().behaviours == BEHAVIOURS, "none: those that a new school begins with"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"pattern_weeks": 0}, "from 1 to 104"),
        ({"pattern_weeks": 105}, "from 1 to 104"),
        ({"pattern_least": 1}, "from 2 to 50"),
        ({"pattern_least": 51}, "from 2 to 50"),
        ({"parnassys": "{bsn}"}, "bsn"),
    ],
)
def test_what_is_refused_about_notes(kit: Kit, parts: dict[str, Any], said: str) -> None:
    anne, size = kit.open_as("anne"), kit.path.stat().st_size
    with pytest.raises(UsageError, match=said):
        set_notes(anne, **parts)
    assert kit.path.stat().st_size == size


def test_what_to_report_is_the_schools_own_list(kit: Kit) -> None:
    anne = kit.open_as("anne")
    assert anne.house.notes_now().reportable == REPORTABLE
    set_notes(anne, reportable=[NationalKind.DRUGS, NationalKind.DRUGS], pattern_weeks=4, pattern_least=2)
    now = anne.house.notes_now()
    assert (now.reportable, now.pattern_weeks, now.pattern_least) == ((NationalKind.DRUGS,), 4, 2)
    set_notes(anne, reportable=[])
    assert anne.house.notes_now().reportable == (), "none at all is a choice as well"


NAMES = st.lists(
    st.sampled_from(["slaan", "schoppen", "Slaan!", "roddelen", "roddel", "x", "é"]), max_size=6, unique=True
)


@given(NAMES, NAMES)
def test_ids_stay_with_their_names(first: list[str], second: list[str]) -> None:
    before = renamed((), [(name, None) for name in first])
    after = renamed(before, [(name, None) for name in second])
    assert [one.name for one in after] == second
    assert len({one.id for one in after}) == len(after)
    ids = {one.name: one.id for one in before}
    for one in after:
        assert ids.get(one.name, one.id) == one.id, "a name that stays keeps its id"
    assert renamed(after, [(one.name, one.national) for one in after]) == after


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"places": ["x" * 61]}, "at most 60"),
        ({"places": [f"plek {at}" for at in range(41)]}, "At most 40"),
        ({"judging": ["x" * 10_000]}, "at most 40"),
        ({"behaviours": [("a", None), ("A", None)]}, "once"),
        ({"behaviours": [("x" * 41, None)]}, "at most 40"),
        ({"behaviours": [(str(at), None) for at in range(31)]}, "At most 30"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_lists_that_are_refused(kit: Kit, parts: dict[str, Any], said: str) -> None:
    anne, size = kit.open_as("anne"), kit.path.stat().st_size
    with pytest.raises(UsageError, match=said):
        set_notes(anne, **parts)
    assert kit.path.stat().st_size == size
