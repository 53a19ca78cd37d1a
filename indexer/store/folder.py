"""The index on disk: one folder per repository family in the user's cache, changed only by atomic renames.

    <cache>/v1/roots/<tree>.json             which family a root belongs to (worktrees and clones share one)
    <cache>/v1/<family>/writer.lock          one writer at a time
    <cache>/v1/<family>/segments/<id>.seg    immutable; a segment may serve several trees
    <cache>/v1/<family>/trees/<tree>/manifest.json   names the live segments and the snapshot; the only file replaced
    <cache>/v1/<family>/trees/<tree>/<id>.arr        immutable files of that tree: snapshot, history

A reader opens the manifest and maps what it names; should a writer have replaced both in between, it starts again. A
writer syncs new files, then the manifest, then the folder, and only then removes what no manifest names any more: being
killed at any instant leaves the previous index, and at worst files that the next writer sweeps.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locant.errors import StoreBusyError, StoreCorruptError, StoreError, StoreReadOnlyError
from locant.indexer.store.arrays import FORMAT_VERSION, ArrayFile, Arrays, write_arrays
from locant.indexer.store.segment import Segment

__all__ = ["FileRecord", "Manifest", "OpenedTree", "TreeStore", "cache_folder", "stored_trees"]

CACHE_VARIABLE = "LOCANT_CACHE_DIR"

READ_ATTEMPTS = 5
"""A writer may replace the files between reading the manifest and mapping them; twice in a row is already rare."""


def cache_folder() -> Path:
    """Where indexes live: `LOCANT_CACHE_DIR`, or the platform's cache folder of the user."""
    configured = os.environ.get(CACHE_VARIABLE)
    if configured:
        return Path(configured).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("locant", appauthor=False))


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that the manifest names; `stamp` is its size, mtime and ctime when it was written."""

    name: str
    stamp: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index consists of at one moment.

    files: immutable files of the tree by role (`snapshot`, `history`).
    fingerprint: parser and grammar versions that the segments were made with.
    complete: False when indexing was cut short and part of the tree is missing.
    """

    root: str
    segments: tuple[FileRecord, ...]
    files: dict[str, FileRecord]
    fingerprint: str
    indexed_at: float
    complete: bool = True


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
        self.base = cache / f"v{FORMAT_VERSION}"
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

    def _known_family(self) -> str | None:
        try:
            name = json.loads((self.base / "roots" / f"{self._tree}.json").read_text())["family"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return name if isinstance(name, str) and name.isalnum() else None

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
            return _manifest(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"cannot read the index at {path}: {error.strerror}; check the folder's rights") from error
        except (ValueError, KeyError, TypeError) as error:
            raise StoreCorruptError(
                f"manifest {path} cannot be read ({error}); run `locant index --rebuild`"
            ) from error

    def _map(self, manifest: Manifest) -> OpenedTree:
        segments = tuple(
            Segment(record.name, _open_checked(self.family / "segments" / record.name, record).arrays)
            for record in manifest.segments
        )
        files = {role: _open_checked(self.folder / record.name, record) for role, record in manifest.files.items()}
        return OpenedTree(manifest, segments, files)

    @contextmanager
    def writing(self, timeout: float) -> Iterator[TreeWriter]:
        """Hold the family's lock.

        Raises:
            StoreBusyError: another writer did not finish within `timeout` seconds.
            StoreReadOnlyError: the cache folder cannot be written.

        """
        from filelock import FileLock, Timeout

        with translated_errors(self.base):
            for folder in (self.family / "segments", self.folder, self.base / "roots"):
                folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.family / "writer.lock", timeout=timeout)
            try:
                lock.acquire()
            except Timeout as error:
                raise StoreBusyError(
                    f"another process is indexing {self.root} and did not finish within {timeout:.0f} s; try again later"
                ) from error
            try:
                yield TreeWriter(self)
            finally:
                lock.release()

    def remember_family(self) -> None:
        """Note which family the root belongs to, so that it need not be worked out again."""
        target = self.base / "roots" / f"{self._tree}.json"
        if not target.exists():
            _replace(
                target,
                json.dumps({"family": self.family.name, "root": os.fsencode(self.root).decode("utf-8", "replace")}),
            )

    def clear(self) -> None:
        """Remove this tree's index, and the family's folder when no other tree is left in it."""
        with self.writing(timeout=60) as writer:
            shutil.rmtree(self.folder, ignore_errors=True)
            (self.base / "roots" / f"{self._tree}.json").unlink(missing_ok=True)
            writer.sweep()


