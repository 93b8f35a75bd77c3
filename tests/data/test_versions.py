"""Concepts that are gone on with, notes that are corrected: by their author alone, whatever a note claims."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import Changed, NotAllowed, UsageError
from data.model import Note, NoteKind, Participant, PupilRef, Source
from data.register import Jotting, KnownNote, Register
from data.register.day import look
from data.register.dossier import build
from data.register.notes import UNFINISHED_DAYS
from data.register.versions import standing, successors, with_originals
from data.vault.entries import CircleKind
from data.vault.verify import verify
from tests.data.school_kit import START, Kit, about, note_ids, note_of, school

ZOE, NOOR, LOTTE = "Zoë de Vries", "Noor Yılmaz", "Lotte Smit"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def concept(kit: Kit, facts: str = "half", *names: str, **more: Any) -> Jotting:
    return replace(about(kit, facts, *names), concept=True, **more)


def forge(register: Register, **parts: Any) -> str:
    """Write a note past the register, as a hostile program would."""
    now = register.now()
    note = Note(**{"author": register.me, "happened": now, "entered": now, "facts": ("vals",), **parts})
    return str(register.db.table("notes").insert(msgspec.to_builtins(note)))


# --- concepts ------------------------------------------------------------------------------------------------


def test_the_next_entry_stands_in_the_place_of_a_concept(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    first = marit.notes.add(concept(kit, "half", ZOE, place="plein"))
    kit.clock.pass_(hours=1)
    second = marit.notes.go_on(first, concept(kit, "bijna", ZOE))
    last = marit.notes.go_on(second, about(kit, "heel", ZOE, NOOR))
    joost.refresh()
    for register in (marit, joost):
        assert note_ids(register) == {last}
        known = register.notes.get(first)
        assert known is not None and known.id == last, "what the concept became"
        assert register.notes.loose(START) == register.notes.all()
    known = note_of(joost, last)
    assert (known.note.concept, known.note.replaces, known.note.facts) == (False, second, ("heel",))
    assert known.note.happened == START.astimezone() + (kit.clock.now() - START) / 2, "when it happened stays"
    assert known.written < known.note.entered == kit.clock.now()
    assert verify(marit.vault).whole


def test_a_concept_is_a_note_for_those_whom_it_concerns_and_says_what_it_is(kit: Kit) -> None:
    ident = kit.open_as("marit").notes.add(concept(kit, "half", ZOE))
    assert kit.who_reads(ident) == {"marit", "joost", "anne"}
    assert note_of(kit.open_as("joost"), ident).note.concept


def test_who_read_the_concept_reads_what_became_of_it_whomever_that_names(kit: Kit) -> None:
    marit = kit.open_as("marit")
    first = marit.notes.add(concept(kit, "half", LOTTE))
    assert kit.who_reads(first) == {"marit", "karim", "anne"}
    last = marit.notes.go_on(first, about(kit, "het was Zoë", ZOE))
    assert kit.who_reads(last) == {"marit", "joost", "karim", "anne"}
    assert note_ids(kit.open_as("karim")) == {last}


def test_a_grant_that_opens_nothing_lets_nobody_into_the_next_entry(kit: Kit) -> None:
    """Who cannot read a concept can still write a grant for themselves; it must not become a real one."""
    marit, karim = kit.open_as("marit"), kit.open_as("karim")
    first = marit.notes.add(concept(kit, "half", ZOE))
    other = karim.notes.add(about(kit, "iets anders", LOTTE))
    karim.refresh()
    group = karim.vault.directory.labelled(CircleKind.GROUP, karim.pupils.group_named("groep 7") or "")
    assert group is not None
    with karim.vault.transaction() as transaction:
        transaction._keys["notes", first] = karim.vault.document_key(("notes", other)) or b""
        transaction.grant(("notes", first), group.id)
    marit.refresh()
    assert any(group.id in seen.granted for seen in marit.vault.outline("notes") if seen.id == first)
    last = marit.notes.go_on(first, about(kit, "heel", ZOE))
    assert kit.who_reads(last) == {"marit", "joost", "anne"}


@pytest.mark.parametrize("login", ["joost", "anne", "hans", "karim"])
def test_only_its_author_goes_on_with_a_concept_or_corrects_a_note(kit: Kit, login: str) -> None:
    marit, other = kit.open_as("marit"), kit.open_as(login)
    half, whole = marit.notes.add(concept(kit, "half", ZOE)), marit.notes.add(about(kit, "heel", ZOE))
    other.refresh()
    with pytest.raises(NotAllowed):
        other.notes.go_on(half, about(kit, "mijn versie", ZOE))
    with pytest.raises(NotAllowed):
        other.notes.correct(whole, about(kit, "mijn versie", ZOE))
    assert note_ids(marit) == {half, whole}


def test_a_complete_note_is_not_gone_on_with_and_a_concept_not_corrected(kit: Kit) -> None:
    marit = kit.open_as("marit")
    half, whole = marit.notes.add(concept(kit, "half", ZOE)), marit.notes.add(about(kit, "heel", ZOE))
    with pytest.raises(NotAllowed):
        marit.notes.go_on(whole, about(kit, "anders", ZOE))
    with pytest.raises(NotAllowed):
        marit.notes.correct(half, about(kit, "anders", ZOE))
    with pytest.raises(UsageError):
        marit.notes.go_on(half, about(kit, " ", ZOE))


def test_two_windows_complete_one_concept(kit: Kit) -> None:
    marit, again = kit.open_as("marit"), kit.open_as("marit")
    half = marit.notes.add(concept(kit, "half", ZOE))
    again.refresh()
    last = marit.notes.go_on(half, about(kit, "heel", ZOE))
    with pytest.raises(Changed):
        again.notes.go_on(half, about(kit, "anders", ZOE))
    assert note_ids(again) == {last}


@pytest.mark.parametrize("login", ["joost", "anne"])
def test_a_colleague_who_claims_to_go_on_hides_nothing(kit: Kit, login: str) -> None:
    marit, hostile = kit.open_as("marit"), kit.open_as(login)
    half = marit.notes.add(concept(kit, "half", ZOE))
    hostile.refresh()
    pupils = (Participant(pupil=kit.ids[ZOE]),)
    forged = forge(hostile, author=marit.me, replaces=half, pupils=pupils)
    for reader in ("marit", "joost", "anne"):
        register = kit.open_as(reader)
        assert note_ids(register) == {half, forged}
        assert note_of(register, half).note.concept
        found = register.notes.get(half)
        assert found is not None and found.id == half
    assert [known.id for known in look(kit.open_as("marit")).concepts] == [half]


def test_an_author_hides_no_complete_note_and_no_later_one(kit: Kit) -> None:
    marit = kit.open_as("marit")
    pupils = (Participant(pupil=kit.ids[ZOE]),)
    whole = marit.notes.add(about(kit, "heel", ZOE))
    after_whole = forge(marit, replaces=whole, pupils=pupils)
    table = marit.db.table("notes")
    now = marit.now()
    note = Note(
        author=marit.me, happened=now, entered=now, facts=("a",), concept=True, pupils=pupils, replaces="b" * 32
    )
    table.insert(table.document_class(msgspec.to_builtins(note), "a" * 32))
    table.insert(table.document_class(msgspec.to_builtins(msgspec.structs.replace(note, replaces="a" * 32)), "b" * 32))
    assert note_ids(kit.open_as("joost")) == {whole, after_whole, "b" * 32}, "in a circle, the last one stands"


def test_my_day_asks_for_what_is_to_be_completed(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open(marit.cases.strands_of([marit.notes.add(about(kit, "heel", ZOE))]))
    loose = marit.notes.add(concept(kit, "half", ZOE))
    kit.clock.pass_(minutes=1)
    in_case = marit.notes.add(concept(kit, "half in de zaak", ZOE, case=code))
    kit.clock.pass_(minutes=1)
    alone = marit.notes.add(concept(kit, "half en privé", private=True))
    marit.mark_seen(kit.clock.now(), code)
    assert [known.id for known in look(marit).concepts] == [loose, in_case, alone]
    assert look(kit.open_as("joost")).concepts == look(kit.open_as("anne")).concepts == ()
    for ident in (loose, in_case, alone):
        marit.notes.go_on(ident, about(kit, "heel", ZOE))
    assert look(marit).concepts == ()
    marit.notes.add(concept(kit, "half", ZOE))
    kit.clock.pass_(days=UNFINISHED_DAYS, hours=1)
    assert look(marit).concepts == ()


def test_a_concept_in_a_case_stays_in_it(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = marit.cases.open(marit.cases.strands_of([marit.notes.add(about(kit, "heel", ZOE))]))
    half = marit.notes.add(concept(kit, "half", ZOE))
    marit.cases.add_note(code, half)
    last = marit.notes.go_on(half, about(kit, "toch heel", ZOE))
    for login in ("marit", "joost", "anne"):
        assert [known.id for known in kit.open_as(login).notes.of_case(code)] == [last]
    code = marit.cases.open(marit.cases.strands_of([half]), notes=[half])
    assert [known.id for known in marit.notes.of_case(code)] == [last], "what stands in its place joins"


def test_an_outsider_completes_a_concept_in_their_case(kit: Kit) -> None:
    marit, esther = kit.open_as("marit"), kit.open_as("esther")
    code = marit.cases.open(marit.cases.strands_of([marit.notes.add(about(kit, "heel", ZOE))]))
    marit.members.invite(code, esther.vault.me.id)
    esther.refresh()
    half = esther.notes.add(Jotting("half", case=code, concept=True))
    assert [known.id for known in look(esther).concepts] == [half]
    last = esther.notes.go_on(half, Jotting("heel", case=code))
    assert [known.id for known in kit.open_as("marit").notes.of_case(code)] == [last]


# --- private concepts ----------------------------------------------------------------------------------------


def test_of_a_private_concept_only_the_last_entry_is_left(kit: Kit) -> None:
    marit = kit.open_as("marit")
    first = marit.notes.add(concept(kit, "half", ZOE, private=True))
    second = marit.notes.go_on(first, concept(kit, "bijna", ZOE, private=True))
    assert note_ids(marit) == {second}
    assert marit.vault.read(("notes", first)) is None
    assert kit.who_reads(second) == {"marit"}
    last = marit.notes.go_on(second, about(kit, "voor allen", ZOE))
    assert kit.who_reads(last) == {"marit", "joost", "anne"}
    assert note_ids(marit) == {last}
    marit.notes.remove(marit.notes.add(concept(kit, "weg", private=True)))
    assert note_ids(marit) == {last}
    assert verify(marit.vault).whole


def test_what_others_have_read_never_becomes_private(kit: Kit) -> None:
    marit = kit.open_as("marit")
    half, whole = marit.notes.add(concept(kit, "half", ZOE)), marit.notes.add(about(kit, "heel", ZOE))
    with pytest.raises(UsageError):
        marit.notes.go_on(half, replace(about(kit, "geheim", ZOE), private=True))
    with pytest.raises(UsageError):
        marit.notes.correct(whole, replace(about(kit, "geheim", ZOE), private=True))
    alone = marit.notes.add(replace(about(kit, "geheim", ZOE), private=True))
    with pytest.raises(NotAllowed):
        marit.notes.correct(alone, about(kit, "anders", ZOE))


# --- corrections ---------------------------------------------------------------------------------------------


def test_a_correction_stands_behind_its_original_and_both_are_shown(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(about(kit, "op maandag", ZOE))
    kit.clock.pass_(days=1)
    between = marit.notes.add(about(kit, "iets anders", ZOE))
    kit.clock.pass_(days=1)
    first = marit.notes.correct(ident, replace(about(kit, "op dinsdag", ZOE), happened=kit.clock.now()))
    second = marit.notes.correct(first, about(kit, "op woensdag", ZOE))
    joost = kit.open_as("joost")
    notes = joost.notes.all()
    assert [known.id for known in notes] == [ident, first, second, between]
    assert [known.corrected for known in notes] == [True, True, False, False]
    assert notes[1].original is not None and notes[1].original.id == ident
    assert notes[2].first.id == ident
    for one in (ident, first, second):
        assert [known.id for known in joost.notes.around(one)] == [ident, first, second]
    assert [known.id for known in joost.notes.around(between)] == [between]
    with pytest.raises(UsageError, match="Nothing was changed"):
        marit.notes.correct(second, about(kit, "op woensdag", ZOE))


def test_who_read_a_note_reads_its_correction(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(about(kit, "Lotte deed het", LOTTE))
    correction = marit.notes.correct(ident, about(kit, "het was Zoë", ZOE))
    assert kit.who_reads(correction) == {"marit", "joost", "karim", "anne"}
    (alone,) = kit.open_as("joost").notes.all()
    assert (alone.id, alone.note.corrects, alone.original) == (correction, ident, None), "of something unknown to him"


def test_a_correction_joins_the_case_of_its_original_and_the_other_way_round(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(about(kit, "op maandag", ZOE))
    code = marit.cases.open(marit.cases.strands_of([ident]), notes=[ident])
    correction = marit.notes.correct(ident, about(kit, "op dinsdag", ZOE))
    assert [known.id for known in kit.open_as("joost").notes.of_case(code)] == [ident, correction]
    loose = marit.notes.add(about(kit, "op maandag", NOOR))
    corrected = marit.notes.correct(loose, about(kit, "op dinsdag", NOOR))
    for chosen in (loose, corrected):
        code = marit.cases.open(marit.cases.strands_of([chosen]), notes=[chosen])
        assert [known.id for known in marit.notes.of_case(code)] == [loose, corrected]


def test_a_correction_by_somebody_outside_the_case_is_shown_in_it_to_who_reads_both(kit: Kit) -> None:
    """Karim's note joined a case that he takes no part in: what he corrects belongs there all the same."""
    karim, anne = kit.open_as("karim"), kit.open_as("anne")
    ident = karim.notes.add(about(kit, "Zoë stond bij groep 7", ZOE, LOTTE))
    anne.refresh()
    code = anne.cases.open({kit.ids[ZOE]: anne.cases.strands_of([ident])[kit.ids[ZOE]]}, notes=[ident])
    karim.refresh()
    correction = karim.notes.correct(ident, about(kit, "Zoë stond ernaast", ZOE, LOTTE))
    anne.refresh()
    assert [known.id for known in anne.notes.of_case(code)] == [ident, correction]
    assert [known.case for known in anne.notes.of_case(code)] == [code, code]


