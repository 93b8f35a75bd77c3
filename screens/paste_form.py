"""Pupils for a group, pasted from any list; what that does to the group is said before it is saved."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, TextArea

from data.clean import clean_line
from data.errors import N_, PesttuiError
from data.register import KnownPupil
from data.register.pupils import MAX_LINES, fold, sort_lines

from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .text import folded, safe
from .widgets import Prose

_TALL = 30
"""From how many lines on there is room for more names."""


class PastePupils(DeskForm):
    """Pupils for one group."""

    HELP: ClassVar[str] = N_(
        "Paste or type pupils, one name a line; numbers and signs before a name are left out. Below stands what F2 "
        "does: who is new, and who is in the group already. Nobody is taken out of a group here. A pupil who goes to "
        "another group stays the same pupil only when the list comes from a file: m in School."
    )

    def __init__(self, desk: Desk, group: str = "") -> None:
        """`group` is the id of the group; empty for one that is not there yet."""
        super().__init__(desk)
        self._group = group
        self._pupils = quiet_area(id="paste")
        self._effect = Prose(id="effect")
        self._known: Sequence[KnownPupil] = ()
        self._groups: dict[str, str] = {}
        """The id of each group, by its name as `fold` has it."""

    def compose_body(self) -> Iterable[Widget]:
        """Room for names, and what they do."""
        with Vertical(classes="form"):
            yield from self.above()
            yield Label(self.tr("Pupils, one name a line"), classes="heading", markup=False)
            yield self._pupils
            yield self._effect
            yield self.answer

    def above(self) -> Iterable[Widget]:
        """Yield what stands above the names."""
        return ()

    def on_mount(self) -> None:
        """Begin."""
        super().on_mount()
        if self._group:
            self.title_bar.main = self.desk.register.pupils.groups()[self._group].name
            self._pupils.focus()
        self._read()

    @work
    async def _read(self) -> None:
        """Read who is there already."""
        try:
            self._known = await asyncio.to_thread(self.desk.register.pupils.all)
            names = await asyncio.to_thread(self.desk.register.pupils.group_names)
        except PesttuiError as error:
            self.fail(error)
            return
        self._groups = {fold(name): ident for ident, name in names.items()}
        self._draw()

    @on(TextArea.Changed)
    def _names_changed(self) -> None:
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Name as many as there is room for."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        """Say what saving does."""
        found = sort_lines(self._pupils.text, self._group, self._known)
        new = [pupil.name for pupil in found.new]
        rows = 4 if self.size.height >= _TALL else 2
        parts = self._named(self.tr("New ({count}): ", count=len(new)), new, "$key", rows)
        parts += self._named(
            self.tr("Already in this group ({count}): ", count=len(found.there)), found.there, "$quiet", rows
        )
        others = [f"{one.name} ({one.group})" for one in found.elsewhere]
        parts += self._named(self.tr("Also in another group, and not moved from there: "), others, "$late", rows)
        if found.too_many:
            parts.append(safe(self.tr("More than {most} names: too many for one group.", most=MAX_LINES), "$late"))
        if found.stays:
            stays = self.words.trn(
                "{count} pupil is in this group and not in this list, and stays.",
                "{count} pupils are in this group and not in this list, and stay.",
                found.stays,
            )
            parts.append(safe(stays, "$quiet"))
        self._effect.display = bool(parts)
        self._effect.update(Content("\n").join(parts))

    def _named(self, word: str, names: Sequence[str], style: str, rows: int) -> list[Content]:
        """Return names behind a word, in at most so many rows; nothing where there are none."""
        if not names:
            return []
        said = Content.assemble((word, style), safe(", ".join(names)))
        return folded(said, max(20, self._pupils.size.width), rows)

    def typed(self) -> str:
        """Return the pupils."""
        return self._pupils.text

    async def save(self) -> str:
        """Add the pupils."""
        return await self._add(self._group)

    async def _add(self, group: str) -> str:
        added, there = await asyncio.to_thread(self.desk.register.pupils.add_lines, group, self._pupils.text)
        return self.tr("{added} added, {there} were there already.", added=added, there=there)


class NewGroup(PastePupils):
    """A group, with its pupils pasted at once if one likes; of a group that is there the pupils are added to it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._name_field = quiet_input(max_length=40, placeholder=self.tr("for example: groep 6"))

    def above(self) -> Iterable[Widget]:
        """Yield the name."""
        with Horizontal(classes="field wide"):
            yield Label(self.tr("Group"), markup=False)
            yield self._name_field

    def on_mount(self) -> None:
        """Begin at the name."""
        super().on_mount()
        self.title_bar.main = self.tr("New group")
        self._name_field.focus()

    @on(Input.Changed)
    def _named_differently(self) -> None:
        """Say what it does to a group that is there already."""
        self._group = self._groups.get(fold(clean_line(self._name_field.value)), "")
        self.title_bar.about = self.tr("is there already: pupils are added to it") if self._group else ""
        self._draw()

    def typed(self) -> str:
        """Return name and pupils."""
        return self._name_field.value + self._pupils.text

    async def save(self) -> str:
        """Make the group and add its pupils."""
        register, name = self.desk.register, self._name_field.value
        known = register.pupils.group_named(name)
        if known is None:
            known = await asyncio.to_thread(register.pupils.add_group, name, register.now().date())
        return await self._add(known)
