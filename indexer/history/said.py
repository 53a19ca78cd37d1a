"""Commit messages -> the words in them, as arrays.

A message is cut after some lines' worth of text, so that one commit cannot fill the index; signatures and the like say
who, not what, and go. Words are the index's own terms: identifiers whole and taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from locant.indexer.history.records import Said, nothing_said
from locant.indexer.terms import Vocabulary, split_identifier, words_in
from locant.numeric import Ints

__all__ = ["MESSAGE_BYTES", "said_in", "spans"]

MESSAGE_BYTES = 1_000
"""Of a message: a title and some paragraphs. What comes later is a list of squashed commits or a log."""

_WHO = re.compile(
    rb"^[ \t]*(?:[A-Za-z]+(?:-[A-Za-z]+)*-by|cc|change-id|git-svn-id)[ \t]*:.*$", re.IGNORECASE | re.MULTILINE
)


def said_in(messages: Sequence[bytes]) -> Said:
    """Different terms of each message."""
    vocabulary = Vocabulary()
    spoken = [list(map(vocabulary.__getitem__, words_in(_WHO.sub(b"", text[:MESSAGE_BYTES])))) for text in messages]
    split = [split_identifier(word) for word in vocabulary]
    terms = sorted({term for parts in split for term in parts})
    if not terms:
        return nothing_said(len(messages))
    number = {term: i for i, term in enumerate(terms)}
    of_word = np.array([number[term] for parts in split for term in parts], dtype=np.int64)
    sizes = np.array([len(parts) for parts in split], dtype=np.int64)
    words = np.array([word for row in spoken for word in row], dtype=np.int64)
    commit = np.repeat(np.arange(len(messages), dtype=np.int64), [len(row) for row in spoken])
    of_commit = np.repeat(commit, sizes[words])
    both = np.unique(of_commit * len(terms) + of_word[spans(np.cumsum(sizes) - sizes, sizes, words)])
    starts = np.searchsorted(both, np.arange(len(messages) + 1) * len(terms))
    return Said(tuple(terms), starts.astype(np.int64), (both % len(terms)).astype(np.int32))


def spans(starts: Ints, sizes: Ints, rows: Ints) -> Ints:
    """Positions of all that the rows have, row after row: row i has `sizes[i]` things from `starts[i]` on."""
    chosen = sizes[rows]
    ends = np.cumsum(chosen)
    shift = np.repeat(starts[rows] - (ends - chosen), chosen)
    positions: Ints = np.arange(int(chosen.sum()), dtype=np.int64) + shift
    return positions
