"""Search: short questions, symbols, literals and regular expressions -> places, grouped by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locant.retriever.context import Context, Floats, scaled
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import file_priors
from locant.retriever.order import best_first
from locant.retriever.signals.search import SEARCH_SIGNALS, SEARCH_WEIGHTS, definition_matches
from locant.types import Evidence

__all__ = ["FoundFile", "search_words"]

OTHER_CHUNKS_SHARE = 0.2
"""What a file's further matching chunks add to its best one: several matches make a file likelier, never certain."""

MAX_ALSO = 4
"""Further places of one file that are named beside the best one."""

ALSO_SHARE = 0.4
"""A further place is named when its score is at least this share of the file's best."""

TEST_WORDS = frozenset({"test", "tests", "testing", "spec", "fixture", "pytest", "unittest"})
"""Who asks for tests gets tests: their prior is then that of code."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with its best chunk, further chunks, and the shares of the score."""

    file: int
    score: float
    chunk: int
    also: tuple[int, ...]
    evidence: tuple[Evidence, ...]


def search_words(context: Context, filters: Filters, limit: int) -> list[FoundFile]:
    """Files by their best chunk; filters apply before anything is ranked."""
    snapshot = context.snapshot
    signals = {name: scaled(signal(context)) for name, signal in SEARCH_SIGNALS.items()}
    chunk_scores = _fused(context, signals)
    allowed = file_mask(snapshot, filters)
    if filters.kinds:
        chunk_scores = np.where(_of_kinds(context, filters.kinds), chunk_scores, 0.0)
    best = context.of_docs(chunk_scores)
    sums = np.bincount(snapshot.chunk_doc, weights=chunk_scores, minlength=len(best))
    rest = np.where(best > 0, (sums - best) / np.maximum(sums, 1e-12), 0.0)
    files = (best * (1.0 + OTHER_CHUNKS_SHARE * rest))[snapshot.file_doc]
    files = np.where(allowed, files * _priors(context), 0.0)
    rows = best_first(files, limit, snapshot.paths)
    return [_found(context, row, float(files[row]), chunk_scores, signals) for row in rows]


def _fused(context: Context, signals: Mapping[str, Floats]) -> Floats:
    total = np.zeros(context.snapshot.chunk_count)
    for name, values in signals.items():
        total += SEARCH_WEIGHTS[name] * values
    matched = signals["body"] > 0
    for name in ("name", "definition"):
        matched |= signals[name] > 0
    live = context.snapshot.chunk_live
    if live is not None:
        matched &= live
    return np.where(matched, total, 0.0)


def _of_kinds(context: Context, kinds: tuple[str, ...]) -> np.ndarray:
    snapshot = context.snapshot
    mask = np.zeros(snapshot.chunk_count, dtype=np.bool_)
    symbols = snapshot.symbols_of_kind(kinds)
    mask[snapshot.symbol_chunk[symbols]] = True
    return mask


def _priors(context: Context) -> Floats:
    priors = file_priors(context.snapshot)
    if TEST_WORDS & context.text_terms.keys():
        return np.maximum(priors, (context.snapshot.file_column("area") == 1).astype(np.float64))
    return priors


def _found(context: Context, file: int, score: float, chunk_scores: Floats, signals: Mapping[str, Floats]) -> FoundFile:
    chunks = np.array(context.snapshot.chunks_of_doc(int(context.snapshot.file_doc[file])))
    values = chunk_scores[chunks]
    order = chunks[np.lexsort((chunks, -np.round(values, 9)))]
    best = int(order[0])
    enough = ALSO_SHARE * float(chunk_scores[best])
    also = tuple(int(c) for c in order[1 : MAX_ALSO + 1] if chunk_scores[c] >= enough)
    return FoundFile(file, score, best, also, _evidence(context, best, signals))


def _evidence(context: Context, chunk: int, signals: Mapping[str, Floats]) -> tuple[Evidence, ...]:
    shares = {name: SEARCH_WEIGHTS[name] * float(values[chunk]) for name, values in signals.items()}
    found = []
    for name in sorted(shares, key=lambda name: (-shares[name], name)):
        if shares[name] > 0.01:
            detail = DETAILS[name]
            if name == "definition":
                names = ", ".join(definition_matches(context, chunk)) or "a name"
                detail = f"defines {names}"
            found.append(Evidence(name, detail, round(shares[name], 4)))
    return tuple(found)


DETAILS = {
    "body": "its words match",
    "name": "its name matches",
    "signature": "its signature matches",
    "comment": "its comment matches",
    "path": "its path matches",
    "definition": "defines what was asked for",
    "imports": "much of the code imports it",
}
