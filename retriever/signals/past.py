"""What was said of earlier changes: commits whose message resembles the text point at the files that they changed.

A message is a document of its own, scored by BM25 over its different words. Faults come back to where faults were:
similar earlier reports are among the best signs that bug localization knows (Zhou and others, "Where should the bugs
be fixed?", ICSE 2012). Each signal is an array (files,), not scaled.

past, past_title     the message most like the whole text, like the title, of the file's own commits
past_near            the messages most like the text, added, each divided among the files that its commit changed
past_words           BM25 of all messages of a file taken together
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Ints
from locant.retriever.bm25 import Bm25Parameters, FieldIndex
from locant.retriever.context import Context

__all__ = ["past", "past_near", "past_title", "past_words"]

NEAR = 40
"""Commits that `past_near` adds up: the likest; further ones share common words alone."""

FADE_DAYS = 2_000.0
"""An old change counts half at this age: code moves, but slowly."""


def past(context: Context) -> Floats:
    """The most similar commit of each file."""
    return _best_of_files(context.snapshot, _likeness(context, context.text_terms))


def past_title(context: Context) -> Floats:
    """The commit of each file that is most like the title."""
    return _best_of_files(context.snapshot, _likeness(context, context.title_terms))


def past_near(context: Context) -> Floats:
    """The files of the most similar commits, each commit's likeness divided among its files."""
    snapshot = context.snapshot
    scores = _likeness(context, context.text_terms)
    found = np.zeros(len(snapshot.paths))
    if not len(scores) or scores.max() <= 0:
        return found
    near = np.argsort(-scores, kind="stable")[:NEAR]
    strength = np.zeros(len(scores))
    strength[near] = (scores[near] / scores[near[0]]) ** 2
    sizes = np.diff(snapshot.arrays["past_at"])
    each = np.repeat(strength / np.sqrt(np.maximum(sizes, 1)), sizes)
    return np.bincount(snapshot.arrays["past_file"], weights=each, minlength=len(found)).astype(np.float64)


def past_words(context: Context) -> Floats:
    """Messages of a file as one document."""
    snapshot = context.snapshot
    files = len(snapshot.paths)
    sizes = np.diff(snapshot.arrays["past_at"])
    touched = snapshot.arrays["past_file"]
    commit = np.repeat(np.arange(len(sizes)), sizes)
    lengths = np.bincount(touched, weights=snapshot.arrays["past_length"][commit], minlength=files)
    index = FieldIndex(lengths, lengths > 0, Bm25Parameters())
    found = np.zeros(files)
    says = np.zeros(len(sizes), dtype=np.bool_)
    for term, weight in context.text_terms.items():
        commits = snapshot.past_postings(term)
        if not len(commits):
            continue
        says[commits] = True
        counts = np.bincount(touched[says[commit]], minlength=files)
        says[commits] = False
        holders = np.flatnonzero(counts)
        found[holders] += weight * index.idf(len(holders)) * index.impact(holders, counts[holders])
    return found


def _likeness(context: Context, terms: Mapping[str, float]) -> Floats:
    """BM25 of every past commit's message, faded by age (commits,)."""
    snapshot = context.snapshot
    index = FieldIndex(snapshot.arrays["past_length"], None, Bm25Parameters())
    scores = np.zeros(index.size)
    for term, weight in terms.items():
        commits = snapshot.past_postings(term)
        scores[commits] += weight * index.idf(len(commits)) * index.impact(commits, np.ones(len(commits)))
    return scores * _faded(snapshot.arrays["past_days"])


def _faded(days: Ints) -> Floats:
    faded: Floats = 0.5 ** (days / FADE_DAYS)
    return faded


def _best_of_files(snapshot: Snapshot, of_commits: Floats) -> Floats:
    found = np.zeros(len(snapshot.paths))
    sizes = np.diff(snapshot.arrays["past_at"])
    np.maximum.at(found, snapshot.arrays["past_file"], np.repeat(of_commits, sizes))
    return found
