"""Bringing the index of a tree up to date: look, read what changed, parse what is new, commit.

The order is what makes it safe: everything is written under new names first, and one rename of the manifest makes it
count. A rebuild is an update of an empty index, so both give the same answers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from locant.errors import StoreCorruptError
from locant.indexer.assemble import Sources, assemble
from locant.indexer.compaction import MAX_SEGMENT_BYTES, plan_compaction
from locant.indexer.fingerprint import fingerprint
from locant.indexer.git_answers import GitAnswers, folder_in_repository
from locant.indexer.graph.manifests import MANIFEST_NAMES
from locant.indexer.holdings import Holdings, KeyTable
from locant.indexer.intake import DocKey, Intake
from locant.indexer.pool import Outcome, WorkerPool
from locant.indexer.previous import Previous
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.folder import FileRecord, Manifest, OpenedTree, TreeStore, TreeWriter
from locant.indexer.store.merge import merge_segments
from locant.indexer.store.segment import Segment
from locant.indexer.stored_history import history_arrays, history_meta
from locant.indexer.walk import reasons
from locant.indexer.walk.checking import check_tree
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import Entry, TreeListing, WalkOptions
from locant.indexer.worker import BatchResult, FileJob
from locant.types import LeftOut, Progress, UpdateReport

__all__ = ["Updater", "make_pool"]

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
    """What one update gathers on its way.

    previous: the index so far. to_read: the entries whose content has to be looked at.
    keys: document of each indexed file. left_out: files that were listed and are not indexed.
    staged: small segments in memory, each with the place of its first file in `to_read`.
    """

    listing: TreeListing
    previous: Previous | None
    holdings: Holdings
    to_read: list[Entry]
    keys: dict[str, DocKey]
    left_out: list[LeftOut]
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
        self._table = KeyTable()
        self._last: Previous | None = None
        self._made: tuple[Manifest, TreeListing, dict[str, DocKey]] | None = None

    def is_current(self, opened: OpenedTree) -> bool:
        """Whether the tree is as indexed; reads no file content and takes no lock."""
        previous = self._remembered(opened)
        return previous.listing.options == self._options and check_tree(previous.listing).listing is previous.listing

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
            listing, to_read = self._look(previous)
            if previous is not None and listing is previous.listing:
                writer.sweep()  # a writer may have been killed between its commit and its own sweep
                return _unchanged(previous, time.perf_counter() - started)
            with GitAnswers(self._store.root, listing, previous.opened if previous else None) as git:
                run = self._start(writer, previous, listing, to_read, rebuild=rebuild)
                self._parse(writer, run, tell)
                tell(Progress("graph", len(run.keys), len(run.keys)))
                self._commit(writer, run, git)
        tell(Progress("done", len(run.keys), len(run.keys)))
        return _report(run, time.perf_counter() - started)

    def _previous(self) -> Previous | None:
        """The index so far, unless it is damaged or of another parser; then it is built anew."""
        try:
            opened = self._store.open()
        except StoreCorruptError:
            return None
        if opened is None or opened.manifest.fingerprint != fingerprint():
            return None
        return self._remembered(opened)

    def _remembered(self, opened: OpenedTree) -> Previous:
        """What was read of an index before, so that a check need not read it again."""
        if self._last is None or self._last.opened.manifest != opened.manifest:
            made, self._made = self._made, None
            if made is not None and made[0] == opened.manifest:
                self._last = Previous(opened, self._table, made[1], made[2])
            else:
                self._last = Previous(opened, self._table)
        return self._last

    def _look(self, previous: Previous | None) -> tuple[TreeListing, frozenset[str] | None]:
        """The tree now, and which of its files have to be read; None for all."""
        if previous is None or previous.listing.options != self._options:
            return list_tree(self._store.root, self._options), None
        changes = check_tree(previous.listing)
        return changes.listing, frozenset((*changes.changed, *changes.added, *changes.suspect))

    def _start(
        self,
        writer: TreeWriter,
        previous: Previous | None,
        listing: TreeListing,
        to_read: frozenset[str] | None,
        *,
        rebuild: bool,
    ) -> _Run:
        opened = previous.opened if previous is not None else None
        own = frozenset(record.name for record in opened.manifest.segments) if opened is not None else frozenset[str]()
        holdings = Holdings(self._table, lambda: () if rebuild else _family_segments(writer, own))
        if opened is not None:
            for segment, record in zip(opened.segments, opened.manifest.segments, strict=True):
                holdings.append(segment, record)
        run = _Run(listing, previous, holdings, [], {}, [])
        if previous is None or to_read is None:
            run.to_read = list(listing.entries)
        else:
            _carry_over(run, previous, to_read)
        return run

    def _parse(self, writer: TreeWriter, run: _Run, tell: ProgressSink) -> None:
        intake = Intake(self._store.root, self._options, run.holdings.knows, usable_cores())
        sequence = {entry.path: i for i, entry in enumerate(run.to_read)}
        total = len(run.listing.entries)
        for outcome in self._pool.map(intake.batches(run.to_read), timeout=_batch_seconds):
            self._take(writer, run, outcome, sequence)
            tell(Progress("parsing", total - len(run.to_read) + intake.reused + run.parsed, total))
        tell(Progress("merging", total, total))
        _flush(writer, run)
        run.reused += intake.reused
        run.left_out.extend(intake.refused)
        _adopt(run, intake)

    def _take(self, writer: TreeWriter, run: _Run, outcome: Outcome[FileJob], sequence: dict[str, int]) -> None:
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
            _flush(writer, run)

    def _commit(self, writer: TreeWriter, run: _Run, git: GitAnswers) -> None:
        _compact(writer, run)
        previous, holdings, history = run.previous, run.holdings, git.history()
        known = previous.opened.files["history"].meta if previous is not None else None
        is_new = known != history_meta(history)
        sources = Sources(
            listing=run.listing,
            keys=run.keys,
            left_out=[*run.listing.left_out, *run.left_out],
            segments=holdings.segments,
            where=holdings.where,
            history=history,
            history_is_new=is_new,
            manifests=self._manifests(run.listing),
            prefix=folder_in_repository(self._store.root),
            before=previous.before if previous is not None else None,
        )
        assembly = assemble(sources)
        files = {"snapshot": writer.add_file(assembly.arrays, {**assembly.meta, "dirty": git.dirty()})}
        if previous is not None and not is_new:
            files["history"] = previous.opened.manifest.files["history"]
        else:
            files["history"] = writer.add_file(history_arrays(history), history_meta(history))
        manifest = Manifest(str(self._store.root), tuple(holdings.records), files, fingerprint(), time.time())
        writer.commit(manifest)
        self._table.retain(holdings.segments)
        self._made = manifest, run.listing, run.keys

    def _manifests(self, listing: TreeListing) -> dict[str, str]:
        """Texts of package manifests: they say where modules live."""
        texts: dict[str, str] = {}
        for entry in listing.entries:
            if entry.path.rsplit("/", 1)[-1] in MANIFEST_NAMES:
                data = read_file(self._store.root, entry, self._options)
                if isinstance(data, bytes):
                    texts[entry.path] = data.decode("utf-8", "replace")
        return texts


def _batch_seconds(batch: Sequence[FileJob]) -> float:
    return BASE_SECONDS + SECONDS_PER_MEGABYTE * sum(len(job.data) for job in batch) / 1e6


def _family_segments(writer: TreeWriter, own: frozenset[str]) -> Iterator[tuple[Segment, FileRecord]]:
    """Segments of other worktrees and clones that were made by the same parser."""
    current = fingerprint()
    for name, record in writer.known_segments().items():
        if name in own:
            continue
        opened = writer.open_segment(record)
        if opened is not None and opened[1].get("fingerprint") == current:
            yield opened[0], record


def _carry_over(run: _Run, previous: Previous, to_read: frozenset[str]) -> None:
    """Keep what is known of unchanged files; the others have to be read."""
    known, refused = previous.keys, previous.refused
    for entry in run.listing.entries:
        path = entry.path
        if path in to_read or (path not in known and path not in refused):
            run.to_read.append(entry)
        elif path in known:
            run.keys[path] = known[path]
            run.reused += 1
        else:
            run.left_out.append(refused[path])


def _flush(writer: TreeWriter, run: _Run) -> None:
    """Merge what is staged into one segment, in the order of the listing, and write it."""
    if not run.staged:
        return
    ordered = [arrays for _, arrays in sorted(run.staged, key=lambda item: item[0])]
    run.staged.clear()
    run.staged_bytes = 0
    if len(ordered) > 1:
        ordered = [merge_segments(ordered, [np.ones(len(arrays["doc_key"]), dtype=np.bool_) for arrays in ordered])]
    _append_segment(writer, run, ordered[0])


def _append_segment(writer: TreeWriter, run: _Run, arrays: Arrays) -> None:
    record = writer.add_segment(arrays, {"fingerprint": fingerprint()})
    opened = writer.open_segment(record)  # mapped: what was built in memory can go, or a large tree would pile it up
    run.holdings.append(opened[0] if opened else Segment(record.name, arrays), record)


def _adopt(run: _Run, intake: Intake) -> None:
    """Files that were read count as indexed when their content is; else say why not. Files stay in order."""
    refused = {item.path for item in run.left_out}
    reason_of = {intake.keys[item.path]: item for item in run.left_out if item.path in intake.keys}
    found = {**run.keys}
    for path, key in intake.keys.items():
        if key in run.holdings.where:
            found[path] = key
        elif path not in refused and key in reason_of:
            item = reason_of[key]
            run.left_out.append(LeftOut(path, item.reason, item.detail))
    run.keys = {entry.path: found[entry.path] for entry in run.listing.entries if entry.path in found}


def _compact(writer: TreeWriter, run: _Run) -> None:
    """Let go of other trees' segments that this one has nothing in, and merge what `plan_compaction` says."""
    holdings = run.holdings
    own = {record.name for record in run.previous.opened.manifest.segments} if run.previous is not None else set[str]()
    live = holdings.live(run.keys.values())
    used = [i for i, record in enumerate(holdings.records) if live[i].any() or record.name in own]
    holdings.keep(used)
    live = [live[i] for i in used]
    plan = plan_compaction(holdings.segments, live)
    if plan is None:
        return
    before = holdings.segments
    chosen = {i for group in plan.groups for i in group}
    holdings.keep([i for i in range(len(before)) if i not in chosen])
    for group in plan.groups:
        masks = [live[i] if plan.drop_dead else np.ones_like(live[i]) for i in group]
        if any(mask.any() for mask in masks):
            _append_segment(writer, run, merge_segments([before[i].arrays for i in group], masks))


def _unchanged(previous: Previous, seconds: float) -> UpdateReport:
    files = len(previous.keys)
    return UpdateReport(files, 0, files, 0, 0, previous.left_out, seconds, changed=False)


def _report(run: _Run, seconds: float) -> UpdateReport:
    before = run.previous.keys if run.previous is not None else {}
    return UpdateReport(
        files=len(run.keys),
        parsed=run.parsed,
        reused=run.reused,
        removed=sum(path not in run.keys for path in before),
        bytes_parsed=run.bytes_parsed,
        left_out=tuple(sorted((*run.listing.left_out, *run.left_out), key=lambda item: item.path)),
        seconds=seconds,
        changed=True,
    )
