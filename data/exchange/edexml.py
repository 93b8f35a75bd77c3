"""EDEXML (Edustandaard), as pupil administrations write it: plain `EDEX`, or the UWLR variant in a namespace.

Read as a stream with defusedxml: no document type, no entity, nothing from elsewhere. Not held against the schema:
that ends with school year 2024-2025 and knows nothing of the blocks that programs add. What is taken is said in
`_TAKEN`; anything else is left out with all that is in it.
"""

import io
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.sax import SAXException, handler

from ..clean import clean_line
from ..errors import N_
from .roll import (
    NO_KEY,
    Roll,
    RollBuilder,
    RollPupil,
    RollTeacher,
    given_name,
    has_left,
    whole_name,
    year_group,
)

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesNSImpl, Locator

DEEPEST, MOST_ELEMENTS = 40, 2_000_000
"""How deep elements lie in each other at most, and how many there are; EDEXML has seven levels."""

LONGEST_TEXT = 2_000
"""How many characters of one field are looked at; the longest that is taken has 256."""

NOT_XML = N_("{file}, line {line}: this is not whole XML: {reason}")
NO_DTD = N_("{file}, line {line}: it holds a document type or an entity; EDEXML has none")
NOT_EDEXML = N_("{file}, line {line}: this is no EDEXML: neither EDEX nor leerlinggegevens is in it")
TOO_DEEP = N_("{file}, line {line}: too deeply nested for EDEXML")
WRONG_ENCODING = N_("{file}, line {line}: this is not the encoding that the file says it has")

_HOLDERS = {"EDEX", "leerlinggegevens"}
"""The element that holds the list; around it there may be an envelope."""

_NAMES = {"achternaam", "voorvoegsel", "voornamen", "voorletters-1", "roepnaam"}

_TAKEN: dict[tuple[str, ...], set[str]] = {
    (): {"school", "groepen", "leerlingen", "leerkrachten"},
    ("school",): {"schooljaar"},
    ("groepen",): {"groep", "samengestelde_groep"},
    ("groepen", "groep"): {"naam", "jaargroep"},
    ("groepen", "samengestelde_groep"): {"naam"},
    ("leerlingen",): {"leerling"},
    ("leerlingen", "leerling"): {*_NAMES, "jaargroep", "uitstroomdatum", "groep", "samengestelde_groepen"},
    ("leerlingen", "leerling", "samengestelde_groepen"): {"samengestelde_groep"},
    ("leerkrachten",): {"leerkracht"},
    ("leerkrachten", "leerkracht"): {*_NAMES, "groepen"},
    ("leerkrachten", "leerkracht", "groepen"): {"groep", "samengestelde_groep"},
}
"""What is taken within what; whoever wants another field adds it here, with its reason."""

_KEPT_ATTRIBUTES = {"groep": {"key"}, "samengestelde_groep": {"key"}, "leerling": {"key", "eckid"}}
"""Of a teacher none: they are known by their accounts here."""