@pytest.mark.parametrize("login", ["joost", "anne"])
def test_a_colleague_who_claims_to_correct_corrects_nothing(kit: Kit, login: str) -> None:
    marit, hostile = kit.open_as("marit"), kit.open_as(login)
    whole = marit.notes.add(about(kit, "heel", ZOE))
    hostile.refresh()
    forged = forge(hostile, author=marit.me, corrects=whole, pupils=(Participant(pupil=kit.ids[ZOE]),))
    joost = kit.open_as("joost")
    original, claim = note_of(joost, whole), note_of(joost, forged)
    assert not original.corrected and (claim.note.corrects, claim.original) == ("", None)
    assert [known.id for known in joost.notes.around(whole)] == [whole]


def test_a_dossier_holds_a_note_and_its_correction(kit: Kit) -> None:
    marit = kit.open_as("marit")
    ident = marit.notes.add(about(kit, "Zoë deed het", ZOE))
    code = marit.cases.open(marit.cases.strands_of([ident]), notes=[ident])
    correction = marit.notes.correct(ident, about(kit, "Noor deed het", NOOR))
    half = marit.notes.add(concept(kit, "half", case=code))
    last = marit.notes.go_on(half, Jotting("heel", case=code))
    made = build(marit, code)
    notes = [one for one in made.statements if one.id in {ident, correction, half, last}]
    assert [one.id for one in notes] == [ident, correction, last]
    assert notes[0].corrected_by == correction and notes[1].corrects == ident
    own = build(marit, code, kit.ids[ZOE])
    assert correction in {one.id for one in (*own.statements, *own.to_approve)}, "what takes something back is theirs"


