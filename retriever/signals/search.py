"""Signals of files for short queries: each an array (files,) from 0 to 1 that means the same for every query.

document     BM25 of the whole file
place        BM25 of its best chunk
places       mean BM25 of its three best chunks
covered      share of the query's words that one chunk has
name         BM25 of the names of definitions in its best chunk
path         share of the query's words that its path has
definition   it defines a name in the query; rarer names say more
imports      how central it is among the files that match
meaning      how near in meaning its best chunk is, by an encoder; 0 without one

Words count in all their forms (`locant.retriever.wording`). Which chunk of a file is shown is decided by
`CHUNK_WEIGHTS`, which do not change the order of files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from locant.numeric import Floats, Mask
from locant.retriever.context import Context, scaled
from locant.retriever.stopwords import STOPWORDS
from locant.retriever.wording import Wording

__all__ = ["CHUNK_WEIGHTS", "SEARCH_WEIGHTS", "chunk_signals", "definition_matches", "search_signals"]

SEARCH_WEIGHTS: Mapping[str, float] = {
    "document": 2.0,
    "place": 1.0,
    "places": 0.8,
    "covered": 0.25,
    "name": 1.3,
    "path": 0.7,
    "definition": 0.5,
    "imports": 0.1,
    "meaning": 0.5,
    "summary": 0.5,
}
"""By coordinate search on questions of repositories that were not tested on; docs/ranking.md has the figures."""

CHUNK_WEIGHTS: Mapping[str, float] = {
    "body": 1.0,
    "name": 0.7,
    "signature": 0.3,
    "comment": 0.4,
    "definition": 1.5,
}
"""For the place to show: the definition that was asked for, else where the words are."""

LEADING_CHUNKS = 3
"""Several places that match make a file likelier than one does."""

WORD_MENTION = 0.3
"""A plain word of a question that is the name of a definition is less sure than a name in code marks."""

MAX_WORD_DEFINERS = 5
"""A plain word with more definers (`get`, `run`) is prose, not a name."""

PAIR_WEIGHT = 1.5
"""`Class.method` leaves no doubt about which of the methods of that name is meant."""


def chunk_signals(context: Context, wording: Wording) -> dict[str, Floats]:
    """What every chunk has of the query, by field; `covered` belongs to files, the others to `CHUNK_WEIGHTS` too."""
    fields = {field: wording.chunks(field) for field in ("body", "name", "signature", "comment")}
    return {**fields, "covered": wording.covered(("body", "name")), "definition": _definition(context)}


def search_signals(context: Context, wording: Wording, chunks: Mapping[str, Floats], shown: Mask) -> dict[str, Floats]:
    """The signals of every file.

    Args:
        context: the query.
        wording: its words.
        chunks: what `chunk_signals` gave.
        shown: which chunks count (chunks,).

    """
    body = np.where(shown, chunks["body"], 0.0)
    best = {name: np.where(shown, chunks[name], 0.0) for name in ("covered", "name", "definition")}
    in_docs = {
        "document": np.where(context.of_docs(shown.astype(np.float64)) > 0, wording.documents(), 0.0),
        "place": context.of_docs(body),
        "places": _leading(context, body),
        **{name: context.of_docs(values) for name, values in best.items()},
    }
    signals = {name: context.of_files(values) for name, values in in_docs.items()}
    signals["path"] = wording.paths()
    signals["meaning"] = _meaning(context, shown)
    signals["summary"] = context.summaries(context.text_terms) if context.summaries else np.zeros(len(signals["path"]))
    signals["imports"] = scaled(np.sqrt(context.snapshot.file_column("pagerank").astype(np.float64)))
    return signals


def _meaning(context: Context, shown: Mask) -> Floats:
    """Cosine of each file's best chunk, from 0 for what is usual here to 1 for the best: encoders differ in both."""
    if context.meaning is None:
        return np.zeros(len(context.snapshot.paths))
    near = context.of_files(context.of_docs(np.where(shown, context.chunk_meaning, 0.0)))
    usual = float(near.mean()) if len(near) else 0.0
    return scaled(np.maximum(near - usual, 0.0))


def _leading(context: Context, body: Floats) -> Floats:
    """Mean of each document's best chunks (documents,)."""
    values = body.copy()
    total = np.zeros(len(context.snapshot.doc_live))
    for _ in range(LEADING_CHUNKS):
        best = context.of_docs(values)
        total += best
        values[values == best[context.snapshot.chunk_doc]] = 0.0
    return total / LEADING_CHUNKS


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


def definition_matches(context: Context, doc: int) -> list[str]:
    """Names of the query that a document defines."""
    snapshot = context.snapshot
    return [
        name
        for name in asked_names(context)
        if any(int(snapshot.symbol_doc[symbol]) == doc for symbol in snapshot.symbols_named(name))
    ]
