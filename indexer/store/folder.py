"""The index on disk: one folder per repository family in the user's cache, changed only by atomic renames.

    <cache>/v3/roots/<tree>.json             which family a root belongs to (worktrees and clones share one)
    <cache>/v3/<family>/writer.lock          one writer at a time
    <cache>/v3/<family>/segments/<id>.seg    immutable; a segment may serve several trees
    <cache>/v3/<family>/trees/<tree>/manifest.json   names the live segments and the snapshot; the only file replaced
    <cache>/v3/<family>/trees/<tree>/<id>.arr        immutable files of that tree: snapshot, history

A reader opens the manifest and maps what it names; should a writer have replaced both in between, it starts again. A
writer syncs new files, then the manifest, then the folder, and only then removes what no manifest names any more: being
killed at any instant leaves the previous index, and at worst files that the next writer sweeps.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locant.errors import StoreBusyError, StoreCorruptError, StoreError
from locant.indexer.store.arrays import ArrayFile, Arrays
from locant.indexer.store.files import (
    CACHE_VARIABLE,
    open_checked,
    remove,
    replace_text,
    sync_folder,
    translated_errors,
    write_new,
)
from locant.indexer.store.layout import INDEX_VERSION
from locant.indexer.store.manifest import FileRecord, Manifest, decode_manifest, encode_manifest
from locant.indexer.store.segment import Segment

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = [
    "FileRecord",
    "Manifest",
    "OpenedTree",
    "TreeStore",
    "TreeWriter",
    "cache_folder",
    "stored_trees",
    "translated_errors",
]

READ_ATTEMPTS = 20
"""A writer may replace the files between reading the manifest and mapping them; twice in a row is already rare."""

CLEAR_SECONDS = 60.0
"""How long a writer at work is waited for before its index can be removed."""

_DIGEST = re.compile(r"[0-9a-f]{24}")


def cache_folder() -> Path:
    """Where indexes live: `LOCANT_CACHE_DIR`, or the platform's cache folder of the user."""
    configured = os.environ.get(CACHE_VARIABLE)
    if configured:
        return Path(configured).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("locant", appauthor=False))


@dataclass(frozen=True, slots=True)
class OpenedTree:
    """A manifest with everything it names mapped."""

    manifest: Manifest
    segments: tuple[Segment, ...]
    files: dict[str, ArrayFile]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(record.stamp[0] for record in (*self.manifest.segments, *self.manifest.files.values()))


