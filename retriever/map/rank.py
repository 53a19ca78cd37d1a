"""What is important in a repository: files and definitions scored by personalised PageRank over the reference graph.

Without a focus the walk restarts at code, more often in files that change often. With one it restarts at what the
focus names (files that an issue is about, files that a conversation has open), soon enough to stay near it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from locant.indexer.graph.rank import pagerank
from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats
from locant.retriever.fusion import file_priors
from locant.retriever.map.focus import Focus
from locant.retriever.map.graph import MapGraph

__all__ = ["Ranks", "rank"]

DAMPING = 0.85
"""Share of steps that follow an edge when there is no focus: the usual value."""

FOCUS_DAMPING = 0.5
"""With a focus: every second step restarts, so that the walk shows neighbours and not the hubs of the repository."""

TOLERANCE = 1e-7
"""Change of all ranks together at which the walk ends; nothing that is shown moves after that."""

CHANGES_POWER = 1.0
SIZE_POWER = 1.0
"""Powers of a file's recent changes and of its lines beside its rank: where work goes on, and where there is much to
find. Chosen on development issues without showing the issue: docs/context.md has the figures."""

OWN_SHARE = 0.2
"""A use within the same file says less of a definition than one from elsewhere."""

UNUSED_SHARE = 0.2
"""Of the most important definition: entry points and handlers are used by nothing, and are looked for all the same."""

MEASURED_LINES = 400
"""Lines of a definition beyond which it does not count as larger."""

FOCUS_SHARE = 1.0
NEAR_SHARE = 0.1
"""What was found for the focus stands first; what hangs together with it follows."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Importance of every file (files,) and of every symbol (symbols,), each at most 1."""

    files: Floats
    symbols: Floats


def rank(snapshot: Snapshot, graph: MapGraph, focus: Focus) -> Ranks:
    """Score all files and symbols; files that the reader knows get 0."""
    docs = len(snapshot.doc_live)
    file_doc = snapshot.file_doc
    start = _restart(snapshot, focus)
    personal: Floats = np.bincount(file_doc, weights=start, minlength=docs).astype(np.float64)
    walk = pagerank(
        docs,
        graph.link_from,
        graph.link_to,
        graph.link_weight.astype(np.float64),
        personal,
        damping=DAMPING if focus.is_empty else FOCUS_DAMPING,
        tolerance=TOLERANCE,
    )
    files = walk[file_doc] * file_priors(snapshot)
    if focus.is_empty:
        files = files * _work(snapshot)
    symbols = _scaled(_symbols(snapshot, graph, walk) * _size(snapshot)) + UNUSED_SHARE * _unused(snapshot, files)
    if focus.is_empty:
        return Ranks(_scaled(files), _scaled(symbols))
    return _focused(focus, _scaled(files), _scaled(symbols))


def _restart(snapshot: Snapshot, focus: Focus) -> Floats:
    """Where the walk starts (files,)."""
    if focus.is_empty:
        return file_priors(snapshot)
    start = np.zeros(len(snapshot.paths))
    for file, score in focus.files.items():
        start[file] = max(score, 0.0)
    total = start.sum() or 1.0
    start[list(focus.known)] += total / max(len(focus.known), 1)
    return start


def _work(snapshot: Snapshot) -> Floats:
    """Factor of each file for how often it changes and how much is in it (files,)."""
    changes = 1.0 + snapshot.file_column("decayed").astype(np.float64)
    return changes**CHANGES_POWER * (1.0 + snapshot.file_lines.astype(np.float64)) ** SIZE_POWER


def _unused(snapshot: Snapshot, files: Floats) -> Floats:
    """What a definition is worth that nothing uses: part of its file, more if it is large (symbols,)."""
    of_doc = np.zeros(len(snapshot.doc_live))
    np.maximum.at(of_doc, snapshot.file_doc, files)
    return _scaled(of_doc[snapshot.symbol_doc] * _size(snapshot))


def _size(snapshot: Snapshot) -> Floats:
    """Factor of each definition for its lines (symbols,)."""
    return np.minimum(snapshot.symbol_lines, MEASURED_LINES).astype(np.float64) ** SIZE_POWER


def _symbols(snapshot: Snapshot, graph: MapGraph, walk: Floats) -> Floats:
    """Each document's rank, divided among the definitions that it uses."""
    outgoing = np.bincount(graph.use_doc, weights=graph.use_weight, minlength=len(walk))
    share = walk[graph.use_doc] * graph.use_weight / np.maximum(outgoing, 1e-12)[graph.use_doc]
    own = snapshot.symbol_doc[graph.use_symbol] == graph.use_doc
    share = np.where(own, OWN_SHARE * share, share)
    return np.bincount(graph.use_symbol, weights=share, minlength=len(snapshot.symbol_doc)).astype(np.float64)


def _focused(focus: Focus, files: Floats, symbols: Floats) -> Ranks:
    """What was found for the focus before what the walk found near it."""
    files, symbols = NEAR_SHARE * files, NEAR_SHARE * symbols
    for values, found in ((files, focus.files), (symbols, focus.symbols)):
        top = max(found.values(), default=0.0)
        for number, score in found.items() if top > 0 else ():
            values[number] += FOCUS_SHARE * score / top
    files[list(focus.known)] = 0.0
    return Ranks(files, symbols)


def _scaled(values: Floats) -> Floats:
    top = float(values.max()) if len(values) else 0.0
    return values / top if top > 0 else values
