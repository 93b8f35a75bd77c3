"""How far something has come that takes its time: told to whoever waits for it."""

from collections.abc import Callable

Progress = Callable[[float], None]
"""Called now and then with the part that is done, from 0 to 1; must be quick."""


def nobody(_: float) -> None:
    """Tell nobody."""
