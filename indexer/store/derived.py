"""What follows from an index and is dear to work out, kept beside its snapshot for the next process.

Such a file bears the name of the snapshot, which is never changed; the next writer sweeps both away. Nothing depends on
it: a damaged one is made again, and a folder that cannot be written only costs time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from locant.errors import StoreCorruptError
from locant.indexer.store.arrays import ArrayFile, Arrays, write_arrays

__all__ = ["KEPT_ROWS", "derived_arrays"]

KEPT_ROWS = 200_000
"""Of the longest array, from which on it is stored: what is smaller is made in less time than a file is worth."""


def derived_arrays(snapshot: Path, kind: str, make: Callable[[], Arrays], kept_rows: int = KEPT_ROWS) -> Arrays:
    """Arrays from disk, or made now, and then stored if they are long.

    Args:
        snapshot: file of the snapshot from which they follow.
        kind: what they are, with a number that is raised when their meaning changes.
        make: works them out.
        kept_rows: length of an array that is worth a file.

    """
    path = snapshot.with_name(f"{snapshot.stem}.{kind}")
    found = _load(path)
    if found is None:
        found = make()
        if max(map(len, found.values()), default=0) >= kept_rows:
            _store(found, path)
    return found


def _load(path: Path) -> Arrays | None:
    if not path.exists():
        return None
    try:
        return ArrayFile.open(path, verify=True).arrays
    except StoreCorruptError:
        return None


def _store(arrays: Arrays, path: Path) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        write_arrays(temporary, arrays, {})
        temporary.replace(path)
        return
    with suppress(OSError):
        temporary.unlink(missing_ok=True)
