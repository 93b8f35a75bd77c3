"""The screens as they were last looked at and found good."""

from pathlib import Path

import pytest

from tests.screens.golden import SCREENS, SIZES, draw, golden


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_is_as_it_was_found_good(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    assert await draw(name, size, tmp_path) == golden(name, size).read_text(encoding="utf-8")
