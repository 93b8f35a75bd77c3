"""The dossier on paper: the same bytes twice, every name readable with any font, no name outside the text."""

import datetime as dt
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import NotSaved
from data.model import CasePupil, Strand
from data.outgoing import outgoing
from data.paper import LATIN, Font, Letters, find_font
from data.protocol import StepState
from data.register.dossier import Dossier, Kind, Part, Said, Scope, Section, Statement
from data.register.dossier import pdf as pdf_module
from data.register.dossier.pdf import to_pdf
from data.vault.machine import Machine
from data.words import Words

MOMENT = dt.datetime(2026, 11, 26, 10, 42, tzinfo=dt.UTC)
NAME = "Zoë Yılmaz-Çelik"

HOSTILE = (
    "{nb} **vet** __x__ [/b]", "\x1b]0;x\x07 \x00", "\u202egnimmok\u202c", "👩\u200d👧 漢字 ✓ €", "x" * 10_000,
    "woord " * 1_700, "regel\n" * 200, "", "\t\u00ad\ud800", "مرحبا שלום",
)  # fmt: skip


def dossier(*texts: str) -> Dossier:
    statements = tuple(
        Statement(
            id=f"s{at}",
            kind=Kind.STEP,
            day=MOMENT.date(),
            entered=MOMENT,
            author="Anne Verhoeven",
            strand=Scope.SCHOOL,
            said=(Said("", (text,)), Said("present", (text,))),
            step=1,
            title="In kaart brengen",
            state=StepState.DONE,
        )
        for at, text in enumerate(texts)
    )
    section = Section(part=Part.STEP, statements=statements, step=1, title="In kaart brengen", state=StepState.DONE)
    return Dossier(
        code="Z-7K3F", school="De Regenboog", protocol="p 1", opened=MOMENT, open=True, owner="Anne Verhoeven",
        made=MOMENT, made_by="Anne Verhoeven", pupil="",
        pupils=(CasePupil(pupil="a1", name=NAME, strand=Strand.BULLIED),),
        ruled=(), sections=(section,),
    )  # fmt: skip


def streams(data: bytes) -> bytes:
    """Return what the pages hold, unpacked."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)


@pytest.fixture(params=["system", "core"])
def font(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Font | None:
    if request.param == "core":
        monkeypatch.setattr(pdf_module, "find_font", lambda: None)
        return None
    found = find_font()
    if found is None:
        pytest.skip("no DejaVu Sans here")
    return found


def test_the_same_dossier_gives_the_same_bytes(font: Font | None) -> None:
    first, second = (to_pdf(dossier("Zij viel."), Words("nl"), font) for _ in range(2))
    assert first == second
    later = replace(dossier("Zij viel."), made=MOMENT + dt.timedelta(days=1))
    assert to_pdf(later, Words("nl"), font) != first


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_text_gets_onto_paper(font: Font | None, text: str) -> None:
    assert to_pdf(dossier(text, f"{NAME}: {text}"), Words("nl"), font).startswith(b"%PDF")


def test_a_name_is_in_no_metadata(font: Font | None) -> None:
    data = to_pdf(dossier("x"), Words("nl"), font)
    outside = re.sub(rb"stream\r?\n.*?\r?\nendstream", b"", data, flags=re.DOTALL)
    assert b"Dossier Z-7K3F" in outside or b"Z-7K3F".hex().upper().encode() in outside.upper() or b"/Title" in outside
    for encoded in ("Zo", "Celik"):
        for form in (encoded.encode(), encoded.encode("utf-16-be").hex().encode(), encoded.encode("utf-16-be")):
            assert form not in outside


def test_without_the_font_names_are_spelled_plainly_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "find_font", lambda: None)
    drawn = streams(to_pdf(dossier(f"{NAME} {{nb}}"), Words("en")))
    assert "Zoë Yilmaz-Çelik {nb}".encode("latin-1") in drawn
    assert b"Some characters are not in the font" in drawn
    assert b"page 1 of 1" in drawn
    assert b"CONFIDENTIAL" in drawn
    assert b"exported by Anne Verhoeven" in drawn
    plain = streams(to_pdf(replace(dossier("Zij zei: “nee” – en liep."), pupils=()), Words("en")))
    assert b"Some characters" not in plain


@pytest.mark.parametrize(
    ("text", "printed", "changed"),
    [
        ("Zoë Çelik", "Zoë Çelik", False),
        ("Yılmaz Łukasz Đorđe Şahin", "Yilmaz Lukasz Dorde Sahin", True),
        ("“nee” – …", '"nee" - ...', False),
        ("漢", "?", True),
        ("👍", "[thumbs up sign]", True),
        ("a\u200db\x07", "ab", False),
        ("een\ttwee\ndrie", "een    twee\ndrie", False),
    ],
)
def test_letters_that_a_font_lacks(text: str, printed: str, changed: bool) -> None:
    letters = Letters(LATIN)
    assert (letters(text), letters.changed) == (printed, changed)


def test_what_the_caller_fails_at_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "uit.pdf"
    with pytest.raises(ValueError, match="log"), outgoing(Machine(), str(path), b"x"):
        raise ValueError("log")
    assert list(tmp_path.iterdir()) == []


def test_a_link_and_a_file_made_meanwhile_are_left_alone(tmp_path: Path) -> None:
    link, path = tmp_path / "link", tmp_path / "uit.pdf"
    link.symlink_to(tmp_path / "nergens")
    with pytest.raises(NotSaved), outgoing(Machine(), str(link), b"x"):
        pass
    with pytest.raises(NotSaved), outgoing(Machine(), str(path), b"x"):
        path.write_text("van mij")
    assert path.read_text() == "van mij"
    with pytest.raises(NotSaved), outgoing(Machine(), str(tmp_path / "x" / "y"), b"x"):
        pass
    assert sorted(found.name for found in tmp_path.iterdir()) == ["link", "uit.pdf"]


def test_a_date_is_never_broken_over_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "find_font", lambda: None)
    texts = [f"{'ja ' * count}en de ouders belden op 17 november 2026 terug" for count in range(15, 45)]
    shown = streams(to_pdf(dossier(*texts), Words("nl"))).replace(b"\xa0", b" ")
    assert shown.count(b"17 november 2026") == 2 * len(texts), "each text stands there twice"
