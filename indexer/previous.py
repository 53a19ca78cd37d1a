"""The index as the last update left it: what an update may take over of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from locant.indexer.assemble import Before
from locant.indexer.holdings import KeyTable
from locant.indexer.intake import DocKey
from locant.indexer.snapshot import NO_DOC, Snapshot
from locant.indexer.store.folder import OpenedTree
from locant.indexer.stored_listing import stored_listing
from locant.indexer.walk.records import TreeListing
from locant.types import LeftOut

__all__ = ["Previous"]


class Previous:
    """An opened index, in the terms of an update. Everything is read when first needed, and kept.

    Args:
        opened: the index.
        table: keys by segment.
        listing, keys: what it was made from, when that is at hand: it need not be read back then.

    """

    def __init__(
        self,
        opened: OpenedTree,
        table: KeyTable,
        listing: TreeListing | None = None,
        keys: Mapping[str, DocKey] | None = None,
    ) -> None:
        self.opened = opened
        self._table = table
        self._listing = listing
        self._keys = keys

    @cached_property
    def listing(self) -> TreeListing:
        """The tree as it was."""
        return self._listing or stored_listing(self.opened)

    @cached_property
    def keys(self) -> Mapping[str, DocKey]:
        """Document of each indexed file, in order."""
        if self._keys is not None:
            return self._keys
        stored = self.opened.files["snapshot"].arrays
        paths = os.fsdecode(stored["entry_paths"].tobytes()).split("\0")[:-1]
        keys = [self._table.keys(segment) for segment in self.opened.segments]
        places = zip(paths, stored["entry_segment"].tolist(), stored["entry_doc"].tolist(), strict=True)
        return {path: keys[segment][document] for path, segment, document in places if segment != NO_DOC}

    @cached_property
    def refused(self) -> Mapping[str, LeftOut]:
        """Why each listed file that is not indexed was left out."""
        listed = {entry.path for entry in self.listing.entries}
        return {item.path: item for item in self.left_out if item.path in listed}

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """All that was left out, by name, by rule or for its content."""
        return tuple(LeftOut(*item) for item in self.opened.files["snapshot"].meta["left_out"])

    @cached_property
    def before(self) -> Before:
        """What assembling a new snapshot may take over."""
        stored = self.opened.files["snapshot"]
        snapshot = Snapshot(self.opened)
        return Before(
            arrays=stored.arrays,
            paths=tuple(self.keys),
            keys=tuple(self.keys.values()),
            languages=snapshot.file_language,
            manifests=stored.meta["manifests"],
            imports=snapshot.imports,
        )
