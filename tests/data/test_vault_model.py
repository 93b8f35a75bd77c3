"""Two people, one file, any order of doings: always what a plain dict would hold."""

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from data.errors import Changed, NotAllowed, NotSaved
from data.vault.machine import Machine
from data.vault.verify import verify

from . import vault_kit as kit

WHO = st.integers(0, 1)
IDENT = st.sampled_from("abc")
TEXT = st.text(max_size=40)


class TwoHandles(RuleBasedStateMachine):
    """Bea and ben share `lessons`, where documents change, and a case's `notes`, where they do not."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pesttui-model-"))
        self.school = kit.school(self.folder)
        self.files = [kit.Failing(error=28), kit.Failing(error=5)]
        self.vaults = [
            self.school.open(login, Machine(files=files))
            for login, files in zip(("bea", "ben"), self.files, strict=True)
        ]
        self.staff = self.vaults[0].directory.the(kit.KINDS.STAFF).id
        self.case = kit.new_case(self.vaults[0], "Z-1", "ben")
        self.model: dict[tuple[str, str], tuple[int, str | None]] = {}

    def teardown(self) -> None:
        for vault in self.vaults:
            vault.close()
        shutil.rmtree(self.folder)

    @rule(who=WHO, ident=IDENT, text=TEXT, blind=st.booleans())
    def change(self, who: int, ident: str, text: str, blind: bool) -> None:
        """Save a lesson, based on what this person saw last or on whatever there is."""
        place = ("lessons", ident)
        rev, _ = self.model.get(place, (0, None))
        seen = self.vaults[who].revision(place)
        try:
            kit.put(self.vaults[who], ident, text, table="lessons", home=self.staff, expected=None if blind else seen)
        except Changed:
            assert not blind
            assert seen != rev
        else:
            assert blind or seen == rev
            self.model[place] = (rev + 1, text)

    @rule(who=WHO, ident=IDENT, text=TEXT)
    def note(self, who: int, ident: str, text: str) -> None:
        """Save a note; a second one of the same id is refused."""
        place = ("notes", ident)
        try:
            kit.put(self.vaults[who], ident, text, home=self.case)
        except NotAllowed:
            assert place in self.model
        else:
            assert place not in self.model
            self.model[place] = (1, text)

    @rule(who=WHO, ident=IDENT)
    def delete(self, who: int, ident: str) -> None:
        place = ("lessons", ident)
        with self.vaults[who].transaction() as transaction:
            transaction.delete(place)
        rev, text = self.model.get(place, (0, None))
        if text is not None:
            self.model[place] = (rev + 1, None)

    @rule(who=WHO, at=st.integers(0, 3), on=st.booleans())
    def full_disk(self, who: int, at: int, on: bool) -> None:
        """A save that may fail at some call leaves everything as it was."""
        files = self.files[who]
        files.calls.clear()
        files.at, files.on, files.watching = at, on, True
        try:
            kit.put(self.vaults[who], "full", "x", table="lessons", home=self.staff)
        except NotSaved:
            pass
        else:
            rev, _ = self.model.get(("lessons", "full"), (0, None))
            self.model["lessons", "full"] = (rev + 1, "x")
        finally:
            files.watching = False
        # What could not be cut off while the disk was broken is cut off by the next who looks.
        self.vaults[who].refresh()

    @rule(who=WHO)
    def poll(self, who: int) -> None:
        self.vaults[who].refresh()

    @rule(who=WHO)
    def log_in_again(self, who: int) -> None:
        self.vaults[who].close()
        self.vaults[who] = self.school.open(("bea", "ben")[who], Machine(files=self.files[who]))

    @rule(count=st.integers(1, 31))
    def crash_of_somebody_else(self, count: int) -> None:
        """An unfinished frame head at the end."""
        if self.school.file.stat().st_size % 512 != 64:
            return  # one is there: a writer cuts it off before the next can happen
        with self.school.file.open("ab") as file:
            file.write((b"FRM1" + os.urandom(27))[:count])

    @precondition(lambda self: self.model)
    @invariant()
    def everybody_sees_the_same(self) -> None:
        for vault in self.vaults:
            vault.refresh()
            for (table, ident), (rev, text) in self.model.items():
                found = vault.read((table, ident))
                assert (None if found is None else found.decode()) == text
                assert vault.revision((table, ident)) == rev
                assert (ident in vault.ids(table)) == (text is not None)
            assert not vault.trouble

    @rule()
    def verify(self) -> None:
        report = verify(self.vaults[0])
        assert report.whole, report.problems
        assert report.documents == sum(text is not None for _, text in self.model.values())


TwoHandles.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTwoHandles = TwoHandles.TestCase
