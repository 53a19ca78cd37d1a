"""Okapi BM25 over the fields of chunks and over whole documents, as arrays.

    score(d) = sum over terms t of  weight(t) * idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * |d| / avg|d|))

Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. Two forms of idf exist in the
field: `lucene_idf`, ln(1 + (N - n + 0.5) / (n + 0.5)), never negative, our default; and `okapi_idf`,
ln((N - n + 0.5) / (n + 0.5)) with negative values replaced by a quarter of the mean, as rank-bm25 does it. A property
test holds both against rank-bm25.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Ints, Mask

__all__ = ["Bm25Parameters", "FieldIndex", "Idf", "Lexicon", "lucene_idf", "okapi_idf"]


Idf = Callable[[int, int], float]
"""Weight of a term that n of N documents hold."""


@dataclass(frozen=True, slots=True)
class Bm25Parameters:
    """`k1` sets how soon repetition stops to count, `b` how much length is held against a document."""

    k1: float = 1.2
    b: float = 0.75


OKAPI_FLOOR = 0.25  # rank-bm25's epsilon: share of the mean idf that a term in over half of the documents gets


def lucene_idf(holders: int, documents: int) -> float:
    """ln(1 + (N - n + 0.5) / (n + 0.5)), n of N documents hold the term."""
    return math.log1p((documents - holders + 0.5) / (holders + 0.5))


def okapi_idf(vocabulary: Iterable[int], documents: int) -> Idf:
    """The idf of rank-bm25's BM25Okapi for one set of documents.

    Args:
        vocabulary: how many of the documents hold each of their terms: the floor depends on all of them.
        documents: how many there are.

    """
    raw = [_okapi(holders, documents) for holders in vocabulary]
    floor = OKAPI_FLOOR * sum(raw) / len(raw) if raw else 0.0

    def idf(holders: int, documents: int) -> float:
        value = _okapi(holders, documents)
        return value if value >= 0 else floor

    return idf


def _okapi(holders: int, documents: int) -> float:
    return math.log(documents - holders + 0.5) - math.log(holders + 0.5)


class FieldIndex:
    """BM25 over one set of documents: chunks by one field, or whole files.

    Args:
        lengths: terms in each document (documents,), dead ones included.
        live: which documents count, or None for all.
        parameters: k1 and b.
        idf: weight of a term by the number of its holders.

    """

    def __init__(
        self,
        lengths: Ints,
        live: Mask | None,
        parameters: Bm25Parameters,
        idf: Idf = lucene_idf,
    ) -> None:
        counted = lengths if live is None else lengths[live]
        self.size = len(lengths)
        self.documents = len(counted)
        mean = float(counted.mean()) if self.documents else 0.0
        self._idf = idf
        self._gain = parameters.k1 + 1
        self._norm = parameters.k1 * (1 - parameters.b + parameters.b * lengths / (mean or 1.0))

    def idf(self, holders: int) -> float:
        """Weight of a term that so many documents hold."""
        return self._idf(holders, self.documents)

    @property
    def ceiling(self) -> float:
        """What `impact` comes near to with ever more occurrences."""
        return self._gain

    def impact(self, documents: Ints, tf: Ints | Floats) -> Floats:
        """What one term adds to each document that holds it, before idf and weight."""
        return tf * self._gain / (tf + self._norm[documents])


class Lexicon:
    """BM25 over a snapshot: `chunk_scores` by field and `doc_scores` over whole documents.

    Field statistics and the postings of documents are kept for the life of the object, so that several parts of one
    query (title, body, code) pay for each term once.
    """

    def __init__(self, snapshot: Snapshot, parameters: Bm25Parameters | None = None, idf: Idf = lucene_idf) -> None:
        self.snapshot = snapshot
        self._parameters = parameters or Bm25Parameters()
        self._idf = idf
        self._fields: dict[str, FieldIndex] = {}
        self._doc_postings: dict[str, tuple[Ints, Ints]] = {}

    def field(self, name: str) -> FieldIndex:
        """Statistics of one field of the live chunks."""
        if name not in self._fields:
            lengths = self.snapshot.field_lengths(name)
            self._fields[name] = FieldIndex(lengths, self.snapshot.chunk_live, self._parameters, self._idf)
        return self._fields[name]

    @cached_property
    def documents(self) -> FieldIndex:
        """Statistics of whole documents: the body lengths of their chunks added up."""
        chunk_doc = self.snapshot.chunk_doc
        lengths = np.bincount(
            chunk_doc, weights=self.snapshot.field_lengths("body"), minlength=len(self.snapshot.doc_live)
        )
        live = None if self.snapshot.doc_live.all() else self.snapshot.doc_live
        return FieldIndex(lengths, live, self._parameters, self._idf)

    def impact(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Live chunks that hold a term in a field, and what it adds to each of them, times idf."""
        index = self.field(field)
        chunks, tf = self.snapshot.postings(field, term)
        return chunks, index.idf(len(chunks)) * index.impact(chunks, tf)

    def chunk_scores(self, field: str, weights: Mapping[str, float]) -> Floats:
        """BM25 of every chunk in one field; `weights` maps query terms to their weight."""
        scores = np.zeros(self.field(field).size)
        for term, weight in weights.items():
            chunks, impact = self.impact(field, term)
            scores[chunks] += weight * impact
        return scores

    def doc_scores(self, weights: Mapping[str, float]) -> Floats:
        """BM25 of every document over its whole text."""
        index = self.documents
        scores = np.zeros(index.size)
        for term, weight in weights.items():
            docs, tf = self.doc_postings(term)
            if len(docs):
                scores[docs] += weight * index.idf(len(docs)) * index.impact(docs, tf)
        return scores

    def doc_postings(self, term: str) -> tuple[Ints, Ints]:
        """Documents that hold a term, in order, and how often."""
        found = self._doc_postings.get(term)
        if found is None:
            chunks, tf = self.snapshot.postings("body", term)
            docs = self.snapshot.chunk_doc[chunks]
            first = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1]))) if len(docs) else docs
            found = (docs[first], np.add.reduceat(tf, first, dtype=np.int64)) if len(docs) else (docs, tf)
            self._doc_postings[term] = found
        return found

    def doc_idf(self, term: str) -> float:
        """Idf of a term over whole documents; the highest possible for one that no document holds."""
        return self.documents.idf(len(self.doc_postings(term)[0]))
