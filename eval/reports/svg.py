"""Small vector drawings as text: axes, lines, dots with intervals. Colours come from the page's style by class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from locant.eval.metrics.statistics import Interval

__all__ = ["Axis", "Frame", "dots", "line", "steps", "svg", "text", "ticks_log"]

SERIES = 6
"""Colours in the page's style; further systems repeat them."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from `low` to `high`, linear or logarithmic, with labelled ticks."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    label: str
    log: bool = False

    def share(self, value: float) -> float:
        """Where a value lies between the ends, 0 to 1."""
        if self.log:
            value = max(value, self.low)
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing's size and margins, and its two axes."""

    x: Axis
    y: Axis
    width: int = 480
    height: int = 320
    left: int = 46
    right: int = 84
    top: int = 14
    bottom: int = 46

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Position of a pair of values."""
        inner_x = self.left + self.x.share(x) * (self.width - self.left - self.right)
        inner_y = self.height - self.bottom - self.y.share(y) * (self.height - self.top - self.bottom)
        return round(inner_x, 1), round(inner_y, 1)

    def axes(self) -> str:
        """Grid lines, tick labels and axis names."""
        parts = []
        x0, y0 = self.left, self.height - self.bottom
        for value, label in self.y.ticks:
            _, y = self.at(self.x.low, value)
            parts.append(f'<line class="grid" x1="{x0}" y1="{y}" x2="{self.width - self.right}" y2="{y}"/>')
            parts.append(text(x0 - 8, y + 4, label, "end"))
        for value, label in self.x.ticks:
            x, _ = self.at(value, self.y.low)
            parts.append(f'<line class="grid" x1="{x}" y1="{self.top}" x2="{x}" y2="{y0}"/>')
            parts.append(text(x, y0 + 17, label, "middle"))
        parts.append(text((x0 + self.width - self.right) / 2, self.height - 8, self.x.label, "middle"))
        return "".join(parts)


def svg(frame: Frame, title: str, *parts: str) -> str:
    """A whole drawing, named for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{frame.axes()}{''.join(parts)}</svg>"
    )


def text(x: float, y: float, content: str, anchor: str = "start", style: str = "") -> str:
    """A label."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" class="{style}">{escape(content)}</text>'


def line(frame: Frame, points: Sequence[tuple[float, float]], series: int) -> str:
    """A line through points."""
    path = " ".join(f"{x},{y}" for x, y in (frame.at(*point) for point in points))
    return f'<polyline class="s{series % SERIES}" points="{path}"/>'


def steps(frame: Frame, points: Sequence[tuple[float, float]], series: int) -> str:
    """A line that goes up in steps, as a cumulative share does."""
    cornered: list[tuple[float, float]] = []
    for point in points:
        if cornered:
            cornered.append((point[0], cornered[-1][1]))
        cornered.append(point)
    return line(frame, cornered, series)


def dots(
    frame: Frame, points: Sequence[tuple[float, Interval]], series: int, shift: float = 0.0, *, flat: bool = False
) -> str:
    """Dots with their intervals; `flat` puts the value on the x axis. `shift` keeps systems apart."""
    parts = []
    for position, interval in points:
        ends = [
            frame.at(value, position) if flat else frame.at(position, value)
            for value in (interval.low, interval.value, interval.high)
        ]
        (x1, y1), (x, y), (x2, y2) = [(a, b + shift) if flat else (a + shift, b) for a, b in ends]
        parts.append(f'<line class="s{series % SERIES} whisker" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')
        parts.append(f'<circle class="s{series % SERIES}" cx="{x}" cy="{y}" r="4"/>')
    return "".join(parts)


def ticks_log(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Powers of ten between two values, with short labels."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return tuple((10.0**power, _short(10.0**power)) for power in powers if low <= 10.0**power <= high)


def _short(value: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
