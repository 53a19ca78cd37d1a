"""Reading one listed file without being led elsewhere.

Between listing and reading a file may vanish, become a pipe, or have a parent folder replaced by a link out of the
root. So every folder on the way is opened relative to the one above, never through a link, and the open file is
checked before the first byte is read.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from locant.indexer.walk import reasons
from locant.indexer.walk.collector import FORCED_MAX_BYTES, is_racy, signature_of
from locant.indexer.walk.records import Entry, Signature, WalkOptions
from locant.types import LeftOut

__all__ = ["read_file", "settled_signature"]

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FILE_FLAGS = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER_FLAGS = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY_FLAG = getattr(os, "O_BINARY", 0)
_HAS_RELATIVE_OPEN = os.open in os.supports_dir_fd

_REASON_OF_ERRNO = {
    errno.ENOENT: reasons.VANISHED,
    errno.ENOTDIR: reasons.VANISHED,
    errno.ESTALE: reasons.VANISHED,
    errno.ELOOP: reasons.SYMLINK,
    errno.ENXIO: reasons.SPECIAL_FILE,
    errno.ENAMETOOLONG: reasons.BAD_NAME,
}


def read_file(root: Path | str, entry: Entry | str, options: WalkOptions | None = None) -> bytes | LeftOut:
    """All bytes of a listed file, or why they cannot be had."""
    entry_limit = (options or WalkOptions()).max_file_bytes
    path = entry if isinstance(entry, str) else entry.path
    if not isinstance(entry, str) and entry.forced:
        entry_limit = max(entry_limit, FORCED_MAX_BYTES)
    if path.startswith("/") or ".." in path.split("/"):
        return LeftOut(path, reasons.UNREADABLE, "the path leads out of the folder")
    try:
        descriptor = _open_below(str(root), path)
    except OSError as error:
        return LeftOut(path, _REASON_OF_ERRNO.get(error.errno or 0, reasons.UNREADABLE), str(error.strerror))
    except ValueError as error:
        return LeftOut(path, reasons.BAD_NAME, str(error))
    try:
        return _read_open(descriptor, path, entry_limit)
    except OSError as error:
        return LeftOut(path, reasons.UNREADABLE, str(error.strerror))
    finally:
        os.close(descriptor)


def settled_signature(root: Path | str, path: str) -> Signature | None:
    """Signature of a regular file that any later write would change; None for another, reached as `read_file` does."""
    now = time.time_ns()
    try:
        descriptor = _open_below(str(root), path)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    is_settled = not is_racy(max(status.st_mtime_ns, status.st_ctime_ns), now)
    return signature_of(status) if stat.S_ISREG(status.st_mode) and is_settled else None


def _open_below(root: str, path: str) -> int:
    """Open a file under the root without passing through any link."""
    if not _HAS_RELATIVE_OPEN:
        return _open_checked(Path(root), path)
    *folders, name = path.split("/")
    folder = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        for part in folders:
            inner = os.open(part, _FOLDER_FLAGS, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name, _FILE_FLAGS, dir_fd=folder)
    finally:
        os.close(folder)


def _open_checked(root: Path, path: str) -> int:
    """Open where the system has no relative open (Windows): resolve first, refuse what leaves the root."""
    target = (root / path).resolve(strict=True)
    if not target.is_relative_to(root.resolve()):
        raise OSError(errno.ELOOP, "the path leads out of the folder")
    return os.open(target, _FILE_FLAGS | _BINARY_FLAG)


def _read_open(descriptor: int, path: str, limit: int) -> bytes | LeftOut:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return LeftOut(path, reasons.SPECIAL_FILE, "it became a pipe, socket, device or folder")
    if status.st_size > limit:
        return LeftOut(path, reasons.OVERSIZED, f"{status.st_size:,} bytes, the limit is {limit:,}")
    parts: list[bytes] = []
    left = limit + 1
    while left > 0:
        part = os.read(descriptor, min(left, max(status.st_size + 1, 65_536)))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    if left <= 0:
        return LeftOut(path, reasons.OVERSIZED, f"it grew beyond the limit of {limit:,} bytes")
    return parts[0] if len(parts) == 1 else b"".join(parts)
