"""The command line on a small school."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .kit import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "Iterator[Cli]":
    # Imported here: the small school's clock begins in the zone that is set after this file is read.
    from tests.data.school_kit import school

    from .kit import Cli

    folder = tmp_path / "school"
    folder.mkdir()
    with school(folder) as kit:
        yield Cli(kit, tmp_path, capsys)
