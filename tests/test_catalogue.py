"""The Dutch catalogue: complete, current, and short enough for where each text stands."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from string import Formatter

import pytest
from babel.messages.catalog import Message
from rich.cells import cell_len

import screens
from data.model import DecisionKind, ParticipantRole, Strand
from data.model.documents import NoteKind
from data.protocol import StepState
from data.register.people import CHOOSABLE
from data.terms import CODE_WORDS
from data.vault.entries import Status
from data.words import LANGUAGES, Words
from screens.base import EVERYWHERE, PestScreen
from screens.commands import Command, shown_key
from screens.dashboard import Dashboard
from screens.glyphs import ASCII
from screens.overview import Overview

from .catalogue import MO, compiled, extract, messages, stored

LINE = 78
"""The cells of a bar on a screen of 80 columns."""

LONGEST = {"nl": 12, "en": 15}
"""The longest word at the foot of a screen; English is the second language, and only has to fit the line."""

SUNDAY = date(2026, 11, 22)


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def strings(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return tuple(string) if isinstance(string, tuple | list) else (string,)


def told() -> list[Message]:
    return [message for message in stored() if message.id]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


# --- the files ---------------------------------------------------------------------------------------------


def test_the_code_and_the_catalogue_hold_the_same_messages() -> None:
    code = {ids(message) for message in extract() if message.id}
    kept = {ids(message) for message in told()}
    assert (sorted(code - kept), sorted(kept - code)) == ([], []), "run python -m tests.catalogue"


def test_messages_are_found_wherever_python_lets_them_stand() -> None:
    source = """
