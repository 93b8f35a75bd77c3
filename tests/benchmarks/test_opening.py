"""Schools of 100, 500 and 5,000 further cases of 25 documents: to my day, and a save, beside peers in one run.

`python -m pytest -s tests/benchmarks/test_opening.py`; 5,000 cases take minutes to make: `-m "deep or not deep"` asks
for them too. A first opening checks every signature it needs; a later one knows those that held before.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.demo import Demo, create_demo
from data.model import ParticipantRole
from data.register import Jotting, Register, open_school
from data.register.day import look
from data.vault.compact import compact
from data.vault.machine import Machine
from data.vault.vault import Vault
from tests.benchmarks.ratio import costs, costs_table
from tests.benchmarks.test_large_school import sqlcipher
from tests.benchmarks.test_save import FACTS, appender
from tests.benchmarks.test_save import sqlcipher as inserter

TABLES = ("cases", "steps", "decisions", "notes", "agreements", "checks", "approaches")


@dataclass(frozen=True)
class Grown:
    """A school as it grew, and the same one compacted."""

    demo: Demo
    cases: int
    files: dict[str, str]

    def open(self, login: str, file: str, pins: str = "") -> Register:
        passphrase = self.demo.person(login).passphrase
        return open_school(self.files[file], login, passphrase, machine=Machine(), pins=pins)


@pytest.fixture(scope="module", params=[100, 500, pytest.param(5000, marks=pytest.mark.deep)])
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder, begun = tmp_path_factory.mktemp("grown"), time.perf_counter()
    made = create_demo(str(folder / "school.pest"), cases=request.param)
    compacted = shutil.copy(made.vault, folder / "compacted.pest")
    found = Grown(made, request.param, {"as it grew": made.vault, "compacted": str(compacted)})
    register = found.open("anne", "compacted")
    compact(register.vault)
    register.close()
    size = Path(made.vault).stat().st_size >> 20
    print(f"\nmade {request.param} further cases in {time.perf_counter() - begun:.0f} s, {size} MiB")
    return found


@pytest.mark.parametrize("file", ["compacted", "as it grew"])
@pytest.mark.parametrize("login", ["marit", "anne"])
def test_to_my_day(grown: Grown, tmp_path: Path, login: str, file: str) -> None:
    """From unlocked to what the dashboard shows, without key derivation, beside SQLCipher reading as many rows."""
    first, later = grown.open(login, file), grown.open(login, file, pins=str(tmp_path / "pins"))
    look(later)
    later.vault.lay_aside()
    rows = sum(len(first.vault.ids(name)) for name in TABLES)

    opened: list[Vault] = []

    def again(known: Register) -> Vault:
        opened.append(known.vault.again())
        return opened[-1]

    def my_day(known: Register) -> None:
        assert look(Register(again(known), known.protocol)).chosen("all")

    def close() -> None:
        while opened:
            opened.pop().close()

    actions: dict[str, Callable[[], object]] = {
        "file and directory, later": lambda: again(later),
        "my day, first": lambda: my_day(first),
        "my day, later": lambda: my_day(later),
    }
    read = sqlcipher(tmp_path / "peer.db", rows)
    if read is not None:
        actions = {"SQLCipher: every row": read, **actions}
    measured = costs(5 if grown.cases < 5000 else 3, after=close, **actions)
    print(costs_table(f"{login}, {grown.cases} cases, {rows} documents, {file}", measured, next(iter(actions))))
    first.close()
    later.close()


def test_saving(grown: Grown, tmp_path: Path) -> None:
    """One note with its grants and log line, in the school as it grew."""
    register = grown.open("marit", "as it grew")
    pupil = register.pupils.all()[0].id
    jotting = Jotting(FACTS, pupils=((pupil, ParticipantRole.VICTIM),))
    actions: dict[str, Callable[[], object]] = {
        "append 4 kB + fsync": appender(tmp_path / "plain"),
        "pesttui: save a note": lambda: register.notes.add(jotting),
    }
    peer = inserter(tmp_path / "peer.db", 25 * grown.cases)
    if peer is not None:
        actions["SQLCipher (FULL, WAL)"] = peer
    print(costs_table(f"save a note, {grown.cases} cases", costs(100, **actions), "append 4 kB + fsync"))
    register.close()