# --- what a note holds besides -------------------------------------------------------------------------------


def test_a_signal_says_whose_it_is(kit: Kit) -> None:
    marit = kit.open_as("marit")
    jotting = replace(about(kit, "huilt thuis", ZOE), source=Source.PARENT, heard_from="moeder van Zoë de Vries")
    known = note_of(marit, marit.notes.add(replace(jotting, behaviours=("verbaal", "verbaal", "Ongeldig!"))))
    assert (known.note.kind, known.note.source) == (NoteKind.SIGNAL, Source.PARENT)
    assert known.note.heard_from == ("moeder van ", PupilRef(kit.ids[ZOE]))
    assert known.note.behaviours == ("verbaal",)
    own = note_of(marit, marit.notes.add(replace(jotting, source=None)))
    assert (own.note.kind, own.note.heard_from) == (NoteKind.OBSERVATION, ())


def test_a_place_that_is_listed_no_more_stays_in_the_note(kit: Kit) -> None:
    marit, anne = kit.open_as("marit"), kit.open_as("anne")
    ident = marit.notes.add(replace(about(kit, "geduwd", ZOE), place="overblijf"))
    anne.refresh()
    anne.house.change_notes(places=["plein"], based_on=anne.house.notes_now().revision)
    marit.refresh()
    corrected = marit.notes.correct(ident, replace(about(kit, "geduwd en getrokken", ZOE), place="overblijf"))
    assert note_of(marit, ident).note.place == note_of(marit, corrected).note.place == "overblijf"


