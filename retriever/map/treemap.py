"""Squarified treemaps (Bruls, Huizing, van Wijk 2000): a rectangle cut into parts of given areas, none too thin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "squarify"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner and its size, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def inside(self, margin: float, top: float = 0.0) -> Box:
        """What is left of it within a margin, and below a heading of height `top`."""
        width, height = self.width - 2 * margin, self.height - 2 * margin - top
        return Box(self.x + margin, self.y + margin + top, max(width, 0.0), max(height, 0.0))


def squarify(weights: Sequence[float], box: Box) -> list[Box]:
    """One box per weight, in the same order, of areas in proportion; weights are positive and largest first."""
    total = sum(weights)
    scale = box.width * box.height / total if total > 0 else 0.0
    areas = [weight * scale for weight in weights]
    boxes: list[Box] = []
    rest, start = box, 0
    while start < len(areas):
        end = _row_end(areas, start, min(rest.width, rest.height))
        row, rest = _lay(areas[start:end], rest)
        boxes.extend(row)
        start = end
    return boxes


def _row_end(areas: Sequence[float], start: int, side: float) -> int:
    """Where the row that begins at `start` ends: before an area that would make its parts thinner."""
    end, total = start + 1, areas[start]
    while end < len(areas):
        wider = total + areas[end]
        if _thinnest(areas[start], areas[end], wider, side) > _thinnest(areas[start], areas[end - 1], total, side):
            break
        total, end = wider, end + 1
    return end


def _thinnest(largest: float, smallest: float, total: float, side: float) -> float:
    """Longer side over shorter side of the worst part of a row."""
    if total <= 0 or side <= 0 or smallest <= 0:
        return float("inf")
    return max(side * side * largest / (total * total), total * total / (side * side * smallest))


def _lay(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """A row along the shorter side, and what is left of the box."""
    total = sum(areas)
    boxes = []
    if box.width >= box.height:
        thick = total / box.height if box.height > 0 else 0.0
        at = box.y
        for area in areas:
            length = area / thick if thick > 0 else 0.0
            boxes.append(Box(box.x, at, thick, length))
            at += length
        return boxes, Box(box.x + thick, box.y, max(box.width - thick, 0.0), box.height)
    thick = total / box.width if box.width > 0 else 0.0
    at = box.x
    for area in areas:
        length = area / thick if thick > 0 else 0.0
        boxes.append(Box(at, box.y, length, thick))
        at += length
    return boxes, Box(box.x, box.y + thick, box.width, max(box.height - thick, 0.0))
