"""Growing trees up to a gigabyte: time, memory, and the exponent with which time grows with size."""

from __future__ import annotations

import math
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import locant
from benchmarks.measure import Cost, Figure, cost_of, locant_command
from benchmarks.trees import fill, standard_library

__all__ = ["arguments", "run"]

DEFAULT_SIZES = (64, 128, 256, 512, 1024)


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--source", type=Path, action="append", default=[], help="a real tree; repeatable")
    parser.add_argument("--megabytes", type=int, nargs="+", default=DEFAULT_SIZES, help="sizes of the trees")


def run(options: Namespace) -> list[Figure]:
    """Index a tree that grows, each time from nothing."""
    sources = options.source or [standard_library()]
    sizes: list[float] = []
    costs: list[Cost] = []
    stored: list[float] = []
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree = Path(folder, "tree")
        for megabytes in sorted(options.megabytes):
            fill(tree, sources, n_bytes=megabytes * 1_000_000)
            cache = Path(folder, f"cache{megabytes}")
            costs.append(cost_of(locant_command("index", tree, "--progress", "none"), cache))
            with locant.open(tree, cache_dir=cache) as index:
                status = index.status()
            sizes.append(status.source_bytes / 1e6)
            stored.append(status.index_bytes / status.source_bytes)
            sys.stdout.write(
                f"  {sizes[-1]:8.1f} MB in {status.files:,} files: {costs[-1].wall:.1f} s wall,"
                f" {costs[-1].cpu:.1f} s CPU, {costs[-1].peak_bytes / 1e6:.0f} MB at most, {stored[-1]:.2f} x on disk\n"
            )
            sys.stdout.flush()
    return [
        Figure("largest tree", sizes[-1], "MB"),
        Figure("speed on it", sizes[-1] / costs[-1].wall, "MB/s"),
        Figure("peak memory", max(cost.peak_bytes for cost in costs) / 1e6, "MB", "<= 2,000"),
        Figure("on disk / source", max(stored), "x", "<= 1.2"),
        Figure("exponent of wall time", exponent(sizes, [cost.wall for cost in costs]), "", "<= 1.1"),
        Figure("exponent of CPU time", exponent(sizes, [cost.cpu for cost in costs]), "", "<= 1.1"),
        Figure("RATIO MB/s largest / smallest", _speed_ratio(sizes, costs), "x"),
    ]


def _speed_ratio(sizes: Sequence[float], costs: Sequence[Cost]) -> float:
    return (sizes[-1] / costs[-1].wall) / (sizes[0] / costs[0].wall)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of a straight line through the logarithms, by least squares."""
    xs, ys = [math.log(size) for size in sizes], [math.log(second) for second in seconds]
    if len(xs) < 2:
        return float("nan")
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - x_mean) ** 2 for x in xs)
