"""What a screen works with: the register of who is logged in, the words, the signs, and whether names are shown."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from data.model import Strand, Text
from data.model.school import initials
from data.register import KnownCase, Register, short_name
from data.register.text import draw
from data.vault.typing import MAX_FORMS, Typing, Unfinished
from data.words import Words

from .glyphs import Glyphs

if TYPE_CHECKING:
    from .form import DeskForm

NAMED = 3
"""How many pupils of a side are named in one line; the others are counted."""


@dataclass
class Desk:
    """One session, handed from screen to screen. `names` (pupil's id → name) is renewed with every look."""

    register: Register
    words: Words
    glyphs: Glyphs = field(default_factory=Glyphs)
    names: dict[str, str] = field(default_factory=dict)
    names_shown: bool = False
    names_since: float = 0.0
    """When names were asked for, by the monotonic clock: they go away by themselves."""
    typing: Typing | None = None
    """Where typed text is kept until it is saved."""
    reopening: tuple[Unfinished, ...] = ()
    """What is just being given back: it stays kept until its forms are open again."""
    parked: tuple[Unfinished, ...] = ()
    """What was to be saved while the file is only read: kept until it can be given back."""
    last_place: str = ""
    """Where the last note of this session was: offered first in the next."""
    codes: tuple[str, ...] = ()
    """The cases as *my day* lists them: what the next and the previous one are."""

    def keep(self, forms: "Iterable[DeskForm]") -> None:
        """Let what is typed in these forms, and not saved, outlive the program."""
        if self.typing is not None:
            typed = [form.unfinished() for form in forms if form.KEPT and form.unsaved()]
            self.typing.keep([*self.parked, *self.reopening, *typed])

    def park(self, form: Unfinished) -> bool:
        """Keep what cannot be saved now, though its form goes; False where no more can be kept."""
        fits = self.typing is not None and len(self.parked) < MAX_FORMS // 2
        if fits:
            self.parked += (form,)
        return fits

    def end_typing(self) -> None:
        """End on purpose: what is typed is thrown away, what waits for the file is not."""
        if self.typing is not None:
            self.typing.keep(self.parked)
            self.typing.close(keep=bool(self.parked))

    def show_names(self, shown: bool) -> None:
        """Draw names from now on, or initials."""
        self.names_shown, self.names_since = shown, time.monotonic()

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
        return self.tr("you") if ident == self.register.me else self.colleague(ident)

    def colleague(self, ident: str) -> str:
        """Return a colleague's short name, one's own too."""
        return short_name(self.register.people.name(ident))

    def who(self, known: KnownCase) -> str:
        """Return the pupils of a case, side by side: `S.v.D. – M.V.`, an open side as `?`."""

        def side(wanted: Callable[[Strand], bool]) -> str:
            pupils = [pupil.pupil for pupil in known.case.pupils if wanted(pupil.strand)]
            more = f" +{len(pupils) - NAMED}" if len(pupils) > NAMED else ""
            return ", ".join(map(self.pupil, pupils[:NAMED])) + more

        bullied, accused = side(lambda s: s is Strand.BULLIED), side(lambda s: s is Strand.ACCUSED)
        if not bullied and not accused:
            return side(lambda _: True)
        return f"{bullied or '?'} {self.glyphs.dash} {accused or '?'}"

    def about(self, known: KnownCase) -> str:
        """Return who a case is about and in which group, for a title bar."""
        groups = self.groups(known)
        group = self.tr("group {name}", name=groups) if groups else ""
        return " · ".join(part for part in (self.who(known), group) if part)

    def phase(self, known: KnownCase) -> str:
        """Return how far a case is."""
        phase = known.progress.phase.title.lower()
        return self.tr("phase {phase}", phase=phase) if known.open else self.tr("closed")

    def lasting(self, known: KnownCase, today: date) -> str:
        """Return how far a case is, how long it is in its phase, and how long it lasts."""
        if not known.open:
            return self.phase(known)
        opened, since = known.case.opened.astimezone().date(), known.phase_since
        lasts = self.words.trn("{count} day", "{count} days", (today - opened).days)
        if since == opened:
            return f"{self.phase(known)} · {lasts}"
        here = self.words.trn("{count} day", "{count} days", (today - since).days)
        return f"{self.phase(known)} {here} · {self.tr('case {days}', days=lasts)}"

    def other_case(self, code: str, step: int) -> str:
        """Return the case that stands after or before another on *my day*; empty if there is no other."""
        if code not in self.codes:
            return self.codes[0] if self.codes else ""
        found = self.codes[(self.codes.index(code) + step) % len(self.codes)]
        return found if found != code else ""

    def groups(self, known: KnownCase) -> str:
        """Return the groups of a case's pupils: `6`, or `5, 6`; empty where the list cannot be read."""
        groups = self.register.pupils.groups()
        found = []
        for pupil in known.case.pupils:
            listed = self.register.pupils.get(pupil.pupil)
            if listed and listed.group in groups:
                found.append(groups[listed.group].name.removeprefix("groep ").removeprefix("group "))
        return ", ".join(sorted(set(found)))
