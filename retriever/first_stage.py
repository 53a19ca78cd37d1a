"""The first stage of localization: signals of all files and definitions, and their plain fusion.

Everything is computed once and kept unscaled: the weighted sum scales each signal by its maximum, the learned ranker's
tables scale otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locant.retriever.context import Context, Floats, scaled
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS, Ranker, file_priors
from locant.retriever.learning.tables import Tables, make_tables
from locant.retriever.signals.files import FILE_SIGNALS, raw_file_signals
from locant.retriever.signals.functions import FUNCTION_SIGNALS, file_signal, raw_function_signals

__all__ = ["FirstStage", "first_stage", "tables_of"]

NAMED_PRIOR = 0.8
"""Of a test or document that the text names by its path: then it is meant, whatever it is for."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstStage:
    """Raw signals and fused scores of files (files,) and definitions (symbols,); `priors` are in the files' scores."""

    file_signals: Mapping[str, Floats]
    files: Floats
    priors: Floats
    function_signals: Mapping[str, Floats]
    functions: Floats


def first_stage(
    context: Context,
    files: Ranker,
    functions: Ranker,
    filters: Filters | None = None,
    without: frozenset[str] = frozenset(),
    *,
    every_signal: bool = False,
) -> FirstStage:
    """Score every file and definition.

    Args:
        context: the query.
        files: how signals of files become scores.
        functions: how signals of definitions become scores.
        filters: what may be answered at all; the rest scores 0.
        without: signals to switch off, by name, for ablation.
        every_signal: compute also those that the fusion gives no weight, for a learned ranker.

    """
    by_file = raw_file_signals(context, _wanted(FILE_SIGNALS, FILE_WEIGHTS, without, every_signal))
    priors = _priors(context, by_file)
    of_files = files.score(_scaled(by_file, FILE_WEIGHTS)) * priors
    if filters is not None:
        of_files = np.where(file_mask(context.snapshot, filters), of_files, 0.0)
    wanted = _wanted(FUNCTION_SIGNALS, FUNCTION_WEIGHTS, without, every_signal)
    by_function = raw_function_signals(context, wanted)
    by_function["file"] = file_signal(context, of_files)
    of_functions = functions.score(_scaled(by_function, FUNCTION_WEIGHTS)) * (by_function["file"] > 0)
    return FirstStage(by_file, of_files, priors, by_function, of_functions)


def tables_of(context: Context, stage: FirstStage, filters: Filters | None = None) -> Tables:
    """Feature tables of the likeliest candidates of a stage that has every signal."""
    return make_tables(context, stage.file_signals, stage.files, stage.function_signals, stage.functions, filters)


def _wanted(
    signals: Mapping[str, object], weights: Mapping[str, float], without: frozenset[str], every: bool
) -> list[str]:
    return [name for name in signals if (every or name in weights) and name not in without]


def _scaled(signals: Mapping[str, Floats], weights: Mapping[str, float]) -> dict[str, Floats]:
    return {name: scaled(values) for name, values in signals.items() if name in weights}


def _priors(context: Context, signals: Mapping[str, Floats]) -> Floats:
    """What files are for, unless the text names the file itself."""
    priors = file_priors(context.snapshot)
    if "named_path" not in signals:
        return priors
    return np.where(context.names_exactly(), np.maximum(priors, NAMED_PRIOR), priors)
