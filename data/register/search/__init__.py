"""Finding what this person may read: the filter of a list, and the search in everything."""

from .context import Marked, lines, snippet
from .entry import KINDS, Entry, Kind
from .filter import Filter
from .find import Found, Search
from .query import Query

__all__ = ["KINDS", "Entry", "Filter", "Found", "Kind", "Marked", "Query", "Search", "lines", "snippet"]
