"""What git is asked while files are parsed: the log, unless HEAD stands where it stood, and if the tree is dirty."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from locant.indexer.history.reader import HistoryReader
from locant.indexer.history.records import HistoryState
from locant.indexer.store.folder import OpenedTree
from locant.indexer.stored_history import history_from
from locant.indexer.walk.layout import find_layout
from locant.indexer.walk.records import TreeListing
from locant.indexer.walk.repository import is_dirty

__all__ = ["GitAnswers", "folder_in_repository"]


class GitAnswers:
    """Asks git from the moment it is entered; answers are waited for when they are needed."""

    def __init__(self, root: Path, listing: TreeListing, previous: OpenedTree | None) -> None:
        self._root = root
        self._listing = listing
        self._since = history_from(previous.files["history"]) if previous is not None else None
        self._reader: HistoryReader | None = None
        self._thread = ThreadPoolExecutor(max_workers=1) if listing.is_git else None
        self._dirty: Future[bool | None] | None = None

    def __enter__(self) -> GitAnswers:
        since = self._since
        if since is None or since.head != (self._listing.head or "") or since.boundary:
            self._reader = HistoryReader(self._root, since).start()
        if self._thread is not None:
            self._dirty = self._thread.submit(is_dirty, self._root)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader is not None:
            self._reader.close()
        if self._thread is not None:
            self._thread.shutdown()

    def history(self) -> HistoryState:
        """The log at the HEAD of the listing."""
        if self._reader is not None:
            return self._reader.result()
        assert self._since is not None
        return self._since

    def dirty(self) -> bool | None:
        """Whether tracked files differ from HEAD; None outside git."""
        return self._dirty.result() if self._dirty is not None else None


def folder_in_repository(root: Path) -> str:
    """Folder of the tree inside its repository, as git writes it; empty at the top and outside git."""
    layout = find_layout(root)
    if layout is None or layout.top == root:
        return ""
    return root.relative_to(layout.top).as_posix()
