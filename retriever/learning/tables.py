"""Features of the likeliest files and definitions of one query: what a learned ranker is trained on and served with.

A column is one of five kinds, and each has the same meaning in every repository and for every query:

- a signal of `signals/`: those that count words are divided by their largest value among eligible code files (or
  candidate definitions), those that name something are left as they are;
- the plain fusion's score and reciprocal ranks 1 / (5 + r) of the strongest signals, among eligible code files;
- a property of the file or definition: size, depth, purpose, age (`properties.py`);
- how much of its path or name the query covers (`coverage.py`);
- a property of the query, so that trees can tell a title from a long report (`query_columns`).

Training and serving share this code: there is no other way to make a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locant.indexer.areas import AREAS
from locant.numeric import Ints, Singles
from locant.retriever.context import Context, Floats
from locant.retriever.filters import Filters, file_mask
from locant.retriever.learning.coverage import file_coverage, function_coverage
from locant.retriever.learning.properties import file_properties, function_properties, query_properties
from locant.retriever.order import DIGITS

__all__ = ["FILE_CANDIDATES", "FUNCTION_CANDIDATES", "Table", "Tables", "make_tables"]

FILE_CANDIDATES = 200
"""Of the development issues, 98 % have all gold files among so many by plain fusion; more cost time, not accuracy."""

FUNCTION_CANDIDATES = 400
"""Functions need more: their gold is spread wider."""

RANK_OFFSET = 5.0
"""1 / (5 + r): the first ranks differ clearly, those after fifty hardly."""

NAMING = frozenset(
    {
        *(
            "named_path",
            "frame",
            "linked",
            "imported",
            "scope",
            "named_line",
            "pairs",
            "mentioned",
            "mentions",
            "mentions_code",
            "import_mentions",
        ),
        *("owner", "near_mentions", "usage", "recency", "changes", "centrality"),
        *("title_forms", "function_title_forms", "names_title_forms", "title_covered", "path_title_forms"),
        *("salient_forms", "function_salient_forms", "quoted"),
    }
)
"""Signals whose absolute value means something: a rare name is rare whatever else the query says."""

FILE_RANKS = (
    "fused",
    "bm25",
    "title",
    "function",
    "function_title",
    "functions",
    "names",
    "path",
    "mentioned",
    "calls",
    "past",
    "past_near",
    "past_words",
    "past_words_title",
    "title_forms",
    "salient_forms",
)
FUNCTION_RANKS = (
    *("fused", "text", "title", "names", "names_title", "mentioned", "callers"),
    *("title_forms", "salient_forms"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Candidates and their features.

    names: of the columns. rows: number of each candidate, a file's or a symbol's (n,), best by plain fusion first.
    values: (n, columns).
    """

    names: tuple[str, ...]
    rows: Ints
    values: Singles


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Both tables of one query; `function_file` is the row of `files` that a function's file has, or -1 (n,)."""

    files: Table
    functions: Table
    function_file: Ints


def make_tables(
    context: Context,
    file_signals: Mapping[str, Floats],
    file_fused: Floats,
    function_signals: Mapping[str, Floats],
    function_fused: Floats,
    filters: Filters | None = None,
) -> Tables:
    """Tables of the likeliest candidates by plain fusion.

    Args:
        context: the query.
        file_signals: every signal of files, as `signals.files.raw_file_signals` gives them, each (files,).
        file_fused: plain fused score of each file, 0 for what may not be answered (files,).
        function_signals: every signal of definitions, not scaled, each (symbols,).
        function_fused: plain fused score of each definition, 0 for what may not be answered (symbols,).
        filters: what may be answered at all.

    """
    symbols = _best(function_fused, FUNCTION_CANDIDATES)
    files = _file_table(context, file_signals, file_fused, symbols, filters)
    eligible = np.flatnonzero(function_fused > 0)
    columns = _scaled_columns(function_signals, symbols, eligible)
    columns |= _rank_columns({**function_signals, "fused": function_fused}, FUNCTION_RANKS, symbols, eligible)
    columns["fused"] = _share(function_fused, symbols, eligible)
    place = _file_rows(context, files, symbols)
    columns |= _of_file(files, place)
    columns["within_file"] = _within(context.snapshot.symbol_doc[symbols])
    columns |= function_properties(context, symbols) | function_coverage(context, symbols)
    columns |= {name: np.full(len(symbols), value) for name, value in query_properties(context).items()}
    return Tables(files, _table(symbols, columns), place)


def _file_table(
    context: Context, signals: Mapping[str, Floats], fused: Floats, symbols: Ints, filters: Filters | None
) -> Table:
    """Table of files; `symbols` are the candidate definitions, best first."""
    snapshot = context.snapshot
    code = snapshot.file_column("area") == AREAS.index("code")
    eligible = np.flatnonzero(code if filters is None else code & file_mask(snapshot, filters))
    rows = _best(fused, FILE_CANDIDATES)
    columns = _scaled_columns(signals, rows, eligible)
    columns |= _rank_columns({**signals, "fused": fused}, FILE_RANKS, rows, eligible)
    columns["fused"] = _share(fused, rows, eligible)
    columns |= _agreement(columns) | _of_definitions(context, rows, symbols)
    columns["fused_lead"] = _lead(columns["fused"])
    columns |= file_properties(context, rows) | file_coverage(context, rows)
    columns |= {name: np.full(len(rows), value) for name, value in query_properties(context).items()}
    return _table(rows, columns)


