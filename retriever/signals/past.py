"""What was said of earlier changes: commits whose message resembles the text point at the files that they changed.

Faults come back to where faults were: similar earlier reports are among the best signs that bug localization knows
(Zhou, Zhang and Lo, "Where should the bugs be fixed?", ICSE 2012). A message is a document of its own, scored by BM25
over its different words; or all messages of a file together are one document, which says in the words of people what
the file is about. Each signal is an array (files,), not scaled.

past, past_title                the message most like the whole text, like the title, of the file's own commits
past_near                       the messages most like the text, added, each divided among the files of its commit
past_words, past_words_title    BM25 of all messages of a file taken together
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from locant.indexer.history.said import spans
from locant.numeric import Floats, Ints
from locant.retriever.bm25 import Bm25Parameters, FieldIndex
from locant.retriever.context import Context

__all__ = ["past", "past_near", "past_title", "past_words", "past_words_title"]

NEAR = 40
"""Commits that `past_near` adds up: the likest; further ones share common words alone."""

FADE_DAYS = 2_000.0
"""An old change counts half at this age: code moves, but slowly."""


def past(context: Context) -> Floats:
    """The most similar commit of each file."""
    found = _past(context)
    return found.best_of_files(found.text_likeness)


def past_title(context: Context) -> Floats:
    """The commit of each file that is most like the title."""
    found = _past(context)
    return found.best_of_files(found.likeness(context.title_terms))


def past_near(context: Context) -> Floats:
    """The files of the most similar commits, each commit's likeness divided among its files."""
    found = _past(context)
    scores = found.text_likeness
    near = np.argsort(-scores, kind="stable")[:NEAR]
    top = float(scores[near[0]]) if len(near) else 0.0
    if top <= 0:
        return np.zeros(found.files)
    strength = np.zeros(len(scores))
    strength[near] = (scores[near] / top) ** 2 / np.sqrt(found.sizes[near])
    each = np.repeat(strength, found.sizes)
    return np.bincount(found.touched, weights=each, minlength=found.files).astype(np.float64)


def past_words(context: Context) -> Floats:
    """Messages of a file as one document, for the whole text."""
    return _past(context).documents(context.text_terms)


def past_words_title(context: Context) -> Floats:
    """Messages of a file as one document, for the title."""
    return _past(context).documents(context.title_terms)


@dataclass
class _Past:
    """The past commits of a snapshot, as one query sees them."""

    context: Context
    _documents: dict[str, tuple[Ints, Floats]] = field(default_factory=dict)

    @property
    def files(self) -> int:
        return len(self.context.snapshot.paths)

    @cached_property
    def touched(self) -> Ints:
        """Files that commits changed, commit after commit."""
        return self.context.snapshot.arrays["past_file"]

    @cached_property
    def starts(self) -> Ints:
        """Where each commit's files begin, and the last ones end."""
        return self.context.snapshot.arrays["past_at"]

    @cached_property
    def sizes(self) -> Ints:
        """Files of each commit."""
        sizes: Ints = np.diff(self.starts)
        return sizes

    @cached_property
    def text_likeness(self) -> Floats:
        return self.likeness(self.context.text_terms)

    def likeness(self, terms: Mapping[str, float]) -> Floats:
        """BM25 of every commit's message, faded by age (commits,)."""
        snapshot = self.context.snapshot
        index = FieldIndex(snapshot.arrays["past_length"], None, Bm25Parameters())
        scores = np.zeros(index.size)
        for term, weight in terms.items():
            commits = snapshot.past_postings(term)
            scores[commits] += weight * index.idf(len(commits)) * index.impact(commits, np.ones(len(commits)))
        return scores * 0.5 ** (snapshot.arrays["past_days"] / FADE_DAYS)

    def best_of_files(self, of_commits: Floats) -> Floats:
        """Largest value of the commits of each file."""
        found = np.zeros(self.files)
        np.maximum.at(found, self.touched, np.repeat(of_commits, self.sizes))
        return found

    @cached_property
    def _messages(self) -> FieldIndex:
        """Statistics of each file's messages; files that no commit changed are no documents."""
        each = np.repeat(self.context.snapshot.arrays["past_length"], self.sizes)
        lengths = np.bincount(self.touched, weights=each, minlength=self.files)
        return FieldIndex(lengths, lengths > 0, Bm25Parameters())

    def documents(self, terms: Mapping[str, float]) -> Floats:
        """BM25 of each file's messages together."""
        scores = np.zeros(self.files)
        for term, weight in terms.items():
            if term not in self._documents:
                self._documents[term] = self._impact(term)
            holders, impact = self._documents[term]
            scores[holders] += weight * impact
        return scores

    def _impact(self, term: str) -> tuple[Ints, Floats]:
        """Files with a term in their messages, and what it adds to each."""
        commits = self.context.snapshot.past_postings(term)
        if not len(commits):
            return commits, np.zeros(0)
        own = self.touched[spans(self.starts[:-1], self.sizes, commits)]
        counts = np.bincount(own, minlength=self.files)
        holders = np.flatnonzero(counts)
        return holders, self._messages.idf(len(holders)) * self._messages.impact(holders, counts[holders])


def _past(context: Context) -> _Past:
    """The past as this query sees it, made once."""
    found = context.kept.get("past")
    if not isinstance(found, _Past):
        found = context.kept["past"] = _Past(context)
    return found
