"""What walking yields: plain frozen records, so that a listing can be stored as arrays and rebuilt.

Paths are POSIX, relative to the root, and `str` through `os.fsdecode`: a name that is not UTF-8 keeps its bytes as
surrogates, opens as it is, and is shown through `display_path`.
"""

from __future__ import annotations

from dataclasses import dataclass

from locant.types import LeftOut

__all__ = [
    "Changes",
    "Content",
    "Entry",
    "Plan",
    "PlannedFile",
    "Signature",
    "TreeListing",
    "WalkOptions",
    "WatchedFile",
    "WatchedFolder",
]

DEFAULT_MAX_FILE_BYTES = 1_000_000
"""Hand-written source is far below; above are data dumps, bundles and amalgamations."""


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """What a user may change about which files are indexed."""

    max_file_bytes: int = DEFAULT_MAX_FILE_BYTES
    include_generated: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What `lstat` says about a file; equal signatures mean equal content unless the entry is racy."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be indexed.

    racy: it was written so shortly before it was looked at that a later write may leave the same signature;
        the next check reports it as `suspect`, to be compared by content.
    forced: a `!` rule of .locantignore asked for it, so name, size and generated heuristics do not apply.
    """

    path: str
    signature: Signature
    racy: bool = False
    forced: bool = False


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder where a file that is to be indexed may appear; `mtime_ns` is -1 when it has to be looked at again."""

    path: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file that decides what is listed (ignore rules, git's index); absolute path, zeros when it is absent."""

    path: str
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class TreeListing:
    """All candidates under a root, by name, type and size only; entries are sorted by path."""

    root: str
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    folders: tuple[WatchedFolder, ...]
    controls: tuple[WatchedFile, ...]
    is_git: bool
    head: str | None
    options: WalkOptions
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Difference between a stored listing and the tree now.

    suspect: paths whose signature is the same but was racy: compare their content.
    listing: the tree now; identical to the stored one when `anything` is false.
    """

    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    suspect: tuple[str, ...]
    listing: TreeListing

    @property
    def anything(self) -> bool:
        """Whether any file has to be read again or forgotten."""
        return bool(self.changed or self.added or self.removed or self.suspect)


@dataclass(frozen=True, slots=True)
class Content:
    """Text of a file as it is indexed: UTF-8, no byte order mark, LF line ends, secrets masked.

    encoding: what it was on disk, as Python names it.
    masked_lines: 1-based lines where a secret was replaced by asterisks.
    """

    text_utf8: bytes
    encoding: str
    notes: tuple[str, ...] = ()
    masked_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that an index run would read."""

    path: str
    size: int
    language: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an index run would do, for `--dry-run`; sizes in bytes, time in seconds."""

    root: str
    files: tuple[PlannedFile, ...]
    left_out: tuple[LeftOut, ...]
    total_bytes: int
    languages: dict[str, int]
    estimated_seconds: float
    notes: tuple[str, ...] = ()