def _table(rows: Ints, columns: Mapping[str, Floats]) -> Table:
    names = tuple(columns)
    values = np.column_stack([columns[name] for name in names]) if len(rows) else np.zeros((0, len(names)))
    return Table(names, rows, values.astype(np.float32))


def _best(scores: Floats, limit: int) -> Ints:
    """Rows with a positive score, largest first, ties by number; rounded, as sums differ in their last digits."""
    rounded = np.round(scores, DIGITS)
    positive = np.flatnonzero(rounded > 0)
    if len(positive) > limit:
        edge = np.partition(rounded[positive], len(positive) - limit)[len(positive) - limit]
        positive = positive[rounded[positive] >= edge]
    order: Ints = positive[np.argsort(-rounded[positive], kind="stable")][:limit]
    return order


def _share(values: Floats, rows: Ints, eligible: Ints) -> Floats:
    """Values of rows divided by the largest eligible one; what is larger, and not eligible, counts as much as it."""
    top = float(values[eligible].max()) if len(eligible) else 0.0
    return np.minimum(values[rows] / top, 1.0) if top > 0 else np.zeros(len(rows))


def _scaled_columns(signals: Mapping[str, Floats], rows: Ints, eligible: Ints) -> dict[str, Floats]:
    return {
        name: values[rows] if name in NAMING else _share(values, rows, eligible)
        for name, values in signals.items()
        if name != "file"
    }


def _rank_columns(
    signals: Mapping[str, Floats], names: tuple[str, ...], rows: Ints, eligible: Ints
) -> dict[str, Floats]:
    """1 / (5 + number of eligible rows with a larger value); 0 where the signal says nothing."""
    columns = {}
    for name in names:
        if name not in signals:
            continue
        values = np.round(signals[name][rows], DIGITS)
        others = signals[name][eligible]
        ordered = np.sort(np.round(others[others > 0], DIGITS))  # most are 0, and no row with a rank is below those
        above = len(ordered) - np.searchsorted(ordered, values, side="right")
        columns[f"rank_{name}"] = np.where(values > 0, 1.0 / (RANK_OFFSET + above), 0.0)
    return columns


def _agreement(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """How many of the strongest signals have a file among their first."""
    ranks = np.stack([columns[f"rank_{name}"] for name in FILE_RANKS if f"rank_{name}" in columns])
    return {f"agree_{place}": (ranks >= 1.0 / (RANK_OFFSET + place - 1)).sum(axis=0).astype(float) for place in AGREED}


AGREED = (1, 3, 10)
"""Places up to which signals are counted as agreeing."""


def _lead(shares: Floats) -> Floats:
    """How far each is ahead of the best of the others, or behind it."""
    if len(shares) < 2:
        return np.zeros(len(shares))
    second, first = np.argsort(shares, kind="stable")[-2:].tolist()
    lead: Floats = shares - shares[first]
    lead[first] = shares[first] - shares[second]
    return lead


def _of_definitions(context: Context, rows: Ints, symbols: Ints) -> dict[str, Floats]:
    """1 / (5 + rank) of each file's best and second definition, and how many it has among the first."""
    docs = context.snapshot.symbol_doc[symbols]
    order = np.argsort(docs, kind="stable")
    within = np.empty(len(docs), dtype=np.int64)
    within[order] = np.arange(len(docs)) - np.searchsorted(docs[order], docs[order], side="left")
    reciprocal = 1.0 / (RANK_OFFSET + np.arange(len(docs)))
    of_file = context.snapshot.file_doc[rows]
    found = {}
    for name, place in (("best_definition", 0), ("second_definition", 1)):
        of_doc = np.zeros(len(context.snapshot.doc_live))
        of_doc[docs[within == place]] = reciprocal[within == place]
        found[name] = of_doc[of_file]
    among = np.bincount(docs[:AMONG], minlength=len(context.snapshot.doc_live))
    found["definitions_ahead"] = np.log1p(among[of_file])
    return found


AMONG = 50
"""Definitions at the top among which a file's are counted: as many as an encoder would read."""


def _file_rows(context: Context, files: Table, symbols: Ints) -> Ints:
    """Row in the table of files of each definition's best file, or -1."""
    snapshot = context.snapshot
    of_doc = np.full(len(snapshot.doc_live), -1, dtype=np.int64)
    order = np.arange(len(files.rows))[::-1]
    of_doc[snapshot.file_doc[files.rows[order]]] = order  # the best is written last
    return of_doc[snapshot.symbol_doc[symbols]]


OF_FILE = (
    *(
        "fused",
        "rank_fused",
        "named_path",
        "frame",
        "linked",
        "scope",
        "recency",
        "changes",
        "days",
        "title",
        "path",
        "file_lines",
    ),
    *("past", "past_near", "past_words", "past_words_title", "quoted"),
)
"""Columns of its file that a definition gets."""


def _of_file(files: Table, place: Ints) -> dict[str, Floats]:
    known = place >= 0
    columns = {}
    for name in OF_FILE:
        if name in files.names and len(files.rows):
            column = files.values[:, files.names.index(name)].astype(np.float64)
            columns[f"file_{name.removeprefix('file_')}"] = np.where(known, column[place], 0.0)
    return columns


def _within(docs: Ints) -> Floats:
    """1 / (1 + definitions of the same document that stand before it), for rows that are best first."""
    order = np.argsort(docs, kind="stable")
    ordered = docs[order]
    first = np.searchsorted(ordered, ordered, side="left")
    found = np.zeros(len(docs))
    found[order] = 1.0 / (1.0 + np.arange(len(docs)) - first)
    return found
