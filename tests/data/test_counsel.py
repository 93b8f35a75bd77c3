"""The counsellor's compartment: nobody else's keys open it, and nothing leaves it but released numbers."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest

from data.errors import NotAllowed, UsageError
from data.model import Counts, Note, NoteKind
from data.register import Jotting, Register
from data.register.counsel import Meeting
from data.register.day import look
from data.vault.compact import compact
from data.vault.entries import CircleKind
from data.vault.operations import PutGrant
from data.vault.records import Grant
from data.vault.vault import Placement
from data.vault.verify import verify
from tests.data.school_kit import PEOPLE, Kit, note_ids, school
from tests.data.test_private_notes import all_they_decrypt
from tests.data.vault_kit import inject

WHO, TEXT, TO, REFERRED = "moeder van Lotte", "voelt zich niet gehoord", "met de directeur praten", "klachtencommissie"
SECRETS = [secret.encode() for secret in ("moeder van", TEXT, TO, REFERRED)]
YEAR = "2026-2027"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def fill(kit: Kit, fenna: Register) -> tuple[str, str, str]:
    """A conversation, an appointment and a consent."""
    now = kit.clock.now()
    talk = fenna.counsel.add(Meeting(WHO, now, TEXT, referred=REFERRED))
    meeting = fenna.counsel.add(Meeting(WHO, now + timedelta(days=2), TEXT, appointment=True))
    return talk, meeting, fenna.counsel.consent(WHO, TO, now.date())


def nobody_reads(kit: Kit) -> None:
    for login in set(PEOPLE) - {"fenna"}:
        everything = all_they_decrypt(kit, login)
        assert not [secret for secret in SECRETS if secret in everything], login


def test_nobody_else_reads_anything_of_it(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    talk, meeting, consent = fill(kit, fenna)
    own = all_they_decrypt(kit, "fenna")
    assert all(secret in own for secret in SECRETS)
    nobody_reads(kit)
    for place in (("notes", talk), ("notes", meeting), ("consents", consent)):
        assert fenna.vault.readers(place) == {fenna.vault.own_circle()}
    fenna.counsel.release(YEAR)
    fenna.counsel.withdraw(consent, kit.clock.now().date())
    nobody_reads(kit)
    compact(kit.open_as("anne").vault)
    for login in set(PEOPLE) - {"fenna"}:
        vault = kit.open_as(login).vault
        contents = [vault.read((table, ident)) or b"" for table in vault.state.tables for ident in vault.ids(table)]
        assert not [secret for secret in SECRETS if secret in b"".join(contents)], login


def test_it_is_in_no_list_but_its_own(kit: Kit) -> None:
    """Also not in the counsellor's own: the compartment stands beside the rest, for who looks over a shoulder."""
    fenna = kit.open_as("fenna")
    talk, meeting, _ = fill(kit, fenna)
    assert [known.id for known in fenna.counsel.all()] == [talk, meeting]
    kit.clock.pass_(days=60)
    day = look(fenna)
    assert (day.notes, day.private, day.news) == ((), (), ())
    assert note_ids(fenna) == set()
    assert fenna.notes.get(talk) is None
    with pytest.raises(NotAllowed):
        fenna.notes.share(talk)
    for login in set(PEOPLE) - {"fenna"}:
        register = kit.open_as(login)
        assert register.counsel.all() == []
        assert register.counsel.consents() == []
        assert note_ids(register) == set()


def test_only_a_counsellor_has_one(kit: Kit) -> None:
    now = kit.clock.now()
    for login in set(PEOPLE) - {"fenna"}:
        counsel = kit.open_as(login).counsel
        assert not counsel.mine
        attempts = (
            partial(counsel.add, Meeting(WHO, now, TEXT)),
            partial(counsel.consent, WHO, TO, now.date()),
            partial(counsel.withdraw, "x", now.date()),
            partial(counsel.release, YEAR),
        )
        for attempt in attempts:
            with pytest.raises(NotAllowed):
                attempt()


