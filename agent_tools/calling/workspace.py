"""The repositories that tools may be asked about: named by the user, opened when first asked, never left.

What an index needs is imported with the first call: a server that an agent starts answers its greeting before that.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import locant
from locant.agent_tools.calling import behind
from locant.agent_tools.text import one_line
from locant.agent_tools.types import Session
from locant.errors import QueryError, RepositoryError

if TYPE_CHECKING:
    from locant.agent_tools.calling.plain import PlainIndex
    from locant.facade import Index

__all__ = ["Workspace"]


FIRST_WAIT = 10.0
"""Seconds that calls wait for a first index, all together: most repositories have one by then, and no client gives up
so soon. Later calls are answered at once."""


class Workspace:
    """Allowed repositories; may be used from several threads.

    Answers never wait long for an index: one that lags far behind the tree is brought up to date by a process of its
    own, and until there is a first one, files are searched as plain text.

    Args:
        roots: folders; the first one answers where no repository is named.
        cache_dir: where indexes are kept, instead of the user's cache folder.
        first_wait: seconds that calls wait for a first index, all together.

    """

    def __init__(self, roots: Sequence[Path], cache_dir: Path | None = None, *, first_wait: float = FIRST_WAIT) -> None:
        self._cache_dir = cache_dir
        self._first_wait = first_wait
        self._roots = tuple(dict.fromkeys(Path(os.path.realpath(root)) for root in roots))
        self._open: dict[Path, Index] = {}
        self._plain: dict[Path, PlainIndex] = {}
        self._waited: dict[Path, float] = {}
        self._lock = threading.Lock()

    @property
    def _cache(self) -> Path:
        if self._cache_dir is None:
            from locant.indexer.store.folder import cache_folder

            self._cache_dir = cache_folder()
        return self._cache_dir

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the repositories: of the folder, or its whole path where two are called the same."""
        last = [root.name for root in self._roots]
        return tuple(root.name if last.count(root.name) == 1 and root.name else str(root) for root in self._roots)

    def index(self, repository: str = "", session: Session | None = None) -> Index | PlainIndex:
        """The index of a repository, by name or path; a plain search of its files where there is none yet.

        Args:
            repository: empty is the one in which a file is open, or the first.
            session: where a file may be open; it is closed when another repository is named.

        Raises:
            QueryError: it is not one of those that are allowed.
            RepositoryError: it is gone, or is no folder.

        """
        wanted = repository or (session.repository if session else "")
        root = self._root(wanted)
        if not root.is_dir():
            raise RepositoryError(
                f"the repository {one_line(str(root))} is not there any more; ask the user where it is"
            )
        if session is not None and session.repository != str(root):
            session.repository, session.path, session.line = str(root), "", 1
        index = self._opened(root)
        if index.is_made:
            return index
        behind.start(root, self._cache)
        ended = self._wait(root)
        if not index.is_made and (not ended or behind.is_at_work(root, self._cache)):
            return self._plain_index(root)
        return index  # when it cannot be made, asking it says why

    def _wait(self, root: Path) -> bool:
        """Wait for a first index, all calls together no longer than was said; whether its making has ended."""
        began = time.monotonic()
        ended = behind.wait(root, max(0.0, self._first_wait - self._waited.get(root, 0.0)))
        self._waited[root] = self._waited.get(root, 0.0) + time.monotonic() - began
        return ended

    def _plain_index(self, root: Path) -> PlainIndex:
        """The plain search of a tree, whose files are listed once."""
        from locant.agent_tools.calling.plain import PlainIndex

        with self._lock:
            if root not in self._plain:
                self._plain[root] = PlainIndex(root, self._cache)
            return self._plain[root]

    def warm(self) -> None:
        """Begin to make or update the indexes, in a thread of its own and without waiting for that."""
        threading.Thread(target=self._start_all, daemon=True).start()

    def _start_all(self) -> None:
        for root in self._roots:
            if root.is_dir():
                behind.start(root, self._cache)

    def _opened(self, root: Path) -> Index:
        with self._lock:
            if root not in self._open:
                start = partial(behind.start, root, self._cache)
                self._open[root] = locant.open(root, cache_dir=self._cache, behind=start)
            return self._open[root]

    def _root(self, wanted: str) -> Path:
        if not self._roots:
            raise QueryError("no repository is served; start with the path of one")
        if not wanted:
            return self._roots[0]
        for name, root in zip(self.names, self._roots, strict=True):
            if wanted in (name, str(root)):
                return root
        if len(wanted) < 4_096 and "\0" not in wanted:
            real = Path(os.path.realpath(wanted))
            inside = next((root for root in self._roots if real.is_relative_to(root)), None)
            if inside is not None and Path(wanted).is_absolute():
                return inside
        raise QueryError(f"no repository {one_line(wanted)[:200]!r} is served here; there are {', '.join(self.names)}")

    def close(self) -> None:
        """Stop the worker processes of all indexes; they start again when needed."""
        with self._lock:
            for index in self._open.values():
                index.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
