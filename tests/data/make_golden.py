"""Make the golden file of format version 1: once, `python -m tests.data.make_golden`; never again for that version.

What it holds is in `golden_v1.json` beside it: who opens it with what, and what each of them reads in it. It is frozen:
a program that cannot open it any more does not read version 1. Run it only while version 1 may still change.
"""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from data.model import Strand
from data.protocol import StepState
from data.register import Jotting, create_school, join_school, open_school
from data.register.schema import SPECS
from data.vault import people, staffing
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import Role
from data.vault.machine import Machine
from data.vault.people import Founder

from .school_kit import TurnableClock

FOLDER = Path(__file__).parent
PASSPHRASES = {
    "anne": "anne fietst naar school",
    "zoë": "zoë’s café is vandaag dicht",
    "esther": "esther komt op dinsdag",
    "gone": "gone fietst naar huis",
}


def documents(path: Path, login: str) -> dict[str, dict[str, Any]]:
    """Return what somebody reads in a file with the program, by table and id."""
    with contextlib.closing(open_school(str(path), login, PASSPHRASES[login], machine=Machine())) as register:
        tables = {name: {str(found.doc_id): dict(found) for found in register.db.table(name).all()} for name in SPECS}
    found: dict[str, dict[str, Any]] = json.loads(json.dumps({name: held for name, held in tables.items() if held}))
    return found


def make(path: Path) -> dict[str, Any]:
    """Make the file and return what is in it: two generations, two vault keys, a deletion, a step, notes, a code."""
    clock = TurnableClock()
    machine = Machine(clock=clock)
    founder = Founder("anne", "Anne Verhoeven", PASSPHRASES["anne"], (Role.COORDINATOR,))
    register, recovery = create_school(str(path), "De Regenboog", founder, machine=machine, cost=FLOOR)
    with contextlib.closing(register):
        register.pupils.add_lines(register.pupils.add_group("groep 6", clock.now().date()), "Sem Bakker\nNoor Yılmaz")
        ids = {known.name: known.id for known in register.pupils.all()}
        for login, name, roles in (
            ("zoë", "Zoë Hoekstra", (Role.TEACHER,)),
            ("esther", "Esther Mensink", (Role.EXTERNAL,)),
            ("gone", "Gijs Weg", (Role.TEACHER,)),
        ):
            code = people.invite(register.vault, login, name, roles, cost=FLOOR).code
            join_school(str(path), login, code, PASSPHRASES[login], machine=machine, cost=FLOOR).close()
        case = register.cases.open({ids["Sem Bakker"]: Strand.BULLIED, ids["Noor Yılmaz"]: Strand.ACCUSED})
        known = {person.login: person.id for person in register.vault.directory.people.values()}
        for login in ("zoë", "esther", "gone"):
            register.members.invite(case, known[login])
        register.cases.record_step(case, 1, StepState.DONE, text="Gesproken op het plein.")
        staffing.revoke(register.vault, known["gone"])
        clock.pass_(hours=1)
        register.cases.record_step(case, 2, StepState.DONE, text="Sem wil buiten spelen.")
        compact(register.vault)
        code = people.invite(register.vault, "later", "Loes Later", (Role.TEACHER,), cost=FLOOR).code
    with contextlib.closing(open_school(str(path), "zoë", PASSPHRASES["zoë"], machine=machine)) as register:
        register.notes.add(Jotting("De bal lag op het dak.\n\u00e9\u00e9n keer \u201chier\u201d.", private=True))
        register.notes.remove(register.notes.add(Jotting("Deze regel gaat weg.", private=True)))
        register.notes.add(Jotting("De buren van het plein belden.", case=case))
    there = [login for login in PASSPHRASES if login != "gone"]
    return {
        "passphrases": PASSPHRASES,
        "recovery": recovery,
        "code": {"later": code},
        "documents": {login: documents(path, login) for login in there},
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "golden_v1.pest"
        found = make(path)
        shutil.copy(path, FOLDER / path.name)
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    (FOLDER / "golden_v1.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
