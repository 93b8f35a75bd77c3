"""Suspension and expulsion by the protocol's lists, the days they are due, and the days on which there is school."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.errors import NotAllowed, ProtocolError, UsageError
from data.model import DecisionKind, Holiday, Strand
from data.protocol import builtin, parse
from data.register.calendar import Calendar
from data.register.removal import due_days, removals_of
from tests.data.school_kit import PEOPLE, Kit, school
from tests.data.test_protocol import GOOD

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


# --- the protocol's lists ----------------------------------------------------------------------------------


def test_the_school_has_a_list_for_each_with_sources() -> None:
    removal = builtin().removal
    assert removal is not None
    suspension, expulsion = removal.checklists
    assert (suspension.kind, expulsion.kind) == ("suspension", "expulsion")
    assert all(item.source for found in removal.checklists for item in found.items)
    assert all(len(item.text) <= 62 for found in removal.checklists for item in found.items)
    decided = date(2026, 11, 18)
    assert due_days(suspension, {"decision": decided}, Calendar()) == {"back": decided + timedelta(weeks=1)}
    assert due_days(expulsion, {"decision": decided}, Calendar()) == {
        "objection": decided + timedelta(weeks=6),
        "board": decided + timedelta(weeks=10),
    }
    assert due_days(expulsion, {"parents": decided}, Calendar()) == {}


def checklist(*items: str, kind: str = "suspension") -> str:
    head = '\n[removal]\ntitle = "Weg"\ntext = "Het uiterste."\n'
    lists = f'[[removal.checklists]]\nkind = "{kind}"\ntitle = "Schorsing"\n'
    return GOOD + head + lists + "".join(f"[[removal.checklists.items]]\n{item}\n" for item in items)


def item(ident: str, more: str = "") -> str:
    return f'id = "{ident}"\ntext = "Doen"\nsource = "WPO"\n{more}'


ITEMS = "removal.checklists[0].items"


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (checklist(), "removal.checklists[0].items", "missing"),
        (checklist(item("a"), kind="detention"), "removal.checklists[0].kind", "suspension, expulsion"),
        (checklist(item("a"), item("a")), f"{ITEMS}[1].id", "used once"),
        (checklist('id = "a"\ntext = "Doen"'), f"{ITEMS}[0].source", "missing"),
        (checklist(item("a", "colour = 1")), f"{ITEMS}[0].colour", "after_term"),
        (checklist(item("a", "term = 3")), f"{ITEMS}[0]", "earlier item"),
        (checklist(item("a"), item("b", 'after = "a"')), f"{ITEMS}[1]", "only a term does"),
        (checklist(item("a", 'term = 3\nafter = "a"')), f"{ITEMS}[0].after", "earlier item"),
        (checklist(item("a"), item("b", 'term = 3\nafter = "c"')), f"{ITEMS}[1].after", "earlier item"),
        (checklist(item("a"), item("b", 'term = 3\nafter_term = "a"')), f"{ITEMS}[1].after_term", "earlier item"),
        (checklist(item("a"), item("b", 'term = 0\nafter = "a"')), f"{ITEMS}[1].term", "from 1 to 999"),
        (checklist(item("a"), item("b", 'term = 3\nunit = "moons"\nafter = "a"')), f"{ITEMS}[1].unit", "school_days"),
        (checklist(*(item(f"i{at}") for at in range(13))), "removal.checklists[0].items", "at most 12"),
        (checklist(item("a")) + checklist(item("a")).removeprefix(GOOD).split("uiterste.\"\n")[1],
         "removal.checklists[1].kind", "used once"),
    ],
)  # fmt: skip
def test_lists_that_are_not_right(text: str, path: str, said: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(text, "elders.toml")
    told = str(caught.value)
    assert f": {path}:" in told and said in told, told
    assert "`" not in told.replace("`after`", "").replace("`after_term`", "") and "$" not in told


def test_a_term_in_school_days_leaves_out_days_without_school() -> None:
    text = checklist(item("a"), item("b", 'term = 3\nunit = "school_days"\nafter = "a"'))
    removal = parse(text, "elders.toml").removal
    assert removal is not None
    autumn = Calendar((Holiday(name="herfst", first=date(2026, 10, 17), last=date(2026, 10, 25)),))
    days = due_days(removal.checklists[0], {"a": date(2026, 10, 15)}, autumn)
    assert days == {"b": date(2026, 10, 27)}, "Friday, then Monday and Tuesday after the holiday"


# --- school days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "school", "then"),
    [
        (date(2026, 11, 18), True, date(2026, 11, 18)),
        (date(2026, 11, 21), False, date(2026, 11, 23)),
        (date(2026, 4, 6), False, date(2026, 4, 7)),
        (date(2027, 5, 6), False, date(2027, 5, 7)),
        (date(2026, 12, 25), False, date(2027, 1, 4)),
        (date.max, True, date.max),
    ],
)
def test_school_days(day: date, school: bool, then: date) -> None:
    """A Wednesday, a Saturday, Easter Monday, Ascension Day, Christmas within a holiday, the end of the calendar."""
    calendar = Calendar((Holiday(name="kerst", first=date(2026, 12, 19), last=date(2027, 1, 3)),))
    assert calendar.school_day(day) is school
    assert calendar.next_school_day(day) == then
    assert calendar.after(date.max, 3) == date.max


def test_a_holiday_without_end_ends_the_search() -> None:
    for_ever = Calendar((Holiday(name="altijd", first=date.min, last=date.max),))
    assert for_ever.next_school_day(date(2026, 1, 5)) == date(2026, 1, 5)


def test_a_step_is_due_on_a_school_day(kit: Kit, code: str) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    term = marit.cases.get(code).due
    assert term is not None
    house = anne.house.now()
    free = Holiday(name="vrij", first=term, last=term + timedelta(days=2))
    anne.house.change(
        rules=[], contacts=[], evaluated=None, discussed_in_mr=None, holidays=[free], based_on=house.revision
    )
    marit.refresh()
    due = marit.cases.get(code).due
    assert due is not None and due > free.last and due.weekday() < 5
    assert anne.house.now().holidays == (free,)


@pytest.mark.parametrize(("length", "said"), [(-1, "first day"), (70, "at most 70")])
def test_holidays_that_cannot_be(kit: Kit, length: int, said: str) -> None:
    anne, first = kit.open_as("anne"), date(2027, 7, 10)
    wrong = Holiday(name="zomer", first=first, last=first + timedelta(days=length))
    with pytest.raises(UsageError, match=said):
        anne.house.change(
            rules=[], contacts=[], evaluated=None, discussed_in_mr=None, holidays=[wrong],
            based_on=anne.house.now().revision,
        )  # fmt: skip


# --- recording ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", PEOPLE)
def test_leads_and_direction_record_it_and_nobody_else(kit: Kit, code: str, login: str) -> None:
    marit = kit.open_as("marit")
    marit.members.invite(code, marit.people.called("hans").person.id)
    register = kit.open_as(login)
    if login in ("anne", "hans"):
        register.removals.record(code, "suspension", pupil=kit.ids[DANIEL], done={"decision": today(kit)})
    else:
        with pytest.raises(NotAllowed, match="coordinator, IB or management"):
            register.removals.record(code, "suspension", pupil=kit.ids[DANIEL], done={"decision": today(kit)})
    assert len(removals_of(kit.open_as("joost").cases.get(code))) == (login in ("anne", "hans"))


def test_it_goes_on_entry_by_entry(kit: Kit, code: str) -> None:
    anne, pupil = kit.open_as("anne"), kit.ids[DANIEL]
    first = anne.removals.record(code, "suspension", pupil=pupil, done={"decision": today(kit)}, text="Twee dagen.")
    (known,) = removals_of(anne.cases.get(code))
    due = known.next_due(Calendar())
    assert known.going_on and due is not None and (due[0].id, due[1]) == ("back", today(kit) + timedelta(weeks=1))
    done = {"decision": today(kit), "back": today(kit)}
    anne.removals.record(code, "suspension", pupil=pupil, done=done, waived=["inspectorate"], follows=first)
    (known,) = removals_of(anne.cases.get(code))
    assert not known.going_on and known.done == done and known.next_due(Calendar()) is None
    anne.removals.record(code, "suspension", pupil=pupil, done={"decision": today(kit)})
    assert len(removals_of(anne.cases.get(code))) == 2, "a second suspension is one of its own"
    assert anne.log.of_case(code)[-1].what == "removal"


def test_what_cannot_be_recorded(kit: Kit, code: str) -> None:
    anne, pupil, day = kit.open_as("anne"), kit.ids[DANIEL], today(kit)
    size = kit.path.stat().st_size
    with pytest.raises(UsageError, match="no list"):
        anne.removals.record(code, "detention", pupil=pupil, done={"decision": day})
    with pytest.raises(UsageError, match="no list"):
        anne.removals.record(code, "suspension", pupil=pupil, done={"board": day})
    with pytest.raises(UsageError, match="Which pupil"):
        anne.removals.record(code, "suspension", pupil=kit.ids["Noor Yılmaz"], done={"decision": day})
    with pytest.raises(UsageError, match="still to come"):
        anne.removals.record(code, "suspension", pupil=pupil, done={"decision": day + timedelta(days=1)})
    with pytest.raises(UsageError, match="Nothing is filled in"):
        anne.removals.record(code, "suspension", pupil=pupil, done={})
    with pytest.raises(UsageError, match="no such removal"):
        anne.removals.record(code, "suspension", pupil=pupil, done={"decision": day}, follows="nergens")
    with pytest.raises(UsageError, match="form of its own"):
        anne.cases.decide(code, DecisionKind.REMOVAL, text="Zomaar.")
    assert kit.path.stat().st_size == size
    with pytest.raises(NotAllowed):
        kit.open_as("hans").removals.record(code, "suspension", pupil=pupil, done={"decision": day})
