"""The small school for real processes."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .kit import School


@pytest.fixture
def school(tmp_path: Path) -> "School":
    # Imported here: the small school's clock begins in the zone that is set after this file is read.
    from .kit import School

    return School(tmp_path)
