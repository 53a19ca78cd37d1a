"""The reference graph of a snapshot: which document uses which definition, and which documents hang together.

Names are resolved without types, so a use of a name that several definitions share is divided among them. Everything is
array work; the result belongs to the snapshot and is kept with it, in memory and, when it was dear, on disk.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, fields

import numpy as np

from locant.indexer.calls import Numbered, references
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.derived import derived_arrays
from locant.numeric import Floats, Ints, Singles

__all__ = ["MapGraph", "is_telling", "map_graph"]

MAX_SHARED = 20
"""Definers of a name beyond which a use of it is left out: each would get less than a twentieth of it."""

IMPORT_WEIGHT = 1.0
"""Of an import, in uses of a name that only one definition has: the import alone says that one is needed."""

PLAIN_SHARE = 0.2
"""Of a use of a name that is one plain word: `append`, `join`, `get` are mostly some library's, even where one
definition here is the only one of that name."""

UNREFERENCED = ("section", "key", "rule", "heading")
"""Kinds that nothing refers to by name: parts of documents and of configuration."""

KIND = "map1"
"""Name of the stored arrays; the number is raised when the meaning of one changes."""


@dataclass(frozen=True, slots=True)
class MapGraph:
    """Uses and links, one row each; documents and symbols have the snapshot's numbers.

    use_doc, use_symbol, use_weight: a document uses a definition, in how many chunks (square root), divided by the
    number of definitions that share the name. link_from, link_to, link_weight: the same between two different
    documents, all names together, and imports.
    """

    use_doc: Ints
    use_symbol: Ints
    use_weight: Singles
    link_from: Ints
    link_to: Ints
    link_weight: Singles


_known: weakref.WeakKeyDictionary[Snapshot, MapGraph] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def map_graph(snapshot: Snapshot) -> MapGraph:
    """The graph of a snapshot: from memory, from disk, or made now."""
    with _lock:
        graph = _known.get(snapshot)
        if graph is None:
            path = snapshot.opened.files["snapshot"].path
            graph = MapGraph(**derived_arrays(path, KIND, lambda: _arrays(_make(snapshot))))
            _known[snapshot] = graph
        return graph


def _arrays(graph: MapGraph) -> Arrays:
    return {field.name: getattr(graph, field.name) for field in fields(MapGraph)}


def _make(snapshot: Snapshot) -> MapGraph:
    referable = snapshot.doc_live[snapshot.symbol_doc] & ~snapshot.symbols_of_kind(UNREFERENCED)
    numbered = Numbered(snapshot.segments, snapshot.chunk_base, snapshot.chunk_live, snapshot.symbol_chunk, referable)
    found = references(numbered, MAX_SHARED)
    symbols = max(len(snapshot.symbol_doc), 1)
    keys = snapshot.chunk_doc[found.source].astype(np.int64) * symbols + found.symbol
    distinct, first, chunks = np.unique(keys, return_index=True, return_counts=True)
    doc, symbol = distinct // symbols, distinct % symbols
    weight = np.sqrt(chunks) / found.definers[first] * _telling(snapshot)[symbol]
    return MapGraph(
        doc.astype(np.int32), symbol.astype(np.int32), weight.astype(np.float32), *_links(snapshot, doc, symbol, weight)
    )


def _telling(snapshot: Snapshot) -> Floats:
    """Factor of each symbol for how surely a use of its name means it (symbols,)."""
    pieces = []
    for segment in snapshot.segments:
        names, place = np.unique(segment.arrays["symbol_name"], return_inverse=True)
        telling = np.array([is_telling(segment.strings[number]) for number in names.tolist()], dtype=np.bool_)
        pieces.append(np.where(telling, 1.0, PLAIN_SHARE)[place])
    return np.concatenate(pieces) if pieces else np.zeros(0)


def is_telling(name: str) -> bool:
    """Whether a name is more than one plain lower-case word, and so hardly somebody else's too."""
    return not (name.isalpha() and name.islower())


def _links(snapshot: Snapshot, doc: Ints, symbol: Ints, weight: Floats) -> tuple[Ints, Ints, Singles]:
    """Uses and imports between two different documents, added up."""
    file_doc = snapshot.file_doc
    source, target = (file_doc[snapshot.arrays[f"import_{end}"]] for end in ("source", "target"))
    start = np.concatenate([doc, source]).astype(np.int64)
    end = np.concatenate([snapshot.symbol_doc[symbol], target]).astype(np.int64)
    value = np.concatenate([weight, np.full(len(source), IMPORT_WEIGHT)])
    apart = start != end
    docs = max(len(snapshot.doc_live), 1)
    keys, place = np.unique(start[apart] * docs + end[apart], return_inverse=True)
    total = np.bincount(place, weights=value[apart], minlength=len(keys))
    return (keys // docs).astype(np.int32), (keys % docs).astype(np.int32), total.astype(np.float32)
