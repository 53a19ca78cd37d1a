"""Scores of one system in one run, at every level that has gold, whole and by split."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from locant.eval.metrics.levels import LEVELS, has_gold, score, scores
from locant.eval.metrics.measures import DEFAULT_MEASURES, Measure
from locant.eval.metrics.statistics import Interval, bootstrap_mean, wilson
from locant.eval.types import Outcome

__all__ = [
    "LEVELS",
    "SPLITS",
    "Figure",
    "Summary",
    "levels_of",
    "model_rows",
    "scorable",
    "score",
    "split",
    "summarize",
]

SMALL, LARGE = 200, 1000
"""Borders of repository size in candidate files: thirds of the development rows, rounded."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure at one level over so many rows."""

    level: str
    measure: str
    rows: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Summary:
    """One system over one set of rows.

    Medians of time, answers and memory are over rows with an answer. Those of tokens until the gold is held are over
    all rows that have gold, and None where most never get there: over the others alone, a system that finds only what
    is easy would look thrifty.

    empty: rows with an answer that names no file which could be right.
    peak_bytes: median of the most memory that answering took; 0 if it was not measured.
    model_calls, model_tokens, model_cost, model_dropped: means of what language models did for a row with an answer,
        as if no answer had been kept from before; dollars are None where a price is not known.
    model_rows: rows in which a model said something of use; in the others the answer is the one without it. None where
        no model was asked, or nobody counted.
    """

    system: str
    rows: int
    failed: int
    impossible: int
    empty: int
    figures: tuple[Figure, ...]
    query_seconds: float
    index_seconds: float
    answer_tokens: float
    tokens_to_gold: float | None
    tokens_to_functions: float | None
    peak_bytes: float
    model_calls: float
    model_tokens: float
    model_cost: float | None
    model_dropped: float
    model_rows: int | None
    notes: tuple[str, ...]


def scorable(outcomes: Iterable[Outcome], level: str = "file") -> list[Outcome]:
    """Outcomes that count at a level: possible rows that say what is right there."""
    return [outcome for outcome in outcomes if has_gold(outcome, level)]


def levels_of(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Levels at which a run says anything: some row has gold there, and some answer goes that deep."""
    known = [outcome for outcome in outcomes if outcome.status == "scored"]
    answered = {
        "file": True,
        "module": any(outcome.modules for outcome in known),
        "function": any(outcome.functions for outcome in known),
        "line": any(outcome.spans for outcome in known),
    }
    asked = {level: any(has_gold(outcome, level) for outcome in known) or not known for level in LEVELS}
    return tuple(level for level in LEVELS if answered[level] and asked[level])


def summarize(system: str, outcomes: Sequence[Outcome], measures: Sequence[Measure] = DEFAULT_MEASURES) -> Summary:
    """All figures of one system."""
    possible = [outcome for outcome in outcomes if outcome.status != "impossible"]
    answered = [outcome for outcome in possible if outcome.status == "scored"]
    return Summary(
        system=system,
        rows=len(possible),
        failed=len(possible) - len(answered),
        impossible=len(outcomes) - len(possible),
        empty=sum(not outcome.files for outcome in answered),
        figures=tuple(_figure(outcomes, measure, level) for level in LEVELS for measure in measures),
        query_seconds=_median([outcome.seconds for outcome in answered]),
        index_seconds=_median([outcome.index_seconds for outcome in answered]),
        answer_tokens=_median([outcome.answer_tokens for outcome in answered]),
        tokens_to_gold=_reach([outcome.tokens_to_gold for outcome in possible]),
        tokens_to_functions=_reach([o.tokens_to_functions for o in possible if has_gold(o, "function")]),
        peak_bytes=_median([outcome.peak_bytes for outcome in answered if outcome.peak_bytes]),
        model_calls=_mean([outcome.model_calls for outcome in answered]),
        model_tokens=_mean([outcome.model_tokens for outcome in answered]),
        model_cost=_dollars(answered),
        model_dropped=_mean([outcome.model_dropped for outcome in answered]),
        model_rows=model_rows(answered),
        notes=tuple(f"{outcome.instance}: {outcome.note}" for outcome in outcomes if outcome.note),
    )


def _figure(outcomes: Sequence[Outcome], measure: Measure, level: str) -> Figure:
    values = scores(scorable(outcomes, level), measure, level)
    interval = wilson(sum(values), len(values)) if measure.is_proportion else bootstrap_mean(values)
    return Figure(level, str(measure), len(values), interval)


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values)) if values else 0.0


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def model_rows(outcomes: Iterable[Outcome]) -> int | None:
    """Rows in which a model said something of use; None where none was asked, or nobody counted."""
    counted = [outcome.model_useful for outcome in outcomes if outcome.model_useful is not None]
    return sum(useful > 0 for useful in counted) if counted else None


def _dollars(outcomes: Sequence[Outcome]) -> float | None:
    """Mean price of a row; None as soon as one row's is not known."""
    costs = [outcome.model_cost if outcome.model_calls else 0.0 for outcome in outcomes]
    return None if None in costs else _mean([cost for cost in costs if cost is not None])


def _reach(tokens: Sequence[int | None]) -> float | None:
    """Median where None is more than anything; None if that is it."""
    median = _median([math.inf if found is None else found for found in tokens])
    return median if 0 < median < math.inf else None


def _size(outcome: Outcome) -> str:
    if outcome.candidates < SMALL:
        return f"under {SMALL} files"
    return f"{SMALL} to {LARGE} files" if outcome.candidates < LARGE else f"over {LARGE} files"


SPLITS: dict[str, Callable[[Outcome], str]] = {
    "language": lambda outcome: outcome.language or "mixed",
    "size": _size,
    "gold files": lambda outcome: "one" if len(outcome.gold_files) == 1 else "several",
    "text names gold": lambda outcome: "yes" if outcome.named else "no",
    "repository": lambda outcome: outcome.repository.rstrip("/").rsplit("/", 1)[-1],
    "source": lambda outcome: outcome.meta.get("source", "none"),
    "category": lambda outcome: outcome.meta.get("category", "none"),
}


def split(outcomes: Iterable[Outcome], by: str) -> dict[str, list[Outcome]]:
    """Possible rows by the values of a split, in order of the values."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in scorable(outcomes):
        groups.setdefault(SPLITS[by](outcome), []).append(outcome)
    return dict(sorted(groups.items()))
