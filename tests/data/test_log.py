"""The log: what is written down by itself, who sees which line, and that nobody can rewrite or fake one."""

import errno
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tinydb import where

from data.errors import Busy, NotAllowed, NotSaved
from data.model import DecisionKind, LogEntry, LogKind, LogWhat, Strand
from data.protocol import StepState, builtin
from data.register import Jotting, Register
from data.register.log_words import told
from data.register.schema import POLICIES
from data.vault.compact import compact
from data.vault.entries import CircleKind, Role
from data.vault.machine import Files, Machine
from data.vault.staffing import recover, renew_recovery
from data.vault.vault import Placement
from data.vault.verify import verify
from data.words import Words

from .school_kit import PEOPLE, PUPILS, START, Kit, about, school

READ, CHANGED, EXPORTED = LogKind.READ, LogKind.CHANGED, LogKind.EXPORTED
GRANTED, WITHDRAWN, PERSON = LogKind.GRANTED, LogKind.WITHDRAWN, LogKind.PERSON


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def a_case(kit: Kit, by: str = "marit", *others: str) -> str:
    """Open a case about Zoë, for the teachers of her group or for whoever is named."""
    register = kit.open_as(by)
    people = {person.login: person for person in register.vault.directory.people.values()}
    members = [people[login] for login in (by, *others)] if others else None
    return register.cases.open(
        {kit.ids["Zoë de Vries"]: Strand.BULLIED, kit.ids["Daniël van 't Hof"]: Strand.ACCUSED}, members=members
    )


def ident(register: Register, login: str) -> str:
    found = register.vault.directory.by_login(login)
    assert found
    return found.id.hex()


def lines(register: Register, code: str = "") -> list[tuple[str, str, str, str]]:
    """Return lines as (author's login, kind, what, login of who it is about)."""
    found = register.log.of_case(code) if code else register.log.all()
    login = register.people.login
    return [(login(line.author), line.kind.value, line.what, login(line.about)) for line in found]


def seen_by(kit: Kit, kind: LogKind) -> set[str]:
    """Return the logins of everybody who sees a line of this kind, each in a session of their own."""
    return {login for login in PEOPLE if any(found[1] == kind.value for found in lines(kit.open_as(login)))}


def frames(kit: Kit) -> int:
    return kit.path.read_bytes().count(b"FRM1")


# --- what is written by itself ------------------------------------------------------------------------------------


def test_opening_a_case_says_who_opened_it_and_who_was_let_in(kit: Kit) -> None:
    before = frames(kit)
    code = a_case(kit, "marit", "joost", "esther")
    assert frames(kit) == before + 1
    assert lines(kit.open_as("joost"), code) == [
        ("marit", "changed", "opened", ""),
        ("marit", "granted", "", "joost"),
        ("marit", "granted", "", "esther"),
    ]


def test_each_change_of_a_case_is_a_line_in_the_same_save(kit: Kit) -> None:
    code = a_case(kit)
    register = kit.open_as("joost")
    loose = register.notes.add(about(kit, "Iets gezien.", "Zoë de Vries"))
    revision = register.cases.get(code).revision
    cases, noor = register.cases, kit.ids["Noor Yılmaz"]
    steps: list[tuple[Callable[[], object], str]] = [
        (lambda: register.notes.add(Jotting("In de zaak.", case=code)), "note"),
        (lambda: cases.add_note(code, loose), "added"),
        (lambda: cases.change_pupils(code, {noor: Strand.OTHER}, based_on=revision), "pupils"),
        (lambda: cases.record_step(code, 1, StepState.DONE, text="Gedaan."), "step"),
        (lambda: cases.decide(code, DecisionKind.CONSULTED, text="zo verder"), "consulted"),
        (lambda: cases.decide(code, DecisionKind.CLOSED, text="het gaat goed"), "closed"),
        (lambda: cases.decide(code, DecisionKind.REOPENED, text="het begint weer"), "reopened"),
    ]
    for change, what in steps:
        before = frames(kit)
        change()
        assert frames(kit) == before + 1, what
        assert lines(register, code)[-1] == ("joost", "changed", what, "")
    assert len(lines(register, code)) == 2 + len(steps)


