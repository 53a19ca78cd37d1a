"""Questions run in threads, so many at a time: a bound on work, on waiting, and on the time of each."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from locant.server.problems import ProblemError

__all__ = ["QueryRunner"]

Answer = TypeVar("Answer")

RETRY_SECONDS = 1


class QueryRunner:
    """Threads for questions.

    Args:
        threads: questions at the same time. Threads share one interpreter: more of them answer more clients at once,
            not more questions a second.
        backlog: questions that may wait; more get a 503.
        seconds: after which a question is given up with a 504. Its thread goes on and counts until it is done.

    """

    def __init__(self, threads: int, backlog: int, seconds: float) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="question")
        self._room = threads + backlog
        self._seconds = seconds
        self._held = 0

    async def run(self, ask: Callable[[], Answer]) -> Answer:
        """The answer of a question.

        Raises:
            ProblemError: the server is too busy, or the question takes too long.

        """
        if self._held >= self._room:
            raise ProblemError(
                503,
                "overloaded",
                f"{self._held} questions are being answered or wait here; come back in a moment",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        self._held += 1
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._executor, contextvars.copy_context().run, ask)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self._seconds)
        except asyncio.TimeoutError:
            future.cancel()
            raise ProblemError(
                504, "too-slow", f"the answer took more than {self._seconds:g} s and was given up; ask for less"
            ) from None

    def _done(self, future: asyncio.Future[Answer]) -> None:
        self._held -= 1
        if not future.cancelled():
            future.exception()  # of one that was given up: nobody else reads it

    @property
    def held(self) -> int:
        """Questions that run or wait."""
        return self._held

    def close(self) -> None:
        """Take no more questions; running ones end by themselves."""
        self._executor.shutdown(wait=False, cancel_futures=True)
