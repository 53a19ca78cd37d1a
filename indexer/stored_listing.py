"""A tree listing as arrays of the snapshot file, and back."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any

import numpy as np

from locant.indexer.store.arrays import Arrays
from locant.indexer.store.folder import OpenedTree
from locant.indexer.walk.records import Entry, Signature, TreeListing, WalkOptions, WatchedFile, WatchedFolder
from locant.types import LeftOut

__all__ = ["listing_arrays", "listing_from", "listing_meta", "stored_listing"]

RACY, FORCED = 1, 2


def listing_arrays(listing: TreeListing) -> Arrays:
    """Entries and watched folders as columns."""
    signatures = [entry.signature for entry in listing.entries]
    flags = [entry.racy * RACY | entry.forced * FORCED for entry in listing.entries]
    return {
        "entry_paths": _join([entry.path for entry in listing.entries]),
        "entry_size": np.array([s.size for s in signatures], dtype=np.int64),
        "entry_mtime": np.array([s.mtime_ns for s in signatures], dtype=np.int64),
        "entry_ctime": np.array([s.ctime_ns for s in signatures], dtype=np.int64),
        "entry_inode": np.array([s.inode for s in signatures], dtype=np.uint64),
        "entry_flags": np.array(flags, dtype=np.uint8),
        "folder_paths": _join([folder.path for folder in listing.folders]),
        "folder_mtime": np.array([folder.mtime_ns for folder in listing.folders], dtype=np.int64),
    }


def listing_meta(listing: TreeListing) -> dict[str, Any]:
    """What is not columns, as JSON."""
    return {
        "root": listing.root,
        "controls": [[file.path, file.size, file.mtime_ns, file.inode] for file in listing.controls],
        "is_git": listing.is_git,
        "head": listing.head,
        "options": asdict(listing.options),
        "notes": list(listing.notes),
        "listed_out": [[item.path, item.reason, item.detail] for item in listing.left_out],
    }


def listing_from(arrays: Arrays, meta: dict[str, Any]) -> TreeListing:
    """The listing that was stored."""
    columns = [arrays[f"entry_{name}"].tolist() for name in ("size", "mtime", "ctime", "inode", "flags")]
    entries = tuple(
        Entry(path, Signature(size, mtime, ctime, inode), bool(flags & RACY), bool(flags & FORCED))
        for path, size, mtime, ctime, inode, flags in zip(_split(arrays["entry_paths"]), *columns, strict=True)
    )
    folders = zip(_split(arrays["folder_paths"]), arrays["folder_mtime"].tolist(), strict=True)
    return TreeListing(
        root=meta["root"],
        entries=entries,
        left_out=tuple(LeftOut(*item) for item in meta["listed_out"]),
        folders=tuple(WatchedFolder(path, mtime) for path, mtime in folders),
        controls=tuple(WatchedFile(*item) for item in meta["controls"]),
        is_git=meta["is_git"],
        head=meta["head"],
        options=WalkOptions(**meta["options"]),
        notes=tuple(meta["notes"]),
    )


def _join(paths: list[str]) -> np.ndarray:
    """Paths ended (not joined) by NUL, so that one empty path differs from none."""
    return np.frombuffer(os.fsencode("".join(f"{path}\0" for path in paths)), dtype=np.uint8)


def _split(blob: np.ndarray) -> list[str]:
    return os.fsdecode(blob.tobytes()).split("\0")[:-1]


def stored_listing(opened: OpenedTree) -> TreeListing:
    """The listing that an index was made from."""
    snapshot = opened.files["snapshot"]
    return listing_from(snapshot.arrays, snapshot.meta)
