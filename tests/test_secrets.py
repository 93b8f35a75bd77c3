"""Standard input may be without end; what is read of it is not."""

from typing import TextIO, cast

from pesttui.secrets import MAX_LINE, MAX_REST, Input


class Endless:
    """A stream that gives as much as it is asked for, and takes a question without a number for a mistake."""

    def readline(self, size: int) -> str:
        return "x" * size

    read = readline


def test_an_endless_line_and_an_endless_text() -> None:
    given = Input(cast(TextIO, Endless()))
    assert len(given.line()) == MAX_LINE and len(given.rest()) == MAX_REST
