"""An index that keeps up with the disk: made when it is first needed, compared with the tree before it answers.

Comparing costs one `lstat` per file. A small tree is compared before every answer; in a large one an answer may rest on
a comparison that is as old as ten times what it costs, a second at most, and the files that an answer shows are
compared with the disk in any case.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from locant.errors import NotFoundError, StoreBusyError, StoreCorruptError, StoreReadOnlyError
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.stored_listing import stored_listing
from locant.indexer.walk import reasons
from locant.indexer.walk.checking import check_tree
from locant.indexer.walk.records import TreeListing, WalkOptions
from locant.retriever.bm25 import Lexicon
from locant.types import Freshness, Progress, Status, UpdateReport

if TYPE_CHECKING:
    from locant.indexer.pool import WorkerPool
    from locant.indexer.update import Updater

__all__ = ["CURRENT", "Look", "Policy", "ProgressSink", "Refresher", "status_of"]

FREE_FILES = 1_000
"""A tree of so many files is compared in 2 ms or so: less than an answer takes."""

PATIENCE = 10.0
"""A comparison may take a tenth of the time: it is not repeated before ten times what it cost."""

MAX_PATIENCE = 0.1
"""Seconds after which any tree is compared again: an edit is to be found within 200 ms."""

FIRST_WAIT = 3_600.0
"""Seconds to wait for another process that makes the first index: there is nothing to answer from before."""

UPDATE_WAIT = 1.0
"""Seconds to wait for another writer when there is an index to answer from; the answer then says what it lacks."""

QUICK_FILES = 200
"""Changed files that are indexed before an answer even by who may wait for them: a second or so."""

MAX_STALE = 20
"""Paths that an answer names as changed; a whole checkout may have moved."""

FAILURES = (reasons.PARSER_FAILED, reasons.UNREADABLE, reasons.VANISHED, reasons.BAD_NAME)
"""Files that should be indexed and are not; all others are left out on purpose."""

ProgressSink = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Look:
    """The index as an answer sees it, when it was compared with the tree, and what had changed and is not in it."""

    snapshot: Snapshot
    lexicon: Lexicon
    checked_at: float
    stale: tuple[str, ...] = ()

    def freshness(self, changed: frozenset[str] = frozenset()) -> Freshness:
        """What an answer says about its state; `changed` are paths that were found changed while it was made."""
        snapshot = self.snapshot
        left_out: dict[str, int] = {}
        for item in snapshot.left_out:
            left_out[item.reason] = left_out.get(item.reason, 0) + 1
        failed = sum(left_out.get(reason, 0) for reason in FAILURES)
        indexed = len(snapshot.indexed_entries)
        return Freshness(
            commit=snapshot.meta["head"],
            dirty=snapshot.meta["dirty"],
            indexed_at=snapshot.opened.manifest.indexed_at,
            checked_at=self.checked_at,
            coverage=indexed / (indexed + failed) if indexed + failed else 1.0,
            left_out=left_out,
            stale=tuple(sorted({*self.stale, *changed}))[:MAX_STALE],
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What an answer may do about an index that is not as its tree.

    updates: make it or bring it up to date first. Without, an answer comes from what is stored: nobody who asks waits
        for a writer, nor for another who compares, and there being no index is an error.
    compares: compare the tree at all; not needed where nothing but the writer changes it.
    patience: seconds that any comparison may be old; more than this only where it costs more than a tenth of them.
    """

    updates: bool = True
    compares: bool = True
    patience: float = MAX_PATIENCE


CURRENT = Policy()
"""Answers are from the tree as it is: what everybody gets who does not ask for another policy."""


