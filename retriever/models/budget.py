"""A hard budget for the calls of one answer. What could overrun it is not sent; who asked gets what there is then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from locant.errors import BudgetError, LanguageModelError, QueryError
from locant.retriever.models.ledger import Ledger
from locant.retriever.models.protocol import DEFAULT_SECONDS, LanguageModel, Price, Reply
from locant.retriever.tokens import estimate_tokens
from locant.types import ModelRequest

__all__ = ["Budget", "Metered", "request_tokens"]

LEAST_ANSWER = 64
"""Tokens: an answer that may not even have these is not worth its question."""

MESSAGE_TOKENS = 8
"""Role and marks around a message, in any chat format."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one answer may use: tokens sent and received, dollars, seconds of wall time. None is no limit.

    Money is only kept where the price is known; with a limit of money, a model without a known price is not called.
    """

    tokens: int | None = 100_000
    cost: float | None = None
    seconds: float | None = 120.0

    def __post_init__(self) -> None:
        for name in ("tokens", "cost", "seconds"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise QueryError(f"a budget of {value} {name} cannot be kept; give 0 or more")


def request_tokens(request: ModelRequest) -> int:
    """Tokens that are sent, rather too many than too few."""
    said = sum(estimate_tokens(message.content) + MESSAGE_TOKENS for message in request.messages)
    return said + (estimate_tokens(request.schema) if request.schema else 0)


class Metered:
    """Calls a model as long as the budget holds, and writes every call into the ledger.

    Calls that run side by side reserve what they may use at most, so that all of them together stay within it.
    """

    def __init__(
        self, model: LanguageModel, budget: Budget, ledger: Ledger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = model
        self._budget = budget
        self._ledger = ledger
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._reserved_tokens = 0
        self._reserved_cost = 0.0
        self.name, self.identity = model.name, model.identity

    @property
    def price(self) -> Price | None:
        """Of the model."""
        return self._model.price

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """Its answer, shortened where the budget is short.

        Raises:
            BudgetError: the call could overrun the budget.
            LanguageModelError: there is no answer.

        """
        left = self._seconds_left(seconds)
        tokens_in = request_tokens(request)
        with self._lock:
            allowed = self._allowed(tokens_in, request.max_tokens)
            cost = self._checked_cost(tokens_in, allowed)
            self._reserved_tokens += tokens_in + allowed
            self._reserved_cost += cost
        try:
            reply = self._model.complete(replace(request, max_tokens=allowed), left)
            self._ledger.answered(request, reply)
        except LanguageModelError as error:
            if error.is_too_long:  # refused before it was read
                raise
            self._ledger.in_vain(tokens_in, self.price.of(tokens_in, 0) if cost and self.price else 0.0)
            raise
        finally:
            with self._lock:
                self._reserved_tokens -= tokens_in + allowed
                self._reserved_cost -= cost
        return reply

    def _seconds_left(self, wanted: float) -> float:
        limit = self._budget.seconds
        if limit is None:
            return wanted
        left = limit - (self._clock() - self._began)
        if left <= 0:
            raise BudgetError(f"the budget of {limit:g} s is spent")
        return min(wanted, left)

    def _allowed(self, tokens_in: int, wanted: int) -> int:
        """Tokens that the answer may have."""
        limit = self._budget.tokens
        if limit is None:
            return wanted
        left = limit - self._ledger.spent()[0] - self._reserved_tokens - tokens_in
        if left < min(wanted, LEAST_ANSWER):
            raise BudgetError(f"the call of about {tokens_in:,} tokens does not fit the budget of {limit:,} tokens")
        return min(wanted, left)

    def _checked_cost(self, tokens_in: int, tokens_out: int) -> float:
        """What the call may cost at most; 0 where no limit asks."""
        limit = self._budget.cost
        if limit is None:
            return 0.0
        if self.price is None:
            raise BudgetError(
                f"the price of {self.name} is not known, so ${limit:g} cannot be kept; set LOCANT_MODEL_PRICE, "
                "or limit tokens instead"
            )
        cost = self.price.of(tokens_in, tokens_out)
        if self._ledger.spent()[1] + self._reserved_cost + cost > limit:
            raise BudgetError(f"a call of up to ${cost:.4f} does not fit the budget of ${limit:g}")
        return cost
