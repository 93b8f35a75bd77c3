"""Save one note, grants included, against appending 4 kB with fsync, and against SQLCipher."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from data.model import Note, Participant, ParticipantRole, Strand
from data.register import Jotting, Register
from tests.benchmarks.ratio import medians, table
from tests.data.school_kit import school

ROUNDS = 200
FACTS = "Tijdens het buitenspelen stond Zoë weer alleen bij het hek. " * 6


def fill(register: Register, pupil: str, count: int) -> None:
    """Put notes into the vault through its own writes, many in a save."""
    note = Note(
        author=register.me,
        happened=register.now(),
        entered=register.now(),
        facts=(FACTS,),
        pupils=(Participant(pupil=pupil),),
    )
    notes = register.db.table("notes")
    for at in range(0, count, 500):
        notes.insert_multiple(msgspec.to_builtins(note) for _ in range(min(500, count - at)))


def appender(path: Path) -> Callable[[], object]:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append() -> None:
        os.write(fd, bytes(4096))
        os.fsync(fd)

    return append


def sqlcipher(path: Path, count: int) -> Callable[[], object] | None:
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        return None
    connection = dbapi2.connect(str(path))
    key = "x'" + "42" * 32 + "'"
    connection.execute(f'PRAGMA key = "{key}"')
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE notes (id TEXT PRIMARY KEY, author TEXT, content TEXT)")
    connection.executemany("INSERT INTO notes VALUES (?, 'a', ?)", ((str(n), FACTS) for n in range(count)))
    connection.commit()
    numbers = itertools.count(count)

    def insert() -> None:
        connection.execute("INSERT INTO notes VALUES (?, 'a', ?)", (str(next(numbers)), FACTS))
        connection.commit()

    return insert


@pytest.mark.parametrize("count", [500, 12_500])
def test_saving_one_note(tmp_path: Path, count: int) -> None:
    with school(tmp_path) as kit:
        register = kit.open_as("marit")
        pupil = kit.ids["Zoë de Vries"]
        fill(register, pupil, count)
        jotting = Jotting(FACTS, pupils=((pupil, ParticipantRole.VICTIM),))
        actions: dict[str, Callable[[], object]] = {
            "append 4 kB + fsync": appender(tmp_path / "plain"),
            "pesttui: save a note": lambda: register.notes.add(jotting),
        }
        code = register.cases.open({pupil: Strand.BULLIED})
        in_case = Jotting(FACTS, pupils=((pupil, ParticipantRole.VICTIM),), case=code)
        actions["pesttui: save one in a case"] = lambda: register.notes.add(in_case)
        peer = sqlcipher(tmp_path / "peer.db", count)
        if peer:
            actions["SQLCipher (FULL, WAL)"] = peer
        measured = medians(ROUNDS, **actions)
        print(table(f"save one note, {count} documents there", measured, "append 4 kB + fsync"))
        assert len(register.vault.ids("notes")) == count + 2 * ROUNDS


def test_opening(tmp_path: Path) -> None:
    """Open without key derivation: read, decrypt and check every note that one teacher can read."""
    with school(tmp_path) as kit:
        register = kit.open_as("marit")
        fill(register, kit.ids["Zoë de Vries"], 12_500)
        path = str(kit.path)
        peer = sqlcipher(tmp_path / "peer.db", 12_500)

        def read_file() -> None:
            register.vault.continue_as(register.vault.opened)

        def read_notes() -> None:
            register.vault.continue_as(register.vault.opened)
            register.db.storage.close()
            assert len(register.notes.all()) == 12_500

        actions: dict[str, Callable[[], object]] = {"read file and directory": read_file, "and every note": read_notes}
        if peer:
            actions = {"SQLCipher: every row": lambda: rows(tmp_path / "peer.db"), **actions}
        measured = medians(3, **actions)
        print(table(f"open, 12,500 notes, {Path(path).stat().st_size >> 20} MiB", measured, next(iter(actions))))


def rows(path: Path) -> None:
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(path))
    key = "x'" + "42" * 32 + "'"
    connection.execute(f'PRAGMA key = "{key}"')
    assert len(connection.execute("SELECT id, author, content FROM notes").fetchall()) >= 12_500
    connection.close()