# --- order does not matter -----------------------------------------------------------------------------------

MANY = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(-1, 6), st.integers(-1, 6)), max_size=7)


def made(parts: list[tuple[int, bool, int, int]]) -> dict[str, KnownNote]:
    return {
        str(at): KnownNote(
            str(at),
            Note(
                author=str(author), happened=START, entered=START, facts=("x",), concept=half,
                replaces="" if replaces < 0 else str(replaces), corrects="" if corrects < 0 else str(corrects),
            ),
            "",
        )
        for at, (author, half, replaces, corrects) in enumerate(parts)
    }  # fmt: skip


def shown(notes: dict[str, KnownNote]) -> set[tuple[str, str, bool]]:
    later = successors(notes, int)
    stands = {last: notes[last] for ident in notes for last in standing(ident, later)}
    found = with_originals(stands, notes.get, int)
    assert len(found) == len({known.id for known in found})
    return {(known.id, known.original.id if known.original else "", known.corrected) for known in found}


@given(MANY)
def test_whatever_notes_claim_their_order_does_not_matter_and_nothing_complete_is_hidden(
    parts: list[tuple[int, bool, int, int]],
) -> None:
    notes = made(parts)
    wanted = shown(notes)
    for order in list(permutations(notes))[::101]:
        assert shown({ident: notes[ident] for ident in order}) == wanted
    there = {ident for ident, _, _ in wanted}
    for ident, known in notes.items():
        if ident in there:
            continue
        assert known.note.concept
        assert any(
            other.note.replaces == ident and other.note.author == known.note.author and int(at) > int(ident)
            for at, other in notes.items()
        )


def test_a_chain_of_any_length_is_followed() -> None:
    chain = [(0, True, at - 1, -1) for at in range(5000)]
    later = successors(made(chain), int)
    assert standing("0", later) == ["4999"]
    corrections = made([(0, False, -1, at - 1) for at in range(5000)])
    assert [known.id for known in with_originals(corrections, corrections.get, int)] == [str(at) for at in range(5000)]
