"""Reads and parses the files of a tree once per content, however many instances and systems ask.

Content is addressed by git's blob id, so the next commit of the same repository costs only what changed.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from locant.eval.errors import MirrorError
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import ParsedFile

__all__ = ["BlobCache", "list_blobs", "read_bytes", "read_text"]

Derived = TypeVar("Derived")

MAX_BYTES = 2_000_000
"""Larger source files are generated; every baseline skips them, and no public row has gold there."""

REGULAR = ("100644", "100755")
"""Modes of plain files: links and submodules are no candidates (a link may point out of the tree)."""


class BlobCache:
    """Derived values (terms, definitions, word counts) by kind and blob id."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], object] = {}

    def get(self, kind: str, blob: str, derive: Callable[[], Derived]) -> Derived:
        """The value of this kind for a blob, derived on first use; a kind always has one type."""
        key = (kind, blob)
        if key not in self._values:
            self._values[key] = derive()
        return self._values[key]  # type: ignore[return-value]

    def parsed(self, tree: Path, path: str, blob: str) -> ParsedFile:
        """Syntax of one file of a tree."""
        return self.get("parsed", f"{blob}{Path(path).suffix}", partial(_parse, tree, path))


def _parse(tree: Path, path: str) -> ParsedFile:
    return parse_file(path, read_bytes(tree, path))


def read_bytes(tree: Path, path: str) -> bytes:
    """Bytes of a file; empty when it is gone, is no plain file, or is too large to be source."""
    file = tree / path
    try:
        if file.is_symlink() or file.stat().st_size > MAX_BYTES:
            return b""
        return file.read_bytes()
    except OSError:
        return b""


def read_text(tree: Path, path: str) -> str:
    """Text of a file, with undecodable bytes replaced."""
    return read_bytes(tree, path).decode("utf-8", "replace")


def list_blobs(tree: Path, commit: str = "HEAD") -> dict[str, str]:
    """Path -> blob id of every plain file that a commit holds."""
    command = ["git", "-C", str(tree), "ls-tree", "-r", "-z", "--full-tree", commit]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip()
        raise MirrorError(f"git cannot list the files of {tree}: {message}. Give a working tree with a commit.")
    blobs: dict[str, str] = {}
    for row in done.stdout.decode("utf-8", "surrogateescape").split("\0"):
        mode, _, rest = row.partition(" ")
        if mode in REGULAR:
            described, _, path = rest.partition("\t")
            blobs[path] = described.split(" ")[1]
    return blobs
