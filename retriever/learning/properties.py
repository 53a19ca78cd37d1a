"""What a file, a definition and a query are, whatever they match: columns of the feature tables."""

from __future__ import annotations

import math

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Ints
from locant.retriever.context import Context, Floats
from locant.retriever.signals.functions import CLASS_KINDS

__all__ = ["file_properties", "function_properties", "query_properties", "symbol_names"]

DAY = 86_400.0
CONSTRUCTORS = frozenset({"__init__", "constructor", "initialize", "init", "new", "__construct"})
ENTRANCES = frozenset({"__init__", "index", "mod", "lib", "main", "init"})
"""Stems of files that gather others: they match much and are changed for other reasons."""


def file_properties(context: Context, rows: Ints) -> dict[str, Floats]:
    """Size, place, age and purpose of files."""
    snapshot = context.snapshot
    paths = [snapshot.paths[row] for row in rows.tolist()]
    last = snapshot.file_column("last_change").astype(np.float64)
    newest = float(last.max()) if len(last) else 0.0
    age = np.where(last[rows] > 0, (newest - last[rows]) / DAY, -1.0)
    stems = [path.rpartition("/")[2].partition(".")[0] for path in paths]
    docs = snapshot.file_doc[rows]
    chunks = np.bincount(snapshot.chunk_doc, minlength=len(snapshot.doc_live))[docs]
    return {
        "file_lines": np.log1p(snapshot.file_lines[rows].astype(np.float64)),
        "chunks": np.log1p(chunks),
        "depth": np.array([float(path.count("/")) for path in paths]),
        "entrance": np.array([float(stem.lower() in ENTRANCES) for stem in stems]),
        "example": snapshot.file_column("example")[rows].astype(np.float64),
        "vendored": snapshot.file_column("vendored")[rows].astype(np.float64),
        "in_degree": np.log1p(snapshot.file_column("in_degree")[rows].astype(np.float64)),
        "days": np.where(age >= 0, np.log1p(np.maximum(age, 0.0)), np.log1p(10_000.0)),
    }


def function_properties(context: Context, rows: Ints) -> dict[str, Floats]:
    """Size, place and kind of definitions."""
    snapshot = context.snapshot
    names = symbol_names(snapshot, rows)
    parent = snapshot.symbol_parent[rows]
    nested = np.where(parent >= 0, 1.0 + (snapshot.symbol_parent[parent] >= 0), 0.0) if len(rows) else np.zeros(0)
    siblings = np.bincount(snapshot.symbol_doc, minlength=len(snapshot.doc_live))[snapshot.symbol_doc[rows]]
    return {
        "lines": np.log1p(snapshot.symbol_lines[rows]),
        "class": snapshot.symbols_of_kind(CLASS_KINDS)[rows].astype(np.float64),
        "constructor": np.array([float(name in CONSTRUCTORS) for name in names]),
        "private": np.array([float(name.startswith("_")) for name in names]),
        "nested": nested,
        "siblings": np.log1p(siblings),
    }


def query_properties(context: Context) -> dict[str, float]:
    """How much the query says, and in what form; and how large the repository is."""
    query = context.query
    return {
        "query_terms": math.log1p(len(context.text_terms)),
        "query_title": math.log1p(len(context.title_terms)),
        "query_code": float(bool(query.code)),
        "query_frames": math.log1p(len(query.frames)),
        "query_mentions": math.log1p(len(query.mentions)),
        "query_paths": math.log1p(len(query.paths)),
        "repository_files": math.log1p(len(context.snapshot.paths)),
    }


def symbol_names(snapshot: Snapshot, numbers: Ints) -> list[str]:
    """Names of many definitions at once."""
    segment = np.searchsorted(snapshot.symbol_base, numbers, side="right") - 1
    local = numbers - np.asarray(snapshot.symbol_base)[segment]
    names = [held.arrays["symbol_name"] for held in snapshot.segments]
    return [
        snapshot.segments[own].strings[int(names[own][place])]
        for own, place in zip(segment.tolist(), local.tolist(), strict=True)
    ]
