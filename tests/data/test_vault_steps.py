"""Whatever is written to the vault fails, or its process dies, at each call to the system it makes: whole or old."""

import errno
import os
from collections.abc import Callable, Iterator

import pytest

from data.errors import NoEntry, NotSaved, PesttuiError
from data.vault.compact import compact
from data.vault.entries import Status
from data.vault.machine import Files, Machine
from data.vault.vault import Vault
from data.vault.verify import verify
from tests.counts import count

from . import vault_kit as kit
from .steps import DOINGS, NEW, Ask, Numbered, World, killer

PATHS = list(DOINGS)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("steps") / "world")
    made.prepare()
    made.keep()
    return made


@pytest.fixture(scope="module")
def ask(world: World) -> Iterator[Ask]:
    with killer(world) as found:
        yield found


def calls(world: World, doing: str) -> list[str]:
    """Return the names of the calls that something makes when all goes well."""
    world.again(doing)
    files = Numbered()
    DOINGS[doing](world, files)
    assert happened(world, doing)
    return files.made


def happened(world: World, doing: str) -> bool:
    """Whether what was to be done is done, wholly; fails where it is half done, or anything else is gone."""
    if doing == "create" and not os.path.lexists(world.school.path):
        return False
    if doing == "passphrase":
        try:
            vault = world.enter(pins=False)
        except NoEntry:
            vault = Vault.unlock(world.school.path, "ada", NEW, machine=Machine(), policies=kit.POLICIES)
            done = True
        else:
            done = False
    else:
        vault = world.enter(pins=False)
    try:
        report = verify(vault)
        assert report.whole, report.problems
        directory, ids = vault.directory, set(vault.ids("notes"))
        if doing not in {"create", "passphrase"}:
            looks: dict[str, Callable[[], bool]] = {
                "invite": lambda: directory.by_login("late") is not None,
                "join": lambda: kit.person(vault, "new").status is Status.ACTIVE,
                "reset": lambda: kit.person(vault, "bea").status is Status.INVITED,
                "revoke": lambda: directory.by_login("bea") is None,
                "compact": lambda: vault.journal.header.generation == 2,
                "accept": lambda: bool(directory.acceptances),
                "restore": lambda: "two" not in ids,
                "backup": lambda: backed_up(world),
                "log in": lambda: True,
            }
            done = looks[doing]() if doing in looks else "three" in ids
        elif doing == "create":
            return True
        wanted = {"one"} if doing == "accept" or (doing == "restore" and done) else {"one", "two"}
        assert ids == wanted | ({"three"} if done and doing.startswith("save") else set())
        assert all(vault.read(("notes", ident)) for ident in ids)
        assert vault.journal.header.generation == 1 + (done and doing in {"compact", "revoke", "accept"})
        if doing == "revoke":
            assert (vault.journal.epoch == 2) is done
    finally:
        vault.close()
    assert doing == "backup" or not backed_up(world)
    return done


def backed_up(world: World) -> bool:
    """Whether the backup holds the second note; fails where it is not whole."""
    copy = world.the_backup()
    try:
        assert verify(copy).whole
        assert not copy.journal.torn
        return "two" in copy.ids("notes")
    finally:
        copy.close()


def go_on(world: World, doing: str, *, far: bool = True) -> None:
    """The next try works; nothing is left lying about; and, `far`, work goes on, also for who has a pin."""
    if not happened(world, doing):
        DOINGS[doing](world, Files())
        assert happened(world, doing)
    elif doing == "passphrase":
        return
    for place in (world.school.file, world.target):
        left = [found.name for found in place.parent.iterdir() if ".new-" in found.name]
        if left:  # from a process that died once all was done: the next one sweeps
            assert doing in {"compact", "revoke", "backup", "restore", "accept", "create"}
    if far and doing not in {"passphrase", "restore", "create"}:
        vault = world.enter()
        assert vault.alarm is None
        kit.put(vault, "more", "meer")
        assert vault.read(("notes", "one")) == b"eerste"
        compact(vault)
        assert verify(vault).whole
        vault.close()
        assert not [found.name for found in world.school.file.parent.iterdir() if ".new-" in found.name]


