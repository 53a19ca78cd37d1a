"""Reading and replacing configuration files: whole or not at all, with their links, permissions and owner kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from locant.errors import ConfigurationError

__all__ = ["read_bytes", "remove_file", "remove_folders", "replace_bytes", "write_private"]

PRIVATE = 0o600
"""Configurations hold keys: a file that nobody had before is its owner's alone."""


def read_bytes(path: Path) -> bytes | None:
    """The bytes of a file, None when there is none (a link to nothing counts as none).

    Raises:
        ConfigurationError: it is something else than a file, or may not be read.

    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}); it is left alone") from error


def replace_bytes(path: Path, data: bytes, mode: int = 0o644) -> tuple[str, ...]:
    """Write a file by one rename; through links, with the old file's permissions (`mode` when it is new).

    Returns:
        The folders that had to be made, outermost first.

    Raises:
        ConfigurationError: the file or its folder may not be written.

    """
    target = Path(os.path.realpath(path))
    try:
        made = _make_folders(target.parent)
        old = target.stat() if target.exists() else None
        if old and not os.access(target, os.W_OK):
            raise PermissionError(13, "it is read-only")
        _write_beside(target, data, old.st_mode & 0o7777 if old else mode, old)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); change its permissions") from error
    return made


def _make_folders(folder: Path) -> tuple[str, ...]:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return tuple(str(one) for one in reversed(missing))


def _write_beside(target: Path, data: bytes, mode: int, old: os.stat_result | None) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if old and hasattr(os, "chown") and (old.st_uid, old.st_gid) != (os.getuid(), os.getgid()):
            os.chown(name, old.st_uid, old.st_gid)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_private(path: Path, data: bytes) -> None:
    """Write a file of the installer's own."""
    replace_bytes(path, data, PRIVATE)


def remove_file(path: Path) -> None:
    """Remove a file that the installer made; ConfigurationError when that is not allowed."""
    try:
        Path(os.path.realpath(path)).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be removed ({error.strerror}); change its permissions") from error


def remove_folders(folders: Iterable[str]) -> None:
    """Remove folders that the installer made, as far as they are empty by now."""
    for folder in sorted(set(folders), key=len, reverse=True):  # inner ones first
        with suppress(OSError):
            Path(folder).rmdir()
