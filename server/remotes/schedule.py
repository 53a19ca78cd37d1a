"""When a branch is fetched without being asked: every so many minutes, and when a webhook tells of a push."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

from locant.server.records import Repository
from locant.server.remotes.types import Push
from locant.server.remotes.urls import same_repository

__all__ = ["Fetches", "moved_by"]

LOOK_SECONDS = 5.0
"""Between two looks at what is due; intervals are minutes."""


def moved_by(push: Push, repositories: Iterable[Repository]) -> list[Repository]:
    """Those that follow the branch that was pushed to; a fixed revision follows none."""
    return [one for one in repositories if one.url and one.revision is None and _follows(one, push)]


def _follows(repository: Repository, push: Push) -> bool:
    if push.branch is None:
        return False
    is_branch = (
        push.default_branch in (None, push.branch) if repository.branch is None else repository.branch == push.branch
    )
    return is_branch and any(same_repository(repository.url or "", url) for url in push.urls)


class Fetches:
    """Queues a refresh of each git repository once in an interval, spread over it.

    Args:
        minutes: between two fetches; 0 is never.
        repositories: those that are served.
        refresh: queues one, by name.
        clock: seconds that no correction of the time moves.

    """

    def __init__(
        self,
        minutes: float,
        repositories: Callable[[], Iterable[Repository]],
        refresh: Callable[[Repository], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = minutes * 60
        self._repositories = repositories
        self._refresh = refresh
        self._clock = clock
        self._looked = clock() - LOOK_SECONDS
        self._due: dict[int, float] = {}

    def step(self) -> None:
        """Queue what is due."""
        now = self._clock()
        if not self._seconds or now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        followed = {one.number: one for one in self._repositories() if one.url and one.revision is None}
        self._due = {
            number: self._due.get(number, now + random.uniform(0, self._seconds))  # noqa: S311 - spreads work
            for number in followed
        }
        for number, due in self._due.items():
            if due <= now:
                self._due[number] = now + self._seconds
                self._refresh(followed[number])
