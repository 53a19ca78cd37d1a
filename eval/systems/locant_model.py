"""locant with a language model, under a name that says which and how.

    locant:model=openai/gpt-4o-mini+strategy=hierarchical+samples=4+max_cost=0.02

Settings are joined by `+`: strategy (rerank, pointwise, hierarchical, rewrite, agent, codeact), `rewrite=true` for the
strategy of that name (the only one that answers questions of a search, too), samples, depth, prompt_tokens, weight,
and the budget of each row: max_cost (dollars), max_tokens, max_seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from locant.agent_tools.agent.stages import AGENT_STAGES
from locant.errors import QueryError
from locant.eval.errors import EvaluationError
from locant.eval.systems.locant_index import Locant
from locant.retriever.models.budget import Budget
from locant.retriever.models.choose import make_model
from locant.retriever.models.session import ModelOptions
from locant.types import StrategyName

__all__ = ["locant_with_model", "uses_of_model"]

PREFIX = "locant:"

PACK_ALONE, BOTH = ("pack_tokens", "order"), ("max_cost", "max_seconds")
"""Settings of `pack:`; all others are those of strategies."""

OPTIONS: dict[str, Callable[[str], Any]] = {"samples": int, "depth": int, "prompt_tokens": int, "weight": float}
BUDGET: dict[str, tuple[str, Callable[[str], Any]]] = {
    "max_cost": ("cost", float),
    "max_tokens": ("tokens", int),
    "max_seconds": ("seconds", float),
}


def uses_of_model(spec: str) -> list[str]:
    """Specifications of every use of a model: all strategies, and the baseline that reads a pack.

    spec: its name, and settings that hold for all of them, as `openai/gpt-4o-mini+max_cost=0.02+prompt_tokens=8000`.
    """
    model, *settings = spec.split("+")
    own = [setting for setting in settings if setting.partition("=")[0] not in PACK_ALONE]
    of_pack = [setting for setting in settings if setting.partition("=")[0] in (*PACK_ALONE, *BOTH)]
    strategies = ("+".join((model, f"strategy={name}", *own)) for name in get_args(StrategyName))
    return [*(f"{PREFIX}model={strategy}" for strategy in strategies), f"pack:model={'+'.join((model, *of_pack))}"]


def locant_with_model(spec: str) -> Locant:
    """The system of a specification.

    Raises:
        EvaluationError: it makes no sense.

    """
    parts = (part.partition("=") for part in spec.removeprefix(PREFIX).split("+"))
    given = {name: value for name, _, value in parts}
    model, strategy = given.pop("model"), given.pop("strategy", "rerank")
    strategy = "rewrite" if given.pop("rewrite", "") == "true" else strategy
    unknown = [name for name in given if name not in (*OPTIONS, *BUDGET)]
    if unknown or strategy not in get_args(StrategyName):
        wrong = ", ".join(unknown) or f"strategy={strategy}"
        strategies, others = ", ".join(get_args(StrategyName)), ", ".join((*OPTIONS, *BUDGET))
        raise EvaluationError(f"{spec!r} has {wrong}: use strategy ({strategies}), {others}")
    try:
        options = {name: read(given[name]) for name, read in OPTIONS.items() if name in given}
        budget = {field: read(given[name]) for name, (field, read) in BUDGET.items() if name in given}
        settings = ModelOptions(budget=Budget(**budget), **options)
        asked = {
            "model": make_model(model),
            "strategy": AGENT_STAGES.get(strategy, strategy),
            "model_options": settings,
        }
    except (ValueError, QueryError) as error:
        raise EvaluationError(f"{spec!r} makes no sense: {error}") from error
    return Locant(model=asked, name=spec)
