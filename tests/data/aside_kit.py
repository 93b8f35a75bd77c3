"""For tests of what is laid aside: laid aside however little there is, and whether it was taken up."""

from typing import Any

import pytest

from data.vault.aside import Aside, Known


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let laying aside be worth the while however little there is: schools of tests are small."""
    monkeypatch.setattr(Aside.wants, "__defaults__", (1,))


def watched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that grows by whether each session from here on took up what was laid aside."""
    found, take_up = list[bool](), Aside.take_up

    def taking(*values: Any) -> Known | None:
        known = take_up(*values)
        found.append(known is not None)
        return known

    monkeypatch.setattr(Aside, "take_up", taking)
    return found
