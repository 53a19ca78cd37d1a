"""What each signal of locant is worth: all of them, then each one removed in turn, on the same rows."""

from __future__ import annotations

from collections.abc import Sequence

from locant.eval.metrics.measures import Measure
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
    rows: list[tuple[float, tuple[str, ...]]] = []
    for system in run.systems:
        if system != FULL:
            found = compare((FULL, run.of(FULL)), (system, run.of(system)), [MEASURE]).rows
            cells = (percent(row.paired.difference) for row in found)
            rows.append((found[0].paired.difference.value, (system.partition("=")[2], *cells)))
    ordered = tuple(cells for _, cells in sorted(rows, key=lambda row: (row[0], row[1])))
    levels = ("file", "function")[: max((len(cells) - 1 for cells in ordered), default=2)]
    return Table(f"{MEASURE} without a signal, difference in %", ("removed", *levels), ordered)