def fail(world: World, doing: str, at: int, error: int, *, on: bool, again: bool = True, far: bool = True) -> None:
    def step(_: str) -> None:
        raise OSError(error, os.strerror(error))

    world.again(doing)
    try:
        DOINGS[doing](world, Numbered(step=step, at=at, on=on))
        said = None
    except PesttuiError as problem:
        said = problem
        assert str(said)
    count("system calls that failed, nothing lost")
    done = happened(world, doing)
    assert done or said is not None
    # Of what was done nobody says that it was not: at most that it cannot be read now, or should be done once more.
    # A disk that takes nothing any more does not let it be taken back either.
    assert not (done and isinstance(said, NotSaved)) or on or "once more" in str(said), said
    if again:
        go_on(world, doing, far=far)


READING = {"read", "look", "look_at", "open", "leftovers", "duplicate"}


WHOLE = {"save", "compact", "revoke", "restore", "accept"}


def chosen(doing: str, names: list[str], *, looking: int) -> list[int]:
    """Return the numbers of calls to try: all that change something, and one in `looking` that only looks.

    Of what writes as others do, one in three of those.
    """
    found = [at for at, name in enumerate(names) if name not in READING or at % looking == 0]
    return found if doing in WHOLE else found[::3]


@pytest.mark.parametrize("doing", PATHS)
def test_calls_fail(world: World, doing: str) -> None:
    for at in chosen(doing, calls(world, doing), looking=9):
        fail(
            world, doing, at, errno.ENOSPC if at % 2 else errno.EIO, on=at % 3 == 0, again=at % 4 == 1, far=at % 16 == 1
        )


@pytest.mark.deep
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("doing", PATHS)
def test_each_call_fails_in_each_way(world: World, doing: str, error: int) -> None:
    for at in range(len(calls(world, doing))):
        for on in (False, True):
            fail(world, doing, at, error, on=on)


def killed(world: World, ask: Ask, doing: str, *, deep: bool) -> None:
    """SIGKILL, in a process of its own: no `finally` runs, every lock falls free."""
    names = calls(world, doing)
    before = after = 0
    for at in range(len(names)) if deep else chosen(doing, names, looking=9):
        world.again(doing)
        answer = ask(doing, at)
        assert answer["killed"], (at, names[at], answer)
        count("kills survived")
        if happened(world, doing):
            after += 1
        else:
            before += 1
        if deep or at % 4 == 0:
            go_on(world, doing, far=deep or at % 16 == 0)
    assert before or doing == "log in"
    assert not deep or (after or doing in {"save", "save on a torn tail", "invite", "create"})


@pytest.mark.parametrize("doing", PATHS)
def test_killed_at_each_step(world: World, ask: Ask, doing: str) -> None:
    killed(world, ask, doing, deep=False)


@pytest.mark.deep
@pytest.mark.parametrize("doing", PATHS)
def test_killed_at_each_call_and_going_on(world: World, ask: Ask, doing: str) -> None:
    killed(world, ask, doing, deep=True)


def limited(world: World, ask: Ask, doing: str, pieces: int) -> None:
    """The kernel takes a part of a write and then no more: RLIMIT_FSIZE at sizes on every side of what is needed."""
    world.again(doing)
    assert ask(doing)["said"] == ""
    top = max(world.school.file.stat().st_size, world.target.stat().st_size)
    refused = 0
    for size in sorted({0, 64, *range(65, top, max(1, top // pieces)), top - 1}):
        world.again(doing)
        said = str(ask(doing, size=size)["said"])
        count("limits on the size of files refused" if said else "limits on the size of files kept within")
        refused += bool(said)
        assert not said or said.split(":", maxsplit=1)[0] in {"NotSaved", "VaultError", "Damaged"}, said
        assert happened(world, doing) is not bool(said) or doing == "log in"
        go_on(world, doing, far=False)
    assert refused or doing == "log in"


@pytest.mark.parametrize("doing", ["save", "compact", "backup"])
def test_a_limit_on_the_size_of_files(world: World, ask: Ask, doing: str) -> None:
    limited(world, ask, doing, 1)


@pytest.mark.deep
@pytest.mark.parametrize("doing", PATHS)
def test_many_limits_on_the_size_of_files(world: World, ask: Ask, doing: str) -> None:
    limited(world, ask, doing, 40)


@pytest.mark.parametrize("doing", PATHS)
def test_short_writes(world: World, doing: str) -> None:
    """The system takes a few bytes at a time: everything is written all the same."""

    class Slow(Numbered):
        def write(self, fd: int, data: bytes, offset: int) -> int:
            return super().write(fd, data[:97], offset)

    world.again(doing)
    files = Slow()
    DOINGS[doing](world, files)
    assert happened(world, doing)
    assert files.made.count("write") > 5 or doing == "log in"
    go_on(world, doing)
