"""Ground on which a page for administrators can be followed to the letter: a system that is left as it was."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .kit import REPOSITORY
from .pty import Terminal, need_tool, unsupported

PLACES = ("/etc", "/srv", "/opt", "/usr/local/sbin")
"""Where the page writes."""

MADE = ("/srv/pesttui", "/opt/pesttui", "/srv/pesttui-exports", "/usr/local/sbin/pesttui", "/etc/ssh/pesttui_keys")
"""What is there only once the page was followed."""

SYSTEM = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")

PREPARE = """
set -e
for place in "$@"; do
    copy=$FOLDER/ground$place
    mkdir -p "$copy"
    if [ "$place" = /etc ]; then cp -a /etc/. "$copy"; else
        for one in "$place"/*; do
            [ -d "$one" ] && { mkdir -p "$copy/${one##*/}"; mount --rbind "$one" "$copy/${one##*/}"; }
        done
    fi
    chmod 755 "$copy"
    mount --rbind "$copy" "$place"
done
mkdir -p /run/sshd
echo ready
exec sleep 3600
"""
"""What makes a copy of those places, which only what runs on this ground sees."""


class Ground:
    """A clone of the repository on a system of its own, and commands that run there as root."""

    def __init__(self, folder: Path, within: tuple[str, ...]) -> None:
        self.folder = folder
        self.within = within
        self.clone = folder / "clone"
        ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "tests", ".hypothesis")
        shutil.copytree(REPOSITORY, self.clone, ignore=ignored)
        self._packages = folder / "packages"
        heavy = shutil.ignore_patterns(
            "pip", "mypy*", "*mypyc*", "setuptools", "sqlcipher*", "ruff*", "__pycache__", "pesttui*"
        )
        shutil.copytree(sysconfig.get_paths()["purelib"], self._packages, ignore=heavy)
        self._python = a_python()

    def environment(self) -> dict[str, str]:
        """Return what root's shell has; pip takes what the program needs from this test's own folder."""
        path = ":".join(dict.fromkeys((str(self._python.parent), *SYSTEM)))
        return {
            "PATH": path, "HOME": pwd.getpwuid(0).pw_dir, "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "TZ": "Europe/Amsterdam",
            "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_IGNORE_INSTALLED": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_CACHE_DIR": "1",
            "PYTHONPATH": str(self._packages), "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip

    def command(self, script: str) -> list[str]:
        """Return what runs a block of the page as root's shell would, in the clone."""
        variables = [f"{name}={value}" for name, value in self.environment().items()]
        env = [need_tool("env"), "-i", "-C", str(self.clone), *variables]
        return [*self.within, *env, "bash", "-eu", "-c", script]

    def run(self, script: str, given: str = "", *, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a block; raises AssertionError with what it said where it fails."""
        done = subprocess.run(
            self.command(script), input=given, capture_output=True, text=True, timeout=300, check=False
        )
        assert not check or done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done

    @contextmanager
    def terminal(self, script: str) -> Iterator[Terminal]:
        """Run a block in a terminal, where it can ask."""
        with Terminal(self.command(script)).closing() as found:
            yield found

    def complete(self) -> None:
        """Lay the libraries beside the program that pip installed without them."""
        libraries = "/opt/pesttui/lib/python{}.{}/site-packages/test.pth".format(*sys.version_info)
        self.run(f"echo {self._packages} > {libraries}")


def a_python() -> Path:
    """Return a Python of the system's, of the version that runs the tests: everybody can run it, as pesttui must."""
    for folder in (*SYSTEM, os.path.dirname(os.path.realpath(sys.executable))):  # noqa: PTH120
        path = Path(folder) / "python3"
        code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
        done = (
            subprocess.run([str(path), "-c", code], capture_output=True, text=True, check=False)
            if path.exists()
            else None
        )
        if done is None or done.stdout.split() != [str(part) for part in sys.version_info[:2]]:
            continue
        if all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents):
            return path
    return unsupported("this test needs a Python with venv, of this version, that every account may run")


@contextmanager
def new_ground() -> Iterator[Ground]:
    """A ground of one's own: copies that only its processes see, or, in a container of CI, the container itself."""
    if os.getuid() != 0:
        unsupported("this test follows a page for root")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pesttui-ground-")))
        folder.chmod(0o755)
        within = stack.enter_context(_namespace(folder))
        yield Ground(folder, within)


@contextmanager
def _namespace(folder: Path) -> Iterator[tuple[str, ...]]:
    command = [need_tool("unshare"), "--mount", "--propagation", "private", "bash", "-c", PREPARE, "ground", *PLACES]
    process = subprocess.Popen(
        command, env={**os.environ, "FOLDER": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        if process.stdout.readline() == "ready\n":
            yield (need_tool("nsenter"), "--mount", f"--target={process.pid}")
        else:
            reason = process.stderr.read()
            if "unshare" not in reason or not os.environ.get("PESTTUI_NO_SKIP") or any(map(os.path.lexists, MADE)):
                unsupported(f"no ground for this test: {reason}")
            with _the_container():
                yield ()
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _the_container() -> Iterator[None]:
    """This system itself, which has nothing of the page and is to have nothing of it afterwards."""
    Path("/run/sshd").mkdir(exist_ok=True)
    try:
        yield
    finally:
        for command in (["userdel", "pesttui"], ["groupdel", "pesttui-exports"], ["groupdel", "pesttui"]):
            subprocess.run(command, capture_output=True, check=False)
        left = [*MADE, "/usr/local/sbin/pesttui-backup", "/etc/ssh/sshd_config.d/pesttui.conf"]
        left += ["/etc/systemd/system/pesttui-backup.service", "/etc/systemd/system/pesttui-backup.timer"]
        left += [str(path) for path in Path("/opt").glob("pesttui-2*")]
        for path in map(Path, left):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
