"""Maps and briefs of a large repository, warm: in a process that has the index open, and by the command."""

from __future__ import annotations

import subprocess
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

import locant
from benchmarks.measure import Figure, cost_of, locant_command, median, timed
from benchmarks.texts import ISSUES
from benchmarks.trees import make_many_files

__all__ = ["arguments", "run"]

TOKENS = 2_000


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--tree", type=Path, help="a git repository [default: many files of the standard library]")
    parser.add_argument("--files", type=int, default=50_000, help="files of the default tree")
    parser.add_argument("--cache", type=Path, help="where its index is kept [default: thrown away]")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each")


def run(options: Namespace) -> list[Figure]:
    """Make the index, then ask for each several times; the first map, which makes the graph, stands apart."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree = options.tree or make_many_files(Path(folder, "tree"), options.files)
        cache = options.cache or Path(folder, "cache")
        with locant.open(tree, cache_dir=cache) as index:
            index.update()
            status = index.status()
            graph = timed(lambda: index.repo_map(max_tokens=TOKENS))
            some = index.find("*.*", limit=1)
            asked: dict[str, Callable[[], object]] = {
                "map": lambda: index.repo_map(max_tokens=TOKENS),
                "map around an issue": lambda: index.repo_map(focus=ISSUES[0], max_tokens=TOKENS),
                "map around a file": lambda: index.repo_map(files=some, max_tokens=TOKENS),
                "brief": lambda: index.brief(ISSUES[0], max_tokens=TOKENS),
            }
            warm = {name: _median(ask, options.repeat) for name, ask in asked.items()}
        again = [cost_of(locant_command("map", "--repo", tree), cache) for _ in range(options.repeat)]
        grep = _median(lambda: _git_grep(tree), options.repeat)
    return [
        Figure("files", status.files, ""),
        Figure("definitions", status.symbols, ""),
        Figure("first map, with its graph", graph * 1e3, "ms"),
        *(Figure(f"{name}, warm", seconds * 1e3, "ms", "< 1,000") for name, seconds in warm.items()),
        Figure("locant map, a process of its own", median([cost.wall for cost in again]) * 1e3, "ms"),
        Figure("locant map, a process of its own, CPU", median([cost.cpu for cost in again]) * 1e3, "ms"),
        Figure("git grep -c of one word", grep * 1e3, "ms"),
        Figure("RATIO git grep / map", grep / warm["map"], "x"),
    ]


def _median(ask: Callable[[], object], repeat: int) -> float:
    ask()
    return median([timed(ask) for _ in range(repeat)])


def _git_grep(tree: Path) -> None:
    subprocess.run(["git", "-C", str(tree), "grep", "-c", "return"], stdout=subprocess.DEVNULL, check=False)
