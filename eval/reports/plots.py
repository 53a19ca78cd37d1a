"""The plots of a report, each from a run alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from locant.eval.metrics.levels import score
from locant.eval.metrics.measures import Measure
from locant.eval.metrics.statistics import Interval, wilson
from locant.eval.reports.scores import scorable, split
from locant.eval.reports.svg import Axis, Frame, dots, line, steps, svg, text, ticks_log
from locant.eval.runs.runfile import Run
from locant.eval.types import Outcome

__all__ = ["accuracy_plot", "split_plot", "time_plot", "tokens_plot"]

CUTOFFS = (1, 3, 5, 10, 20)
SHIFT = 7.0
"""Pixels between the systems' dots at one place, so that their intervals do not hide each other."""

LABEL_HEIGHT = 15
"""Pixels between two labels that would overlap."""

PERCENT = tuple((share / 100, f"{share}%") for share in range(0, 101, 20))
ROW_HEIGHT = 22
"""Pixels for each system in a plot with one row per part."""


def _share(low: str = "") -> Axis:
    return Axis(0.0, 1.0, PERCENT, low)


def accuracy_plot(run: Run, level: str) -> str:
    """Acc@k by k, with Wilson intervals."""
    ticks = tuple((float(place), f"@{k}") for place, k in enumerate(CUTOFFS))
    frame = Frame(Axis(-0.3, len(CUTOFFS) - 0.7, ticks, f"{level}s looked at"), _share())
    parts = []
    ends: list[tuple[float, str]] = []
    for number, system in enumerate(run.systems):
        rows = scorable(run.of(system).values(), level)
        points = [(float(place), _accuracy(rows, k, level)) for place, k in enumerate(CUTOFFS)]
        parts.append(line(frame, [(place, interval.value) for place, interval in points], number))
        parts.append(dots(frame, points, number, shift=(number - (len(run.systems) - 1) / 2) * SHIFT))
        ends.append((points[-1][1].value, system))
    return svg(frame, f"Acc@k, {level} level", *parts, _labels(frame, ends))


def _accuracy(rows: Sequence[Outcome], k: int, level: str) -> Interval:
    return wilson(sum(score(row, Measure("Acc", k), level) for row in rows), len(rows))


def tokens_plot(run: Run) -> str:
    """Share of rows whose gold an agent holds after reading so many tokens."""
    rows = {system: scorable(run.of(system).values()) for system in run.systems}
    held = {system: sorted(row.tokens_to_gold for row in found if row.tokens_to_gold) for system, found in rows.items()}
    known = [tokens for found in held.values() for tokens in found]
    if not known:
        return ""
    low, high = 10 ** math.floor(math.log10(min(known))), 10 ** math.ceil(math.log10(max(known) + 1))
    frame = Frame(Axis(low, high, ticks_log(low, high), "tokens read", log=True), _share())
    parts = []
    ends: list[tuple[float, str]] = []
    for number, (system, found) in enumerate(held.items()):
        total = max(1, len(rows[system]))
        points = [(float(low), 0.0), *((float(tokens), place / total) for place, tokens in enumerate(found, start=1))]
        points.append((float(high), len(found) / total))
        parts.append(steps(frame, points, number))
        ends.append((len(found) / total, system))
    return svg(frame, "Rows whose gold is held, by tokens read", *parts, _labels(frame, ends))


def time_plot(run: Run) -> str:
    """Median and 10th to 90th percentile of query and of index time."""
    found: list[tuple[str, int, Interval]] = []
    for number, system in enumerate(run.systems):
        rows = [row for row in run.of(system).values() if row.status == "scored"]
        for name, values in (("index", [r.index_seconds for r in rows]), ("query", [r.seconds for r in rows])):
            if any(values):
                found.append((f"{system} {name}", number, _spread(values)))
    if not found:
        return ""
    low, high = 1e-3, 10 ** math.ceil(math.log10(max(interval.high for *_, interval in found) + 1e-2))
    places = tuple((len(found) - 1.0 - place, name) for place, (name, *_) in enumerate(found))
    frame = _rows_frame(Axis(low, high, ticks_log(low, high), "seconds", log=True), places, 1)
    marks = [dots(frame, [(place, row[2])], row[1], flat=True) for (place, _), row in zip(places, found, strict=True)]
    return svg(frame, "Time: median, 10th to 90th percentile", *marks)


def _spread(values: Sequence[float]) -> Interval:
    ordered = sorted(values)
    tenth, middle, last = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.1, 0.5, 0.9))
    return Interval(middle, tenth, last)


def split_plot(run: Run, by: str, cutoff: int = 5) -> str:
    """File accuracy on every part of a split, with intervals."""
    parts = {system: split(run.of(system).values(), by) for system in run.systems}
    names = sorted({name for groups in parts.values() for name in groups})
    if not names:
        return ""
    rows = {name: max(len(groups.get(name, ())) for groups in parts.values()) for name in names}
    places = tuple((len(names) - 1.0 - place, f"{name} ({rows[name]})") for place, name in enumerate(names))
    frame = _rows_frame(_share(f"Acc@{cutoff}, file level"), places, len(run.systems))
    marks = []
    for number, groups in enumerate(parts.values()):
        points = [
            (place, _accuracy(groups[name], cutoff, "file"))
            for (place, _), name in zip(places, names, strict=True)
            if name in groups
        ]
        marks.append(dots(frame, points, number, (number - (len(parts) - 1) / 2) * SHIFT, flat=True))
    return svg(frame, f"Acc@{cutoff} by {by}", *marks)


def _rows_frame(x: Axis, places: tuple[tuple[float, str], ...], systems: int) -> Frame:
    """A frame with one line per named row."""
    height = 70 + len(places) * max(ROW_HEIGHT, int(systems * SHIFT) + 12)
    return Frame(x, Axis(-0.5, len(places) - 0.5, places, ""), height=height, left=150, right=24)


def _labels(frame: Frame, ends: Sequence[tuple[float, str]]) -> str:
    """Names of the systems at the right end of their lines, pushed apart where they would overlap."""
    parts = []
    last = 0.0
    names = {name: number for number, (_, name) in enumerate(ends)}
    for value, name in sorted(ends, reverse=True):
        _, y = frame.at(frame.x.high, value)
        last = max(y + 4, last + LABEL_HEIGHT)
        parts.append(text(frame.width - frame.right + 8, last, name, style=f"name f{names[name]}"))
    return "".join(parts)
