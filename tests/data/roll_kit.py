"""Files with groups and pupils for tests: a roll written as EDEXML or as a table, and rolls made up."""

import csv
import io
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from data.clean import clean_line
from data.exchange.roll import Roll, RollBuilder, RollGroup, RollPupil, RollTeacher
from data.exchange.upload import parse

SAMPLE = Path(__file__).with_name("edexml_sample.xml")
"""The example that Edustandaard publishes with EDEXML 2.1."""

UWLR = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"

HEADER = "groep;roepnaam;tussenvoegsel;achternaam;leerlingnummer;jaargroep;uitstroomdatum;schooljaar"


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


def from_rows(*rows: str, header: str = HEADER) -> Roll:
    return parse(table(*rows, header=header), "klas.csv")


def to_xml(roll: Roll, *, uwlr: bool = False) -> bytes:
    """Write a roll as EDEXML, or as the answer of a UWLR service in its envelope."""
    out = [f"<school><schooljaar>{roll.year}</schooljaar><bsn-van-niemand/></school>" if roll.year else "<school/>"]
    out += ["<groepen>", *(_group(group, roll) for group in roll.groups), "</groepen>"]
    out += ["<leerlingen>", *map(_pupil, roll.pupils), "</leerlingen>"]
    out += ["<leerkrachten>", *map(_teacher, roll.teachers), "</leerkrachten>"]
    inside = "\n".join(out)
    if not uwlr:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<EDEX>{inside}</EDEX>'.encode()
    body = f'<leerlinggegevens_antwoord xmlns="{UWLR}"><leerlinggegevens>{inside}</leerlinggegevens>'
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{envelope}"><s:Body>{body}</leerlinggegevens_antwoord></s:Body></s:Envelope>'.encode()


def _group(group: RollGroup, roll: Roll) -> str:
    inside = [pupil for pupil in roll.pupils if pupil.group == group.ref and not pupil.leaving and pupil.year_group]
    year = "C" if inside else next(iter(map(str, group.year_groups)), "")
    return f"<groep key={quoteattr(group.ref)}>{_field('naam', group.name)}{_field('jaargroep', year)}</groep>"


def _pupil(pupil: RollPupil) -> str:
    eckid = f" eckid={quoteattr(pupil.eckid)}" if pupil.eckid else ""
    key = pupil.key or f"#{id(pupil)}"
    year = "H" if pupil.left else str(pupil.year_group or "")
    return (
        f"<leerling key={quoteattr(key)}{eckid}>{_field('achternaam', pupil.family)}"
        f"{_field('roepnaam', pupil.given)}<geboortedatum>2018-01-01</geboortedatum>{_field('jaargroep', year)}"
        + (f"<groep key={quoteattr(pupil.group)}/>" if pupil.group else "")
        + _field("uitstroomdatum", pupil.left_on.isoformat() if pupil.left_on else "")
        + "</leerling>"
    )


def _teacher(teacher: RollTeacher) -> str:
    groups = "".join(f"<groep key={quoteattr(ref)}><rol>DIR</rol></groep>" for ref in teacher.groups)
    return f"<leerkracht key='L'>{_field('roepnaam', teacher.name)}<groepen>{groups}</groepen></leerkracht>"


def _field(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def to_table(roll: Roll) -> bytes:
    """Write a roll as a table; teachers and groups without pupils have no place in one."""
    out, names = io.StringIO(newline=""), {group.ref: group.name for group in roll.groups}
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Groep", "Roepnaam", "Achternaam", "Leerlingnummer", "EckID", "Jaargroep", "Uitstroomdatum"])
    for pupil in roll.pupils:
        year = "H" if pupil.left else str(pupil.year_group or "")
        day = pupil.left_on.isoformat() if pupil.left_on else ""
        writer.writerow([names.get(pupil.group, ""), pupil.given, pupil.family, pupil.key, pupil.eckid, year, day])
    return out.getvalue().encode("utf-8-sig")


_letters = st.characters(categories=["L"], exclude_characters="\ufeff")
NAMES = (
    st.text(st.one_of(_letters, st.sampled_from("'- .<&>\"[]")), min_size=1, max_size=20)
    .map(clean_line)
    .filter(lambda name: name != "" and name[0] not in "=+-@#")
)
_keys = st.text(st.sampled_from("abcXYZ0123456789-_/:"), min_size=1, max_size=12)


@st.composite
def rolls(draw: st.DrawFn) -> Roll:
    """A roll as the readers give it."""
    builder = RollBuilder("x", year=draw(st.sampled_from(["", "2026-2027"])))
    names = draw(st.lists(NAMES, unique_by=str.casefold, min_size=1, max_size=4))
    refs = draw(st.lists(_keys, unique=True, min_size=len(names), max_size=len(names)))
    for ref, name in zip(refs, names, strict=True):
        dummy = draw(st.booleans())
        shown = f"#{ref}" if dummy else ref
        builder.add_group(shown, name, 1, year_group=draw(st.integers(0, 8)), key="" if dummy else ref)
    keys = draw(st.lists(_keys, unique=True, min_size=1, max_size=8))
    for key in keys:
        left = draw(st.booleans())
        builder.add_pupil(
            RollPupil(
                draw(NAMES), draw(st.one_of(st.just(""), NAMES)), draw(st.sampled_from(["", *builder.groups])), key,
                draw(st.sampled_from(["", f"https://ketenid.nl/{key}"])), 0 if left else draw(st.integers(0, 8)), left,
                draw(st.one_of(st.none(), st.dates())),
            ),
            1,
        )  # fmt: skip
    for name in draw(st.lists(NAMES, max_size=3)):
        chosen = draw(st.lists(st.sampled_from(list(builder.groups)), unique=True, max_size=2))
        builder.add_teacher(RollTeacher(name, tuple(chosen)), 1)
    return builder.done()