_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def parse_edexml(data: bytes, file: str) -> Roll:
    """Return the roll in an EDEXML file; `file` is what messages call it. Raises NotTaken."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only for who imports
    from defusedxml.expatreader import create_parser  # noqa: PLC0415

    found = _Reader(RollBuilder(clean_line(file)))
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(handler.feature_namespaces, True)
    parser.setContentHandler(found)
    try:
        parser.parse(io.BytesIO(data))
    except DefusedXmlException:
        found.builder.refuse(NO_DTD, found.line)
    except SAXException as error:
        found.builder.refuse(*_why_not(data, found.line), reason=error.getMessage())
    except (LookupError, ValueError):  # an encoding that nobody knows, or that takes several bytes a letter
        found.builder.refuse(WRONG_ENCODING, 1)
    return found.roll()


def _why_not(data: bytes, line: int) -> tuple[str, int]:
    """Return what is said of XML that breaks off, and the line: the wrong encoding is told apart from the rest."""
    declared = _DECLARED.match(data[:200])
    if declared is None or declared[1].lower() in {b"utf-8", b"utf8"}:
        try:
            data.decode("utf-8" if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-16")
        except UnicodeDecodeError as error:
            return WRONG_ENCODING, data.count(b"\n", 0, error.start) + 1
    return NOT_XML, line


@dataclass
class _Record:
    """One group, pupil or teacher while it is read."""

    line: int
    attributes: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    """The keys of the groups it names, in their order."""
    group: str = ""
    """The key of the one group a pupil is in."""


class _Reader(handler.ContentHandler):
    """Follows the path of elements within the list, and keeps what is taken."""

    def __init__(self, builder: RollBuilder) -> None:
        super().__init__()
        self.builder = builder
        self._locator: Locator | None = None
        self._path: list[str] | None = None
        """Where in the list this is; None outside it."""
        self._namespace: str | None = None
        self._depth = self._elements = self._begun = 0
        self._dropped_at = 0
        """How deep the element lies that is left out with all in it; 0: none."""
        self._record: _Record | None = None
        self._text: list[str] = []
        self._length = 0
        self._done = False
        self._combined: dict[str, _Record] = {}
        self._homes = set[str]()

    @property
    def line(self) -> int:
        """The line that is being read."""
        return (self._locator.getLineNumber() if self._locator else None) or 1

    def setDocumentLocator(self, locator: "Locator") -> None:  # noqa: N802 - SAX's own name
        """Remember who knows the line."""
        self._locator = locator

    # --- elements ------------------------------------------------------------------------------------------

    def startElementNS(  # noqa: N802
        self, name: tuple[str | None, str], qname: str | None, attrs: "AttributesNSImpl"
    ) -> None:
        """Go into an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            self.builder.refuse(TOO_DEEP, self.line)
        namespace, local = name
        if self._path is None:
            if local in _HOLDERS and not self._done:
                self._path, self._namespace, self._begun = [], namespace, self._depth
            return
        if self._dropped_at:
            return
        if namespace != self._namespace or local not in _TAKEN.get(tuple(self._path), ()):
            self.builder.drop(local)
            self._dropped_at = self._depth
            return
        self._path.append(local)
        self._text, self._length = [], 0
        given = self._attributes(local, attrs)
        if len(self._path) == 2 and self._path[0] != "school":
            self._record = _Record(self.line, given)
        elif self._record is not None and local in {"groep", "samengestelde_groep"}:
            key = given.get("key", "")
            if self._path == ["leerlingen", "leerling", "groep"]:
                self._record.group = key
            else:
                self._record.groups.append(key)

    def _attributes(self, local: str, attrs: "AttributesNSImpl") -> dict[str, str]:
        """Return the attributes that are taken, and tell of the others."""
        given = {}
        for (namespace, attribute), value in attrs.items():
            if namespace is None and attribute in _KEPT_ATTRIBUTES.get(local, ()):
                given[attribute] = value.strip()
            elif namespace is None:
                self.builder.drop(f"{local}@{attribute}")
        return given

    def characters(self, content: str) -> None:
        """Take text of a field."""
        if self._path and not self._dropped_at and self._length < LONGEST_TEXT:
            self._text.append(content)
            self._length += len(content)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """Come out of an element."""
        if self._path is not None and self._depth == self._begun:
            self._path, self._done = None, True
        elif self._path and not self._dropped_at:
            self._end(tuple(self._path))
            self._path.pop()
        if self._dropped_at == self._depth:
            self._dropped_at = 0
        self._depth -= 1

    def _end(self, path: tuple[str, ...]) -> None:
        text = "".join(self._text)
        self._text, self._length = [], 0
        if path == ("school", "schooljaar"):
            self.builder.year = self.builder.school_year(text, self.line)
        elif len(path) == 2 and self._record is not None:
            record, self._record = self._record, None
            match path[1]:
                case "groep":
                    self._end_group(record)
                case "samengestelde_groep":
                    self._combined[record.attributes.get("key", "")] = record
                case "leerling":
                    self._end_pupil(record)
                case "leerkracht":
                    self._end_teacher(record)
        elif len(path) == 3 and self._record is not None:
            self._record.texts[path[2]] = text

    # --- what they hold ------------------------------------------------------------------------------------

    def _end_group(self, record: _Record) -> None:
        builder, ref = self.builder, record.attributes.get("key", "")
        if not ref:
            builder.refuse(NO_KEY, record.line)
        name = builder.name(record.texts.get("naam", ""), record.line)
        year = year_group(record.texts.get("jaargroep", ""))
        builder.add_group(ref, name, record.line, year_group=year, key=builder.key(ref, record.line))

    def _end_pupil(self, record: _Record) -> None:
        builder, texts, line = self.builder, record.texts, record.line
        given, family = self._names(record)
        year, day = texts.get("jaargroep", ""), texts.get("uitstroomdatum", "").strip()
        if not record.attributes.get("key") and not record.attributes.get("eckid"):
            builder.refuse(NO_KEY, line)
        left = has_left(year)
        # Who has no group of their own is at home in the first combined one.
        home = record.group or next(iter(record.groups), "")
        if not record.group and home and not (left or day):
            self._homes.add(home)
        builder.add_pupil(
            RollPupil(
                given, family, home, builder.key(record.attributes.get("key", ""), line),
                builder.key(record.attributes.get("eckid", ""), line), year_group(year), left,
                builder.day(day, line) if day else None,
            ),
            line,
        )  # fmt: skip

    def _end_teacher(self, record: _Record) -> None:
        given, family = self._names(record)
        self.builder.add_teacher(RollTeacher(whole_name((given, family)), tuple(record.groups)), record.line)

    def _names(self, record: _Record) -> tuple[str, str]:
        """Return (given, family) of a pupil or a teacher."""
        called, names, letters, before, family = (
            self.builder.name(record.texts.get(name, ""), record.line)
            for name in ("roepnaam", "voornamen", "voorletters-1", "voorvoegsel", "achternaam")
        )
        return given_name(called, names, letters, whole_name((before, family)))

    def roll(self) -> Roll:
        """Return what was read; raises NotTaken."""
        if not self._done:
            self.builder.refuse(NOT_EDEXML, 1)
        for ref, record in self._combined.items():
            if ref in self._homes:
                self._end_group(record)
            else:
                self.builder.drop("samengestelde_groep")
        known = self.builder.groups
        self.builder.teachers = [
            replace(teacher, groups=tuple(ref for ref in teacher.groups if ref in known))
            for teacher in self.builder.teachers
        ]
        return self.builder.done()
