"""Two rankers, files then functions, trained on some rows and asked about others.

The function ranker learns from scores that the file ranker gave to rows which it had not been trained on: scores of
its own training rows are too good, and a model that trusts them would trust the file too much in earnest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from locant.eval.training.examples import Candidates, Examples
from locant.eval.training.lightgbm_trees import Settings, as_forest, head_start, train_booster
from locant.eval.training.monotone import monotone_of
from locant.numeric import Floats, Ints, Mask, Singles
from locant.retriever.learning.forest import Forest
from locant.retriever.learning.stacking import stacked_names, with_file_scores

__all__ = ["OutOfFold", "Plan", "Progress", "out_of_fold", "stack", "train_forests"]

Progress = Callable[[str], None]
"""Told what has been trained."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained, and on what.

    files, functions: how the trees of each level grow.
    issue_weight: of a row that is an issue; commits weigh 1.
    depth: candidates of each row that are learnt from, the best by the plain fusion; gold below is cut as well, or low
        ranks would come to mean gold.
    without: features that are left out.
    """

    files: Settings = field(default_factory=Settings)
    functions: Settings = field(default_factory=Settings)
    issue_weight: float = 4.0
    depth: int = 80
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Score of every candidate file (files,) and function (functions,) by models that never saw its repository."""

    files: Floats
    functions: Floats


def out_of_fold(examples: Examples, plan: Plan, folds: Ints, learn_from: Mask, tell: Progress) -> OutOfFold:
    """Cross-validate both levels.

    Args:
        examples: rows.
        plan: what is trained.
        folds: fold of each row (rows,).
        learn_from: rows that may be trained on; all are asked about.
        tell: told after each fold.

    """
    weights = _weights(examples, plan)
    files = _scored(examples.files, plan, plan.files, folds, learn_from, weights, tell)
    stacked = stack(examples, files)
    functions = _scored(stacked, plan, plan.functions, folds, learn_from, weights, tell)
    return OutOfFold(files, functions)


def train_forests(examples: Examples, plan: Plan, file_scores: Floats, tell: Progress) -> tuple[Forest, Forest]:
    """The rankers of all rows; `file_scores` are out of fold, for the functions to learn from."""
    everything = np.ones(examples.rows, dtype=np.bool_)
    weights = _weights(examples, plan)
    files = as_forest(_train(examples.files, plan, plan.files, everything, weights), plan.files)
    tell("file ranker trained on all rows")
    boosters = _train(stack(examples, file_scores), plan, plan.functions, everything, weights)
    functions = as_forest(boosters, plan.functions)
    tell("function ranker trained on all rows")
    return files, functions


def stack(examples: Examples, file_scores: Floats) -> Candidates:
    """Candidate functions with what the file ranker says of their files."""
    files, functions = examples.files, examples.functions
    values = np.empty((len(functions.values), len(stacked_names(functions.names))), dtype=np.float32)
    for row in range(examples.rows):
        own = slice(functions.starts[row], functions.starts[row + 1])
        scores = file_scores[files.starts[row] : files.starts[row + 1]]
        values[own] = with_file_scores(functions.values[own], scores, examples.function_file[own])
    return Candidates(stacked_names(functions.names), values, functions.gold, functions.sizes, functions.totals)


def _scored(
    candidates: Candidates,
    plan: Plan,
    settings: Settings,
    folds: Ints,
    learn_from: Mask,
    weights: Floats,
    tell: Progress,
) -> Floats:
    scores = np.zeros(len(candidates.values))
    columns = _columns(candidates.names, plan)
    for fold in np.unique(folds).tolist():
        boosters = _train(candidates, plan, settings, learn_from & (folds != fold), weights)
        asked = np.repeat(folds == fold, candidates.sizes)
        values = candidates.values[asked][:, columns]
        grown = np.mean([booster.predict(values, num_threads=settings.threads) for booster in boosters], axis=0)
        scores[asked] = grown + head_start(values, [candidates.names[column] for column in columns], settings)
        tell(f"fold {fold}: {len(columns)} features, {int((folds != fold).sum())} rows")
    return scores


def _train(candidates: Candidates, plan: Plan, settings: Settings, rows: Mask, weights: Floats) -> list[Any]:
    """Boosters over some rows; a row without gold among its candidates teaches nothing."""
    place = np.arange(len(candidates.values)) - np.repeat(candidates.starts[:-1], candidates.sizes)
    near = place < plan.depth
    gold = candidates.gold & near
    has_gold = np.add.reduceat(np.append(gold, False), candidates.starts[:-1]) > 0
    kept = rows & has_gold & (candidates.sizes > 0)
    inside = near & np.repeat(kept, candidates.sizes)
    columns = _columns(candidates.names, plan)
    names = [candidates.names[column] for column in columns]
    sizes = np.minimum(candidates.sizes[kept], plan.depth)
    return train_booster(
        _selected(candidates.values, inside, columns),
        candidates.gold[inside],
        sizes,
        np.repeat(weights[kept], sizes),
        names,
        monotone_of(names),
        settings,
    )


def _selected(values: Singles, rows: Mask, columns: Sequence[int]) -> Singles:
    whole = len(columns) == values.shape[1]
    return values[rows] if whole else values[rows][:, columns]


def _columns(names: Sequence[str], plan: Plan) -> list[int]:
    return [number for number, name in enumerate(names) if name not in plan.without]


def _weights(examples: Examples, plan: Plan) -> Floats:
    return np.where(examples.issues, plan.issue_weight, 1.0)
