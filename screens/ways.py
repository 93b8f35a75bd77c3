"""From my day to every other screen: what is a key away, said on one quiet line where there is room for it."""

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len

from data.errors import N_
from data.register.schema import directs

from .about import AboutScreen
from .analysis import AnalysisScreen
from .base import DeskScreen
from .commands import Command
from .counsel import Compartment, Numbers
from .passphrase import PassphraseForm
from .patterns import PatternsScreen
from .question import AskQuestion
from .queue import QueueScreen
from .school import SchoolScreen
from .search import SearchScreen
from .settings import SettingsForm
from .widgets import Column, Row

APART = 2
"""Cells between one way and the next, besides the one between columns."""


class Ways(DeskScreen):
    """A screen from which every other one is a key away."""

    WAYS: ClassVar[tuple[Command, ...]] = (
        Command("find", "f", N_("Search all"), N_("Search in everything you may read"), foot=False),
        Command("patterns", "t", N_("Patterns"), N_("Patterns: what notes show together"), foot=False),
        Command(
            "incidents", "e", N_("Incidents"), N_("Incidents: the register, ParnasSys, what is to be done"), foot=False
        ),
        Command("queue", "r", N_("Consult"), N_("Cases that ask for a consultation"), foot=False),
        Command(
            "analysis",
            "y",
            N_("School year"),
            N_("The school year in numbers, and what is going to be better"),
            foot=False,
        ),
        Command("question", "c", N_("Question"), N_("Ask the coordinator; read earlier questions"), foot=False),
        Command("about", "p", N_("Protocol"), N_("About the protocol: steps, roles, dates, rules"), foot=False),
        Command("school", "s", N_("School"), N_("Groups, pupils and people"), foot=False),
        Command("settings", "i", N_("Settings"), N_("Your own settings"), foot=False),
        Command("passphrase", "w", N_("Passphrase"), N_("Choose another passphrase for yourself"), foot=False),
        Command("counsel", "b", N_("Compartment"), N_("Your compartment as a counsellor"), foot=False),
        Command("numbers", "g", N_("Numbers"), N_("Numbers that the counsellor released"), foot=False),
    )
    """The screens that are a key away, those that are wanted most first."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Loose notes, new cases and questions are for staff: outsiders write in the cases they are in."""
        register = self.desk.register
        if action in ("counsel", "numbers"):
            return register.counsel.mine if action == "counsel" else register.counsel.reads_numbers
        vault = register.vault
        if action in ("queue", "analysis"):
            return directs(vault)
        return action not in ("note", "case", "question", "patterns") or vault.directory.staff(vault.me.id)

    def ways(self, width: int) -> Row:
        """Return the line that says which screens are a key away, as many as fit in `width` cells."""
        cells: list[tuple[str, str]] = []
        columns: list[Column] = []
        left = width
        for command in self._open_ways():
            key, word = command.key, self.tr(command.word)
            size = cell_len(key) + cell_len(word) + APART + 2
            if size - APART > left:
                break
            cells += [(key, "key"), (word, "quiet")]
            columns += [Column(cell_len(key)), Column(cell_len(word) + APART)]
            left -= size
        return Row("", (*cells, ("", "text")), (*columns, Column(0)))

    def _open_ways(self) -> Iterable[Command]:
        return (one for one in self.WAYS if self.check_action(one.action, ()))

    def before_leaving(self) -> None:
        """Keep what the next screen goes by."""

    def after_question(self, code: object) -> None:
        """Go on after a question was asked."""

    def action_find(self) -> None:
        """Search in everything."""
        self.before_leaving()
        self.app.push_screen(SearchScreen(self.desk))

    def action_patterns(self) -> None:
        """Go to what notes show together."""
        self.app.push_screen(PatternsScreen(self.desk))

    def action_incidents(self) -> None:
        """Go to the register of incidents."""
        from .incidents import IncidentsScreen  # noqa: PLC0415 - only when somebody asks for it

        self.app.push_screen(IncidentsScreen(self.desk))

    def action_queue(self) -> None:
        """Go to the cases that ask for a consultation."""
        self.app.push_screen(QueueScreen(self.desk))

    def action_analysis(self) -> None:
        """Go to the school year in numbers."""
        self.app.push_screen(AnalysisScreen(self.desk))

    def action_question(self) -> None:
        """Ask the leads something."""
        self.app.push_screen(AskQuestion(self.desk), self.after_question)

    def action_about(self) -> None:
        """Read about the protocol."""
        self.app.push_screen(AboutScreen(self.desk))

    def action_school(self) -> None:
        """Go to groups, pupils and people."""
        self.app.push_screen(SchoolScreen(self.desk))

    def action_settings(self) -> None:
        """Change one's own settings."""
        self.app.push_screen(SettingsForm(self.desk))

    def action_passphrase(self) -> None:
        """Choose another passphrase."""
        self.app.push_screen(PassphraseForm(self.desk))

    def action_counsel(self) -> None:
        """Go to one's compartment."""
        self.app.push_screen(Compartment(self.desk))

    def action_numbers(self) -> None:
        """Read what the counsellor released."""
        self.app.push_screen(Numbers(self.desk))
