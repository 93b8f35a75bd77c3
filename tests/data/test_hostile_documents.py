"""What a member with a program of their own writes never keeps a colleague from reading the rest."""

import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.model import Strand
from data.register import Jotting, Register
from tests.data.hostile_kit import KINDS, digests, documents, everywhere, filled, home_of, read_everything, write
from tests.data.school_kit import Kit, about, school

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


@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
@pytest.mark.parametrize("table", sorted(KINDS))
def test_whatever_a_document_says_others_go_on_reading(table: str, data: st.DataObject) -> None:
    made = data.draw(st.lists(documents(KINDS[table]), min_size=1, max_size=4))
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
