"""What is typed behind a sign in a note: found by any part of a name, harmless where it means nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import Behaviour, ParticipantRole, Pupil, PupilRef
from data.register import Jotting, KnownPupil, Register, recognise
from data.register.capture import KIND, MOST_SUGGESTIONS, PLACE, PUPIL, Capture, judging_in, kinds_of, token_at
from data.register.lists import BEHAVIOURS, JUDGING, PLACES
from data.register.text import draw
from tests.data.school_kit import START, Kit, note_of, school

MINE = {"six"}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as made:
        yield made


def pupil(ident: str, name: str, group: str = "six", *, left: bool = False) -> KnownPupil:
    given_name, _, family = name.partition(" ")
    left_on = date(2026, 7, 1) if left else None
    return KnownPupil(ident, Pupil(given=given_name, family=family, group=group, left_on=left_on), f"groep {group}")


PUPILS = [
    pupil("zoe", "Zoë de Vries"),
    pupil("daniel", "Daniël van 't Hof"),
    pupil("noor", "Noor Yılmaz"),
    pupil("sem", "Sem van Dijk"),
    pupil("anna", "Anna-Sofie Łukasz"),
    pupil("zara", "Zara Hofman", "seven"),
    pupil("sem7", "Sem van Dijk", "seven"),
    pupil("bram", "Bram de Boer", "seven"),
    pupil("wim", "Wim Oud", left=True),
    pupil("zwaan", "Zwaan Oud", left=True),
]


def capture(behaviours: tuple[Behaviour, ...] = BEHAVIOURS) -> Capture:
    return Capture(PUPILS, MINE, PLACES, behaviours)


def suggested(typed: str) -> list[str]:
    token = token_at(typed, len(typed))
    return [found.value for found in capture().suggest(token)] if token else []


# --- what is being typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["@", "#", "@zo", "toen @zo", "(@zo", "“#pl", "! !bu"])
def test_a_sign_where_a_word_begins(line: str) -> None:
    token = token_at(line, len(line))
    assert token is not None
    assert line[token.start] == token.sign and line[token.start + 1 : token.end] == token.typed


@pytest.mark.parametrize(
    "line",
    ["", "zo", "a@b.nl", "mail anne@school", "10!", "Au!", "Au !", "!", "nr#1", "@zo ", "@zo,", "@zo.", "http://x/#pl"],
)
def test_what_is_no_sign(line: str) -> None:
    assert token_at(line, len(line)) is None


@pytest.mark.parametrize("typed", ["@xyz", "#xyz", "!xyz", "#1", "!1", "@Noord", "@1"])
def test_what_means_nothing_suggests_nothing(typed: str) -> None:
    assert suggested(f"toen {typed}") == []


@given(st.text(max_size=200), st.integers(0, 200))
def test_whatever_is_typed_is_looked_at(line: str, column: int) -> None:
    column = min(column, len(line))
    token = token_at(line, column)
    if token is not None:
        assert 0 <= token.start < token.end == column
        assert line[token.start] in "@#!" and not any(letter.isspace() for letter in token.typed)
        capture().suggest(token)


# --- who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("@zo", "zoe"), ("@zoë", "zoe"), ("@ZOE", "zoe"), ("@vri", "zoe"),
        ("@'t", "daniel"), ("@’t", "daniel"), ("@t", "daniel"), ("@hof", "daniel"), ("@van't", "daniel"),
        ("@yil", "noor"), ("@luk", "anna"), ("@sof", "anna"), ("@anna-s", "anna"), ("@br", "bram"),
    ],
)  # fmt: skip
def test_any_part_of_a_name_finds_it(typed: str, first: str) -> None:
    assert suggested(typed)[0] == first


def test_own_group_comes_first_and_a_given_name_before_the_rest() -> None:
    assert suggested("@hof") == ["daniel", "zara"]
    assert suggested("@s") == ["sem", "anna", "sem7"]
    assert suggested("@d")[:2] == ["daniel", "zoe"]
    assert len(suggested("@")) == MOST_SUGGESTIONS


def test_who_left_is_offered_only_where_nobody_else_fits() -> None:
    assert suggested("@z") == ["zoe", "zara"]
    (found,) = capture().suggest(token_at("@zw", 3))  # type: ignore[arg-type]
    assert (found.value, found.left) == ("zwaan", True)
    everybody_left = Capture([one for one in PUPILS if one.pupil.left_on], MINE)
    assert everybody_left.suggest(token_at("@", 1)) == []  # type: ignore[arg-type]


def take(line: str, at: int = 0, meant: dict[str, str] | None = None) -> tuple[str, dict[str, str]]:
    """Choose a suggestion at the end of a line; return the line then, and what names mean."""
    meant, found = {} if meant is None else meant, capture()
    token = token_at(line, len(line))
    assert token is not None
    taken = found.take(line, token, found.suggest(token)[at], meant)
    return line[: taken.start] + taken.text, meant


def test_two_pupils_with_one_name_are_told_apart_by_their_group() -> None:
    shown = [(found.shown, found.beside) for found in capture().suggest(token_at("@sem", 4))]  # type: ignore[arg-type]
    assert shown == [("Sem van Dijk", "groep six"), ("Sem van Dijk", "groep seven")]
    first, meant = take("@sem")
    both, meant = take(f"{first} duwde @sem", 1, meant)
    assert meant == {"Sem": "sem", "Sem van Dijk (groep seven)": "sem7"}
    jotting = Jotting(both, pupils=(("sem", ParticipantRole.UNKNOWN),), chosen=tuple(meant.items()))
    note = jotting.note("me", START, PUPILS, {})
    assert note.facts == (PupilRef("sem"), " duwde ", PupilRef("sem7"))


def test_a_chosen_pupil_is_the_one_who_is_meant() -> None:
    """Also where the given name alone would mean somebody of one's own group."""
    line, meant = take("toen kwam @sem", 1)
    assert line == "toen kwam Sem van Dijk (groep seven)"
    note = Jotting(line, chosen=tuple(meant.items())).note("me", START, PUPILS, {})
    assert note.facts == ("toen kwam ", PupilRef("sem7"))
    line, meant = take("toen kwam @zw")
    assert Jotting(line, chosen=tuple(meant.items())).note("me", START, PUPILS, {}).facts[-1] == PupilRef("zwaan")


