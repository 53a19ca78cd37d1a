"""Lets scripted agents walk until the gold is on screen, row by row, and keeps what they read to get there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import get_args

import locant
from locant.eval.agents.policies import GREPS, Policy, Step, World, brief_agent, grep_agent
from locant.eval.agents.screen import Goals, Screen, goals_of
from locant.eval.agents.walks import Reached, Walk
from locant.eval.datasets.load import Dataset
from locant.eval.errors import EvaluationError, MirrorError
from locant.eval.repositories.provider import Provider
from locant.eval.runs.answer import open_tree
from locant.eval.runs.gold import settle_gold
from locant.eval.runs.worker import Group, Task, group_tasks, in_order
from locant.eval.sources import BlobCache
from locant.eval.systems.grep import look
from locant.eval.systems.protocol import Question, count_tokens
from locant.eval.types import Instance
from locant.types import RankerName

__all__ = ["GREP", "agent_names", "follow", "simulate"]

GREP = "grep"
"""Name of the agent without a brief, with which the others are compared."""


def agent_names(budgets: Iterable[int], ranker: str) -> dict[str, tuple[int, RankerName]]:
    """Names of the agents with a brief: its tokens and how its places are ranked."""
    known = {name: name for name in get_args(RankerName)}
    if ranker not in known:
        raise EvaluationError(f"there is no ranker {ranker!r}: use {' or '.join(known)}")
    return {f"brief {budget} {ranker}": (budget, known[ranker]) for budget in budgets}


def follow(steps: Iterator[Step], screen: Screen, goals: Goals, cap: int) -> dict[str, Reached | None]:
    """Tokens and calls until each level is on screen; None for what is not there when `cap` tokens are read."""
    reached: dict[str, Reached | None] = dict.fromkeys(goals.levels)
    tokens = calls = 0
    for step in steps:
        tokens, calls = tokens + step.tokens, calls + step.calls
        if tokens > cap:
            break
        for path, lines in step.shown:
            screen.show(path, lines)
        for level in [level for level in goals.levels if reached[level] is None and goals.met(level, screen)]:
            reached[level] = Reached(tokens, calls)
        if None not in reached.values():
            break
    return reached


def simulate(
    dataset: Dataset,
    provider: Provider,
    briefs: Mapping[str, tuple[int, RankerName]],
    cap: int,
    done: frozenset[tuple[str, str]] = frozenset(),
) -> Iterator[Walk]:
    """Walks of every agent on every row, one after another; `done` has the (agent, row) that need no walk any more."""
    agents = (GREP, *briefs)
    tasks = [
        Task(row, tuple((name, name) for name in agents if (name, row.id) not in done)) for row in dataset.instances
    ]
    for group in group_tasks([task for task in tasks if task.systems]):
        yield from _of_repository(in_order(group, provider), provider, briefs, cap)


def _of_repository(
    group: Group, provider: Provider, briefs: Mapping[str, tuple[int, RankerName]], cap: int
) -> Iterator[Walk]:
    cache = BlobCache()
    for task in group.tasks:
        row, names = task.instance, [name for name, _ in task.systems]
        try:
            with provider.tree(row.repository, row.base_commit) as root:
                yield from _of_row(row, root, cache, {name: briefs.get(name) for name in names}, cap)
        except MirrorError as error:
            yield from (Walk(row.id, row.repository, name, cap, note=str(error)) for name in names)


def _of_row(
    row: Instance, root: Path, cache: BlobCache, agents: Mapping[str, tuple[int, RankerName] | None], cap: int
) -> Iterator[Walk]:
    tree = open_tree(root, row, cache)
    gold = settle_gold(row, tree)
    if gold.impossible:
        yield from (Walk(row.id, row.repository, name, cap, note=gold.impossible) for name in agents)
        return
    question = Question(root, row.text, tree.candidates, cache, row.language, row.task, row.within)
    world, goals = World(question, look(question, GREPS)), goals_of(gold, question)
    for name, policy in _policies(root, row.text, agents):
        screen = Screen()
        yield Walk(row.id, row.repository, name, cap, follow(policy(world, screen), screen, goals, cap))


def _policies(
    root: Path, text: str, agents: Mapping[str, tuple[int, RankerName] | None]
) -> Iterator[tuple[str, Policy]]:
    """Agents by name; the index is opened once for all briefs, and not at all when there is none."""
    wanted = {name: brief for name, brief in agents.items() if brief is not None}
    yield from ((name, grep_agent) for name in agents if name not in wanted)
    if wanted:
        with locant.open(root) as index:
            for name, (budget, ranker) in wanted.items():
                made = index.brief(text, max_tokens=budget, count_tokens=count_tokens, ranker=ranker)
                yield name, brief_agent(made)
