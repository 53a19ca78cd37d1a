"""Entries -> the text of a map, cut to a budget of tokens that it never exceeds.

    src/retry/
      policy.py: Jitter, Backoff
        12 class RetryPolicy
          20 def delay(self, attempt: int) -> float
      client.py, errors.py
    and 31 more files

With summaries, a sentence follows the folder, the file or the signature that it is about, behind a dash; a file that
has one stands on a line of its own.

Folders stand in the order of their best file, files in the order of their rank, definitions in the order of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from locant.indexer.snapshot import Snapshot
from locant.indexer.walk.names import display_path
from locant.retriever.map.entries import Entries, Level
from locant.retriever.reading.visible import visible
from locant.retriever.tokens import TokenCounter
from locant.types import MapFile, MapSymbol, Symbol

__all__ = ["Drawn", "Signatures", "Told", "fit"]

Signatures = Callable[[Symbol], str]
"""Text of a definition's signature as it is on disk, "" when it cannot be had."""


class Told(Protocol):
    """Sentences about what a map shows; empty where there is none."""

    def folder(self, path: str) -> str:
        """About a folder."""
        ...

    def file(self, number: int) -> str:
        """About a file."""
        ...

    def definition(self, number: int, qualified_name: str) -> str:
        """About a definition in the file of that number."""
        ...


INDENT = "  "
MAX_SIGNATURE = 90
"""Characters of a signature: whoever needs the tenth parameter opens the file."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Text of a map, its tokens, and what it shows."""

    text: str
    tokens: int
    files: tuple[MapFile, ...]


@dataclass
class _File:
    """What is said of a file: a sentence, names alone, and definitions with their signature, by symbol number."""

    number: int
    summary: str = ""
    names: dict[int, Symbol] = field(default_factory=dict)
    signed: dict[int, Symbol] = field(default_factory=dict)


