"""Sentences of the tree of summaries, one for each thing that a map or an outline shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from locant.retriever.reading.visible import visible
from locant.retriever.summaries.extract import Said
from locant.retriever.summaries.tree import Summaries
from locant.types import Symbol

__all__ = ["Sentences"]


class Sentences:
    """What is kept is looked up at once; what is not, is taken out of the files one by one, as they are shown.

    Args:
        summaries: the tree.

    """

    def __init__(self, summaries: Summaries) -> None:
        self._summaries = summaries
        self._folders: dict[str, str] = {}
        self._looked_up = False

    def folder(self, path: str) -> str:
        """About a folder."""
        if path not in self._folders:
            self._look_up()
            self._folders[path] = visible(self._summaries.sentence_of_folder(path))
        return self._folders[path]

    def file(self, number: int) -> str:
        """About a file."""
        return visible(self._of(number).file)

    def definition(self, number: int, qualified_name: str) -> str:
        """About a definition in the file of that number."""
        return visible(self._of(number).definitions.get(qualified_name, ""))

    def outlined(self, number: int, symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
        """The definitions of a file, each with its sentence."""
        return tuple(replace(symbol, summary=self.definition(number, symbol.qualified_name)) for symbol in symbols)

    def keep(self) -> None:
        """Keep what was taken out of files meanwhile."""
        self._summaries.keep()

    def _of(self, number: int) -> Said:
        self._look_up()
        return self._summaries.sentences(number)

    def _look_up(self) -> None:
        if not self._looked_up:
            self._summaries.known()
            self._looked_up = True
