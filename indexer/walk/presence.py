"""Is it there? Unlike the methods of Path, a folder that may not be entered or a path too long answers no."""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["exists", "is_file", "is_folder"]


def exists(path: Path | str) -> bool:
    """Whether anything that can be reached stands at the path."""
    return _mode(path) is not None


def is_file(path: Path | str) -> bool:
    """Whether a regular file stands there, also through links."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def is_folder(path: Path | str) -> bool:
    """Whether a folder stands there, also through links."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def _mode(path: Path | str) -> int | None:
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - for plain strings too
    except (OSError, ValueError):
        return None
