"""Search: short questions and symbols -> places, grouped by file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Mask
from locant.retriever.context import Context, Floats
from locant.retriever.evidence import DIGITS, in_order, purpose_evidence
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import file_priors
from locant.retriever.order import best_first
from locant.retriever.signals.search import (
    CHUNK_WEIGHTS,
    SEARCH_WEIGHTS,
    chunk_signals,
    definition_matches,
    search_signals,
)
from locant.retriever.wording import Wording
from locant.types import Evidence

__all__ = ["FoundFile", "search_words"]

MAX_ALSO = 4
"""Further places of one file that are named beside the best one."""

ALSO_SHARE = 0.4
"""A further place is named when its score is at least this share of the file's best."""

NAMED_BONUS = 4.0
"""For a file that the query names: more than words ever reach. Files of one bare name share it."""

DECLARED_ONLY = (".d.ts", ".pyi")
DECLARED_PRIOR = 0.5
"""Declarations repeat the words of the code that they declare, without any of what it does."""

NAMED_PRIOR = 0.8
"""Of a test or document that the query names: it is meant, whatever it is for."""

FEW_LINES = 10
FEW_LINES_PRIOR = 0.7
"""Of a file of fewer lines, unless a name was asked for: it passes on what others do; its shortness flatters BM25."""

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
    """Scores of chunks (chunks,), and of files (files,): (weighted signals + named) * priors."""

    signals: Mapping[str, Floats]
    chunks: Floats
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
    wording = Wording(snapshot, context.lexicon, context.text_terms)
    of_chunks = chunk_signals(context, wording)
    fused = sum((weight * of_chunks[name] for name, weight in CHUNK_WEIGHTS.items()), np.zeros(snapshot.chunk_count))
    shown = _of_kinds(context, filters.kinds) if filters.kinds else np.ones(len(fused), dtype=np.bool_)
    chunks = np.where(shown, fused, 0.0)
    signals = search_signals(context, wording, of_chunks, shown)
    # a path or a name is a place only where there is something to show
    present = context.of_docs(chunks if filters.kinds else shown.astype(np.float64))[snapshot.file_doc] > 0
    named = np.where(present, _named(context), 0.0)
    told = (signals["path"] > 0) | (signals["summary"] > 0) | (named > 0)
    matched = present & (told | (context.of_docs(chunks)[snapshot.file_doc] > 0))
    total = sum((weight * signals[name] for name, weight in SEARCH_WEIGHTS.items()), named)
    priors = _priors(context, named)
    files = np.where(matched & file_mask(snapshot, filters), total * priors, 0.0)
    return _Scores(signals, chunks, named, priors, files)


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
    priors = file_priors(context.snapshot) * np.where(_declared_only(context.snapshot), DECLARED_PRIOR, 1.0)
    if not _is_symbol(context):
        priors = np.where(_of_few_lines(context.snapshot), FEW_LINES_PRIOR * priors, priors)
    if TEST_WORDS & context.text_terms.keys():
        priors = np.maximum(priors, (context.snapshot.file_column("area") == 1).astype(np.float64))
    definers = _definers(context)
    if len(definers):
        priors[definers] /= priors[definers].max()
    return np.where(named > 0, np.maximum(priors, NAMED_PRIOR), priors)


_declared: WeakKeyDictionary[Snapshot, Mask] = WeakKeyDictionary()
"""Kept as long as the snapshot: a server asks the same one hundreds of times a second."""


def _declared_only(snapshot: Snapshot) -> Mask:
    found = _declared.get(snapshot)
    if found is None:
        found = np.fromiter((path.endswith(DECLARED_ONLY) for path in snapshot.paths), np.bool_, len(snapshot.paths))
        _declared[snapshot] = found
    return found


def _is_symbol(context: Context) -> bool:
    return context.query.shape == "symbol"


def _of_few_lines(snapshot: Snapshot) -> Mask:
    return snapshot.file_lines < FEW_LINES


def _definers(context: Context) -> list[int]:
    """Files that define the symbol that was asked for: if only tests do, a test is what was asked for."""
    if not _is_symbol(context):
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
    of_doc = snapshot.chunks_of_doc(int(snapshot.file_doc[file]))
    chunks = np.arange(of_doc.start, of_doc.stop)
    values = scores.chunks[chunks]
    order = chunks[np.lexsort((chunks, -np.round(values, 9)))]
    best = int(order[0])
    evidence = _evidence(context, file, scores)
    if line is not None:
        holders = chunks[(snapshot.chunk_start[chunks] <= line) & (snapshot.chunk_end[chunks] >= line)]
        best = int(holders[0]) if len(holders) else best
    enough = ALSO_SHARE * float(values.max())
    leading: list[int] = order[: MAX_ALSO + 1].tolist()
    others = [chunk for chunk in leading if chunk != best and 0 < enough <= scores.chunks[chunk]]
    return FoundFile(file, float(scores.files[file]), best, tuple(others[:MAX_ALSO]), evidence, line)


def _evidence(context: Context, file: int, scores: _Scores) -> tuple[Evidence, ...]:
    """Shares of the score, largest first; with what the file's purpose takes away they add up to it."""
    shares = {name: weight * float(scores.signals[name][file]) for name, weight in SEARCH_WEIGHTS.items()}
    shares["named"] = float(scores.named[file])
    details = dict(DETAILS)
    if shares["definition"] > 0:
        names = definition_matches(context, int(context.snapshot.file_doc[file]))
        details["definition"] = f"defines {', '.join(names) or 'what was asked for'}"
    found = in_order(shares, details.__getitem__)
    before = sum(shares.values())
    prior = float(scores.priors[file])
    return (*found, *purpose_evidence(context.snapshot, file, prior, round(before, DIGITS + 2), _shape(context, file)))


def _shape(context: Context, file: int) -> tuple[str, ...]:
    """What else than its purpose a file may weigh less for, in words."""
    path, few = context.snapshot.paths[file], int(context.snapshot.file_lines[file]) < FEW_LINES
    return (*["declarations"] * path.endswith(DECLARED_ONLY), *["of few lines"] * (few and not _is_symbol(context)))


DETAILS = {
    "document": "its words match",
    "place": "one place in it matches",
    "places": "several places in it match",
    "covered": "one place has many of the words",
    "name": "a name that it defines matches",
    "path": "its path matches",
    "definition": "defines what was asked for",
    "imports": "much of the code imports it",
    "meaning": "it means nearly the same",
    "summary": "its summary, or that of its folder, matches",
    "named": "the query names this file",
}
