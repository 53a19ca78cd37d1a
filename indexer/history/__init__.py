"""History: what `git log` says about each file, read beside the parsing and kept incrementally."""

from __future__ import annotations

from locant.indexer.history.files import file_history
from locant.indexer.history.reader import HistoryReader, read_history
from locant.indexer.history.records import FileHistory, HistoryLimits, HistoryState, empty_history

__all__ = [
    "FileHistory",
    "HistoryLimits",
    "HistoryReader",
    "HistoryState",
    "empty_history",
    "file_history",
    "read_history",
]
