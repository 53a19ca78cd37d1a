"""rank-bm25's own BM25Okapi over whole files, and over functions; nothing of our ranking is in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from rank_bm25 import BM25Okapi

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
        index = BM25Okapi(documents) if any(documents) else None
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


def _ranked(items: Sequence[Item], index: BM25Okapi | None, query: list[str]) -> list[Item]:
    if index is None:
        return []
    scores = index.get_scores(query)
    order = np.lexsort((np.arange(len(items)), -scores))
    return [items[i] for i in order if scores[i] > 0]


def _rank_functions(question: Question, files: Sequence[str], query: list[str]) -> list[Region]:
    regions = [region for path in files[:FILES_READ] for region in regions_of(question, path)]
    documents = [terms_of(region.text) for region in regions]
    return _ranked(regions, BM25Okapi(documents) if any(documents) else None, query)
