"""Who takes part in a case, hand-overs, leaving, and passphrases that are soon guessed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.demo import create_demo
from data.errors import Changed, NoEntry, NotAllowed, PesttuiError, UsageError
from data.model import DecisionKind, ParticipantRole, Strand
from data.protocol import StepState
from data.register import Jotting, Register, join_school, recover_school
from data.register.passphrase import check_strength
from data.vault.crypto import FLOOR
from data.vault.entries import Role
from data.vault.machine import Machine
from data.vault.verify import verify
from tests.data.school_kit import Kit, passphrase_of, school

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def a_case(kit: Kit, by: str = "marit") -> tuple[Register, str]:
    register = kit.open_as(by)
    return register, register.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})


def ident(register: Register, login: str) -> bytes:
    return register.people.called(login).person.id


def reads(kit: Kit, login: str, code: str) -> bool:
    try:
        kit.open_as(login).cases.get(code)
    except NotAllowed:
        return False
    return True


def logins(register: Register, code: str) -> set[str]:
    return {taking.person.login for taking in register.members.of(code)}


# --- taking part -----------------------------------------------------------------------------------------------


def test_a_colleague_let_in_reads_the_past_and_writes_on(kit: Kit) -> None:
    marit, code = a_case(kit)
    marit.cases.record_step(code, 1, StepState.DONE, text="op het plein")
    marit.notes.add(Jotting("zag het zelf", case=code))
    assert not reads(kit, "karim", code)
    marit.members.invite(code, ident(marit, "karim"))
    karim = kit.open_as("karim")
    assert [event.record.text for event in karim.cases.get(code).events] == [("op het plein",)]
    assert len(karim.notes.of_case(code)) == 1
    karim.cases.record_step(code, 3, StepState.DONE, text="samen bekeken")
    marit.refresh()
    assert len(marit.cases.get(code).events) == 2
    assert logins(marit, code) == {"marit", "joost", "karim", "anne"}
    with pytest.raises(UsageError):
        marit.members.invite(code, ident(marit, "karim"))


def test_an_outside_expert_sees_that_case_alone(kit: Kit) -> None:
    marit, code = a_case(kit)
    _, other = a_case(kit)
    marit.refresh()
    marit.members.invite(code, ident(marit, "esther"))
    esther = kit.open_as("esther")
    assert [known.code for known in esther.cases.all()] == [code]
    assert esther.pupils.all() == []
    assert not reads(kit, "esther", other)
    esther.cases.record_step(code, 12, StepState.BUSY, text="meegekeken in de klas", why="te ernstig", grave=True)
    with pytest.raises(NotAllowed):
        esther.members.invite(code, ident(esther, "karim"))


def test_who_is_taken_out_reads_nothing_new(kit: Kit) -> None:
    marit, code = a_case(kit)
    marit.members.invite(code, ident(marit, "karim"))
    karim = kit.open_as("karim")
    assert karim.cases.get(code)
    marit.members.withdraw(code, ident(marit, "karim"))
    marit.cases.record_step(code, 1, StepState.DONE, text="alleen voor ons")
    note = marit.notes.add(Jotting("ook alleen voor ons", case=code))
    karim.refresh()
    assert karim.notes.get(note) is None
    assert "alleen voor ons" not in str([event.record for known in karim.cases.all() for event in known.events])
    assert not reads(kit, "karim", code)
    assert logins(marit, code) == {"marit", "joost", "anne"}
    with pytest.raises(PesttuiError):
        karim.cases.record_step(code, 2, StepState.DONE, text="ik wil ook")
    assert verify(marit.vault).whole


def test_only_who_takes_part_lets_others_in(kit: Kit) -> None:
    marit, code = a_case(kit)
    hans = kit.open_as("hans")
    for who in ("hans", "karim"):
        with pytest.raises(NotAllowed):
            hans.members.invite(code, ident(hans, who))
    with pytest.raises(UsageError):
        marit.members.invite(code, ident(marit, "dirk"))  # only keeps the file
    with pytest.raises(UsageError):
        marit.members.withdraw(code, ident(marit, "karim"))


def test_a_lead_with_a_conflict_of_interest_is_out_of_that_case(kit: Kit) -> None:
    anne = kit.open_as("anne")
    anne.people.change("fenna", [Role.IB], [])
    marit, code = a_case(kit)
    _, other = a_case(kit)
    with pytest.raises(NotAllowed):
        marit.members.withdraw(code, ident(marit, "anne"))  # a teacher does not decide about leads
    fenna = kit.open_as("fenna")
    fenna.members.withdraw(code, ident(fenna, "anne"))
    fenna.cases.record_step(code, 1, StepState.DONE, text="zonder de coördinator")
    assert not reads(kit, "anne", code)
    assert reads(kit, "anne", other)
    assert reads(kit, "fenna", code)
    assert reads(kit, "marit", code)
    assert logins(fenna, code) == {"marit", "joost", "fenna"}
    assert verify(fenna.vault).whole


def test_the_only_lead_stays(kit: Kit) -> None:
    anne = kit.open_as("anne")
    _, code = a_case(kit)
    anne.refresh()
    with pytest.raises(UsageError):
        anne.members.withdraw(code, ident(anne, "anne"))
    assert reads(kit, "anne", code)


# --- handing over ----------------------------------------------------------------------------------------------


def test_a_case_handed_over_has_a_new_owner_once_accepted(kit: Kit) -> None:
    marit, code = a_case(kit)
    with pytest.raises(UsageError):
        marit.members.withdraw(code, ident(marit, "marit"))
    marit.members.offer(code, ident(marit, "karim"))
    known = marit.cases.get(code)
    assert known.owner == marit.me
    assert known.offered is not None
    joost, karim = kit.open_as("joost"), kit.open_as("karim")
    with pytest.raises(Changed):
        joost.members.accept(code)
    karim.members.accept(code)
    with pytest.raises(Changed):
        karim.members.accept(code)
    marit.refresh()
    known = marit.cases.get(code)
    assert (known.owner, known.offered) == (karim.me, None)
    assert known.open
    assert known.agreed_day is None
    marit.members.withdraw(code, ident(marit, "marit"))
    assert not reads(kit, "marit", code)


def test_what_a_hand_over_may_not_be(kit: Kit) -> None:
    marit, code = a_case(kit)
    with pytest.raises(UsageError):
        marit.members.offer(code, ident(marit, "marit"))
    with pytest.raises(UsageError):
        marit.cases.decide(code, DecisionKind.OFFERED, to="nobody")
    marit.cases.decide(code, DecisionKind.CLOSED, text="klaar")
    with pytest.raises(UsageError):
        marit.members.offer(code, ident(marit, "joost"))


# --- leaving ---------------------------------------------------------------------------------------------------


def test_what_a_leaver_still_holds(kit: Kit) -> None:
    _, code = a_case(kit)
    karim, own = a_case(kit, "karim")
    karim.members.withdraw(own, ident(karim, "marit"))
    karim.members.withdraw(own, ident(karim, "joost"))
    anne = kit.open_as("anne")
    (held,) = anne.members.held(ident(anne, "karim"))
    assert (held.case.code, held.owner, held.alone, held.offered_to) == (own, True, True, "")
    (held,) = anne.members.held(ident(anne, "joost"))
    assert (held.case.code, held.owner, held.alone) == (code, False, False)
    hans = kit.open_as("hans")
    assert hans.members.held(ident(hans, "karim")) == []
    assert hans.members.unseen(ident(hans, "karim"), []) == 1


def test_a_teacher_leaves(kit: Kit) -> None:
    marit, code = a_case(kit)
    joost = kit.open_as("joost")
    anne = kit.open_as("anne")
    anne.members.offer(code, ident(anne, "joost"))
    joost.refresh()
    joost.members.accept(code)
    anne.refresh()
    anne.people.revoke("marit")
    with pytest.raises(NoEntry):
        marit.refresh()
    with pytest.raises(NoEntry):
        kit.open_as("marit")
    known = kit.open_as("joost").cases.get(code)
    assert known.owner == joost.me
    assert anne.people.name(known.case.owner) == "Marit Hoekstra", "what she did stays hers"
    assert "marit" not in logins(anne, code)
    with pytest.raises(UsageError):
        anne.people.called("marit")
    code_again = anne.people.invite("marit", "Marit de Tweede", [Role.TEACHER], cost=FLOOR).code
    new = join_school(str(kit.path), "marit", code_again, "drie vogels zingen hard", machine=kit.machine, cost=FLOOR)
    assert new.cases.all() == []
    new.close()
    assert verify(anne.vault).whole


def test_roles_and_groups_change_what_one_reads(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    marit.notes.add(Jotting("over groep zes", pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),)))
    assert kit.open_as("karim").notes.all() == []
    anne.people.change("karim", [Role.TEACHER], ["groep 6", "groep 7"])
    assert len(kit.open_as("karim").notes.all()) == 1
    anne.people.change("karim", [Role.TEACHER], ["groep 7"])
    anne.refresh()
    marit.refresh()
    marit.notes.add(Jotting("nog iets", pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),)))
    assert kit.open_as("karim").notes.all() == []
    with pytest.raises(UsageError):
        anne.people.change("karim", [Role.TEACHER], ["groep 9"])
    with pytest.raises(UsageError):
        anne.people.change("karim", [], [])
    with pytest.raises(NotAllowed):
        marit.people.change("karim", [Role.DIRECTOR], [])


def test_settings_begin_anew_after_a_reset(kit: Kit) -> None:
    """What lay in the own circle cannot be read any more, and must not stand in the way."""
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    marit.change_settings(lambda now: replace(now, language="en"))
    anne.refresh()
    invitation = anne.people.reset("marit", cost=FLOOR)
    again = join_school(
        str(kit.path), "marit", invitation.code, passphrase_of("marit"), machine=kit.machine, cost=FLOOR
    )
    assert again.settings().language == ""
    again.change_settings(lambda now: replace(now, language="nl"))
    again.close()
    assert kit.open_as("marit").settings().language == "nl"


def test_recovery_from_the_printed_code(tmp_path: Path) -> None:
    made = create_demo(str(tmp_path / "school.pest"))
    recovered = recover_school(made.vault, made.recovery_code, machine=Machine(), cost=FLOOR)
    assert recovered.cases.all(), "the leads' cases are there"
    invitation = recovered.people.reset("anne", cost=FLOOR)
    recovered.close()
    anne = join_school(made.vault, "anne", invitation.code, "een walvis leest boeken", machine=Machine(), cost=FLOOR)
    assert len(anne.cases.all()) == len(made.cases)
    anne.close()


# --- passphrases -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weak",
    ["kort", "password1234", "qwertyuiop[]", "1234567890123", "aaaaaaaaaaaaaaa", "marit hoekstra", "12-10-2014",
     "zevensprong1"],
)  # fmt: skip
def test_what_is_soon_guessed_is_refused_with_advice(weak: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_strength(weak, "marit", "Marit Hoekstra", "De Zevensprong")
    assert weak not in str(refused.value)


@pytest.mark.parametrize("strong", ["mijn fiets zingt zachtjes", "éé koe ladder wolk", "k7#Qz!vB2 " * 30 + "ladder"])
def test_four_words_are_taken(strong: str) -> None:
    check_strength(strong, "marit", "Marit Hoekstra", "De Zevensprong")


def test_a_changed_passphrase(kit: Kit) -> None:
    marit = kit.open_as("marit")
    with pytest.raises(UsageError):
        marit.people.change_passphrase(passphrase_of("marit"), "marit marit", cost=FLOOR)
    with pytest.raises(NoEntry):
        marit.people.change_passphrase("niet deze", "een koe op de ladder", cost=FLOOR)
    marit.people.change_passphrase(passphrase_of("marit"), "een koe op de ladder", cost=FLOOR)
    with pytest.raises(NoEntry):
        kit.open_as("marit")
