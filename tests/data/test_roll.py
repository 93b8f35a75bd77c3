"""What a file would change: who is who, who leaves, and what waits for a person's word. Nothing is written here."""

from dataclasses import replace
from datetime import date

import msgspec
from hypothesis import given, settings

from data.exchange.roll import Roll, RollTeacher
from data.model import Group, Pupil
from data.register.differences import Account, Choices, Fate, Plan, Present, Proposal, Tally
from data.register.roll import compare, short_eckid

from .roll_kit import from_rows, rolls

TODAY = date(2026, 11, 18)

GROUPS = {
    "g6": Group(name="groep 6", year="2026-2027", circle="c6", rules=("Wij luisteren.",)),
    "g7": Group(name="groep 7", year="2026-2027", circle="c7", key="K7"),
}


def plan(roll: Roll, present: Present, *, left: bool = False, same: bool = False, today: date = TODAY) -> Plan:
    return compare(roll, present, today, Choices(left=left, same=same))


def there(groups: dict[str, Group] | None = None, /, **pupils: Pupil) -> Present:
    return Present(GROUPS if groups is None else groups, pupils)


def sem(**more: object) -> Pupil:
    return msgspec.structs.replace(Pupil(given="Sem", family="Bakker", group="g6"), **more)


def fates(found: Plan) -> list[tuple[str, str]]:
    return [(move.fate.value, move.name) for move in found.moves]


def test_groups_by_key_then_by_name() -> None:
    rows = ("groep 6;Sem;;Bakker;1;6;;", "Groep 8;Mia;;Smit;2;8;;")
    roll = from_rows(*rows)
    roll = replace(roll, groups=(roll.groups[0], replace(roll.groups[1], key="K7")))
    found = plan(roll, there())
    assert found.groups == Tally(new=0, changed=2, gone=0, same=0)
    assert found.changed_groups["g6"] == msgspec.structs.replace(GROUPS["g6"], year_groups=(6,)), (
        "rules and circle stay"
    )
    assert (found.changed_groups["g7"].name, found.changed_groups["g7"].key) == ("Groep 8", "K7")


def test_another_school_year_has_groups_of_its_own() -> None:
    roll = from_rows("groep 6;Sem;;Bakker;1;6;;2027-2028")
    found = plan(roll, there())
    assert found.begins
    assert found.groups == Tally(new=1, changed=0, gone=2, same=0)
    assert plan(from_rows("groep 6;Sem;;Bakker;1;6;;2025-2026"), there()).earlier == "2026-2027"
    assert not plan(roll, there({})).begins, "the first list of a school begins nothing"
    assumed = plan(from_rows("groep 6;Sem;;Bakker;1;;;"), there())
    assert (assumed.assumed, assumed.year, assumed.begins) == (True, "2026-2027", False)


def test_by_eckid_then_by_key_then_by_name_in_the_group() -> None:
    rows = ("groep 7;Samuel;;Bakker;9;7;;",)
    roll = from_rows(*rows)
    roll = replace(roll, pupils=(replace(roll.pupils[0], eckid="E"),))
    by_eckid = plan(roll, there(a=sem(key="1", eckid=short_eckid("E")), b=sem(key="9")))
    assert [(write.id, write.pupil.given, write.pupil.key, write.pupil.group) for write in by_eckid.writes] == [
        ("a", "Samuel", "9", "g7")
    ]
    by_key = plan(roll, there(a=sem(key="9")))
    assert [write.id for write in by_key.writes] == ["a"]
    assert by_key.writes[0].pupil.eckid == short_eckid("E") != "E"
    other = plan(roll, there(a=sem(key="9", eckid=short_eckid("F"))))
    assert fates(other) == [("new", "Samuel Bakker"), ("absent", "Sem Bakker")], "another ECK iD is another child"
    by_name = plan(from_rows("groep 6;sem;;bakker;9;6;;"), there(a=sem()))
    assert (by_name.by_name, by_name.writes[0].id, by_name.writes[0].pupil.key) == (1, "a", "9")
    known = plan(from_rows("groep 6;Sem;;Bakker;9;6;;"), there(a=sem(key="8")))
    assert known.pupils == Tally(new=1, gone=1), "another key is another child, whatever the name"


def test_a_name_elsewhere_waits_for_a_word() -> None:
    roll, present = from_rows("groep 7;Sem;;Bakker;9;7;;"), there(a=sem())
    found = plan(roll, present)
    assert fates(found) == [("alike", "Sem Bakker")]
    assert (found.writes, found.pupils) == ((), Tally())
    said = plan(roll, present, same=True)
    assert [(write.id, write.pupil.group, write.pupil.key) for write in said.writes] == [("a", "g7", "9")]
    assert said.pupils == Tally(changed=1)


def test_two_of_a_name_are_told_by_nobody() -> None:
    two = from_rows("groep 6;Sem;;Bakker;1;6;;", "groep 6;Sem;;Bakker;2;6;;")
    assert plan(two, there(a=sem()), same=True).pupils == Tally(new=2, gone=1)
    one = from_rows("groep 6;Sem;;Bakker;1;6;;")
    assert plan(one, there(a=sem(), b=sem()), same=True).pupils == Tally(new=1, gone=2)
    elsewhere = from_rows("groep 8;Sem;;Bakker;1;8;;")
    assert plan(elsewhere, there(a=sem(), b=sem(group="g7")), same=True).pupils == Tally(new=1, gone=2)


