"""Signals that files and definitions get from their neighbours: what stands close to a match is likelier itself.

Each is an array (files,) or (symbols,), not yet scaled. `seed` is what spreads: the best function's and the whole
title's BM25, each scaled to at most 1. One step only: two steps reach most of a repository.

import_forward, import_backward   seed of the files that import it, and of those that it imports
import_mentions                   rarest mentioned identifier of the files on either side of an import
from_tests                        BM25 of the tests that import it
chunk_calls                       mean BM25 of the chunks that call or are called by one of its chunks, best chunk
cochange                          seed of files that changed together with it, times how often they did
folder                            mean seed of the other files of its folder
"""

from __future__ import annotations

import numpy as np

from locant.indexer.areas import AREAS
from locant.indexer.graph import propagate
from locant.retriever.context import Context, Floats

__all__ = [
    "chunk_calls",
    "cochange",
    "folder",
    "from_tests",
    "import_backward",
    "import_forward",
    "import_mentions",
]


def _imports(context: Context, values: Floats) -> tuple[Floats, Floats]:
    source, target = context.snapshot.arrays["import_source"], context.snapshot.arrays["import_target"]
    return propagate(values, source, target, len(values))


def import_forward(context: Context) -> Floats:
    """What the importers of a file score."""
    return _imports(context, context.seed)[0]


def import_backward(context: Context) -> Floats:
    """What the imports of a file score."""
    return _imports(context, context.seed)[1]


def import_mentions(context: Context, mentioned: Floats) -> Floats:
    """Mentions in the files on either side of an import; `mentioned` is that signal of each file."""
    forward, backward = _imports(context, mentioned)
    return forward + backward


def from_tests(context: Context) -> Floats:
    """Tests say in words what the code that they import is for."""
    tests = context.snapshot.file_column("area") == AREAS.index("tests")
    return _imports(context, np.where(tests, context.seed, 0.0))[0]


def chunk_calls(context: Context) -> Floats:
    """Mean over callers and mean over callees, added, of each chunk (chunks,)."""
    return context.chunk_callers + context.chunk_callees


def cochange(context: Context) -> Floats:
    """Files that changed with likely files: sum of their seed times the strength of the tie."""
    snapshot = context.snapshot
    starts, partners = snapshot.arrays["cochange_at"], snapshot.arrays["cochange_file"]
    source = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    weights = context.seed[source] * snapshot.arrays["cochange_strength"]
    found: Floats = np.bincount(partners, weights=weights, minlength=len(context.seed)).astype(np.float64)
    return found


def folder(context: Context) -> Floats:
    """Mean seed of the other files of a folder."""
    of = context.snapshot.file_folder
    sums = np.bincount(of, weights=context.seed)
    others = np.maximum(np.bincount(of) - 1, 1)
    found: Floats = (sums[of] - context.seed) / others[of]
    return found
