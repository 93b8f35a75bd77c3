"""Every role × every kind of document × read and write, against design: reading by keys alone, writing by forgery."""

import functools
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.errors import PesttuiError
from data.model import (
    AgreedWith,
    Analysis,
    DecisionKind,
    Dismissal,
    Ground,
    Improvement,
    Incident,
    IncidentEvent,
    IncidentWhat,
    Kept,
    Participant,
    ParticipantRole,
    Strand,
)
from data.protocol import StepState
from data.register import Jotting, Register, join_school, open_school
from data.register.counsel import Meeting
from data.register.schema import POLICIES
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind, Role
from data.vault.journal import Journal
from data.vault.keyring import Keyring
from data.vault.machine import Machine
from data.vault.operations import Put, PutGrant
from data.vault.records import grant_shared, make_record
from data.vault.vault import Vault
from tests.data.school_kit import Kit, passphrase_of, school
from tests.data.vault_kit import inject

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"
VICTIM, PERPETRATOR = ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR
FURTHER = {"ilse": ("Ilse de Graaf", Role.IB), "kim": ("Kim Kwink", Role.KWINK), "sup": ("Sam Steun", Role.SUPPORT)}

EVERYBODY = ("anne", "ilse", "marit", "joost", "karim", "fenna", "hans", "kim", "sup", "esther", "dirk")
STAFF = {"anne", "ilse", "marit", "joost", "karim", "fenna", "hans"}
LEADS = {"anne", "ilse"}
GROUP = {"marit", "joost"}
"""The duo of group 6; Karim teaches group 7, Fenna is the counsellor, Hans the director, Esther comes from outside."""

READERS: Mapping[str, set[str]] = {
    "the school": set(EVERYBODY),
    "a group": STAFF,
    "a pupil": STAFF,
    "a note about a group's pupil": LEADS | GROUP,
    "a note about two groups": LEADS | GROUP | {"karim"},
    "a note that names nobody": LEADS | GROUP,
    "a note that names nobody, by who has no group": LEADS | {"fenna"},
    "a case": LEADS | GROUP | {"esther"},
    "a step": LEADS | GROUP | {"esther"},
    "a decision": LEADS | GROUP | {"esther"},
    "a note in a case": LEADS | GROUP | {"esther"},
    "a note by an outsider in a case": LEADS | GROUP | {"esther"},
    "an agreement with a group": LEADS | GROUP | {"esther"},
    "a check of an agreement with a group": LEADS | GROUP | {"esther"},
    "an agreement with a family": LEADS | GROUP | {"esther"},
    "a check of an agreement with a family": LEADS | GROUP | {"esther"},
    "an approach": LEADS | GROUP | {"esther"},
    "one's own settings": {"marit"},
    "a log line about a case": LEADS | GROUP | {"esther"},
    "a log line about people": LEADS,
    "a private note": {"marit"},
    "a question": LEADS | {"karim"},
    "an answer": LEADS | {"karim"},
    "a talk with the counsellor": {"fenna"},
    "a consent": {"fenna"},
    "released numbers": LEADS | {"fenna", "hans"},
    "a complaint": LEADS | GROUP | {"esther", "hans"},
    "what came of a complaint": LEADS | GROUP | {"esther", "hans"},
    "an incident": LEADS | GROUP | {"hans"},
    "what came of an incident": LEADS | GROUP | {"hans"},
    "an incident in a case": LEADS | GROUP | {"esther", "hans"},
    "what came of an incident in a case": LEADS | GROUP | {"esther", "hans"},
    "a dismissed pattern": LEADS | GROUP,
    "a year's figures": LEADS | {"hans"},
    "an improvement": LEADS | {"hans"},
}
"""Who reads what, from design's sections 4 and 6."""


