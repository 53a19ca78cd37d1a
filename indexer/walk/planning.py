"""What an index run would do, without doing it: `locant index --dry-run`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from locant.indexer.walk.content import classify
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import Entry, Plan, PlannedFile, TreeListing, WalkOptions
from locant.types import LeftOut

__all__ = ["plan"]

INDEX_MEGABYTES_PER_SECOND = 2.0
"""One core: parsing and queries run at about 8 MB/s, terms, chunks and writing take the rest."""

START_SECONDS = 0.3
"""Interpreter, grammars and workers, whatever the size."""


PLAIN_TEXT = "text"
"""Shown for text whose language the table does not know; it gets line chunks."""


def plan(root: Path | str, options: WalkOptions | None = None) -> Plan:
    """Read and judge every candidate as an index run would, and add up; nothing is written."""
    chosen = options or WalkOptions()
    listing = list_tree(root, chosen)
    judged = [_judge(listing, entry, chosen) for entry in listing.entries]
    files = tuple(item for item in judged if isinstance(item, PlannedFile))
    left_out = [item for item in judged if isinstance(item, LeftOut)]
    total = sum(file.size for file in files)
    return Plan(
        root=listing.root,
        files=files,
        left_out=tuple(sorted((*listing.left_out, *left_out), key=lambda item: item.path)),
        total_bytes=total,
        languages=dict(Counter(file.language for file in files).most_common()),
        estimated_seconds=START_SECONDS + total / (INDEX_MEGABYTES_PER_SECOND * 1_000_000),
        notes=listing.notes,
    )


def _judge(listing: TreeListing, entry: Entry, options: WalkOptions) -> PlannedFile | LeftOut:
    data = read_file(listing.root, entry, options)
    content = data if isinstance(data, LeftOut) else classify(entry.path, data, options, forced=entry.forced)
    if isinstance(content, LeftOut):
        return content
    language = _language(entry.path, content.text_utf8)
    return PlannedFile(entry.path, len(content.text_utf8), language, content.notes)


def _language(path: str, text: bytes) -> str:
    from locant.indexer.syntax.languages import detect_language  # loads grammar tables, which the walk never needs

    language = detect_language(path, text)
    return language.name if language else PLAIN_TEXT
