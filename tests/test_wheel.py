"""What is built is what is there: the wheel holds the whole program and nothing of its tests."""

import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("pesttui", "screens", "data")

DATA = (
    "screens/look.tcss",
    "data/protocol/zevensprong.toml",
    "data/locale/nl/LC_MESSAGES/pesttui.mo",
    "data/demo/people.toml",
    "data/demo/story.toml",
    *(f"{package}/py.typed" for package in PACKAGES),
)
"""What the program reads, or tells who imports it, besides its code."""

PAPERS = ("data/vault/FORMAT.md", "data/vault/THREATS.md")
"""What whoever keeps the file should find beside the code that writes it."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("pesttui-*.whl")
    with ZipFile(built) as found:
        yield found


def test_every_module_is_in_the_wheel(wheel: ZipFile) -> None:
    there = {str(path.relative_to(REPOSITORY)) for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py")}
    packed = {name for name in wheel.namelist() if name.endswith(".py")}
    assert (sorted(there - packed), sorted(packed - there)) == ([], [])


@pytest.mark.parametrize("name", DATA)
def test_what_the_program_reads_is_in_the_wheel(wheel: ZipFile, name: str) -> None:
    assert wheel.read(name) == (REPOSITORY / name).read_bytes()


@pytest.mark.parametrize("name", PAPERS)
def test_papers_that_are_there_are_in_the_wheel(wheel: ZipFile, name: str) -> None:
    assert (name in wheel.namelist()) == (REPOSITORY / name).exists()


def test_nothing_else_is_in_the_wheel(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not re.fullmatch(r"pesttui-[\d.]+\.dist-info", top)} == set(PACKAGES)
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".po~", ".orig", ".pest", ".lock"))]


def test_the_wheel_says_how_it_is_started_and_what_it_needs(wheel: ZipFile) -> None:
    (meta,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    scripts = ConfigParser()
    scripts.read_string(wheel.read(f"{meta}/entry_points.txt").decode())
    assert dict(scripts["console_scripts"]) == {"pesttui": "pesttui.__main__:script"}
    metadata = wheel.read(f"{meta}/METADATA").decode()
    needed = {name.lower() for name in re.findall(r"^Requires-Dist: ([\w.-]+)[^;\n]*$", metadata, re.MULTILINE)}
    assert {"textual", "tinydb", "cryptography", "msgspec", "click", "platformdirs", "babel"} <= needed
    assert not needed & {"pytest", "hypothesis", "ruff", "mypy", "ptyprocess", "pyte"}
    assert "Requires-Python: >=3.11" in metadata
    assert f"{meta}/licenses/LICENSE" in wheel.namelist()


def test_the_wheel_runs_on_its_own(wheel: ZipFile, tmp_path: Path) -> None:
    """Unpacked somewhere, with nothing of this folder on the path."""
    wheel.extractall(tmp_path / "unpacked")
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1));"
        "import data.words; from pesttui.__main__ import main;"
        "assert data.words.__file__.startswith(sys.path[0]); sys.exit(main(sys.argv[1:]))"
    )
    protocol = tmp_path / "unpacked" / "data" / "protocol" / "zevensprong.toml"
    for arguments in (("--help",), ("protocol", "check", str(protocol))):
        command = (sys.executable, "-I", "-c", code, str(tmp_path / "unpacked"), *arguments)
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


# --- around it ---------------------------------------------------------------------------------------------


def test_the_readme_has_its_two_lines() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    lines = [block.strip() for block in blocks if "\n" not in block.strip()]
    install = r"python3 -m venv \.venv && \.venv/bin/pip install -q -c requirements\.lock "
    assert any(re.fullmatch(install + r"\. && \.venv/bin/pesttui demo", line) for line in lines)
    assert any(re.fullmatch(install + r"-e '\.\[dev\]' && \.venv/bin/python -m pytest", line) for line in lines)
    marked = readme.partition("<!-- tests -->")[2].partition("<!-- /tests -->")[0]
    assert "-m pytest" in marked


def test_the_lock_file_pins_everything_that_is_needed() -> None:
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=!~ \[;]", line)[0].lower().replace("_", "-") for line in asked}
    lock = (REPOSITORY / "requirements.lock").read_text()
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    assert names <= pinned


def test_git_does_not_ignore_the_data_package() -> None:
    """The build would leave out what is ignored, without a word."""
    lines = {line.strip().strip("/") for line in (REPOSITORY / ".gitignore").read_text().splitlines()}
    assert not lines & {"data", "data/*", "data/**", "*.toml", "*.mo", "*.md", *PACKAGES}