def _fill(kit: Kit) -> dict[str, str]:
    """Put one of everything into the school; returns a text that is in each, by what it is."""
    anne = kit.open_as("anne")
    for login, (name, role) in FURTHER.items():
        code = anne.people.invite(login, name, [role], cost=FLOOR).code
        path, secret = str(kit.path), passphrase_of(login)
        join_school(path, login, code, secret, machine=kit.machine, cost=FLOOR).close()
    marit, fenna = kit.open_as("marit"), kit.open_as("fenna")
    zoe, bram = (kit.ids[ZOE], VICTIM), (kit.ids["Bram de Boer"], PERPETRATOR)
    marit.notes.add(Jotting("merkteken groepsnotitie", pupils=(zoe,)))
    marit.notes.add(Jotting("merkteken tweegroepen", pupils=(zoe, bram)))
    marit.notes.add(Jotting("merkteken niemand"))
    fenna.notes.add(Jotting("merkteken zondergroep"))
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})
    marit.members.invite(code, marit.people.called("esther").person.id)
    marit.cases.record_step(code, 1, StepState.DONE, text="merkteken stap")
    marit.cases.decide(code, DecisionKind.CONSULTED, text="merkteken besluit")
    family, zoes = AgreedWith.FAMILY, kit.ids[ZOE]
    group = marit.agreements.make(code, AgreedWith.GROUP, "merkteken groepsafspraak")
    marit.agreements.check(group, code, Kept.PARTLY, text="merkteken groepscontrole")
    at_home = marit.agreements.make(code, family, "merkteken gezinsafspraak", about=[zoes])
    marit.agreements.check(at_home, code, Kept.KEPT, text="merkteken gezinscontrole")
    marit.agreements.begin(code, "kwink", text="merkteken aanpak")
    marit.notes.add(Jotting("merkteken zaaknotitie", case=code))
    marit.change_settings(lambda now: msgspec.structs.replace(now, seen={"merkteken-instelling": marit.now()}))
    kit.open_as("esther").notes.add(Jotting("merkteken buitenstaander", case=code))
    marit.notes.add(Jotting("merkteken prive", private=True))
    karim, ilse, today = kit.open_as("karim"), kit.open_as("ilse"), kit.clock.now().date()
    question = karim.questions.ask("merkteken vraag")
    ilse.refresh()
    ilse.questions.answer(question, "merkteken antwoord")
    fenna.counsel.add(Meeting("ouder", kit.clock.now(), "merkteken gesprek"))
    fenna.counsel.consent("ouder", "merkteken toestemming", today)
    fenna.counsel.release("2026-2027")
    complaint = ilse.complaints.add(code, "ouders", today, text="merkteken klacht")
    hans = kit.open_as("hans")
    hans.complaints.about(complaint, "merkteken vervolg")
    incident = _incident(marit, kit, "merkteken incident", "")
    in_case = _incident(marit, kit, "merkteken zaakincident", code)
    hans.refresh()
    for of, mark in ((incident, "merkteken maatregel"), (in_case, "merkteken zaakmaatregel")):
        event = IncidentEvent(
            incident=of, author=hans.me, happened=today, entered=hans.now(), what=IncidentWhat.DIRECTOR, text=(mark,)
        )
        hans.db.table("incident_events").insert(msgspec.to_builtins(event))
    dismissal = Dismissal(author=marit.me, entered=marit.now(), pupils=(zoes,), reason=("merkteken patroon",))
    marit.db.table("dismissals").insert(msgspec.to_builtins(dismissal))
    year, figures = "2026-2027", {"merk": "merkteken cijfers"}
    analysis = Analysis(author=ilse.me, entered=ilse.now(), year=year, figures=figures)
    ilse.db.table("analyses").insert(msgspec.to_builtins(analysis))
    point = Improvement(author=hans.me, entered=hans.now(), year=year, text="merkteken verbeterpunt")
    hans.db.table("improvements").insert(msgspec.to_builtins(point))
    return {
        "the school": "De Regenboog",
        "a group": '"groep 7"',
        "a pupil": '"Jansen"',
        "a note about a group's pupil": "merkteken groepsnotitie",
        "a note about two groups": "merkteken tweegroepen",
        "a note that names nobody": "merkteken niemand",
        "a note that names nobody, by who has no group": "merkteken zondergroep",
        "a case": f'"code":"{code}"',
        "a step": "merkteken stap",
        "a decision": "merkteken besluit",
        "a note in a case": "merkteken zaaknotitie",
        "a note by an outsider in a case": "merkteken buitenstaander",
        "an agreement with a group": "merkteken groepsafspraak",
        "a check of an agreement with a group": "merkteken groepscontrole",
        "an agreement with a family": "merkteken gezinsafspraak",
        "a check of an agreement with a family": "merkteken gezinscontrole",
        "an approach": "merkteken aanpak",
        "one's own settings": "merkteken-instelling",
        "a log line about a case": '"what":"consulted"',
        "a log line about people": '"what":"invited"',
        "a private note": "merkteken prive",
        "a question": "merkteken vraag",
        "an answer": "merkteken antwoord",
        "a talk with the counsellor": "merkteken gesprek",
        "a consent": "merkteken toestemming",
        "released numbers": '"complainants"',
        "a complaint": "merkteken klacht",
        "what came of a complaint": "merkteken vervolg",
        "an incident": "merkteken incident",
        "what came of an incident": "merkteken maatregel",
        "an incident in a case": "merkteken zaakincident",
        "what came of an incident in a case": "merkteken zaakmaatregel",
        "a dismissed pattern": "merkteken patroon",
        "a year's figures": "merkteken cijfers",
        "an improvement": "merkteken verbeterpunt",
    }


