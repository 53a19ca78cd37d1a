"""`locant search` from the shell on a warm index, start-up included, beside `grep -rn` of the same word."""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

import locant
from benchmarks.measure import Cost, Figure, cost_of, locant_command, median
from benchmarks.trees import copy_standard_library

__all__ = ["arguments", "run"]

WORD = "urlsplit"
SENTENCE = "where are mime headers decoded"
GREP_STATUS = (0, 1)


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--tree", type=Path, help="what is searched [default: a copy of the standard library]")
    parser.add_argument("--repeat", type=int, default=11, help="runs of each")


def run(options: Namespace) -> list[Figure]:
    """Run each command in turn, several times."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree = options.tree or copy_standard_library(Path(folder, "tree"))
        cache = Path(folder, "cache")
        with locant.open(tree, cache_dir=cache) as index:
            index.update()
            chunks = index.status().chunks
        commands = {
            "word": locant_command("search", WORD, "--repo", tree),
            "sentence": locant_command("search", SENTENCE, "--repo", tree),
            "json": locant_command("search", SENTENCE, "--repo", tree, "--json"),
            "python": [sys.executable, "-c", "import numpy"],
            "grep": ["grep", "-rn", WORD, str(tree)],
        }
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(options.repeat + 1):
            for name, command in commands.items():
                costs[name].append(cost_of(command, cache, allowed=GREP_STATUS))
    ms = {name: median([cost.wall for cost in values[1:]]) * 1e3 for name, values in costs.items()}
    cpu = median([cost.cpu for cost in costs["word"][1:]]) * 1e3
    return [
        Figure("chunks", chunks, ""),
        Figure("locant search, one word", ms["word"], "ms", "<= 300"),
        Figure("locant search, one word, CPU", cpu, "ms"),
        Figure("locant search, five words", ms["sentence"], "ms", "<= 300"),
        Figure("locant search --json, five words", ms["json"], "ms", "<= 300"),
        Figure("python that imports numpy", ms["python"], "ms"),
        Figure("grep -rn of the word", ms["grep"], "ms"),
        Figure("RATIO grep / locant search", ms["grep"] / ms["word"], "x"),
    ]
