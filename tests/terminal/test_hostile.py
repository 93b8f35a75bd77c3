"""What a colleague typed, or wrote with a program of their own, never reaches another's terminal as a command."""

import msgspec
import pytest

from data.model import Contact, Decision, DecisionKind, Note, Participant, StepRecord
from data.protocol import StepState
from data.register import Register
from data.vault import people as vault_people
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind, Role
from data.vault.vault import Placement

from .kit import School, tr
from .pty import Terminal

CLIPBOARD = "\x1b]52;c;cm0gLXJm\x1b\\"
HOSTILE = {
    "clipboard": CLIPBOARD,
    "title": "\x1b]0;overgenomen\x07\x9d0;overgenomen\x9c",
    "screen": "\x1b[2J\x1b[1;1H\x1bc\x9b31m",
    "closing tag": "Smith [/b] en [/]",
    "open tag": "[red en [@click=app.quit]klik[/]",
    "NUL": "a\x00b\x07\x08\x7f",
    "override": "\u202egnimmok\u202c \u2066x\u2069 \u200f",
    "wide": "漢字テスト 한국어",
    "emoji": "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈",
    "combining": "z" + "\u0301" * 60,
    "long": "x" * 10_000,
}
EVERYTHING = " ".join(text for name, text in HOSTILE.items() if name != "long")

NEVER = (
    b"\x1b]52",
    b"\x1b]0;",
    b"\x1bc",
    b"\x9b",
    b"\x00",
    b"\x07",
    *(mark.encode() for mark in "\u202e\u202c\u2066\u2069\u200f\x9d\x9c\x85"),
)
"""What no drawing of this program ever holds."""

POINTER = b"\x1b]22;default\x07"
"""How Textual asks for the usual pointer."""


def harmless(found: Terminal) -> None:
    """Nothing came through, as bytes that are no part of a letter."""
    raw = bytes(found.raw).replace(POINTER, b"")
    text = raw.decode("utf-8", "strict")
    for bad in NEVER:
        if len(bad) == 1 and bad > b"\x7f":
            assert bad.decode("latin-1") not in text
        else:
            assert bad not in raw, bad


def walk(found: Terminal, code: str) -> None:
    """Look at everything: the day, a note, the case, a step; then leave as one does."""
    dashboard, notes, mine = tr("attention"), f"▸{tr('notes')}", f"▸{tr('mine')}"
    found.wait_for(code)
    found.press("v", "left")
    found.wait_for(notes)
    found.press("enter")
    found.wait_for(tr("Open a case"))
    found.press("q")
    found.wait_for(notes)
    found.press("right")
    found.wait_for(mine)
    found.press("enter")
    found.wait_for(tr("Taking part"))
    found.press("enter")
    found.wait_for(tr("skipped"))
    found.press("esc")
    found.wait_for(tr("Taking part"))
    for word in ("Sides", "Agreed", "Parents", "Time"):
        found.press("right")
        found.wait_for(f"▸{tr(word)}")
    found.press("o")
    found.wait_for(tr("Advice"))
    found.press("esc")
    found.wait_for(f"▸{tr('Time')}")
    found.press("q")
    found.wait_for(dashboard)
    found.press("p")
    found.wait_for(f"▸{tr('Bullying')}")
    found.press("4")
    found.wait_for(f"▸{tr('Rules')}")
    found.press("3")
    found.wait_for(f"▸{tr('Roles')}")
    found.press("q")
    found.wait_for(dashboard)
    found.resize(120, 40)
    found.press("up", "down")
    found.wait_quiet()
    found.press("s")
    found.wait_for(tr("Groups"))
    found.press("q")
    found.wait_for(dashboard)
    found.press("ctrl+q")
    assert found.ended() == 0
    harmless(found)


def test_text_jotted_by_a_colleague(school: School) -> None:
    code = school.case("marit", "Zoë de Vries")
    school.step("marit", code, 1, EVERYTHING)
    school.jot(
        "marit", EVERYTHING.encode(), "--about", school.ids["Zoë de Vries"], "--place", CLIPBOARD.replace("\x00", "")
    )
    school.jot("marit", HOSTILE["long"].encode())
    with school.opened("joost") as joost:
        walk(joost, code)


