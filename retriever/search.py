"""Search: short questions and symbols -> places, grouped by file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locant.numeric import Mask
from locant.retriever.context import Context, Floats, scaled
from locant.retriever.evidence import DIGITS, in_order, purpose_evidence
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import file_priors
from locant.retriever.order import best_first
from locant.retriever.signals.search import SEARCH_SIGNALS, SEARCH_WEIGHTS, UNSCALED, definition_matches
from locant.types import Evidence

__all__ = ["FoundFile", "search_words"]

OTHER_CHUNKS_SHARE = 0.2
"""What a file's further matching chunks add to its best one: several matches make a file likelier, never certain."""

MAX_ALSO = 4
"""Further places of one file that are named beside the best one."""

ALSO_SHARE = 0.4
"""A further place is named when its score is at least this share of the file's best."""

NAMED_BONUS = 2.5
"""For a file that the query names: as much as a definition and all its words. Files of one bare name share it."""

NAMED_PRIOR = 0.8
"""Of a test or document that the query names: it is meant, whatever it is for."""

TEST_WORDS = frozenset({"test", "tests", "testing", "spec", "fixture", "pytest", "unittest"})
"""Who asks for tests gets tests: their prior is then that of code."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with its best chunk, further chunks, and the shares of the score; `line` when the query names one."""

    file: int
    score: float
    chunk: int
    also: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Scores:
    """Scores of chunks (chunks,), and of files (files,) in three parts: (best + others + named) * priors."""

    signals: Mapping[str, Floats]
    chunks: Floats
    others: Floats
    named: Floats
    priors: Floats
    files: Floats


def search_words(context: Context, filters: Filters, limit: int) -> tuple[list[FoundFile], bool]:
    """Files by their best chunk, and whether more matched; filters apply before anything is ranked."""
    scores = _score(context, filters)
    rows = best_first(scores.files, limit + 1, context.snapshot.paths)
    lines = _named_lines(context, rows)
    return [_found(context, row, scores, lines.get(row)) for row in rows[:limit]], len(rows) > limit


def _score(context: Context, filters: Filters) -> _Scores:
    snapshot = context.snapshot
    signals = {name: _values(context, name) for name in SEARCH_SIGNALS}
    chunks = _fused(context, signals)
    if filters.kinds:
        chunks = np.where(_of_kinds(context, filters.kinds), chunks, 0.0)
    best = context.of_docs(chunks)
    sums = np.bincount(snapshot.chunk_doc, weights=chunks, minlength=len(best))
    others = OTHER_CHUNKS_SHARE * best * np.where(best > 0, (sums - best) / np.maximum(sums, 1e-12), 0.0)
    present = best > 0 if filters.kinds else np.bincount(snapshot.chunk_doc, minlength=len(best)) > 0
    named = np.where(present[snapshot.file_doc], _named(context), 0.0)  # an empty file has nothing to show
    priors = _priors(context, named)
    files = ((best + others)[snapshot.file_doc] + named) * priors
    files = np.where(file_mask(snapshot, filters), files, 0.0)
    return _Scores(signals, chunks, others[snapshot.file_doc], named, priors, files)


def _values(context: Context, name: str) -> Floats:
    values = SEARCH_SIGNALS[name](context)
    return values if name in UNSCALED else scaled(values)


def _fused(context: Context, signals: Mapping[str, Floats]) -> Floats:
    total = np.zeros(context.snapshot.chunk_count)
    for name, values in signals.items():
        total += SEARCH_WEIGHTS[name] * values
    matched = (signals["body"] > 0) | (signals["name"] > 0) | (signals["definition"] > 0)
    if context.snapshot.chunk_live is not None:
        matched &= context.snapshot.chunk_live
    return np.where(matched, total, 0.0)


def _of_kinds(context: Context, kinds: tuple[str, ...]) -> Mask:
    """Chunks in which a definition of these kinds begins, or that belong to one."""
    snapshot = context.snapshot
    wanted = snapshot.symbols_of_kind(kinds)
    mask = np.zeros(snapshot.chunk_count, dtype=np.bool_)
    mask[snapshot.symbol_chunk[wanted]] = True
    owned = snapshot.chunk_symbol >= 0
    mask[owned] |= wanted[snapshot.chunk_symbol[owned]]
    return mask


