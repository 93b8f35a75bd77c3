"""pesttui: a school's anti-bullying protocol as a full-screen terminal app."""

from data.version import __version__

__all__ = ["__version__"]
