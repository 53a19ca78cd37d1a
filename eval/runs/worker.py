"""One process's work: the instances of one repository, in order of time, through all systems."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from locant.eval.errors import MirrorError
from locant.eval.repositories.git import try_git
from locant.eval.repositories.provider import Provider
from locant.eval.runs.answer import answer_instance, failed, open_tree
from locant.eval.runs.runfile import RunFile
from locant.eval.sources import BlobCache
from locant.eval.systems.confined import Confined, end_with_parent
from locant.eval.systems.protocol import DEFAULT_TIMEOUT, System
from locant.eval.systems.registry import is_command, make_system
from locant.eval.types import Instance

__all__ = ["Group", "Task", "group_tasks", "in_order", "work"]


@dataclass(frozen=True, slots=True)
class Task:
    """An instance and the systems that still owe an answer to it: (name in the run file, specification)."""

    instance: Instance
    systems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks of one repository: they share a scratch tree and everything cached by blob."""

    repository: str
    tasks: tuple[Task, ...]


def group_tasks(tasks: Sequence[Task]) -> list[Group]:
    """Largest group first, so that the last process to finish starts early."""
    by_repository: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_repository[task.instance.repository].append(task)
    groups = [Group(repository, tuple(found)) for repository, found in by_repository.items()]
    return sorted(groups, key=lambda group: (-len(group.tasks), group.repository))


def in_order(group: Group, provider: Provider) -> Group:
    """Tasks by the date of their base commit: neighbours differ in few files. Unknown commits come first."""

    def date(task: Task) -> int:
        done = try_git(mirror, "show", "-s", "--format=%ct", task.instance.base_commit)
        return int(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.strip() else 0

    try:
        mirror = provider.mirrors.find(group.repository)
    except MirrorError:
        return group
    return Group(group.repository, tuple(sorted(group.tasks, key=lambda task: (date(task), task.instance.id))))


def work(group: Group, provider: Provider, run: RunFile, timeout: float = DEFAULT_TIMEOUT) -> None:
    """Answer every task of a group and append each outcome at once; end when whoever started this process does.

    A run that was killed and is started again would else be written by two.
    """
    end_with_parent(lambda: os.kill(os.getpid(), signal.SIGKILL))
    cache = BlobCache()
    with ExitStack() as stack:
        systems: dict[str, System] = {}
        for name, spec in dict(pair for task in group.tasks for pair in task.systems).items():
            systems[name] = _limited(spec, timeout, stack)
        for task in group.tasks:
            wanted = [systems[name] for name, _ in task.systems]
            try:
                with provider.tree(task.instance.repository, task.instance.base_commit) as root:
                    for outcome in answer_instance(task.instance, wanted, open_tree(root, task.instance, cache)):
                        run.append(outcome)
            except MirrorError as error:
                for name, _ in task.systems:
                    run.append(replace(failed(task.instance, name, str(error)), status="impossible"))


def _limited(spec: str, timeout: float, stack: ExitStack) -> System:
    """A system that cannot hang for longer: an external program limits itself, others get a process of their own."""
    if is_command(spec):
        return make_system(spec, timeout)
    confined = Confined(spec, timeout)
    stack.callback(confined.close)
    return confined
