"""pesttui: a school's anti-bullying protocol as a full-screen terminal app."""

__version__ = "0.1.0"
