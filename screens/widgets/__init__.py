"""Widgets that more than one screen uses."""

from .bars import KeyBar, TitleBar
from .rows import Column, Row, RowList

__all__ = ["Column", "KeyBar", "Row", "RowList", "TitleBar"]
