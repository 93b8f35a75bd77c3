"""Every way the vault is written to, on files that fail or stop the process at the call with a given number.

As a program it is a server for `test_vault_steps`: it reads jobs, one JSON object a line, does each in a process of its
own that stops itself where the job says, kills that one there (SIGKILL: nothing of it runs any more) and says so.
"""

import contextlib
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data.vault import people, staffing
from data.vault.accept import accept, replaced_files
from data.vault.care import backup, restore
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import Role
from data.vault.machine import Files, Look, Machine
from data.vault.vault import Vault

from . import vault_kit as kit
from .vault_kit import PASSPHRASE, POLICIES, School

NEW = "vijf zes zeven acht"


@dataclass
class Numbered(Files):
    """Files whose calls are numbered; `at` is the number before which `step` does something else."""

    step: Callable[[str], None] = lambda name: None
    at: int = -1
    on: bool = False
    """Whether all calls after it do the same."""
    made: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Number from here on: logging in has its own tries."""
        self.made.clear()

    def _call(self, name: str) -> None:
        self.made.append(name)
        number = len(self.made) - 1
        if number == self.at or (self.on and number > self.at >= 0):
            self.step(name)

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        self._call("open")
        return super().open(path, flags, mode)

    def duplicate(self, fd: int) -> int:
        self._call("duplicate")
        return super().duplicate(fd)

    def read(self, fd: int, count: int, offset: int) -> bytes:
        self._call("read")
        return super().read(fd, count, offset)

    def write(self, fd: int, data: bytes, offset: int) -> int:
        """A write has two steps: nothing is there, or a third of it is."""
        self._call("write")
        part = max(1, len(data) // 3)
        done = super().write(fd, data[:part], offset)
        if len(data) > part:
            self._call("write on")
            done += super().write(fd, data[part:], offset + part)
        return done

    def sync(self, fd: int) -> None:
        self._call("sync")
        super().sync(fd)

    def cut(self, fd: int, size: int) -> None:
        self._call("cut")
        super().cut(fd, size)

    def look(self, path: str) -> Look:
        self._call("look")
        return super().look(path)

    def look_at(self, fd: int) -> Look:
        self._call("look_at")
        return super().look_at(fd)

    def share_mode(self, fd: int, like: int) -> None:
        self._call("share_mode")
        super().share_mode(fd, like)

    def share_owner(self, fd: int, like: int) -> None:
        self._call("share_owner")
        super().share_owner(fd, like)

    def sync_folder(self, path: str) -> None:
        self._call("sync_folder")
        super().sync_folder(path)

    def try_lock(self, fd: int, *, shared: bool = False) -> bool:
        self._call("try_lock")
        return super().try_lock(fd, shared=shared)

    def link(self, path: str, name: str) -> None:
        self._call("link")
        super().link(path, name)

    def rename(self, before: str, path: str) -> None:
        self._call("rename")
        super().rename(before, path)

    def leftovers(self, path: str) -> list[str]:
        self._call("leftovers")
        return super().leftovers(path)

    def remove(self, path: str) -> None:
        self._call("remove")
        super().remove(path)


class World:
    """A school's folder, its backups and ada's state folder; put back as it was before each try."""

    def __init__(self, folder: Path, code: str = "") -> None:
        self.folder, self.code = folder, code
        self.school = School(str(folder / "school" / "school.pest"), "")
        self.target = folder / "backups" / "school.pest"
        self.state = str(folder / "state")

    def enter(self, machine: Machine | None = None, login: str = "ada", *, pins: bool = True) -> Vault:
        return Vault.unlock(
            self.school.path, login, PASSPHRASE, machine=machine or Machine(), policies=POLICIES, cost=FLOOR,
            pins=self.state if pins else "",
        )  # fmt: skip

    def the_backup(self, machine: Machine | None = None) -> Vault:
        return Vault.unlock(
            str(self.target), "ada", PASSPHRASE, machine=machine or Machine(), policies=POLICIES, cost=FLOOR
        )

    def prepare(self) -> None:
        """Two people, two notes, a backup after the first; an invitation that nobody has taken yet."""
        for place in (self.school.file.parent, self.target.parent):
            place.mkdir(parents=True)
        kit.create(self.school.path)[0].close()
        ada = self.enter()
        kit.join(
            self.school.path, "bea", people.invite(ada, "bea", "Bea Naam", (Role.TEACHER,), cost=FLOOR).code
        ).close()
        self.code = people.invite(ada, "new", "Nieuw Naam", (Role.TEACHER,), cost=FLOOR).code
        kit.put(ada, "one", "eerste")
        backup(ada, str(self.target))
        kit.put(ada, "two", "tweede")
        ada.close()

    def keep(self) -> None:
        shutil.copytree(self.folder, self.kept)

    @property
    def kept(self) -> Path:
        return self.folder.with_name(self.folder.name + "-kept")

    def again(self, doing: str) -> None:
        """Put everything back as it was, and ready for what is to be done."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        if doing == "accept":
            self.school.file.write_bytes(self.target.read_bytes())
        elif doing == "create":
            self.school.file.unlink()
            shutil.rmtree(self.state)
        elif doing == "save on a torn tail":
            with self.school.file.open("ab") as file:
                file.write(b"FRM1" + bytes(20))


