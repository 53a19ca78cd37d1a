"""Strategies by name, and one answer made by one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from locant.errors import QueryError
from locant.retriever.llm.hierarchy import hierarchical
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.rerank import listwise, pointwise
from locant.retriever.llm.rewrite import rewriting

__all__ = ["STAGES", "Stage", "stage_named"]

Stage = Callable[[Task], Found]
"""What makes places out of a task; it asks through the session of the task and so never raises for a model's sake."""

STAGES: Mapping[str, Stage] = {
    "rerank": listwise,
    "pointwise": pointwise,
    "hierarchical": hierarchical,
    "rewrite": rewriting,
}


def stage_named(name: str) -> Stage:
    """The stage of a strategy.

    Raises:
        QueryError: there is none of that name, or it needs the tools of `locant.agent_tools`.

    """
    if name not in STAGES:
        raise QueryError(
            f"there is no strategy {name!r} here; use {', '.join(STAGES)}, "
            "or a stage of locant.agent_tools.agent for agent and codeact"
        )
    return STAGES[name]
