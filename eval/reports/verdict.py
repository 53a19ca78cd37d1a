"""What a run says in a sentence or two, for people who will not read the tables."""

from __future__ import annotations

from locant.eval.metrics.levels import has_gold, score
from locant.eval.metrics.measures import Measure
from locant.eval.metrics.statistics import paired_bootstrap, wilson
from locant.eval.runs.runfile import Run

__all__ = ["FEW_ROWS", "VERDICT", "printable", "verdicts"]

VERDICT = Measure("Acc", 5)
"""What a person or an agent looks at before searching again."""

FEW_ROWS = 30
"""Below, intervals are wider than most differences: the page says so."""


def verdicts(run: Run) -> list[str]:
    """One sentence for the first system, one for each other against it, and a caution where rows are few."""
    if not run.systems:
        return []
    name, *others = run.systems
    mine = {id_: outcome for id_, outcome in run.of(name).items() if has_gold(outcome, "file")}
    held = [score(outcome, VERDICT, "file") for outcome in mine.values()]
    share = wilson(sum(held), len(held))
    told = [
        f"{name} has all gold files among its first {VERDICT.cutoff} in {_percent(share.value)} of {len(held)} rows."
    ]
    told += [f"{system} gave no answer in {n} rows, which count as wrong." for system, n in _failures(run) if n]
    told += [sentence for other in others if (sentence := _against(run, name, other))]
    few = f"With {len(held)} rows only large differences can be told from chance."
    return [*told, few] if len(held) < FEW_ROWS else told


def _against(run: Run, name: str, other: str) -> str:
    mine, theirs = run.of(name), run.of(other)
    both = [id_ for id_ in mine if id_ in theirs and has_gold(mine[id_], "file") and has_gold(theirs[id_], "file")]
    if not both:
        return ""
    one, two = ([score(found[id_], VERDICT, "file") for id_ in both] for found in (theirs, mine))
    paired = paired_bootstrap(one, two)
    bounds = f"[{_points(paired.difference.low)}, {_points(paired.difference.high)}]"
    certain = paired.difference.low > 0 or paired.difference.high < 0
    return (
        f"{other}: {_percent(sum(one) / len(one))}; {name} is {_points(paired.difference.value)} points {bounds}, "
        f"ahead in {paired.wins} rows, behind in {paired.losses}"
        f"{'' if certain else ', which may be chance'}."
    )


def _failures(run: Run) -> list[tuple[str, int]]:
    return [(name, sum(o.status == "failed" for o in run.of(name).values())) for name in run.systems]


def _points(difference: float) -> str:
    """Signed, but for what rounds to nothing."""
    points = round(100 * difference)
    return f"{points:+d}" if points else "0"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def printable(text: str) -> str:
    """A foreign program's words, with nothing in them that steers a terminal or breaks a page."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