def forge(register: Register, code: str, pupil: str) -> None:
    """Write as a program would that cleans nothing: valid signatures around hostile texts."""
    vault, now = register.vault, register.now()
    circle = vault.directory.labelled(CircleKind.CASE, code)
    assert circle is not None
    groups = frozenset(found.id for found in vault.directory.circles_of(vault.me.id, CircleKind.GROUP))
    me = vault.me.id.hex()
    long = EVERYTHING + HOSTILE["long"]
    loose = Note(
        author=me,
        happened=now,
        entered=now,
        facts=(EVERYTHING,),
        words=(long,),
        did=(CLIPBOARD,),
        place=CLIPBOARD,
        pupils=(Participant(pupil=pupil), Participant(pupil=CLIPBOARD)),
    )
    inside = msgspec.structs.replace(loose, case=code)
    decision = Decision(case=code, kind=DecisionKind.CONSULTED, happened=now.date(), entered=now, author=me,
        advice=(CLIPBOARD,), text=(long,))  # fmt: skip
    step = StepRecord(case=code, step=1, state=StepState.DONE, happened=now.date(), entered=now, author=me,
        reason=(CLIPBOARD,), text=(long,), present=(long,), about=(CLIPBOARD,))  # fmt: skip
    with vault.transaction() as transaction:
        transaction.put(("notes", "f0" * 8), msgspec.json.encode(loose), Placement(vault.own_circle(), groups))
        transaction.put(
            ("notes", "f1" * 8), msgspec.json.encode(inside), Placement(vault.own_circle(), frozenset({circle.id}))
        )
        transaction.put(("steps", "f2" * 8), msgspec.json.encode(step), Placement(circle.id))
        transaction.put(("decisions", "f3" * 8), msgspec.json.encode(decision), Placement(circle.id))


def forge_school(register: Register) -> None:
    """Write the school's own part, and a group's, as a steward's own program might."""
    house, evil = register.house, EVERYTHING + HOSTILE["long"]
    contact = Contact(role="counsellor", name=evil, reach=CLIPBOARD)
    school = msgspec.structs.replace(register.school(), rules=(evil, CLIPBOARD), contacts=(contact,))
    register.db.table("school").replace(msgspec.to_builtins(school), house._place())
    for ident, group in house.groups().items():
        changed = msgspec.structs.replace(group, rules=(evil, CLIPBOARD))
        register.db.table("groups").replace(msgspec.to_builtins(changed), ident)


def test_text_forged_by_a_colleague(school: School) -> None:
    code = school.case("marit", "Zoë de Vries")
    with school.register("marit") as register:
        forge(register, code, school.ids["Zoë de Vries"])
    with school.register("anne") as register:
        forge_school(register)
    with school.opened("joost") as joost:
        walk(joost, code)


def test_a_colleague_with_a_hostile_name(school: School) -> None:
    """A steward's own program can write any name into the directory."""
    name = f"E{CLIPBOARD}va [/b] \u202eK"
    with school.register("anne") as register:
        named = register.pupils.group_named("groep 6")
        circle = register.vault.directory.labelled(CircleKind.GROUP, named or "")
        assert circle is not None
        invited = vault_people.invite(register.vault, "eva", name, (Role.TEACHER,), groups=[circle.id], cost=FLOOR)
    from data.register import join_school
    from data.vault.machine import Machine
    from tests.data.school_kit import passphrase_of

    join_school(str(school.path), "eva", invited.code, passphrase_of("eva"), machine=Machine(), cost=FLOOR).close()
    code = school.case("eva", "Zoë de Vries")
    school.step("eva", code, 1, "een regel")
    school.jot("eva", b"nog een regel", "--about", school.ids["Zo\u00eb de Vries"])
    with school.opened("joost") as joost:
        walk(joost, code)
    with school.opened("eva") as eva:
        walk(eva, code)


@pytest.mark.parametrize("command", [("notes",), ("cases",), ("pupils",), ("person", "list"), ("show",), ("agenda",)])
def test_plain_lines_of_commands(school: School, command: tuple[str, ...]) -> None:
    import subprocess

    code = school.case("marit", "Zoë de Vries")
    with school.register("marit") as register:
        forge(register, code, school.ids["Zoë de Vries"])
    with school.register("anne") as register:
        vault_people.invite(register.vault, f"eva{CLIPBOARD}", f"Eva{CLIPBOARD}", (Role.TEACHER,), cost=FLOOR)
    arguments = (*command, code) if command == ("show",) else command
    done = subprocess.run(school.command("joost", *arguments), capture_output=True, timeout=60, check=True)
    text = done.stdout.decode() + done.stderr.decode()
    assert text
    assert not {character for character in text if ord(character) < 32 and character != "\n"}
    assert not any(mark in text for mark in "\u202e\u202c\u2066\u2069\x9b\x9d\x7f")