@given(st.lists(st.integers(0, len(PUPILS) - 1), max_size=6))
def test_whoever_is_chosen_in_whatever_order_is_meant(chosen: list[int]) -> None:
    meant, text, found = dict[str, str](), "", capture()
    for at in chosen:
        text += f"{found.form(PUPILS[at].id, meant)} zag "
        meant[found.form(PUPILS[at].id, meant)] = PUPILS[at].id
    note = Jotting(text or "x", chosen=tuple(meant.items())).note("me", START, PUPILS, {})
    assert [part.pupil for part in note.facts if isinstance(part, PupilRef)] == [PUPILS[at].id for at in chosen]
    again = dict[str, str]()
    typed = capture().typed_again(note.facts, again)
    assert Jotting(typed, chosen=tuple(again.items())).note("me", START, PUPILS, {}).facts == note.facts


# --- where and what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("Op het #pl", "Op het plein"),
        ("geduwd in de #kl", "geduwd in de klas"),
        ("geduwd #pl", "geduwd"),
        ("#pl", ""),
        ("geduwd.  #gy", "geduwd."),
        ("weer !bui", "weer"),
        ("het !bui", "het buitensluiten"),
    ],
)
def test_a_mark_is_gone_and_a_word_of_the_sentence_stays(line: str, after: str) -> None:
    assert take(line)[0] == after


