"""A private sshd on loopback, set up with the README's own lines, and a real ssh client in a pty."""

import contextlib
import grp
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .kit import REPOSITORY, School
from .pty import PATIENCE, Gone, Terminal, need_tool, unsupported

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def marked(name: str) -> list[str]:
    """Return the code blocks between two marks of the README."""
    part = README.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    return re.findall(r"^```(?:sh)?\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)


def block(name: str, word: str) -> str:
    """Return the one block there that holds a word."""
    (found,) = (text for text in marked(name) if word in text)
    return found


def match_block() -> str:
    """Return what the README lets one write into sshd's configuration."""
    return block("server", "AuthorizedKeysFile").partition("<<'END'\n")[2].partition("END\n")[0]


class Server:
    """One sshd for one account: the one that runs the tests."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, alive: int = 0) -> None:
        self.folder = folder
        self.account = pwd.getpwuid(os.getuid()).pw_name
        self._sshd, self._keygen = need_tool("sshd"), need_tool("ssh-keygen")
        self._ssh = need_tool("ssh")
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        elif not _terminals_are_ours():
            unsupported("an sshd that is not root's needs terminals of the group tty, as distributions have them")
        self.keys = folder / "keys"
        self.keys.touch(0o600)
        self.key("host")
        self._environment = dict(environment)
        self._alive = alive
        self._process: subprocess.Popen[bytes] | None = None
        self.within: tuple[str, ...] = ()
        """What is put before its command, to start it elsewhere."""
        self.port = 0

    # --- keys ----------------------------------------------------------------------------------------------

    def key(self, name: str) -> Path:
        """Make a key pair and return the path of the private one."""
        path = self.folder / name
        subprocess.run([self._keygen, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
        return path

    def let_in(self, name: str, *arguments: str, vault: Path) -> str:
        """Make a key for somebody and let it in with the line that `ssh-key` prints; returns that line."""
        path = self.key(name)
        done = subprocess.run(
            [sys.executable, "-m", "pesttui", "--vault", str(vault), "ssh-key", f"{path}.pub", *arguments],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        with self.keys.open("a") as file:
            file.write(done.stdout)
        return done.stdout

    # --- the server ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start listening; tries another port where one was taken meanwhile."""
        for _ in range(5):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            self.configure()
            log = self.folder / "sshd.log"
            command = [*self.within, self._sshd, "-D", "-f", str(self.folder / "sshd_config"), "-E", str(log)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
            if self._listens():
                return
        raise Gone(f"sshd does not listen\n{(self.folder / 'sshd.log').read_text()}")

    def _listens(self) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                return line.recv(4) == b"SSH-"
            time.sleep(0.02)
        return False

    def configure(self) -> None:
        """Write the configuration: what the README says, for the account that runs the tests."""
        block_ = match_block().replace("User pesttui", f"User {self.account}")
        block_ = block_.replace("/etc/ssh/pesttui_keys", str(self.keys))
        said = " ".join(f"{name}={value}" for name, value in self._environment.items())
        block_ = block_.replace("Match all", f"    SetEnv {said}\nMatch all")
        if self._alive:
            block_ = re.sub(r"(ClientAliveInterval|ClientAliveCountMax) \d+", rf"\1 {self._alive}", block_)
        lines = (
            f"ListenAddress 127.0.0.1:{self.port}",
            f"HostKey {self.folder / 'host'}",
            f"PidFile {self.folder / 'pid'}",
            f"UsePAM {'yes' if _locked() else 'no'}",
            "PermitRootLogin forced-commands-only",
            "StrictModes no",  # a folder of tests lies where everybody may write
            "X11Forwarding yes",
            "AcceptEnv LANG LC_*",
            "Subsystem sftp internal-sftp",
            "Include " + str(self.folder / "pesttui.conf"),
        )
        (self.folder / "pesttui.conf").write_text(block_)
        (self.folder / "sshd_config").write_text("\n".join(lines) + "\n")

    def stop(self) -> None:
        """Stop it and what it started."""
        if self._process is None:
            return
        for pid in [*self.sessions(), self._process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def sessions(self) -> list[int]:
        """Return the processes of sshd that serve a connection."""
        assert self._process is not None
        return descendants(self._process.pid, "sshd")

    def programs(self) -> list[int]:
        """Return the processes of the program that run now."""
        assert self._process is not None
        lines = {pid: command_of(pid) for pid in descendants(self._process.pid)}
        # Not the shell that sshd starts it with, where that has not made way.
        return [pid for pid, line in lines.items() if line[-1:] == ["ssh"] and "-c" not in line]

    def program(self) -> int:
        """Return the one program that runs now."""
        (found,) = self.programs()
        return found

    # --- the client ----------------------------------------------------------------------------------------

    def configuration(self, name: str) -> Path:
        """Write somebody's `~/.ssh/config` as the README says, for this server and their key; return its path."""
        (text,) = marked("client")
        text = text.replace("server.onzeschool.nl", "127.0.0.1").replace("User pesttui", f"User {self.account}")
        kind, blob = (self.folder / "host.pub").read_text().split()[:2]
        known = self.folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.port} {kind} {blob}\n")
        more = (
            f"Port {self.port}",
            f"IdentityFile {self.folder / name}",
            "IdentitiesOnly yes",
            f"UserKnownHostsFile {known}",
            "GlobalKnownHostsFile /dev/null",
            "BatchMode yes",
            "LogLevel ERROR",
        )
        path = self.folder / f"{name}.config"
        path.write_text(text + "".join(f"    {line}\n" for line in more))
        return path

    def command(self, name: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        """Return a command line of ssh by somebody."""
        return [self._ssh, "-F", str(self.configuration(name)), *options, "school", *arguments]

    def run(
        self, name: str, *arguments: str, given: bytes = b"", options: tuple[str, ...] = ()
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run a command over SSH, without a terminal."""
        return subprocess.run(
            self.command(name, *arguments, options=options), input=given, capture_output=True, timeout=60, check=False
        )

    @contextmanager
    def opened(self, name: str, *arguments: str, options: tuple[str, ...] = ("-t",)) -> Iterator[Terminal]:
        """Somebody's terminal with ssh in it."""
        with Terminal(self.command(name, *arguments, options=options)).closing() as found:
            yield found


def _terminals_are_ours() -> bool:
    """Whether a new terminal has the owner and group that sshd wants, which only root can change."""
    ours, theirs = os.openpty()
    try:
        return os.fstat(theirs).st_gid == grp.getgrnam("tty").gr_gid
    finally:
        os.close(ours)
        os.close(theirs)


def _locked() -> bool:
    """Whether sshd takes this account for locked, unless PAM is asked: root in some containers."""
    try:
        lines = Path("/etc/shadow").read_text().splitlines()
    except OSError:
        return False
    name = pwd.getpwuid(os.getuid()).pw_name
    return any(line.split(":")[0] == name and line.split(":")[1].startswith("!") for line in lines)


def children() -> dict[int, list[int]]:
    """Return who started whom, among all processes."""
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            found.setdefault(int(fields[1]), []).append(int(path.parent.name))
    return found


def descendants(pid: int, name: str = "") -> list[int]:
    """Return what a process started, and what that started, of one name if one is given."""
    tree, found, left = children(), list[int](), [pid]
    while left:
        below = tree.get(left.pop(), [])
        found += below
        left += below
    return [one for one in found if not name or exe(one) == name]


def exe(pid: int) -> str:
    """Return the name of a process; empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def command_of(pid: int) -> list[str]:
    """Return the command line of a process; empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    return []


def alive(pid: int) -> bool:
    """Whether a process runs, and is not only waiting to be buried."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def seconds_used(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def gone(pid: int, within: float) -> float:
    """Wait until a process has ended and return the processor time it was last seen to have used; raises Gone."""
    deadline, used = time.monotonic() + within, 0.0
    while alive(pid):
        with contextlib.suppress(OSError):
            used = seconds_used(pid)
        if time.monotonic() > deadline:
            raise Gone(f"{pid} still runs after {within} s: {command_of(pid)}")
        time.sleep(0.02)
    return used


SHARED = "klas"
"""The key of a classroom's computer: it is nobody's."""


@contextmanager
def serving(
    school: School, folder: Path, people: tuple[str, ...], *, alive: int = 0, **environment: str
) -> Iterator[Server]:
    """A server on the small school; it and all it started are gone when the block is left."""
    state = {"PYTHONPATH": str(REPOSITORY), "TZ": os.environ.get("TZ", "UTC"), "LANG": "C.UTF-8"}
    state |= {f"XDG_{name}_HOME": os.environ[f"XDG_{name}_HOME"] for name in ("DATA", "STATE")}
    found = Server(folder, state | environment, alive=alive)
    for name in people:
        found.let_in(name, *(() if name == SHARED else ("--login", name)), vault=school.path)
    try:
        found.start()
        yield found
    finally:
        found.stop()
