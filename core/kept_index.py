"""An index that keeps up with its tree, and what one answer of it is made from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from locant.errors import NotFoundError, StoreCorruptError
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.records import WalkOptions
from locant.refresh import CURRENT, Look, Policy, ProgressSink, Refresher, status_of
from locant.retriever.context import Context, read_query
from locant.retriever.dense.meaning import Meaning, open_meaning
from locant.retriever.query.records import Query
from locant.retriever.reading.text import TextReader
from locant.summarizing import Sources
from locant.types import Freshness, SearchMode, Status, UpdateReport

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Given", "KeptIndex"]

Answer = TypeVar("Answer")


class KeptIndex:
    """An index that is compared with its tree before it answers; may be used from several threads."""

    def __init__(
        self,
        store: TreeStore,
        options: WalkOptions | None = None,
        workers: int | None = None,
        behind: Callable[[], None] | None = None,
        encoder: str | None = None,
        policy: Policy = CURRENT,
        name: str | None = None,
    ) -> None:
        self.root = store.root
        self._name = name
        self._refresher = Refresher(store, options, workers, behind, policy)
        self._meaning = open_meaning(encoder, store)

    def update(self, *, rebuild: bool = False, progress: ProgressSink | None = None) -> UpdateReport:
        """Make the index equal to the tree; cheap when nothing changed.

        Args:
            rebuild: parse everything anew.
            progress: told how far it is.

        Raises:
            StoreBusyError, StoreReadOnlyError: the index cannot be written.

        """
        report = self._refresher.update(rebuild=rebuild, progress=progress)
        if self._meaning is not None:
            given = self._given(self._refresher.look(), progress)
            self._meaning.prepare(given.snapshot, given.reader, progress)
        return report

    def status(self) -> Status:
        """State of the index as it is on disk, without bringing it up to date.

        Raises:
            NotFoundError: the tree is not indexed yet.
            StoreCorruptError: the index is damaged.

        """
        return status_of(self._refresher.stored(), self._refresher.store)

    @property
    def is_made(self) -> bool:
        """Whether there is an index on disk that can be asked, however old; False when it is damaged."""
        try:
            return self._refresher.store.manifest() is not None
        except StoreCorruptError:
            return False

    def freshness(self) -> Freshness:
        """Which state of the tree an answer would be from now."""
        return self._answer(lambda given: given.freshness())

    def clear(self) -> None:
        """Remove the index of this tree from disk."""
        self._refresher.clear()

    def close(self) -> None:
        """Stop the worker processes; the index can still be used and starts them again when needed."""
        self._refresher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, make: Callable[[Given], Answer], progress: ProgressSink | None = None) -> Answer:
        """An answer from an index that is as the disk is: made again when a file that it shows turns out to differ."""
        given = self._given(self._refresher.look(progress), progress)
        try:
            answer = make(given)
        except NotFoundError:
            if given.look.stale:  # the index cannot be brought up to date now
                raise
        else:
            if given.look.stale or not given.reader.changed:
                return answer
        return make(self._given(self._refresher.look(progress, force=True), progress))

    def _given(self, look: Look, progress: ProgressSink | None) -> Given:
        return Given(self._refresher.store, look, self._meaning, progress, self._name)


class Given:
    """What an answer is made from."""

    def __init__(
        self,
        store: TreeStore,
        look: Look,
        meaning: Meaning | None,
        progress: ProgressSink | None,
        name: str | None,
    ) -> None:
        self.look = look
        self.cache = store.base.parent
        self.family = store.family
        self.snapshot = look.snapshot
        self.reader = TextReader(store.root, look.snapshot, name)
        self._meaning = meaning
        self._progress = progress

    def context(self, query: Query) -> Context:
        """What the signals of one query share."""
        if self._meaning is None:
            return Context(self.snapshot, self.look.lexicon, query)
        near = partial(self._meaning.scores, self.snapshot, self.reader, self._progress)
        return Context(self.snapshot, self.look.lexicon, query, near)

    def read(self, text: str, mode: SearchMode = "auto") -> Context:
        """A text in front of the index."""
        return self.context(read_query(self.snapshot, text, mode))

    def sources(self) -> Sources:
        """What summaries are made from."""
        return Sources(self.snapshot, self.reader, self.family, self.cache, self.freshness)

    def freshness(self) -> Freshness:
        """State of the index, with the files that were seen to have changed meanwhile."""
        return self.look.freshness(frozenset(self.reader.changed))
