"""What the options about language models mean, and how what a model did is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from locant.command.run import choice
from locant.command.screen import Screen, visible
from locant.errors import QueryError
from locant.types import ModelRequest, ModelUse, StrategyName

if TYPE_CHECKING:
    from locant.retriever.llm.stages import Stage

__all__ = [
    "MODEL_SECONDS",
    "MODEL_TOKENS",
    "NO_MODEL",
    "NO_MODEL_THERE",
    "PROMPT_TOKENS",
    "ModelFlags",
    "model_lines",
    "rewriting_settings",
]

MODEL_TOKENS, MODEL_SECONDS, PROMPT_TOKENS = 100_000, 120.0, 12_000
"""As `ModelOptions` and its budget have them, which only who asks for a model imports."""

NO_MODEL = "--rewrite needs a language model: name one by --model or LOCANT_MODEL"

NO_MODEL_THERE = (
    "--model is for a local index: a server asks no language model, which would cost its operator money and send code "
    "elsewhere; run the command in a clone of the repository, without --server"
)

BY_TOOLS = ("agent", "codeact")


@dataclass(frozen=True, slots=True)
class ModelFlags:
    """The options as they were given."""

    model: str | None
    strategy: str
    is_dry_run: bool
    cost: float | None
    tokens: int
    seconds: float
    prompt_tokens: int
    samples: int

    def settings(self) -> dict[str, Any]:
        """Arguments of `Index.localize`; none without a model.

        Raises:
            QueryError: a dry run of nothing, or an unknown strategy.

        """
        strategy = cast("StrategyName", choice(self.strategy, get_args(StrategyName), "strategy"))
        if not self.model:
            if self.is_dry_run:
                raise QueryError("--dry-run shows what is sent to a model; give one by --model or LOCANT_MODEL")
            return {}
        from locant.retriever.models.budget import Budget
        from locant.retriever.models.session import ModelOptions

        options = ModelOptions(
            budget=Budget(self.tokens, self.cost, self.seconds),
            is_dry_run=self.is_dry_run,
            samples=self.samples,
            prompt_tokens=self.prompt_tokens,
        )
        return {"model": self.model, "strategy": _stage(strategy), "model_options": options}


def rewriting_settings(
    model: str | None, rewrite: bool, is_dry_run: bool, cost: float | None, *, is_local: bool
) -> dict[str, Any]:
    """Arguments of `Index.search`; none unless the question is to be said in the words of the code, too.

    Raises:
        QueryError: there is no model for it, or the index is a server's.

    """
    if not rewrite:
        return {}
    if not model:
        raise QueryError(NO_MODEL)
    if not is_local:
        raise QueryError(NO_MODEL_THERE)
    flags = ModelFlags(model, "rewrite", is_dry_run, cost, MODEL_TOKENS, MODEL_SECONDS, PROMPT_TOKENS, 1)
    return {name: value for name, value in flags.settings().items() if name != "strategy"}


def _stage(strategy: StrategyName) -> StrategyName | Stage:
    if strategy not in BY_TOOLS:
        return strategy
    from locant.agent_tools.agent.stages import AGENT_STAGES

    return AGENT_STAGES[strategy]


def model_lines(screen: Screen, use: ModelUse | None) -> Iterator[str]:
    """What a model did for an answer, or would have been sent; nothing where none was asked."""
    if use is None:
        return
    if use.would_send:
        yield screen.paint("heading", f"Would be sent to {visible(use.model)} ({len(use.would_send)} requests)")
        for number, request in enumerate(use.would_send, 1):
            yield from _request_lines(screen, number, request)
        yield screen.paint("dim", "Nothing was sent; later requests are those after empty answers to the earlier ones.")
    else:
        yield screen.paint("dim", _account(use))
    for note in use.notes:
        yield screen.paint("warning", f"model: {visible(note)}")


def _account(use: ModelUse) -> str:
    parts = [f"{use.calls} calls" if use.calls != 1 else "1 call"]
    parts += [f"{use.cached} kept answers"] if use.cached else []
    parts += [f"{use.failed} failed"] if use.failed else []
    parts += [f"{use.useful} of use"] if use.useful < use.calls + use.cached else []
    parts += [f"{use.tokens_in:,} tokens in, {use.tokens_out:,} out"]
    parts += [f"${use.cost:.4f}" if use.cost is not None else "price not known", f"{use.seconds:.1f} s"]
    parts += [f"{use.dropped} places that do not exist were dropped"] if use.dropped else []
    return f"model {visible(use.model)} ({use.strategy}): {', '.join(parts)}"


def _request_lines(screen: Screen, number: int, request: ModelRequest) -> Iterator[str]:
    asked = f"at most {request.max_tokens} tokens, temperature {request.temperature:g}"
    yield screen.paint("heading", f"-- request {number}: {request.purpose}, {asked}")
    for message in request.messages:
        yield screen.paint("dim", f"[{message.role}]")
        yield visible(message.content)
