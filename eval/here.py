"""`locant eval here`: from a repository to a report in one go, within a time that a person waits.

Rows are answered in small batches of a random order, so that stopping when the time is up leaves a fair sample.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.mining.mine import Mined
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runfile import Run
from locant.eval.runs.runner import execute, plan_run
from locant.eval.runs.worker import Group

__all__ = ["Here", "run_here"]

FIRST_BATCH = 4
"""Rows of the first batch, which also indexes the repository: few, to learn what a row costs."""

BATCH_SHARE = 0.34
"""Of the time that is left, what one batch may take: few batches, since each starts a process of its own."""

SMALLEST_COST = 1e-3
"""Seconds of a row: no clock is trusted with less."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Here:
    """What came of it; `wanted` rows were mined, the run may have fewer when time was up."""

    run: Run
    wanted: int


def run_here(
    mined: Mined, provider: Provider, systems: list[str], folder: Path, name: str, seconds: float, progress: Progress
) -> Here:
    """Run systems over mined rows until all are done or the time is up; `folder` gets dataset and run file."""
    end = time.monotonic() + seconds
    rows = folder / f"{name}.jsonl"
    write_rows(rows, map(to_own, mined.rows))
    plan = plan_run(load_dataset(rows), provider, systems, folder / f"{name}.run.jsonl")
    tasks = [task for group in plan.groups for task in group.tasks]
    random.Random(0).shuffle(tasks)  # noqa: S311 - an order, not a secret
    run, done, size = plan.run.read(), 0, FIRST_BATCH
    while tasks[done:] and size:
        began = time.monotonic()
        batch = Group(plan.groups[0].repository, tuple(tasks[done : done + size]))
        run = execute(replace(plan, groups=(batch,)), 1, _counted(progress, done * len(systems)))
        done += len(batch.tasks)
        size = _next_size(end - time.monotonic(), (time.monotonic() - began) / len(batch.tasks))
    return Here(run, len(tasks))


def _next_size(left: float, cost: float) -> int:
    """Rows of the next batch; none when not even one more would be done in time."""
    return 0 if left < cost else max(1, int(left * BATCH_SHARE / max(cost, SMALLEST_COST)))


def _counted(progress: Progress, before: int) -> Progress:
    return lambda count: progress(before + count)