def _named(context: Context) -> Floats:
    """Bonus of files that the query names: by a path, or by a name that few files share."""
    bonus = np.where(context.names_exactly(), NAMED_BONUS, 0.0)
    for name in context.query.file_names:
        files = [file for file, _ in context.snapshot.files_by_name.get(name, ())]
        for file in files:
            bonus[file] = max(bonus[file], NAMED_BONUS / len(files))
    return bonus


def _priors(context: Context, named: Floats) -> Floats:
    priors = file_priors(context.snapshot).copy()
    if TEST_WORDS & context.text_terms.keys():
        priors = np.maximum(priors, (context.snapshot.file_column("area") == 1).astype(np.float64))
    definers = _definers(context)
    if len(definers):
        priors[definers] /= priors[definers].max()
    return np.where(named > 0, np.maximum(priors, NAMED_PRIOR), priors)


def _definers(context: Context) -> list[int]:
    """Files that define the symbol that was asked for: if only tests do, a test is what was asked for."""
    if context.query.shape != "symbol":
        return []
    snapshot = context.snapshot
    name = _LAST_NAME.findall(context.query.pattern)[-1:] or [context.query.pattern]
    docs = {int(snapshot.symbol_doc[symbol]) for symbol in snapshot.symbols_named(name[0])}
    return np.flatnonzero(np.isin(snapshot.file_doc, list(docs))).tolist()


_LAST_NAME = re.compile(r"[^\W\d]\w*[!?=]?")


def _named_lines(context: Context, files: list[int]) -> dict[int, int]:
    """Line of each of the files that the query names with one (`path.py:12`)."""
    found: dict[int, int] = {}
    for path, line in context.query.path_lines:
        for file in context.files_named(path):
            if file in files and 1 <= line <= int(context.snapshot.file_lines[file]):
                found.setdefault(file, line)
    return found


def _found(context: Context, file: int, scores: _Scores, line: int | None) -> FoundFile:
    snapshot = context.snapshot
    chunks = np.array(snapshot.chunks_of_doc(int(snapshot.file_doc[file])))
    values = scores.chunks[chunks]
    order = chunks[np.lexsort((chunks, -np.round(values, 9)))]
    best = int(order[0])
    evidence = _evidence(context, file, best, scores)
    if line is not None:
        holders = chunks[(snapshot.chunk_start[chunks] <= line) & (snapshot.chunk_end[chunks] >= line)]
        best = int(holders[0]) if len(holders) else best
    enough = ALSO_SHARE * float(values.max())
    leading: list[int] = order[: MAX_ALSO + 1].tolist()
    others = [chunk for chunk in leading if chunk != best and 0 < enough <= scores.chunks[chunk]]
    return FoundFile(file, float(scores.files[file]), best, tuple(others[:MAX_ALSO]), evidence, line)


def _evidence(context: Context, file: int, chunk: int, scores: _Scores) -> tuple[Evidence, ...]:
    """Shares of the score, largest first; with what the file's purpose takes away they add up to it."""
    shares: dict[str, float] = {}
    if scores.chunks[chunk] > 0:
        shares = {name: SEARCH_WEIGHTS[name] * float(values[chunk]) for name, values in scores.signals.items()}
    shares["elsewhere"] = float(scores.others[file])
    shares["named"] = float(scores.named[file])
    details = dict(DETAILS)
    if shares.get("definition", 0.0) > 0:
        details["definition"] = f"defines {', '.join(definition_matches(context, chunk)) or 'what was asked for'}"
    found = in_order(shares, details.__getitem__)
    before = sum(shares.values())
    return (*found, *purpose_evidence(context.snapshot, file, float(scores.priors[file]), round(before, DIGITS + 2)))


DETAILS = {
    "body": "its words match",
    "name": "its name matches",
    "signature": "its signature matches",
    "comment": "its comment matches",
    "path": "its path matches",
    "definition": "defines what was asked for",
    "imports": "much of the code imports it",
    "elsewhere": "other places in the file match too",
    "named": "the query names this file",
}
