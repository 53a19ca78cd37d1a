"""Paths as agents write them: relative, absolute, with `..`; and the sentence for each that leads out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from locant.agent_tools.text import one_line
from locant.errors import QueryError
from locant.indexer.walk.presence import is_folder

if TYPE_CHECKING:
    from locant.agent_tools.calling.plain import PlainIndex
    from locant.facade import Index

__all__ = ["inside", "refuse_unfit"]

LONGEST = 4_096
"""Characters of a path that any system takes."""


def inside(index: Index | PlainIndex, path: str) -> str:
    """The path relative to the repository, as the index names it.

    Raises:
        QueryError: it is empty, leads outside the repository, or is a folder.

    """
    refuse_unfit(path)
    root = index.root
    full = Path(os.path.normpath(root / path))
    if not full.is_relative_to(root):
        full = Path(os.path.realpath(full.parent)) / full.name  # the root may have been named through a link
    if not full.is_relative_to(root):
        raise QueryError(
            f"{one_line(path)!r} is outside the repository {one_line(str(root))}; give a path in it, as 'src/app.py'"
        )
    real = Path(os.path.realpath(full))
    if not real.is_relative_to(root):
        raise QueryError(f"{one_line(path)!r} is a link that leads outside the repository; only files in it are shown")
    relative = real.relative_to(root).as_posix()
    if is_folder(real):
        raise QueryError(f"{one_line(path)!r} is a folder; give a file, or list it with find_file '{relative}/**'")
    return relative


def refuse_unfit(path: str) -> None:
    """Raises QueryError for what no system takes as a path."""
    if not path.strip() or "\0" in path or len(path) > LONGEST:
        raise QueryError(f"{one_line(path[:80])!r} is no path; give one in the repository, as 'src/app.py'")
