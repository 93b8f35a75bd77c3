"""The pattern check beside a slow recount, and what it makes of what was counted."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.insight.events import Counted, Event, events
from data.insight.patterns import MOST_NAMED, MOST_UNCLEAR, Direction, Pattern, find, part_of_day
from data.insight.weigh import Advice, Sign, advise, weigh
from data.model import ParticipantRole as Role

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2026, 9, 7, 10, 20, tzinfo=AMSTERDAM)
"""A Monday, in the break."""

V, P, F, U = Role.VICTIM, Role.PERPETRATOR, Role.FOLLOWER, Role.UNKNOWN
ACTIVE = (Role.PERPETRATOR, Role.FOLLOWER, Role.ENCOURAGER)


def note(ident: str, day: float, *pupils: tuple[str, Role], **more: object) -> Counted:
    happened = BEGIN + timedelta(days=day)
    fields = {"author": "marit", "entered": happened, "place": "plein", **more}
    return Counted(id=ident, happened=happened, pupils=pupils, **fields)  # type: ignore[arg-type]


def found(notes: Iterable[Counted], least: int = 3) -> list[Pattern]:
    return find(notes, since=BEGIN - timedelta(days=1), until=BEGIN + timedelta(days=400), least=least)


def only(notes: Iterable[Counted], least: int = 3) -> Pattern:
    (pattern,) = found(notes, least)
    return pattern


def three(*pupils: tuple[str, Role], **more: object) -> list[Counted]:
    return [note(f"n{at}", 10 * at, *pupils, **more) for at in range(3)]


# --- a slow, obvious recount ---------------------------------------------------------------------------------

PUPILS = "abcde"


@st.composite
def jotted(draw: st.DrawFn) -> list[Counted]:
    """Notes of three colleagues about five children, some of them corrections, some in a ring."""
    made: list[Counted] = []
    for at in range(draw(st.integers(0, 14))):
        pupils = draw(st.lists(st.tuples(st.sampled_from(PUPILS), st.sampled_from(Role)), max_size=4))
        made.append(
            note(
                f"n{at:02}",
                draw(st.integers(-3, 40)) + draw(st.sampled_from((0.0, 0.01, 0.02))),
                *pupils,
                author=draw(st.sampled_from("xyz")),
                place=draw(st.sampled_from(("", "plein", "gang"))),
                entered=BEGIN + timedelta(days=draw(st.integers(0, 3))),
                corrects=draw(st.sampled_from(("", "", "", *(f"n{other:02}" for other in range(15))))),
            )
        )
    return made


def slow_events(notes: list[Counted]) -> list[Event]:
    """Put together what belongs together, by walking from note to note until nothing is added."""
    seen: list[Event] = []
    left = {one.id for one in notes}
    by_id = {one.id: one for one in notes}
    while left:
        family = {min(left)}
        while True:
            more = {one.id for one in notes if one.corrects in family} | {
                by_id[ident].corrects for ident in family if by_id[ident].corrects in by_id
            }
            if more <= family:
                break
            family |= more
        left -= family
        together = sorted((by_id[ident] for ident in family), key=lambda one: (one.entered, one.id))
        firsts = [one for one in together if one.corrects not in family] or together
        own = [one for one in together if one.author == firsts[0].author]
        ends = [one for one in own if not any(other.corrects == one.id for other in own)] or own
        now = ends[-1]
        pupils = set(now.pupils)
        for one in together:
            if one.author != firsts[0].author:
                pupils |= {part for part in one.pupils if part[0] not in dict(now.pupils)}
        seen.append(
            Event(
                now.id, tuple(one.id for one in together), now.author, now.happened, tuple(sorted(pupils)),
                now.place, now.behaviours, now.words,
            )
        )  # fmt: skip
    return seen


def slow_pair(event: Event, one: str, other: str) -> bool:
    roles = [{role for pupil, role in event.pupils if pupil == who} for who in (one, other)]
    active = [bool(found & set(ACTIVE)) for found in roles]
    hurt = [V in found for found in roles]
    unclear = [U in found and not a and not h for found, a, h in zip(roles, active, hurt, strict=True)]
    if (hurt[0] and (active[1] or unclear[1])) or (hurt[1] and (active[0] or unclear[0])):
        return True
    if (unclear[0] and (unclear[1] or active[1])) or (active[0] and unclear[1]):
        return True
    someone_else = any(
        role is V or (role is U and not {r for p, r in event.pupils if p == pupil} & {V, *ACTIVE})
        for pupil, role in event.pupils
    )
    return active[0] and active[1] and not someone_else


def slow_find(notes: list[Counted], least: int) -> set[tuple[bool, tuple[str, ...], frozenset[str]]]:
    seen = [one for one in slow_events(notes) if one.happened >= BEGIN - timedelta(days=1)]
    many, pairs = [], []
    for pupil in PUPILS:
        against = {
            one.id: {p for p, role in one.pupils if role in ACTIVE and p != pupil}
            for one in seen
            if (pupil, V) in one.pupils
        }
        against = {ident: who for ident, who in against.items() if who}
        often = {other: sum(other in who for who in against.values()) for other in set().union(*against.values())}
        several = len(often) > 1 and (
            sum(times > 1 for times in often.values()) > 1 or max(often.values()) < len(against)
        )
        if len(against) >= least and several:
            many.append((True, (pupil,), frozenset(against)))
    for one, other in combinations(PUPILS, 2):
        about = frozenset(event.id for event in seen if slow_pair(event, one, other))
        if len(about) >= least and not any(about <= ids and pupils[0] in (one, other) for _, pupils, ids in many):
            pairs.append((False, (one, other), about))
    return {*many, *pairs}


@given(jotted(), st.integers(2, 4))
def test_beside_a_slow_recount(notes: list[Counted], least: int) -> None:
    patterns = found(notes, least)
    assert {(one.many, one.pupils, frozenset(one.ids)) for one in patterns} == slow_find(notes, least)
    assert sorted(map(repr, events(notes))) == sorted(map(repr, slow_events(notes)))


@given(jotted(), st.randoms(use_true_random=False))
def test_the_order_of_notes_does_not_matter(notes: list[Counted], random: Random) -> None:
    shuffled = list(notes)
    random.shuffle(shuffled)
    assert found(shuffled, 2) == found(notes, 2)


@given(jotted(), st.integers(2, 4))
def test_what_holds_for_every_pattern(notes: list[Counted], least: int) -> None:
    for one in found(notes, least):
        assert len(one.ids) == len(set(one.ids)) >= least
        assert 1 <= one.moments <= len(one.ids) and one.days >= 1 and one.weeks >= 1
        for figures in (one.weekdays, one.parts, one.authors):
            assert sorted(ident for figure in figures for ident in figure.notes) == sorted(one.ids)
        doubled = [ident for group in one.maybe_same for ident in group]
        assert len(doubled) == len(set(doubled)) and set(doubled) <= set(one.ids)
        target, there, back = one.ways
        assert target in one.pupils and len(there) >= (0 if one.many else len(back))
        evidence = {*one.ids, *(event.id for event in (*one.back, *one.alone))}
        findings = weigh(one, least=least)
        assert all(set(finding.notes) <= evidence for finding in findings.values())
        assert findings["intent"].sign is Sign.UNKNOWN
        assert advise(one, findings) is not Advice.JUDGE, "that takes people"


def test_five_thousand_notes_are_counted_at_once() -> None:
    random = Random(7)
    names = [f"p{number}" for number in range(200)]
    notes = [
        note(f"n{at}", random.random() * 56, *zip(random.sample(names, 3), (V, P, F), strict=True))
        for at in range(5000)
    ]
    begun = time.process_time()
    assert found(notes)
    assert time.process_time() - begun < 1


# --- what is a pattern ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [
        (V, P, True), (V, F, True), (V, Role.ENCOURAGER, True), (V, U, True), (P, U, True), (U, U, True),
        (P, P, True), (V, V, False), (V, Role.BYSTANDER, False), (V, Role.DEFENDER, False),
        (P, Role.BYSTANDER, False), (U, Role.BYSTANDER, False),
    ],
)  # fmt: skip
def test_which_two_are_a_pair(one: Role, other: Role, counts: bool) -> None:
    for pair in ((one, other), (other, one)):
        assert bool(found(three(("a", pair[0]), ("b", pair[1])))) is counts


def test_two_who_did_it_to_a_third_are_no_pair() -> None:
    pattern = only(three(("a", V), ("b", P), ("c", F)))
    assert pattern.many and pattern.pupils == ("a",) and pattern.others == ("b", "c")


def test_one_child_who_explains_it_all_is_a_pair_whoever_else_joined_in_once() -> None:
    notes = three(("a", V), ("b", P))
    notes[0] = note("n0", 0, ("a", V), ("b", P), ("c", Role.ENCOURAGER))
    pattern = only(notes)
    assert pattern.pupils == ("a", "b") and [figure.value for figure in pattern.company] == ["c"]


def test_three_different_children_towards_one() -> None:
    pattern = only([note(f"n{at}", at, ("v", V), (other, P)) for at, other in enumerate("xyz")])
    assert pattern.many and pattern.others == ("x", "y", "z")
    assert weigh(pattern, least=3)["power"].sign is Sign.MET


def test_a_pair_that_is_more_than_a_part_of_several_stands_by_itself_too() -> None:
    notes = [*three(("a", V), ("b", P), ("c", P)), note("back", 3, ("a", P), ("b", V))]
    many, pair = found(notes)
    assert many.many and pair.pupils == ("a", "b")
    assert [event.id for event in many.back] == ["back"]
    assert many.direction is Direction.MOSTLY and many.ways == ("a", many.ids, ("back",))
    assert weigh(many, least=3)["power"].sign is Sign.UNKNOWN


def test_a_note_about_a_whole_group_says_nothing_about_two_of_them() -> None:
    unclear = [(f"p{number}", U) for number in range(MOST_UNCLEAR + 1)]
    assert found(three(*unclear)) == [] and found(three(*unclear[:-1]))
    group = [("v", V), *((f"p{number}", P) for number in range(MOST_NAMED))]
    assert found(three(*group)) == [] and only(three(*group[:-1])).many


def test_only_what_lies_in_the_window_counts() -> None:
    notes = three(("a", V), ("b", P))
    since, until = notes[0].happened, notes[2].happened
    assert len(find(notes, since=since, until=until, least=3)) == 1
    second = timedelta(seconds=1)
    assert find(notes, since=since + second, until=until, least=3) == []
    assert find(notes, since=since, until=until - second, least=3) == []


def test_the_day_on_which_the_clock_goes_back_and_29_february() -> None:
    clock = datetime(2026, 10, 25, 2, 30, tzinfo=AMSTERDAM)
    moments = [clock, clock.replace(fold=1), datetime(2028, 2, 29, 12, 0, tzinfo=AMSTERDAM)]
    notes = [Counted(f"n{at}", "x", moment, moment, (("a", V), ("b", P))) for at, moment in enumerate(moments)]
    (pattern,) = find(notes, since=clock - timedelta(days=1), until=moments[-1], least=3)
    assert pattern.ids == ("n0", "n1", "n2")
    assert pattern.days == (moments[2].date() - clock.date()).days + 1
    assert [figure.value for figure in pattern.weekdays] == ["6", "1"]


@pytest.mark.parametrize(("clock", "part"), [("08:00", 0), ("11:59", 0), ("12:00", 1), ("13:30", 2), ("17:00", 3)])
def test_parts_of_a_day(clock: str, part: int) -> None:
    names = ("morning", "noon", "afternoon", "evening")
    assert part_of_day(datetime.fromisoformat(f"2026-09-07T{clock}").replace(tzinfo=AMSTERDAM)) == names[part]


# --- corrections, and what two colleagues saw ----------------------------------------------------------------


def test_a_correction_counts_once_and_with_what_it_says() -> None:
    notes = [*three(("a", V), ("b", P)), note("later", 1, ("d", V), ("c", P), corrects="n1")]
    assert found(notes) == [], "two of a and b are left"
    assert {event.id for event in events(notes)} == {"n0", "later", "n2"}
    notes[-1] = note("later", 1, ("a", V), ("b", P), corrects="n1", place="gang")
    pattern = only(notes)
    assert pattern.ids == ("n0", "later", "n2") and pattern.written == {"n0", "n1", "n2", "later"}
    assert [figure.value for figure in pattern.places] == ["plein", "gang"]


def test_a_correction_by_a_colleague_takes_nobody_out_of_a_note() -> None:
    notes = [*three(("a", V), ("b", P)), note("joost", 1, ("c", P), corrects="n1", author="joost")]
    pattern = only(notes)
    assert pattern.ids == ("n0", "n1", "n2") and "joost" in pattern.written
    assert [figure.value for figure in pattern.company] == ["c"]


def test_what_two_colleagues_saw_is_counted_twice_and_said() -> None:
    pupils = (("a", V), ("b", P))
    notes = [note("one", 0, *pupils), note("two", 0.01, *pupils, author="joost"), note("three", 10, *pupils)]
    pattern = only(notes)
    assert pattern.maybe_same == (("one", "two"),) and pattern.moments == 2
    assert weigh(pattern, least=3)["repeated"].sign is Sign.UNKNOWN, "perhaps it was only twice"
    elsewhere = [notes[0], note("two", 0.01, *pupils, author="joost", place="gang"), notes[2]]
    assert only(elsewhere).maybe_same == ()
    assert only([notes[0], note("two", 0.01, *pupils), notes[2]]).maybe_same == (), "one person saw two things"
    assert only([notes[0], note("two", 0.03, *pupils, author="joost"), notes[2]]).maybe_same == (), "later"
    nowhere = [notes[0], note("two", 0.01, *pupils, author="joost", place=""), notes[2]]
    assert only(nowhere).maybe_same == (("one", "two"),)


# --- what it may mean ----------------------------------------------------------------------------------------


def advice(pattern: Pattern, **more: object) -> Advice:
    return advise(pattern, weigh(pattern, least=3, **more))  # type: ignore[arg-type]


def test_always_the_same_way_and_long_may_be_bullying() -> None:
    pattern = only(three(("a", V), ("b", P)))
    findings = weigh(pattern, least=3)
    assert pattern.direction is Direction.ONE_WAY and pattern.ways[0] == "a"
    assert {name: finding.sign for name, finding in findings.items()} == {
        "intent": Sign.UNKNOWN, "repeated": Sign.MET, "power": Sign.MET, "harm": Sign.NOT_SEEN
    }  # fmt: skip
    assert advice(pattern) is Advice.MAYBE_BULLYING


def test_both_ways_is_more_like_a_conflict() -> None:
    notes = [note(f"n{at}", at * 5, ("a", V if at % 2 else P), ("b", P if at % 2 else V)) for at in range(4)]
    pattern = only(notes)
    assert pattern.direction is Direction.BOTH and advice(pattern) is Advice.CONFLICT
    assert weigh(pattern, least=3)["power"].sign is Sign.NOT_SEEN
    assert only(three(("a", P), ("b", P))).direction is Direction.BOTH
    assert only(three(("a", P), ("a", V), ("b", P), ("b", V))).direction is Direction.BOTH


def test_who_hits_back_once_is_in_no_conflict() -> None:
    notes = [note(f"n{at}", at * 5, ("a", V), ("b", P), words=True) for at in range(4)]
    pattern = only([*notes, note("back", 2, ("a", P), ("b", V))])
    assert pattern.direction is Direction.MOSTLY and advice(pattern) is Advice.MAYBE_BULLYING
    assert weigh(pattern, least=3)["power"].sign is Sign.UNKNOWN


def test_often_in_a_few_days_is_not_long_yet() -> None:
    pattern = only([note(f"n{at}", at, ("a", V), ("b", P)) for at in range(3)])
    assert weigh(pattern, least=3)["repeated"].sign is Sign.UNKNOWN


def test_roles_that_nobody_wrote_down() -> None:
    pattern = only(three(("a", U), ("b", U)))
    assert pattern.direction is Direction.UNCLEAR and advice(pattern) is Advice.LOOK
    assert pattern.unclear("a") == pattern.ids


def test_once_one_way_and_no_harm_may_be_teasing() -> None:
    pattern = only([note("n0", 0, ("a", V), ("b", P)), *three(("a", U), ("b", U))[1:]])
    assert advice(pattern) is Advice.TEASING


def test_harm_is_words_or_an_injury_also_where_nobody_else_was_named() -> None:
    plain = three(("a", V), ("b", P))
    alone = note("alone", 4, ("a", V), words=True)
    assert weigh(only(plain), least=3)["harm"].notes == ()
    assert weigh(only([*plain, alone]), least=3)["harm"].notes == ("alone",)
    assert [event.id for event in only([*plain, alone]).alone] == ["alone"]
    hurt = three(("a", V), ("b", P), behaviours=("fysiek",))
    assert weigh(only(hurt), least=3)["harm"].sign is Sign.NOT_SEEN
    assert weigh(only(hurt), least=3, harmful={"fysiek"})["harm"].sign is Sign.MET


def test_people_settle_what_notes_leave_open_and_nothing_else() -> None:
    pattern = only(three(("a", V), ("b", P), words=True))
    found = weigh(pattern, least=3, assessed={"intent": "yes", "power": "no", "other": "yes"})
    assert found["intent"].sign is Sign.MET and found["power"].sign is Sign.MET and found["power"].assessed == "no"
    assert "other" not in found and advise(pattern, found) is Advice.JUDGE
    found = weigh(pattern, least=3, assessed={"intent": "no"})
    assert found["intent"].sign is Sign.NOT_SEEN and advise(pattern, found) is Advice.MAYBE_BULLYING
    assert weigh(pattern, least=3, assessed={"intent": "unclear"})["intent"].sign is Sign.UNKNOWN
