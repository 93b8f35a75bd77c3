"""Incidents: decided on a note, corrected by who decided, and what is done about them; nobody else's word counts."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.errors import Changed, NotAllowed, UsageError
from data.model import (
    Behaviour,
    Ground,
    IncidentEvent,
    IncidentWhat,
    LogKind,
    LogWhat,
    NationalKind,
    ParticipantRole,
    PupilRef,
    Strand,
)
from data.register import Answers, Jotting, KnownIncident, Register
from data.register.day import look
from data.vault.entries import CircleKind
from data.vault.operations import Put, PutGrant
from data.vault.records import grant_shared, make_record
from tests.data.school_kit import PEOPLE, PERPETRATOR, VICTIM, Kit, about, school
from tests.data.vault_kit import inject

ZOE, DANIEL, NOOR, BRAM = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz", "Bram de Boer"
BYSTANDER = ParticipantRole.BYSTANDER


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def decided(kit: Kit, by: Register, facts: str = "Daniël schopte Zoë.", *names: str, **changed: Any) -> str:
    """Jot a note and decide that it is an incident."""
    note = by.notes.add(about(kit, facts, *(names or (ZOE, DANIEL))))
    return by.incidents.decide(replace(by.incidents.begin([note]), **{"behaviour": "fysiek", **changed}))


def today(kit: Kit) -> date:
    return kit.clock.now().date()


# --- deciding ------------------------------------------------------------------------------------------------


def test_a_note_answers_most_of_the_questions(kit: Kit) -> None:
    marit = kit.open_as("marit")
    jotting = replace(
        about(kit, "Daniël schopte Zoë.", ZOE, DANIEL), place="plein", did="Apart gezet.", words="Hij begon."
    )
    note = marit.notes.add(jotting)
    begun = marit.incidents.begin([note])
    assert begun.what == "Daniël van 't Hof schopte Zoë de Vries." and begun.measures == "Apart gezet."
    assert begun.place == "plein" and begun.happened == marit.now() and begun.ground is Ground.JUDGEMENT
    assert dict(begun.pupils) == {kit.ids[ZOE]: VICTIM, kit.ids[DANIEL]: PERPETRATOR}
    known = marit.incidents.get(marit.incidents.decide(replace(begun, behaviour="fysiek")))
    assert known.record.what == marit.notes.get(note).note.facts  # type: ignore[union-attr]
    assert known.record.notes == (note,) and known.record.author == marit.me and known.standing
    assert marit.incidents.of_note(note) == known


def test_two_notes_make_one_incident(kit: Kit) -> None:
    marit = kit.open_as("marit")
    first = marit.notes.add(about(kit, "Daniël schopte.", ZOE, DANIEL))
    kit.clock.pass_(minutes=5)
    second = marit.notes.add(replace(about(kit, "Noor zag het.", NOOR), pupils=((kit.ids[NOOR], BYSTANDER),)))
    begun = marit.incidents.begin([second, first])
    assert begun.what == "Noor Yılmaz zag het.\nDaniël van 't Hof schopte."
    assert len(begun.pupils) == 3 and begun.happened == marit.now() - timedelta(minutes=5)
    known = marit.incidents.get(marit.incidents.decide(replace(begun, behaviour="fysiek")))
    assert known.concerned == (kit.ids[ZOE], kit.ids[DANIEL])
    assert marit.incidents.of_note(first) == marit.incidents.of_note(second) == known


def test_the_kind_of_the_note_brings_its_national_kind(kit: Kit) -> None:
    marit = kit.open_as("marit")
    note = marit.notes.add(about(kit, "Dreigde.", ZOE))
    assert marit.incidents.begin([note]).behaviour == ""
    document = dict(marit.db.table("notes").get(doc_id=note)) | {"behaviours": ["weg", "bedreiging"]}  # type: ignore[call-overload]
    other = str(marit.db.table("notes").insert(document))
    begun = marit.incidents.begin([other])
    assert (begun.behaviour, begun.national) == ("bedreiging", NationalKind.THREAT)


def test_typed_names_become_references(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = decided(kit, marit, what="Zoë viel over Daniël van 't Hof.", why="Bram de Boer daagde uit.")
    record = marit.incidents.get(ident).record
    assert record.what == (PupilRef(kit.ids[ZOE]), " viel over ", PupilRef(kit.ids[DANIEL]), ".")
    assert record.why == (PupilRef(kit.ids[BRAM]), " daagde uit.")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"behaviour": ""}, "Which kind"),
        ({"behaviour": "nergens"}, "Which kind"),
        ({"what": " "}, "What happened"),
        ({"pupils": (("nergens", VICTIM),)}, "No pupil fits"),
        ({"what": "x" * 20_001}, "too long"),
    ],
)
def test_what_is_missing_is_said(kit: Kit, changed: dict[str, Any], why: str) -> None:
    marit = kit.open_as("marit")
    with pytest.raises(UsageError, match=why):
        decided(kit, marit, **changed)
    with pytest.raises(UsageError, match="still to come"):
        decided(kit, marit, happened=marit.now() + timedelta(minutes=1))
    assert marit.incidents.all() == []


def test_a_note_is_decided_on_once(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    note = marit.notes.add(about(kit, "Duwde.", ZOE, DANIEL))
    answers = replace(marit.incidents.begin([note]), behaviour="fysiek")
    marit.incidents.decide(answers)
    joost.refresh()
    size = kit.path.stat().st_size
    for register in (marit, joost):
        with pytest.raises(Changed, match="already"):
            register.incidents.decide(answers)
    assert kit.path.stat().st_size == size


def test_private_and_unreadable_notes_and_drafts_are_none(kit: Kit) -> None:
    marit = kit.open_as("marit")
    private = marit.notes.add(replace(about(kit, "Niemand keek.", ZOE), private=True))
    with pytest.raises(NotAllowed, match="private"):
        marit.incidents.begin([private])
    note = marit.notes.add(about(kit, "Duwde.", ZOE))
    document = dict(marit.db.table("notes").get(doc_id=note)) | {"concept": True}  # type: ignore[call-overload]
    with pytest.raises(UsageError, match="draft"):
        marit.incidents.begin([str(marit.db.table("notes").insert(document))])
    for register in (kit.open_as("karim"), kit.open_as("fenna")):
        with pytest.raises(NotAllowed, match="does not exist"):
            register.incidents.decide(Answers(notes=(note,), behaviour="fysiek", what="Iets."))
    with pytest.raises(NotAllowed):
        marit.incidents.begin([])
    with pytest.raises(NotAllowed):
        marit.incidents.begin(["nergens"])


@pytest.mark.parametrize("login", PEOPLE)
def test_who_reads_an_incident(kit: Kit, login: str) -> None:
    ident = decided(kit, kit.open_as("marit"))
    register = kit.open_as(login)
    assert [known.id for known in register.incidents.all()] == [ident] * (login in ("anne", "marit", "joost", "hans"))


def test_an_outsider_decides_nothing(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED})
    marit.members.invite(code, marit.people.called("esther").person.id)
    note = marit.notes.add(about(kit, "In de zaak.", ZOE, case=code))
    ident = marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek"))
    esther = kit.open_as("esther")
    assert [known.id for known in esther.incidents.all()] == [ident]
    with pytest.raises(NotAllowed, match="staff"):
        esther.incidents.decide(Answers(notes=(note,), behaviour="fysiek", what="Iets."))
    with pytest.raises(NotAllowed, match="staff"):
        esther.incidents.add(ident, IncidentWhat.DIRECTOR)


def test_in_a_case_it_stands_in_the_case_and_its_log(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})
    note = marit.notes.add(about(kit, "Daniël duwde.", ZOE, DANIEL, case=code))
    ident = marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek"))
    marit.incidents.add(ident, IncidentWhat.DIRECTOR)
    assert [known.id for known in marit.incidents.of_case(code.lower())] == [ident]
    lines = [line.what for line in marit.log.of_case(code)]
    assert lines.count(LogWhat.INCIDENT) == 2
    loose = decided(kit, marit)
    outside = [line for line in marit.log.all() if not line.case]
    assert [(line.kind, line.what) for line in outside] == [(LogKind.CHANGED, LogWhat.INCIDENT)]
    assert loose not in {known.id for known in marit.incidents.of_case(code)}
    assert marit.incidents.of_case("") == []


def test_an_incident_whose_note_joins_a_case_later_belongs_to_it(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = decided(kit, marit)
    (note,) = marit.incidents.get(ident).record.notes
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED}, notes=[note])
    assert [known.id for known in marit.incidents.of_case(code)] == [ident]


def test_a_corrected_note_still_knows_what_it_became(kit: Kit) -> None:
    marit = kit.open_as("marit")
    half = marit.notes.add(replace(about(kit, "Schopte.", ZOE, DANIEL), concept=True))
    note = marit.notes.go_on(half, about(kit, "Daniël schopte.", ZOE, DANIEL))
    ident = marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek"))
    known = marit.incidents.get(ident)
    assert marit.incidents.corrected_notes(known) == []
    kit.clock.pass_(minutes=10)
    first = marit.notes.correct(note, about(kit, "Daniël duwde.", ZOE, DANIEL))
    kit.clock.pass_(minutes=10)
    last = marit.notes.correct(first, about(kit, "Daniël duwde twee keer.", ZOE, DANIEL))
    other = marit.notes.add(about(kit, "Iets anders.", ZOE))
    assert [marit.incidents.of_note(one) for one in (half, note, first, last, other)] == [known] * 4 + [None]
    assert [one.id for one in marit.incidents.corrected_notes(known)] == [last]
    with pytest.raises(Changed, match="already"):
        marit.incidents.decide(replace(marit.incidents.begin([last]), behaviour="fysiek"))


# --- who reads it later --------------------------------------------------------------------------------------


def test_whose_case_its_note_joins_reads_it_with_what_was_done_before_and_after(kit: Kit) -> None:
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    ident = decided(kit, marit)
    told = marit.incidents.add(ident, IncidentWhat.PARENTS)
    begun = replace(marit.incidents.begin_correction(ident), grave=True)
    again = marit.incidents.decide(begun, corrects=ident)
    apart = decided(kit, marit, "Iets anders.")
    (note,) = marit.incidents.get(ident).record.notes
    expert = next(person for person in marit.vault.directory.people.values() if person.login == "esther")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED}, members=[expert])
    marit.cases.add_note(code, note)
    added = marit.incidents.add(again, IncidentWhat.MEASURE, "Apart gespeeld.")
    esther.refresh()
    assert [(known.id, known.standing) for known in esther.incidents.of_case(code)] == [(ident, False), (again, True)]
    assert [event.id for event in esther.incidents.get(again).events] == [told, added]
    assert esther.vault.read(("incidents", apart)) is None
    joost = kit.open_as("joost")
    opened = joost.cases.open({kit.ids[ZOE]: Strand.BULLIED}, notes=[note], members=[expert])
    esther.refresh()
    assert {known.id for known in esther.incidents.of_case(opened)} == {ident, again}


def test_what_only_claims_to_be_about_a_note_joins_no_case(kit: Kit) -> None:
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    note = marit.notes.add(about(kit, "Duwde.", ZOE, DANIEL))
    karim.refresh()
    ident = decided(kit, karim, "Iets.", BRAM)
    document = dict(karim.db.table("incidents").get(doc_id=ident))  # type: ignore[call-overload]
    forged = str(karim.db.table("incidents").insert(document | {"notes": [note], "pupils": [{"pupil": kit.ids[ZOE]}]}))
    marit.refresh()
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED}, notes=[note])
    circle = marit.vault.directory.labelled(CircleKind.CASE, code)
    assert circle is not None and circle.id not in marit.vault.readers(("incidents", forged))


def test_what_is_done_after_a_pupil_moved_stays_with_who_read_it(kit: Kit) -> None:
    anne, marit, joost, karim, hans = map(kit.open_as, ("anne", "marit", "joost", "karim", "hans"))
    ident = decided(kit, marit)
    anne.refresh()
    group = anne.pupils.group_named("groep 7")
    for pupil in (ZOE, DANIEL):
        document = dict(anne.db.table("pupils").get(doc_id=kit.ids[pupil])) | {"group": group}  # type: ignore[call-overload]
        anne.db.table("pupils").replace(document, kit.ids[pupil])
    joost.refresh()
    told = joost.incidents.add(ident, IncidentWhat.PARENTS)
    hans.refresh()
    director = hans.incidents.add(ident, IncidentWhat.DIRECTOR)
    marit.refresh()
    begun = replace(marit.incidents.begin_correction(ident), grave=True)
    again = marit.incidents.decide(begun, corrects=ident)
    joost.refresh()
    karim.refresh()
    assert [event.id for event in marit.incidents.get(again).events] == [told, director]
    assert joost.incidents.get(again).standing and joost.incidents.get(ident).corrected
    places = [("incidents", ident), ("incidents", again), ("incident_events", told), ("incident_events", director)]
    assert [karim.vault.read(place) for place in places] == [None] * 4, "a pupil who moves takes nothing along"


def test_a_correction_reaches_whose_pupil_it_leaves_out(kit: Kit) -> None:
    """Their teacher would else go on reading what was corrected."""
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    ident = decided(kit, marit, "Bram schopte Zoë.", ZOE, BRAM)
    begun = marit.incidents.begin_correction(ident)
    again = marit.incidents.decide(
        replace(begun, pupils=((kit.ids[ZOE], VICTIM), (kit.ids[DANIEL], PERPETRATOR))), corrects=ident
    )
    karim.refresh()
    assert karim.incidents.get(ident).corrected and karim.incidents.get(again).standing


# --- correcting ----------------------------------------------------------------------------------------------


def test_who_decided_corrects_and_both_stay(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = decided(kit, marit, why="Om een bal, zei Zoë.")
    told = marit.incidents.add(ident, IncidentWhat.PARENTS, about=[kit.ids[ZOE]])
    begun = marit.incidents.begin_correction(ident)
    assert begun.why == "Om een bal, zei Zoë de Vries."
    again = marit.incidents.decide(replace(begun, grave=True, place="gang"), corrects=ident)
    old, new = (marit.incidents.get(one) for one in (ident, again))
    assert old.corrected and new.standing and new.record.corrects == ident
    assert (new.record.grave, new.record.place, new.record.why) == (True, "gang", old.record.why)
    assert [event.id for event in new.events] == [told] and new.untold == (kit.ids[DANIEL],)
    note = old.record.notes[0]
    assert marit.incidents.of_note(note) == new
    with pytest.raises(Changed, match="already"):
        marit.incidents.decide(begun, corrects=ident)
    for login in ("joost", "anne", "hans"):
        register = kit.open_as(login)
        with pytest.raises(NotAllowed, match="who decided"):
            register.incidents.decide(begun, corrects=again)
        register.incidents.add(again, IncidentWhat.MEASURE, "Gesprek met beide kinderen.")


def test_a_kind_that_left_the_list_can_stay(kit: Kit) -> None:
    anne = kit.open_as("anne")
    ident = decided(kit, anne)
    ((place, document),) = ((str(d.doc_id), dict(d)) for d in anne.db.table("school").all())
    document["behaviours"] = msgspec.to_builtins([Behaviour(id="anders", name="anders")])
    anne.db.table("school").replace(document, place)
    begun = anne.incidents.begin_correction(ident)
    again = anne.incidents.get(anne.incidents.decide(replace(begun, place="gang"), corrects=ident))
    assert anne.incidents.kind(again.record) == "fysiek"
    with pytest.raises(UsageError, match="Which kind"):
        decided(kit, anne)


# --- what is done about it -----------------------------------------------------------------------------------


def test_what_is_still_to_be_done(kit: Kit) -> None:
    marit, hans = kit.open_as("marit"), kit.open_as("hans")
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    ident = decided(kit, marit, pupils=((zoe, VICTIM), (daniel, PERPETRATOR), (kit.ids[NOOR], BYSTANDER)))
    known = marit.incidents.get(ident)
    assert known.untold == known.unentered == known.concerned == (zoe, daniel)
    assert known.waits and not known.director and not known.reported
    marit.incidents.add(ident, IncidentWhat.PARENTS, about=[zoe, zoe, "nergens"])
    marit.incidents.add(ident, IncidentWhat.PARNASSYS)
    hans.refresh()
    hans.incidents.add(ident, IncidentWhat.DIRECTOR, "Zoë gesproken.")
    hans.incidents.add(ident, IncidentWhat.REPORTED, "Hoeft niet gemeld te worden.")
    marit.refresh()
    known = marit.incidents.get(ident)
    assert known.untold == (daniel,) and known.unentered == () and known.director and known.reported and known.waits
    (brought,) = known.done(IncidentWhat.DIRECTOR)
    assert brought.author == hans.me and brought.text == (PupilRef(zoe), " gesproken.")
    marit.incidents.add(ident, IncidentWhat.PARENTS, about=[daniel])
    assert not marit.incidents.get(ident).waits


def test_what_cannot_be_added(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = decided(kit, marit)
    for what in (IncidentWhat.MEASURE, IncidentWhat.REPORTED):
        with pytest.raises(UsageError, match="one sentence"):
            marit.incidents.add(ident, what, " ")
    with pytest.raises(UsageError, match="still to come"):
        marit.incidents.add(ident, IncidentWhat.DIRECTOR, happened=today(kit) + timedelta(days=1))
    with pytest.raises(UsageError, match="before it happened"):
        marit.incidents.add(ident, IncidentWhat.DIRECTOR, happened=today(kit) - timedelta(days=1))
    for register, where in ((marit, "nergens"), (kit.open_as("karim"), ident)):
        with pytest.raises(NotAllowed, match="does not exist"):
            register.incidents.add(where, IncidentWhat.DIRECTOR)


def test_a_mistake_is_taken_back_by_who_made_it(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    ident = decided(kit, marit)
    event = marit.incidents.add(ident, IncidentWhat.PARENTS)
    anne.refresh()
    with pytest.raises(NotAllowed, match="not yours"):
        anne.incidents.take_back(event)
    with pytest.raises(NotAllowed, match="does not exist"):
        marit.incidents.take_back("nergens")
    assert marit.incidents.get(ident).untold == ()
    marit.incidents.take_back(event)
    known = marit.incidents.get(ident)
    assert known.untold == known.concerned and len(known.events) == 2
    with pytest.raises(Changed, match="already"):
        marit.incidents.take_back(event)


@pytest.mark.parametrize(
    ("duty", "grave", "national", "marked"),
    [
        (False, True, NationalKind.ARMED, False),
        (True, False, None, False),
        (True, False, NationalKind.DAMAGE, False),
        (True, True, None, True),
        (True, False, NationalKind.WEAPON, True),
    ],
)
def test_perhaps_reportable_only_where_the_school_turned_it_on(
    kit: Kit, duty: bool, grave: bool, national: NationalKind | None, marked: bool
) -> None:
    marit = kit.open_as("marit")
    record = marit.incidents.get(decided(kit, marit, grave=grave, national=national)).record
    assert marit.incidents.reportable(record, msgspec.structs.replace(marit.school(), report_duty=duty)) is marked
    assert not marit.incidents.reportable(record)


def test_what_is_reportable_is_the_schools_list(kit: Kit) -> None:
    marit = kit.open_as("marit")
    own = msgspec.structs.replace(marit.school(), report_duty=True, reportable=(NationalKind.DRUGS,))
    for national, marked in ((NationalKind.DRUGS, True), (NationalKind.WEAPON, False)):
        record = marit.incidents.get(decided(kit, marit, national=national)).record
        assert marit.incidents.reportable(record, own) is marked


# --- hostile colleagues --------------------------------------------------------------------------------------


def event(kit: Kit, register: Register, incident: str, **more: Any) -> str:
    """Write an event past the register's rules, as a program of one's own would."""
    said = IncidentEvent(
        incident=incident,
        author=more.pop("author", register.me),
        happened=today(kit),
        entered=kit.clock.now(),
        what=IncidentWhat.PARENTS,
        **more,
    )
    return str(register.db.table("incident_events").insert(msgspec.to_builtins(said)))


def only(register: Register, ident: str) -> KnownIncident:
    register.refresh()
    return register.incidents.get(ident)


def test_nobody_writes_in_anothers_name(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    ident = decided(kit, marit)
    joost.refresh()
    content = joost.vault.read(("incidents", ident)) or b""
    event(kit, joost, ident, author=marit.me, digest=sha256(content).hexdigest())
    assert [said.record.author for said in only(marit, ident).events] == [joost.me]
    document = dict(joost.db.table("incidents").get(doc_id=ident))  # type: ignore[call-overload]
    forged = str(joost.db.table("incidents").insert(document | {"what": ["Niets gebeurd."]}))
    assert only(marit, forged).record.author == joost.me


_numbers = itertools.count()


def forge(by: Register, to: Register, table: str, said: msgspec.Struct, *circles: bytes) -> str:
    """Write a document with valid signature and grants, which no honest program would; return its id."""
    vault, ident = by.vault, f"vervalst{next(_numbers)}"
    place, key, home = (table, ident), by.vault.new_key(), by.vault.own_circle()
    record = make_record(
        msgspec.json.encode(said), place=place, vault_id=vault.id, rev=1, author=vault.me.id, home=home,
        time=vault.machine.milliseconds(), key=key, nonce=vault.machine.random(12), signer=vault.opened.keys,
    )  # fmt: skip
    readers = [vault.directory.circles[circle] for circle in (to.vault.own_circle(), *circles)]
    grants = (
        grant_shared(vault_id=vault.id, place=place, circle=one.id, epoch=one.epoch, box=one.box, key=key)
        for one in readers
    )
    inject(vault, Put(place, record), *(PutGrant(place, grant) for grant in grants))
    to.refresh()
    assert to.vault.read(place) is not None, "it can be read"
    return ident


@pytest.mark.parametrize("digest", ["", "?", "0" * 64])
def test_who_cannot_read_an_incident_says_nothing_about_it(kit: Kit, digest: str) -> None:
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    ident = decided(kit, marit)
    karim.refresh()
    with pytest.raises(NotAllowed):
        event(kit, karim, ident)
    said = IncidentEvent(
        incident=ident, author=marit.me, happened=today(kit), entered=kit.clock.now(), what=IncidentWhat.PARENTS,
        digest=digest,
    )  # fmt: skip
    forge(karim, marit, "incident_events", said)
    known = marit.incidents.get(ident)
    assert known.events == () and known.untold == known.concerned


def test_a_forged_correction_hides_nothing(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    ident = decided(kit, marit)
    joost.refresh()
    document = dict(joost.db.table("incidents").get(doc_id=ident)) | {"corrects": ident}  # type: ignore[call-overload]
    forged = str(joost.db.table("incidents").insert(document))
    marit.refresh()
    assert only(marit, ident).standing and only(marit, forged).standing
    marit.incidents.add(ident, IncidentWhat.DIRECTOR)
    assert only(marit, forged).events == ()


def test_entries_that_correct_each_other_or_themselves_end(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = decided(kit, marit)
    document = dict(marit.db.table("incidents").get(doc_id=ident)) | {"corrects": "nergens"}  # type: ignore[call-overload]
    other = str(marit.db.table("incidents").insert(document))
    assert marit.incidents.get(other).standing and marit.incidents.get(ident).standing


def test_a_colleague_who_cannot_read_the_note_blocks_no_decision(kit: Kit) -> None:
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    note = marit.notes.add(about(kit, "Duwde.", ZOE, DANIEL))
    karim.refresh()
    own = karim.notes.add(about(kit, "Iets.", BRAM))
    ident = karim.incidents.decide(replace(karim.incidents.begin([own]), behaviour="fysiek"))
    document = dict(karim.db.table("incidents").get(doc_id=ident))  # type: ignore[call-overload]
    forged = document | {"notes": [note], "pupils": [{"pupil": kit.ids[ZOE]}]}
    assert karim.db.table("incidents").insert(forged)
    marit.refresh()
    assert len(marit.incidents.all()) == 1, "it is shown, by whom it is"
    assert marit.incidents.of_note(note) is None
    marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek"))


def test_a_case_that_one_takes_no_part_in_is_not_claimed(kit: Kit) -> None:
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED})
    karim.refresh()
    record = karim.incidents.get(decided(kit, karim, "Bram duwde.", BRAM)).record
    claim = msgspec.structs.replace(record, case=code)
    with pytest.raises(NotAllowed):
        karim.db.table("incidents").insert(msgspec.to_builtins(claim))
    circle = marit.vault.directory.labelled(CircleKind.CASE, code)
    assert circle is not None
    forged = forge(karim, marit, "incidents", claim, circle.id)
    assert marit.incidents.get(forged).record.case == "" and marit.incidents.of_case(code) == []


def test_what_a_member_decided_stays_in_the_case_when_they_are_gone(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED})
    joost.refresh()
    note = joost.notes.add(about(kit, "Duwde.", ZOE, case=code))
    inside = joost.incidents.decide(replace(joost.incidents.begin([note]), behaviour="fysiek"))
    told = joost.incidents.add(inside, IncidentWhat.PARENTS)
    anne = kit.open_as("anne")
    anne.people.revoke("joost")
    marit.refresh()
    (known,) = marit.incidents.of_case(code)
    assert known.record.case == code and [said.id for said in known.events] == [told] and known.untold == ()


# --- my day --------------------------------------------------------------------------------------------------


def test_my_day_counts_my_own_that_wait(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    ident = decided(kit, marit)
    decided(kit, marit, "Nog eens.")
    assert look(marit).incidents == 2
    anne.refresh()
    assert look(anne).incidents == 0
    for what in (IncidentWhat.PARENTS, IncidentWhat.PARNASSYS):
        marit.incidents.add(ident, what)
    assert look(marit).incidents == 1 and ident in {known.id for known in marit.incidents.mine()}
    kit.clock.pass_(days=120)
    assert look(marit).incidents == 0, "what was left for a term is found in the list"


def test_a_jotting_is_enough(kit: Kit) -> None:
    marit = kit.open_as("marit")
    note = marit.notes.add(Jotting("Ruit kapot, niemand gezien."))
    known = marit.incidents.get(marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="spullen")))
    assert known.concerned == () and not known.waits
