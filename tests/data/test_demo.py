"""The demo school: whole, readable by each person what is theirs, and nothing of it readable in the file."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest

from data.clean import clean_text
from data.clock import SystemClock
from data.demo import Demo, create_demo
from data.demo.content import draw_pupils, load_cast, load_story, with_names
from data.demo.days import END_OF_DAY, DemoClock, local, school_days
from data.errors import NotAllowed, VaultError
from data.insight.weigh import Advice
from data.insight.year_input import next_year, span, year_of
from data.model import Kept, NoteKind, Source, Strand, Text
from data.protocol import StepState
from data.register import KnownCase, Register, open_school
from data.register.day import look
from data.register.session import LOOSE
from data.vault.entries import Role
from data.vault.machine import Files, Machine

from .school_kit import TurnableClock


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return create_demo(str(tmp_path_factory.mktemp("demo") / "school.pest"))


@pytest.fixture(scope="module")
def everybody(demo: Demo) -> Iterator[dict[str, Register]]:
    with contextlib.ExitStack() as sessions:
        found = {}
        for person in demo.people:
            register = open_school(demo.vault, person.login, person.passphrase, machine=Machine())
            found[person.login] = sessions.enter_context(contextlib.closing(register))
        yield found


@pytest.fixture(scope="module")
def coordinator(demo: Demo, everybody: dict[str, Register]) -> Register:
    return everybody[demo.coordinator.login]


@pytest.fixture(scope="module")
def teacher(demo: Demo, everybody: dict[str, Register]) -> Register:
    return everybody[demo.teacher.login]


def case(register: Register, demo: Demo, name: str) -> KnownCase:
    return register.cases.get(demo.cases[name])


def states(known: KnownCase) -> dict[int, StepState]:
    return {view.step.number: view.state for view in known.progress.steps if view.state is not StepState.OPEN}


def texts(register: Register) -> list[Text]:
    found = [text for known in register.notes.all() for text in (known.note.facts, known.note.words, known.note.did)]
    return found + [said.text for known in register.cases.all() for said in known.records]


# --- who there are ------------------------------------------------------------------------------------------------


def test_everybody_can_log_in(demo: Demo, everybody: dict[str, Register]) -> None:
    assert len(demo.people) == len(everybody) == 12
    for person in demo.people:
        me = everybody[person.login].vault.me
        assert (me.login, me.name, tuple(me.roles)) == (person.login, person.name, person.roles)


def test_every_role_is_there(demo: Demo) -> None:
    assert demo.coordinator.roles == ("coordinator",) and demo.people[0] is demo.coordinator
    assert demo.teacher.groups == ("groep 6",) and demo.people[1] is demo.teacher
    assert {role for person in demo.people for role in person.roles} == set(Role) - {Role.RECOVERY}
    teachers = Counter(group for person in demo.people for group in person.groups)
    assert set(teachers) == {f"groep {number}" for number in range(1, 9)}
    assert sorted(teachers.values()) == [1, 1, 1, 1, 1, 1, 2, 2], "two groups have a duo"
    assert any(len(person.roles) > 1 for person in demo.people)
    assert demo.person("esther").roles == ("external",)
    with pytest.raises(KeyError):
        demo.person("niemand")


def test_passphrases_and_logins(demo: Demo) -> None:
    passphrases = [person.passphrase for person in demo.people]
    assert len(set(passphrases)) == len(passphrases)
    assert all(len(phrase.split()) == 4 and len(phrase) >= 10 for phrase in passphrases)
    assert all(re.fullmatch(r"[a-z]{3,7}", person.login) for person in demo.people)
    assert re.fullmatch(r"[0-9A-Z]{5}([ -][0-9A-Z]{5}){10}", demo.recovery_code)


def test_people_are_known_with_their_groups_and_nobody_waits(coordinator: Register, demo: Demo) -> None:
    known = {found.person.login: found for found in coordinator.people.all()}
    assert {login: found.groups for login, found in known.items()} == {p.login: p.groups for p in demo.people}
    assert not any(found.waiting for found in known.values())
    until = known["esther"].until
    assert until is not None and until > datetime.now().astimezone()


def test_the_pupils(coordinator: Register, teacher: Register) -> None:
    pupils = coordinator.pupils.all()
    assert len(pupils) == 200 == len({known.name for known in pupils})
    sizes = Counter(known.group for known in pupils)
    assert len(sizes) == 8 and all(15 <= size <= 32 for size in sizes.values())
    group = Counter(known.pupil.given for known in pupils if known.group == "groep 6")
    assert 2 in group.values(), "two with the same given name in one group"
    everywhere = Counter(known.pupil.given for known in pupils)
    assert sum(count > 1 for count in everywhere.values()) >= 10
    names = " ".join(known.name for known in pupils)
    assert all(part in names for part in ("ë", "van 't", "van den ", "de ")) and not names.isascii()
    assert [known.group for known in teacher.pupils.all()[:27]] == ["groep 6"] * 27


def test_other_seeds_give_other_pupils_and_the_same_seed_the_same() -> None:
    cast, leads = load_cast(), load_story().leads
    drawn = [draw_pupils(cast, leads, Random(seed)) for seed in (7, 7, 8)]
    assert drawn[0] == drawn[1] != drawn[2]
    for seed in range(20):
        pupils = draw_pupils(cast, leads, Random(seed))
        assert len({pupil.name for pupil in pupils.values()}) == 200
        assert len({pupils[key].given for key in leads}) == len(leads)
        for group in cast.groups:
            given = Counter(pupil.given for pupil in pupils.values() if pupil.group == group)
            assert sum(count - 1 for count in given.values()) == (group in ("groep 6", "groep 7", "groep 8"))


def test_names_stand_where_the_story_has_keys() -> None:
    pupils = draw_pupils(load_cast(), load_story().leads, Random(7))
    one = pupils["6m1"]
    assert with_names("{6m1}, {6m1+} {x}", pupils) == f"{one.given}, {one.name} {{x}}"


# --- what happened ------------------------------------------------------------------------------------------------


def test_a_few_dozen_notes_of_all_kinds(coordinator: Register) -> None:
    notes = [known.note for known in coordinator.notes.all()]
    assert 40 <= len(notes) - 55 <= 60, "besides those of the incidents of last year"
    assert len({note.author for note in notes}) >= 9
    assert {note.place for note in notes} - {""} <= set(coordinator.school().places)
    assert any(not note.pupils for note in notes)
    assert any(note.author == coordinator.me for note in notes)
    assert sum(note.kind is NoteKind.SIGNAL for note in notes) >= 3
    assert len({part.role for note in notes for part in note.pupils}) >= 6
    assert any(note.words for note in notes) and any(note.did for note in notes)


def test_each_way_to_write_a_note_has_something_to_show(
    coordinator: Register, teacher: Register, everybody: dict[str, Register]
) -> None:
    notes = coordinator.notes.all()
    kinds = {kind.id for kind in coordinator.house.notes_now().behaviours}
    assert {kind for known in notes for kind in known.note.behaviours} <= kinds
    assert sum(bool(known.note.behaviours) and bool(known.note.place) for known in notes) >= 30
    signals = [known.note for known in notes if known.note.source is Source.PARENT]
    assert len(signals) == 4 and all(note.heard_from for note in signals)
    (correction,) = [known for known in notes if known.note.corrects]
    assert correction.original is not None
    assert correction.original.id in {known.id for known in notes if known.corrected}
    assert [known.note.author for known in look(teacher).concepts] == [teacher.me]
    weighed = [known for known in everybody["wilma"].patterns.all() if known.dismissed]
    assert len(weighed) == 1 and not weighed[0].waits and weighed[0].weighed[0].reason
    kept = {check.record.kept for known in coordinator.cases.all() for a in known.agreements for check in a.checks}
    assert kept == set(Kept)


def test_loose_notes_show_a_pattern_that_nobody_has_weighed(teacher: Register, coordinator: Register) -> None:
    for register in (teacher, coordinator):
        first = look(register).patterns[0]
        assert first.advice is Advice.MAYBE_BULLYING and first.cases == () and len(first.pattern.authors) > 2
        assert first.pattern.many and len(first.pattern.events) == 4 and first.pattern.alone


def test_names_in_texts_are_references(coordinator: Register) -> None:
    """Neither a whole name nor the given name of anybody in the note or the case is stored as text."""
    pupils = {known.id: known for known in coordinator.pupils.all()}
    whole = re.compile("|".join(re.escape(known.name) for known in pupils.values()))
    for known in coordinator.notes.all():
        note = known.note
        plain = " ".join(part for text in (note.facts, note.words, note.did) for part in text if isinstance(part, str))
        given = {pupils[part.pupil].pupil.given for part in note.pupils}
        assert not given & set(re.findall(r"[\w-]+", plain)) and not whole.search(plain) and "{" not in plain
    for opened in coordinator.cases.all():
        said = [record.text for record in opened.records] + [event.record.reason for event in opened.events]
        plain = " ".join(part for text in said for part in text if isinstance(part, str))
        given = {name.split()[0] for name in opened.names.values()}
        assert not given & set(re.findall(r"[\w-]+", plain)) and not whole.search(plain) and "{" not in plain


def test_everything_was_written_by_whom_it_says(everybody: dict[str, Register], coordinator: Register) -> None:
    vault = coordinator.vault
    for table in ("notes", "steps", "agreements", "checks", "approaches"):
        for document in coordinator.db.table(table).all():
            record = vault.record((table, str(document.doc_id)))
            assert record is not None and record.author.hex() == document["author"]
    assert {known.note.author for known in coordinator.notes.all()} <= {found.me for found in everybody.values()}
    assert all(found.vault.state.problems == [] for found in everybody.values())


def test_nothing_lies_in_the_future_or_outside_school_hours(coordinator: Register) -> None:
    now = datetime.now().astimezone()
    begin = local(span(next_year(year_of(now.date()), -1))[0], time(8, 0))
    moments = [moment for known in coordinator.notes.all() for moment in (known.note.happened, known.note.entered)]
    for opened in coordinator.cases.all():
        moments += [opened.case.opened, *(said.entered for said in opened.records)]
    for known in coordinator.incidents.all():
        moments += [known.record.entered, *(event.record.entered for event in known.events)]
    for opened in coordinator.cases.all():
        assert all(said.happened <= said.entered.date() for said in opened.records)
    for moment in moments:
        there = moment.astimezone()
        assert begin < moment <= now and there.weekday() < 5 and 8 <= there.hour < 17
    notes = [known.note for known in coordinator.notes.all()]
    assert all(timedelta() <= note.entered - note.happened <= timedelta(hours=2) for note in notes)
    assert max(moments) - min(moments) > timedelta(days=45)
    state = coordinator.vault.state
    for table in state.tables:
        for ident in coordinator.vault.ids(table):
            record = coordinator.vault.record((table, ident))
            assert record is None or record.time <= now.timestamp() * 1000


def test_cases_at_different_steps(coordinator: Register, demo: Demo) -> None:
    today = datetime.now().astimezone().date()
    assert len(coordinator.cases.all()) == len(demo.cases) == 8
    done, busy, skipped = StepState.DONE, StepState.BUSY, StepState.SKIPPED
    assert states(case(coordinator, demo, "groepsapp")) == {1: busy}
    assert states(case(coordinator, demo, "voetbal")) == {1: done, 2: done, 3: done}
    late = case(coordinator, demo, "buitensluiten")
    assert states(late) == {**dict.fromkeys(range(1, 8), done), 8: busy} and late.overdue(today)
    skips = case(coordinator, demo, "route")
    assert states(skips)[5] is skipped and len(skips.progress.steps[4].reason) > 30
    school = case(coordinator, demo, "meiden-7")
    assert states(school)[11] is busy and school.progress.phase.id == "school"
    several = case(coordinator, demo, "kleedkamer")
    assert sum(pupil.strand is Strand.ACCUSED for pupil in several.case.pupils) == 3
    nexts = {name: case(coordinator, demo, name).progress.next_step for name in demo.cases}
    numbers = {name: view.step.number for name, view in nexts.items() if view}
    assert numbers == {
        "groepsapp": 1, "voetbal": 4, "buitensluiten": 8, "route": 6, "meiden-7": 11, "kleedkamer": 3, "tekening": 3,
        "schommel": 8,
    }  # fmt: skip


def test_one_case_is_closed_and_one_was_consulted_about(coordinator: Register, demo: Demo) -> None:
    assert [name for name in demo.cases if not case(coordinator, demo, name).open] == ["schommel"]
    asked = case(coordinator, demo, "tekening")
    assert asked.decisions[-1].record.advice and asked.agreed_day == asked.due


def test_agreements_were_made_and_looked_at(coordinator: Register, demo: Demo) -> None:
    today = datetime.now().astimezone().date()
    late = case(coordinator, demo, "buitensluiten")
    assert [known.overdue(today) for known in late.agreements] == [False, True] and late.due == late.check_day
    scores = [check.record.safety for known in late.agreements for check in known.checks if check.record.safety]
    assert scores == [2, 3], "it goes better, a little"
    for name in ("route", "meiden-7"):
        known = case(coordinator, demo, name)
        assert known.check_day is not None and not any(agreed.overdue(today) for agreed in known.agreements)
    assert [known.record.looked for known in case(coordinator, demo, "meiden-7").approaches] == [False, True]


def test_whose_side_was_heard_is_known(coordinator: Register, demo: Demo) -> None:
    """Only the parents of one pupil are still to be spoken with, where the story says so."""
    unheard = {
        (name, view.step.number): len(view.unheard)
        for name in demo.cases
        for view in case(coordinator, demo, name).progress.steps
        if "one_sided" in view.missing
    }
    assert unheard == {("meiden-7", 11): 2}


def test_every_case_was_opened_from_notes_and_has_both_sides(coordinator: Register) -> None:
    for known in coordinator.cases.all():
        assert coordinator.notes.of_case(known.code)
        strands = {pupil.strand for pupil in known.case.pupils}
        assert {Strand.BULLIED, Strand.ACCUSED} <= strands
        assert all(pupil.name for pupil in known.case.pupils)


def test_incidents_of_several_kinds_and_how_far_they_are(
    coordinator: Register, teacher: Register, demo: Demo, everybody: dict[str, Register]
) -> None:
    this_year = span(year_of(datetime.now().astimezone().date()))[0]
    found = [known for known in coordinator.incidents.all() if known.record.happened.date() >= this_year]
    assert len(found) == 5 and all(known.standing for known in found)
    assert len({known.record.behaviour for known in found}) == 3 and sum(known.record.grave for known in found) == 2
    assert sum(known.waits for known in found) == 2 and sum(known.director for known in found) == 2
    assert [known.record.case for known in found].count(demo.cases["meiden-7"]) == 1
    pupils = {known.id: known for known in coordinator.pupils.all()}
    for known in found:
        record = known.record
        said = [record.what, record.why, record.with_what, *(event.record.text for event in known.events)]
        plain = " ".join(part for text in said for part in text if isinstance(part, str))
        given = {pupils[part.pupil].pupil.given for part in record.pupils}
        assert not given & set(re.findall(r"[\w-]+", plain)) and "{" not in plain
    waiting = {known.id for known in found if known.waits}
    assert [known.author for known in teacher.incidents.all() if known.id in waiting] == [teacher.me]
    assert len(everybody["hans"].incidents.all()) == len(coordinator.incidents.all())
    assert everybody["dirk"].incidents.all() == []


def test_the_school_year_before_has_something_to_show(coordinator: Register) -> None:
    year = coordinator.year
    last = next_year(year_of(datetime.now().astimezone().date()), -1)
    found = year.figures(last)
    assert found.table("kind").total == 55 and len(found.kinds) >= 3
    assert [one.figures.table("kind") for one in year.stored(last)] == [found.table("kind")]
    first, second = year.points(last)
    assert first.said and not second.said and not first.done and not second.done
    names = [known.name for known in coordinator.pupils.all()]
    assert not any(name in str(found) for name in names)


# --- who sees what ------------------------------------------------------------------------------------------------


def readable(register: Register) -> set[str]:
    return {known.code for known in register.cases.all()}


def test_who_reads_which_cases(demo: Demo, everybody: dict[str, Register]) -> None:
    expected = {
        "anne": set(demo.cases),
        "ilse": set(demo.cases),
        "marit": {"buitensluiten", "voetbal", "groepsapp", "route"},
        "joost": {"buitensluiten", "voetbal", "groepsapp", "route"},
        "lotte": {"route", "tekening", "schommel"},
        "tom": {"tekening"},
        "karim": {"meiden-7"},
        "wilma": {"kleedkamer"},
        "hans": {"meiden-7", "kleedkamer"},
        "esther": {"meiden-7"},
        "fenna": set(),
        "dirk": set(),
    }
    names = {code: name for name, code in demo.cases.items()}
    assert {login: {names[code] for code in readable(found)} for login, found in everybody.items()} == expected


def test_a_teacher_of_another_group_does_not_see_the_main_teachers_case(
    demo: Demo, everybody: dict[str, Register], teacher: Register
) -> None:
    code = demo.cases["buitensluiten"]
    notes = {known.id for known in teacher.notes.of_case(code)}
    assert len(notes) == 6
    for login in ("karim", "wilma", "tom", "lotte", "fenna", "hans", "esther", "dirk"):
        other = everybody[login]
        with pytest.raises(NotAllowed):
            other.cases.get(code)
        assert not notes & {known.id for known in other.notes.all()}
    with pytest.raises(NotAllowed):
        teacher.cases.get(demo.cases["meiden-7"])


def test_outsiders(demo: Demo, everybody: dict[str, Register]) -> None:
    guest, administrator = everybody["esther"], everybody["dirk"]
    assert guest.pupils.all() == administrator.pupils.all() == []
    assert administrator.notes.all() == [] and administrator.cases.all() == []
    known = case(guest, demo, "meiden-7")
    assert len(known.names) == 3 and len(guest.notes.all()) == len(guest.notes.of_case(known.code)) == 5
    mine = [found for found in guest.notes.all() if found.note.author == guest.me]
    assert len(mine) == 1 and mine[0].note.facts != () and not isinstance(mine[0].note.facts[1], str)


@pytest.mark.parametrize("login", ["marit", "anne"])
def test_there_is_news_of_the_last_days(everybody: dict[str, Register], login: str) -> None:
    register = everybody[login]
    loose = [
        known
        for known in register.notes.all()
        if not known.case and known.note.author != register.me and known.note.entered > register.seen(LOOSE)
    ]
    assert len(loose) >= 3
    in_cases = [
        event
        for known in register.cases.all()
        for event in known.events
        if event.record.author != register.me and event.record.entered > register.seen(known.code)
    ]
    assert in_cases
    older = [known for known in register.notes.all() if known.note.entered <= register.seen(LOOSE)]
    assert len(older) > len(loose), "most of it was seen before"


# --- the file -----------------------------------------------------------------------------------------------------


def test_nothing_can_be_read_in_the_file(demo: Demo, coordinator: Register) -> None:
    raw = Path(demo.vault).read_bytes()
    words = {part for known in coordinator.pupils.all() for part in known.name.split() if len(part) > 4}
    words |= {part for known in coordinator.people.all() for part in known.person.name.split() if len(part) > 4}
    words |= {"Regenboog", "groep 6", "plein", "victim", "facts", "coordinator", *demo.cases.values()}
    for text in texts(coordinator):
        for part in text:
            if isinstance(part, str) and len(part.strip()) > 4:
                words.add(part.strip())
    secrets = [person.passphrase for person in demo.people] + [demo.recovery_code, demo.recovery_code.replace("-", "")]
    for word in [*words, *secrets]:
        for encoded in (word.encode(), word.encode("utf-16-le"), word.lower().encode()):
            assert encoded not in raw, word


def test_the_folder_holds_the_file_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "nieuw"
    folder.mkdir()
    clock = TurnableClock(datetime(2026, 11, 23, 0, 5).astimezone())
    create_demo(str(folder / "school.pest"), machine=Machine(clock=clock))
    assert [found.name for found in folder.iterdir()] == ["school.pest"]
    assert (folder / "school.pest").stat().st_mode & 0o077 == 0


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "school.pest"
    path.write_text("iets anders")
    dangling = tmp_path / "link.pest"
    dangling.symlink_to(tmp_path / "weg")
    for taken in (path, dangling):
        with pytest.raises(VaultError, match="left alone"):
            create_demo(str(taken))
    assert path.read_text() == "iets anders"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["link.pest", "school.pest"]


class LateFiles(Files):
    """Somebody else's file gets the name while the demo is being made."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def publish(self, temporary: str, path: str) -> None:
        if path == str(self._path):
            self._path.write_text("iets anders")
        super().publish(temporary, path)


