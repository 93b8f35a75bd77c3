"""The pattern check of one person: only what they may read, weighed until something new comes, whoever writes what."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from data.errors import NotAllowed, UsageError
from data.insight.weigh import Advice, Sign
from data.model import DecisionKind, Dismissal, Note, NoteKind, Participant, ParticipantRole, School, Strand
from data.protocol import StepState
from data.register import Jotting, KnownPattern, Register, Window
from data.register.day import look
from data.vault.machine import Machine
from tests.data.school_kit import Kit, TurnableClock, school

ZOE, DANIEL, NOOR, SEM = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Sem van Dijk"
VICTIM, PERPETRATOR = ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def jot(kit: Kit, register: Register, day: int, hurt: str = ZOE, *others: str, private: bool = False) -> str:
    """Write down that somebody was hurt so many days ago."""
    pupils = [(kit.ids[hurt], VICTIM), *((kit.ids[name], PERPETRATOR) for name in others or (DANIEL,))]
    register.refresh()
    return register.notes.add(
        Jotting(
            f"Iets op dag {day}.",
            pupils=tuple(pupils),
            place="plein",
            happened=kit.clock.now() - timedelta(days=day),
            private=private,
        )
    )


def patterns(kit: Kit, login: str, window: Window = Window.WEEKS) -> list[KnownPattern]:
    return kit.open_as(login).patterns.all(window)


def only(kit: Kit, login: str = "marit") -> KnownPattern:
    (known,) = patterns(kit, login)
    return known


def insert(register: Register, note: Note) -> str:
    return str(register.db.table("notes").insert(msgspec.to_builtins(note)))


def forge(register: Register, **fields: object) -> None:
    """Write a dismissal past the program."""
    document = {"entered": register.now(), "reason": ("Niets aan de hand.",), "author": register.me, **fields}
    register.db.table("dismissals").insert(msgspec.to_builtins(msgspec.convert(document, Dismissal)))


# --- what one may read -----------------------------------------------------------------------------------------


def test_two_people_two_results(kit: Kit) -> None:
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    ids = [jot(kit, marit, day) for day in (20, 10)]
    ids.append(jot(kit, karim, 1))
    for login in ("marit", "joost", "anne"):
        assert set(only(kit, login).pattern.ids) == set(ids), login
    for login in ("karim", "fenna", "hans", "esther", "dirk"):
        assert patterns(kit, login) == [], login


def test_fewer_than_the_school_says_is_none(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    jot(kit, marit, 20)
    jot(kit, marit, 40)
    assert patterns(kit, "marit") == []
    anne.refresh()
    (document,) = anne.db.table("school").all()
    changed = msgspec.structs.replace(msgspec.convert(dict(document), School), pattern_least=2, pattern_weeks=4)
    anne.db.table("school").replace(msgspec.to_builtins(changed), str(document.doc_id))
    assert patterns(kit, "marit") == [], "one of them is longer ago than four weeks"
    jot(kit, marit, 3)
    assert len(only(kit).pattern.ids) == 2


def test_private_and_confidential_notes_never_count(kit: Kit) -> None:
    marit, fenna = kit.open_as("marit"), kit.open_as("fenna")
    jot(kit, marit, 20)
    jot(kit, marit, 10)
    private = jot(kit, marit, 1, private=True)
    confidential = Note(
        kind=NoteKind.CONFIDENTIAL, author=fenna.me, happened=kit.clock.now(), entered=kit.clock.now(),
        facts=("Vertrouwelijk.",), pupils=tuple(Participant(pupil=kit.ids[n], role=VICTIM) for n in (ZOE, DANIEL)),
        private=True,
    )  # fmt: skip
    fenna.refresh()
    insert(fenna, confidential)
    insert(fenna, msgspec.structs.replace(confidential, private=False))
    for login in ("marit", "anne", "fenna"):
        assert patterns(kit, login) == [], login
    marit.refresh()
    shared = marit.notes.share(private)
    assert shared in only(kit, "anne").pattern.ids


def test_the_window_and_the_school_year(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day in (90, 60, 3):
        jot(kit, marit, day)
    assert patterns(kit, "marit") == []
    (known,) = patterns(kit, "marit", Window.YEAR)
    assert len(known.pattern.ids) == 3
    assert marit.patterns.since(Window.WEEKS) == date(2026, 9, 23)
    assert marit.patterns.since(Window.YEAR) == date(2026, 8, 1)
    for now, begin in (("2027-07-31", date(2026, 8, 1)), ("2027-08-01", date(2027, 8, 1))):
        kit.clock.moment = kit.clock.moment.replace(year=int(now[:4]), month=int(now[5:7]), day=int(now[8:]))
        assert marit.patterns.since(Window.YEAR) == begin


def test_a_correction_counts_once(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    found = marit.notes.get(ids[1])
    assert found is not None
    corrected = msgspec.structs.replace(found.note, corrects=ids[1], place="gang", entered=kit.clock.now())
    later = insert(marit, corrected)
    known = only(kit)
    assert known.pattern.ids == (ids[0], later, ids[2]) and known.notes[later].note.place == "gang"
    other = msgspec.structs.replace(corrected, corrects=later, pupils=corrected.pupils[:1])
    insert(marit, other)
    assert patterns(kit, "marit") == [], "it was somebody else, its author says"


# --- weighed ---------------------------------------------------------------------------------------------------


def test_weighed_until_something_new_comes(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day in (20, 10, 5):
        jot(kit, marit, day)
    known = only(kit)
    assert known.waits and look(marit).patterns == (known,)
    for reason in ("", " \n"):
        with pytest.raises(UsageError, match="why"):
            marit.patterns.dismiss(known, reason)
    marit.patterns.dismiss(known, f"{ZOE} en Daniël hebben het goedgemaakt.")
    for login in ("marit", "joost", "anne"):
        again = only(kit, login)
        assert not again.waits and again.dismissed is not None and again.dismissed.author == marit.me
        assert [type(part).__name__ for part in again.dismissed.reason][:2] == ["PupilRef", "str"], "no name as text"
        assert look(kit.open_as(login)).patterns == ()
    kit.clock.pass_(days=1)
    jot(kit, kit.open_as("joost"), 0)
    again = only(kit)
    assert again.waits and again.dismissed is None and [one.author for one in again.weighed] == [marit.me]
    kit.open_as("joost").patterns.dismiss(again, "Nog eens bekeken.")
    assert [len(one.notes) for one in only(kit).weighed] == [4, 3] and not only(kit).waits


def test_a_correction_is_something_new(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    marit.patterns.dismiss(only(kit), "Klaar.")
    found = marit.notes.get(ids[0])
    assert found is not None
    insert(marit, msgspec.structs.replace(found.note, corrects=ids[0], words=("Au.",), entered=kit.clock.now()))
    assert only(kit).waits


def test_who_sees_more_notes_is_not_told_that_it_was_weighed(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    for day in (20, 10, 5):
        jot(kit, marit, day)
    marit.patterns.dismiss(only(kit), "Klaar.")
    anne.refresh()
    code = anne.cases.open({kit.ids[ZOE]: Strand.BULLIED}, members=[])
    anne.notes.add(
        Jotting("Alleen in de zaak.", pupils=((kit.ids[ZOE], VICTIM), (kit.ids[DANIEL], PERPETRATOR)), case=code)
    )
    assert not only(kit, "marit").waits
    assert only(kit, "anne").waits and len(only(kit, "anne").pattern.ids) == 4


def test_who_cannot_read_the_notes_weighs_nothing(kit: Kit) -> None:
    """Karim teaches another group: he can write that it means nothing, and that is all he can do."""
    marit, karim, anne = kit.open_as("marit"), kit.open_as("karim"), kit.open_as("anne")
    for day in (20, 10):
        jot(kit, marit, day)
    jot(kit, karim, 5)
    known = only(kit)
    karim.refresh()
    forge(karim, pupils=known.pattern.pupils, notes=tuple(known.pattern.written), author=anne.me)
    for login in ("marit", "anne"):
        again = only(kit, login)
        assert again.waits and again.dismissed is None
        assert [one.author for one in again.weighed] == [karim.me], "shown, by who wrote it"
    joost = kit.open_as("joost")
    forge(joost, pupils=known.pattern.pupils, notes=tuple(known.pattern.written), author=anne.me)
    assert only(kit).dismissed is not None and only(kit).weighed[0].author == joost.me


def test_what_is_weighed_is_these_children_and_these_notes(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    for day in (20, 10, 5):
        jot(kit, marit, day)
    known = only(kit)
    joost.refresh()
    notes = tuple(known.pattern.written)
    for fields in (
        {"pupils": (kit.ids[ZOE], kit.ids[NOOR]), "notes": notes},
        {"pupils": known.pattern.pupils, "notes": notes[1:]},
        {"pupils": known.pattern.pupils, "notes": notes, "many": True},
        {"pupils": (*known.pattern.pupils, kit.ids[NOOR]), "notes": notes},
    ):
        forge(joost, **fields)
        assert only(kit).waits, fields
    forge(joost, pupils=known.pattern.pupils[::-1], notes=(*notes, "nergens"))
    assert not only(kit).waits


def test_no_outsider_weighs(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    esther = next(person for person in marit.vault.directory.people.values() if person.login == "esther")
    marit.cases.open({kit.ids[ZOE]: Strand.BULLIED}, notes=ids, members=[esther])
    outsider = kit.open_as("esther")
    (known,) = outsider.patterns.all()
    with pytest.raises(NotAllowed, match="staff"):
        outsider.patterns.dismiss(known, "Niets aan de hand.")
    assert look(outsider).patterns == ()


# --- cases -----------------------------------------------------------------------------------------------------


def test_what_is_in_a_case_asks_for_nothing_until_there_is_more(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    code = marit.cases.open(marit.cases.strands_of(ids), notes=ids)
    known = only(kit)
    assert known.inside == code and known.cases == (code,) and not known.waits
    assert look(marit).patterns == ()
    jot(kit, marit, 1)
    known = only(kit)
    assert known.waits and known.cases == (code,) and known.inside == ""
    assert [one.key for one in look(marit).patterns] == [known.key]


def test_a_closed_case_does_not_hide_what_goes_on(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    first = marit.cases.open(marit.cases.strands_of(ids), notes=ids)
    marit.cases.decide(first, DecisionKind.CLOSED, text="Klaar.")
    known = only(kit)
    assert known.waits and known.ended == (first,) and known.cases == ()
    second = marit.cases.open(marit.cases.strands_of(ids), notes=ids)
    known = only(kit)
    assert known.inside == second and known.ended == (first,), "whichever of the codes comes first"


def test_several_towards_one_in_two_cases_is_shown_and_a_pair_is_not(kit: Kit) -> None:
    marit = kit.open_as("marit")
    one = [jot(kit, marit, day, ZOE, DANIEL) for day in (20, 10)]
    two = [jot(kit, marit, day, ZOE, NOOR) for day in (8, 4)]
    for notes in (one, two):
        marit.cases.open(marit.cases.strands_of(notes), notes=notes)
    known = only(kit)
    assert known.pattern.many and known.waits and len(known.cases) == 2
    three = [jot(kit, marit, day, SEM, DANIEL) for day in (20, 10, 5)]
    for notes in (three[:2], three[2:]):
        marit.cases.open(marit.cases.strands_of(notes), notes=notes)
    pair = next(known for known in patterns(kit, "marit") if not known.pattern.many)
    assert pair.inside and not pair.waits


def test_what_people_found_in_a_case_stands_beside_it(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    code = marit.cases.open(marit.cases.strands_of(ids), notes=ids)
    details = {"criterion_intent": "yes", "criterion_harm": "yes", "judgement": "maybe_bullying"}
    marit.cases.record_step(code, 1, StepState.DONE, text="In kaart.", details=details)
    known = only(kit)
    assert known.findings["intent"].sign is Sign.MET and known.findings["intent"].assessed == "yes"
    assert known.findings["power"].assessed == "" and known.advice is Advice.JUDGE
    assert only(kit, "anne").findings["intent"].assessed == "yes"


def test_an_injury_is_what_the_school_counts_as_one(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ids = [jot(kit, marit, day) for day in (20, 10, 5)]
    found = marit.notes.get(ids[0])
    assert found is not None
    insert(marit, msgspec.structs.replace(found.note, behaviours=("seksueel", "weg")))
    assert only(kit).findings["harm"].sign is Sign.MET


def test_pupils_who_left_ask_for_nothing_any_more(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    for day in (20, 10, 5):
        jot(kit, marit, day)
    anne.refresh()
    table = anne.db.table("pupils")
    document = table.get(doc_id=kit.ids[DANIEL])  # type: ignore[call-overload]
    assert document is not None
    table.replace({**document, "left_on": (kit.clock.now().date() - timedelta(days=1)).isoformat()}, kit.ids[DANIEL])
    marit.refresh()
    assert look(marit).patterns == () and only(kit).waits, "in the list it still stands"


def test_a_colleague_whose_clock_goes_before(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day in (20, 10):
        jot(kit, marit, day)
    ahead = Machine(clock=TurnableClock(kit.clock.now() + timedelta(hours=3)))
    kit.machine = ahead
    joost = kit.open_as("joost")
    joost.notes.add(Jotting("Nu.", pupils=((kit.ids[ZOE], VICTIM), (kit.ids[DANIEL], PERPETRATOR))))
    marit.refresh()
    assert len(marit.patterns.all()) == 1


def test_what_is_not_there_or_no_longer(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day in (20, 10, 5):
        jot(kit, marit, day)
    key = only(kit).key
    assert marit.patterns.get(key).key == key
    with pytest.raises(NotAllowed):
        kit.open_as("karim").patterns.get(key)
    with pytest.raises(NotAllowed):
        marit.patterns.get("pair-x-y")


def test_what_waits_and_weighs_most_comes_first(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day in (3, 2, 1):
        jot(kit, marit, day, SEM, NOOR)
    for day in (20, 10, 5):
        jot(kit, marit, day)
    first, second = patterns(kit, "marit")
    assert (first.advice, second.advice) == (Advice.MAYBE_BULLYING, Advice.LOOK)
    marit.patterns.dismiss(first, "Besproken.")
    assert [known.waits for known in patterns(kit, "marit")] == [True, False]
    assert {*look(marit).patterns[0].pattern.pupils} == {kit.ids[SEM], kit.ids[NOOR]}
