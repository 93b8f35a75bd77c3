"""Widgets that more than one screen uses."""

from .bars import KeyBar, TitleBar
from .choice import ChoiceLine
from .prose import Prose
from .rows import Column, Row, RowList

__all__ = ["ChoiceLine", "Column", "KeyBar", "Prose", "Row", "RowList", "TitleBar"]
