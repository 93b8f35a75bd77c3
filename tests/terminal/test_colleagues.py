"""Two terminals on one file: what one writes the other sees without pressing a key, and a third does not."""

from .kit import School, tr


def test_a_colleague_sees_a_note_and_a_step_of_a_shared_case_by_itself(school: School) -> None:
    code = school.case("marit", "Zoë de Vries", "Daniël van 't Hof")
    with school.opened("marit") as marit, school.opened("joost") as joost, school.opened("karim") as karim:
        for person in (marit, joost):
            person.wait_for(code)
            person.press("enter")
            person.wait_for(tr("Taking part"))
        marit.press("n")
        marit.wait_for(tr("in case {code}", code=code))
        marit.type("de emmer werd omgegooid")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
        joost.wait_for("omgegooid", 5)

        marit.wait_for(tr("Taking part"))
        joost.press("left")  # to everything in the order of time
        marit.press("enter")
        marit.wait_for(tr("skipped"))
        marit.type("alles staat op een rij")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
        joost.wait_for("op een rij", 5)

        # Something karim may read is the sign that he has read everything before it.
        school.jot("anne", b"voor groep zeven", "--about", school.ids["Bram de Boer"])
        karim.wait_for("voor groep zeven", 10)
        for hidden in (code, "emmer", "omgegooid", "een rij", "Zoë", "Z.d.V."):
            assert hidden.encode() not in karim.raw
        for person in (marit, joost, karim):
            person.press("ctrl+q")
            assert person.ended() == 0


def test_a_loose_note_reaches_the_dashboard_of_the_duo_partner(school: School) -> None:
    with school.opened("joost") as joost:
        joost.wait_for(tr("Nothing needs you now."))
        school.jot("marit", b"het regende modder", "--about", school.ids["Noor Y\u0131lmaz"])
        joost.wait_for("het regende modder", 5)
