"""Two systems on the same rows: differences with paired intervals, and who wins where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locant.eval.errors import EvaluationError
from locant.eval.metrics.levels import has_gold, score
from locant.eval.metrics.measures import DEFAULT_MEASURES, Measure
from locant.eval.metrics.statistics import Paired, paired_bootstrap
from locant.eval.reports.scores import levels_of
from locant.eval.types import Outcome

__all__ = ["Comparison", "Row", "compare"]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure at one level: means of both, and the paired difference (second minus first)."""

    level: str
    measure: str
    rows: int
    first: float
    second: float
    paired: Paired


@dataclass(frozen=True, slots=True)
class Comparison:
    """`missing`: rows that only one of the two has an outcome for; there the other scores zero."""

    first: str
    second: str
    rows: tuple[Row, ...]
    missing: int


def compare(
    first: tuple[str, Mapping[str, Outcome]],
    second: tuple[str, Mapping[str, Outcome]],
    measures: Sequence[Measure] = DEFAULT_MEASURES,
    *,
    common: bool = False,
) -> Comparison:
    """Compare named outcomes by instance. A row counts if either system (both, if `common`) has a possible outcome."""
    (name_a, a), (name_b, b) = first, second
    if common:
        a, b = ({id_: found[id_] for id_ in found if id_ in a and id_ in b} for found in (a, b))
    known = {id_: outcome for outcomes in (b, a) for id_, outcome in outcomes.items() if outcome.status != "impossible"}
    if not set(a) & set(b):
        raise EvaluationError(f"{name_a} and {name_b} share no row: compare runs over the same dataset")
    rows: list[Row] = []
    for level in levels_of([*a.values(), *b.values()]):
        ids = sorted(id_ for id_, outcome in known.items() if has_gold(outcome, level))
        if ids:
            rows.extend(_row(a, b, ids, measure, level) for measure in measures)
    missing = sum(id_ not in a or id_ not in b for id_ in known)
    return Comparison(name_a, name_b, tuple(rows), missing)


def _row(a: Mapping[str, Outcome], b: Mapping[str, Outcome], ids: Sequence[str], measure: Measure, level: str) -> Row:
    one = [_score(a.get(id_), measure, level) for id_ in ids]
    two = [_score(b.get(id_), measure, level) for id_ in ids]
    return Row(level, str(measure), len(ids), sum(one) / len(ids), sum(two) / len(ids), paired_bootstrap(one, two))


def _score(outcome: Outcome | None, measure: Measure, level: str) -> float:
    """Zero where a system has no outcome, or none that could be scored at this level."""
    if outcome is None or outcome.status != "scored" or not has_gold(outcome, level):
        return 0.0
    return score(outcome, measure, level)
