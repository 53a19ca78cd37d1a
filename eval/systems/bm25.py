"""rank-bm25's own BM25Okapi over whole files, and over functions; nothing of our ranking is in it.

Two choices are ours. Whatever shares a word with the text is ranked, also at a score of zero: to Okapi a word in half
of the documents says nothing, and a file that is found by such words alone is still better than no answer. And where
Okapi's weights are not positive on average, as with one or two documents, more matches would mean a lower rank: there
rank-bm25's BM25Plus ranks, whose weights are never negative.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from rank_bm25 import BM25Okapi, BM25Plus

from locant.eval.sources import read_text
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.systems.regions import Region, names_and_spans, regions_of
from locant.eval.types import Ranking
from locant.indexer.terms import terms_of

__all__ = ["RankBm25"]

Item = TypeVar("Item")

FILES_LISTED = 20
"""Paths that an agent would be shown, for the tokens of the answer."""

FILES_READ = 50
"""Functions of so many files compete: more only cost time, for gold below is not found in a file's text either."""


class RankBm25:
    """Terms are those of our indexer, so that only the ranking differs."""

    name = "bm25"

    def rank(self, question: Question) -> Ranking:
        """Rank all files, then the functions of the best ones."""
        began = time.perf_counter()
        paths = list(question.files)
        documents = [
            question.cache.get("terms", blob, partial(_terms, question.tree, path))
            for path, blob in question.files.items()
        ]
        index = _index(documents)
        ready = time.perf_counter()
        query = terms_of(question.text)
        files = _ranked(paths, index, query)[:DEPTH]
        functions, spans = names_and_spans(_rank_functions(question, files, query))
        done = time.perf_counter()
        return Ranking(
            files=tuple(files),
            functions=functions,
            spans=spans,
            seconds=done - ready,
            index_seconds=ready - began,
            answer_tokens=count_tokens("\n".join(files[:FILES_LISTED])),
        )


def _terms(tree: Path, path: str) -> list[str]:
    """Path words belong to the document, as in the published baselines."""
    return [*terms_of(path), *terms_of(read_text(tree, path))]


def _index(documents: list[list[str]]) -> BM25Okapi | BM25Plus | None:
    """Statistics over documents; None when there is no word in any."""
    if not any(documents):
        return None
    okapi = BM25Okapi(documents)
    return okapi if okapi.average_idf > 0 else BM25Plus(documents)


def _ranked(items: Sequence[Item], index: BM25Okapi | BM25Plus | None, query: list[str]) -> list[Item]:
    """Items that share a word with the query, best first."""
    if index is None:
        return []
    scores = index.get_scores(query)
    order = np.lexsort((np.arange(len(items)), -scores))
    words = frozenset(query)
    return [items[i] for i in order if not words.isdisjoint(index.doc_freqs[i])]


def _rank_functions(question: Question, files: Sequence[str], query: list[str]) -> list[Region]:
    regions = [region for path in files[:FILES_READ] for region in regions_of(question, path)]
    documents = [terms_of(region.text) for region in regions]
    return _ranked(regions, _index(documents), query)
