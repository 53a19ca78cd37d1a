"""No remote repositories: every URL is refused."""

from __future__ import annotations

from collections.abc import Callable

from locant.server.problems import ProblemError
from locant.server.seams import Fetched, GitSource
from locant.types import Progress

__all__ = ["NoRemotes"]


class NoRemotes:
    """Fetches nothing."""

    def check(self, source: GitSource) -> None:
        """Refuse."""
        del source
        raise ProblemError(403, "no-remotes", "this server fetches no repositories; add one by path")

    def fetch(self, source: GitSource, progress: Callable[[Progress], None]) -> Fetched:
        """Refuse."""
        del progress
        self.check(source)
        raise AssertionError

    def remove(self, source: GitSource) -> None:
        """There is nothing."""
