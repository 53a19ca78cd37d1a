"""An evaluation of many commits of one repository: what it costs beyond indexing it once."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure
from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.repositories.git import run_git
from locant.eval.repositories.mirrors import Mirrors, git_folder
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runner import execute, plan_run
from locant.eval.scope import is_candidate
from locant.eval.types import Instance

__all__ = ["arguments", "run"]

CANDIDATES = 4
"""Commits looked at for each row that is wanted: rows are spread over them, as issues are over a year."""

SECONDS_EACH, TIMES_FIRST = 1.0, 3.0
"""The bound: what each instance may take, and how many times the first index."""


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--repository", type=Path, default=Path(), help="a clone with history [default: this folder]")
    parser.add_argument("--instances", type=int, default=100, help="commits to ask about")
    parser.add_argument("--system", default="locant", help="what is asked")


def run(options: Namespace) -> list[Figure]:
    """Evaluate, with an empty cache, and compare with the first index."""
    git = git_folder(options.repository.resolve())
    if git is None:
        raise SystemExit(f"{options.repository} is no git repository: give --repository")
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as name:
        folder = Path(name)
        os.environ["LOCANT_CACHE_DIR"] = str(folder / "index")
        write_rows(folder / "rows.jsonl", map(to_own, _rows(git, options.instances)))
        provider = Provider(Mirrors(None, folder), folder / "trees")
        plan = plan_run(load_dataset(folder / "rows.jsonl"), provider, [options.system], folder / "run.jsonl")
        began = time.perf_counter()
        outcomes = execute(plan).outcomes
        total = time.perf_counter() - began
    scored = [outcome for outcome in outcomes if outcome.status == "scored"]
    if not scored:
        raise SystemExit(f"nothing was scored: {outcomes[0].note if outcomes else 'no rows'}")
    first = scored[0].index_seconds
    bound = TIMES_FIRST * first + SECONDS_EACH * len(outcomes)
    sys.stdout.write(f"  {len(scored)} of {len(outcomes)} scored; {scored[-1].candidates:,} files\n")
    indexing = sum(outcome.index_seconds for outcome in scored) - first
    asking = sum(outcome.seconds for outcome in scored)
    return [
        Figure("first index", first, "s"),
        Figure("whole evaluation", total, "s", f"< {bound:.0f}"),
        Figure("next index, median", statistics.median(outcome.index_seconds for outcome in scored[1:] or scored), "s"),
        Figure("question, median", statistics.median(outcome.seconds for outcome in scored), "s"),
        Figure("neither: checkout, gold, start", (total - first - indexing - asking) / len(scored), "s each"),
        Figure("RATIO whole / bound", total / bound, "x", "< 1"),
    ]


def _rows(git: Path, wanted: int) -> Iterator[Instance]:
    """Commits that change source files, spread evenly over the newest ones; the message is the question."""
    log = run_git(
        git,
        "log",
        "--no-merges",
        f"-{wanted * CANDIDATES}",
        "--diff-filter=M",
        "--name-only",
        "--format=%x00%H %P%x00%s%n%b%x00",
        "HEAD",
    )
    fields = log.split("\0")[1:]
    found = []
    for ids, message, names in zip(fields[0::3], fields[1::3], fields[2::3], strict=True):
        commit, _, parent = ids.partition(" ")
        files = tuple(path for path in names.split("\n") if path and is_candidate(path))
        if parent and files:
            found.append(Instance(commit, str(git), parent, message, files))
    step = max(1, len(found) // wanted)
    return iter(found[::step][:wanted])
