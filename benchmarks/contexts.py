"""Maps, briefs and packs of a large repository, warm: in a process that has the index open, and by the command."""

from __future__ import annotations

import subprocess
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import locant
from benchmarks.measure import Cost, Figure, cost_of, locant_command, timed
from benchmarks.texts import ISSUES
from benchmarks.trees import make_many_files

__all__ = ["arguments", "run"]

TOKENS = 2_000
PACK_TOKENS = 100_000


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
            warm = {name: _least(ask, options.repeat) for name, ask in _asked(index).items()}
        again = {
            name: [cost_of(locant_command(*command, "--repo", tree), cache) for _ in range(options.repeat)]
            for name, command in COMMANDS.items()
        }
        grep = _least(lambda: _git_grep(tree), options.repeat)
    return [
        Figure("files", status.files, ""),
        Figure("definitions", status.symbols, ""),
        Figure("first map, with its graph", graph * 1e3, "ms"),
        *(figure for name, least in warm.items() for figure in _figures(f"{name}, warm", least)),
        *(figure for name, costs in again.items() for figure in _of_costs(f"{name}, a process of its own", costs)),
        Figure("git grep -c of one word", grep.wall * 1e3, "ms"),
        Figure("RATIO git grep / map", grep.wall / warm["map"].wall, "x"),
    ]


COMMANDS: dict[str, tuple[str, ...]] = {
    "locant map": ("map",),
    "locant map --focus": ("map", "--focus", ISSUES[0]),
    "locant brief": ("brief", "--text", ISSUES[0]),
    "locant pack": ("pack", "--max-tokens", str(PACK_TOKENS)),
    "locant pack of an issue": ("pack", "--text", ISSUES[0], "--max-tokens", str(PACK_TOKENS)),
}


@dataclass(frozen=True, slots=True)
class _Least:
    """The least of several runs, in seconds: what others do on the machine only ever adds."""

    wall: float
    cpu: float


def _asked(index: locant.Index) -> dict[str, Callable[[], object]]:
    some = index.find("*.*", limit=1)
    return {
        "map": lambda: index.repo_map(max_tokens=TOKENS),
        "map around an issue": lambda: index.repo_map(focus=ISSUES[0], max_tokens=TOKENS),
        "map around a file": lambda: index.repo_map(files=some, max_tokens=TOKENS),
        "brief": lambda: index.brief(ISSUES[0], max_tokens=TOKENS),
        "pack": lambda: index.pack(max_tokens=PACK_TOKENS),
        "pack of an issue": lambda: index.pack(ISSUES[0], max_tokens=PACK_TOKENS),
    }


def _least(ask: Callable[[], object], repeat: int) -> _Least:
    ask()
    walls, cpus = [], []
    for _ in range(repeat):
        began = time.process_time()
        walls.append(timed(ask))
        cpus.append(time.process_time() - began)
    return _Least(min(walls), min(cpus))


def _figures(name: str, least: _Least) -> list[Figure]:
    return [
        Figure(name, least.wall * 1e3, "ms", "< 1,000" if "map" in name else ""),
        Figure(f"{name}, CPU", least.cpu * 1e3, "ms"),
    ]


def _of_costs(name: str, costs: Sequence[Cost]) -> list[Figure]:
    least = _Least(min(cost.wall for cost in costs), min(cost.cpu for cost in costs))
    return [*_figures(name, least), Figure(f"{name}, memory", max(cost.peak_bytes for cost in costs) / 1e6, "MB")]


def _git_grep(tree: Path) -> None:
    subprocess.run(["git", "-C", str(tree), "grep", "-c", "return"], stdout=subprocess.DEVNULL, check=False)
