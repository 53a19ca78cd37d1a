"""The graph of files: imports resolved to files of the repository, and centrality over any edges."""

from __future__ import annotations

from locant.indexer.graph.imports import Resolver, resolve_imports
from locant.indexer.graph.manifests import MANIFEST_NAMES
from locant.indexer.graph.rank import in_degree, pagerank, propagate
from locant.indexer.graph.records import ImportEdges

__all__ = ["MANIFEST_NAMES", "ImportEdges", "Resolver", "in_degree", "pagerank", "propagate", "resolve_imports"]
