"""Signals of definitions: each an array (symbols,), scaled to at most 1; what is no function or class stays 0.

text, title, code   BM25 of its best chunk for the text, the title, the code and error messages
names               BM25 of its qualified name
fields              BM25 of signature and doc comment
mentioned           the text mentions its name: weight * ln(1 + files / definers)
pairs               the text names it as `Class.method`
named_line          it is the innermost around a line that the text links to or names, outside of stack traces
frame               it stands in a stack frame: 1 / (1 + distance from the error)
errors              BM25 of its best chunk for error messages
names_title         BM25 of its qualified name for the title
mentions_code       the text has its name in code marks
owner, owner_text   `mentioned` and `text` of the class or function around it
callers, callees    mean text BM25 of the definitions that call it; of those that it calls
near_mentions       the best `mentioned` of what calls it or is called by it
usage               ln(1 + chunks that use its chunk)
calls               mean text BM25 of the definitions that call it, and of those that it calls
file                fused score of its file
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context, Floats, scaled
from locant.retriever.signals.worded import worded

__all__ = [
    "CLASS_KINDS",
    "FUNCTION_KINDS",
    "FUNCTION_SIGNALS",
    "file_signal",
    "function_signals",
    "is_candidate",
    "raw_function_signals",
]

FUNCTION_KINDS = ("function", "method", "constructor", "macro", "property", "destructor", "operator", "accessor")
CLASS_KINDS = ("class", "struct", "interface", "trait", "enum", "object", "protocol", "record", "union", "actor")

CANDIDATE_KINDS = frozenset((*FUNCTION_KINDS, *CLASS_KINDS))

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
    return _of_symbols(context, context.chunk_code)


def _names(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_name)


def _fields(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_fields)


def _mentioned(context: Context) -> Floats:
    return _mention_values(context, frozenset())


def _mention_values(context: Context, sources: frozenset[str]) -> Floats:
    """Best of the mentions from these sources, of all when there are none."""
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.symbol_doc))
    files = len(snapshot.paths)
    for mention in context.query.mentions:
        if sources and mention.source not in sources:
            continue
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


def _named_line(context: Context) -> Floats:
    snapshot, query = context.snapshot, context.query
    scores = np.zeros(len(snapshot.symbol_doc))
    of_frames = {(frame.path, frame.line) for frame in query.frames}
    for path, line in query.path_lines:
        files = [] if (path, line) in of_frames else context.files_named(path)
        for file in files:
            number = _innermost(snapshot, int(snapshot.file_doc[file]), line)
            if number is not None:
                scores[number] = 1.0
    return scores


def _innermost(snapshot: Snapshot, doc: int, line: int) -> int | None:
    """The smallest function or class around a line."""
    around = []
    for number in snapshot.symbols_of_doc(doc):
        symbol = snapshot.symbol(number)
        lines = symbol.location
        if symbol.kind in CANDIDATE_KINDS and lines.start_line <= line <= lines.end_line:
            around.append((lines.end_line - lines.start_line, number))
    return min(around)[1] if around else None


def _errors(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_scores("body", context.error_terms))


def _names_title(context: Context) -> Floats:
    return _of_symbols(context, context.chunk_name_title)


def _mentions_code(context: Context) -> Floats:
    return _mention_values(context, frozenset({"code"}))


def _of_owner(context: Context, values: Floats) -> Floats:
    """Value of the definition around each definition, 0 at the top level."""
    parent = context.snapshot.symbol_parent
    return np.where(parent >= 0, values[parent], 0.0) if len(values) else values


def _owner(context: Context) -> Floats:
    return _of_owner(context, _mentioned(context))


def _owner_text(context: Context) -> Floats:
    return _of_owner(context, _text(context))


def _callers(context: Context) -> Floats:
    return context.chunk_callers[context.snapshot.symbol_chunk]


def _callees(context: Context) -> Floats:
    return context.chunk_callees[context.snapshot.symbol_chunk]


def _calls(context: Context) -> Floats:
    """Mean over callers and mean over callees, added, of the chunk in which the definition begins."""
    return (context.chunk_callers + context.chunk_callees)[context.snapshot.symbol_chunk]


def _near_mentions(context: Context) -> Floats:
    snapshot, edges = context.snapshot, context.snapshot.calls
    mentioned = np.zeros(snapshot.chunk_count)
    np.maximum.at(mentioned, snapshot.symbol_chunk, _mentioned(context))
    near = np.zeros(snapshot.chunk_count)
    if mentioned.any():
        hit = mentioned[edges.source] > 0
        np.maximum.at(near, edges.target[hit], mentioned[edges.source[hit]])
        hit = mentioned[edges.target] > 0
        np.maximum.at(near, edges.source[hit], mentioned[edges.target[hit]])
    return near[snapshot.symbol_chunk]


def _usage(context: Context) -> Floats:
    snapshot = context.snapshot
    return np.log1p(snapshot.callers[snapshot.symbol_chunk])


def _title_forms(context: Context) -> Floats:
    return _of_symbols(context, worded(context).title_words)


def _names_title_forms(context: Context) -> Floats:
    return _of_symbols(context, worded(context).title_names)


def _title_covered(context: Context) -> Floats:
    return _of_symbols(context, worded(context).title_covered)


def _salient_forms(context: Context) -> Floats:
    return _of_symbols(context, worded(context).salient_words)


def _quoted(context: Context) -> Floats:
    return _of_symbols(context, worded(context).quoted)


FUNCTION_SIGNALS: dict[str, Callable[[Context], Floats]] = {
    "text": _text,
    "title": _title,
    "code": _code,
    "names": _names,
    "fields": _fields,
    "mentioned": _mentioned,
    "pairs": _pairs,
    "frame": _frame,
    "named_line": _named_line,
    "calls": _calls,
    "errors": _errors,
    "names_title": _names_title,
    "mentions_code": _mentions_code,
    "owner": _owner,
    "owner_text": _owner_text,
    "callers": _callers,
    "callees": _callees,
    "near_mentions": _near_mentions,
    "usage": _usage,
    "title_forms": _title_forms,
    "names_title_forms": _names_title_forms,
    "title_covered": _title_covered,
    "salient_forms": _salient_forms,
    "quoted": _quoted,
}


def raw_function_signals(context: Context, names: Iterable[str] = FUNCTION_SIGNALS) -> dict[str, Floats]:
    """The named signals of every definition, each in its own unit, 0 for what is no candidate."""
    candidate = is_candidate(context)
    return {name: np.where(candidate, FUNCTION_SIGNALS[name](context), 0.0) for name in names}


def file_signal(context: Context, file_scores: Floats) -> Floats:
    """The signal `file`: score of each definition's best file, not scaled; `file_scores` is (files,)."""
    snapshot = context.snapshot
    of_doc = np.zeros(len(snapshot.doc_live))
    np.maximum.at(of_doc, snapshot.file_doc, file_scores)
    return np.where(is_candidate(context), of_doc[snapshot.symbol_doc], 0.0)


def function_signals(
    context: Context, file_scores: Floats, names: Iterable[str] = FUNCTION_SIGNALS
) -> dict[str, Floats]:
    """The named signals of every candidate definition, each scaled to a maximum of 1, and `file`.

    Args:
        context: the query.
        file_scores: fused score of each file (files,).
        names: which signals to compute.

    """
    signals = {name: scaled(values) for name, values in raw_function_signals(context, names).items()}
    signals["file"] = scaled(file_signal(context, file_scores))
    return signals