def test_what_is_in_it_can_be_removed(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    talk, meeting, _ = fill(kit, fenna)
    with pytest.raises(NotAllowed):
        kit.open_as("anne").notes.remove(talk)
    fenna.notes.remove(talk)
    assert [known.id for known in fenna.counsel.all()] == [meeting]
    assert verify(fenna.vault).whole


def test_a_note_that_calls_itself_confidential_and_is_shared_is_seen(kit: Kit) -> None:
    """A colleague's program cannot hide a note from those whom it granted it to."""
    marit = kit.open_as("marit")
    now = kit.clock.now()
    note = Note(
        kind=NoteKind.CONFIDENTIAL, author=marit.me, happened=now, entered=now, facts=("verstopt",), private=True
    )
    with marit.vault.transaction() as transaction:
        staff = frozenset({marit.vault.directory.the(CircleKind.STAFF).id})
        placement = Placement(marit.vault.own_circle(), staff)
        transaction.put(("notes", "vals"), msgspec.json.encode(note), placement)
    for login in ("marit", "joost", "fenna"):
        register = kit.open_as(login)
        assert note_ids(register) == {"vals"}
        assert register.counsel.all() == []


def test_a_stray_grant_brings_nothing_out_of_the_compartment(kit: Kit) -> None:
    """Anybody can write a grant that opens nothing: it must not move a conversation to the counsellor's other lists."""
    fenna, karim = kit.open_as("fenna"), kit.open_as("karim")
    talk, meeting, _ = fill(kit, fenna)
    there = [known.id for known in fenna.counsel.all()]
    private = fenna.notes.add(Jotting("van mij alleen", private=True))
    staff = karim.vault.directory.the(CircleKind.STAFF).id
    karim.refresh()
    for ident in (talk, meeting, private):
        for circle in (karim.vault.own_circle(), staff):
            inject(karim.vault, PutGrant(("notes", ident), Grant(circle, 1, True, b"z" * 80)))
    for register in (fenna, kit.open_as("fenna")):
        register.refresh()
        assert [known.id for known in register.counsel.all()] == there
        assert note_ids(register) == {private}
        assert all(known.note.private for known in register.notes.all())
    assert note_ids(karim) == set()
    with pytest.raises(NotAllowed):
        fenna.notes.remove(talk)  # what that grant costs: see THREATS.md


@pytest.mark.parametrize(
    "meeting",
    [
        lambda now: Meeting("", now, TEXT),
        lambda now: Meeting("\x00 \n", now, TEXT),
        lambda now: Meeting(WHO, now, " "),
        lambda now: Meeting(WHO, now, "x" * 2_000_000),
        lambda now: Meeting(WHO, now + timedelta(hours=1), TEXT),
        lambda now: Meeting(WHO, now - timedelta(days=1), TEXT, appointment=True),
    ],
    ids=["nobody", "control characters", "no text", "endless", "still to come", "appointment past"],
)
def test_what_says_too_little_is_refused(kit: Kit, meeting: Callable[[datetime], Meeting]) -> None:
    fenna = kit.open_as("fenna")
    with pytest.raises(UsageError):
        fenna.counsel.add(meeting(kit.clock.now()))
    assert fenna.counsel.all() == []


def test_a_consent_is_given_and_taken_back(kit: Kit) -> None:
    fenna, today = kit.open_as("fenna"), kit.clock.now().date()
    ident = fenna.counsel.consent(WHO, TO, today)
    (known,) = fenna.counsel.consents()
    assert (known.consent.who, known.consent.to, known.consent.day, known.withdrawn) == (WHO, TO, today, None)
    kit.clock.pass_(days=3)
    fenna.counsel.withdraw(ident, kit.clock.now().date())
    (known,) = fenna.counsel.consents()
    assert known.withdrawn == today + timedelta(days=3)
    with pytest.raises(UsageError):
        fenna.counsel.withdraw(ident, kit.clock.now().date())
    for who, to, day in (("", TO, today), (WHO, " ", today), (WHO, TO, today + timedelta(days=9))):
        with pytest.raises(UsageError):
            fenna.counsel.consent(who, to, day)
    assert len(fenna.counsel.consents()) == 1


def test_nobody_takes_a_consent_back_for_the_counsellor(kit: Kit) -> None:
    """Marit's program grants Fenna a withdrawal of her own making."""
    fenna, marit = kit.open_as("fenna"), kit.open_as("marit")
    ident = fenna.counsel.consent(WHO, TO, kit.clock.now().date())
    marit.refresh()
    content = {"author": fenna.me, "entered": kit.clock.now().isoformat(), "day": "2026-11-18", "withdraws": ident}
    with marit.vault.transaction() as transaction:
        placement = Placement(marit.vault.own_circle(), frozenset({fenna.vault.own_circle()}))
        transaction.put(("consents", "vals"), msgspec.json.encode(content), placement)
    fenna.refresh()
    (known,) = fenna.counsel.consents()
    assert known.withdrawn is None


def test_numbers_count_people_and_not_texts(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    for who, referred in ((WHO, ""), (WHO.upper(), REFERRED), ("vader van Sem", ""), (f" {WHO} ", REFERRED)):
        fenna.counsel.add(Meeting(who, kit.clock.now(), TEXT, referred=referred))
    fenna.counsel.add(Meeting("iemand", kit.clock.now() + timedelta(days=1), appointment=True))
    fenna.counsel.add(Meeting(WHO, kit.clock.now() - timedelta(days=200), TEXT))
    found = fenna.counsel.numbers(YEAR)
    assert (found.conversations, found.complainants, found.referred) == (4, 2, 1)
    before = fenna.counsel.numbers("2025-2026")
    assert (before.conversations, before.complainants, before.referred) == (1, 1, 0)


def test_numbers_leave_when_they_are_released_and_for_whom(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    fill(kit, fenna)
    assert kit.open_as("anne").counsel.released() == []
    fenna.counsel.release(YEAR)
    fenna.counsel.add(Meeting("nog iemand", kit.clock.now(), TEXT))
    for login in set(PEOPLE) - {"fenna"}:
        register = kit.open_as(login)
        found = [(c.year, c.conversations, c.complainants, c.referred) for c in register.counsel.released()]
        assert found == ([(YEAR, 1, 1, 1)] if login in ("anne", "hans") else []), login
        assert register.counsel.reads_numbers is (login in ("anne", "hans")), login
    fenna.counsel.release(YEAR)
    (again,) = kit.open_as("hans").counsel.released()
    assert again.conversations == 2


def test_what_is_released_holds_numbers_and_nothing_else(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    fill(kit, fenna)
    ident = fenna.counsel.release(YEAR)
    content = kit.open_as("hans").vault.read(("counts", ident))
    assert content
    assert set(msgspec.json.decode(content)) == {
        "author", "entered", "year", "conversations", "complainants", "referred",
    }  # fmt: skip


def test_numbers_of_who_is_no_counsellor_do_not_count(kit: Kit) -> None:
    marit = kit.open_as("marit")
    counts = Counts(
        author=kit.open_as("fenna").me,
        entered=kit.clock.now(),
        year=YEAR,
        conversations=99,
        complainants=9,
        referred=9,
    )
    marit.db.table("counts").insert(msgspec.to_builtins(counts))
    assert kit.open_as("hans").counsel.released() == []


def test_appointments_of_today(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    fill(kit, fenna)
    assert look(fenna).appointments == 0
    kit.clock.pass_(days=2)
    assert look(fenna).appointments == 1
    assert look(kit.open_as("anne")).appointments == 0
    assert kit.clock.now().date() > date(2026, 11, 18)