def test_what_changes_nothing_writes_nothing(kit: Kit) -> None:
    code = a_case(kit)
    register, size = kit.open_as("marit"), kit.path.stat().st_size
    known = register.cases.get(code)
    register.cases.change_pupils(code, {p.pupil: p.strand for p in known.case.pupils}, based_on=known.revision)
    assert kit.path.stat().st_size == size


def test_a_loose_note_is_nobodys_business(kit: Kit) -> None:
    register = kit.open_as("marit")
    register.notes.add(about(kit, "Iets gezien.", "Zoë de Vries"))
    assert lines(register) == []


def test_a_change_that_fails_leaves_no_line(kit: Kit) -> None:
    code = a_case(kit)
    register = kit.open_as("marit")
    before = lines(register, code)
    with pytest.raises(RuntimeError), register.vault.transaction():
        register.cases.record_step(code, 1, StepState.DONE, text="Gedaan.")
        raise RuntimeError
    assert lines(kit.open_as("marit"), code) == before


# --- reading ------------------------------------------------------------------------------------------------------


def reads(register: Register, code: str) -> list[str]:
    return [author for author, kind, _, _ in lines(register, code) if kind == "read"]


def test_a_case_is_read_once_a_day(kit: Kit) -> None:
    code = a_case(kit)
    register = kit.open_as("joost")
    assert register.log.read_case(code)
    size = kit.path.stat().st_size
    kit.clock.pass_(hours=5)
    assert register.log.read_case(code.lower())
    assert kit.open_as("joost").log.read_case(code), "another session finds the line in the table"
    assert kit.path.stat().st_size == size
    assert reads(register, code) == ["joost"]
    kit.clock.pass_(hours=10)
    assert register.log.read_case(code)
    assert kit.open_as("joost").log.read_case(code)
    assert kit.open_as("anne").log.read_case(code)
    assert reads(kit.open_as("marit"), code) == ["joost", "joost", "anne"]


def test_another_case_another_line(kit: Kit) -> None:
    one, other = a_case(kit), a_case(kit)
    register = kit.open_as("joost")
    assert register.log.read_case(one) and register.log.read_case(other)
    assert reads(register, one) == reads(register, other) == ["joost"]


def test_the_day_is_the_one_on_the_calendar_there(kit: Kit) -> None:
    code = a_case(kit)
    kit.clock.moment = START.replace(hour=23, minute=50)
    register = kit.open_as("joost")
    register.log.read_case(code)
    kit.clock.pass_(minutes=15)
    kit.open_as("joost").log.read_case(code)
    assert reads(register, code) == ["joost"]
    register.refresh()
    assert reads(register, code) == ["joost", "joost"]


def test_the_long_day_on_which_the_clock_is_put_back(kit: Kit) -> None:
    code = a_case(kit)
    kit.clock.moment = START.replace(month=10, day=25, hour=0, minute=5)
    kit.open_as("joost").log.read_case(code)
    kit.clock.moment = START.replace(month=10, day=25, hour=23, minute=55)
    register = kit.open_as("joost")
    register.log.read_case(code)
    assert reads(register, code) == ["joost"]


