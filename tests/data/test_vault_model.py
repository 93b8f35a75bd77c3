"""Two people, one file, any order of doings: always what a plain dict would hold."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from data.errors import Changed, NotAllowed, NotSaved, Rollback
from data.vault.accept import accept, replaced_files
from data.vault.care import backup, restore
from data.vault.compact import compact
from data.vault.machine import Machine
from data.vault.vault import Vault
from data.vault.verify import verify
from tests.counts import count

from . import vault_kit as kit
from .test_vault_pins import enter
from .vault_kit import School

LOGINS = ("ada", "bea")
WHO = st.integers(0, 1)
IDENT = st.sampled_from("abc")
TEXT = st.text(max_size=40)


class TwoHandles(RuleBasedStateMachine):
    """Ada and bea share `lessons`, where documents change, and a case's `notes`, where they do not.

    Each has private notes too, which can go; the file is written anew, backed up, put back and accepted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pesttui-model-"))
        self.school = kit.school(self.folder)
        self.files = [kit.Failing(error=28), kit.Failing(error=5)]
        self.vaults = [self.enter(0), self.enter(1)]
        self.staff = self.vaults[0].directory.the(kit.KINDS.STAFF).id
        self.case = kit.new_case(self.vaults[0], "Z-1", "bea")
        self.model: dict[tuple[str, str], tuple[int, str | None]] = {}
        self.saved: dict[tuple[str, str], tuple[int, str | None]] | None = None
        """What the backup holds, once there is one."""

    def enter(self, who: int) -> Vault:
        return enter(self.school, str(self.folder / "state"), LOGINS[who], Machine(files=self.files[who]))

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
        self.vaults[who] = self.enter(who)

    @rule(who=WHO, ident=IDENT, text=TEXT)
    def private_note(self, who: int, ident: str, text: str) -> None:
        """A note of one's own, which the other cannot read; once gone, nothing takes its place."""
        place = ("notes", f"{LOGINS[who]}-{ident}")
        try:
            kit.put(self.vaults[who], place[1], text)
        except NotAllowed:
            assert place in self.model
        else:
            assert place not in self.model
            self.model[place] = (1, text)

    @rule(who=WHO, of=WHO, ident=IDENT)
    def delete_private_note(self, who: int, of: int, ident: str) -> None:
        place = ("notes", f"{LOGINS[of]}-{ident}")
        try:
            with self.vaults[who].transaction() as transaction:
                transaction.delete(place)
        except NotAllowed:
            assert who != of
        else:
            rev, text = self.model.get(place, (0, None))
            if text is not None:
                assert who == of
                self.model[place] = (rev + 1, None)

    @rule(who=WHO)
    def write_anew(self, who: int) -> None:
        compact(self.vaults[who])

    @rule()
    def back_up(self) -> None:
        backup(self.vaults[0], str(self.folder / "backup.pest"), force=True)
        self.saved = dict(self.model)

    @precondition(lambda self: self.saved is not None)
    @rule(fresh=st.booleans())
    def put_back_and_accept(self, fresh: bool) -> None:
        """What was saved after the backup is gone, for both; a steward's acceptance is all it takes to go on."""
        assert self.saved is not None
        copy = School(str(self.folder / "backup.pest"), "").open()
        restore(copy, self.school.path, older=True)
        copy.close()
        if fresh:
            self.log_in_again(0)
        with contextlib.suppress(Rollback):
            self.vaults[0].refresh()
        if self.vaults[0].alarm:
            with pytest.raises(Rollback):
                kit.put(self.vaults[0], "no")
        with contextlib.closing(self.vaults[0].again()) as looking:
            # Also where she has no pin above it: what the other saved last may be known to that one alone.
            replaced = replaced_files(looking)
            if looking.alarm or self.vaults[0].alarm or replaced:
                accept(looking, replaced)
        for kept in self.folder.glob("*.before-restore-*"):
            kept.unlink()
        self.model = dict(self.saved)

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
        count("states of the model explored")
        for vault in self.vaults:
            vault.refresh()
            for (table, ident), (rev, text) in self.model.items():
                found = vault.read((table, ident))
                mine = vault.me.login in ident or "-" not in ident
                assert (None if found is None else found.decode()) == (text if mine else None)
                assert vault.revision((table, ident)) == rev
                assert (ident in vault.ids(table)) == (text is not None)
            assert not vault.trouble

    @rule()
    def verify(self) -> None:
        report = verify(self.vaults[0])
        assert report.whole, report.problems
        assert report.documents == sum(text is not None for _, text in self.model.values())


TwoHandles.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
TestTwoHandles = TwoHandles.TestCase


@pytest.mark.deep
def test_two_handles_for_long() -> None:
    run_state_machine_as_test(
        TwoHandles,
        settings=settings(
            max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
