"""What a member with a program of their own writes never keeps a colleague from reading the rest."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.errors import UsageError
from data.insight.year_words import YearWords
from data.model import Strand
from data.register import Jotting, Register
from data.register.day import look
from data.words import Words
from tests.data.hostile_kit import (
    KINDS,
    MOMENTS,
    digests,
    documents,
    everywhere,
    filled,
    forged,
    home_of,
    read_everything,
    write,
)
from tests.data.school_kit import Kit, about, school
from tests.data.vault_kit import inject

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"
READERS = ("joost", "hans", "anne", "esther")


def begin(kit: Kit) -> tuple[Register, str, dict[str, str]]:
    """Let Anne, who has every key, begin a case; returns her, its code and what forgeries can name."""
    anne = kit.open_as("anne")
    code = anne.cases.open(
        {kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED},
        members=[anne.vault.me, anne.people.called("joost").person, anne.people.called("esther").person],
    )
    note = anne.notes.add(about(kit, "Duwde.", ZOE, DANIEL, case=code))
    draft = anne.notes.add(Jotting("Half.", concept=True))
    incident = anne.incidents.decide(replace(anne.incidents.begin([note]), behaviour="fysiek"))
    people = {f"@{login}": anne.people.called(login).person.id.hex() for login in ("anne", "joost")}
    pupils = {"@zoe": kit.ids[ZOE], "@daniel": kit.ids[DANIEL]}
    documents = {"@case": code, "@note": note, "@draft": draft, "@incident": incident, "@digest": digests(anne)[0]}
    return anne, code, {**documents, **people, **pupils}


OFTEN = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(OFTEN, max_examples=4)
@given(data=st.data())
@pytest.mark.parametrize("table", sorted(KINDS))
def test_whatever_a_document_says_others_go_on_reading(table: str, data: st.DataObject) -> None:
    others_go_on(table, data.draw(st.lists(documents(KINDS[table]), min_size=1, max_size=4)))


@pytest.mark.deep
@settings(OFTEN, max_examples=150)
@given(data=st.data())
@pytest.mark.parametrize("table", sorted(KINDS))
def test_whatever_many_documents_say_others_go_on_reading(table: str, data: st.DataObject) -> None:
    others_go_on(table, data.draw(st.lists(documents(KINDS[table]), min_size=1, max_size=12)))


def others_go_on(table: str, made: list[dict[str, Any]]) -> None:
    """Let Anne write documents by a program of her own, and everybody read everything."""
    with tempfile.TemporaryDirectory() as folder, school(Path(folder)) as kit:
        anne, code, known = begin(kit)
        home = home_of(anne.vault, table, code)
        for at, drawn in enumerate(made):
            document, named = filled(drawn, known), {"case": code, "code": code, "cases": [code]}
            if at % 2 == 0:
                document |= {key: named[key] for key in named.keys() & document.keys()}
            ident = code if table == "cases" and at == 0 else f"vervalst{at}"
            write(anne.vault, table, ident, msgspec.json.encode(document), home, everywhere(anne.vault))
        for login in READERS:
            read_everything(kit.open_as(login))


TABLES = ("month", "weekday", "kind")
MANY = 700
PATIENCE = 8.0
"""Seconds of work that so many hostile documents may cost, on any machine; a square of them costs far more."""


def crowd(kit: Kit, table: str, make: Callable[[int], dict[str, object]], login: str = "marit") -> None:
    """Let a teacher write many documents in one save, each granted to everybody."""
    register = kit.open_as(login)
    vault, circles = register.vault, everywhere(register.vault)
    operations = [
        one
        for at in range(MANY)
        for one in forged(vault, table, f"{at:016x}", msgspec.json.encode(make(at)), vault.own_circle(), circles[:3])
    ]
    inject(vault, *operations)


def seconds(kit: Kit, login: str = "joost") -> float:
    """Return how long a colleague waits for everything."""
    register = kit.open_as(login)
    begun = time.process_time()
    read_everything(register)
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("field", "chain"),
    [
        ("corrects", "in a row"),
        ("corrects", "in a ring"),
        ("corrects", "of an old one"),
        ("corrects", "of nothing"),
        ("replaces", "in a row"),
    ],
)
def test_notes_without_end_that_correct_each_other(tmp_path: Path, field: str, chain: str) -> None:
    with school(tmp_path) as kit:
        known = begin(kit)[2]
        old = filled("@note", known)

        def note(at: int) -> dict[str, object]:
            other = {
                "in a row": f"{at - 1:016x}", "in a ring": f"{(at + 1) % MANY:016x}", "all of one": f"{0:016x}",
                "of an old one": old, "of nothing": "f" * 16,
            }[chain]  # fmt: skip
            return {
                "author": "", "happened": MOMENTS[5], "entered": MOMENTS[5], "facts": ["x"], field: other,
                "concept": field == "replaces", "pupils": [{"pupil": kit.ids[ZOE]}],
            }  # fmt: skip

        crowd(kit, "notes", note)
        assert seconds(kit) < PATIENCE
        joost = kit.open_as("joost")
        assert look(joost) == look(joost), "compared as a screen compares them"
        assert any(one.id == old for one in joost.notes.all())


@pytest.mark.parametrize("table", ["incidents", "incident_events"])
def test_incidents_without_end(tmp_path: Path, table: str) -> None:
    with school(tmp_path) as kit:
        _, code, known = begin(kit)
        incident = {
            "notes": ["@note"], "author": "", "entered": MOMENTS[5], "ground": "judgement", "behaviour": "fysiek",
            "happened": MOMENTS[5], "case": code, "what": ["x" * 500],
        }  # fmt: skip
        event = {
            "incident": "@incident", "author": "", "happened": "2026-11-18", "entered": MOMENTS[5], "what": "measure",
            "digest": "@digest",
        }  # fmt: skip
        made = filled({"incidents": incident, "incident_events": event}[table], known)
        links = {"incidents": "corrects", "incident_events": "takes_back"}[table]
        crowd(kit, table, lambda at: {**made, links: f"{at - 1:016x}"}, "karim")
        assert seconds(kit) < PATIENCE


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("until",), "gisteren"), (("until",), "9999-99-99"), (("tables", "month", "cells", 0, "key"), "2026-13"),
        (("tables", "weekday", "cells", 0, "key"), "99"), (("crosses", 0, "counts"), [[1]]),
        (("tables", "kind", "total"), -(2**63)), (("shares", 0, "part"), "x"), (("year",), "0001-0002"),
    ],
)  # fmt: skip
def test_figures_that_nobody_can_draw_are_left_out(tmp_path: Path, path: tuple[str | int, ...], value: object) -> None:
    """A lead writes down figures by hand: the direction sees those that can be seen, and its own otherwise."""
    with school(tmp_path) as kit:
        anne, code, _ = begin(kit)
        anne.year.put_down("2026-2027")
        (good,) = anne.year.stored()
        made = msgspec.json.decode(msgspec.json.encode(good.figures))
        at: Any = made
        for step in path[:-1]:
            at = next(one for one in at if one["id"] == step) if isinstance(at, list) and step in TABLES else at[step]
        at[path[-1]] = value
        document = {"author": "", "entered": MOMENTS[5], "year": made["year"], "figures": made}
        home = home_of(anne.vault, "analyses", code)
        write(anne.vault, "analyses", "vervalst", msgspec.json.encode(document), home, everywhere(anne.vault))
        hans = kit.open_as("hans")
        for stored in (*hans.year.stored(), *kit.open_as("anne").year.stored()):
            words = YearWords(stored.figures, Words("nl"))
            assert words.based_on() and words.sections()
        assert good.id in {one.id for one in hans.year.stored()}
        assert hans.year.best()[0].tables


def test_a_document_that_is_too_large_or_of_no_time(tmp_path: Path) -> None:
    with school(tmp_path) as kit:
        marit = kit.open_as("marit")
        code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED})
        good, own = marit.notes.add(about(kit, "Duwde.", ZOE, DANIEL)), marit.vault.own_circle()
        note = {"author": "", "happened": MOMENTS[5], "entered": MOMENTS[5], "facts": ["x" * 18_000] * 80}
        write(marit.vault, "notes", "te-groot", msgspec.json.encode(note), own, everywhere(marit.vault))
        kit.machine.__dict__["milliseconds"] = lambda: 2**63
        note["facts"] = ["klein"]
        write(marit.vault, "notes", "te-laat", msgspec.json.encode(note), own, everywhere(marit.vault))
        home = home_of(marit.vault, "steps", code)
        write(marit.vault, "steps", "te-laat", b"{}", home, everywhere(marit.vault))
        del kit.machine.__dict__["milliseconds"]
        anne = kit.open_as("anne")
        read_everything(anne)
        assert {one.id for one in anne.notes.all()} == {good, "te-laat"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_nobody_writes_a_day_that_nothing_can_be_counted_from(tmp_path: Path, moment: str) -> None:
    with school(tmp_path) as kit, pytest.raises(UsageError):
        marit = kit.open_as("marit")
        marit.db.table("notes").insert({"author": "", "happened": moment, "entered": moment, "facts": ["x"]})
