"""Writing files so that being killed, or running out of space, at any instant leaves the old ones whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from locant.errors import StoreReadOnlyError
from locant.indexer.store.arrays import ArrayFile, Arrays, write_arrays
from locant.indexer.store.manifest import FileRecord

__all__ = ["CACHE_VARIABLE", "open_checked", "remove", "replace_text", "sync_folder", "translated_errors", "write_new"]

CACHE_VARIABLE = "LOCANT_CACHE_DIR"

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def translated_errors(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write into errors that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise StoreReadOnlyError(
                f"no space left for the index in {folder} ({error.strerror}); free some, "
                f"or set {CACHE_VARIABLE} to another folder"
            ) from error
        raise StoreReadOnlyError(
            f"the index folder {folder} cannot be written ({error.strerror or error}); "
            f"set {CACHE_VARIABLE} to a folder that can"
        ) from error


def write_new(folder: Path, suffix: str, arrays: Arrays, meta: Mapping[str, Any]) -> FileRecord:
    """Write an array file under a new name, complete or not at all."""
    path = folder / f"{secrets.token_hex(8)}{suffix}"
    temporary = path.with_suffix(".tmp")
    try:
        write_arrays(temporary, arrays, meta)
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return FileRecord(path.name, _stamp(path))


def replace_text(target: Path, text: str) -> None:
    """Replace a file in one step, and see to it that the step is on disk."""
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def open_checked(path: Path, record: FileRecord) -> ArrayFile:
    """Map a file; the checksum of its arrays is compared only when its stamp is not the one it was written with.

    Any write to the file changes its ctime, so bytes cannot change unseen, and a warm query does not read them all.
    """
    try:
        untouched = _stamp(path) == record.stamp
    except OSError:
        untouched = False
    return ArrayFile.open(path, verify=not untouched)


def sync_folder(folder: Path) -> None:
    """Write a folder's names to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file that nothing names any more; a folder, which no writer makes here, stays."""
    if not path.is_dir():
        path.unlink(missing_ok=True)


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
