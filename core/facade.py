"""The Python API: `locant.open(path)` and what an index can be asked. Every answer is checked against the disk first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from locant.errors import NotFoundError, QueryError, StoreBusyError, StoreCorruptError, StoreReadOnlyError
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore, cache_folder
from locant.indexer.update import Updater, make_pool, stored_listing
from locant.indexer.walk import reasons
from locant.indexer.walk.checking import check_tree
from locant.indexer.walk.layout import resolve_root
from locant.indexer.walk.records import WalkOptions
from locant.indexer.walk.repository import repository_identity
from locant.retriever.answering import answer_lines, answer_localization, answer_words, hint_for
from locant.retriever.bm25 import Lexicon
from locant.retriever.context import Context
from locant.retriever.filters import Filters, file_mask, make_filters
from locant.retriever.localize import Rankers, score
from locant.retriever.query.analyse import analyse
from locant.retriever.reading.files import file_of, find_files, related_files, view_lines
from locant.retriever.reading.grep import GrepRequest, grep_files, with_enclosing
from locant.retriever.reading.snippets import SNIPPET_LINES
from locant.retriever.reading.symbols import find_definitions, find_references, outline_of
from locant.retriever.reading.text import TextReader
from locant.types import (
    Freshness,
    GrepResult,
    Localization,
    Progress,
    Related,
    SearchMode,
    SearchResult,
    Status,
    Symbol,
    UpdateReport,
    Usage,
    View,
)

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Index", "open"]

REFRESH_SECONDS = 1.0
"""Within this time of the last look at the tree, an answer does not look at all of it again; the files that it shows are
always compared with the disk. A look costs some 10 ms for 5,000 files."""

FIRST_WAIT = 3_600.0
"""Seconds to wait for another process that makes the first index: there is nothing to answer from before."""

UPDATE_WAIT = 5.0
"""Seconds to wait for another writer when there is an index to answer from, older as it may be."""

ProgressSink = Callable[[Progress], None]


def open(
    path: str | Path,
    *,
    cache_dir: str | Path | None = None,
    options: WalkOptions | None = None,
    workers: int | None = None,
) -> Index:
    """Open the index of a folder; it is made or brought up to date when it is first asked.

    Args:
        path: a repository, a folder in one, or any folder.
        cache_dir: where indexes are kept, instead of the user's cache folder or `LOCANT_CACHE_DIR`.
        options: which files are indexed.
        workers: processes that parse; as many as there are cores when not given.

    Raises:
        RepositoryError: the path is no folder, or a bare repository.

    """
    root = resolve_root(Path(path))
    cache = Path(cache_dir).expanduser().absolute() if cache_dir is not None else cache_folder()
    return Index(TreeStore(root, cache, repository_identity), options, workers)


class Index:
    """A repository that can be asked. Make one with `locant.open`; it may be used from several threads."""

    def __init__(self, store: TreeStore, options: WalkOptions | None = None, workers: int | None = None) -> None:
        self.root = store.root
        self._store = store
        self._options = options
        self._workers = workers
        self._updater: Updater | None = None
        self._snapshot: Snapshot | None = None
        self._lexicon: Lexicon | None = None
        self._checked = (float("-inf"), 0.0)  # monotonic and POSIX seconds
        self._stale: tuple[str, ...] = ()
        self._lock = threading.RLock()
        self._close_pool: Callable[[], None] = lambda: None

    # -- the index itself ----------------------------------------------------------------------------------------

    def update(self, *, rebuild: bool = False, progress: ProgressSink | None = None) -> UpdateReport:
        """Make the index equal to the tree; cheap when nothing changed.

        Args:
            rebuild: parse everything anew.
            progress: told how far it is.

        Raises:
            StoreBusyError, StoreReadOnlyError: the index cannot be written.

        """
        with self._lock:
            report = self._update(FIRST_WAIT, rebuild=rebuild, progress=progress)
            self._mark_checked()
            return report

    def status(self) -> Status:
        """State of the index as it is on disk, without bringing it up to date."""
        with self._lock:
            snapshot = self._opened()
            if snapshot is None:
                raise NotFoundError(f"{self.root} is not indexed yet; run `locant index {self.root}`")
            stored = stored_listing(snapshot.opened)
            changes = check_tree(stored)
            self._stale = (*changes.changed, *changes.added, *changes.removed)
            self._checked = (self._checked[0], time.time())
            return self._status(snapshot)

    def clear(self) -> None:
        """Remove the index of this tree from disk."""
        with self._lock:
            self._forget()
            self._store.clear()

    def close(self) -> None:
        """Stop the worker processes; the index can still be used and starts them again when needed."""
        with self._lock:
            self._close_pool()
            self._updater = None

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- ranked answers ------------------------------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        mode: SearchMode = "auto",
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        kinds: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        snippet_lines: int = SNIPPET_LINES,
        progress: ProgressSink | None = None,
    ) -> SearchResult:
        """Places that answer a question, name a symbol, or hold a literal or a regular expression; one hit per file.

        Args:
            text: what to look for.
            limit: hits at most.
            mode: how to read the text; `auto` decides from its shape.
            languages: only files in these.
            paths: only paths that match one of these globs (as in .gitignore); `!glob` leaves out.
            kinds: only definitions of these kinds (function, class, ...).
            areas: only files of these: code, tests, docs, config.
            snippet_lines: lines of each snippet at most.
            progress: told how far indexing is, if the index has to be made or updated.

        Raises:
            QueryError: the text or a filter makes no sense.

        """
        _check_limit(limit)
        filters = make_filters(tuple(languages), tuple(paths), tuple(kinds), tuple(areas))
        result = self._search(text, limit, mode, filters, snippet_lines, progress)
        if any(hit.stale for hit in result.hits):
            with self._lock:
                self._refresh(progress, force=True)
            result = self._search(text, limit, mode, filters, snippet_lines, progress)
        return result

    def _search(
        self,
        text: str,
        limit: int,
        mode: SearchMode,
        filters: Filters,
        snippet_lines: int,
        progress: ProgressSink | None,
    ) -> SearchResult:
        context, reader = self._context(text, mode, progress)
        query = context.query
        if query.is_blank:
            return SearchResult(text, query.shape, (), self._freshness(context.snapshot), hint=hint_for(context, 0))
        truncated = False
        if query.shape in ("literal", "regex"):
            request = GrepRequest(query.pattern, fixed=query.shape == "literal", ignore_case=False)
            hits, truncated = answer_lines(reader, context.snapshot, request, filters, limit, snippet_lines)
            hint = "" if hits else f"no line has {query.pattern!r}; try it with other case, or as plain words"
        else:
            hits = answer_words(context, reader, filters, limit, snippet_lines)
            hint = hint_for(context, len(hits))
        return SearchResult(text, query.shape, hits, self._freshness(context.snapshot), truncated, hint)

    def localize(
        self,
        text: str,
        *,
        files: int = 20,
        functions: int = 50,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
        progress: ProgressSink | None = None,
    ) -> Localization:
        """Files, functions and lines that an issue is about, each best first, with evidence.

        Args:
            text: the issue: title on the first line, then the body with its tracebacks and code.
            files: files at most.
            functions: functions, methods and classes at most.
            languages, paths, areas: filters as in `search`.
            without: signals to switch off, by name, for ablation.
            progress: told how far indexing is.

        """
        _check_limit(files)
        _check_limit(functions)
        filters = make_filters(tuple(languages), tuple(paths), (), tuple(areas))
        context, reader = self._context(text, "auto", progress)
        if context.query.is_blank:
            return Localization((), (), (), self._freshness(context.snapshot), hint_for(context, 0))
        scores = score(context, Rankers.default(), filters, frozenset(without))
        found = answer_localization(context, reader, scores, files, functions)
        return Localization(*found, self._freshness(context.snapshot), hint_for(context, len(found[0])))

    # -- reading -------------------------------------------------------------------------------------------------

    def view(self, path: str, start: int | None = None, end: int | None = None) -> View:
        """Lines of a file as they are on disk now; secrets are masked."""
        snapshot, reader = self._reading()
        return view_lines(reader, snapshot, path, start, end)

    def outline(self, path: str) -> tuple[Symbol, ...]:
        """Definitions of a file in order."""
        snapshot, reader = self._reading()
        return outline_of(reader, snapshot, file_of(snapshot, path))

    def find(self, pattern: str, *, limit: int = 50) -> tuple[str, ...]:
        """Files by name: a glob, a part of the name, or its letters in order."""
        snapshot, _ = self._reading()
        return tuple(find_files(snapshot, pattern, limit))

    def grep(
        self,
        pattern: str,
        *,
        fixed: bool = False,
        ignore_case: bool = False,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        limit: int = 100,
    ) -> GrepResult:
        """Lines that match, in files likeliest first, each with the definition around it.

        Raises:
            QueryError: the regular expression cannot be read.

        """
        _check_limit(limit)
        snapshot, reader = self._reading()
        request = GrepRequest(pattern, fixed, ignore_case)
        allowed: np.ndarray = file_mask(snapshot, make_filters(tuple(languages), tuple(paths), (), tuple(areas)))
        files, total, truncated = grep_files(reader, snapshot, request, allowed, limit)
        return GrepResult(pattern, with_enclosing(snapshot, files), total, self._freshness(snapshot), truncated)

    def definitions(self, name: str, *, limit: int = 50) -> tuple[Symbol, ...]:
        """Definitions of a name, which may be qualified (`Class.method`); code before tests."""
        snapshot, reader = self._reading()
        return find_definitions(reader, snapshot, name, limit)

    def references(self, name: str, *, limit: int = 200) -> tuple[Usage, ...]:
        """Lines that call, type with, inherit from or import a name; code before tests."""
        snapshot, reader = self._reading()
        return find_references(reader, snapshot, name, limit)[0]

    def related(self, target: str, *, limit: int = 20) -> tuple[Related, ...]:
        """Files connected with `path` or `path:Symbol` by imports, uses and history."""
        snapshot, _ = self._reading()
        path, _, symbol = target.partition(":")
        file = file_of(snapshot, path)
        own = snapshot.symbols_of_doc(int(snapshot.file_doc[file]))
        names = [snapshot.symbol_name(number) for number in own]
        if symbol:
            names = [name for name in names if name == symbol.rsplit(".", 1)[-1]]
            if not names:
                raise NotFoundError(
                    f"{snapshot.paths[file]} defines no {symbol!r}; `locant outline` lists what it defines"
                )
        return related_files(snapshot, file, names, limit)

    # -- keeping up with the disk --------------------------------------------------------------------------------

    def _context(self, text: str, mode: SearchMode, progress: ProgressSink | None) -> tuple[Context, TextReader]:
        with self._lock:
            snapshot = self._refresh(progress)
            assert self._lexicon is not None
            lexicon = self._lexicon
        return Context(snapshot, lexicon, analyse(text, mode=mode)), TextReader(self.root, snapshot)

    def _reading(self) -> tuple[Snapshot, TextReader]:
        with self._lock:
            snapshot = self._refresh(None)
        return snapshot, TextReader(self.root, snapshot)

    def _refresh(self, progress: ProgressSink | None, *, force: bool = False) -> Snapshot:
        """The index, made on first use and updated when the tree changed."""
        snapshot = self._opened()
        if snapshot is None:
            self._update(FIRST_WAIT, progress=progress)
            self._mark_checked()
            return self._must_open()
        if not force and time.monotonic() - self._checked[0] < REFRESH_SECONDS:
            return snapshot
        updater = self._make_updater()
        if force or not updater.is_current(snapshot.opened):
            try:
                self._update(UPDATE_WAIT, progress=progress)
            except (StoreBusyError, StoreReadOnlyError):
                changes = check_tree(stored_listing(snapshot.opened))
                self._mark_checked((*changes.changed, *changes.added, *changes.removed))
                return snapshot
        self._mark_checked()
        return self._must_open()

    def _mark_checked(self, stale: tuple[str, ...] = ()) -> None:
        self._checked = (time.monotonic(), time.time())
        self._stale = stale

    def _update(self, timeout: float, *, rebuild: bool = False, progress: ProgressSink | None = None) -> UpdateReport:
        report = self._make_updater().update(timeout=timeout, rebuild=rebuild, progress=progress)
        manifest = self._store.manifest()
        if self._snapshot is not None and manifest != self._snapshot.opened.manifest:
            self._forget()
        return report

    def _make_updater(self) -> Updater:
        if self._updater is None:
            pool = make_pool(self._workers)
            self._close_pool = pool.close
            self._updater = Updater(self._store, pool, self._options or self._stored_options())
        return self._updater

    def _stored_options(self) -> WalkOptions:
        """What the index was made with, so that a search does not undo the choices of `locant index`."""
        try:
            snapshot = self._opened()
        except StoreCorruptError:
            snapshot = None
        return WalkOptions(**snapshot.meta["options"]) if snapshot is not None else WalkOptions()

    def _opened(self) -> Snapshot | None:
        """The index as last opened, or as it is on disk; a damaged one counts as none and is made anew."""
        if self._snapshot is None:
            try:
                opened = self._store.open()
            except StoreCorruptError:
                return None
            if opened is not None:
                self._snapshot = Snapshot(opened)
                self._lexicon = Lexicon(self._snapshot)
        return self._snapshot

    def _must_open(self) -> Snapshot:
        snapshot = self._opened()
        if snapshot is None:
            raise StoreCorruptError(f"the index of {self.root} was damaged while it was written; run `locant doctor`")
        return snapshot

    def _forget(self) -> None:
        self._snapshot = None
        self._lexicon = None

    def _freshness(self, snapshot: Snapshot) -> Freshness:
        left_out: dict[str, int] = {}
        for item in snapshot.left_out:
            left_out[item.reason] = left_out.get(item.reason, 0) + 1
        failed = sum(left_out.get(reason, 0) for reason in FAILURES)
        indexed = len(snapshot.indexed_entries)
        return Freshness(
            commit=snapshot.meta["head"],
            dirty=snapshot.meta["dirty"],
            indexed_at=snapshot.opened.manifest.indexed_at,
            checked_at=self._checked[1],
            coverage=indexed / (indexed + failed) if indexed + failed else 1.0,
            left_out=left_out,
            stale=self._stale[:MAX_STALE],
        )

    def _status(self, snapshot: Snapshot) -> Status:
        languages: dict[str, int] = {}
        for language in snapshot.file_language:
            languages[language] = languages.get(language, 0) + 1
        notes = [*snapshot.meta["notes"], snapshot.meta["history_note"]]
        return Status(
            root=str(self.root),
            store=str(self._store.family),
            files=len(snapshot.paths),
            chunks=snapshot.live_chunks,
            symbols=snapshot.live_symbols,
            source_bytes=int(snapshot.file_bytes.sum()),
            index_bytes=snapshot.opened.size,
            segments=len(snapshot.segments),
            languages=dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
            freshness=self._freshness(snapshot),
            notes=tuple(note for note in notes if note),
        )


FAILURES = (reasons.PARSER_FAILED, reasons.UNREADABLE, reasons.VANISHED, reasons.BAD_NAME)
"""Files that should be indexed and are not; all others are left out on purpose."""

MAX_STALE = 20


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise QueryError(f"a limit has to be at least 1, not {limit}")
