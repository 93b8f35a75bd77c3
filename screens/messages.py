"""What screens say to the program, named after what happened."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    # The unlock screen is painted before cryptography is imported.
    from data.register import Register
    from data.vault.vault import News


@dataclass
class LoggedIn(Message):
    """Somebody has logged in, for the first time or again."""

    register: "Register"


@dataclass
class VaultChanged(Message):
    """Colleagues wrote something; sent to every open screen."""

    news: "News"


@dataclass
class SettingsChanged(Message):
    """Somebody changed their own settings."""
