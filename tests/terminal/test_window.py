"""The window changes under a note, the line delivers keys in bunches: nothing typed is lost."""

import pytest

from tests.data.school_kit import passphrase_of

from .kit import School, tr
from .pty import KEYS, terminal


@pytest.mark.parametrize("exported", [{}, {"COLUMNS": "80", "LINES": "24"}], ids=["plain", "size exported by a shell"])
def test_another_size_while_typing(school: School, exported: dict[str, str]) -> None:
    from .kit import log_in

    with terminal("--vault", str(school.path), "--login", "marit", environment=exported) as marit:
        log_in(marit, "marit")
        marit.press("n")
        marit.wait_for(tr("What did you see or hear?"))
        marit.type("iemand huilde bij het hek")
        for size in ((100, 30), (20, 5), (80, 24), (40, 12), (120, 40)):
            marit.resize(*size)
            marit.until(lambda: "F2" in marit.screen.display[-1], f"the keys at the foot of {size}")
            # Two sizes within a fraction of a millisecond can overtake each other in Textual's signal handler.
            marit.wait_quiet()
        marit.type(" en nog wat")
        assert "iemand huilde bij het hek en nog wat" in marit.text
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    assert school.facts("joost") == ["iemand huilde bij het hek en nog wat"]


def test_what_is_typed_right_behind_n_is_in_the_note(school: School) -> None:
    """A slow line delivers the key and the sentence after it at once."""
    with school.opened("marit") as marit:
        marit.wait_for(tr("Nothing needs you now."))
        marit.press("neen hele zin")
        marit.wait_for(tr("What did you see or hear?"))
        marit.wait_for("een hele zin", 2)


def test_keys_in_one_bunch_are_taken_in_their_order(school: School) -> None:
    school.case("marit", "Zo\u00eb de Vries")
    school.jot("marit", b"een losse regel", "--about", school.ids["Zo\u00eb de Vries"])
    with school.opened("marit") as marit:
        marit.wait_for("Z-")
        marit.press("\x1b[D\r")  # to the loose notes, and open the first
        marit.wait_for(tr("Open a case"), 2)


@pytest.mark.parametrize("onward", ["enter", "tab"])
def test_a_passphrase_typed_right_behind_a_login_is_never_to_be_read(school: School, onward: str) -> None:
    with terminal("--vault", str(school.path), "--login", "") as marit:
        marit.wait_for("Wachtzin")
        marit.press(f"marit{KEYS[onward]}{passphrase_of('marit')}\r")
        marit.wait_for("Mijn dag", 2)
        assert b"fietst" not in marit.raw


def test_a_bunch_of_keys_fills_the_fields_it_was_typed_for(school: School) -> None:
    with school.opened("marit") as marit:
        marit.wait_for(tr("Nothing needs you now."))
        marit.press("niemand huilde\t\tplein\tgisteren 8:40\x1bOQ")
        marit.wait_for(tr("Saved"), 2)
    (known,) = school.notes("marit")
    assert (known.note.facts, known.note.place) == (("iemand huilde",), "plein")
