"""Bringing the index of a tree up to date: look, read what changed, parse what is new, commit.

The order is what makes it safe: everything is written under new names first, and one rename of the manifest makes it
count. A rebuild is an update of an empty index, so both give the same answers.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from locant.errors import StoreCorruptError
from locant.indexer.assemble import Before, Placement, Sources, assemble, place_documents
from locant.indexer.compaction import MAX_SEGMENT_BYTES, plan_compaction
from locant.indexer.graph.manifests import MANIFEST_NAMES
from locant.indexer.history.reader import HistoryReader
from locant.indexer.history.records import HistoryState
from locant.indexer.intake import DocKey, Intake
from locant.indexer.pool import Outcome, WorkerPool
from locant.indexer.snapshot import NO_DOC
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.folder import FileRecord, Manifest, OpenedTree, TreeStore, TreeWriter
from locant.indexer.store.merge import merge_segments
from locant.indexer.store.segment import Segment
from locant.indexer.stored_history import history_arrays, history_from, history_meta
from locant.indexer.stored_listing import listing_from
from locant.indexer.walk import reasons
from locant.indexer.walk.checking import check_tree
from locant.indexer.walk.layout import find_layout
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import Entry, TreeListing, WalkOptions
from locant.indexer.walk.repository import is_dirty
from locant.indexer.worker import BatchResult, FileJob
from locant.types import LeftOut, Progress, UpdateReport

__all__ = ["PARSER_VERSION", "Updater", "make_pool"]

PARSER_VERSION = 1
"""Bump when queries, chunking or terms change what is stored: contents are then parsed again."""

WORKER_TARGET = "locant.indexer.worker:index_batch"

BASE_SECONDS = 20.0
SECONDS_PER_MEGABYTE = 10.0
"""A batch is parsed at 4 MB/s and more; on a machine forty times slower it is still not taken for hanging."""

STAGED_BYTES = MAX_SEGMENT_BYTES
"""Source bytes whose small segments wait in memory before they are merged and written."""

ProgressSink = Callable[[Progress], None]


def make_pool(workers: int | None = None) -> WorkerPool:
    """Workers that parse; as many as this process may use cores."""
    return WorkerPool(workers or usable_cores(), WORKER_TARGET)


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class _Run:
    """What one update gathers on its way."""

    listing: TreeListing
    keys: dict[str, DocKey]
    left_out: list[LeftOut]
    segments: list[Segment]
    records: list[FileRecord]
    placement: Placement
    own: frozenset[str]
    parsed: int = 0
    reused: int = 0
    bytes_parsed: int = 0
    staged: list[tuple[int, Arrays]] = field(default_factory=list)
    staged_bytes: int = 0


class Updater:
    """Updates the stored index of one tree.

    Args:
        store: where the index lives.
        pool: workers, kept alive between updates.
        options: what is indexed.

    """

    def __init__(self, store: TreeStore, pool: WorkerPool, options: WalkOptions) -> None:
        self._store = store
        self._pool = pool
        self._options = options

    def is_current(self, opened: OpenedTree) -> bool:
        """Whether the tree is as indexed; reads no file content and takes no lock."""
        return self._look(opened)[2]

    def update(self, *, timeout: float, rebuild: bool = False, progress: ProgressSink | None = None) -> UpdateReport:
        """Make the index equal to the tree.

        Args:
            timeout: seconds to wait for another writer.
            rebuild: parse everything anew.
            progress: told how far it is.

        Raises:
            StoreBusyError, StoreReadOnlyError: see `TreeStore.writing`.

        """
        started = time.perf_counter()
        tell = progress or (lambda _: None)
        with self._store.writing(timeout) as writer:
            previous = None if rebuild else self._previous()
            tell(Progress("listing", 0, 0))
            listing, suspects, current = self._look(previous)
            if previous is not None and current:
                return _unchanged(previous, time.perf_counter() - started)
            with _Git(self._store.root, listing, previous) as git:
                run = self._run(writer, previous, listing, suspects, tell, rebuild=rebuild)
                tell(Progress("graph", len(run.keys), len(run.keys)))
                self._commit(writer, run, git, previous)
        tell(Progress("done", len(run.keys), len(run.keys)))
        return _report(run, previous, time.perf_counter() - started)

    def _previous(self) -> OpenedTree | None:
        """The index so far, unless it is damaged or of another parser; then it is built anew."""
        try:
            opened = self._store.open()
        except StoreCorruptError:
            return None
        return opened if opened is not None and opened.manifest.fingerprint == fingerprint() else None

    def _look(self, previous: OpenedTree | None) -> tuple[TreeListing, frozenset[str], bool]:
        """The tree now, which of its files have to be read, and whether all is as indexed."""
        stored = stored_listing(previous) if previous is not None else None
        if stored is None or stored.options != self._options:
            return list_tree(self._store.root, self._options), frozenset(), False
        changes = check_tree(stored)
        to_read = frozenset((*changes.changed, *changes.added, *changes.suspect))
        current = changes.listing is stored
        return changes.listing, to_read, current

    def _run(
        self,
        writer: TreeWriter,
        previous: OpenedTree | None,
        listing: TreeListing,
        suspects: frozenset[str],
        tell: ProgressSink,
        *,
        rebuild: bool,
    ) -> _Run:
        run = _start(writer, previous, listing, rebuild=rebuild)
        to_read = _carry_over(run, previous, suspects)
        intake = Intake(self._store.root, self._options, run.placement.where.__contains__)
        sequence: dict[str, int] = {entry.path: i for i, entry in enumerate(to_read)}
        total = len(listing.entries)
        for outcome in self._pool.map(intake.batches(to_read), timeout=_batch_seconds):
            self._take(writer, run, intake, outcome, sequence)
            tell(Progress("parsing", total - len(to_read) + intake.reused + run.parsed, total))
        tell(Progress("merging", total, total))
        self._flush(writer, run)
        run.reused += intake.reused
        run.left_out.extend(intake.refused)
        _adopt(run, intake)
        return run

    def _take(
        self, writer: TreeWriter, run: _Run, intake: Intake, outcome: Outcome[FileJob], sequence: dict[str, int]
    ) -> None:
        """Keep what a worker made of a batch, or blame the one file on which it failed."""
        if outcome.result is None:
            run.left_out.extend(
                LeftOut(job.path, reasons.PARSER_FAILED, outcome.failure or "") for job in outcome.batch
            )
            return
        result: BatchResult = outcome.result
        run.left_out.extend(result.left_out)
        run.parsed += len(result.indexed)
        if result.indexed:
            run.staged.append((sequence[result.indexed[0]], result.arrays))
        size = sum(len(job.data) for job in outcome.batch)
        run.bytes_parsed += size
        run.staged_bytes += size
        if run.staged_bytes >= STAGED_BYTES:
            self._flush(writer, run)

    def _flush(self, writer: TreeWriter, run: _Run) -> None:
        """Merge what is staged into one segment, in the order of the listing, and write it."""
        if not run.staged:
            return
        ordered = [arrays for _, arrays in sorted(run.staged, key=lambda item: item[0])]
        run.staged.clear()
        run.staged_bytes = 0
        if len(ordered) == 1:
            merged = ordered[0]
        else:
            merged = merge_segments(ordered, [np.ones(len(arrays["doc_key"]), dtype=np.bool_) for arrays in ordered])
        _append_segment(writer, run, merged)

    def _commit(self, writer: TreeWriter, run: _Run, git: _Git, previous: OpenedTree | None) -> None:
        _compact(writer, run)
        history = git.history()
        is_new = previous is None or previous.files["history"].meta != history_meta(history)
        sources = Sources(
            listing=run.listing,
            keys=run.keys,
            left_out=[*run.listing.left_out, *run.left_out],
            segments=run.segments,
            placement=run.placement,
            history=history,
            history_is_new=is_new,
            manifests=self._manifests(run.listing),
            prefix=_prefix(self._store.root),
            before=_before(previous),
        )
        assembly = assemble(sources)
        files = {"snapshot": writer.add_file(assembly.arrays, {**assembly.meta, "dirty": git.dirty()})}
        if previous is not None and not is_new:
            files["history"] = previous.manifest.files["history"]
        else:
            files["history"] = writer.add_file(history_arrays(history), history_meta(history))
        manifest = Manifest(str(self._store.root), tuple(run.records), files, fingerprint(), time.time())
        writer.commit(manifest)

    def _manifests(self, listing: TreeListing) -> dict[str, str]:
        """Texts of package manifests: they say where modules live."""
        texts: dict[str, str] = {}
        for entry in listing.entries:
            if entry.path.rsplit("/", 1)[-1] in MANIFEST_NAMES:
                data = read_file(self._store.root, entry, self._options)
                if isinstance(data, bytes):
                    texts[entry.path] = data.decode("utf-8", "replace")
        return texts


@functools.lru_cache(maxsize=1)
def fingerprint() -> str:
    """What parsed contents depend on besides themselves: our parser's version and the grammars'."""
    names = sorted(
        f"{dist.metadata['Name']}={dist.version}"
        for dist in importlib.metadata.distributions()
        if (dist.metadata["Name"] or "").startswith("tree-sitter")
    )
    return hashlib.blake2b("\n".join((str(PARSER_VERSION), *names)).encode(), digest_size=8).hexdigest()


def stored_listing(opened: OpenedTree) -> TreeListing:
    """The listing that an index was made from."""
    snapshot = opened.files["snapshot"]
    return listing_from(snapshot.arrays, snapshot.meta)


def _batch_seconds(batch: Sequence[FileJob]) -> float:
    return BASE_SECONDS + SECONDS_PER_MEGABYTE * sum(len(job.data) for job in batch) / 1e6


def _start(writer: TreeWriter, previous: OpenedTree | None, listing: TreeListing, *, rebuild: bool) -> _Run:
    segments: list[Segment] = list(previous.segments) if previous is not None else []
    records: list[FileRecord] = list(previous.manifest.segments) if previous is not None else []
    own = frozenset(record.name for record in records)
    if not rebuild:
        for segment, record in _family_segments(writer, own):
            segments.append(segment)
            records.append(record)
    return _Run(listing, {}, [], segments, records, place_documents(segments), own)


def _family_segments(writer: TreeWriter, own: frozenset[str]) -> Iterator[tuple[Segment, FileRecord]]:
    """Segments of other worktrees and clones that were made by the same parser."""
    current = fingerprint()
    for name, record in writer.known_segments().items():
        if name in own:
            continue
        opened = writer.open_segment(record)
        if opened is not None and opened[1].get("fingerprint") == current:
            yield opened[0], record


def _carry_over(run: _Run, previous: OpenedTree | None, suspects: frozenset[str]) -> list[Entry]:
    """Keep what is known of unchanged files; return the entries that have to be read."""
    if previous is None:
        return list(run.listing.entries)
    known, refused = _known_files(previous)
    to_read = []
    for entry in run.listing.entries:
        if entry.path in suspects or (entry.path not in known and entry.path not in refused):
            to_read.append(entry)
        elif entry.path in known:
            run.keys[entry.path] = known[entry.path]
            run.reused += 1
        else:
            run.left_out.append(refused[entry.path])
    return to_read


def _known_files(previous: OpenedTree) -> tuple[dict[str, DocKey], dict[str, LeftOut]]:
    """Key of each indexed file, and why each listed file that is not indexed was left out."""
    stored = previous.files["snapshot"]
    paths = [os.fsdecode(path) for path in stored.arrays["entry_paths"].tobytes().split(b"\0")[:-1]]
    keys = [list(_keys_of(segment)) for segment in previous.segments]
    known: dict[str, DocKey] = {}
    columns = (stored.arrays["entry_segment"].tolist(), stored.arrays["entry_doc"].tolist())
    for path, segment, document in zip(paths, *columns, strict=True):
        if segment != NO_DOC:
            known[path] = keys[segment][document]
    listed = set(paths)
    refused = {item[0]: LeftOut(*item) for item in stored.meta["left_out"] if item[0] in listed}
    return known, refused


def _keys_of(segment: Segment) -> Iterator[DocKey]:
    variants = segment.arrays["doc_variant"].tolist()
    names = {number: segment.strings[number] for number in set(variants)}
    return zip(segment.keys(), (names[number] for number in variants), strict=True)


def _append_segment(writer: TreeWriter, run: _Run, arrays: Arrays) -> None:
    record = writer.add_segment(arrays, {"fingerprint": fingerprint()})
    run.segments.append(Segment(record.name, arrays))
    run.records.append(record)
    run.placement = place_documents(run.segments)


def _adopt(run: _Run, intake: Intake) -> None:
    """Files that were read count as indexed when their content is; else say why not."""
    refused = {item.path for item in run.left_out}
    reason_of = {intake.keys[item.path]: item for item in run.left_out if item.path in intake.keys}
    for path, key in intake.keys.items():
        if key in run.placement.where:
            run.keys[path] = key
        elif path not in refused and key in reason_of:
            item = reason_of[key]
            run.left_out.append(LeftOut(path, item.reason, item.detail))


def _live_documents(run: _Run) -> list[npt.NDArray[Any]]:
    live = [np.zeros(segment.doc_count, dtype=np.bool_) for segment in run.segments]
    for key in run.keys.values():
        segment, local = run.placement.where[key]
        live[segment][local] = True
    return live


def _compact(writer: TreeWriter, run: _Run) -> None:
    """Merge what `plan_compaction` says."""
    _leave_foreign(run)
    live = _live_documents(run)
    plan = plan_compaction(run.segments, live)
    if plan is None:
        return
    chosen = set(plan.merge)
    masks = [live[i] if plan.drop_dead else np.ones_like(live[i]) for i in plan.merge]
    merged = merge_segments([run.segments[i].arrays for i in plan.merge], masks)
    run.segments = [segment for i, segment in enumerate(run.segments) if i not in chosen]
    run.records = [record for i, record in enumerate(run.records) if i not in chosen]
    _append_segment(writer, run, merged)


def _leave_foreign(run: _Run) -> None:
    """Forget segments of other trees that this one has nothing in."""
    used = [mask.any() for mask in _live_documents(run)]
    kept = [i for i, record in enumerate(run.records) if used[i] or record.name in run.own]
    run.segments = [run.segments[i] for i in kept]
    run.records = [run.records[i] for i in kept]
    run.placement = place_documents(run.segments)


class _Git:
    """What git is asked while files are parsed: the log, unless HEAD stands where it stood, and whether the tree is dirty."""

    def __init__(self, root: Path, listing: TreeListing, previous: OpenedTree | None) -> None:
        self._root = root
        self._listing = listing
        self._since = history_from(previous.files["history"]) if previous is not None else None
        self._reader: HistoryReader | None = None
        self._thread = ThreadPoolExecutor(max_workers=1) if listing.is_git else None
        self._dirty: Future[bool | None] | None = None

    def __enter__(self) -> _Git:
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


def _before(previous: OpenedTree | None) -> Before | None:
    if previous is None:
        return None
    known, _ = _known_files(previous)
    return Before(previous.files["snapshot"].arrays, tuple(known), tuple(known.values()))


def _prefix(root: Path) -> str:
    """Folder of the tree inside its repository, as git writes it; empty at the top and outside git."""
    layout = find_layout(root)
    if layout is None or layout.top == root:
        return ""
    return root.relative_to(layout.top).as_posix()


def _unchanged(opened: OpenedTree, seconds: float) -> UpdateReport:
    snapshot = opened.files["snapshot"]
    files = int((snapshot.arrays["entry_segment"] != NO_DOC).sum())
    left_out = tuple(LeftOut(*item) for item in snapshot.meta["left_out"])
    return UpdateReport(files, 0, files, 0, 0, left_out, seconds, changed=False)


def _report(run: _Run, previous: OpenedTree | None, seconds: float) -> UpdateReport:
    before = set(_known_files(previous)[0]) if previous is not None else set()
    return UpdateReport(
        files=len(run.keys),
        parsed=run.parsed,
        reused=run.reused,
        removed=len(before - set(run.keys)),
        bytes_parsed=run.bytes_parsed,
        left_out=tuple(sorted((*run.listing.left_out, *run.left_out), key=lambda item: item.path)),
        seconds=seconds,
        changed=True,
    )
