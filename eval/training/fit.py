"""Collected tables -> the two rankers, and what they are worth on repositories that they have not seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from locant.eval.extras import require
from locant.eval.training.crossval import OutOfFold, Plan, Progress, out_of_fold, train_forests
from locant.eval.training.examples import ISSUE, Examples, read_examples
from locant.eval.training.figures import Figure, compared, worst_ranks
from locant.eval.training.folds import folds_by
from locant.eval.training.groups import present_groups
from locant.eval.training.kept import KeptFigures, key_of
from locant.eval.training.lightgbm_trees import FUSED, library_version
from locant.numeric import Floats, Mask
from locant.retriever.learning.forest import Forest, save_arrays
from locant.retriever.learning.rankers import FILES_MODEL, FUNCTIONS_MODEL

__all__ = ["Fitting", "fit"]

ABLATION_FILE = "ablation.json"
"""In the folder of the models: figures of the groups that are done."""

PLAIN = "plain fusion"
COMMITS_ONLY = "trained on commits"
WITH_ISSUES = "trained on commits and issues"
ALL = "all"

Worst = dict[str, dict[str, Floats]]
"""Level -> system -> rank of the last gold candidate of each row."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is asked of a fit.

    data: files or folders of collected tables. out: folder of the model.
    folds: of the cross-validation by repository. cap: rows of each repository at most, issues apart.
    ablate: whether each group of features is left out in turn, which takes hours; what is done is kept in `out`.
    """

    data: tuple[Path, ...]
    out: Path
    plan: Plan
    folds: int = 5
    cap: int = 50
    ablate: bool = False


def fit(fitting: Fitting, tell: Progress) -> dict[str, Any]:
    """Cross-validate, train on everything, write the model; returns the figures, ready for JSON.

    Raises:
        DatasetError: the tables cannot be read.
        EvaluationError: LightGBM is not installed.

    """
    require("lightgbm", "training a ranker")
    began, processor = time.time(), time.process_time()
    seed = fitting.plan.files.seed
    examples = read_examples(fitting.data, fitting.cap, seed)
    tell(f"{examples.rows} rows, {len(examples.files.values)} files, {len(examples.functions.values)} functions")
    figures, shipped = _measured(examples, fitting, tell)
    forests = train_forests(examples, fitting.plan, shipped.files, tell)
    fitting.out.mkdir(parents=True, exist_ok=True)
    for name, forest in zip((FILES_MODEL, FUNCTIONS_MODEL), forests, strict=True):
        save_arrays(fitting.out / name, forest.arrays())
    ablation = _ablation(examples, fitting, shipped, tell) if fitting.ablate else {}
    return {
        "data": _data(examples, fitting),
        "plan": _plan(fitting),
        "lightgbm": library_version(),
        "seconds": round(time.time() - began),
        "processor_seconds": round(time.process_time() - processor),
        "models": [_model(fitting.out / FILES_MODEL, forests[0]), _model(fitting.out / FUNCTIONS_MODEL, forests[1])],
        **figures,
        "ablation": ablation,
    }


def _measured(examples: Examples, fitting: Fitting, tell: Progress) -> tuple[dict[str, Any], OutOfFold]:
    """Figures of every system out of fold, and the out-of-fold scores by the one that is shipped."""
    plan = fitting.plan
    folds = folds_by(examples.repositories, fitting.folds, plan.files.seed)
    everything, issues = np.ones(examples.rows, dtype=np.bool_), examples.issues
    shipped = out_of_fold(examples, plan, folds, everything, tell)
    systems = {PLAIN: _fused(examples), WITH_ISSUES: shipped}
    if issues.any() and not issues.all():
        tell("without issues")
        systems[COMMITS_ONLY] = out_of_fold(examples, plan, folds, ~issues, tell)
    worst = _worst(examples, systems)
    figures = {
        "issues": _on(worst, issues),
        "folds": {str(fold): _on(worst, issues & (folds == fold)) for fold in np.unique(folds).tolist()},
        "commits": _on(worst, ~issues),
        "languages": {ALL: _on(worst, ~issues)}
        | {name: _on(worst, ~issues & (examples.languages == name)) for name in _languages(examples)},
        "unseen_language": _unseen(examples, fitting, tell),
    }
    return figures, shipped


def _fused(examples: Examples) -> OutOfFold:
    return OutOfFold(examples.files.column(FUSED).astype(float), examples.functions.column(FUSED).astype(float))


def _worst(examples: Examples, systems: dict[str, OutOfFold]) -> Worst:
    return {
        "file": {name: worst_ranks(examples.files, scores.files) for name, scores in systems.items()},
        "function": {name: worst_ranks(examples.functions, scores.functions) for name, scores in systems.items()},
    }


def _on(worst: Worst, rows: Mask) -> dict[str, Any]:
    """Figures on some rows: level -> system -> list of figures."""
    return {
        level: {
            name: [_readable(one) for one in found] for name, found in compared(level, by_system, rows, PLAIN).items()
        }
        for level, by_system in worst.items()
    }


def _readable(figure: Figure) -> dict[str, Any]:
    def points(interval: Any) -> list[float]:  # noqa: ANN401 - an Interval
        return [round(100 * part, 1) for part in (interval.value, interval.low, interval.high)]

    gain = {} if figure.gain is None else {"gain": points(figure.gain)}
    return {"k": figure.cutoff, "rows": figure.rows, "accuracy": points(figure.accuracy), **gain}


def _languages(examples: Examples) -> list[str]:
    """Languages with enough mined rows for a figure, most rows first."""
    names, counts = np.unique(examples.languages[~examples.issues], return_counts=True)
    found = sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return [name for name, count in found if count >= LEAST_ROWS]


LEAST_ROWS = 30
"""Rows below which a percentage says nothing."""


def _unseen(examples: Examples, fitting: Fitting, tell: Progress) -> dict[str, Any]:
    """Figures of each language by models that were trained without any row of it."""
    languages = _languages(examples)
    if len(languages) < 2:
        return {}
    tell("languages never seen in training")
    folds = folds_by(examples.languages, min(fitting.folds, len(languages)), fitting.plan.files.seed)
    scores = out_of_fold(examples, fitting.plan, folds, np.ones(examples.rows, dtype=np.bool_), tell)
    worst = _worst(examples, {PLAIN: _fused(examples), "language never seen": scores})
    return {ALL: _on(worst, ~examples.issues)} | {
        name: _on(worst, ~examples.issues & (examples.languages == name)) for name in languages
    }


def _ablation(examples: Examples, fitting: Fitting, shipped: OutOfFold, tell: Progress) -> dict[str, Any]:
    """Figures on issues and on commits without each group of features, by otherwise the same training."""
    plan = fitting.plan
    folds = folds_by(examples.repositories, fitting.folds, plan.files.seed)
    kept = KeptFigures(fitting.out / ABLATION_FILE, key_of(examples, plan, folds))
    whole = _worst(examples, {PLAIN: shipped})
    everything = np.ones(examples.rows, dtype=np.bool_)
    found = {}
    for group, features in present_groups((*examples.files.names, *examples.functions.names)).items():
        if kept.get(group) is None:
            tell(f"without {group}")
            scores = out_of_fold(examples, replace(plan, without=features), folds, everything, tell)
            own = _worst(examples, {group: scores})
            paired = {level: {**whole[level], **own[level]} for level in own}
            kept.put(group, {"issues": _on(paired, examples.issues), "commits": _on(paired, ~examples.issues)})
        found[group] = kept.get(group)
    return found


def _data(examples: Examples, fitting: Fitting) -> dict[str, Any]:
    names, counts = np.unique(examples.languages, return_counts=True)
    return {
        "rows": examples.rows,
        "issues": int(examples.issues.sum()),
        "repositories": len({str(name).lower() for name in examples.repositories}),
        "repositories_of_issues": len({str(name).lower() for name in examples.repositories[examples.issues]}),
        "languages": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "file_candidates": len(examples.files.values),
        "function_candidates": len(examples.functions.values),
        "rows_of_a_repository_at_most": fitting.cap,
        "source_of_issues": ISSUE,
    }


def _plan(fitting: Fitting) -> dict[str, Any]:
    plan = asdict(fitting.plan)
    return {**plan, "without": sorted(fitting.plan.without), "folds": fitting.folds}


def _model(path: Path, forest: Forest) -> dict[str, Any]:
    used = forest.used_features()
    order: Sequence[int] = np.argsort(-used, kind="stable").tolist()
    return {
        "file": path.name,
        "bytes": path.stat().st_size,
        "trees": forest.trees,
        "features": len(forest.features),
        "nodes_by_feature": {forest.features[number]: int(used[number]) for number in order},
    }
