"""What lies about outside the program: nothing with a child in it."""

from pathlib import Path

import pytest

from tests.data.school_kit import PUPILS

from .kit import School, titles, tr, traces

SENTENCES = ("kapstok vol spuug in de gang", "hij zei dat hij niet meer wil")


@pytest.fixture
def told(school: School) -> School:
    """A school in which something was written about a child."""
    code = school.case("marit", "Zoë de Vries", "Noor Yılmaz")
    school.step("marit", code, 1, SENTENCES[1])
    school.jot("marit", f"Zoë: {SENTENCES[0]}".encode(), "--about", school.ids["Noor Yılmaz"])
    return school


def secrets() -> list[str]:
    names = [name for pupils in PUPILS.values() for name in pupils]
    return [*names, *SENTENCES]


def test_a_search_would_find_them() -> None:
    """The search itself: each form is found where it lies."""
    import base64

    for secret in secrets():
        for before in range(6):
            around = b"x" * before + secret.encode() + b"yz"
            assert any(trace in base64.b64encode(around) for trace in traces(secret)), (secret, before)
        assert any(trace in f"x{secret}y".encode("utf-16-le") for trace in traces(secret))


def test_no_trace_of_a_child_outside_the_program(told: School, tmp_path: Path) -> None:
    with told.opened("joost") as joost:
        joost.press("v")
        joost.wait_for("Zoë de Vries")
        joost.press("n")
        joost.wait_for(tr("What did you see or hear?"))
        joost.type(f"Zoë en {SENTENCES[1]}")
        places = {
            "the vault": told.path.read_bytes(),
            "the command line": Path(f"/proc/{joost.pid}/cmdline").read_bytes(),
            "the environment": Path(f"/proc/{joost.pid}/environ").read_bytes(),
            "window titles": b"\n".join(titles(bytes(joost.raw))),
        }
        for folder in ("data", "state", "config", "cache"):
            for path in (tmp_path / folder).rglob("*"):
                places[str(path)] = bytes(path) + (path.read_bytes() if path.is_file() else b"")
        for beside in tmp_path.glob("school.pest*"):
            places[str(beside)] = bytes(beside.name, "utf-8") + beside.read_bytes()
    assert len(places["the environment"]) > 50
    for place, content in places.items():
        for secret in secrets():
            for trace in traces(secret):
                assert trace not in content, (place, secret)


def test_nothing_is_left_on_the_terminal(told: School) -> None:
    """After leaving, the normal screen holds no line of what was shown on the other."""
    with told.opened("joost") as joost:
        joost.press("v")
        joost.wait_for("Zoë de Vries")
        joost.press("ctrl+q")
        assert joost.ended() == 0
        left = bytes(joost.raw[joost.raw.rfind(b"\x1b[?1049l") :])
        shown = joost.text
    for secret in secrets():
        assert secret.encode() not in left
        assert secret not in shown, "a terminal without a second screen shows nothing either"
