"""Text as it stands on disk now, decoded and with secrets masked exactly as it was for the index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from locant.indexer.intake import blob_id
from locant.indexer.snapshot import Snapshot
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import ParsedFile
from locant.indexer.walk.content import classify, plain_text
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import WalkOptions
from locant.types import LeftOut

__all__ = ["SourceText", "TextReader"]


@dataclass
class SourceText:
    """One file's text. stale: it is not the content that was indexed, so spans may be off."""

    path: str
    text: bytes
    stale: bool

    @cached_property
    def lines(self) -> list[str]:
        """Lines without their ends."""
        return self.text.decode("utf-8", "replace").split("\n")

    @cached_property
    def parsed(self) -> ParsedFile:
        """Syntax of the file as it is now; only for contents that a worker has parsed before without harm."""
        return parse_file(self.path, self.text)

    def between(self, start: int, end: int) -> str:
        """Lines `start` to `end`, 1-based and inclusive."""
        return "\n".join(self.lines[max(start, 1) - 1 : end])


class TextReader:
    """Reads files of one snapshot, each once; confined to the root."""

    def __init__(self, root: Path, snapshot: Snapshot) -> None:
        self._root = root
        self._snapshot = snapshot
        self._options = WalkOptions(**snapshot.meta["options"])
        self._known: dict[int, SourceText | LeftOut] = {}

    def read(self, file: int) -> SourceText | LeftOut:
        """Text of a file, or why it cannot be had now."""
        found = self._known.get(file)
        if found is None:
            found = self._known[file] = self._read(file)
        return found

    def _read(self, file: int) -> SourceText | LeftOut:
        path = self._snapshot.paths[file]
        data = read_file(self._root, path, self._options)
        if isinstance(data, LeftOut):
            return data
        stale = blob_id(data) != self._snapshot.blob(file)
        if not stale and MASKED not in self._snapshot.note(file):
            text = plain_text(data)
            if text is not None:
                return SourceText(path, text, stale)
        content = classify(path, data, self._options, forced=True)
        if isinstance(content, LeftOut):
            return content
        return SourceText(path, content.text_utf8, stale)


MASKED = "masked"
"""Stands in the note of a document in which secrets were masked; any other was searched for them when it was indexed."""
