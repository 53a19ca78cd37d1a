"""Asks again when a service is busy, waiting as long as it says or longer each time; and only so many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from locant.errors import LanguageModelError
from locant.retriever.models.protocol import DEFAULT_SECONDS, LanguageModel, Price, Reply
from locant.types import ModelRequest

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["ATTEMPTS", "Limited", "Retrying"]

ATTEMPTS = 4
"""With waits that double from half a second, a service that is down costs a few seconds before one goes on without."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0
"""Seconds."""


class Retrying:
    """A model that is asked again after failures that may pass, within the time of the call."""

    def __init__(self, model: LanguageModel, sleep: Callable[[float], None] = time.sleep) -> None:
        self._model = model
        self._sleep = sleep
        self.name, self.identity = model.name, model.identity

    @property
    def price(self) -> Price | None:
        """Of the model."""
        return self._model.price

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """Its answer, at the latest after `seconds` and `ATTEMPTS` attempts.

        Raises:
            LanguageModelError: the last failure.

        """
        import tenacity

        deadline = time.monotonic() + seconds
        backoff = tenacity.wait_random_exponential(FIRST_WAIT, LONGEST_WAIT)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, LanguageModelError) else None
            return asked if asked is not None else backoff(state)

        def too_late_or_enough(state: RetryCallState) -> bool:
            """Whether the time is over before the next attempt could begin, or there were enough of them."""
            return state.attempt_number >= ATTEMPTS or time.monotonic() + state.upcoming_sleep >= deadline

        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            stop=too_late_or_enough,
            wait=wait,
            sleep=self._sleep,
            reraise=True,
        )
        return attempts(lambda: self._model.complete(request, max(0.0, deadline - time.monotonic())))


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, LanguageModelError) and error.is_temporary


class Limited:
    """A model that answers so many calls at once; the others wait."""

    def __init__(self, model: LanguageModel, at_once: int) -> None:
        self._model = model
        self._room = threading.BoundedSemaphore(at_once)
        self.name, self.identity = model.name, model.identity

    @property
    def price(self) -> Price | None:
        """Of the model."""
        return self._model.price

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """Its answer, with the time that was not spent on waiting for a place.

        Raises:
            LanguageModelError: no place was free in time, or there is no answer.

        """
        began = time.monotonic()
        if not self._room.acquire(timeout=max(0.0, seconds)):
            raise LanguageModelError(f"{self.name}: other calls took all of {seconds:g} s")
        try:
            return self._model.complete(request, max(0.0, seconds - (time.monotonic() - began)))
        finally:
            self._room.release()
