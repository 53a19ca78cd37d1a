"""Which definition is around a line."""

from __future__ import annotations

from locant.indexer.snapshot import Snapshot
from locant.types import Symbol

__all__ = ["Enclosing", "enclosing"]


class Enclosing:
    """Definitions of one file, read once, to be asked for many lines."""

    def __init__(self, snapshot: Snapshot, file: int) -> None:
        path = snapshot.paths[file]
        numbers = snapshot.symbols_of_doc(int(snapshot.file_doc[file]))
        self._symbols = [snapshot.symbol(number, path) for number in numbers]

    def symbol(self, line: int) -> Symbol | None:
        """The innermost definition around a line: the smallest, and of equal ones the last."""
        best: Symbol | None = None
        for symbol in self._symbols:
            if symbol.location.start_line > line:
                break
            if line <= symbol.location.end_line and (best is None or _lines(symbol) <= _lines(best)):
                best = symbol
        return best

    def name(self, line: int) -> str | None:
        """Qualified name of the innermost definition around a line."""
        symbol = self.symbol(line)
        return symbol.qualified_name if symbol else None


def enclosing(snapshot: Snapshot, file: int, line: int) -> str | None:
    """Qualified name of the innermost definition around one line."""
    return Enclosing(snapshot, file).name(line)


def _lines(symbol: Symbol) -> int:
    return symbol.location.end_line - symbol.location.start_line
