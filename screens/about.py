"""About the protocol."""

from .base import DeskScreen


class AboutScreen(DeskScreen):
    """What the protocol says."""
