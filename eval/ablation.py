"""What each signal of locant is worth: all of them, then each one removed in turn, on the same rows."""

from __future__ import annotations

from collections.abc import Sequence

from locant.eval.metrics.levels import LEVELS
from locant.eval.metrics.measures import Measure
from locant.eval.metrics.statistics import Interval
from locant.eval.reports.compare import compare
from locant.eval.reports.tables import Table, percent
from locant.eval.runs.runfile import Run
from locant.retriever.signals.files import FILE_SIGNALS
from locant.retriever.signals.functions import FUNCTION_SIGNALS

__all__ = ["SIGNALS", "ablation_systems", "ablation_table"]

SIGNALS = tuple(dict.fromkeys((*FILE_SIGNALS, *FUNCTION_SIGNALS)))
"""Names of all signals, of files and of functions."""

FULL = "locant"
MEASURE = Measure("Acc", 5)


def ablation_systems(signals: Sequence[str] = SIGNALS) -> list[str]:
    """Systems to run: everything, and everything but one."""
    return [FULL, *(f"{FULL}:without={signal}" for signal in signals)]


def ablation_table(run: Run) -> Table:
    """What accuracy changes when a signal is removed: negative means that the signal helps. Worst loss first."""
    found: dict[str, dict[str, Interval]] = {}
    for system in run.systems:
        if system != FULL:
            rows = compare((FULL, run.of(FULL)), (system, run.of(system)), [MEASURE]).rows
            found[system.partition("=")[2]] = {row.level: row.paired.difference for row in rows}
    levels = [level for level in LEVELS if any(level in by_level for by_level in found.values())]
    ordered = sorted(found.items(), key=lambda item: (item[1]["file"].value, item[0]))
    body = tuple(
        (signal, *(percent(by_level[level]) if level in by_level else "" for level in levels))
        for signal, by_level in ordered
    )
    return Table(f"{MEASURE} without a signal, difference in %", ("removed", *levels), body)
