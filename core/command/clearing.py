"""Removing every stored index, each under its writer's lock, and nothing else that the cache folder may hold."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from locant.errors import StoreBusyError
from locant.indexer.store.folder import translated_errors

__all__ = ["remove_all"]

LOCK_SECONDS = 10.0
"""A writer that is at work longer is not waited for: the user is told."""

_VERSION = re.compile(r"v\d+")
_FAMILY = re.compile(r"[0-9a-f]{24}")


def remove_all(cache: Path) -> None:
    """Remove the indexes of all format versions; StoreBusyError when one of them is being written."""
    if not cache.is_dir():
        return
    with translated_errors(cache):
        for version in sorted(cache.iterdir()):
            if _VERSION.fullmatch(version.name) and version.is_dir():
                _remove_version(version)


def _remove_version(version: Path) -> None:
    for family in sorted(version.iterdir()):
        if _FAMILY.fullmatch(family.name):
            _remove_family(family)
    shutil.rmtree(version / "roots", ignore_errors=True)
    (version / ".gitignore").unlink(missing_ok=True)  # ours, as long as nothing else is there to hide
    if not any(version.iterdir()):
        version.rmdir()


def _remove_family(family: Path) -> None:
    from filelock import FileLock, Timeout

    try:
        with FileLock(family / "writer.lock", timeout=LOCK_SECONDS):
            shutil.rmtree(family)
    except Timeout as error:
        raise StoreBusyError(f"the index in {family} is being written; try again when that is done") from error
