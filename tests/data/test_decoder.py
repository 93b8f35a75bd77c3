"""Two programs, one format: the register shows what the decoder that judges, written from FORMAT.md, reads."""

import contextlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from data.demo import Demo, DemoPerson, create_demo
from data.register import Register, open_school
from data.register.schema import SPECS
from data.vault.care import backup, restore
from data.vault.compact import compact
from data.vault.machine import Machine

from .decoder import NoEntry, Undecodable, decode


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return create_demo(str(tmp_path_factory.mktemp("decoder") / "school.pest"))


@pytest.fixture(scope="module")
def data(demo: Demo) -> bytes:
    return Path(demo.vault).read_bytes()


def of_the_register(demo: Demo, person: DemoPerson) -> dict[str, dict[str, Any]]:
    with contextlib.closing(open_school(demo.vault, person.login, person.passphrase, machine=Machine())) as register:
        return shown_by(register)


def shown_by(register: Register) -> dict[str, dict[str, Any]]:
    tables = {name: {str(found.doc_id): found for found in register.db.table(name).all()} for name in SPECS}
    assert all(len(document) for table in tables.values() for document in table.values())
    return {name: json.loads(json.dumps(documents)) for name, documents in tables.items() if documents}


def test_everybody_reads_the_same_documents(demo: Demo) -> None:
    for person in demo.people:
        expected = of_the_register(demo, person)
        # Read after that: whoever logs in may hand on keys.
        found = decode(Path(demo.vault).read_bytes(), f" {person.login.upper()} ", person.passphrase)
        assert set(found) == set(expected), person.login
        for table, documents in expected.items():
            assert found[table] == documents, (person.login, table)


def test_the_same_after_somebody_left_and_the_file_was_written_anew(demo: Demo, tmp_path: Path) -> None:
    """A new generation under a new vault key, with circles in later epochs and revisions that begin beyond one."""
    path = str(tmp_path / "school.pest")
    shutil.copy(demo.vault, path)
    there = replace(demo, vault=path)
    gone = next(person for person in demo.people if person.login == "joost")
    coordinator = open_school(path, "anne", demo.coordinator.passphrase, machine=Machine())
    with contextlib.closing(coordinator):
        coordinator.people.revoke(gone.login)
        compact(coordinator.vault)
    for person in demo.people:
        if person != gone:
            expected = of_the_register(there, person)
            found = decode(Path(path).read_bytes(), person.login, person.passphrase)
            assert found == expected, person.login
    with pytest.raises(NoEntry):
        decode(Path(path).read_bytes(), gone.login, gone.passphrase)


def test_the_same_after_a_backup_was_put_back_and_accepted(demo: Demo, tmp_path: Path) -> None:
    """Somebody had left and two generations were lost: the file is a later one and holds the acceptance."""
    path, copy = str(tmp_path / "school.pest"), str(tmp_path / "backup.pest")
    shutil.copy(demo.vault, path)
    there, state = replace(demo, vault=path), str(tmp_path / "state")

    def enter() -> Register:
        return open_school(path, "anne", demo.coordinator.passphrase, machine=Machine(), pins=state)

    with contextlib.closing(enter()) as coordinator:
        backup(coordinator.vault, copy)
        coordinator.people.revoke("joost")
        compact(coordinator.vault)
    with contextlib.closing(open_school(copy, "anne", demo.coordinator.passphrase, machine=Machine())) as backed_up:
        restore(backed_up.vault, path, older=True)
    with contextlib.closing(enter()) as coordinator:
        assert coordinator.vault.alarm
        assert coordinator.accept().generation == 4
        assert coordinator.vault.alarm is None
    for person in demo.people:
        data = Path(path).read_bytes()
        if person.login == "joost":
            with pytest.raises(NoEntry):
                decode(data, person.login, person.passphrase)
        else:
            expected = of_the_register(there, person)
            assert decode(Path(path).read_bytes(), person.login, person.passphrase) == expected, person.login


def test_each_reads_what_is_theirs(demo: Demo, data: bytes) -> None:
    external = next(person for person in demo.people if "external" in person.roles)
    people = demo.teacher, demo.coordinator, external
    teacher, coordinator, outsider = (decode(data, person.login, person.passphrase) for person in people)
    assert set(outsider) <= set(SPECS) - {"groups", "pupils", "complaints", "counts"}
    assert {"school", "cases", "steps", "notes"} <= set(outsider)
    assert set(outsider["cases"]) < set(coordinator["cases"]) == set(demo.cases.values())
    assert set(teacher["cases"]) < set(coordinator["cases"])
    assert set(coordinator["notes"]) - set(teacher["notes"])


def test_a_wrong_passphrase_opens_nothing(demo: Demo, data: bytes) -> None:
    with pytest.raises(NoEntry):
        decode(data, demo.teacher.login, demo.coordinator.passphrase)
    with pytest.raises(NoEntry):
        decode(data, "niemand", demo.teacher.passphrase)


def test_a_flipped_bit_is_noticed(demo: Demo, data: bytes) -> None:
    chance = Random(5)
    places = [*range(0, 96, 5), *(chance.randrange(len(data)) for _ in range(60)), len(data) - 1]
    for at in places:
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        with pytest.raises(Undecodable):
            decode(bytes(changed), demo.teacher.login, demo.teacher.passphrase)


def test_a_file_cut_short_is_noticed(demo: Demo, data: bytes) -> None:
    for cut in (1, 32, 480, 512 + 64):
        with pytest.raises(Undecodable):
            decode(data[:-cut], demo.teacher.login, demo.teacher.passphrase)
