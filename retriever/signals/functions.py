"""Signals of definitions: each an array (symbols,), scaled to at most 1; what is no function or class stays 0.

text, title, code   BM25 of its best chunk for the text, the title, the code and error messages
names               BM25 of its qualified name
fields              BM25 of signature and doc comment
mentioned           the text mentions its name: weight * ln(1 + files / definers)
pairs               the text names it as `Class.method`
frame               it stands in a stack frame: 1 / (1 + distance from the error)
calls               mean text BM25 of the definitions that call it, and of those that it calls
file                fused score of its file
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from locant.retriever.context import Context, Floats, scaled

__all__ = ["CLASS_KINDS", "FUNCTION_KINDS", "FUNCTION_SIGNALS", "function_signals", "is_candidate"]

FUNCTION_KINDS = ("function", "method", "constructor", "macro", "property", "destructor", "operator", "accessor")
CLASS_KINDS = ("class", "struct", "interface", "trait", "enum", "object", "protocol", "record", "union", "actor")

NESTED_SHARE = 0.7
"""A function without a chunk of its own (nested, or one of several short ones) gets part of the enclosing chunk's."""


def is_candidate(context: Context) -> np.ndarray:
    """Which symbols may be answers: live functions, methods and classes."""
    snapshot = context.snapshot
    return snapshot.symbols_of_kind((*FUNCTION_KINDS, *CLASS_KINDS)) & snapshot.doc_live[snapshot.symbol_doc]


def _of_symbols(context: Context, chunk_values: Floats) -> Floats:
    """Largest value of the chunks that belong to each symbol; part of the enclosing chunk's where it has none."""
    snapshot = context.snapshot
    best = NESTED_SHARE * chunk_values[snapshot.symbol_chunk] if len(chunk_values) else np.zeros(0)
    owner = snapshot.chunk_symbol
    owned = owner >= 0
    np.maximum.at(best, owner[owned], chunk_values[owned])
    return best


def _text(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_text)


def _title(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_title)


def _code(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_scores("body", context.code_terms))


def _names(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_name)


def _fields(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_fields)


def _mentioned(context: Context) -> Floats:
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.symbol_doc))
    files = len(snapshot.paths)
    for mention in context.query.mentions:
        found = np.asarray(snapshot.symbols_named(mention.text), dtype=np.int64)
        if len(found):
            definers = len(set(snapshot.symbol_doc[found].tolist()))
            scores[found] = np.maximum(scores[found], mention.weight * math.log1p(files / definers))
    return scores


def _pairs(context: Context) -> Floats:
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.symbol_doc))
    for owner, member in context.query.pairs:
        suffix = f"{owner}.{member}"
        for number in snapshot.symbols_named(member):
            qualified = snapshot.symbol(number).qualified_name
            if qualified == suffix or qualified.endswith(f".{suffix}"):
                scores[number] = 1.0
    return scores


def _frame(context: Context) -> Floats:
    """The innermost definition around a frame's line, if it has the frame's name; else all of that name in the file."""
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.symbol_doc))
    for frame in context.query.frames:
        if frame.is_standard_library or not frame.function:
            continue
        name = frame.function.rsplit(".", 1)[-1]
        stem = frame.path.rsplit("/", 1)[-1]
        for number in snapshot.symbols_named(name):
            path = snapshot.paths[int(snapshot.doc_file[snapshot.symbol_doc[number]])]
            if path.rsplit("/", 1)[-1] == stem:
                scores[number] = max(scores[number], 1.0 / (1.0 + frame.distance))
    return scores


def _calls(context: Context) -> Floats:
    """Mean over callers and mean over callees, added, of the chunk in which the definition begins."""
    edges = context.snapshot.calls
    text = context.chunk_text
    size = len(text)
    total = np.zeros(size)
    for own, other in ((edges.source, edges.target), (edges.target, edges.source)):
        sums = np.bincount(own, weights=text[other], minlength=size)
        total += sums / np.maximum(np.bincount(own, minlength=size), 1)
    return total[context.snapshot.symbol_chunk]


FUNCTION_SIGNALS: dict[str, Callable[[Context], Floats]] = {
    "text": _text,
    "title": _title,
    "code": _code,
    "names": _names,
    "fields": _fields,
    "mentioned": _mentioned,
    "pairs": _pairs,
    "frame": _frame,
    "calls": _calls,
}


def function_signals(
    context: Context, file_scores: Floats, names: Iterable[str] = FUNCTION_SIGNALS
) -> dict[str, Floats]:
    """The named signals of every candidate definition, each scaled to a maximum of 1, and `file`.

    Args:
        context: the query.
        file_scores: fused score of each file (files,).
        names: which signals to compute.

    """
    snapshot = context.snapshot
    candidate = is_candidate(context)
    signals = {name: scaled(np.where(candidate, FUNCTION_SIGNALS[name](context), 0.0)) for name in names}
    of_doc = np.zeros(len(snapshot.doc_live))
    np.maximum.at(of_doc, snapshot.file_doc, file_scores)
    signals["file"] = scaled(np.where(candidate, of_doc[snapshot.symbol_doc], 0.0))
    return signals
