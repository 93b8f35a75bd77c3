"""The command line in this process, on a small school, with everything it printed."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from data.model import Strand
from data.protocol import StepState
from data.vault.crypto import FLOOR
from data.vault.machine import Machine
from data.words import Words
from pesttui.cli import Context, run
from pesttui.secrets import Input
from tests.data.school_kit import PUPILS, Kit, passphrase_of

SENTENCE = "kapstok vol spuug, en niemand lachte"
"""What somebody wrote about a child: it has no business in any message."""

NAMES = {part for pupils in PUPILS.values() for name in pupils for part in name.split() if len(part) > 3}
"""Parts of the pupils' names that are long enough to be recognised in a message."""


@dataclass(frozen=True)
class Answer:
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; raises ValueError if there is anything else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Cli:
    """Runs command lines on one vault and keeps passphrase files beside it."""

    def __init__(self, kit: Kit, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.kit = kit
        self.folder = folder
        self._capsys = capsys

    def secret(self, text: str, name: str = "passphrase", mode: int = 0o600) -> str:
        """Write a passphrase file and return its path."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
        path.chmod(mode)
        return str(path)

    def bare(self, *arguments: str, given: str = "", machine: Machine | None = None, lang: str = "nl") -> Answer:
        """Run a command line as it is."""
        self._capsys.readouterr()
        context = Context(Words(lang), given=Input(io.StringIO(given)), machine=machine or self.kit.machine, cost=FLOOR)
        code = run(arguments, context)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        return Answer(code, out, err)

    def __call__(
        self,
        *arguments: str,
        login: str = "marit",
        passphrase: str | None = None,
        vault: Path | None = None,
        given: str = "",
        machine: Machine | None = None,
        lang: str = "nl",
    ) -> Answer:
        """Run a command as somebody of the small school."""
        secret = self.secret(passphrase_of(login) if passphrase is None else passphrase)
        options = ("--vault", str(vault or self.kit.path), "--login", login, "--passphrase-file", secret)
        return self.bare(*options, *arguments, given=given, machine=machine, lang=lang)

    def case(self, *names: str, by: str = "marit", text: str = SENTENCE) -> str:
        """Open a case about pupils, the first of whom was hurt, with its first step written on; return its code."""
        register = self.kit.open_as(by)
        strands = {self.kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names)}
        code = register.cases.open(strands)
        register.cases.record_step(code, 1, StepState.DONE, text=text)
        return code


def damaged(path: Path, target: Path, at: float = 0.6) -> Path:
    """Write a copy of a vault with one bit flipped somewhere behind its beginning, and return its path."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 0x10
    target.write_bytes(data)
    return target
