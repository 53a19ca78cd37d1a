"""The state of history as a file of the tree, and back."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from locant.indexer.history.records import HistoryState, Said
from locant.indexer.store.arrays import ArrayFile, Arrays

__all__ = ["history_arrays", "history_from", "history_meta"]

COLUMNS = ("commits", "times", "starts", "files", "renames")
SCALARS = ("head", "head_time", "boundary", "max_commits", "note")


def history_arrays(state: HistoryState) -> Arrays:
    """Arrays of a state; paths and terms end by NUL."""
    paths = b"".join(os.fsencode(path) + b"\0" for path in state.paths)
    terms = b"".join(term.encode("utf-8") + b"\0" for term in state.said.terms)
    return {
        "paths": np.frombuffer(paths, dtype=np.uint8),
        "terms": np.frombuffer(terms, dtype=np.uint8),
        "said_starts": state.said.starts,
        "said_words": state.said.words,
        **{name: getattr(state, name) for name in COLUMNS},
    }


def history_meta(state: HistoryState) -> dict[str, Any]:
    """What is not arrays."""
    return {name: getattr(state, name) for name in SCALARS}


def history_from(stored: ArrayFile) -> HistoryState:
    """The state that was stored."""
    paths = tuple(os.fsdecode(path) for path in stored.arrays["paths"].tobytes().split(b"\0")[:-1])
    terms = tuple(term.decode("utf-8") for term in stored.arrays["terms"].tobytes().split(b"\0")[:-1])
    said = Said(terms, stored.arrays["said_starts"], stored.arrays["said_words"])
    columns: dict[str, Any] = {name: stored.arrays[name] for name in COLUMNS}
    return HistoryState(paths=paths, said=said, **columns, **{name: stored.meta[name] for name in SCALARS})
