"""A fictional school to try the program out on, with eight weeks behind it."""

from .school import Demo, DemoPerson, create_demo

__all__ = ["Demo", "DemoPerson", "create_demo"]
