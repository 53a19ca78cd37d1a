"""Who says what a file and a folder are: the files themselves, or a model (`locant.retriever.llm.summarize`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from locant.retriever.summaries.extract import Said, said_by
from locant.types import Symbol

__all__ = ["Extractive", "Speaker"]


class Speaker(Protocol):
    """Says what files and folders are.

    maker: changes whenever the same file may be summarised in another way; sentences on disk are kept under it.
    batch: files after which what was said is kept: a run that is stopped loses no more.
    """

    @property
    def maker(self) -> str: ...

    @property
    def batch(self) -> int: ...

    def file(self, path: str, source: Sequence[str], symbols: Sequence[Symbol], *, is_document: bool) -> Said | None:
        """What a file and its definitions are; None when there is nothing that may be kept."""
        ...

    def folder(self, path: str, files: Sequence[str]) -> str:
        """What a folder is, from sentences about its files, the most used ones first; empty where that is not said."""
        ...


class Extractive:
    """Takes sentences out of the files; no model is needed."""

    maker = "extractive-1"
    """Raised when the same file may give other sentences."""
    batch = 200
    """A fraction of a second's work, in one transaction."""

    def file(self, path: str, source: Sequence[str], symbols: Sequence[Symbol], *, is_document: bool) -> Said:
        """The first sentences of comments, docstrings and paragraphs."""
        del path
        return said_by(source, symbols, is_document=is_document)

    def folder(self, path: str, files: Sequence[str]) -> str:
        """Nothing: what speaks for a folder is a file in it."""
        del path, files
        return ""
