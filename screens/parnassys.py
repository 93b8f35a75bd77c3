"""The text for ParnasSys of one pupil: on the clipboard, in a file, or to take by hand; and its tick."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from data.errors import N_, PesttuiError
from data.register import KnownIncident
from data.register.parnassys import Source, case_of, file_name

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .save_file import SaveFile
from .text import safe
from .widgets import Prose


class ParnassysScreen(DeskScreen):
    """One pupil's text of one note or incident, or of all incidents that are not in that pupil's file yet."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("copy", "c", N_("Copy"), N_("Put the text on the clipboard of your own computer")),
        Command("file", "b", N_("File"), N_("Write the text to a file")),
        Command("tick", "x", N_("Entered"), N_("It stands in ParnasSys; once more takes that back")),
        Command("turn(1)", "right", N_("Other pupil"), N_("The text for the next pupil"), foot=False),
        Command("turn(-1)", "left", N_("Previous"), N_("The text for the previous pupil"), foot=False),
        Command(
            "all", "a", N_("All"), N_("All incidents that are not in this pupil's file yet, or this one"), foot=False
        ),
        Command("names", "v", N_("Name"), N_("Show the pupil's name as it is copied, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from"), foot=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "The text for one pupil's file, in your school's template; other pupils are not in it. Read it before you take "
        "it. c puts it on the clipboard; whether it arrived cannot be seen here, so paste it in ParnasSys and look. "
        "Where nothing arrives, press v for the name and select the text with the mouse (hold Shift), or write a file "
        "with b. x ticks off that it stands in ParnasSys. Left and right choose the pupil, a takes all that is not "
        "there yet. Copies and files stand in the log."
    )

    def __init__(self, desk: Desk, source: Source, pupil: str = "") -> None:
        super().__init__(desk)
        self._source = source
        self._pupils = desk.register.parnassys.pupils(source)
        self._at = self._pupils.index(pupil) if pupil in self._pupils else 0
        self._everything = False
        self._sources: list[Source] = [source]
        self._made = self._seen = ""
        self._said = ""
        self._head = Static("", id="parnassys-head", markup=False)
        self._text = Prose(id="parnassys-text")
        self._scroll = VerticalScroll(self._text, id="dossier")
        self._foot = Static("", id="answer", markup=False)

    def compose_body(self) -> Iterable[Widget]:
        """For whom, the text, and what became of it."""
        with Vertical():
            yield self._head
            yield self._scroll
            yield self._foot

    def on_mount(self) -> None:
        """Make the text."""
        super().on_mount()
        self.title_bar.main = "ParnasSys"
        self.title_bar.right = self.who_am_i()
        self._scroll.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        if self._made:
            self.look_again()

    @property
    def _pupil(self) -> str:
        return self._pupils[self._at]

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Make the text in a thread, then draw it."""
        try:
            await asyncio.to_thread(self._make)
        except PesttuiError as error:
            self.fail(error)
            return
        self._draw()
        self.show_keys()

    def _make(self) -> None:
        parnassys, pupil = self.desk.register.parnassys, self._pupil
        self._source = parnassys.source(self._source.id)
        names = self.desk.register.incidents.names(self._pupils, case_of(self._source))
        self.desk.names = {**names, **self.desk.names}
        waiting = parnassys.waiting(pupil) if self._everything else []
        self._sources = [*waiting] or [self._source]
        self._made = parnassys.text(self.words, self._sources, pupil)
        called = "" if self.desk.names_shown else self.desk.pupil(pupil)
        self._seen = parnassys.text(self.words, self._sources, pupil, name=called)

    # --- drawing -------------------------------------------------------------------------------------------

    def _incidents(self) -> list[KnownIncident]:
        return [one for one in self._sources if isinstance(one, KnownIncident)]

    def _entered(self) -> bool:
        """Whether all of it stands in the pupil's file."""
        found = self._incidents()
        return bool(found) and all(self._pupil not in known.unentered for known in found)

    def _draw(self) -> None:
        pupil, signs = self._pupil, self.desk.glyphs
        self.title_bar.about = self.desk.pupil(pupil)
        many = len(self._pupils) > 1
        names = [
            (f"[{self.desk.pupil(one)}]", "bold $strong") if one == pupil else (f" {self.desk.pupil(one)} ", "$quiet")
            for one in self._pupils
        ]
        line = Content(" ").join(safe(name, style) for name, style in names) if many else safe("")
        state = safe("")
        if self._incidents():
            there = self._entered() and self._pupil in {p for one in self._incidents() for p in one.concerned}
            word = self.tr("in ParnasSys") if there else self.tr("not in ParnasSys yet")
            state = safe(f"{signs.done if there else signs.lacking} {word}", "$done" if there else "$key")
        count = len(self._sources)
        several = self.words.trn("{count} incident", "{count} incidents", count) if self._everything else ""
        parts = [part for part in (line, safe(several, "$meta"), state) if part.plain]
        self._head.update(Content("   ").join(parts))
        self._text.update(safe(self._seen.rstrip("\n")))
        self._foot.update(safe(self._said or self.tr("Read it first: others are left out, and names that you typed.")))

    # --- commands ------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A note has no tick; with one pupil there is no other."""
        if action in ("tick", "all"):
            return isinstance(self._source, KnownIncident) and self._pupil in self._source.concerned
        return action != "turn" or len(self._pupils) > 1

    @work
    async def action_copy(self) -> None:
        """Put it on the clipboard, once the log knows of it."""
        text = self._made
        if not text or not await self._took():
            return
        try:
            self.app.copy_to_clipboard(text)
        except OSError:  # a line that is gone is no reason to end
            self._say(self.tr("There is no clipboard here. b writes a file."))
            return
        self._say(self.tr("Sent to the clipboard. Whether it arrived cannot be seen here: paste it, or use b or v."))

    async def _took(self) -> bool:
        try:
            await asyncio.to_thread(self.desk.register.parnassys.took, self._sources)
        except PesttuiError as error:
            self.fail(error)
            return False
        return True

    def _say(self, text: str) -> None:
        self._said = text
        self._foot.update(safe(text))

    def action_file(self) -> None:
        """Ask where the file goes."""
        if self._made:
            self.app.push_screen(SaveText(self.desk, self._made, self._sources, self._pupil), self._written)

    def _written(self, path: object) -> None:
        if isinstance(path, str):
            self._say(self.tr("Written: {path}", path=path))

    @work
    async def action_tick(self) -> None:
        """Say that it stands in ParnasSys, or that it does not after all."""
        parnassys, there = self.desk.register.parnassys, self._entered()
        try:
            await asyncio.to_thread(parnassys.untick if there else parnassys.tick, self._incidents(), self._pupil)
        except PesttuiError as error:
            self.fail(error)
            return
        self._everything = False
        self.look_again()

    def action_turn(self, step: int) -> None:
        """Turn to another pupil."""
        self._at = (self._at + step) % len(self._pupils)
        self._everything, self._said = False, ""
        self._scroll.scroll_home(animate=False)
        self.look_again()

    def action_all(self) -> None:
        """Take all that is not in this pupil's file yet, or only this one again."""
        self._everything = not self._everything
        self._said = ""
        self.look_again()

    def draw_names(self) -> None:
        """Draw again with names, or with initials."""
        self.look_again()

    def action_back(self) -> None:
        """Back to where one came from."""
        self.leave(None)


class SaveText(SaveFile):
    """Where the text goes: never over a file that is there."""

    HELP = N_(
        "Writes the text to a file that only you can read, on the machine this program runs on. Put no pupil's name in "
        "the name of the file, and remove it once it stands in ParnasSys. The export stands in the log."
    )

    def __init__(self, desk: Desk, text: str, sources: list[Source], pupil: str) -> None:
        super().__init__(desk, "ParnasSys", file_name(pupil))
        self._text = text
        self._sources = sources
        self._pupil = pupil

    def command(self) -> str:
        """Return the command that makes the same file elsewhere."""
        source = f" {self._sources[0].id}" if len(self._sources) == 1 else ""
        return f"export parnassys{source} --for {self._pupil}"

    def draw(self) -> bytes:
        """Return the text."""
        return self._text.encode()

    def write_log(self) -> None:
        """Write it in the log."""
        self.desk.register.parnassys.took(self._sources)

    def saved(self, result: object) -> None:
        """Leave with where it is: it stands below the text then."""
        self.leave(result)
