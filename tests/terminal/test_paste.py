"""What is pasted cannot do anything to a terminal: not to one's own, and not to a colleague's."""

import pytest

from tests.data.school_kit import passphrase_of

from .kit import School, tr
from .pty import terminal

CLIPBOARD = "\x1b]52;c;Z2VzdG9sZW4=\x07"
TITLE = "\x1b]0;overgenomen\x07"
HOSTILE = f"een{CLIPBOARD} regel{TITLE}\x1b[31m rood\u202e om\x00\x9b31m\x1bc eind"


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


def nothing_came_through(raw: bytes) -> None:
    """The letters of a sequence may stand there as text; what makes it one may not."""
    for begun in ("\x1b]52", "\x1b]0;overgenomen", "\x1bc", "\x9b", "\u202e"):
        assert begun.encode() not in raw, begun


@pytest.mark.parametrize("field", ["facts", "who"])
def test_in_a_note(school: School, field: str) -> None:
    with school.opened("marit") as marit:
        marit.press("n")
        marit.wait_for(tr("What did you see or hear?"))
        if field == "who":
            marit.type("iets")
            marit.press("tab")
        marit.press(pasted(HOSTILE))
        marit.wait_for("eind" if field == "facts" else "regel")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
        nothing_came_through(bytes(marit.raw))
    (known,) = school.notes("joost")
    assert not set("".join(map(str, known.note.facts))) & {"\x1b", "\x00", "\x9b", "\u202e", "\x07"}
    with school.opened("joost") as joost:
        joost.wait_for("]52;")
        joost.press("enter")
        joost.wait_for("eind")
        nothing_came_through(bytes(joost.raw))


def test_at_the_door(school: School) -> None:
    with terminal("--vault", str(school.path), "--login", "") as marit:
        marit.wait_for("Wachtzin")
        marit.press(pasted(HOSTILE), "enter", pasted(passphrase_of("marit") + "\x1b]0;x\x07"), "enter")
        marit.wait_quiet()
        nothing_came_through(bytes(marit.raw))
        assert passphrase_of("marit").encode() not in bytes(marit.raw)


def test_a_whole_chat(school: School) -> None:
    chat = "".join(f"[{at:05}] 👩‍👧 مرحبا: jij bent stom {CLIPBOARD}\n" for at in range(1200))
    with school.opened("marit") as marit:
        marit.press("n")
        marit.wait_for(tr("What did you see or hear?"))
        marit.press(pasted(chat))
        marit.wait_quiet(1)
        nothing_came_through(bytes(marit.raw))
        marit.press("f2")
        marit.until(lambda: tr("Saved") in marit.text or tr("Not saved") in marit.text, "an answer")


def test_bytes_that_are_no_text(school: School) -> None:
    """A terminal that is set to Latin-1 sends an accent as a byte that is no UTF-8."""
    with school.opened("marit") as marit:
        marit.press("n")
        marit.wait_for(tr("What did you see or hear?"))
        marit.bytes("Zoë huilde".encode("latin-1") + b"\xff\xfe \xc3")
        marit.bytes(b"\xa9\xc3\xa9n keer")
        marit.wait_for("één keer")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    (facts,) = school.facts("marit")
    assert facts.startswith("Zo\ufffd huilde")
