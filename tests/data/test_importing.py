"""A file applied to a school: in one save or not at all, and nobody reads anything by it that they could not before."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from data.errors import Changed, NotAllowed, NotSaved, UsageError
from data.exchange.roll import MOST_BYTES, NotTaken, Roll
from data.exchange.upload import parse, read_roll, read_upload
from data.model import Group, LogWhat, Pupil, Strand
from data.register import Jotting, Register
from data.register.differences import Choices, Tally
from data.register.log import Log
from data.register.roll_words import warnings
from data.vault.entries import CircleKind, Role
from data.words import Words

from .roll_kit import SAMPLE, from_rows
from .school_kit import PUPILS, Kit, about, note_ids, school

AUGUST = datetime(2027, 8, 20, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))

SAME, LEFT = Choices(same=True), Choices(left=True)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def rows(year: str = "", **moved: str) -> list[str]:
    """The small school as a table; `moved`: the group by given and family name with _ between."""
    found = []
    for group, names in PUPILS.items():
        for at, name in enumerate(names):
            given, _, family = name.partition(" ")
            found.append(f"{moved.get(name.replace(' ', '_'), group)};{given};;{family};{at}{group[-1]};;;{year}")
    return found


def next_year(*further: str) -> Roll:
    """A year on: groep 6 is groep 7, and groep 7 groep 8."""
    moved = [row.replace("groep 7", "groep 8").replace("groep 6", "groep 7") for row in rows("2027-2028")]
    return from_rows(*moved, *further)


def listed(register: Register) -> dict[str, str]:
    return {known.name: known.group for known in register.pupils.all()}


def teach(kit: Kit, login: str, *groups: str) -> None:
    kit.open_as("anne").people.change(login, [Role.TEACHER], groups)


# --- applying -----------------------------------------------------------------------------------------------------


def test_pasted_names_get_their_keys(kit: Kit) -> None:
    anne = kit.open_as("anne")
    plan = anne.imports.apply(from_rows(*rows()))
    assert (plan.groups, plan.pupils, plan.by_name) == (Tally(same=2), Tally(changed=8), 8)
    assert {known.id for known in anne.pupils.all()} == set(kit.ids.values()), "the same pupils under the same ids"
    assert all(known.pupil.key for known in anne.pupils.all())
    again = anne.imports.plan(from_rows(*rows()))
    assert (again.empty, again.pupils, again.by_name) == (True, Tally(same=8), 0)


def test_one_save_with_its_line_in_the_log(kit: Kit) -> None:
    anne, path = kit.open_as("anne"), kit.path
    before = len(anne.log.all())
    size = path.stat().st_size
    anne.imports.apply(from_rows(*rows(), "groep 8;Mia;;Smit;99;8;;"))
    assert path.stat().st_size > size
    line = anne.log.all()[-1]
    assert (line.what, line.about, len(anne.log.all())) == (LogWhat.IMPORTED, "", before + 1)
    size = path.stat().st_size
    anne.imports.apply(from_rows(*rows(), "groep 8;Mia;;Smit;99;8;;"))
    assert path.stat().st_size == size, "nothing to change is nothing written"


def test_all_or_nothing(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    anne, before = kit.open_as("anne"), kit.path.read_bytes()
    there = listed(anne)

    def fails(*_: object) -> None:
        raise NotSaved("full")

    monkeypatch.setattr(Log, "people", fails)
    with pytest.raises(NotSaved):
        anne.imports.apply(from_rows(*rows(), "groep 8;Mia;;Smit;99;8;;"))
    assert kit.path.read_bytes() == before
    assert listed(anne) == there
    assert set(kit.open_as("marit").pupils.group_names().values()) == {"groep 6", "groep 7"}


def test_stewards_only(kit: Kit) -> None:
    roll = from_rows(*rows())
    for login in ("marit", "fenna", "dirk", "esther"):
        register = kit.open_as(login)
        with pytest.raises(NotAllowed):
            register.imports.plan(roll)
        with pytest.raises(NotAllowed):
            register.imports.apply(roll)
    assert kit.open_as("hans").imports.plan(roll).pupils.changed == 8


def test_what_was_shown_is_what_is_applied(kit: Kit) -> None:
    anne, hans, roll = kit.open_as("anne"), kit.open_as("hans"), from_rows(*rows())
    seen = anne.imports.plan(roll)
    hans.pupils.add_lines(hans.pupils.group_named("groep 7") or "", "Nieuw Kind")
    with pytest.raises(Changed):
        anne.imports.apply(roll, seen=seen)
    assert anne.imports.plan(roll).pupils.gone == 1
    anne.imports.apply(roll, LEFT, seen=anne.imports.plan(roll))
    assert "Nieuw Kind" not in listed(anne)


def test_the_published_example_in_a_school(kit: Kit) -> None:
    anne, roll = kit.open_as("anne"), read_roll(str(SAMPLE))
    plan = anne.imports.apply(roll)
    assert (plan.groups.new, plan.pupils.new, plan.teachers.new) == (5, 2, 3)
    assert listed(anne)["Wimpie imp ie"] == "4B"
    stored = next(known.pupil for known in anne.pupils.all() if known.name == "Wimpie imp ie")
    assert (stored.key, len(stored.eckid), stored.year_group) == ("00001", 32, 4)
    content = b" ".join(filter(None, (anne.vault.read(("pupils", ident)) for ident in anne.vault.ids("pupils"))))
    for dropped in (b"id.school", b"133456785", b"6971VB", b"2006", b"2013"):
        assert dropped not in content
    people = {known.person.login: known.person.roles for known in anne.people.all()}
    assert len(people) == 8, "nobody came in by a file"


def test_a_file_of_an_earlier_year_puts_nobody_back(kit: Kit) -> None:
    anne = kit.open_as("anne")
    anne.imports.apply(from_rows(*rows()))
    kit.clock.moment = AUGUST
    anne.imports.apply(next_year())
    before = kit.path.read_bytes()
    with pytest.raises(UsageError, match="put back"):
        anne.imports.apply(from_rows(*rows("2026-2027")))
    with pytest.raises(UsageError, match="too far ahead"):
        anne.imports.plan(from_rows(*rows("2031-2032")))
    assert kit.path.read_bytes() == before


def test_older_documents_still_load(kit: Kit) -> None:
    old = b'{"given": "Sem", "group": "00", "left_on": "2026-01-01"}'
    assert msgspec.json.decode(old, type=Pupil) == Pupil(given="Sem", group="00", left_on=date(2026, 1, 1))
    bare = b'{"name": "6", "year": "2025-2026", "circle": "00"}'
    assert msgspec.json.decode(bare, type=Group).year_groups == ()
    assert msgspec.json.encode(Pupil(given="Sem", group="00")) == b'{"given":"Sem","group":"00"}'


def test_a_large_school_in_one_save(kit: Kit) -> None:
    anne = kit.open_as("anne")
    many = [f"{at // 25 + 1}a;K{at};;N{at};k{at};;;" for at in range(600)]
    begun = time.monotonic()
    assert anne.imports.apply(from_rows(*many)).pupils.new == 600
    assert anne.imports.plan(from_rows(*many)).pupils.same == 600
    assert time.monotonic() - begun < 20


# --- who reads what ------------------------------------------------------------------------------------------------


def test_who_moves_takes_no_note_along(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    old = marit.notes.add(about(kit, "huilt in de gang", "Zoë de Vries"))
    anne.imports.apply(from_rows(*rows()))
    anne.imports.apply(from_rows(*rows(**{"Zoë_de_Vries": "groep 7"})))
    marit.refresh()
    assert listed(marit)["Zoë de Vries"] == "groep 7"
    assert kit.who_reads(old) == {"marit", "joost", "anne"}
    new = marit.notes.add(about(kit, "lacht weer", "Zoë de Vries"))
    assert kit.who_reads(new) == {"marit", "karim", "anne"}


def test_a_year_on(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    old = marit.notes.add(about(kit, "huilt in de gang", "Zoë de Vries"))
    anne.imports.apply(from_rows(*rows()))
    kit.clock.moment = AUGUST
    plan = anne.imports.apply(next_year("groep 6;Mia;;Nieuw;99;6;;"))
    assert (plan.groups, plan.pupils) == (Tally(new=3, gone=2), Tally(new=1, changed=8))
    assert anne.imports.plan(next_year("groep 6;Mia;;Nieuw;99;6;;")).empty
    assert set(anne.pupils.group_names().values()) == {
        *("groep 6", "groep 7", "groep 8", "groep 6 (2026-2027)", "groep 7 (2026-2027)"),
    }
    assert {group.name for group in anne.pupils.present_groups().values()} == {"groep 6", "groep 7", "groep 8"}
    circles = anne.vault.directory
    fresh = [circles.labelled(CircleKind.GROUP, ident) for ident in anne.pupils.present_groups()]
    lead = circles.the(CircleKind.LEAD).id
    assert all(circle and set(circles.members[circle.id]) == {lead} for circle in fresh), "the leads and nobody else"

    assert {known.person.login: known.groups for known in anne.people.all()}["karim"] == ("groep 7 (2026-2027)",)
    teach(kit, "karim", "groep 7 (2026-2027)", "groep 7")  # he has Zoë's class now
    assert kit.who_reads(old) == {"marit", "joost", "anne"}
    new = kit.open_as("karim").notes.add(about(kit, "nieuw jaar", "Zoë de Vries"))
    assert kit.who_reads(new) == {"karim", "anne"}, "not for who taught her last year"
    assert old in note_ids(kit.open_as("marit")), "what was there stays"


def test_a_note_about_nobody_is_for_this_years_colleagues(kit: Kit) -> None:
    anne = kit.open_as("anne")
    anne.imports.apply(from_rows(*rows()))
    kit.clock.moment = AUGUST
    anne.imports.apply(next_year())
    before = kit.open_as("marit").notes.add(Jotting("nog geen groep"))
    assert "joost" in kit.who_reads(before)
    assert anne.pupils.group_named("groep 6") is None, "who types it never means last year's circle"
    teach(kit, "marit", "groep 6 (2026-2027)", "groep 8")
    after = kit.open_as("marit").notes.add(Jotting("ruzie bij het hek"))
    assert kit.who_reads(after) == {"marit", "anne"}
    assert kit.open_as("marit").pupils.my_groups() == {anne.pupils.group_named("groep 8")}


def test_other_tasks_keep_the_groups_that_somebody_has(kit: Kit) -> None:
    """A name of last year's group must not become this year's group of that name."""
    anne = kit.open_as("anne")
    anne.imports.apply(from_rows(*rows()))
    kit.clock.moment = AUGUST
    anne.imports.apply(next_year("groep 6;Mia;;Nieuw;99;6;;"))
    held = anne.people.called("marit")
    before = {circle.id for circle in anne.vault.directory.circles_of(held.person.id, CircleKind.GROUP)}
    anne.people.change("marit", [Role.TEACHER, Role.IB], held.groups)
    assert {c.id for c in anne.vault.directory.circles_of(held.person.id, CircleKind.GROUP)} == before


def test_who_left_stays_in_what_was_written(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    code = marit.cases.open({kit.ids["Zoë de Vries"]: Strand.BULLIED, kit.ids["Sem Bakker"]: Strand.ACCUSED})
    anne.imports.apply(from_rows(*rows()))
    leaving = from_rows(*(row for row in rows() if "Zoë" not in row))
    seen = anne.imports.plan(leaving, LEFT)
    assert anne.imports.open_cases(seen) == 1
    anne.imports.apply(leaving, LEFT)
    marit.refresh()
    assert "Zoë de Vries" not in listed(marit)
    assert marit.pupils.names()[kit.ids["Zoë de Vries"]] == "Zoë de Vries"
    assert kit.ids["Zoë de Vries"] in marit.cases.get(code).names
    anne.imports.apply(from_rows(*rows()))
    marit.refresh()
    assert listed(marit)["Zoë de Vries"] == "groep 6", "back again, and the same pupil"


def test_who_leaves_later_is_here_until_then(kit: Kit) -> None:
    anne = kit.open_as("anne")
    last = [row.replace(";;;", ";;1-12-2026;") if "Zoë" in row else row for row in rows()]
    anne.imports.apply(from_rows(*last))
    assert "Zoë de Vries" in listed(anne)
    kit.clock.moment = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert "Zoë de Vries" not in listed(anne)


# --- the file ------------------------------------------------------------------------------------------------------


def test_only_plain_files_of_a_size(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    with large.open("wb") as stream:
        stream.truncate(100_000_000)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in (
        (large, f"at most {MOST_BYTES // 1_000_000} MB"),
        (pipe, "no plain file"),
        (Path("/dev/zero"), "no plain file"),
        (tmp_path, "no plain file"),
        (tmp_path / "none", "no such file"),
    ):
        with pytest.raises(NotTaken, match=reason):
            read_upload(str(path))
    with pytest.raises(NotTaken):
        read_upload("a\0b")


def test_warnings_name_no_pupil(kit: Kit) -> None:
    anne = kit.open_as("anne")
    roll = from_rows(*rows("2027-2028"), ";Mia;;Smit;97;;;", "groep 6;Tim;;Weg;98;H;;")
    roll = replace(roll, teachers=parse(SAMPLE.read_bytes(), "x").teachers[:1])
    kit.clock.moment = AUGUST
    for choices in (Choices(), SAME, LEFT):
        plan = anne.imports.plan(roll, choices)
        said = warnings(Words("en"), plan, open_cases=anne.imports.open_cases(plan))
        assert said
        for name in (*kit.ids, "Mia", "Tim", "Smit"):
            assert not any(name in text for text in said)
