"""The learned rankers that ship with locant: tables of candidates in, scores and their reasons out.

A score is made of what the forest's features contribute, and of a constant that keeps every candidate above 1, so that
scores of two queries can be compared. What was no candidate keeps the order of the plain fusion, below 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from locant.errors import ModelError
from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Singles
from locant.retriever.learning.forest import Forest, load_arrays
from locant.retriever.learning.stacking import stacked_names, with_file_scores
from locant.retriever.learning.tables import Table, Tables

__all__ = ["FILES_MODEL", "FUNCTIONS_MODEL", "LearnedRankers", "Ranked", "purpose_handicaps", "shipped_rankers"]

FILES_MODEL, FUNCTIONS_MODEL = "localize_files.npz", "localize_functions.npz"
MODELS = Path(__file__).parent / "models"

LEAST_SCORE = 1.0
"""No candidate scores less, and nothing else as much."""

LARGEST_BELOW = 0.99
"""Score of what is no candidate, at most."""

PURPOSE_STRENGTH = 2.0
"""Logarithms of priors -> scores of the forests. These are trained on code alone, as only code is ever gold, so that
tests, documents and configuration have to be set back by what they are for: a test by 2.8, by 0.4 when
the text names it. Chosen, not measured: no row has such gold."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Candidates of one level, scored.

    table: candidates, number of a file or symbol in `rows` (n,). values: as the forest reads them (n, features).
    scores: (n,). handicaps: what was taken off for the purpose of the file (n,). base: what every score starts with.
    """

    forest: Forest
    table: Table
    values: Singles
    scores: Floats
    handicaps: Floats
    base: float

    def above(self, plain: Floats) -> tuple[Floats, float]:
        """Scores of everything: of candidates by the forest, of the rest by `plain` times the factor that is returned.

        Args:
            plain: fused score of everything, 0 for what may not be answered.

        """
        top = float(plain.max()) if len(plain) else 0.0
        factor = LARGEST_BELOW / top if top > 0 else 1.0
        scores = plain * factor
        scores[self.table.rows] = self.scores
        return scores, factor


@dataclass(frozen=True, slots=True, eq=False)
class LearnedRankers:
    """One forest for files, one for functions."""

    files: Forest
    functions: Forest

    def rank(self, tables: Tables, handicaps: Floats, snapshot: Snapshot) -> tuple[Ranked, Ranked]:
        """Score both levels.

        Args:
            tables: candidates.
            handicaps: of every file, at most 0 (files,).
            snapshot: whose files and symbols they are.

        """
        files = _ranked(self.files, tables.files, handicaps[tables.files.rows])
        table = tables.functions
        stacked = with_file_scores(table.values, self.files.score(files.values), tables.function_file)
        functions = Table(stacked_names(table.names), table.rows, stacked)
        file_of = np.asarray(snapshot.doc_file)[snapshot.symbol_doc[table.rows]]
        return files, _ranked(self.functions, functions, handicaps[file_of])


def purpose_handicaps(snapshot: Snapshot, priors: Floats) -> Floats:
    """What files that hold no code are set back by (files,); `priors` are the factors of the plain fusion."""
    is_code = snapshot.file_column("area") == AREAS.index("code")
    return np.where(is_code, 0.0, PURPOSE_STRENGTH * np.log(np.minimum(priors, 1.0)))


def _ranked(forest: Forest, table: Table, handicaps: Floats) -> Ranked:
    values = _selected(table, forest.features)
    raised = LEAST_SCORE - forest.lowest - PURPOSE_STRENGTH * LOWEST_LOG_PRIOR
    return Ranked(forest, table, values, forest.score(values) + raised + handicaps, handicaps, forest.bias + raised)


LOWEST_LOG_PRIOR = float(np.log(0.25 * 0.6 * 0.5))
"""Of a vendored example of a test: nothing has a smaller prior."""


def _selected(table: Table, features: tuple[str, ...]) -> Singles:
    """Columns in the forest's order; 0, which says nothing, for a signal that was switched off."""
    place = {name: number for number, name in enumerate(table.names)}
    absent = len(table.names)
    values = np.concatenate((table.values, np.zeros((len(table.values), 1), dtype=np.float32)), axis=1)
    return values[:, [place.get(name, absent) for name in features]]


@cache
def shipped_rankers(folder: Path = MODELS) -> LearnedRankers | None:
    """The rankers of a folder; None where there are none.

    Raises:
        ModelError: they are damaged, or there is only one of them.

    """
    paths = [folder / name for name in (FILES_MODEL, FUNCTIONS_MODEL)]
    present = [path for path in paths if path.is_file()]
    if not present:
        return None
    if len(present) == 1:
        raise ModelError(f"of the two ranking models only {present[0].name} is there: reinstall locant")
    return LearnedRankers(*(Forest.from_arrays(load_arrays(path)) for path in paths))
