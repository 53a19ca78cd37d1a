"""Scores of one outcome at a level: files, modules (outermost types and functions), functions, lines.

At line level the items are the gold spans: one is found at the rank of the first returned span that shares a line
with it. What a wide span costs shows in the tokens that it takes to read it, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from locant.eval.metrics.library import scores as by_library
from locant.eval.metrics.measures import Measure
from locant.eval.types import Outcome
from locant.types import Location

__all__ = ["LEVELS", "has_gold", "overlaps", "score", "scores", "span_of", "span_text"]

LEVELS = ("file", "module", "function", "line")


def has_gold(outcome: Outcome, level: str) -> bool:
    """Whether a row counts at a level: it must be possible, and say what is right there."""
    return outcome.status != "impossible" and bool(_gold(outcome, level))


def score(outcome: Outcome, measure: Measure, level: str) -> float:
    """One row's score, 0 to 1; an answer that is not there scores zero. Rows without gold at the level have none."""
    if level == "line":
        gold = [span_of(text) for text in outcome.gold_spans]
        return measure.of_ranks(_span_ranks(map(span_of, outcome.spans), gold), len(gold))
    return measure.score(_answer(outcome, level), _gold(outcome, level))


def scores(outcomes: Sequence[Outcome], measure: Measure, level: str) -> list[float]:
    """Scores of many rows, in order: what `score` gives, by a well-known library where it has the measure."""
    if level == "line":
        return [score(outcome, measure, level) for outcome in outcomes]
    answers = [_answer(outcome, level) for outcome in outcomes]
    return by_library(measure, answers, [_gold(outcome, level) for outcome in outcomes])


def _answer(outcome: Outcome, level: str) -> tuple[str, ...]:
    return {"file": outcome.files, "module": outcome.modules, "function": outcome.functions}[level]


def _gold(outcome: Outcome, level: str) -> tuple[str, ...]:
    golds = {
        "file": outcome.gold_files,
        "module": outcome.gold_modules,
        "function": outcome.gold_functions,
        "line": outcome.gold_spans,
    }
    return golds[level]


def _span_ranks(spans: Iterable[Location], gold: Sequence[Location]) -> list[int]:
    """Rank at which each gold span is first seen; those that are not, are left out."""
    left = list(gold)
    ranks: list[int] = []
    for rank, span in enumerate(spans, start=1):
        unseen = [wanted for wanted in left if not overlaps(span, wanted)]
        ranks.extend([rank] * (len(left) - len(unseen)))
        left = unseen
    return ranks


def overlaps(one: Location, other: Location) -> bool:
    """Whether two spans share a line."""
    return one.path == other.path and one.start_line <= other.end_line and other.start_line <= one.end_line


def span_text(span: Location) -> str:
    """`path:12-40`."""
    return f"{span.path}:{span.start_line}-{span.end_line}"


def span_of(text: str) -> Location:
    """The span that `span_text` wrote."""
    path, _, lines = text.rpartition(":")
    start, _, end = lines.partition("-")
    return Location(path, int(start), int(end))