class Refresher:
    """Opens, makes and updates the index of one tree; used under one lock from any number of threads.

    Args:
        store: where the index lives.
        options: which files are indexed; as the index was made when not given.
        workers: processes that parse.
        behind: called instead of an update that would take long, to have it made elsewhere; may do nothing.
        policy: what an answer may do about an index that is not as its tree.

    """

    def __init__(
        self,
        store: TreeStore,
        options: WalkOptions | None,
        workers: int | None,
        behind: Callable[[], None] | None = None,
        policy: Policy = CURRENT,
    ) -> None:
        self.store = store
        self._policy = policy
        self._options = options
        self._workers = workers
        self._behind = behind
        self._lock = threading.RLock()
        self._updater: Updater | None = None
        self._look: Look | None = None
        self._listed: tuple[Snapshot, TreeListing] | None = None
        self._valid_until = float("-inf")
        self._updater_options: WalkOptions | None = None
        self._pool: WorkerPool | None = None

    def look(self, progress: ProgressSink | None = None, *, force: bool = False) -> Look:
        """The index, made on first use and updated when the tree changed.

        Args:
            progress: told how far it is.
            force: compare with the tree however short ago that was done.

        """
        if not self._policy.updates:
            return self._stored_look(force=force)
        with self._lock:
            look = self._look
            if look is not None and not force and time.monotonic() < self._valid_until:
                return look
            look = self._opened()
            if look is None:
                self._update(FIRST_WAIT, progress=progress)
            else:
                self._compare(look, progress, force=force)
            return self._must_look()

    def update(self, *, rebuild: bool, progress: ProgressSink | None) -> UpdateReport:
        """Make the index equal to the tree."""
        with self._lock:
            return self._update(FIRST_WAIT, rebuild=rebuild, progress=progress)

    def stored(self) -> Look:
        """The index as it is on disk, and how the tree differs from it.

        Raises:
            NotFoundError: there is none.
            StoreCorruptError: it is damaged.

        """
        opened = self.store.open()
        if opened is None:
            raise NotFoundError(f"{self.root} is not indexed yet; run `locant index {self.root}`")
        snapshot = Snapshot(opened)
        return Look(snapshot, Lexicon(snapshot), time.time(), _difference(snapshot))

    @property
    def root(self) -> Path:
        """The tree."""
        return self.store.root

    def clear(self) -> None:
        """Remove the index of this tree from disk."""
        with self._lock:
            self._forget()
            self.store.clear()

    def close(self) -> None:
        """Stop the worker processes; they start again when needed."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
            self._pool = self._updater = None

    def _stored_look(self, *, force: bool) -> Look:
        """The index as it is stored; while one thread compares it with the tree, the others take it as it was.

        Raises:
            StoreBusyError: there is none, as after an update of locant to another format; `behind` is asked for one.
            StoreCorruptError: it is damaged; `behind` is asked to have it made anew.

        """
        look = self._look
        if look is not None and not force and time.monotonic() < self._valid_until:
            return look
        if not self._lock.acquire(blocking=look is None):
            assert look is not None
            return look
        try:
            started = time.monotonic()
            look = self._reopened()
            is_current = not self._policy.compares or self._is_current(look.snapshot)
            if not is_current:
                self._ask_behind()
            stale = () if is_current else _difference(look.snapshot)
            self._mark(look, stale, cost=time.monotonic() - started)
            assert self._look is not None
            return self._look
        finally:
            self._lock.release()

    def _reopened(self) -> Look:
        """What is stored now; kept open while nobody wrote another one."""
        try:
            manifest = self.store.manifest()
            if self._look is not None and manifest == self._look.snapshot.opened.manifest:
                return self._look
            opened = self.store.open()
        except StoreCorruptError as error:
            self._ask_behind()
            raise StoreCorruptError("the index is damaged and is being made anew; ask again in a moment") from error
        if opened is None:
            self._ask_behind()
            raise StoreBusyError("there is no index; it is being made; ask again in a moment")
        snapshot = Snapshot(opened)
        self._look = Look(snapshot, Lexicon(snapshot), 0.0)
        return self._look

    def _ask_behind(self) -> None:
        if self._behind is not None:
            self._behind()

    def _compare(self, look: Look, progress: ProgressSink | None, *, force: bool) -> None:
        """Update when the tree is not as indexed; when that cannot be done now, say what differs."""
        started = time.monotonic()
        if not force and self._is_current(look.snapshot):
            self._mark(look, cost=time.monotonic() - started)
            return
        if self._behind is not None:
            different = _difference(look.snapshot)
            if len(different) > QUICK_FILES:
                self._behind()
                self._mark(look, different, cost=time.monotonic() - started)
                return
        try:
            self._update(UPDATE_WAIT, progress=progress)
        except (StoreBusyError, StoreReadOnlyError):
            self._mark(look, _difference(look.snapshot), cost=time.monotonic() - started)

    def _is_current(self, snapshot: Snapshot) -> bool:
        """Whether the tree is as indexed; reads no file content, takes no lock, and loads nothing that parses."""
        if self._listed is None or self._listed[0] is not snapshot:
            self._listed = (snapshot, stored_listing(snapshot.opened))
        listing = self._listed[1]
        if self._options is not None and self._options != listing.options:
            return False
        return check_tree(listing).listing is listing

    def _update(self, timeout: float, *, rebuild: bool = False, progress: ProgressSink | None = None) -> UpdateReport:
        report = self._make_updater().update(timeout=timeout, rebuild=rebuild, progress=progress)
        self._mark(self._must_look())
        return report

    def _mark(self, look: Look, stale: tuple[str, ...] = (), cost: float = 0.0) -> None:
        self._look = Look(look.snapshot, look.lexicon, time.time(), stale)
        is_free = len(look.snapshot.paths) <= FREE_FILES and not stale
        if not self._policy.updates:
            patience = max(PATIENCE * cost, self._policy.patience)
        else:
            patience = 0.0 if is_free else min(PATIENCE * cost, self._policy.patience)
        self._valid_until = time.monotonic() + patience

    def _opened(self) -> Look | None:
        """The index as it is on disk; what is open already serves while nobody wrote another one.

        A damaged index counts as none and is made anew.
        """
        try:
            manifest = self.store.manifest()
            if self._look is not None and manifest == self._look.snapshot.opened.manifest:
                return self._look
            opened = self.store.open()
        except StoreCorruptError:
            opened = None
        self._look = None
        if opened is not None:
            snapshot = Snapshot(opened)
            self._look = Look(snapshot, Lexicon(snapshot), 0.0)
        self._follow_options()
        return self._look

    def _follow_options(self) -> None:
        """Index with the choices of whoever wrote the index last, unless this caller made its own."""
        if self._options is None and self._updater_options != self._stored_options():
            self._updater = None

    def _must_look(self) -> Look:
        look = self._opened()
        if look is None:
            raise StoreCorruptError(f"the index of {self.root} was damaged while it was written; run `locant doctor`")
        return look

    def _make_updater(self) -> Updater:
        from locant.indexer.update import Updater, make_pool  # costs as much as all else: a warm query goes without

        if self._updater is None:
            self._pool = self._pool or make_pool(self._workers)
            self._updater_options = self._options or self._stored_options()
            self._updater = Updater(self.store, self._pool, self._updater_options)
        return self._updater

    def _stored_options(self) -> WalkOptions:
        """What the index was made with, so that a search does not undo the choices of `locant index`."""
        return WalkOptions(**self._look.snapshot.meta["options"]) if self._look is not None else WalkOptions()

    def _forget(self) -> None:
        self._look = None
        self._valid_until = float("-inf")


def _difference(snapshot: Snapshot) -> tuple[str, ...]:
    """Paths by which the tree differs from an index."""
    changes = check_tree(stored_listing(snapshot.opened))
    return (*changes.changed, *changes.added, *changes.removed)


def status_of(look: Look, store: TreeStore) -> Status:
    """What `locant status` shows of an index."""
    snapshot = look.snapshot
    languages: dict[str, int] = {}
    for language in snapshot.file_language:
        languages[language] = languages.get(language, 0) + 1
    notes = [*snapshot.meta["notes"], snapshot.meta["history_note"]]
    return Status(
        root=str(store.root),
        store=str(store.family),
        files=len(snapshot.paths),
        chunks=snapshot.live_chunks,
        symbols=snapshot.live_symbols,
        source_bytes=int(snapshot.file_bytes.sum()),
        index_bytes=snapshot.opened.size,
        segments=len(snapshot.segments),
        languages=dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
        freshness=look.freshness(),
        notes=tuple(note for note in notes if note),
    )
