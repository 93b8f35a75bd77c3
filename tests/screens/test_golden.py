"""The screens as they were last looked at and found good."""

from pathlib import Path

import pytest

from tests.screens.golden import SCREENS, SIZES, draw, draw_walk, golden


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_is_as_it_was_found_good(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    assert await draw(name, size, tmp_path) == golden(name, size).read_text(encoding="utf-8")


async def test_from_a_note_to_the_overview_and_back_after_the_lock(tmp_path: Path) -> None:
    """Note, case, steps 1 to 4, overview, lock, unlock, where I was: by keyboard alone."""
    walked = await draw_walk(tmp_path)
    assert walked["walk-09-overview"] == walked["walk-11-where-i-was"]
    for name, text in walked.items():
        assert text == golden(name, SIZES[0]).read_text(encoding="utf-8"), name


async def test_three_consultations_in_a_row(tmp_path: Path) -> None:
    """The queue, advice, seen, a decision: by keyboard alone."""
    for name, text in (await draw_walk(tmp_path, "consult")).items():
        assert text == golden(name, SIZES[0]).read_text(encoding="utf-8"), name
