"""Runs systems over a dataset: resumable, parallel by repository, and not ended by any single failure.

Each repository's rows run in a process of their own, since tree-sitter and index code hold the GIL and since a
crash inside a C extension then costs one row: the row that was in work is recorded as failed, the rest go on.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from locant.eval.datasets.load import Dataset
from locant.eval.errors import EvaluationError
from locant.eval.repositories.provider import Provider
from locant.eval.runs.answer import failed
from locant.eval.runs.runfile import Header, Run, RunFile
from locant.eval.runs.worker import Group, Task, group_tasks, in_order, work
from locant.eval.systems.protocol import DEFAULT_TIMEOUT
from locant.eval.systems.registry import make_system

__all__ = ["Plan", "execute", "plan_run"]

POLL_SECONDS = 1.0
"""How often progress is told while processes work."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is still to be done for a run file; `timeout` is in seconds, for each answer."""

    run: RunFile
    provider: Provider
    groups: tuple[Group, ...]
    timeout: float = DEFAULT_TIMEOUT

    @property
    def total(self) -> int:
        """Number of outcomes that are missing."""
        return sum(len(task.systems) for group in self.groups for task in group.tasks)


def plan_run(
    dataset: Dataset,
    provider: Provider,
    specs: Sequence[str],
    out: Path,
    *,
    retry_failed: bool = False,
    timeout: float = DEFAULT_TIMEOUT,
) -> Plan:
    """Check everything that can be checked before work begins, and skip what the file already has."""
    systems = _named(specs)
    run = RunFile(out)
    run.start(Header(dataset.name, dataset.fingerprint, len(dataset.instances), len(dataset.complaints)))
    done = {
        (outcome.system, outcome.instance)
        for outcome in run.read().outcomes
        if outcome.status == "scored" or not retry_failed
    }
    tasks: list[Task] = []
    for instance in dataset.instances:
        missing = tuple((name, spec) for name, spec in systems.items() if (name, instance.id) not in done)
        if missing:
            tasks.append(Task(instance, missing))
    return Plan(run, provider, tuple(group_tasks(tasks)), timeout)


def execute(plan: Plan, jobs: int = 1, progress: Callable[[int], None] = lambda done: None) -> Run:
    """Do the plan's work with so many processes at a time; `progress` hears the outcomes done so far."""
    before = len(plan.run.read().outcomes)
    waiting = list(plan.groups)
    running: dict[BaseProcess, Group] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(1, jobs):
                group = in_order(waiting.pop(0), plan.provider)
                running[_start(group, plan)] = group
            wait([process.sentinel for process in running], timeout=POLL_SECONDS)
            for process in [process for process in running if process.exitcode is not None]:
                if rest := _finish(process, running.pop(process), plan.run):
                    waiting.insert(0, rest)
            progress(len(plan.run.read().outcomes) - before)
    finally:
        for process in running:
            process.terminate()
            process.join()
    return plan.run.read()


def _named(specs: Sequence[str]) -> Mapping[str, str]:
    named: dict[str, str] = {}
    for spec in specs:
        name = make_system(spec).name
        if name in named:
            raise EvaluationError(f"two systems are called {name!r}: give one a label, LABEL=command:...")
        named[name] = spec
    return named


def _start(group: Group, plan: Plan) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(
        target=work, args=(group, plan.provider, plan.run, plan.timeout)
    )
    process.start()
    return process


def _finish(process: BaseProcess, group: Group, run: RunFile) -> Group | None:
    """What a process left undone: after a crash the first missing outcome is a failure, the rest run again."""
    process.join()
    done = {(outcome.system, outcome.instance) for outcome in run.read().outcomes}
    missing = [
        Task(task.instance, tuple(pair for pair in task.systems if (pair[0], task.instance.id) not in done))
        for task in group.tasks
    ]
    missing = [task for task in missing if task.systems]
    if not missing:
        return None
    culprit, (name, _) = missing[0].instance, missing[0].systems[0]
    run.append(failed(culprit, name, f"the process died with exit code {process.exitcode} while {name} worked"))
    rest = Task(culprit, missing[0].systems[1:])
    left = ([rest] if rest.systems else []) + missing[1:]
    return Group(group.repository, tuple(left)) if left else None
