"""Questions run in threads, so many at a time: a bound on work, on waiting, and on the time of each.

One repository never has all of them, so that the others answer while it is slow. A thread cannot be ended: one whose
question was given up gives its place to another, so that a repository which is stuck, as on a disk that hangs, takes
nothing from the others; while it holds threads, it is not asked again.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from types import TracebackType
from typing import TypeVar
from weakref import WeakValueDictionary

from locant.server.problems import ProblemError

__all__ = ["QueryRunner"]

Answer = TypeVar("Answer")

RETRY_SECONDS = 1

STUCK_RETRY_SECONDS = 10

MOST_OVERDUE = 32
"""Threads of questions that were given up, beside those that answer: with more, something else is wrong."""

MOST_OVERDUE_OF_ONE = 2
"""Of one repository: one may have been asked too much, two in the same state will not be better for a third."""


class QueryRunner:
    """Threads for questions.

    Args:
        threads: questions at the same time. Threads share one interpreter: more of them answer more clients at once,
            not more questions a second.
        backlog: questions that may wait; more get a 503.
        seconds: after which a question is given up with a 504. Its thread goes on, beside those that answer.

    """

    def __init__(self, threads: int, backlog: int, seconds: float) -> None:
        self._executor = ThreadPoolExecutor(threads + MOST_OVERDUE, thread_name_prefix="question")
        self._turns = _Turns(threads)
        self._most_of_one = max(1, threads - 1)
        self._turns_of: WeakValueDictionary[str, _Turns] = WeakValueDictionary()
        self._room = threads + backlog
        self._seconds = seconds
        self._held = 0
        self._overdue = Counter[str]()
        self._lock = threading.Lock()

    async def run(self, ask: Callable[[], Answer], about: str = "") -> Answer:
        """The answer of a question.

        Args:
            ask: gives it, in a thread.
            about: the repository that is asked.

        Raises:
            ProblemError: the server is too busy, the repository is stuck, or the question takes too long.

        """
        self._refuse()
        self._refuse_stuck(about)
        self._held += 1
        try:
            return await asyncio.wait_for(self._answer(ask, about), self._seconds)
        except asyncio.TimeoutError:
            raise ProblemError(
                504, "too-slow", f"the answer took more than {self._seconds:g} s and was given up; ask for less"
            ) from None
        finally:
            self._held -= 1

    def _refuse(self) -> None:
        if self._held >= self._room or self._overdue.total() >= MOST_OVERDUE:
            raise ProblemError(
                503,
                "overloaded",
                f"{self._held} questions are being answered or wait here; come back in a moment",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )

    def _refuse_stuck(self, about: str) -> None:
        if about and self._overdue[about] >= MOST_OVERDUE_OF_ONE:
            raise ProblemError(
                503,
                "stuck",
                f"questions to {about!r} were given up and do not end; it is asked again once they have",
                headers={"Retry-After": str(STUCK_RETRY_SECONDS)},
            )

    async def _answer(self, ask: Callable[[], Answer], about: str) -> Answer:
        async with self._own_turns(about), self._turns:
            self._refuse_stuck(about)  # it may have come to that while this waited
            job = self._executor.submit(contextvars.copy_context().run, ask)
            try:
                return await asyncio.wrap_future(job)
            except asyncio.CancelledError:
                self._give_up(job, about)
                raise

    def _own_turns(self, about: str) -> AbstractAsyncContextManager[object]:
        """Turns of one repository, which are there as long as somebody has or awaits one."""
        if not about:
            return nullcontext()
        turns = self._turns_of.get(about)
        if turns is None:
            turns = self._turns_of[about] = _Turns(self._most_of_one)
        return turns

    def _give_up(self, job: Future[Answer], about: str) -> None:
        """Let a question go on that nobody waits for."""

        def ended(_: Future[Answer]) -> None:
            with self._lock:
                self._overdue[about] -= 1

        if not job.cancel():
            with self._lock:
                self._overdue[about] += 1
            job.add_done_callback(ended)

    @property
    def held(self) -> int:
        """Questions that run or wait, but for those that were given up."""
        return self._held

    def close(self) -> None:
        """Take no more questions; running ones end by themselves."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class _Turns:
    """So many at a time, in order of their coming; of one event loop."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        """Wait for one's turn."""
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came at the moment when nobody waited any more
                self._give_back()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End one's turn."""
        self._give_back()

    def _give_back(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