f"{self.tr('in a text')} {words.trn('{count} day', '{count} days', 3)}"
tr(N_("marked " "in pieces"), name=name)
tr(role.value), tr(step["state"]), tr("")
"""
    assert sorted(messages(source), key=str) == [("{count} day", "{count} days"), "in a text", "marked in pieces"]


def test_every_message_has_dutch() -> None:
    assert [message.id for message in told() if not all(text.strip() for text in strings(message))] == []
    assert [
        message.id for message in told() if isinstance(message.id, tuple | list) != (len(strings(message)) > 1)
    ] == []


def test_no_dutch_is_a_guess() -> None:
    assert [message.id for message in told() if message.fuzzy] == []


def test_the_fields_are_the_same_in_both_languages() -> None:
    for message in told():
        asked = set().union(*(fields(text) for text in ids(message)))
        for text in strings(message):
            assert fields(text) == asked, message.id


def test_blanks_and_line_ends_around_a_text_are_the_same_in_both_languages() -> None:
    for message in told():
        for text in strings(message):
            assert edges(text) == edges(ids(message)[0]), message.id
            assert text.count("\n") == ids(message)[0].count("\n"), message.id


def test_the_compiled_catalogue_is_current() -> None:
    assert MO.read_bytes() == compiled(stored()), "run python -m tests.catalogue"


# --- words that are keys, or stand in a column -------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [ParticipantRole])
def test_each_first_letter_chooses_one(kind: type[Enum], language: str) -> None:
    words = [Words(language).tr(member.value) for member in kind]
    assert len({word[0].lower() for word in words}) == len(words), words


def test_every_code_word_that_is_shown_is_in_the_catalogue() -> None:
    shown = {member.value for kind in (ParticipantRole, StepState, Strand, NoteKind, DecisionKind) for member in kind}
    shown |= {role.value for role in CHOOSABLE} | {status.name.lower() for status in Status}
    assert shown <= set(CODE_WORDS)
    assert len({Words("nl").tr(word) for word in CODE_WORDS}) == len(CODE_WORDS)


@pytest.mark.parametrize(
    ("width", "ids"),
    [
        (1 + 6, ["case", "note"]),
        (6, ["group"]),
        (12, ["skipped", "busy", "next", "if agreed", "possible"]),
        (12, ["when", "today", "invited", "active", "left"]),
        (14, [role.value for role in ParticipantRole] + ["role?", "you"]),
        (26, ["next step", "to be decided", "bullied", "accused", "other"]),
        (22, ["nothing yet", "nobody yet"]),
        (9, ["Advice", "Decision", "Again", "Last", "Child", "Decided", "Closed", "Reopened", "Missing"]),
        (14, ["Drawn up", "Evaluated", "In the MR"]),
        (34, ["left, right: side   del: take out"]),
        (27, ["left, right: role   del: take out", "tab: role"]),
        (24, ["no pupil found"]),
        (30, ["now; or 10:42, 10 min ago"]),
        (28, ["first letters of a name"]),
        (8, ["who", "where", "when", "why"]),
        (17, ["Login", "Name", "Roles", "Groups", "School", "Your name", "New passphrase", "One-time code"]),
        (
            76,
            [
                "Nothing needs you now.",
                "The file is damaged: you can read what lies before the damage, nothing is saved.",
                "No loose notes. n jots one.",
                "No cases of yours. z opens one; n jots a note first.",
                "No open cases. z opens one; n jots a note first.",
                "No closed cases. In a case, c closes it.",
                "Nothing here fits what you search. Esc shows all again.",
                "No groups yet. g adds one, p pastes its pupils, one name a line.",
                "Who is in it, on which side",
                "Notes that belong to it (space)",
                "Taking part (space); leads always do",
                "Tab: advice and decision",
                "First save this case with F2, or empty the fields.",
            ],
        ),
        (66, ["Whose side did you hear?", "Whose parents did you speak with?"]),
    ],
)
def test_dutch_fits_the_column_it_stands_in(width: int, ids: list[str]) -> None:
    words = Words("nl")
    assert [text for text in map(words.tr, ids) if cell_len(text) > width] == []


def test_dutch_with_a_date_or_a_number_fits_its_column() -> None:
    words = Words("nl")
    for month in range(1, 13):
        assert cell_len(words.tr("by {date}", date=words.date(date(2026, month, 28)))) <= 11
    assert cell_len(words.tr("{count}d late", count=99)) <= 11
    assert cell_len(words.trn("{count} day late", "{count} days late", 100)) <= 12
    assert cell_len(words.trn("{count} pupil", "{count} pupils", 31)) <= 12


# --- the foot of each screen -------------------------------------------------------------------------------


def every_screen() -> list[type[PestScreen]]:
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)

    def below(kind: type[PestScreen]) -> Iterator[type[PestScreen]]:
        for found in kind.__subclasses__():
            yield found
            yield from below(found)

    return sorted({kind for kind in below(PestScreen) if kind.HERE}, key=lambda kind: kind.__name__)


def at_the_foot(screen: type[PestScreen]) -> list[Command]:
    return [command for command in (*screen.HERE, *EVERYWHERE) if command.foot]


FEET = {screen.__name__: at_the_foot(screen) for screen in every_screen()}
EITHER = (("go_on", "correct"), ("accept", "offer"))
"""Of these only one stands at the foot: a note is a concept or complete, a case is offered to me or not."""
for name, feet in list(FEET.items()):
    for one, other in EITHER:
        if {one, other} <= {command.action for command in feet}:
            FEET[name] = [command for command in feet if command.action != one]
            FEET[f"{name}, {one}"] = [command for command in feet if command.action != other]
FEET["consultation, in a field"] = [*Overview.IN_A_FIELD, *(command for command in EVERYWHERE if command.foot)]
FEET["my day, searching"] = [*Dashboard.WHILE_SEARCHING, *(command for command in EVERYWHERE if command.foot)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("foot", FEET.values(), ids=FEET.keys())
def test_the_words_at_the_foot_fit(foot: list[Command], language: str) -> None:
    words = Words(language)
    shown = [(shown_key(command.key, ASCII.enter), words.tr(command.word)) for command in foot]
    assert len(shown) <= 6
    assert [word for _, word in shown if cell_len(word) > LONGEST[language]] == []
    assert cell_len("   ".join(f"{key} {word}" for key, word in shown)) <= LINE


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_command_is_explained_in_one_line_of_the_help(language: str) -> None:
    words, room = Words(language), 80 - 2 * 2 - 9 - 1
    commands = {command for screen in every_screen() for command in (*screen.HERE, *EVERYWHERE)}
    assert [tip for tip in (words.tr(command.tip) for command in commands) if cell_len(tip) > room] == []


def test_there_are_screens_to_look_at() -> None:
    assert len(every_screen()) > 5


# --- words, dates, numbers ---------------------------------------------------------------------------------


def test_an_unknown_language_is_dutch() -> None:
    for language in ("de", "", "../nl", "NL"):
        assert Words(language).language == "nl"
        assert Words(language).tr("My day") == "Mijn dag"
    assert Words().tr("Passphrase") == "Wachtzin"


def test_english_needs_no_catalogue() -> None:
    assert Words("en").tr("My day") == "My day"
    assert Words("en").tr("in case {code}", code="Z-7K3F") == "in case Z-7K3F"


def test_an_empty_message_stays_empty() -> None:
    assert Words("nl").tr("") == ""


def test_fields_are_filled_in_and_what_is_filled_in_is_not_read_again() -> None:
    assert Words("nl").tr("in case {code}", code="{x}") == "bij zaak {x}"


def test_dates() -> None:
    dutch, english = Words("nl"), Words("en")
    assert (dutch.date(SUNDAY), english.date(SUNDAY)) == ("22 nov", "22 Nov")
    assert (dutch.weekday(SUNDAY), english.weekday(SUNDAY)) == ("zo 22 nov", "Sun 22 Nov")
    assert (dutch.long_date(SUNDAY), english.long_date(SUNDAY)) == ("zo 22 nov 2026", "Sun 22 Nov 2026")
    assert dutch.date(date(2028, 2, 29)) == "29 feb"
    assert "." not in "".join(dutch.weekday(date(2026, month, 1)) for month in range(1, 13))


def test_a_moment_is_told_in_the_local_zone() -> None:
    when = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
    local = when.astimezone()
    assert Words("nl").moment(when) == f"{local.day} nov {local:%H:%M}"


def test_plurals() -> None:
    dutch, english = Words("nl"), Words("en")
    pair = ("{count} pupil", "{count} pupils")
    assert [dutch.trn(*pair, n) for n in (0, 1, 2)] == ["0 kinderen", "1 kind", "2 kinderen"]
    assert [english.trn(*pair, n) for n in (0, 1, 2)] == ["0 pupils", "1 pupil", "2 pupils"]
    assert [dutch.trn("{count} day", "{count} days", n) for n in (1, 3)] == ["1 dag", "3 dagen"]
