"""The small school for real processes, and a server that people reach over SSH."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .kit import School
    from .sshd import Server


@pytest.fixture
def school(tmp_path: Path) -> "School":
    # Imported here: the small school's clock begins in the zone that is set after this file is read.
    from .kit import School

    return School(tmp_path)


@pytest.fixture
def serve(school: "School", tmp_path: Path) -> "Iterator[Callable[..., Server]]":
    """Start a server with keys for people of the school: `serve("marit", "klas", alive=1, PESTTUI_EXPORTS="…")`."""
    from .sshd import serving

    with ExitStack() as stack:
        yield lambda *people, **options: stack.enter_context(serving(school, tmp_path / "sshd", people, **options))


@pytest.fixture
def server(serve: "Callable[..., Server]") -> "Server":
    """A server that Marit, Joost and Anne have keys for, each their own, and a classroom's computer one for anybody."""
    return serve("marit", "joost", "anne", "klas")