def _incident(by: Register, kit: Kit, text: str, case: str) -> str:
    incident = Incident(
        notes=("een notitie",), author=by.me, entered=by.now(), ground=Ground.JUDGEMENT, behaviour="fysiek",
        happened=by.now(), pupils=(Participant(pupil=kit.ids[ZOE]),), what=(text,), case=case,
    )  # fmt: skip
    return str(by.db.table("incidents").insert(msgspec.to_builtins(incident)))


@functools.cache
def _filled() -> tuple[Path, dict[str, str]]:
    folder = Path(tempfile.mkdtemp(prefix="pesttui-rights-"))
    with school(folder) as kit:
        marks = _fill(kit)
        kit.close()
    return folder / "school.pest", marks


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "school.pest"
    shutil.copy(_filled()[0], path)
    yield path


def unlocked(path: Path, login: str) -> Vault:
    """Open the file with somebody's keys alone: no register, no settling, no rule of the program."""
    return Vault.unlock(str(path), login, passphrase_of(login), machine=Machine(), policies=POLICIES)


def plaintext(vault: Vault) -> str:
    """Return everything that these keys open."""
    places = [(table, ident) for table, documents in vault.state.tables.items() for ident in documents]
    found = (vault.read(place) for place in places)
    return "\n".join(content.decode() for content in found if content is not None)


@pytest.mark.parametrize("login", EVERYBODY)
def test_what_somebodys_keys_open(file: Path, login: str) -> None:
    with closing(unlocked(file, login)) as vault:
        text = plaintext(vault).replace('": "', '":"')
    for what, mark in _filled()[1].items():
        assert (mark in text) is (login in READERS[what]), (login, what)


def test_the_list_above_is_about_every_table() -> None:
    """A new table needs a line here, and its readers."""
    tables = {"school", "groups", "pupils", "settings", "cases", "steps", "decisions", "notes", "log", "questions"}
    tables |= {"consents", "counts", "agreements", "checks", "approaches", "complaints"}
    tables |= {"incidents", "incident_events", "dismissals", "analyses", "improvements"}
    assert set(POLICIES) == tables


# --- writing -----------------------------------------------------------------------------------------------------

HOMES = ("everyone", "staff", "lead", "direction", "group", "case", "own", "somebody else's own")


def home_of(vault: Vault, name: str) -> bytes:
    directory = vault.directory
    match name:
        case "group":
            return next(circle.id for circle in directory.circles.values() if circle.kind is CircleKind.GROUP)
        case "case":
            return next(circle.id for circle in directory.circles.values() if circle.kind is CircleKind.CASE)
        case "own":
            return vault.own_circle()
        case "somebody else's own":
            other = directory.by_login("joost" if vault.me.login != "joost" else "marit")
            assert other is not None
            circle = directory.labelled(CircleKind.PERSON, other.id.hex())
            assert circle is not None
            return circle.id
        case _:
            return directory.the(CircleKind[name.upper()]).id


def may(login: str, table: str, home: str) -> bool:
    """Who writes what where, from design's section 4: the last column."""
    steward = login in ("anne", "hans")
    in_case = login in LEADS | GROUP | {"esther"}
    allowed: dict[str, dict[str, bool]] = {
        "school": {"everyone": steward},
        "groups": {"staff": steward},
        "pupils": {"staff": steward},
        "settings": {"own": True},
        "cases": {"case": in_case},
        "steps": {"case": in_case},
        "decisions": {"case": in_case},
        "notes": {"own": login in STAFF, "case": in_case},
        "log": {"own": login in STAFF, "case": in_case},
        "agreements": {"case": in_case},
        "checks": {"case": in_case},
        "approaches": {"case": in_case},
        "complaints": {"lead": login in LEADS, "direction": login in ("anne", "hans")},
        "incidents": {"own": login in STAFF},
        "incident_events": {"own": login in STAFF},
        "dismissals": {"own": login in STAFF},
        "analyses": {"lead": login in LEADS, "direction": login in ("anne", "hans")},
        "improvements": {"lead": login in LEADS, "direction": login in ("anne", "hans")},
        "questions": {"own": login in STAFF},
        "consents": {"own": login in STAFF},
        "counts": {"own": login in STAFF},
    }
    return allowed[table].get(home, False)