def test_places_and_kinds_are_found_by_first_letters() -> None:
    assert suggested("#p") == ["plein"]
    assert suggested("#g") == ["gang", "gym"]
    assert suggested("!b") == ["buitensluiten", "bedreiging"]
    assert [found.sign for found in capture().suggest(token_at("#p", 2))] == [PLACE]  # type: ignore[arg-type]
    assert (PUPIL, PLACE, KIND) == ("@", "#", "!")


def test_kinds_typed_in_their_field() -> None:
    assert kinds_of("buiten, !Verbaal,verbaal, ", BEHAVIOURS) == (("buitensluiten", "verbaal"), ())
    assert kinds_of("b, pesten", BEHAVIOURS) == ((), ("b", "pesten")), "two begin with b"


# --- words that judge ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dat was gemeen", ("gemeen",)),
        ("GEMEEN! en éxpres, gemeen", ("GEMEEN", "éxpres")),
        ("de gemeente, ongemeen, lui-er", ("lui",)),
        ("", ()),
        ("hij duwde haar", ()),
    ],
)
def test_words_that_judge(text: str, found: tuple[str, ...]) -> None:
    assert judging_in(text, JUDGING) == found


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=5))
def test_any_text_and_any_words(text: str, words: list[str]) -> None:
    for found in judging_in(text, words):
        assert found in text


# --- what a school's note is made of -------------------------------------------------------------------------


def test_a_pasted_chat_of_50_kb_does_not_hold_anybody_up() -> None:
    chat = "Zoë 😀: hé @noor, kom je? مرحبا \u202e tegen Daniël van 't Hof en @xyz #weg !nu\n" * 700
    assert len(chat.encode()) > 50_000
    many = [pupil(str(at), f"Kind{at} van der Achternaam{at}") for at in range(1000)]
    found = Capture([*PUPILS, *many], MINE, PLACES, BEHAVIOURS)
    begun = time.perf_counter()
    assert recognise(chat, [*PUPILS, *many], MINE) == ["zoe", "noor", "daniel"]
    judging_in(chat, JUDGING)
    for line in (chat.replace("\n", " "), chat.splitlines()[0]):
        token = token_at(f"{line} @ach", len(line) + 5)
        assert token is not None and len(found.suggest(token)) == MOST_SUGGESTIONS
    assert time.perf_counter() - begun < 0.5


def leave(register: Register, ident: str) -> None:
    """Let a pupil be one who left."""
    known = register.pupils.get(ident)
    assert known is not None
    gone = msgspec.structs.replace(known, left_on=register.now().date())
    with register.vault.transaction():
        register.db.table("pupils").replace(msgspec.to_builtins(gone), ident)


def test_who_left_can_still_be_named(kit: Kit) -> None:
    anne, marit = kit.open_as("anne"), kit.open_as("marit")
    gone = kit.ids["Noor Yılmaz"]
    leave(anne, gone)
    marit.refresh()
    assert gone not in {known.id for known in marit.pupils.all()}
    assert gone in {known.id for known in marit.pupils.everybody()}
    jotting = Jotting("Noor Yılmaz belde", pupils=((gone, ParticipantRole.VICTIM),), chosen=(("Noor Yılmaz", gone),))
    known = note_of(marit, marit.notes.add(jotting))
    assert known.note.facts == (PupilRef(gone), " belde")
    assert draw(known.note.facts, lambda _: "N.Y.") == "N.Y. belde"
    assert kit.who_reads(known.id) == {"marit", "joost", "anne"}
    again = marit.notes.correct(known.id, replace(jotting, facts="Noor Yılmaz mailde"))
    assert note_of(marit, again).note.facts == (PupilRef(gone), " mailde")


def test_the_order_in_which_notes_are_written_does_not_change_what_they_say(kit: Kit) -> None:
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    jottings = [Jotting("Zoë de Vries huilde"), Jotting("Noor Yılmaz lachte", place="plein"), Jotting("het was stil")]
    first = {note_of(marit, marit.notes.add(one)).note.facts for one in jottings}
    joost.refresh()
    second = {note_of(joost, joost.notes.add(one)).note.facts for one in reversed(jottings)}
    assert first == second
