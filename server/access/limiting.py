"""How much one caller may ask: so many requests a minute over all processes, so many at once in each."""

from __future__ import annotations

import logging
import math
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from locant.server.access.windows import SqliteWindows
from locant.server.problems import ProblemError

__all__ = ["CallerLimits"]

log = logging.getLogger("locant.server.access")

FAILURES_PER_MINUTE = 60
"""Wrong keys from one address. No number of guesses finds a secret; this keeps them from keeping the server busy."""
BUSY_RETRY_SECONDS = 1


class CallerLimits:
    """Counts the requests of callers.

    Args:
        path: of the file that the processes share.
        per_minute: requests of one caller; 0 is no limit.
        at_once: requests of one caller in this process; 0 is no limit.
        clock: seconds, as `SqliteWindows` has them.

    """

    def __init__(self, path: Path, per_minute: int, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(SqliteWindows(path, clock))
        self._per_minute = per_minute
        self._at_once = at_once
        self._now: Counter[str] = Counter()

    def count(self, caller: str) -> None:
        """Count a request.

        Raises:
            ProblemError: 429, with the time to come back at.

        """
        if self._per_minute:
            detail = f"{self._per_minute} requests a minute are allowed (requests_per_minute)"
            self._hit("asks", caller, self._per_minute, detail)

    def count_failure(self, address: str) -> None:
        """Count a wrong key; raises a 429 as `count` does."""
        self._hit("fails", address, FAILURES_PER_MINUTE, "too many wrong keys came from this address")

    @contextmanager
    def slot(self, caller: str) -> Iterator[None]:
        """Hold a place among those that are answered at once; raises a 429 when there is none."""
        if self._at_once and self._now[caller] >= self._at_once:
            detail = f"{self._at_once} requests at the same time are allowed in each process (concurrent_requests)"
            raise ProblemError(429, "too-many", detail, headers={"Retry-After": str(BUSY_RETRY_SECONDS)})
        self._now[caller] += 1
        try:
            yield
        finally:
            self._now[caller] -= 1
            if not self._now[caller]:
                del self._now[caller]

    def _hit(self, what: str, who: str, limit: int, detail: str) -> None:
        item = RateLimitItemPerMinute(limit)
        try:
            if self._limiter.hit(item, what, who):
                return
            wait = self._limiter.get_window_stats(item, what, who).reset_time - time.time()  # of the library's clock
        except sqlite3.Error as error:  # a full disk is no reason to turn everybody away
            log.warning("requests are not counted: %s", error)
            return
        seconds = max(1, math.ceil(wait))
        raise ProblemError(
            429, "too-many", f"{detail}; come back in {seconds} s", headers={"Retry-After": str(seconds)}
        )
