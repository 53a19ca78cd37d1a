"""Text as it stands on disk now, decoded and with secrets masked exactly as it was for the index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from locant.indexer.blobs import blob_id
from locant.indexer.snapshot import Snapshot
from locant.indexer.stored_listing import FORCED
from locant.indexer.syntax.records import ParsedFile
from locant.indexer.walk.collector import FORCED_MAX_BYTES
from locant.indexer.walk.plain_text import plain_text
from locant.indexer.walk.reading import read_file, settled_signature
from locant.indexer.walk.records import WalkOptions
from locant.retriever.reading.kept import KeptTexts
from locant.types import LeftOut

__all__ = ["SourceText", "TextReader"]

KEPT_BYTES = 50_000_000
"""Text that a reader remembers; a search through more than that reads a file again when it shows it."""

SHARED_BYTES = 8_000_000
"""Of texts that all readers of a process share: those of some hundred questions, and 35 MB at most with their lines."""


@dataclass
class SourceText:
    """One file's text.

    stale: it is not the content that was indexed, so spans may be off. masked: there are asterisks for secrets in it.
    """

    path: str
    text: bytes
    stale: bool
    masked: bool = False

    @cached_property
    def decoded(self) -> str:
        """The text as a string."""
        return self.text.decode("utf-8", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """Lines without their ends; what stands behind the last line end is no line."""
        lines = self.decoded.split("\n")
        if not lines[-1]:
            lines.pop()
        return lines

    @cached_property
    def parsed(self) -> ParsedFile:
        """Syntax of the file as it is now; only for contents that a worker has parsed before without harm."""
        from locant.indexer.syntax.parse import parse_file  # a query that shows text parses nothing

        return parse_file(self.path, self.text)

    def between(self, start: int, end: int) -> str:
        """Lines `start` to `end`, 1-based and inclusive."""
        return "\n".join(self.lines[max(start, 1) - 1 : end])

    def again(self) -> SourceText:
        """The same text for another answer: it shares the lines, not what is far larger and seldom asked for."""
        other = SourceText(self.path, self.text, self.stale)
        vars(other).update(decoded=self.decoded, lines=self.lines)  # where `cached_property` looks for them
        return other


_shared: KeptTexts[SourceText] = KeptTexts(SHARED_BYTES)


class TextReader:
    """Reads files of one snapshot; confined to the root.

    root: the tree. name: what texts call it. changed: paths that turned out not to be as they were indexed.
    """

    def __init__(self, root: Path, snapshot: Snapshot, name: str | None = None) -> None:
        self.changed: set[str] = set()
        self.root = root
        self.name = name or root.name
        self._snapshot = snapshot
        self._options = WalkOptions(**snapshot.meta["options"])
        self._known: dict[int, SourceText | LeftOut] = {}
        self._kept = 0

    def read(self, file: int) -> SourceText | LeftOut:
        """Text of a file, or why it cannot be had now."""
        found = self._known.get(file)
        if found is not None:
            return found
        found = self._read(file)
        if isinstance(found, LeftOut) or found.stale:
            self.changed.add(found.path)
        size = len(found.text) if isinstance(found, SourceText) else 0
        if self._kept + size <= KEPT_BYTES:
            self._kept += size
            self._known[file] = found
        return found

    def _read(self, file: int) -> SourceText | LeftOut:
        path, options = self._snapshot.paths[file], self._options_of(file)
        blob, is_masked = self._snapshot.blob(file), MASKED in self._snapshot.note(file)
        place = (str(self.root), path)
        signature = None if is_masked else settled_signature(self.root, path)
        if signature is not None and signature.size <= options.max_file_bytes:
            known = _shared.get(place, signature, blob)
            if known is not None:
                return known.again()
        data = read_file(self.root, path, options)
        if isinstance(data, LeftOut):
            return data
        stale = blob_id(data) != blob
        text = None if stale or is_masked else plain_text(data)
        if text is None:
            return self._classified(path, data, stale)
        if signature is not None:
            _shared.put(place, signature, blob, SourceText(path, text, stale))
        return SourceText(path, text, stale)

    def _classified(self, path: str, data: bytes, stale: bool) -> SourceText | LeftOut:
        from locant.indexer.walk.content import classify  # only what changed, or holds a secret, is searched for them

        content = classify(path, data, self._options, forced=True)
        if isinstance(content, LeftOut):
            return content
        return SourceText(path, content.text_utf8, stale, bool(content.masked_lines))

    def _options_of(self, file: int) -> WalkOptions:
        """A file that .locantignore asks for may be larger than others."""
        entry = int(self._snapshot.indexed_entries[file])
        if not int(self._snapshot.arrays["entry_flags"][entry]) & FORCED:
            return self._options
        return replace(self._options, max_file_bytes=max(self._options.max_file_bytes, FORCED_MAX_BYTES))


MASKED = "masked"
"""Stands in the note of a document in which secrets were masked; in any other, none was found when it was indexed."""