def test_who_leaves() -> None:
    here = there(a=sem(key="1"))
    gone = plan(from_rows("groep 6;Sem;;Bakker;1;6;17-11-2026;"), here)
    assert (gone.pupils, gone.writes[0].pupil.left_on) == (Tally(gone=1), date(2026, 11, 17))
    assert gone.leavers == {"a"}
    past = plan(from_rows("groep 6;Sem;;Bakker;1;H;;"), here)
    assert past.writes[0].pupil == sem(key="1", left_on=TODAY)
    soon = plan(from_rows("groep 6;Sem;;Bakker;1;;31-7-2027;"), here)
    assert (soon.pupils, soon.leavers) == (Tally(changed=1), frozenset()), "still here, with a last day"
    assert soon.writes[0].pupil.left_on == date(2027, 7, 31)
    known = there(a=sem(key="1", left_on=date(2026, 9, 1)))
    assert plan(from_rows("groep 6;Sem;;Bakker;1;H;;"), known).pupils == Tally(same=1)
    back = plan(from_rows("groep 6;Sem;;Bakker;1;6;;"), known)
    assert (back.pupils, back.writes[0].pupil.left_on) == (Tally(changed=1), None)
    never = plan(from_rows("groep 6;Mia;;Smit;2;H;;"), there())
    assert (never.unknown_leavers, never.writes, never.pupils) == (1, (), Tally())


def test_nobody_leaves_by_not_being_in_the_file() -> None:
    roll, present = from_rows("groep 6;Mia;;Smit;2;6;;"), there(a=sem(key="1"))
    found = plan(roll, present)
    assert (found.pupils, found.count(Fate.ABSENT), found.leavers) == (Tally(new=1, gone=1), 1, frozenset())
    assert [write.id for write in found.writes] == [""]
    said = plan(roll, present, left=True)
    assert said.leavers == {"a"}
    assert [(write.id, write.pupil.left_on) for write in said.writes] == [("", None), ("a", TODAY)]
    assert said.pupils == found.pupils


def test_group_8_leaves_when_somebody_says_so() -> None:
    eight = {"g8": Group(name="groep 8", year="2025-2026", circle="c8"), **GROUPS}
    present = Present(eight, {"a": sem(group="g8", key="1"), "b": sem(given="Mia", key="2")})
    roll = from_rows("groep 7;Mia;;Bakker;2;7;;2027-2028")
    assert fates(plan(roll, present)) == [("changed", "Mia Bakker"), ("absent", "Sem Bakker")]
    assert plan(roll, present, left=True).leavers == {"a"}


def test_teachers_are_compared_and_get_nothing() -> None:
    roll = from_rows("groep 6;Sem;;Bakker;1;6;;", "groep 8;Mia;;Smit;2;8;;")
    refs = [group.ref for group in roll.groups]
    roll = replace(
        roll,
        teachers=(
            RollTeacher("Marit Hoekstra", (refs[0],)),
            RollTeacher("Karim Benali", (refs[1],)),
            RollTeacher("Uilke Veldman", (refs[1],)),
        ),
    )
    accounts = (
        Account("marit", "Marit Hoekstra", frozenset({"g6"})),
        Account("karim", "karim benali", frozenset({"g7"})),
        Account("joost", "Joost van der Laan", frozenset({"g6"})),
        Account("anne", "Anne Verhoeven", teaches=False),
    )
    found = plan(roll, replace(there(a=sem()), accounts=accounts, taught=frozenset({"g6"})))
    assert found.teachers == Tally(new=1, changed=1, gone=1, same=1)
    assert found.proposals == (Proposal("karim", "karim benali", ("groep 8",)),)
    assert found.untaught == ("groep 8",)
    nobody = plan(replace(roll, teachers=()), replace(there(), accounts=accounts))
    assert nobody.teachers == Tally(), "a list without teachers says nothing about them"


def test_a_pupil_without_a_group() -> None:
    found = plan(from_rows(";Sem;;Bakker;1;6;;"), there(a=sem(key="1")))
    assert (found.grouped_nowhere, found.writes[0].pupil.group) == (1, "g6"), "the group that is known stays"
    new = plan(from_rows(";Sem;;Bakker;1;6;;"), there())
    assert (new.writes[0].pupil.group, new.writes[0].ref) == ("", "")


@settings(max_examples=60, deadline=None)
@given(rolls())
def test_the_same_file_twice_changes_nothing(roll: Roll) -> None:
    roll = replace(roll, year="2026-2027")
    first = plan(roll, Present({}, {}))
    made = {new.ref: f"g{at}" for at, new in enumerate(first.new_groups)}
    groups = {
        made[new.ref]: Group(name=new.name, year=first.year, circle="", key=new.key, year_groups=new.year_groups)
        for new in first.new_groups
    }
    pupils = {
        f"p{at}": msgspec.structs.replace(write.pupil, group=made.get(write.ref, ""))
        for at, write in enumerate(first.writes)
    }
    again = plan(roll, Present(groups, pupils))
    assert again.empty
    assert again.moves == ()
    assert (again.groups, again.pupils) == (Tally(same=len(groups)), Tally(same=len(pupils)))
    assert len(pupils) + first.unknown_leavers == len(roll.pupils)