class TreeWriter:
    """Writes of one holder of the lock."""

    def __init__(self, store: TreeStore) -> None:
        self._store = store

    def add_segment(self, arrays: Arrays, meta: Mapping[str, Any]) -> FileRecord:
        """Write a segment; it counts only when a manifest names it."""
        return _write(self._store.family / "segments", ".seg", arrays, meta)

    def add_file(self, arrays: Arrays, meta: Mapping[str, Any]) -> FileRecord:
        """Write a file of this tree; it counts only when a manifest names it."""
        return _write(self._store.folder, ".arr", arrays, meta)

    def known_segments(self) -> dict[str, FileRecord]:
        """Segments that any tree of the family uses, by name."""
        known: dict[str, FileRecord] = {}
        for path in sorted(self._store.family.glob("trees/*/manifest.json")):
            try:
                manifest = _manifest(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError):
                continue
            known.update({record.name: record for record in manifest.segments})
        return known

    def open_segment(self, record: FileRecord) -> tuple[Segment, dict[str, Any]] | None:
        """A segment of the family with its meta, or None when its file is gone or damaged."""
        try:
            opened = _open_checked(self._store.family / "segments" / record.name, record)
        except StoreCorruptError:
            return None
        return Segment(record.name, opened.arrays), opened.meta

    def commit(self, manifest: Manifest) -> None:
        """Make a manifest the tree's index; from the rename on, readers see it."""
        _sync_folder(self._store.family / "segments")
        _sync_folder(self._store.folder)
        _replace(self._store.folder / "manifest.json", json.dumps(_manifest_json(manifest)))
        self._store.remember_family()
        self.sweep()

    def sweep(self) -> None:
        """Remove files that no manifest names, such as those of a killed writer."""
        known = set(self.known_segments())
        for path in (self._store.family / "segments").glob("*"):
            if path.name not in known:
                _remove(path)
        manifest = self._store.manifest() if (self._store.folder / "manifest.json").exists() else None
        named = {"manifest.json", *(record.name for record in (manifest.files.values() if manifest else ()))}
        for path in self._store.folder.glob("*"):
            if path.name not in named:
                _remove(path)


def stored_trees(cache: Path) -> list[tuple[Path, str]]:
    """Family folder and root of every index in a cache folder, of this format version or an older one."""
    found = []
    for path in sorted(cache.glob("v*/roots/*.json")):
        try:
            entry = json.loads(path.read_text())
            found.append((path.parent.parent / str(entry["family"]), str(entry["root"])))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


@contextmanager
def translated_errors(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into errors that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreReadOnlyError(
                f"no space left for the index in {folder}; free some, or set {CACHE_VARIABLE} to another folder"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise StoreReadOnlyError(
                f"the index folder {folder} cannot be written ({error.strerror}); set {CACHE_VARIABLE} to a folder that can"
            ) from error
        raise


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _open_checked(path: Path, record: FileRecord) -> ArrayFile:
    """Map a file; its checksum is compared only when its stamp is not the one it was written with.

    Any write to the file changes its ctime, so bytes cannot change unseen, and a warm query does not read them all.
    """
    try:
        untouched = _stamp(path) == record.stamp
    except OSError:
        untouched = False
    return ArrayFile.open(path, verify=not untouched)


def _write(folder: Path, suffix: str, arrays: Arrays, meta: Mapping[str, Any]) -> FileRecord:
    path = folder / f"{secrets.token_hex(8)}{suffix}"
    temporary = path.with_suffix(".tmp")
    write_arrays(temporary, arrays, meta)
    temporary.rename(path)
    return FileRecord(path.name, _stamp(path))


def _replace(target: Path, text: str) -> None:
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    with temporary.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except FileNotFoundError:
        pass
    except OSError:
        if not path.is_dir():
            raise


def _manifest(data: dict[str, Any]) -> Manifest:
    if data["version"] != FORMAT_VERSION:
        raise ValueError(f"format version {data['version']}, not {FORMAT_VERSION}")
    return Manifest(
        root=data["root"],
        segments=tuple(_record(item) for item in data["segments"]),
        files={role: _record(item) for role, item in data["files"].items()},
        fingerprint=str(data["fingerprint"]),
        indexed_at=float(data["indexed_at"]),
        complete=bool(data["complete"]),
    )


def _record(item: list[Any]) -> FileRecord:
    name, size, mtime, ctime = item
    if not isinstance(name, str) or "/" in name or "\\" in name or name.startswith("."):
        raise ValueError(f"file name {name!r}")
    return FileRecord(name, (int(size), int(mtime), int(ctime)))


def _manifest_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "version": FORMAT_VERSION,
        "root": manifest.root,
        "segments": [[record.name, *record.stamp] for record in manifest.segments],
        "files": {role: [record.name, *record.stamp] for role, record in manifest.files.items()},
        "fingerprint": manifest.fingerprint,
        "indexed_at": manifest.indexed_at,
        "complete": manifest.complete,
    }