def _in(world: World, files: Files, act: Callable[[Vault], object]) -> None:
    machine, numbered = Machine(files=files), files if isinstance(files, Numbered) else Numbered()
    at, numbered.at = numbered.at, -1
    vault = world.enter(machine)
    try:
        numbered.begin()
        numbered.at = at
        act(vault)
    finally:
        vault.close()


def _ident(vault: Vault, login: str) -> bytes:
    return kit.person(vault, login).id


def _restore(world: World, files: Files) -> None:
    copy = world.the_backup(Machine(files=files))
    try:
        restore(copy, world.school.path, older=True)
    finally:
        copy.close()


DOINGS: dict[str, Callable[[World, Files], object]] = {
    "save": lambda world, files: _in(world, files, lambda vault: kit.put(vault, "three", "derde")),
    "save on a torn tail": lambda world, files: _in(world, files, lambda vault: kit.put(vault, "three", "derde")),
    "passphrase": lambda world, files: _in(
        world, files, lambda vault: staffing.change_passphrase(vault, PASSPHRASE, NEW, cost=FLOOR)
    ),
    "invite": lambda world, files: _in(
        world, files, lambda vault: people.invite(vault, "late", "Laat", (Role.TEACHER,), cost=FLOOR)
    ),
    "log in": lambda world, files: world.enter(Machine(files=files)).close(),
    "join": lambda world, files: kit.join(world.school.path, "new", world.code, Machine(files=files)).close(),
    "reset": lambda world, files: _in(
        world, files, lambda vault: staffing.reset(vault, _ident(vault, "bea"), cost=FLOOR)
    ),
    "compact": lambda world, files: _in(world, files, compact),
    "revoke": lambda world, files: _in(world, files, lambda vault: staffing.revoke(vault, _ident(vault, "bea"))),
    "backup": lambda world, files: _in(world, files, lambda vault: backup(vault, str(world.target))),
    "restore": _restore,
    "accept": lambda world, files: _in(world, files, lambda vault: accept(vault, replaced_files(vault))),
    "create": lambda world, files: kit.create(world.school.path, Machine(files=files))[0].close(),
}
"""Every path on which the vault is written."""


def stop(_: str) -> None:
    """Stand still; whoever waits for this process kills it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def child(job: dict[str, object]) -> None:
    world = World(Path(str(job["folder"])), str(job["code"]))
    if "size" in job:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(job["size"])), -1))
    files = Numbered(step=stop, at=int(str(job["at"])))
    said = ""
    try:
        DOINGS[str(job["doing"])](world, files)
    except Exception as problem:
        said = f"{type(problem).__name__}: {problem}"
    os.write(int(str(job["tell"])), json.dumps({"calls": files.made, "said": said}).encode())


def serve() -> None:
    """Do jobs until the input ends."""
    for line in sys.stdin:
        listen, tell = os.pipe()
        job = json.loads(line) | {"tell": tell}
        pid = os.fork()
        if not pid:
            with contextlib.suppress(BaseException):
                child(job)
            os._exit(0)
        os.close(tell)
        _, status = os.waitpid(pid, os.WUNTRACED)
        answer: dict[str, object] = {"killed": False}
        if os.WIFSTOPPED(status):
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            answer = {"killed": os.WIFSIGNALED(status)}
        else:
            answer |= json.loads(os.read(listen, 1 << 20) or b"{}")
        os.close(listen)
        print(json.dumps(answer), flush=True)


Ask = Callable[..., dict[str, object]]


@contextlib.contextmanager
def killer(world: World) -> Iterator[Ask]:
    """Start the server; `ask(doing, at=number)` does something in another process, which dies at that call."""
    import subprocess

    with subprocess.Popen(
        [sys.executable, "-m", "tests.data.steps"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip

        def ask(doing: str, at: int = -1, **more: int) -> dict[str, object]:
            assert process.stdin
            assert process.stdout
            job = {"folder": str(world.folder), "code": world.code, "doing": doing, "at": at, **more}
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            found: dict[str, object] = json.loads(process.stdout.readline())
            return found

        try:
            yield ask
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(60)


if __name__ == "__main__":
    serve()
