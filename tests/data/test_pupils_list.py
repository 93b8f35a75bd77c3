"""The list of pupils is made once, and anew as soon as it would be another."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from data.register import Register
from data.vault.entries import Role
from tests.data.school_kit import Kit, school


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def names(register: Register) -> list[str]:
    return [known.name for known in register.pupils.all()]


def test_a_new_pupil_is_there_for_who_added_them_and_for_who_looks_again(kit: Kit) -> None:
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    before = names(marit)
    assert names(anne) == names(anne)
    group = next(iter(anne.pupils.groups()))
    anne.pupils.add_lines(group, "Nieuwe Naam")
    assert "Nieuwe Naam" in names(anne)
    assert names(marit) == before
    marit.refresh()
    assert "Nieuwe Naam" in names(marit)


def test_what_was_not_written_is_not_in_it(kit: Kit) -> None:
    anne = kit.open_as("anne")
    before = names(anne)
    group = next(iter(anne.pupils.groups()))
    with pytest.raises(ZeroDivisionError), anne.vault.transaction():
        anne.pupils.add_lines(group, "Nieuwe Naam")
        names(anne)
        raise ZeroDivisionError
    assert names(anne) == before


def test_who_leaves_is_there_until_that_day_has_passed(kit: Kit) -> None:
    anne = kit.open_as("anne")
    known = anne.pupils.all()[0]
    left = msgspec.structs.replace(known.pupil, left_on=kit.clock.now().date() + timedelta(days=1))
    anne.db.table("pupils").replace(msgspec.to_builtins(left), known.id)
    assert known.name in names(anne)
    kit.clock.pass_(days=2)
    assert known.name not in names(anne)


def test_one_who_teaches_another_group_sees_it_first(kit: Kit) -> None:
    anne, karim = kit.open_as("anne"), kit.open_as("karim")
    mine = karim.pupils.my_groups()
    assert karim.pupils.all()[0].pupil.group in mine
    other = next(ident for ident in karim.pupils.groups() if ident not in mine)
    anne.people.change("karim", [Role.TEACHER], [anne.pupils.groups()[other].name])
    karim.refresh()
    assert karim.pupils.all()[0].pupil.group in karim.pupils.my_groups()
