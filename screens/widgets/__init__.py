"""Widgets that more than one screen uses."""

from .bars import KeyBar, TitleBar
from .choice import ChoiceLine
from .rows import Column, Row, RowList

__all__ = ["ChoiceLine", "Column", "KeyBar", "Row", "RowList", "TitleBar"]
