"""What the calls of one answer used, call by call."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from locant.retriever.models.protocol import Reply
from locant.types import ModelRequest, ModelUse

__all__ = ["Call", "Ledger"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the reply, or None where there was none."""

    purpose: str
    reply: Reply | None


class Ledger:
    """Calls, notes and dropped places of one answer; used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._notes: dict[str, None] = {}
        self._would_send: list[ModelRequest] = []
        self._dropped = 0
        self._useful = 0
        self._in_vain = (0, 0.0)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls so far, in the order in which they ended."""
        return tuple(self._calls)

    def answered(self, request: ModelRequest, reply: Reply) -> None:
        """A call was answered."""
        with self._lock:
            self._calls.append(Call(request.purpose, reply))

    def failed(self, request: ModelRequest, why: str) -> None:
        """A call was not answered."""
        with self._lock:
            self._calls.append(Call(request.purpose, None))
            self._notes[f"{request.purpose}: {why}"] = None

    def in_vain(self, tokens: int, cost: float) -> None:
        """So much was sent, or may have been, and brought no answer: a service may charge it all the same."""
        with self._lock:
            self._in_vain = (self._in_vain[0] + tokens, self._in_vain[1] + cost)

    def would_send(self, request: ModelRequest) -> None:
        """A call that a dry run did not make."""
        with self._lock:
            self._would_send.append(request)

    def note(self, text: str) -> None:
        """Something that the reader of the answer should know; said once."""
        with self._lock:
            self._notes[text] = None

    def drop(self, number: int) -> None:
        """So many places were named that are not in the index."""
        with self._lock:
            self._dropped += number

    def useful(self, number: int = 1) -> None:
        """So many answers said something of use."""
        with self._lock:
            self._useful += number

    def spent(self) -> tuple[int, float]:
        """Tokens and dollars that count against a budget; a price that is not known counts nothing."""
        with self._lock:
            fresh = [reply for reply in _replies(self._calls) if not reply.is_cached]
            tokens, cost = self._in_vain
        return (
            tokens + sum(reply.tokens_in + reply.tokens_out for reply in fresh),
            cost + sum(reply.cost or 0.0 for reply in fresh),
        )

    def use(self, model: str, strategy: str) -> ModelUse:
        """The account, as an answer carries it."""
        with self._lock:
            replies = list(_replies(self._calls))
            fresh = [reply for reply in replies if not reply.is_cached]
            kept = [reply for reply in replies if reply.is_cached]
            return ModelUse(
                model=model,
                strategy=strategy,
                calls=len(fresh),
                cached=len(kept),
                failed=len(self._calls) - len(replies),
                tokens_in=sum(reply.tokens_in for reply in fresh),
                tokens_out=sum(reply.tokens_out for reply in fresh),
                cost=_cost(fresh),
                cached_tokens=sum(reply.tokens_in + reply.tokens_out for reply in kept),
                cached_cost=_cost(kept),
                seconds=sum(reply.seconds for reply in fresh),
                dropped=self._dropped,
                useful=self._useful,
                notes=tuple(self._notes),
                would_send=tuple(self._would_send),
            )


def _replies(calls: Iterable[Call]) -> Iterable[Reply]:
    return (call.reply for call in calls if call.reply is not None)


def _cost(replies: Iterable[Reply]) -> float | None:
    """Their sum; None when the price of one is not known."""
    total = 0.0
    for reply in replies:
        if reply.cost is None:
            return None
        total += reply.cost
    return total
