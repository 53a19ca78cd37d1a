"""Index a tree from nothing: speed, memory and size on disk, beside a peer on the same tree in turns."""

from __future__ import annotations

import shlex
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import locant
from benchmarks.measure import Cost, Figure, cost_of, locant_command, median
from benchmarks.trees import copy_standard_library

__all__ = ["arguments", "run"]

DEFAULT_PEER = f"{shlex.quote(sys.executable)} -m benchmarks.peers.bm25 {{tree}}"


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--tree", type=Path, help="what is indexed [default: a copy of the standard library]")
    parser.add_argument("--peer", default=DEFAULT_PEER, help="a command with {tree} in it [default: rank-bm25]")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")


def run(options: Namespace) -> list[Figure]:
    """Run the project and the peer in turns."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree = options.tree or copy_standard_library(Path(folder, "tree"))
        peer = [part.replace("{tree}", str(tree)) for part in shlex.split(options.peer)]
        ours: list[Cost] = []
        theirs: list[Cost] = []
        for number in range(options.repeat):
            cache = Path(folder, f"cache{number}")
            ours.append(cost_of(locant_command("index", tree, "--progress", "none"), cache))
            theirs.append(cost_of(peer))
        with locant.open(tree, cache_dir=Path(folder, "cache0")) as index:
            status = index.status()
    return _figures(ours, theirs, status.source_bytes, status.index_bytes, status.chunks)


def _figures(ours: Sequence[Cost], theirs: Sequence[Cost], source: int, stored: int, chunks: int) -> list[Figure]:
    wall, peer_wall = (median([cost.wall for cost in costs]) for costs in (ours, theirs))
    cpu, peer_cpu = (median([cost.cpu for cost in costs]) for costs in (ours, theirs))
    return [
        Figure("source", source / 1e6, "MB"),
        Figure("chunks", chunks, ""),
        Figure("wall", wall, "s"),
        Figure("CPU", cpu, "s"),
        Figure("speed", source / 1e6 / wall, "MB/s", ">= 5"),
        Figure("source per CPU second", source / 1e6 / cpu, "MB/s"),
        Figure("peak memory, with workers", max(cost.peak_bytes for cost in ours) / 1e6, "MB", "<= 600"),
        Figure("on disk / source", stored / source, "x", "<= 1.2"),
        Figure("peer wall", peer_wall, "s"),
        Figure("peer CPU", peer_cpu, "s"),
        Figure("peer peak memory", max(cost.peak_bytes for cost in theirs) / 1e6, "MB"),
        Figure("RATIO peer wall / ours", peer_wall / wall, "x", ">= 4 against semble 0.7.0"),
        Figure("RATIO peer CPU / ours", peer_cpu / cpu, "x"),
    ]
