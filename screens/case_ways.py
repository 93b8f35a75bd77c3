"""From a case to everything that is done with it, each on a screen or in a form of its own."""

from data.register import KnownCase, KnownComplaint

from .agreement_form import AgreementForm
from .approach_form import ApproachForm
from .base import DeskScreen
from .check_form import look_at
from .close_case import CloseCase
from .complaint_form import ComplaintForm
from .escalate import EscalateForm
from .log import LogScreen
from .members import MembersScreen
from .open_case import ChangePupils
from .quick_note import QuickNote
from .removal_form import RemovalForm


class CaseWays(DeskScreen):
    """A screen of a case from which each of its forms is a key away."""

    _code: str
    _case: KnownCase | None
    """The case as it was read last; None until it was."""

    _complaints: list[KnownComplaint]

    async def action_note(self) -> None:
        """Jot a note in this case."""
        if self._case is not None:
            await self.app.push_screen(QuickNote(self.desk, self._case))

    def action_notes(self) -> None:
        """See the notes one by one."""
        from .case_notes import CaseNotes  # noqa: PLC0415 - only when somebody asks for it

        self.app.push_screen(CaseNotes(self.desk, self._code))

    def action_agree(self) -> None:
        """Make an agreement."""
        if self._case is not None:
            self.app.push_screen(AgreementForm(self.desk, self._case))

    def action_check(self) -> None:
        """Look whether an agreement is kept."""
        if self._case is not None:
            look_at(self, self._case)

    def action_approach(self) -> None:
        """Begin a method, or look back on it."""
        if self._case is not None:
            self.app.push_screen(ApproachForm(self.desk, self._case))

    def action_pupils(self) -> None:
        """Say anew who is in the case."""
        if self._case is not None:
            self.app.push_screen(ChangePupils(self.desk, self._case))

    def action_members(self) -> None:
        """See who takes part."""
        if self._case is not None:
            self.app.push_screen(MembersScreen(self.desk, self._case))

    def action_log(self) -> None:
        """See who did what with the case."""
        self.app.push_screen(LogScreen(self.desk, self._code))

    def action_escalate(self) -> None:
        """Say why the next phase is needed."""
        if self._case is not None:
            self.app.push_screen(EscalateForm(self.desk, self._case))

    def action_removal(self) -> None:
        """Write down how far a suspension or an expulsion is."""
        if self._case is not None:
            self.app.push_screen(RemovalForm(self.desk, self._case))

    def action_complaint(self) -> None:
        """Write down an official complaint, or what came of one."""
        if self._case is not None:
            self.app.push_screen(ComplaintForm(self.desk, self._case, self._complaints))

    def action_incidents(self) -> None:
        """See the incidents of the case."""
        from .incidents import IncidentsScreen  # noqa: PLC0415 - only when somebody asks for it

        self.app.push_screen(IncidentsScreen(self.desk, self._code))

    def action_dossier(self) -> None:
        """See the case as proof."""
        from .dossier import DossierScreen  # noqa: PLC0415 - only when somebody asks for it

        if self._case is not None:
            self.app.push_screen(DossierScreen(self.desk, self._case))

    def action_find(self) -> None:
        """Search in everything."""
        from .search import SearchScreen  # noqa: PLC0415 - which opens cases as well

        self.app.push_screen(SearchScreen(self.desk))

    def action_close(self) -> None:
        """Close the case, or open it again."""
        if self._case is not None:
            self.app.push_screen(CloseCase(self.desk, self._case))
