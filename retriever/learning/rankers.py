"""The learned rankers that ship with locant: tables of candidates in, scores and their reasons out.

A score is made of what the forest's features contribute, and of a constant that keeps every candidate above 1, so that
scores of two queries can be compared: what lies below 1 was no candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from locant.errors import ModelError
from locant.numeric import Floats, Ints, Singles
from locant.retriever.learning.forest import Forest, load_arrays
from locant.retriever.learning.stacking import stacked_names, with_file_scores
from locant.retriever.learning.tables import Table, Tables

__all__ = ["FILES_MODEL", "FUNCTIONS_MODEL", "LearnedRankers", "Ranked", "shipped_rankers"]

FILES_MODEL, FUNCTIONS_MODEL = "localize_files.npz", "localize_functions.npz"
MODELS = Path(__file__).parent / "models"

LEAST_SCORE = 1.0
"""No candidate scores less, and nothing else as much."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Candidates of one level, scored.

    rows: number of each candidate, a file's or a symbol's (n,). values: as the forest reads them (n, features).
    scores: (n,). offset: the part of each score that no feature contributes (n,).
    """

    forest: Forest
    rows: Ints
    values: Singles
    scores: Floats
    offset: Floats

    def shares(self, places: Ints) -> Floats:
        """What each feature contributes to the scores of some candidates (places, features)."""
        return self.forest.contributions(self.values[places])


@dataclass(frozen=True, slots=True, eq=False)
class LearnedRankers:
    """One forest for files, one for functions."""

    files: Forest
    functions: Forest

    def rank(self, tables: Tables, file_handicaps: Floats) -> tuple[Ranked, Ranked]:
        """Score both levels.

        Args:
            tables: candidates.
            file_handicaps: at most 0, added to the score of each candidate file (n,).

        Raises:
            ModelError: the model asks for features that the tables do not have.

        """
        files = _ranked(self.files, tables.files, file_handicaps)
        table = tables.functions
        stacked = with_file_scores(table.values, self.files.score(files.values), tables.function_file)
        functions = Table(stacked_names(table.names), table.rows, stacked)
        below = np.where(tables.function_file >= 0, 0.0, 0.0)
        return files, _ranked(self.functions, functions, below)


def _ranked(forest: Forest, table: Table, handicaps: Floats) -> Ranked:
    values = _selected(table, forest.features)
    lowest = float(handicaps.min()) if len(handicaps) else 0.0
    above = LEAST_SCORE - forest.lowest - lowest
    offset = forest.bias + above + handicaps
    return Ranked(forest, table.rows, values, forest.score(values) + above + handicaps, offset)


def _selected(table: Table, features: tuple[str, ...]) -> Singles:
    place = {name: number for number, name in enumerate(table.names)}
    missing = [name for name in features if name not in place]
    if missing:
        raise ModelError(f"the model asks for {missing[0]!r}, which this version of locant does not compute: reinstall")
    return table.values[:, [place[name] for name in features]]


@cache
def shipped_rankers(folder: Path = MODELS) -> LearnedRankers | None:
    """The rankers of a folder; None where there are none.

    Raises:
        ModelError: they are damaged.

    """
    paths = [folder / name for name in (FILES_MODEL, FUNCTIONS_MODEL)]
    if not all(path.is_file() for path in paths):
        return None
    return LearnedRankers(*(Forest.from_arrays(load_arrays(path)) for path in paths))
