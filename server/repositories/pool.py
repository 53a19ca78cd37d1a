"""Open indexes, as many as the server may keep: mapped when first asked, the least used let go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import locant
from locant.refresh import Policy
from locant.server.records import Repository

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["IndexPool"]


class IndexPool:
    """Indexes by repository; may be used from several threads.

    Args:
        cache_dir: where indexes are.
        limit: indexes that are kept open. One that answers goes on doing so when it is let go.
        check_seconds: for which a comparison with the tree is trusted.
        behind: told of a repository whose index is not as its tree.

    """

    def __init__(self, cache_dir: Path, limit: int, check_seconds: float, behind: Callable[[Repository], None]) -> None:
        self._cache_dir = cache_dir
        self._limit = limit
        self._check_seconds = check_seconds
        self._behind = behind
        self._open: OrderedDict[tuple[int, str], Index] = OrderedDict()
        self._lock = threading.Lock()

    def index(self, repository: Repository) -> Index:
        """The index of a repository, opened when it is not."""
        key = (repository.number, repository.root)
        with self._lock:
            found = self._open.get(key)
            if found is not None:
                self._open.move_to_end(key)
                return found
        made = self._made(repository)
        with self._lock:
            kept = self._open.setdefault(key, made)
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
            return kept

    def _made(self, repository: Repository) -> Index:
        policy = Policy(updates=False, compares=repository.source == "path", patience=self._check_seconds)
        return locant.open(
            repository.root,
            cache_dir=self._cache_dir,
            behind=partial(self._behind, repository),
            policy=policy,
            name=repository.name,
        )

    def forget(self, number: int) -> None:
        """Let go of what is open of a repository."""
        with self._lock:
            for key in [key for key in self._open if key[0] == number]:
                del self._open[key]

    @property
    def size(self) -> int:
        """Indexes that are open."""
        return len(self._open)