def test_sessions_that_read_at_once_write_one_line(kit: Kit) -> None:
    code = a_case(kit)
    sessions = [kit.open_as("joost") for _ in range(3)]
    threads = [threading.Thread(target=s.log.read_case, args=[code]) for s in sessions for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reads(kit.open_as("marit"), code) == ["joost"]


def test_who_may_not_read_a_case_reads_none_and_its_log_neither(kit: Kit) -> None:
    code = a_case(kit)
    size = kit.path.stat().st_size
    for login in ("karim", "hans", "dirk", "esther"):
        register = kit.open_as(login)
        for wanted in (code, "Z-2222", "", "onzin"):
            assert not register.log.read_case(wanted)
            with pytest.raises(NotAllowed) as refused:
                register.log.of_case(wanted)
            assert refused.value.message == "This case does not exist, or you may not see it."
    assert kit.path.stat().st_size == size


class ReadOnly(Files):
    """A file that this person may not write to."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise PermissionError(errno.EACCES, "Permission denied")
        return super().open(path, flags, mode)


def test_a_read_only_file_can_be_read(kit: Kit) -> None:
    code, size = a_case(kit), kit.path.stat().st_size
    kit.machine = replace(kit.machine, files=ReadOnly())
    register = kit.open_as("joost")
    with pytest.raises(NotSaved):
        register.notes.add(Jotting("Iets."))
    assert register.log.read_case(code) is False
    assert register.cases.get(code).code == code
    assert reads(register, code) == []
    assert kit.path.stat().st_size == size


def test_a_damaged_file_can_be_read_as_far_as_it_is_whole(kit: Kit) -> None:
    code, size = a_case(kit), kit.path.stat().st_size
    kit.open_as("marit").notes.add(Jotting("Iets."))
    kit.open_as("marit").notes.add(Jotting("Nog iets."))
    content = bytearray(kit.path.read_bytes())
    content[size + 100] ^= 1
    kit.path.write_bytes(content)
    register = kit.open_as("joost")
    assert register.vault.damage
    assert register.log.read_case(code) is False
    assert register.cases.get(code).code == code
    assert kit.path.read_bytes() == bytes(content)


class Impatient(Machine):
    """A machine on which four seconds have passed at every look at the clock."""

    def sleep(self, seconds: float) -> None: ...

    def monotonic(self) -> float:
        return 4.0 * next(_LOOKS)


_LOOKS = itertools.count()


def test_a_busy_file_can_be_read(kit: Kit) -> None:
    code, writer = a_case(kit), kit.open_as("marit")
    kit.machine = Impatient(clock=kit.clock)
    register = kit.open_as("joost")
    with writer.vault.transaction():
        with pytest.raises(Busy):
            register.notes.add(Jotting("Iets."))
        assert register.log.read_case(code) is False
        assert register.cases.get(code).code == code
    assert register.log.read_case(code) is True


def test_a_closed_session_logs_nothing(kit: Kit) -> None:
    code = a_case(kit)
    register = kit.open_as("joost")
    register.close()
    assert register.log.read_case(code) is False


# --- who sees which line ------------------------------------------------------------------------------------------


def test_a_line_about_a_case_is_for_those_in_it_and_the_leads(kit: Kit) -> None:
    code = a_case(kit)
    marit = kit.open_as("marit")
    assert marit.log.exported(code, LogWhat.DOSSIER)
    assert marit.log.withdrawn(code, ident(marit, "joost"))
    for kind in (CHANGED, GRANTED, EXPORTED, WITHDRAWN):
        assert seen_by(kit, kind) == {"marit", "joost", "anne"}


def test_an_outsider_sees_and_writes_lines_of_the_case_they_are_in(kit: Kit) -> None:
    code = a_case(kit, "marit", "esther")
    esther = kit.open_as("esther")
    assert esther.log.read_case(code)
    esther.notes.add(Jotting("Met Zoë gesproken.", case=code), esther.cases.get(code).names)
    expected = [
        ("marit", "changed", "opened", ""),
        ("marit", "granted", "", "esther"),
        ("esther", "read", "", ""),
        ("esther", "changed", "note", ""),
    ]
    assert lines(esther) == lines(esther, code) == lines(kit.open_as("anne"), code) == expected
    circle = esther.vault.directory.labelled(CircleKind.CASE, code)
    assert circle
    homes = [seen.home for seen in esther.vault.outline("log")]
    assert homes[2:] == [circle.id] * 2, "the case is at home for who is not staff"
    assert circle.id not in homes[:2]
    assert seen_by(kit, READ) == {"marit", "esther", "anne"}


def test_a_line_about_people_is_for_leads_and_its_author(kit: Kit) -> None:
    hans = kit.open_as("hans")
    assert hans.log.people(LogWhat.RESET, ident(hans, "karim"))
    assert lines(hans) == [("hans", "person", "reset", "karim")]
    assert seen_by(kit, PERSON) == {"hans", "anne"}


def test_a_line_about_private_things_is_for_its_author(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    assert fenna.log.changed("", LogWhat.NOTE, private=True)
    assert seen_by(kit, CHANGED) == {"fenna"}


def test_who_is_not_staff_logs_nothing_outside_a_case(kit: Kit) -> None:
    size = kit.path.stat().st_size
    for login in ("dirk", "esther"):
        assert not kit.open_as(login).log.exported("", LogWhat.BACKUP)
    assert kit.path.stat().st_size == size


def test_a_steward_outside_a_case_can_say_that_they_took_somebody_out(kit: Kit) -> None:
    code = a_case(kit)
    hans = kit.open_as("hans")
    circle = hans.vault.directory.labelled(CircleKind.CASE, code)
    assert circle
    with hans.vault.transaction() as transaction:
        transaction.leave(circle.id, bytes.fromhex(ident(hans, "joost")))
        transaction.renew_stale()
        assert hans.log.withdrawn(code, ident(hans, "joost"))
    assert lines(kit.open_as("marit"), code)[-1] == ("hans", "withdrawn", "", "joost")


def test_an_open_session_reads_no_more_once_its_owner_was_taken_out(kit: Kit) -> None:
    code = a_case(kit)
    joost, marit = kit.open_as("joost"), kit.open_as("marit")
    joost.log.read_case(code)
    marit.refresh()
    circle = marit.vault.directory.labelled(CircleKind.CASE, code)
    assert circle
    with marit.vault.transaction() as transaction:
        transaction.leave(circle.id, bytes.fromhex(ident(marit, "joost")))
        transaction.renew_stale()
        marit.log.withdrawn(code, ident(marit, "joost"))
    assert lines(marit, code)[-1] == ("marit", "withdrawn", "", "joost")
    kit.clock.pass_(days=1)
    joost.refresh()
    marit.refresh()
    assert reads(marit, code) == ["joost"]
    assert ("marit", "withdrawn", "", "joost") in lines(marit, code)
    for session in (joost, kit.open_as("joost")):
        assert not session.log.read_case(code)
        assert ("joost", "read", "", "") in lines(session), "one's own lines stay one's own"
        with pytest.raises(NotAllowed):
            session.cases.get(code)
        with pytest.raises(NotAllowed):
            session.log.of_case(code)


def test_an_outsider_who_was_taken_out_can_write_nothing_more(kit: Kit) -> None:
    code = a_case(kit, "marit", "esther")
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    circle = marit.vault.directory.labelled(CircleKind.CASE, code)
    assert circle
    assert esther.cases.get(code)
    with marit.vault.transaction() as transaction:
        transaction.leave(circle.id, bytes.fromhex(ident(marit, "esther")))
        transaction.renew_stale()
    esther.refresh()
    with pytest.raises(NotAllowed):
        esther.cases.get(code)
    assert not esther.log.read_case(code)


def test_what_the_recovery_code_did_is_seen_by_the_leads(kit: Kit) -> None:
    anne = kit.open_as("anne")
    code = renew_recovery(anne.vault)
    register = Register(recover(str(kit.path), code, machine=kit.machine, policies=POLICIES), builtin())
    for _ in range(2):
        assert register.log.people(LogWhat.RESET, ident(register, "marit"))
    register.close()
    anne.refresh()
    assert [line[1:] for line in lines(anne)] == [("person", "reset", "marit")] * 2
    author = anne.vault.directory.people[bytes.fromhex(anne.log.all()[0].author)]
    assert author.roles == (Role.RECOVERY,)


def test_who_reads_the_whole_log(kit: Kit) -> None:
    assert {login for login in PEOPLE if kit.open_as(login).log.whole} == {"anne"}


def test_lines_come_in_the_order_of_writing_whatever_the_clock_says(kit: Kit) -> None:
    code = a_case(kit)
    marit = kit.open_as("marit")
    kit.clock.pass_(days=-3)
    marit.log.exported(code, "dossier")
    assert [line[1] for line in lines(marit, code)] == ["changed", "granted", "exported"]
    assert [line.kind for line in marit.log.of_case(code, most=2)] == [GRANTED, EXPORTED]
    assert [line.kind for line in marit.log.all(most=1)] == [EXPORTED]
    assert marit.log.all(most=0) == []


def test_the_log_is_kept_when_the_file_is_written_anew(kit: Kit) -> None:
    code = a_case(kit)
    anne = kit.open_as("anne")
    anne.log.read_case(code)
    before = anne.log.all()
    compact(anne.vault)
    assert kit.open_as("anne").log.all() == before
    assert kit.open_as("marit").log.of_case(code) == before


# --- nobody writes it otherwise -----------------------------------------------------------------------------------


def forge(register: Register, code: str = "", **fields: Any) -> None:
    """Sign a line with another program: whatever one likes in it, for whoever one likes."""
    vault = register.vault
    document = {"kind": "read", "at": "2026-11-18T10:00:00+01:00", "author": register.me, **fields}
    circle = vault.directory.labelled(CircleKind.CASE, code) if code else None
    reader = circle.id if circle else vault.directory.the(CircleKind.LEAD).id
    place = ("log", vault.machine.random(8).hex())
    with vault.transaction() as transaction:
        transaction.put(place, msgspec.json.encode(document), Placement(vault.own_circle(), frozenset({reader})))


def test_a_forged_author_is_shown_as_who_signed(kit: Kit) -> None:
    code = a_case(kit)
    joost = kit.open_as("joost")
    forge(joost, code, case=code, author=ident(joost, "marit"))
    assert reads(kit.open_as("anne"), code) == ["joost"]
    assert kit.open_as("marit").log.read_case(code)
    assert reads(kit.open_as("anne"), code) == ["joost", "marit"], "a forged line keeps nobody's own from being written"


NAMES = {part for pupils in PUPILS.values() for name in pupils for part in name.split() if len(part) > 2}

HOSTILE: list[dict[str, Any]] = [
    {"what": "\x1b]0;weg\x07"},
    {"what": "[@click=app.quit]x[/]"},
    {"what": "Zoë de Vries"},
    {"what": "step\n"},
    {"what": 7},
    {"what": "x" * 25},
    {"about": "Zoë de Vries"},
    {"about": "A" * 16},
    {"case": "Zoë"},
    {"case": "Z-ZOË2"},
    {"kind": "gelezen"},
    {"at": "gisteren"},
    {"at": "2026-11-18T10:00:00"},
]


@pytest.mark.parametrize("fields", HOSTILE, ids=str)
def test_a_senseless_line_is_shown_to_nobody(kit: Kit, fields: dict[str, Any]) -> None:
    code = a_case(kit)
    karim = kit.open_as("karim")
    forge(karim, **fields)
    forge(karim, code, **{"case": code, **fields})
    anne = kit.open_as("anne")
    assert {line.author for line in anne.log.all()} == {ident(anne, "marit")}
    assert {line.author for line in anne.log.of_case(code)} == {ident(anne, "marit")}
    anne.log.people(LogWhat.ROLES, ident(anne, "karim"))
    assert lines(anne)[-1] == ("anne", "person", "roles", "karim")


def test_a_word_or_a_code_that_somebody_made_up_is_not_repeated(kit: Kit) -> None:
    karim = kit.open_as("karim")
    forge(karim, what="zoe-de-vries", kind="changed")
    forge(karim, case="Z-NOOR", kind="changed", what="step")
    forge(karim, kind="granted", about="ab" * 8)
    anne = kit.open_as("anne")
    assert [(line.case, line.what) for line in anne.log.all()] == [("", "other"), ("", "step"), ("", "")]
    words = Words("en")
    assert told(words, anne.log.all()[2], anne.people.name(anne.log.all()[2].about)) == "let ? take part"


def test_a_line_granted_to_another_case_than_it_names_is_not_of_that_case(kit: Kit) -> None:
    one, other = a_case(kit), a_case(kit)
    forge(kit.open_as("karim"), one, case=other, kind="exported", what="dossier")
    marit = kit.open_as("marit")
    assert EXPORTED not in {line.kind for code in (one, other) for line in marit.log.of_case(code)}


def test_lines_are_never_changed_nor_removed(kit: Kit) -> None:
    code = a_case(kit)
    register = kit.open_as("marit")
    table, size, before = register.db.table("log"), kit.path.stat().st_size, register.log.all()
    place = ("log", register.vault.ids("log")[0])
    attempts: list[Callable[[], object]] = [
        lambda: table.update({"kind": "read"}),
        lambda: table.update({"about": ""}, where("kind") == "granted"),
        lambda: table.upsert({"kind": "read"}, where("case") == code),
        lambda: table.remove(where("case") == code),
        lambda: table.remove(doc_ids=[place[1]]),  # type: ignore[list-item]
        lambda: table.replace(msgspec.to_builtins(before[-1]), place[1]),
        table.truncate,
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert kit.path.stat().st_size == size
    assert kit.open_as("anne").log.all() == before


def test_another_program_cannot_write_over_a_line_either(kit: Kit) -> None:
    """A record for a place that is taken is refused by every reader, whoever signed it."""
    a_case(kit)
    marit = kit.open_as("marit")
    place, before = ("log", marit.vault.ids("log")[0]), marit.log.all()
    content = msgspec.json.encode({"kind": "read", "at": START, "author": marit.me})
    with marit.vault.transaction() as transaction:
        transaction._check = lambda *_: None  # type: ignore[method-assign]
        transaction.put(place, content, Placement(marit.vault.own_circle(), marit.vault.readers(place)))
    anne = kit.open_as("anne")
    assert anne.log.all() == before
    assert any("does not follow" in problem for problem in verify(anne.vault).problems)


@pytest.mark.parametrize("wrong", ["zoe", "Zoë de Vries", "STEP", "step "])
def test_a_word_that_is_none_is_the_programs_fault(kit: Kit, wrong: str) -> None:
    size = kit.path.stat().st_size
    with pytest.raises(ValueError, match="LogWhat"):
        kit.open_as("anne").log.people(wrong, "")
    assert kit.path.stat().st_size == size


# --- no names -----------------------------------------------------------------------------------------------------


def test_no_pupil_is_in_any_line(kit: Kit) -> None:
    """Not by name and not by id, in the very bytes that are sealed; outside the seal there is the table's name."""
    code = a_case(kit, "marit", "joost", "esther")
    marit = kit.open_as("marit")
    ident_of = ident(marit, "joost")
    note = marit.notes.add(about(kit, "Zoë de Vries stond alleen.", *PUPILS["groep 6"]))
    marit.notes.add(about(kit, "Noor Yılmaz zag het.", "Noor Yılmaz", case=code))
    marit.cases.add_note(code, note)
    marit.cases.record_step(code, 1, StepState.DONE, text="Sem Bakker", about=[kit.ids["Zoë de Vries"]])
    marit.cases.decide(code, DecisionKind.CLOSED, text="Daniël van 't Hof")
    for log in (marit.log, kit.open_as("anne").log):
        log.read_case(code)
        log.exported(code, "dossier")
        log.withdrawn(code, ident_of)
        log.people("roles", ident_of)
    anne = kit.open_as("anne")
    places = [("log", found) for found in anne.vault.ids("log")]
    contents = [content.decode() for place in places if (content := anne.vault.read(place)) is not None]
    assert len(contents) == len(places) == 15
    for name in (*NAMES, *kit.ids.values()):
        assert not any(name.lower() in content.lower() for content in contents), name


# --- words --------------------------------------------------------------------------------------------------------


def test_every_line_has_words(kit: Kit) -> None:
    words = Words("en")
    moment = kit.clock.now()
    found = set()
    for kind in LogKind:
        for what in ("", *LogWhat):
            line = LogEntry(kind=kind, at=moment, author="a", what=what)
            text = told(words, line, "J. van der Laan")
            assert text and "{" not in text
            found.add(text)
    assert told(words, LogEntry(kind=PERSON, at=moment, author="a", what="reset"), "J. Laan") == (
        "gave J. Laan a new one-time code"
    )
    assert len(found) > 20


def test_a_moment_is_kept_as_it_was_said(kit: Kit) -> None:
    code = a_case(kit)
    kit.open_as("joost").log.read_case(code)
    (line,) = [line for line in kit.open_as("marit").log.of_case(code) if line.kind is READ]
    assert abs(line.at - (START + timedelta(hours=1))) < timedelta(seconds=1)


def test_a_colleagues_line_is_there_after_a_refresh(kit: Kit) -> None:
    code = a_case(kit)
    marit = kit.open_as("marit")
    before = len(marit.log.of_case(code))
    kit.open_as("joost").log.read_case(code)
    assert len(marit.log.of_case(code)) == before
    assert marit.refresh().places
    assert len(marit.log.of_case(code)) == before + 1
