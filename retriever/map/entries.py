"""What a map would like to say, most worth per token first: a file, a definition by name, its signature.

The same order serves every budget: a larger one only takes more of it. Each entry costs about as many tokens as its
text has, and is worth what the chance is that it is the one somebody looks for, which falls with its rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Ints
from locant.retriever.map.rank import Ranks

__all__ = ["Entries", "Level", "entries_of"]

MAX_FILES = 3_000
MAX_SYMBOLS = 6_000
"""Beyond these ranks nothing is said, whatever the budget: some 60,000 tokens, more than anybody reads."""

LISTED = (
    "class",
    "struct",
    "interface",
    "trait",
    "enum",
    "object",
    "protocol",
    "record",
    "union",
    "actor",
    "type",
    "function",
    "method",
    "constructor",
    "macro",
    "module",
    "namespace",
    "constant",
    "property",
    "operator",
)
"""Kinds of definitions that a map names; fields, variables, keys and sections are too many and say too little."""


class Level(IntEnum):
    """What an entry adds: the file's name, the definition's name, its signature."""

    FILE = 0
    NAME = 1
    SIGNATURE = 2


@dataclass(frozen=True, slots=True)
class Worth:
    """Chance of the entry at rank r: `scale / (r + offset) ** power`."""

    scale: float
    offset: float
    power: float

    def of(self, count: int) -> Floats:
        """Values of the first `count` ranks."""
        values: Floats = self.scale / (np.arange(count, dtype=np.float64) + self.offset) ** self.power
        return values


@dataclass(frozen=True, slots=True)
class Layout:
    """Worth of each level, signatures apart from names."""

    file: Worth
    name: Worth
    signature: Worth


# Chances as found on development issues (docs/context.md); signatures are no place to be found, so their worth is
# chosen: a part of the tokens.
UNFOCUSED = Layout(Worth(0.30, 10, 1.0), Worth(0.50, 60, 1.0), Worth(0.20, 4, 1.0))
FOCUSED = Layout(Worth(0.55, 1, 1.4), Worth(0.30, 1, 1.0), Worth(0.30, 1, 1.2))

SIGNATURE_TOKENS = 14.0
"""Tokens of a signature at the mean; the exact number is known only when it is read from disk."""

BYTES_PER_TOKEN = 3.5


@dataclass(frozen=True, slots=True)
class Entries:
    """Rows in order: level (rows,), number of the file or symbol (rows,); `more` files have some rank and no row."""

    level: Ints
    number: Ints
    more: int


def entries_of(snapshot: Snapshot, ranks: Ranks, *, focused: bool) -> Entries:
    """All entries, best worth per token first; a definition may stand before its file and then brings it along."""
    layout = FOCUSED if focused else UNFOCUSED
    files = _best(ranks.files, MAX_FILES)
    listed = snapshot.symbols_of_kind(LISTED)
    of_file = np.concatenate([ranks.files, [0.0]])[snapshot.doc_file[snapshot.symbol_doc]]
    symbols = _best(np.where(listed & (of_file > 0), ranks.symbols, 0.0), MAX_SYMBOLS)
    name_cost = np.array([1.0 + len(snapshot.symbol_name(i)) / BYTES_PER_TOKEN for i in symbols.tolist()])
    rows = (
        (Level.FILE, files, layout.file.of(len(files)) / _file_cost(snapshot, files)),
        (Level.NAME, symbols, layout.name.of(len(symbols)) / np.reshape(name_cost, -1)),
        (Level.SIGNATURE, symbols, layout.signature.of(len(symbols)) / SIGNATURE_TOKENS),
    )
    level = np.concatenate([np.full(len(numbers), kind) for kind, numbers, _ in rows])
    number = np.concatenate([numbers for _, numbers, _ in rows])
    worth = np.concatenate([values for _, _, values in rows])
    order = np.argsort(-worth, kind="stable")
    return Entries(level[order], number[order], int((ranks.files > 0).sum()) - len(files))


def _best(scores: Floats, limit: int) -> Ints:
    """Numbers with a positive score, best first, ties by number (files are numbered by path)."""
    positive = np.flatnonzero(scores > 0)
    return positive[np.argsort(-scores[positive], kind="stable")][:limit]


def _file_cost(snapshot: Snapshot, files: Ints) -> Floats:
    """Tokens of each file's line; the best file of a folder pays for the folder's line."""
    seen: set[str] = set()
    costs = np.ones(len(files))
    for place, file in enumerate(files.tolist()):
        folder, _, name = snapshot.paths[file].rpartition("/")
        costs[place] += len(name) / BYTES_PER_TOKEN
        if folder not in seen:
            seen.add(folder)
            costs[place] += 1.0 + len(folder) / BYTES_PER_TOKEN
    return costs
