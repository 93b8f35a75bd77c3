"""What a screen works with: the register of who is logged in, the words, the signs, and whether names are shown."""

from collections.abc import Callable
from dataclasses import dataclass, field

from data.model import Strand, Text
from data.model.documents import initials
from data.register import KnownCase, Register, short_name
from data.register.text import draw
from data.words import Words

from .glyphs import Glyphs


@dataclass
class Desk:
    """One session, handed from screen to screen. `names` (pupil's id → name) is renewed with every look."""

    register: Register
    words: Words
    glyphs: Glyphs = field(default_factory=Glyphs)
    names: dict[str, str] = field(default_factory=dict)
    names_shown: bool = False

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self.words.tr(message, **values)

    def pupil(self, ident: str) -> str:
        """Return a pupil as drawn now: initials, or the name once asked for."""
        name = self.names.get(ident)
        if name is None:
            return self.tr("another pupil")
        return name if self.names_shown else initials(name)

    def text(self, text: Text) -> str:
        """Return a stored text as drawn now."""
        return draw(text, self.pupil)

    def author(self, ident: str) -> str:
        """Return a colleague's short name, "you" for oneself."""
        if ident == self.register.me:
            return self.tr("you")
        return short_name(self.register.people.name(ident))

    def who(self, known: KnownCase) -> str:
        """Return the pupils of a case, side by side: `S.v.D. – M.V.`, an open side as `?`."""

        def side(wanted: Callable[[Strand], bool]) -> str:
            return ", ".join(self.pupil(pupil.pupil) for pupil in known.case.pupils if wanted(pupil.strand))

        bullied, accused = side(lambda s: s is Strand.BULLIED), side(lambda s: s is Strand.ACCUSED)
        if not bullied and not accused:
            return side(lambda _: True)
        return f"{bullied or '?'} {self.glyphs.dash} {accused or '?'}"

    def groups(self, known: KnownCase) -> str:
        """Return the groups of a case's pupils: `6`, or `5, 6`; empty where the list cannot be read."""
        groups = self.register.pupils.groups()
        found = []
        for pupil in known.case.pupils:
            listed = self.register.pupils.get(pupil.pupil)
            if listed and listed.group in groups:
                found.append(groups[listed.group].name.removeprefix("groep ").removeprefix("group "))
        return ", ".join(sorted(set(found)))
