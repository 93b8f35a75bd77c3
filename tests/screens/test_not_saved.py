"""A disk, a file or a lock that does not take it: "Not saved", what was typed stays, and the next try saves it."""

import errno
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from textual.widgets import TextArea

from data.vault.machine import Files
from screens.close_case import CloseCase
from screens.desk import Desk
from screens.form import DeskForm
from screens.house_form import GroupRulesForm
from screens.question import AskQuestion
from screens.quick_note import QuickNote
from screens.step_form import StepForm
from tests.cli.test_refusals import Hurried, locked
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

TYPED = "dit mag niet weg"


class Trouble(Files):
    """Files of a machine on which something is wrong as long as `name` says what."""

    name = ""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        write = flags & (os.O_RDWR | os.O_WRONLY)
        if (self.name == "read-only" and write and path.endswith(".pest")) or (
            self.name == "no lock" and path.endswith(".lock")
        ):
            raise PermissionError(errno.EACCES, "Permission denied")
        return super().open(path, flags, mode)

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if self.name in ("full", "mounted read-only"):
            error = errno.ENOSPC if self.name == "full" else errno.EROFS
            raise OSError(error, os.strerror(error))
        return super().write(fd, data, offset)

    def sync(self, fd: int) -> None:
        if self.name == "failing":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync(fd)

    def try_lock(self, fd: int, *, shared: bool = False) -> bool:
        if self.name == "lost lock" and not shared:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
        return super().try_lock(fd, shared=shared)


@pytest.fixture
def files() -> Trouble:
    return Trouble()


@pytest.fixture
def kit(tmp_path: Path, files: Trouble) -> Iterator[Kit]:
    with school(tmp_path) as made:
        made.machine = Hurried(clock=made.clock, files=files)
        yield made


@contextmanager
def wrong(files: Trouble, name: str) -> Iterator[None]:
    files.name = name
    yield
    files.name = ""


@contextmanager
def gone(kit: Kit) -> Iterator[None]:
    """Somebody moves the file away, and back."""
    away = kit.path.with_name("away")
    kit.path.rename(away)
    yield
    away.rename(kit.path)


def said(kit: Kit) -> list[str]:
    """What stands in the file."""
    return ["".join(map(str, known.note.facts)) for known in kit.open_as("marit").notes.all()]


async def refused_then_saved(driver: Driver, form: DeskForm, trouble: AbstractContextManager[None], why: str) -> None:
    """Save in vain, read why, find every word, and save."""
    with trouble:
        await driver.press("f2")
        assert driver.app.screen is form
        text = " ".join(driver.text.split())
        assert "Not saved" in text
        assert why in text
        assert TYPED in driver.text
        assert form.unsaved()
        before = form.fields()
        # Again, while it still is so: nothing is lost by trying.
        await driver.press("f2")
        assert driver.app.screen is form
        assert form.fields() == before
    await driver.press("f2")
    assert driver.app.screen is not form


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("full", "No space left on device"),
        ("failing", "Input/output error"),
        ("mounted read-only", "Read-only file system"),
        ("lost lock", "The lock file cannot be used: No locks available"),
        ("gone", "cannot be read: No such file or directory"),
        ("busy", "Somebody else is writing for too long"),
    ],
)
async def test_while_one_works(kit: Kit, files: Trouble, name: str, why: str) -> None:
    ways = {"gone": lambda: gone(kit), "busy": lambda: locked(kit.path)}
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type(TYPED)
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        register = driver.app.register
        assert register is not None
        trouble = ways.get(name, lambda: wrong(files, name))()
        await refused_then_saved(driver, note, trouble, why)
        assert [known.note.facts for known in register.notes.all()] == [(TYPED,)]
    assert said(kit) == [TYPED]


@pytest.mark.parametrize(
    ("name", "why"),
    [("read-only", "The file is read-only here. Tell whoever"), ("no lock", "The lock file cannot be used")],
)
async def test_from_the_beginning(kit: Kit, files: Trouble, name: str, why: str) -> None:
    """Once it can be written, who typed meanwhile saves: nobody has to begin again."""
    files.name = name
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type(TYPED)
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        await refused_then_saved(driver, note, wrong(files, name), why)
    assert said(kit) == [TYPED]


async def test_nothing_counts_that_was_not_saved(kit: Kit, files: Trouble) -> None:
    """Neither here nor for a colleague, however often one tries; and the file is byte for byte as it was."""
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        before = kit.path.read_bytes()
        await driver.press("n")
        await driver.type(TYPED)
        files.name = "full"
        await driver.press("f2")
        await driver.press("f2")
        register = driver.app.register
        assert register is not None
        assert register.notes.all() == []
        files.name = ""
        assert kit.open_as("joost").notes.all() == []
        register.refresh()
        assert kit.path.read_bytes()[: len(before)] == before
        assert said(kit) == []
        await driver.press("f2")
    assert said(kit) == [TYPED]


Make = Callable[[Desk, Kit], Awaitable[DeskForm]]


def case(desk: Desk, kit: Kit) -> str:
    from data.model import Strand

    return desk.register.cases.open({kit.ids["Zoë de Vries"]: Strand.BULLIED})


async def step(desk: Desk, kit: Kit) -> DeskForm:
    known = desk.register.cases.get(case(desk, kit))
    return StepForm(desk, known, known.progress.steps[0])


async def closing(desk: Desk, kit: Kit) -> DeskForm:
    return CloseCase(desk, desk.register.cases.get(case(desk, kit)))


async def rules(desk: Desk, kit: Kit) -> DeskForm:
    return GroupRulesForm(desk, *next(iter(desk.register.house.groups().items())))


async def question(desk: Desk, kit: Kit) -> DeskForm:
    return AskQuestion(desk)


@pytest.mark.parametrize("make", [step, closing, rules, question])
async def test_in_every_kind_of_form(kit: Kit, files: Trouble, make: Make) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        desk = driver.app.screen.desk  # type: ignore[attr-defined]
        form = await make(desk, kit)
        await driver.app.push_screen(form)
        await driver.settle()
        area = form.query(TextArea).first()
        area.text = TYPED
        await refused_then_saved(driver, form, wrong(files, "full"), "No space left on device")
