"""The check before every answer: has anything changed since the listing was made?

One `lstat` per file and one `stat` per folder and control file; no subprocess, no content. Only when a folder, an
ignore file or git's index moved is the tree listed again. Time stamps are trusted when they are older than the
file system's clock tick; younger ones are looked at again next time (`racy`), as git does with its index.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace

from locant.indexer.walk.collector import is_racy, signature_of, watch_file
from locant.indexer.walk.layout import head_commit
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.records import Changes, Entry, TreeListing

__all__ = ["check_tree", "compare_listings"]


def check_tree(listing: TreeListing) -> Changes:
    """Compare a stored listing with the tree as it is now.

    `Changes.listing` is the very object that was given when there is nothing new to store.
    """
    updated = None if _has_moved(listing) else _look_at_entries(listing)
    if updated is None:
        return compare_listings(listing, list_tree(listing.root, listing.options))
    head = head_commit(listing.root) if listing.is_git else None
    if not updated and head == listing.head:
        return Changes((), (), (), (), listing)
    entries = tuple(updated.get(entry.path, entry) for entry in listing.entries) if updated else listing.entries
    return compare_listings(listing, replace(listing, entries=entries, head=head))


def compare_listings(old: TreeListing, new: TreeListing) -> Changes:
    """Which paths have to be read again, are new, or are gone."""
    before = {entry.path: entry for entry in old.entries}
    changed: list[str] = []
    added: list[str] = []
    suspect: list[str] = []
    for entry in new.entries:
        known = before.pop(entry.path, None)
        if known is entry and not entry.racy:
            continue
        if known is None:
            added.append(entry.path)
        elif known.signature != entry.signature or known.forced != entry.forced:
            changed.append(entry.path)
        elif known.racy:
            suspect.append(entry.path)
    return Changes(tuple(changed), tuple(added), tuple(before), tuple(suspect), new)


def _has_moved(listing: TreeListing) -> bool:
    """Whether files may have come, gone, or changed sides of an ignore rule."""
    if any(watch_file(control.path) != control for control in listing.controls):
        return True
    base = f"{listing.root}/"
    try:
        return any(os.stat(base + folder.path).st_mtime_ns != folder.mtime_ns for folder in listing.folders)  # noqa: PTH116
    except OSError:
        return True


def _look_at_entries(listing: TreeListing) -> dict[str, Entry] | None:
    """Entries that are not as stored, or None when one has to be judged anew (gone, or grown over the limit)."""
    now = time.time_ns()
    base = f"{listing.root}/"
    limit = listing.options.max_file_bytes
    lstat = os.lstat
    updated: dict[str, Entry] = {}
    for entry in listing.entries:
        known = entry.signature
        try:
            status = lstat(base + entry.path)
        except OSError:
            return None
        if (
            status.st_mtime_ns == known.mtime_ns
            and status.st_size == known.size
            and status.st_ctime_ns == known.ctime_ns
            and status.st_ino == known.inode
            and not entry.racy
        ):
            continue
        if status.st_size > limit:
            return None
        racy = is_racy(max(status.st_mtime_ns, status.st_ctime_ns), now)
        updated[entry.path] = replace(entry, signature=signature_of(status), racy=racy)
    return updated
