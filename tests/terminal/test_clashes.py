"""Two programs in two terminals change one thing at the same time: both versions shown, neither lost, no word gone."""

from collections.abc import Iterator
from contextlib import contextmanager

from data.model import AgreedWith, Kept

from .kit import School, tr
from .pty import Terminal

PUPILS = ("Zoë de Vries", "Daniël van 't Hof")
AGREED = "om beurten op de schommel"


def agreed(school: School) -> str:
    """Open a case with one agreement and return its code."""
    code = school.case("marit", *PUPILS)
    with school.register("marit") as register:
        register.agreements.make(code, AgreedWith.GROUP, AGREED)
    return code


@contextmanager
def in_case(school: School, code: str, *logins: str) -> Iterator[list[Terminal]]:
    """Two people, each in a program of their own, before the same case."""
    with school.opened(logins[0]) as one, school.opened(logins[1]) as other:
        for found in (one, other):
            found.wait_for(code)
            found.press("enter")
            found.wait_for(tr("Taking part"))
        yield [one, other]


def step_to(found: Terminal, *keys: str) -> None:
    """Press keys as a person does: the next once the program has answered."""
    for key in keys:
        found.press(key)
        found.wait_quiet()


def saved(found: Terminal) -> None:
    found.press("f2")
    found.wait_for(tr("Saved"))


def test_two_replace_one_agreement(school: School) -> None:
    code = agreed(school)
    with in_case(school, code, "marit", "joost") as (marit, joost):
        for found in (marit, joost):
            found.press("h")
            found.wait_for(tr("Was it kept?"))
            found.press("f4")
            found.wait_for(tr("What was agreed?"))
            step_to(found, "tab")
        marit.type("met lijst ")
        joost.type("zonder ruzie ")
        saved(marit)
        joost.press("f2")
        joost.wait_for(tr("Not saved"))
        # Theirs stands above, one's own text below it.
        joost.wait_for("met lijst")
        assert "zonder ruzie" in joost.text
        saved(joost)
    with school.register("anne") as register:
        texts = ["".join(str(part) for part in known.agreement.text) for known in register.cases.get(code).agreements]
        standing = [known for known in register.cases.get(code).agreements if not known.corrected]
    assert sorted(texts) == [f"met lijst {AGREED}", AGREED, f"zonder ruzie {AGREED}"]
    assert ["".join(map(str, known.agreement.text)) for known in standing] == [f"zonder ruzie {AGREED}"]


def test_two_look_at_one_agreement(school: School) -> None:
    """What two people saw both counts: neither form is refused."""
    code = agreed(school)
    with in_case(school, code, "marit", "joost") as (marit, joost):
        for found, kept, text in ((marit, "1", "het ging goed"), (joost, "3", "iemand huilde")):
            found.press("h")
            found.wait_for(tr("Was it kept?"))
            step_to(found, kept, "tab", "tab")
            found.type(text)
        saved(marit)
        saved(joost)
    with school.register("anne") as register:
        (known,) = register.cases.get(code).agreements
        said = {check.record.kept: "".join(map(str, check.record.text)) for check in known.checks}
    assert said == {Kept.KEPT: "het ging goed", Kept.NOT: "iemand huilde"}


def test_one_looks_at_what_another_replaces(school: School) -> None:
    """The check is refused, the new agreement shown, and what was typed can be saved with that one."""
    code = agreed(school)
    with in_case(school, code, "marit", "joost") as (marit, joost):
        joost.press("h")
        joost.wait_for(tr("Was it kept?"))
        step_to(joost, "1", "tab", "tab")
        joost.type("iedereen lachte")
        marit.press("h")
        marit.wait_for(tr("Was it kept?"))
        marit.press("f4")
        marit.wait_for(tr("What was agreed?"))
        step_to(marit, "tab")
        marit.type("met lijst ")
        saved(marit)
        joost.press("f2")
        joost.wait_for("met lijst")
        assert "iedereen lachte" in joost.text
        saved(joost)
    with school.register("anne") as register:
        (known,) = [known for known in register.cases.get(code).agreements if not known.corrected]
        assert ["".join(map(str, check.record.text)) for check in known.checks] == ["iedereen lachte"]


def test_two_write_at_one_step(school: School) -> None:
    code = school.case("marit", *PUPILS)
    with in_case(school, code, "marit", "joost") as (marit, joost):
        for found, text in ((marit, "moeder gebeld"), (joost, "vader gesproken")):
            found.press("enter")
            found.wait_for(tr("today"))
            found.type(text)
        saved(marit)
        joost.press("f2")
        joost.wait_for("moeder gebeld")
        assert "vader gesproken" in joost.text
        with school.register("anne") as register:
            assert len(register.cases.get(code).events) == 1
        saved(joost)
    with school.register("anne") as register:
        texts = ["".join(map(str, event.record.text)) for event in register.cases.get(code).events]
    assert texts == ["moeder gebeld", "vader gesproken"]