def test_a_file_that_comes_in_between_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "school.pest"
    with pytest.raises(VaultError, match="left alone"):
        create_demo(str(path), machine=Machine(files=LateFiles(path)))
    assert path.read_text() == "iets anders"
    assert [found.name for found in tmp_path.iterdir()] == ["school.pest"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        create_demo(str(tmp_path / "weg" / "school.pest"))


# --- days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-11-18 16:30", ["2026-11-18", "2026-11-17", "2026-11-16", "2026-11-13"]),
        ("2026-11-18 16:29", ["2026-11-17", "2026-11-16", "2026-11-13", "2026-11-12"]),
        ("2026-11-22 23:59", ["2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17"]),
        ("2027-01-01 09:00", ["2026-12-31", "2026-12-30", "2026-12-29", "2026-12-28"]),
        ("2028-03-01 08:00", ["2028-02-29", "2028-02-28", "2028-02-25", "2028-02-24"]),
    ],
)
def test_school_days(now: str, days: list[str]) -> None:
    assert [str(day) for day in school_days(datetime.fromisoformat(now).astimezone(), 4)] == days


def test_the_story_ends_before_the_school_day_does() -> None:
    story = load_story()
    for note in story.notes:
        end = datetime.combine(date(2026, 1, 1), note.at) + timedelta(minutes=note.late or 25)
        assert end.time() <= END_OF_DAY, note.facts
    scenes = [*story.cases, *story.looks, *(step for opened in story.cases for step in opened.steps)]
    assert all(scene.at <= END_OF_DAY for scene in scenes)
    assert all(clean_text(note.facts) == note.facts for note in story.notes)


def test_the_demo_clock_never_moves_back() -> None:
    clock = DemoClock(local(date(2026, 11, 18), END_OF_DAY))
    before = clock.now()
    clock.move(before - timedelta(days=1))
    assert clock.now() == before
    clock.move(SystemClock().now() + timedelta(days=9999))
    assert clock.now() > before