class TreeStore:
    """The stored index of one root folder.

    Args:
        root: the tree, resolved.
        cache: the cache folder.
        identify: yields the family key; called once per root, as it may have to walk the history.

    """

    def __init__(self, root: Path, cache: Path, identify: Callable[[Path], str]) -> None:
        self.root = root
        self.base = cache / f"v{INDEX_VERSION}"
        self._tree = _digest(os.fsencode(root))
        self._identify = identify
        self._family: str | None = None

    @property
    def family(self) -> Path:
        """Folder that all worktrees and clones of the repository share."""
        if self._family is None:
            self._family = self._known_family() or _digest(self._identify(self.root).encode())
        return self.base / self._family

    @property
    def folder(self) -> Path:
        """Folder of this tree's manifest."""
        return self.family / "trees" / self._tree

    @property
    def root_file(self) -> Path:
        """File that says which family the root belongs to."""
        return self.base / "roots" / f"{self._tree}.json"

    def _known_family(self) -> str | None:
        """What the root file says, unless it is damaged: then the family is worked out again."""
        try:
            name = json.loads(self.root_file.read_text())["family"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        if not isinstance(name, str) or not _DIGEST.fullmatch(name):
            return None
        return name if (self.base / name / "trees" / self._tree).is_dir() else None

    def open(self) -> OpenedTree | None:
        """Map the index as it is now; None when there is none.

        Raises:
            StoreCorruptError: files are missing, cut short, of another version, or their bytes changed.

        """
        for attempt in range(READ_ATTEMPTS):
            manifest = self.manifest()
            if manifest is None:
                return None
            try:
                return self._map(manifest)
            except StoreCorruptError:
                if attempt == READ_ATTEMPTS - 1 or self.manifest() == manifest:
                    raise
        return None

    def manifest(self) -> Manifest | None:
        """The manifest as it is now; None when there is none."""
        path = self.folder / "manifest.json"
        try:
            return decode_manifest(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreError(f"cannot read the index at {path}: {error.strerror}; check the folder's rights") from error
        except ValueError as error:
            raise StoreCorruptError(f"manifest {path} is damaged: {error}; run `locant index --rebuild`") from error

    def _map(self, manifest: Manifest) -> OpenedTree:
        segments = tuple(
            Segment(record.name, open_checked(self.family / "segments" / record.name, record).arrays)
            for record in manifest.segments
        )
        files = {role: open_checked(self.folder / record.name, record) for role, record in manifest.files.items()}
        return OpenedTree(manifest, segments, files)

    @contextmanager
    def writing(self, timeout: float) -> Iterator[TreeWriter]:
        """Hold the family's lock.

        Raises:
            StoreBusyError: another writer did not finish within `timeout` seconds.
            StoreReadOnlyError: the cache folder cannot be written.

        """
        with translated_errors(self.base):
            lock = self._lock(timeout)
        try:
            yield TreeWriter(self)
        finally:
            lock.release()

    def _lock(self, timeout: float) -> BaseFileLock:
        from filelock import FileLock, Timeout

        deadline = time.monotonic() + timeout
        path = self.family / "writer.lock"
        while True:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path)
            try:
                lock.acquire(timeout=max(0.0, deadline - time.monotonic()))
            except Timeout as error:
                raise StoreBusyError(
                    f"another process is indexing {self.root} and did not finish within {timeout:.0f} s; "
                    "try again later"
                ) from error
            if path.exists():  # not so when the holder before us removed the family, and this lock with it
                break
            lock.release()
        for folder in (self.family / "segments", self.folder, self.root_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        _hide(self.base)
        return lock

    def clear(self) -> None:
        """Remove this tree's index, and the family's folder when no other tree is left in it."""
        with self.writing(CLEAR_SECONDS) as writer:
            writer.clear()
        self._family = None


def _hide(base: Path) -> None:
    """Keep indexes out of git and of our own walk, should somebody put the cache inside a tree that is indexed."""
    ignore = base / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")


class TreeWriter:
    """Writes of one holder of the lock. Each raises StoreReadOnlyError when folder or disk do not allow it."""

    def __init__(self, store: TreeStore) -> None:
        self._store = store
        self._segments = store.family / "segments"

    def add_segment(self, arrays: Arrays, meta: Mapping[str, Any]) -> FileRecord:
        """Write a segment; it counts only when a manifest names it."""
        with translated_errors(self._store.base):
            return write_new(self._segments, ".seg", arrays, meta)

    def add_file(self, arrays: Arrays, meta: Mapping[str, Any]) -> FileRecord:
        """Write a file of this tree; it counts only when a manifest names it."""
        with translated_errors(self._store.base):
            return write_new(self._store.folder, ".arr", arrays, meta)

    def known_segments(self) -> dict[str, FileRecord]:
        """Segments that any tree of the family uses, by name."""
        manifests = self._manifests().values()
        return {record.name: record for manifest in manifests if manifest for record in manifest.segments}

    def open_segment(self, record: FileRecord) -> tuple[Segment, dict[str, Any]] | None:
        """A segment of the family with its meta, or None when its file is gone or damaged."""
        try:
            opened = open_checked(self._segments / record.name, record)
        except StoreCorruptError:
            return None
        return Segment(record.name, opened.arrays), opened.meta

    def commit(self, manifest: Manifest) -> None:
        """Make a manifest the tree's index; from the rename on, readers see it."""
        store = self._store
        with translated_errors(store.base):
            sync_folder(self._segments)
            replace_text(store.folder / "manifest.json", encode_manifest(manifest))
            if not store.root_file.exists():
                root = os.fsencode(store.root).decode("utf-8", "replace")
                replace_text(store.root_file, json.dumps({"family": store.family.name, "root": root}))
            self.sweep()

    def clear(self) -> None:
        """Remove the tree's index, and the family with it when it was the last."""
        store = self._store
        with translated_errors(store.base):
            shutil.rmtree(store.folder)
            store.root_file.unlink(missing_ok=True)
            self.sweep()
            if not any((store.family / "trees").iterdir()):
                shutil.rmtree(store.family)

    def sweep(self) -> None:
        """Remove files that no manifest names, such as those of a killed writer, in every tree of the family."""
        manifests = self._manifests()
        used = {record.name for manifest in manifests.values() if manifest for record in manifest.segments}
        for path in self._segments.glob("*"):
            if path.name not in used:
                remove(path)
        for folder, manifest in manifests.items():
            named = {"manifest.json", *(record.name for record in (manifest.files.values() if manifest else ()))}
            for path in folder.glob("*"):
                if path.name not in named:
                    remove(path)
            with suppress(OSError):  # it holds something
                folder.rmdir()
        for path in self._store.root_file.parent.glob(f"{self._store.root_file.name}.*.tmp"):
            remove(path)

    def _manifests(self) -> dict[Path, Manifest | None]:
        """Manifest of each tree of the family by its folder; None where there is none, or a damaged one."""
        return {folder: _manifest_in(folder) for folder in sorted((self._store.family / "trees").glob("*"))}


def stored_trees(cache: Path) -> list[tuple[Path, str]]:
    """Family folder and root of every index in a cache folder, of this format version or an older one."""
    found = (_root_entry(path) for path in sorted(cache.glob("v*/roots/*.json")))
    return [entry for entry in found if entry is not None]


def _root_entry(path: Path) -> tuple[Path, str] | None:
    try:
        entry = json.loads(path.read_text())
        return path.parent.parent / str(entry["family"]), str(entry["root"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _manifest_in(folder: Path) -> Manifest | None:
    try:
        return decode_manifest((folder / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