@pytest.mark.parametrize("login", EVERYBODY)
def test_what_readers_take_from_somebody(file: Path, login: str) -> None:
    """Validly signed frames of a program of their own: every reader takes what is theirs to write, and no more."""
    with (
        closing(unlocked(file, login)) as vault,
        closing(unlocked(file, "anne" if login != "anne" else "hans")) as reader,
    ):
        written: dict[tuple[str, str], tuple[str, str]] = {}
        for table in POLICIES:
            for home in HOMES:
                place = (table, f"vervalst-{table}-{home}")
                inject(vault, *_forged(vault, place, home_of(vault, home)))
                written[table, home] = place
        reader.refresh()
        for (table, home), place in written.items():
            taken = reader.record(place) is not None
            assert taken is may(login, table, home), (login, table, home)
            assert (vault.record(place) is not None) is taken


def _forged(vault: Vault, place: tuple[str, str], home: bytes) -> list[Any]:
    """Make a record and a grant with everything right but, perhaps, the right to it."""
    key = vault.new_key()
    record = make_record(
        b"{}", place=place, vault_id=vault.id, rev=1, author=vault.me.id, home=home,
        time=vault.machine.milliseconds(), key=key, nonce=vault.machine.random(12), signer=vault.opened.keys,
    )  # fmt: skip
    circle = vault.directory.circles[home]
    grant = grant_shared(vault_id=vault.id, place=place, circle=home, epoch=circle.epoch, box=circle.box, key=key)
    return [Put(place, record), PutGrant(place, grant)]


@pytest.mark.parametrize("login", EVERYBODY)
def test_who_opens_cases_and_invites_people(file: Path, login: str) -> None:
    """The program says no before anything is written, and says it to the same people as the keys do."""

    def does(change: Any) -> bool:
        try:
            change()
        except PesttuiError:
            return False
        return True

    with closing(open_school(str(file), login, passphrase_of(login), machine=Machine())) as register:
        pupil = next(iter(_pupils(file)))
        assert does(lambda: register.cases.open({pupil: Strand.BULLIED})) is (login in STAFF)
        invited = does(lambda: register.people.invite(f"new-{login}", "Nieuw", [Role.TEACHER], cost=FLOOR))
        assert invited is (login in ("anne", "hans"))


def _pupils(file: Path) -> list[str]:
    with closing(unlocked(file, "anne")) as vault:
        return vault.ids("pupils")


def test_withdrawn_or_revoked_then_compacted_nothing_new_opens(file: Path) -> None:
    """The program of somebody who kept every secret they had, on the file as it is now."""
    with closing(open_school(str(file), "marit", passphrase_of("marit"), machine=Machine())) as marit:
        (code,) = (known.code for known in marit.cases.all())
        before = {login: unlocked(file, login) for login in ("esther", "joost")}
        marit.members.withdraw(code, before["esther"].me.id)
        marit.cases.record_step(code, 2, StepState.DONE, text="merkteken nieuw")
        with closing(open_school(str(file), "anne", passphrase_of("anne"), machine=Machine())) as anne:
            anne.people.revoke("joost")
            anne.cases.record_step(code, 3, StepState.DONE, text="merkteken daarna")
            compact(anne.vault)
            vault_key = anne.vault.vault_key
            for login, old in before.items():
                text = _with_old_keys(file, old, vault_key)
                assert "merkteken daarna" not in text, login
                assert "merkteken nieuw" not in text or login == "joost", login
                if login == "joost":
                    assert "merkteken" not in text, "not even what was there before: the wraps have gone"


def _with_old_keys(file: Path, old: Vault, vault_key: bytes) -> str:
    """Read a file with keys that somebody kept, and a vault key that somebody gave them."""
    journal = Journal(str(file), Machine())
    journal.use_key(vault_key)
    state = old.empty_state(journal)
    for written in journal.read_new():
        state.apply(written)
    journal.close()
    ring = Keyring(state, old.opened.person, old.opened.keys)
    found = []
    for table, documents in state.tables.items():
        for ident in documents:
            stored = state.standing((table, ident))
            key = ring.document((table, ident), stored.record) if stored else None
            if stored is not None and key is not None:
                found.append(stored.record.open(old.id, (table, ident), key[0]) or b"")
    return b"\n".join(found).decode()
