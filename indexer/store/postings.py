"""Postings of one field as arrays: chunks by term, and how often each chunk has the term.

Nearly all counts are 1 or 2, so they are bytes; the few that do not fit stand aside, by position. That saves a sixth of
the index, and scores stay exact.
"""

from __future__ import annotations

import numpy as np

from locant.indexer.store.arrays import Arrays
from locant.numeric import Ints

__all__ = ["COUNT_BITS", "COUNT_MAX", "all_counts", "counts_in", "encode_postings", "starts_of"]


BYTE_MAX = 255

COUNT_BITS = 16
COUNT_MAX = (1 << COUNT_BITS) - 1
"""Counts end here: text of a chunk cannot repeat a term more often, names of deeply nested definitions could."""


def encode_postings(name: str, term: Ints, chunk: Ints, tf: Ints, terms: int, chunks: int) -> Arrays:
    """Arrays of a field.

    Args:
        name: of the field.
        term: number of each posting's term (postings,), ascending.
        chunk: its chunk (postings,), ascending within a term.
        tf: how often the chunk has the term (postings,), at most `COUNT_MAX`.
        terms: how many there are.
        chunks: how many there are.

    """
    large = np.flatnonzero(tf > BYTE_MAX)
    return {
        f"{name}_at": starts_of(term, terms),
        f"{name}_chunk": chunk.astype(np.uint32),
        f"{name}_tf": np.minimum(tf, BYTE_MAX).astype(np.uint8),
        f"{name}_large_at": large.astype(np.uint32),
        f"{name}_large_tf": tf[large].astype(np.uint32),
        f"{name}_length": np.bincount(chunk, weights=tf, minlength=chunks).astype(np.uint32),
    }


def counts_in(arrays: Arrays, name: str, first: int, last: int) -> Ints:
    """Counts of the postings `first` to `last`."""
    tf = arrays[f"{name}_tf"][first:last]
    large = arrays[f"{name}_large_at"]
    if not len(large):
        return tf
    from_, to = np.searchsorted(large, [first, last])
    if from_ == to:
        return tf
    widened = tf.astype(np.uint32)
    widened[large[from_:to] - np.uint32(first)] = arrays[f"{name}_large_tf"][from_:to]
    return widened


def all_counts(arrays: Arrays, name: str) -> Ints:
    """Counts of all postings, as 32-bit numbers."""
    tf: Ints = arrays[f"{name}_tf"].astype(np.uint32)
    tf[arrays[f"{name}_large_at"]] = arrays[f"{name}_large_tf"]
    return tf


def starts_of(ordered: Ints, size: int) -> Ints:
    """Where each number's run begins in an ordered array, with the end appended."""
    at = np.zeros(size + 1, dtype=np.uint32)
    np.cumsum(np.bincount(ordered, minlength=size), out=at[1:])
    return at