def fit(
    snapshot: Snapshot,
    entries: Entries,
    scores: Callable[[int], float],
    signature: Signatures,
    max_tokens: int,
    count: TokenCounter,
    told: Told | None = None,
) -> Drawn:
    """The most entries whose text has at most `max_tokens` tokens by `count`; empty text when not even one fits."""
    drawing = _Drawing(snapshot, entries, scores, signature, told)
    best = Drawn("", 0, ())
    low, high = 0, len(entries.level)
    step = min(high, max(1, max_tokens // FIRST_GUESS))
    while low < high:
        middle = min(high, low + step) if step else (low + high + 1) // 2
        drawn = drawing.draw(middle, count)
        if drawn.tokens <= max_tokens:
            low, best = middle, drawn
            step *= 2
        else:
            high, step = middle - 1, 0
    return best


FIRST_GUESS = 6
"""Tokens of an entry, about: the search for how many fit begins there."""


class _Drawing:
    """Draws the first n entries."""

    def __init__(
        self,
        snapshot: Snapshot,
        entries: Entries,
        scores: Callable[[int], float],
        signature: Signatures,
        told: Told | None,
    ) -> None:
        self._snapshot = snapshot
        self._entries = entries
        self._scores = scores
        self._signature = signature
        self._told = told
        self._signed: dict[int, Symbol] = {}
        self._total = len(set(entries.number[entries.level == Level.FILE].tolist())) + entries.more

    def draw(self, n: int, count: TokenCounter) -> Drawn:
        """Text of the first n entries."""
        files = self._gathered(n)
        ordered = sorted(files.values(), key=lambda file: (-self._scores(file.number), file.number))
        lines = self._lines(ordered)
        hidden = self._total - len(files)
        if hidden > 0:
            lines.append(f"and {hidden:,} more file{'' if hidden == 1 else 's'}")
        text = visible("\n".join(lines))
        return Drawn(text, count(text), tuple(self._record(file) for file in ordered))

    def _gathered(self, n: int) -> dict[int, _File]:
        snapshot, files = self._snapshot, dict[int, _File]()
        for level, number in zip(self._entries.level[:n].tolist(), self._entries.number[:n].tolist(), strict=True):
            if level == Level.FILE:
                self._opened(files, number)
                continue
            owner = int(snapshot.doc_file[snapshot.symbol_doc[number]])
            file = self._opened(files, owner)
            if level == Level.NAME:
                file.names[number] = self._named(number)
            elif signed := self._with_signature(number):
                file.signed[number] = signed
        return files

    def _opened(self, files: dict[int, _File], number: int) -> _File:
        if number not in files:
            files[number] = _File(number, _cut(self._told.file(number)) if self._told is not None else "")
        return files[number]

    def _named(self, number: int) -> Symbol:
        found = self._signed.get(number)
        return found if found is not None else self._snapshot.symbol(number)

    def _with_signature(self, number: int) -> Symbol | None:
        """The definition with its signature, read once; None when its file cannot be read as it was indexed."""
        if number not in self._signed:
            symbol = self._snapshot.symbol(number)
            summary = ""
            if self._told is not None:
                file = self._snapshot.file_number[symbol.location.path]
                summary = _cut(self._told.definition(file, symbol.qualified_name))
            signature = _cut(self._signature(symbol), MAX_SIGNATURE)
            self._signed[number] = replace(symbol, signature=signature, summary=summary)
        found = self._signed[number]
        return found if found.signature else None

    def _lines(self, files: list[_File]) -> list[str]:
        """Folder by folder; files of which only the name is known share a line."""
        folders: dict[str, list[_File]] = {}
        for file in files:
            folders.setdefault(self._snapshot.paths[file.number].rpartition("/")[0], []).append(file)
        lines: list[str] = []
        for folder, members in folders.items():
            indent = INDENT if folder else ""
            if folder:
                told = _cut(self._told.folder(folder)) if self._told is not None else ""
                lines.append(f"{display_path(folder)}/{_dashed(told)}")
            bare = [self._name(file) for file in members if not (file.names or file.signed or file.summary)]
            for file in members:
                lines.extend(f"{indent}{line}" for line in _file_lines(self._name(file), file))
            if bare:
                lines.append(f"{indent}{', '.join(bare)}")
        return lines

    def _name(self, file: _File) -> str:
        return display_path(self._snapshot.paths[file.number].rpartition("/")[2])

    def _record(self, file: _File) -> MapFile:
        shown = {**file.names, **file.signed}
        symbols = sorted(shown.values(), key=lambda symbol: symbol.location.start_line)
        return MapFile(
            self._snapshot.paths[file.number],
            round(self._scores(file.number), SCORE_DIGITS),
            tuple(MapSymbol(s.qualified_name, s.kind, s.location.start_line, s.signature, s.summary) for s in symbols),
            file.summary,
        )


SCORE_DIGITS = 6


MAX_SUMMARY = 120
"""Characters of a sentence in a map: what is said first is what it is about."""


def _cut(text: str, limit: int = MAX_SUMMARY) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _dashed(summary: str) -> str:
    return f" - {summary}" if summary else ""


def _file_lines(name: str, file: _File) -> list[str]:
    """The file with names of definitions behind it, then those with signatures below; nothing for a bare name."""
    unsigned = {number: symbol for number, symbol in file.names.items() if number not in file.signed}
    if not (unsigned or file.signed or file.summary):
        return []
    head = f"{name}: {_names(list(unsigned.values()))}" if unsigned else name
    return [
        f"{head}{_dashed(file.summary)}",
        *_signature_lines(sorted(file.signed.values(), key=lambda symbol: symbol.location.start_line)),
    ]


def _names(symbols: list[Symbol]) -> str:
    """`RetryPolicy(delay, reset), Jitter`: members in brackets behind what they belong to."""
    groups: dict[str, list[str]] = {}
    for symbol in symbols:
        if symbol.parent is None:
            groups.setdefault(symbol.qualified_name, [])
        else:
            groups.setdefault(symbol.parent, []).append(symbol.name)
    return ", ".join(f"{owner}({', '.join(members)})" if members else owner for owner, members in groups.items())


def _signature_lines(symbols: list[Symbol]) -> list[str]:
    """One line for each, deeper below what it is nested in; with its owner's name where that has no line."""
    depth: dict[str, int] = {}
    lines = []
    for symbol in symbols:
        own = depth.get(symbol.parent, -1) + 1 if symbol.parent is not None else 0
        depth[symbol.qualified_name] = own
        owner = f"{symbol.parent}: " if symbol.parent is not None and symbol.parent not in depth else ""
        lines.append(
            f"{INDENT * (own + 1)}{symbol.location.start_line} {owner}{symbol.signature}{_dashed(symbol.summary)}"
        )
    return lines
