"""Signals of files: each an array (files,), scaled to at most 1, larger meaning more likely.

bm25, title         BM25 of whole files for the text, for the title alone
function            the best chunk's BM25 for the text
function_title      the best chunk's BM25 for the title
functions           BM25 of the three best chunks, added
code                BM25 of the whole file for code, error messages and mentioned identifiers
names               the best chunk's BM25 over definition names
path, path_title    rarity-weighted share of path words that occur in the text, in the title
mentioned           rarest identifier of the text that the file defines: weight * ln(1 + files / definers)
pairs               `Class.method` named in the text and defined here
errors, prose       BM25 of the whole file for error messages alone, for plain words alone
function_code       the best chunk's BM25 for code, error messages and identifiers
functions_title     BM25 of the three best chunks for the title, added
names_title         the best chunk's BM25 over definition names, for the title
names_all           idf of the words of the text that occur in any definition name of the file, added
fields              the best chunk's BM25 over signatures and doc comments
mentions, mentions_code   identifiers of the text that the file defines, added; the rarest of those in code marks
imports             BM25 of the files it imports, and of those that import it (one step, degree-normalised)
recency, changes    decayed and plain number of changes, from history
centrality          PageRank over imports

Those of `named.py`, `neighbours.py`, `past.py` and `worded.py` belong to the table too. Signals without a weight in
`fusion.py` are for the learned ranker.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from locant.indexer.graph import propagate
from locant.retriever.context import Context, Floats, scaled
from locant.retriever.signals.named import frame, imported, linked, named_path, scope
from locant.retriever.signals.neighbours import (
    chunk_calls,
    cochange,
    folder,
    from_tests,
    import_backward,
    import_forward,
    import_mentions,
)

__all__ = ["FILE_SIGNALS", "file_signals", "raw_file_signals"]

from locant.retriever.signals.past import past, past_near, past_title, past_words, past_words_title
from locant.retriever.signals.worded import worded


def _bm25(context: Context) -> Floats:
    return context.of_files(context.lexicon.doc_scores(context.text_terms))


def _title(context: Context) -> Floats:
    return context.of_files(context.lexicon.doc_scores(context.title_terms))


def _function(context: Context) -> Floats:
    return context.of_files(context.of_docs(context.chunk_text))


def _function_title(context: Context) -> Floats:
    return context.of_files(context.of_docs(context.chunk_title))


def _functions(context: Context) -> Floats:
    """Sum of each file's three best chunks: one lucky chunk says less than three."""
    return _leading(context, context.chunk_text)


def _functions_title(context: Context) -> Floats:
    return _leading(context, context.chunk_title)


def _leading(context: Context, chunk_values: Floats) -> Floats:
    values = chunk_values.copy()
    docs = context.snapshot.chunk_doc
    total = np.zeros(len(context.snapshot.doc_live))
    for _ in range(LEADING_CHUNKS):
        best = context.of_docs(values)
        total += best
        values[values == best[docs]] = 0.0
    return context.of_files(total)


LEADING_CHUNKS = 3


def _code(context: Context) -> Floats:
    return context.of_files(context.lexicon.doc_scores(context.code_terms))


def _function_code(context: Context) -> Floats:
    return context.of_files(context.of_docs(context.chunk_code))


def _errors(context: Context) -> Floats:
    return context.of_files(context.lexicon.doc_scores(context.error_terms))


def _prose(context: Context) -> Floats:
    return context.of_files(context.lexicon.doc_scores(context.prose_terms))


def _names(context: Context) -> Floats:
    return context.of_files(context.of_docs(context.chunk_name))


def _names_title(context: Context) -> Floats:
    return context.of_files(context.of_docs(context.chunk_name_title))


def _names_all(context: Context) -> Floats:
    """Coverage rather than frequency: a file whose names together say what the text says."""
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.doc_live))
    for term, weight in context.text_terms.items():
        docs = np.unique(snapshot.chunk_doc[snapshot.postings("name", term)[0]])
        scores[docs] += weight * math.log1p(len(snapshot.paths) / max(len(docs), 1))
    return context.of_files(scores)


def _fields(context: Context) -> Floats:
    return context.of_files(context.of_docs(context.chunk_fields))


def _path(context: Context) -> Floats:
    return _path_overlap(context, context.text_terms)


def _path_title(context: Context) -> Floats:
    return _path_overlap(context, context.title_terms)


def _path_overlap(context: Context, terms: Iterable[str]) -> Floats:
    """Sum of ln(1 + files / holders) over the terms that a path has."""
    files = len(context.snapshot.paths)
    scores = np.zeros(files)
    for term in terms:
        holders = context.snapshot.path_postings(term)
        if len(holders):
            scores[holders] += math.log1p(files / len(holders))
    return scores


def _mentioned(context: Context) -> Floats:
    """Max over mentions rather than their sum: one rare name says more than many common ones."""
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.doc_live))
    files = len(snapshot.paths)
    for mention in context.query.mentions:
        docs = np.unique(snapshot.symbol_doc[snapshot.symbols_named(mention.text)])
        if len(docs):
            value = mention.weight * math.log1p(files / len(docs))
            scores[docs] = np.maximum(scores[docs], value)
    return context.of_files(scores)


