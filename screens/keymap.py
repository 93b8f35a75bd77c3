"""Every key of the program on one page, screen by screen: for who cannot look around to find them."""

from collections.abc import Iterator
from importlib import import_module
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from data.errors import N_
from data.words import Words

from .base import EVERYWHERE, PestScreen
from .commands import KEYS_CELLS, Command, bindings, shown_key
from .form import LEAVE, NEXT, SAVE

LISTS = (
    Command("choose", "enter", "", N_("Open the row, or choose it")),
    Command("move(-1)", "up,k", "", N_("The row above")),
    Command("move(1)", "down,j", "", N_("The row below")),
    Command("page(-1)", "pageup", "", N_("A screenful up")),
    Command("page(1)", "pagedown", "", N_("A screenful down")),
    Command("edge(-1)", "home", "", N_("The first row")),
    Command("edge(1)", "end", "", N_("The last row")),
    Command("tick", "space", "", N_("Where a row has a box: tick it, or not after all")),
)
"""What works in every list; the lists bind these keys themselves."""

CHOICES = Command("choose", "left,right", "", N_("Among choices on one line: previous, next; or its number"))
"""What works on a line of choices."""

SCREENS: tuple[tuple[str, str], ...] = (
    (N_("Log in"), "unlock:Unlock"),
    (N_("My day"), "dashboard:Dashboard"),
    (N_("Note"), "quick_note:QuickNote"),
    (N_("A note"), "note_view:NoteView"),
    (N_("A private note"), "note_view:PrivateNoteView"),
    (N_("Patterns"), "patterns:PatternsScreen"),
    (N_("Pattern"), "pattern_view:PatternView"),
    (N_("A note of a pattern"), "pattern_view:CaseNoteView"),
    (N_("Incidents"), "incidents:IncidentsScreen"),
    (N_("Which note?"), "incidents:PickNote"),
    (N_("An incident"), "incident_view:IncidentView"),
    (N_("Text for ParnasSys"), "parnassys:ParnassysScreen"),
    (N_("Search"), "search:SearchScreen"),
    (N_("School year"), "analysis:AnalysisScreen"),
    (N_("Improvement points"), "improvements:Improvements"),
    (N_("Open a case"), "open_case:OpenCase"),
    (N_("Case"), "case:CaseScreen"),
    (N_("Notes of a case"), "case_notes:CaseNotes"),
    (N_("A step"), "step_form:StepForm"),
    (N_("Agreements"), "agreement_form:AgreementForm"),
    (N_("Look at an agreement"), "check_form:CheckForm"),
    (N_("Agreed with your group"), "agreed_view:AgreedView"),
    (N_("Overview"), "overview:Overview"),
    (N_("Consultations"), "queue:QueueScreen"),
    (N_("Dossier"), "dossier:DossierScreen"),
    (N_("May this text go in?"), "dossier_forms:Approve"),
    (N_("Who takes part"), "members:MembersScreen"),
    (N_("Log"), "log:LogScreen"),
    (N_("School"), "school:SchoolScreen"),
    (N_("Import groups and pupils"), "import_screen:ImportScreen"),
    (N_("A person"), "person:PersonScreen"),
    (N_("Protocol"), "about:AboutScreen"),
    (N_("Question"), "question:QuestionView"),
    (N_("Compartment"), "counsel:Compartment"),
    (N_("Numbers of the counsellor"), "counsel:Numbers"),
)
"""What a screen is called, and where its class is: they are imported when somebody asks for this page."""


def commands_of(place: str) -> tuple[Command, ...]:
    """Return the commands of a screen by `module:Class`."""
    module, _, name = place.partition(":")
    found: tuple[Command, ...] = getattr(import_module(f"{__package__}.{module}"), name).HERE
    return found


class KeyMap(PestScreen):
    """One long text, to read or to search in by eye."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("back", "escape,q", N_("Back"), N_("Back to where you were")),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    def __init__(self, words: Words, enter: str) -> None:
        super().__init__(words)
        self._enter = enter
        self._text = Static("", markup=False)

    def compose_body(self) -> list[Widget]:
        """One text."""
        return [VerticalScroll(self._text, classes="form", id="help")]

    def on_mount(self) -> None:
        """Write it."""
        super().on_mount()
        self.title_bar.main = self.tr("Every key")
        self._text.update(Content("\n").join(self._lines()))

    def _lines(self) -> Iterator[Content]:
        yield from self._screen(N_("Everywhere"), EVERYWHERE)
        yield Content("")
        yield from self._screen(N_("In a form"), (SAVE, NEXT, CHOICES, LEAVE))
        yield Content("")
        yield from self._screen(N_("In a list"), LISTS)
        for title, place in SCREENS:
            yield Content("")
            yield from self._screen(title, commands_of(place))

    def _screen(self, title: str, commands: tuple[Command, ...]) -> Iterator[Content]:
        yield Content.styled(self.tr(title), "bold $heading")
        for command in commands:
            keys = " ".join(shown_key(key, self._enter) for key in command.keys.split(","))
            yield Content.assemble((f"{keys:>{KEYS_CELLS}}  ", "bold $key"), self.tr(command.tip))

    def action_back(self) -> None:
        """Back to where one was."""
        self.leave(None)
