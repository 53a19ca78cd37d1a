"""Signals of chunks for short queries: each an array (chunks,), to be scaled and weighted.

body, name, signature, comment   BM25 per field
path                             rarity-weighted words of the path that the query has, as a share of the query
definition                       the chunk begins a definition of a name in the query; rarer names say more; not scaled,
                                 so that a plain word which happens to be a name stays as unsure as it is
imports                          centrality of the file among those that match
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from locant.retriever.context import Context, Floats
from locant.retriever.stopwords import STOPWORDS

__all__ = ["SEARCH_SIGNALS", "SEARCH_WEIGHTS", "UNSCALED", "definition_matches"]

SEARCH_WEIGHTS: Mapping[str, float] = {
    "body": 1.0,
    "name": 0.7,
    "signature": 0.3,
    "comment": 0.4,
    "path": 0.6,
    "definition": 1.5,
    "imports": 0.1,
}
"""Definition first, as every code search engine has it; the rest in the order of what the evidence found to help."""

WORD_MENTION = 0.3
"""A plain word of a question that is the name of a definition is less sure than a name in code marks."""

MAX_WORD_DEFINERS = 5
"""A plain word with more definers (`get`, `run`) is prose, not a name."""


def _field(name: str) -> Callable[[Context], Floats]:
    def signal(context: Context) -> Floats:
        return context.chunk_scores(name, context.text_terms)

    return signal


def _path(context: Context) -> Floats:
    snapshot = context.snapshot
    files = len(snapshot.paths)
    scores = np.zeros(files)
    for term in context.text_terms:
        holders = snapshot.path_postings(term)
        if len(holders):
            scores[holders] += math.log1p(files / len(holders))
    docs = np.zeros(len(snapshot.doc_live))
    np.maximum.at(docs, snapshot.file_doc, scores)
    return docs[snapshot.chunk_doc]


def _definition(context: Context) -> Floats:
    snapshot = context.snapshot
    scores = np.zeros(snapshot.chunk_count)
    files = len(snapshot.paths)
    for name, weight in asked_names(context).items():
        symbols = snapshot.symbols_named(name)
        if symbols:
            chunks = snapshot.symbol_chunk[symbols]
            definers = len(set(snapshot.symbol_doc[symbols].tolist()))
            scores[chunks] = np.maximum(scores[chunks], weight * math.log1p(files / definers))
    for owner, member in context.query.pairs:
        for number in snapshot.symbols_named(member):
            qualified = snapshot.symbol(number).qualified_name
            if f".{qualified}".endswith(f".{owner}.{member}"):
                scores[snapshot.symbol_chunk[number]] = math.log1p(files) * PAIR_WEIGHT
    return scores / math.log1p(max(files, 1))


PAIR_WEIGHT = 1.5  # `Class.method` leaves no doubt about which of the methods of that name is meant


def asked_names(context: Context) -> dict[str, float]:
    """Names in the query that may be definitions, with how sure that is."""
    names = {mention.text: max(mention.weight, WORD_MENTION) for mention in context.query.mentions}
    if context.query.pattern:
        names.setdefault(context.query.pattern, 1.0)
    for word in context.words:
        if (
            word not in names
            and word.lower() not in STOPWORDS
            and 0 < len(context.snapshot.symbols_named(word)) <= MAX_WORD_DEFINERS
        ):
            names[word] = WORD_MENTION
    return names


def _imports(context: Context) -> Floats:
    snapshot = context.snapshot
    rank = np.sqrt(snapshot.file_column("pagerank"))
    docs = np.zeros(len(snapshot.doc_live))
    np.maximum.at(docs, snapshot.file_doc, rank)
    return docs[snapshot.chunk_doc]


SEARCH_SIGNALS: dict[str, Callable[[Context], Floats]] = {
    "body": _field("body"),
    "name": _field("name"),
    "signature": _field("signature"),
    "comment": _field("comment"),
    "path": _path,
    "definition": _definition,
    "imports": _imports,
}

UNSCALED = frozenset({"definition"})
"""Signals whose values mean the same for every query; all others are divided by their maximum."""


def definition_matches(context: Context, chunk: int) -> list[str]:
    """Names of the query that a chunk defines."""
    snapshot = context.snapshot
    return [
        name
        for name in asked_names(context)
        if any(int(snapshot.symbol_chunk[symbol]) == chunk for symbol in snapshot.symbols_named(name))
    ]