def _mentions(context: Context) -> Floats:
    return _mention_values(context, frozenset())[0]


def _mentions_code(context: Context) -> Floats:
    return _mention_values(context, frozenset({"code"}))[1]


def _mention_values(context: Context, sources: frozenset[str]) -> tuple[Floats, Floats]:
    """Sum and maximum over the mentions from these sources, all when there are none."""
    snapshot = context.snapshot
    total, best = np.zeros(len(snapshot.doc_live)), np.zeros(len(snapshot.doc_live))
    files = len(snapshot.paths)
    for mention in context.query.mentions:
        if sources and mention.source not in sources:
            continue
        docs = np.unique(snapshot.symbol_doc[snapshot.symbols_named(mention.text)])
        if len(docs):
            value = math.log1p(files / len(docs))
            total[docs] += value
            best[docs] = np.maximum(best[docs], value)
    return context.of_files(total), context.of_files(best)


def _import_mentions(context: Context) -> Floats:
    return import_mentions(context, _mentioned(context))


def _calls(context: Context) -> Floats:
    return context.of_files(context.of_docs(chunk_calls(context)))


def _pairs(context: Context) -> Floats:
    snapshot = context.snapshot
    scores = np.zeros(len(snapshot.doc_live))
    for owner, member in context.query.pairs:
        suffix = f"{owner}.{member}"
        for number in snapshot.symbols_named(member):
            qualified = snapshot.symbol(number).qualified_name
            if qualified == suffix or qualified.endswith(f".{suffix}"):
                scores[snapshot.symbol_doc[number]] = 1.0
    return context.of_files(scores)


def _imports(context: Context) -> Floats:
    snapshot = context.snapshot
    bm25 = scaled(_bm25(context))
    source, target = snapshot.arrays["import_source"], snapshot.arrays["import_target"]
    forward, backward = propagate(bm25, source, target, len(bm25))
    return forward + backward


def _recency(context: Context) -> Floats:
    return np.log1p(context.snapshot.file_column("decayed").astype(np.float64))


def _changes(context: Context) -> Floats:
    return np.log1p(context.snapshot.file_column("changes").astype(np.float64))


def _centrality(context: Context) -> Floats:
    return np.sqrt(context.snapshot.file_column("pagerank").astype(np.float64))


def _title_forms(context: Context) -> Floats:
    return context.of_files(worded(context).title_documents)


def _function_title_forms(context: Context) -> Floats:
    return context.of_files(context.of_docs(worded(context).title_words))


def _names_title_forms(context: Context) -> Floats:
    return context.of_files(context.of_docs(worded(context).title_names))


def _title_covered(context: Context) -> Floats:
    return context.of_files(context.of_docs(worded(context).title_covered))


def _path_title_forms(context: Context) -> Floats:
    return worded(context).title_paths


def _salient_forms(context: Context) -> Floats:
    return context.of_files(worded(context).salient_documents)


def _function_salient_forms(context: Context) -> Floats:
    return context.of_files(context.of_docs(worded(context).salient_words))


def _quoted(context: Context) -> Floats:
    return context.of_files(context.of_docs(worded(context).quoted))


FILE_SIGNALS: dict[str, Callable[[Context], Floats]] = {
    "bm25": _bm25,
    "title": _title,
    "function": _function,
    "function_title": _function_title,
    "functions": _functions,
    "code": _code,
    "names": _names,
    "path": _path,
    "path_title": _path_title,
    "mentioned": _mentioned,
    "pairs": _pairs,
    "named_path": named_path,
    "frame": frame,
    "linked": linked,
    "imported": imported,
    "scope": scope,
    "imports": _imports,
    "recency": _recency,
    "changes": _changes,
    "centrality": _centrality,
    "errors": _errors,
    "prose": _prose,
    "function_code": _function_code,
    "functions_title": _functions_title,
    "names_title": _names_title,
    "names_all": _names_all,
    "fields": _fields,
    "mentions": _mentions,
    "mentions_code": _mentions_code,
    "import_forward": import_forward,
    "import_backward": import_backward,
    "import_mentions": _import_mentions,
    "from_tests": from_tests,
    "calls": _calls,
    "cochange": cochange,
    "folder": folder,
    "past": past,
    "past_title": past_title,
    "past_near": past_near,
    "past_words": past_words,
    "past_words_title": past_words_title,
    "title_forms": _title_forms,
    "function_title_forms": _function_title_forms,
    "names_title_forms": _names_title_forms,
    "title_covered": _title_covered,
    "path_title_forms": _path_title_forms,
    "salient_forms": _salient_forms,
    "function_salient_forms": _function_salient_forms,
    "quoted": _quoted,
}


def raw_file_signals(context: Context, names: Iterable[str] = FILE_SIGNALS) -> dict[str, Floats]:
    """The named signals of every file, each in its own unit."""
    return {name: FILE_SIGNALS[name](context) for name in names}


def file_signals(context: Context, names: Iterable[str] = FILE_SIGNALS) -> dict[str, Floats]:
    """The named signals of every file, each scaled to a maximum of 1."""
    return {name: scaled(values) for name, values in raw_file_signals(context, names).items()}
