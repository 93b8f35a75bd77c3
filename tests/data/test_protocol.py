"""The protocol: its file, the ways in which a file can be wrong, and how far a case has come."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from data.errors import ProtocolError, UsageError
from data.protocol import (
    Progress,
    Proof,
    Protocol,
    StepEvent,
    StepState,
    builtin,
    check_event,
    load,
    parse,
    progress,
)
from data.protocol.loader import MAX_BYTES

OPEN, BUSY, DONE, SKIPPED = StepState.OPEN, StepState.BUSY, StepState.DONE, StepState.SKIPPED
START = dt.datetime(2024, 3, 1, 8, 30, tzinfo=dt.UTC)
TODAY = dt.date(2024, 3, 1)

IDENTITY = """
[protocol]
id = "elders"
version = "1"
name = "Zo gaat het hier"
school = "De Andere School"
responsible = "ib"
"""
PHASES = """
[[phases]]
id = "eerst"
title = "Eerst"
who = ["teacher"]
[[phases]]
id = "daarna"
title = "Daarna"
who = ["director", "ib"]
"""


def step(number: object, phase: str = "eerst", proof: str = "check", more: str = "") -> str:
    return f"""
[[steps]]
number = {number}
phase = "{phase}"
title = "Deel {number}"
guidance = "Doe wat nodig is."
ask = "Hoe ging het?"
who = ["teacher"]
proof = "{proof}"
{more}
"""


GOOD = IDENTITY + PHASES + step(1) + step(2) + step(3, "daarna") + step(4, "daarna", "removal")


def changed(old: str, new: str, count: int = 1) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, count)


def part(name: str, before: str = GOOD, **keys: str) -> str:
    """Return a protocol with one more entry in one of its lists."""
    return before + f"[[{name}]]\n" + "".join(f'{key} = "{value}"\n' for key, value in keys.items())


def refusal(text: str) -> str:
    with pytest.raises(ProtocolError) as caught:
        parse(text, "elders.toml")
    told = str(caught.value)
    assert told.startswith("elders.toml")
    assert "`" not in told and "$" not in told  # msgspec's own words stay inside
    return told


# --- the school's own protocol


@pytest.fixture(scope="module")
def own() -> Protocol:
    return builtin()


def test_the_school_has_twelve_steps_in_three_phases(own: Protocol) -> None:
    assert (own.id, own.version, own.school, own.foundation) == (
        "zevensprong",
        "2024-02-01",
        "De Zevensprong",
        "Vivente",
    )
    assert own.responsible == "coordinator"
    assert (own.drawn_up, own.evaluated, own.discussed_in_mr) == (dt.date(2024, 2, 1), None, None)
    assert [phase.id for phase in own.phases] == ["teacher", "school", "external"]
    assert [step.number for step in own.steps] == list(range(1, 13))
    assert [step.phase for step in own.steps] == ["teacher"] * 9 + ["school"] * 2 + ["external"]


def test_each_step_asks_for_the_proof_of_the_school_s_text(own: Protocol) -> None:
    assert " ".join(step.proof for step in own.steps) == (
        "assessment hearing consultation parent_talk group_activity solution agreement check report "
        "conference parent_talk expert"
    )
    assert [step.number for step in own.steps if step.repeats] == [8, 9]
    assert {step.number: step.when for step in own.steps if step.when != "always"} == {
        9: "if_agreed",
        12: "optional",
    }


def test_texts_are_short_enough_to_be_read_while_working(own: Protocol) -> None:
    for step in own.steps:
        sentences = re.findall(r"[.?!](?:\s|$)", step.guidance)
        assert len(step.title) <= 20, step.title
        assert len(step.ask) <= 40 and step.ask.endswith("?"), step.ask
        assert 2 <= len(sentences) <= 5, step.guidance
        assert max(map(len, step.guidance.split("\n"))) <= 100, step.guidance
    titles = [step.title for step in own.steps]
    assert len(set(titles)) == len(titles)


def test_only_what_comes_with_the_program_is_built_in() -> None:
    with pytest.raises(ProtocolError, match=r"achtsprong\.toml: cannot be read: "):
        builtin("achtsprong")


# --- another school


def test_seven_steps_in_two_phases_are_another_file_and_nothing_else(tmp_path: Path) -> None:
    steps = [step(n, "eerst" if n < 50 else "daarna", "hearing") for n in (1, 2, 3, 10, 20, 50, 60)]
    path = tmp_path / "elders.toml"
    path.write_text(IDENTITY + PHASES + "".join(steps), encoding="utf-8")
    protocol = load(path)
    assert [step.number for step in protocol.steps] == [1, 2, 3, 10, 20, 50, 60]
    assert (protocol.steps[0].repeats, protocol.steps[0].when, protocol.steps[0].term_days) == (
        False,
        "always",
        None,
    )
    seen = told(protocol, *((step.number, DONE) for step in protocol.steps[:6]))
    assert seen.phase.title == "Daarna"
    assert seen.next_step is not None and seen.next_step.step.number == 60


def test_what_heads_the_pupils_of_a_step_is_the_protocol_s_to_say(own: Protocol) -> None:
    asked = {step.number: step.per_pupil_ask for step in own.steps if step.per_pupil_ask}
    assert asked == {2: "Wiens kant hoorde je?", 4: "Wiens ouders sprak je?", 11: "Wiens ouders sprak je?"}
    assert parse(GOOD + step(5, "daarna", "hearing"), "elders.toml").steps[-1].per_pupil_ask is None


def test_removal_is_a_kind_of_proof() -> None:
    assert parse(GOOD, "elders.toml").steps[-1].proof is Proof.REMOVAL


def test_a_mark_at_the_beginning_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "notepad.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(path) == parse(GOOD, "elders.toml")


def test_texts_come_out_harmless() -> None:
    text = changed('"Deel 1"', '" Deel\\u001b[31m\\u202e\\n1 "')
    text = text.replace('"Doe wat nodig is."', '"""\nEerst dit.\u200f\r\nDan\\u0000 dat.\n"""', 1)
    first = parse(text, "elders.toml").steps[0]
    assert first.title == "Deel[31m 1"
    assert first.guidance == "Eerst dit.\nDan dat."


# --- files that are not right


BROKEN = {
    "identity missing": (PHASES + step(1), "protocol", "missing"),
    "school missing": (changed('school = "De Andere School"', ""), "protocol.school", "missing"),
    "version as a number": (changed('version = "1"', "version = 1"), "protocol.version", "text"),
    "responsible unknown": (changed('"ib"', '"janitor"'), "protocol.responsible", "administrator"),
    "drawn up as text": (changed("[[phases]]", 'drawn_up = "maart"\n[[phases]]'), "protocol.drawn_up", "date"),
    "drawn up as a number": (changed("[[phases]]", "drawn_up = 3\n[[phases]]"), "protocol.drawn_up", "date"),
    "drawn up with a time": (
        changed("[[phases]]", "drawn_up = 2024-02-01T10:00:00\n[[phases]]"),
        "protocol.drawn_up",
        "date",
    ),
    "identity as a list": (changed("[protocol]", "[[protocol]]"), "protocol", "table"),
    "no phases": (IDENTITY + step(1), "phases", "missing"),
    "phases empty": ("phases = []" + IDENTITY + step(1), "phases", "at least one"),
    "phases as a table": (IDENTITY + "[phases]\n" + step(1), "phases", "list"),
    "phase without id": (changed('id = "daarna"', ""), "phases[1].id", "missing"),
    "phase twice": (changed('id = "daarna"', 'id = "eerst"'), "phases[1].id", "used once"),
    "phase of a number": ("phases = [3]" + IDENTITY + step(1), "phases[0]", "table"),
    "no steps": (IDENTITY + PHASES, "steps", "missing"),
    "steps empty": ("steps = []" + IDENTITY + PHASES, "steps", "at least one"),
    "title missing": (changed('title = "Deel 3"', ""), "steps[2].title", "missing"),
    "title empty": (changed('"Deel 3"', '""'), "steps[2].title", "not empty"),
    "title of spaces": (changed('"Deel 3"', '" \\t "'), "steps[2].title", "not empty"),
    "title of control characters": (changed('"Deel 3"', '"\\u001b\\u202e"'), "steps[2].title", "not empty"),
    "title as a number": (changed('"Deel 3"', "3"), "steps[2].title", "text"),
    "title too long": (changed('"Deel 3"', f'"{"x" * 500}"'), "steps[2].title", "at most 100 characters"),
    "guidance empty": (changed('"Doe wat nodig is."', '"""\n"""'), "steps[0].guidance", "not empty"),
    "guidance too long": (changed('"Doe wat nodig is."', f'"{"x" * 2001}"'), "steps[0].guidance", "at most 2000"),
    "question missing": (changed('ask = "Hoe ging het?"', ""), "steps[0].ask", "missing"),
    "proof missing": (changed('proof = "removal"', ""), "steps[3].proof", "missing"),
    "proof unknown": (changed('"removal"', '"blackmail"'), "steps[3].proof", "assessment, hearing, consultation"),
    "proof as a number": (changed('"removal"', "12"), "steps[3].proof", "assessment, hearing"),
    "phase unknown": (changed('phase = "daarna"', 'phase = "ooit"'), "steps[2].phase", "eerst, daarna"),
    "phases out of order": (
        IDENTITY + PHASES + step(1, "daarna") + step(2, "eerst"),
        "steps[1].phase",
        "order of the phases",
    ),
    "number missing": (changed("number = 2", ""), "steps[1].number", "missing"),
    "number twice": (changed("number = 2", "number = 1"), "steps[1].number", "above 1"),
    "number falling": (changed("number = 4", "number = 2"), "steps[3].number", "above 3"),
    "number zero": (changed("number = 1", "number = 0"), "steps[0].number", "from 1 to 999"),
    "number negative": (changed("number = 1", "number = -1"), "steps[0].number", "from 1 to 999"),
    "number enormous": (changed("number = 4", f"number = {10**40}"), "steps[3].number", "from 1 to 999"),
    "number as text": (changed("number = 4", 'number = "4"'), "steps[3].number", "whole number"),
    "number broken": (changed("number = 4", "number = 4.5"), "steps[3].number", "whole number"),
    "number true": (changed("number = 1", "number = true"), "steps[0].number", "whole number"),
    "who missing": (IDENTITY + PHASES + step(1).replace('who = ["teacher"]', ""), "steps[0].who", "missing"),
    "who nobody": (IDENTITY + PHASES + step(1).replace('["teacher"]', "[]"), "steps[0].who", "at least one"),
    "who as text": (IDENTITY + PHASES + step(1).replace('["teacher"]', '"teacher"'), "steps[0].who", "list"),
    "who unknown": (
        IDENTITY + PHASES + step(1).replace('["teacher"]', '["teacher", "recovery"]'),
        "steps[0].who[1]",
        "teacher, coordinator, ib, director, counsellor, support, kwink, external, administrator",
    ),
    "when unknown": (GOOD + 'when = "never"', "steps[3].when", "always, if_agreed, optional"),
    "repeats as text": (GOOD + 'repeats = "ja"', "steps[3].repeats", "true or false"),
    "term as text": (GOOD + 'term_days = "een week"', "steps[3].term_days", "whole number"),
    "pupils asked about as a number": (GOOD + "per_pupil_ask = 3", "steps[3].per_pupil_ask", "text"),
    "pupils asked about with nothing": (GOOD + 'per_pupil_ask = ""', "steps[3].per_pupil_ask", "not empty"),
    "pupils asked about at too great length": (
        GOOD + f'per_pupil_ask = "{"x" * 101}"',
        "steps[3].per_pupil_ask",
        "at most 100",
    ),
    "pupils asked about in a step without": (
        GOOD + 'per_pupil_ask = "Wie?"',
        "steps[3].per_pupil_ask",
        "hearing, parent_talk",
    ),
    "term of no days": (GOOD + "term_days = 0", "steps[3].term_days", "from 1 to 999"),
    "unknown key in a step": (GOOD + 'prof = "check"', "steps[3].prof", "unknown"),
    "unknown key in a phase": (changed("[[steps]]", "colour = 1\n[[steps]]"), "phases[1].colour", "id, title, who"),
    "unknown key in the identity": (changed("[[phases]]", "date = 1\n[[phases]]"), "protocol.date", "drawn_up"),
    "unknown table": (GOOD + "[glossary]", "glossary", "protocol, phases, steps"),
    "definition as a table": (GOOD + "[definition]", "definition", "text"),
    "definition empty": ('definition = ""\n' + GOOD, "definition", "not empty"),
    "definition too long": (f'definition = "{"x" * 2001}"\n' + GOOD, "definition", "at most 2000"),
    "leaving a phase empty": (changed("[[steps]]", 'leaving = ""\n[[steps]]'), "phases[1].leaving", "not empty"),
    "criterion without a question": (part("criteria", id="a", title="A"), "criteria[0].question", "missing"),
    "criterion twice": (
        part("criteria", id="a", title="A", question="?") + part("criteria", "", id="a", title="B", question="?"),
        "criteria[1].id",
        "used once",
    ),
    "criteria as a table": (GOOD + '[criteria]\nid = "a"', "criteria", "list"),
    "unknown key in a criterion": (
        part("criteria", id="a", title="A", question="?", weight="1"),
        "criteria[0].weight",
        "id, title, question",
    ),
    "chapter without a text": (part("chapters", title="Doel"), "chapters[0].text", "missing"),
    "chapter with an empty title": (part("chapters", title="", text="x"), "chapters[0].title", "not empty"),
    "role unknown": (part("roles", role="janitor", title="A", does="x", go_to="y"), "roles[0].role", "teacher, coord"),
    "role without going to": (part("roles", role="ib", title="A", does="x"), "roles[0].go_to", "missing"),
    "role outside as text": (
        part("roles", role="ib", title="A", does="x", go_to="y", outside="ja"),
        "roles[0].outside",
        "true or false",
    ),
    "method twice": (
        part("methods", id="a", title="A", text="x") + part("methods", "", id="a", title="B", text="x"),
        "methods[1].id",
        "used once",
    ),
    "method with a part of a number": (
        part("methods", id="a", title="A", text="x") + "parts = [3]",
        "methods[0].parts[0]",
        "text",
    ),
    "annex without a title": (part("annexes", remark="volgt"), "annexes[0].title", "missing"),
    "annex with a file for a link": (
        part("annexes", title="A", link="file:///etc/passwd"),
        "annexes[0].link",
        "https://",
    ),
    "annex with words for a link": (part("annexes", title="A", link="zie https"), "annexes[0].link", "https://"),
    "annex with a number for a link": (part("annexes", title="A") + "link = 3", "annexes[0].link", "text"),
    "removal as a list": (part("removal", title="A", text="x"), "removal", "table"),
    "removal without a text": (GOOD + '[removal]\ntitle = "A"', "removal.text", "missing"),
}


@pytest.mark.parametrize(("text", "path", "expectation"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_protocol_is_told_by_path_and_expectation(text: str, path: str, expectation: str) -> None:
    file, place, said = refusal(text).split(": ", 2)
    assert (file, place) == ("elders.toml", path)
    assert expectation in said


NOT_TOML = {
    "no value": (changed('version = "1"', "version ="), 4),
    "text without an end": (changed('version = "1"', 'version = "1'), 4),
    "key twice": (changed('version = "1"', 'id = "weer"'), 4),
    "a day that does not exist": (changed('version = "1"', "version = 2023-02-29"), 4),
    "escape as it is": (changed("De Andere", "\x1b[2J"), 6),
    "a NUL": (changed("De Andere", "\x00"), 6),
    "ends in the middle": ("\n\n[protocol]\nid = [1,\n", 4),
    "a number without end": ("a = 1\nb = " + "9" * 5000, 2),
    "a spreadsheet": ("number;title\n1;In kaart brengen\n", 1),
    "XML": ('<?xml version="1.0"?>', 1),
}


@pytest.mark.parametrize(("text", "line"), NOT_TOML.values(), ids=NOT_TOML.keys())
def test_what_is_not_toml_is_told_by_line(text: str, line: int) -> None:
    assert refusal(text).startswith(f"elders.toml, line {line}: this is not TOML: ")


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 400_000, "a = " + "{a=" * 300_000, "a." * 400_000 + "a = 1", f"[{'a.' * 400_000}a]"],
    ids=["lists", "tables", "a key", "a header"],
)
def test_nesting_without_end_costs_nothing(text: str) -> None:
    assert "too deeply nested" in refusal(text)


def test_a_file_of_another_encoding_is_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[protocol]\nname = "Andr\xe9"\n')
    with pytest.raises(ProtocolError, match=r"latin\.toml, line 2: this is not UTF-8"):
        load(path)
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ProtocolError, match="line 1: this is not UTF-8"):
        load(path)


def test_only_a_file_of_a_sensible_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(GOOD + "#" * (MAX_BYTES - len(GOOD)), encoding="utf-8")
    assert len(load(path).steps) == 4
    path.write_text(GOOD + "#" * (MAX_BYTES - len(GOOD) + 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match="too large"):
        load(path)


@pytest.mark.parametrize("name", ["absent.toml", ".", "nul\x00.toml"])
def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProtocolError, match="cannot be read"):
        load(tmp_path / name)


def test_a_file_s_name_cannot_reach_the_terminal_raw() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse("", "a\x1b[2J\nb\u202e.toml")
    assert str(caught.value).startswith("a[2J b.toml: ")


@pytest.mark.parametrize("key", ["x` - at `$steps[0]", "x` - at `$.nowhere[1].who", "x` - at `$", "`", "{file}"])
def test_a_key_that_looks_like_our_own_words_is_refused_like_any_other(key: str) -> None:
    with pytest.raises(ProtocolError, match=r"^elders\.toml: .*this key is unknown"):
        parse(f"'{key}' = 1\n" + GOOD, "elders.toml")


@given(st.text(max_size=200))
def test_any_text_is_refused_with_the_file_s_name(text: str) -> None:
    with pytest.raises(ProtocolError, match=r"^elders\.toml"):
        parse(text, "elders.toml")


@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text("[]{}=.'\"\n\\0a\x1b", max_size=5))
def test_a_damaged_file_is_a_protocol_or_refused(start: int, length: int, instead: str) -> None:
    try:
        parse(GOOD[:start] + instead + GOOD[start + length :], "elders.toml")
    except ProtocolError as error:
        assert str(error).startswith("elders.toml")


# --- how far a case has come


def event(
    number: int, state: StepState, minute: int = 0, reason: str = "", on: dt.date = TODAY, by: str = "juf"
) -> StepEvent:
    moment = START + dt.timedelta(minutes=minute)
    given = ("judgement", "letter_sent")
    return StepEvent(step=number, state=state, happened_on=on, entered_at=moment, by=by, reason=reason, given=given)


def told(protocol: Protocol, *happened: tuple[int, StepState]) -> Progress:
    """Return the progress after these states, entered one after another."""
    return progress(
        protocol, [event(number, state, minute, "nodig") for minute, (number, state) in enumerate(happened)]
    )


def next_number(seen: Progress) -> int | None:
    return seen.next_step.step.number if seen.next_step else None


def test_a_new_case_begins_at_the_first_step(own: Protocol) -> None:
    seen = progress(own, [])
    assert (next_number(seen), seen.phase.id) == (1, "teacher")
    assert {(view.state, view.on, view.by, view.entries, view.missing) for view in seen.steps} == {
        (OPEN, None, None, (), ())
    }


def test_a_step_shows_its_last_event_and_keeps_them_all(own: Protocol) -> None:
    begun = event(1, BUSY, 0, on=dt.date(2024, 2, 27))
    done = event(1, DONE, 5, on=dt.date(2024, 2, 29), by="meester")
    view = progress(own, [begun, done]).steps[0]
    assert (view.state, view.on, view.by) == (DONE, dt.date(2024, 2, 29), "meester")
    assert view.entries == (begun, done)


def test_of_two_events_at_one_moment_the_later_given_stands(own: Protocol) -> None:
    assert progress(own, [event(1, DONE), event(1, OPEN)]).steps[0].state is OPEN
    assert progress(own, [event(1, OPEN), event(1, DONE)]).steps[0].state is DONE


def test_the_order_is_that_of_writing_also_where_the_clock_goes_back(own: Protocol) -> None:
    first, later = event(1, DONE, minute=30), event(1, BUSY, minute=10)
    assert progress(own, [first, later]).steps[0].state is BUSY


def test_what_was_begun_comes_before_what_was_not(own: Protocol) -> None:
    assert next_number(told(own, (5, BUSY))) == 5
    assert next_number(told(own, (5, BUSY), (3, BUSY))) == 3
    assert next_number(told(own, (5, BUSY), (5, DONE))) == 1


def test_steps_can_be_taken_in_any_order_and_what_was_passed_is_missing(own: Protocol) -> None:
    seen = told(own, (1, DONE), (2, BUSY), (3, SKIPPED), (5, DONE))
    assert {view.step.number: view.missing for view in seen.steps if view.missing} == {
        2: ("not_done",),
        4: ("not_done",),
    }


def test_only_what_every_case_needs_is_missing_and_only_behind_a_step_that_is_done(own: Protocol) -> None:
    before = [(number, DONE) for number in range(1, 9)]
    assert not any(view.missing for view in told(own, *before, (10, DONE)).steps)
    assert not any(view.missing for view in told(own, (7, BUSY), (8, SKIPPED)).steps)


def test_what_repeats_goes_on_and_the_next_phase_is_a_decision(own: Protocol) -> None:
    needed = [(number, DONE) for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    assert next_number(told(own, *needed[:-1])) == 8
    assert next_number(told(own, *needed)) == 8
    assert next_number(told(own, *needed, (10, DONE))) == 11
    assert next_number(told(own, *needed, (10, DONE), (11, DONE))) is None
    assert next_number(told(own, *needed, (12, BUSY))) == 12


def test_what_the_last_phase_needs_not_is_advised_once_it_is_reached(own: Protocol) -> None:
    steps = tuple(replace(step, repeats=False) for step in own.steps)
    once = replace(own, steps=steps)
    needed = [(number, DONE) for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    assert next_number(told(once, *needed)) == 9
    assert next_number(told(once, *needed, (9, SKIPPED))) is None


def test_a_step_that_repeats_can_be_taken_up_again(own: Protocol) -> None:
    seen = told(own, (8, DONE), (8, BUSY), (8, DONE), (8, BUSY))
    assert (next_number(seen), len(seen.steps[7].entries)) == (8, 4)
    assert told(own, (8, BUSY), (8, DONE), (8, DONE)).steps[7].state is DONE


def test_the_phase_is_that_of_the_furthest_step_begun(own: Protocol) -> None:
    assert told(own, (1, DONE), (10, BUSY)).phase.id == "school"
    assert told(own, (12, DONE), (1, BUSY)).phase.id == "external"
    assert told(own, (10, BUSY), (10, OPEN)).phase.id == "teacher"
    assert told(own, (12, SKIPPED)).phase.id == "teacher"


def test_events_of_another_version_and_skips_without_reason_are_left_out(own: Protocol) -> None:
    events = [event(0, DONE), event(13, DONE), event(-1, BUSY), event(2, SKIPPED), event(2, SKIPPED, reason=" \n")]
    assert progress(own, events) == progress(own, [])
    assert progress(own, [event(2, SKIPPED, reason="ouders niet bereikbaar")]).steps[1].settled


def test_an_event_is_checked_before_it_is_stored(own: Protocol) -> None:
    check_event(own, event(12, DONE), TODAY)
    check_event(own, event(1, SKIPPED, reason="al gedaan"), TODAY)
    with pytest.raises(UsageError, match="no step 13"):
        check_event(own, event(13, DONE), TODAY)
    with pytest.raises(UsageError, match="only with a reason"):
        check_event(own, event(1, SKIPPED, reason=" "), TODAY)
    with pytest.raises(UsageError, match="still to come"):
        check_event(own, event(1, DONE, on=TODAY + dt.timedelta(days=1)), TODAY)


EVENTS = st.lists(
    st.builds(
        StepEvent,
        step=st.integers(-1, 14),
        state=st.sampled_from(StepState),
        happened_on=st.dates(),
        entered_at=st.datetimes(timezones=st.timezones()),
        by=st.just("juf"),
        reason=st.sampled_from(["", " ", "nodig"]),
    ),
    max_size=30,
)


@given(EVENTS)
def test_progress_holds_for_any_events(own: Protocol, events: list[StepEvent]) -> None:
    seen = progress(own, events)
    assert tuple(view.step for view in seen.steps) == own.steps
    assert seen.phase in own.phases
    if seen.next_step is not None:
        assert seen.next_step in seen.steps
        assert not seen.next_step.settled or seen.next_step.step.repeats
    else:
        assert all(view.settled for view in seen.steps if view.step.phase == seen.phase.id)
    for view in seen.steps:
        assert not (view.settled and "not_done" in view.missing)
        assert view.state is (view.entries[-1].state if view.entries else OPEN)
        assert all(entry.step == view.step.number and entry in events for entry in view.entries)


@given(EVENTS)
def test_events_keep_their_order(own: Protocol, events: list[StepEvent]) -> None:
    seen = progress(own, events)
    kept = [event for event in events if event.counts]
    for view in seen.steps:
        assert list(view.entries) == [event for event in kept if event.step == view.step.number]
