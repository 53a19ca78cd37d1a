"""The models of one answer: what a stage asks through. It never raises; a call that fails is a note and no reply.

session = open_session("openai/gpt-4o-mini", ModelOptions(), cache_folder(), "rerank")
reply = session.ask(request)        # None: go on without a model
session.use()                       # the account, for the answer
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from locant.errors import LanguageModelError, QueryError
from locant.retriever.models.budget import Budget, Metered, request_tokens
from locant.retriever.models.cache import AnswerCache, Cached
from locant.retriever.models.choose import make_model
from locant.retriever.models.ledger import Ledger
from locant.retriever.models.protocol import LanguageModel, Reply
from locant.retriever.models.redact import redacted
from locant.types import ModelRequest, ModelUse

__all__ = ["CACHE_FILE", "Maker", "ModelOptions", "ModelSession", "open_session"]

CACHE_FILE = "model-answers.sqlite"
"""In the cache folder, beside the indexes."""

DEFAULT_PROMPT_TOKENS = 12_000
"""Twenty functions with the lines that matter; every hosted model reads more."""

Maker = Callable[[int], ModelRequest]
"""A question that is made for so many tokens at most."""

LEAST_ROOM = 400
"""Tokens: a question that is cut below these says no more what it is about."""

TOO_LONG = "the model reads fewer tokens at once than --prompt-tokens allows; questions were cut to about {:,}"

THREADS = 8
"""Of calls that are asked for together; how many are sent at once is the model's business."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How models are used for one answer.

    is_dry_run: nothing is sent, the account shows what would have been. keep_answers: use the cache on disk.
    samples: answers to each question, which are voted. depth: functions that a model is shown to rank.
    weight: of the model's order beside locant's own, from 0 to 1; None for what the strategy takes.
    prompt_tokens: of one question at most, for what is quoted in it.
    """

    budget: Budget = field(default_factory=Budget)
    is_dry_run: bool = False
    keep_answers: bool = True
    samples: int = 1
    depth: int = 20
    prompt_tokens: int = DEFAULT_PROMPT_TOKENS
    weight: float | None = None

    def __post_init__(self) -> None:
        for name in ("samples", "depth", "prompt_tokens"):
            if getattr(self, name) < 1:
                raise QueryError(f"{name} has to be at least 1, not {getattr(self, name)}")
        if self.weight is not None and not 0 <= self.weight <= 1:
            raise QueryError(f"a weight of {self.weight} makes no sense; give 0 (locant's order) to 1 (the model's)")


class ModelSession:
    """A model under one budget and with one account."""

    def __init__(
        self,
        model: LanguageModel,
        ledger: Ledger,
        strategy: str,
        *,
        is_dry_run: bool = False,
        room: int = DEFAULT_PROMPT_TOKENS,
    ) -> None:
        self._model = model
        self._strategy = strategy
        self._is_dry_run = is_dry_run
        self.ledger = ledger
        self.room = room
        """Tokens of a question at most: as it was asked for, or less once the model has shown that it reads less."""

    def ask(self, request: ModelRequest) -> Reply | None:
        """The reply; None when there is none, with a note that says why. In a dry run, an empty one."""
        request, masked = redacted(request)
        if masked:
            self.ledger.note("what looked like keys or passwords was masked before it was sent")
        if self._is_dry_run:
            self.ledger.would_send(request)
            return Reply("")
        try:
            return self._model.complete(request)
        except LanguageModelError as error:
            if error.is_too_long and (room := request_tokens(request) // 2) >= LEAST_ROOM:
                self.room = min(self.room, room)
                self.ledger.note(TOO_LONG.format(self.room))
            else:
                self.ledger.failed(request, str(error))
            return None

    def ask_fitting(self, made: Maker) -> Reply | None:
        """The reply to a question that is made for so many tokens; where those are too many, to one made for fewer."""
        while True:
            room = self.room
            reply = self.ask(made(room))
            if reply is not None or self.room >= room:
                return reply

    def ask_all(self, makers: Sequence[Maker]) -> list[Reply | None]:
        """Replies to several questions, asked side by side as `ask_fitting` does, in their order."""
        if len(makers) < 2 or self._is_dry_run:
            return [self.ask_fitting(made) for made in makers]
        with ThreadPoolExecutor(min(THREADS, len(makers))) as pool:
            return list(pool.map(self.ask_fitting, makers))

    def use(self) -> ModelUse:
        """The account so far."""
        return self.ledger.use(self._model.name, self._strategy)


def open_session(
    model: str | LanguageModel, options: ModelOptions, cache_folder: Path, strategy: str = ""
) -> ModelSession:
    """A session for one answer.

    Args:
        model: by name, as `make_model` reads it, or any object of the protocol.
        options: budget and the rest.
        cache_folder: where answers are kept.
        strategy: what the model is used for, for the account.

    Raises:
        QueryError: there is no such model.

    """
    ledger = Ledger()
    made = make_model(model) if isinstance(model, str) else model
    metered: LanguageModel = Metered(made, options.budget, ledger)
    if options.keep_answers:
        metered = Cached(metered, AnswerCache(cache_folder / CACHE_FILE), ledger)
    return ModelSession(metered, ledger, strategy, is_dry_run=options.is_dry_run, room=options.prompt_tokens)
