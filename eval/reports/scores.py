"""Scores of one system in one run, at file and function level, whole and by split."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from locant.eval.metrics.measures import DEFAULT_MEASURES, Measure
from locant.eval.metrics.statistics import Interval, bootstrap_mean, wilson
from locant.eval.types import Outcome

__all__ = ["LEVELS", "SPLITS", "Figure", "Summary", "scorable", "score", "split", "summarize"]

LEVELS = ("file", "function")

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
    """One system over one set of rows. Medians are over rows with an answer; tokens over rows that found all gold."""

    system: str
    rows: int
    failed: int
    impossible: int
    figures: tuple[Figure, ...]
    query_seconds: float
    index_seconds: float
    answer_tokens: float
    tokens_to_gold: float
    notes: tuple[str, ...]


def scorable(outcomes: Iterable[Outcome], level: str = "file") -> list[Outcome]:
    """Outcomes that count at a level: possible rows, and for functions those that have gold functions."""
    possible = [outcome for outcome in outcomes if outcome.status != "impossible"]
    return possible if level == "file" else [outcome for outcome in possible if outcome.gold_functions]


def score(outcome: Outcome, measure: Measure, level: str) -> float:
    """One row's score; a failed row scores zero since its answer is empty."""
    if level == "file":
        return measure.score(outcome.files, outcome.gold_files)
    return measure.score(outcome.functions, outcome.gold_functions)


def summarize(system: str, outcomes: Sequence[Outcome], measures: Sequence[Measure] = DEFAULT_MEASURES) -> Summary:
    """All figures of one system."""
    possible = scorable(outcomes)
    answered = [outcome for outcome in possible if outcome.status == "scored"]
    held = [outcome.tokens_to_gold for outcome in answered if outcome.tokens_to_gold is not None]
    return Summary(
        system=system,
        rows=len(possible),
        failed=len(possible) - len(answered),
        impossible=len(outcomes) - len(possible),
        figures=tuple(_figure(outcomes, measure, level) for level in LEVELS for measure in measures),
        query_seconds=_median([outcome.seconds for outcome in answered]),
        index_seconds=_median([outcome.index_seconds for outcome in answered]),
        answer_tokens=_median([outcome.answer_tokens for outcome in answered]),
        tokens_to_gold=_median(held),
        notes=tuple(f"{outcome.instance}: {outcome.note}" for outcome in outcomes if outcome.note),
    )


def _figure(outcomes: Sequence[Outcome], measure: Measure, level: str) -> Figure:
    values = [score(outcome, measure, level) for outcome in scorable(outcomes, level)]
    interval = wilson(sum(values), len(values)) if measure.is_proportion else bootstrap_mean(values)
    return Figure(level, str(measure), len(values), interval)


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values)) if values else 0.0


def _size(outcome: Outcome) -> str:
    if outcome.candidates < SMALL:
        return f"under {SMALL} files"
    return f"{SMALL} to {LARGE} files" if outcome.candidates < LARGE else f"over {LARGE} files"


SPLITS: dict[str, Callable[[Outcome], str]] = {
    "language": lambda outcome: outcome.language or "mixed",
    "size": _size,
    "gold files": lambda outcome: "one" if len(outcome.gold_files) == 1 else "several",
    "text names gold": lambda outcome: "yes" if outcome.named else "no",
    "category": lambda outcome: outcome.meta.get("category", "none"),
}


def split(outcomes: Iterable[Outcome], by: str) -> dict[str, list[Outcome]]:
    """Possible rows by the values of a split, in order of the values."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in scorable(outcomes):
        groups.setdefault(SPLITS[by](outcome), []).append(outcome)
    return dict(sorted(groups.items()))
