"""Where a long stretch of rows may be cut: at the first row of a statement, without recursion over the tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    from locant.indexer.syntax.rows import Rows

__all__ = ["Border", "statement_borders"]

# A body starts where its first statement does; that row is no better a border than those of the other statements.
BODY_SUFFIXES = ("block", "body", "_list", "suite", "compound_statement")


class Border(NamedTuple):
    """A row at which a node starts that nothing before it on the row belongs to; `depth` is 0 for the outermost."""

    row: int
    depth: int


def statement_borders(root: Node, rows: Rows, first: int, last: int, max_lines: int, max_bytes: int) -> list[Border]:
    """Rows in (first, last] that start a statement, or a part of one that is itself too large for a piece.

    Give the same `root` object for all stretches of a file: a node remembers its children.
    """
    depths: dict[int, int] = {}
    around = root.descendant_for_byte_range(rows.start(first), rows.end(last) - 1)
    stack = [(root if around is None or around == root else around, 0)]
    while stack:
        node, depth = stack.pop()
        children = _children_within(node, first, last)
        inner_depth = depth + 1 if len(children) > 1 else depth
        previous_row = -1
        attached = False
        for child in children:
            row, end_row = child.start_point[0], child.end_point[0]
            if first < row <= last and row > previous_row and not attached and not child.type.endswith(BODY_SUFFIXES):
                depths[row] = min(depth, depths.get(row, depth))
            attached = "comment" in child.type and row > previous_row
            previous_row = end_row
            if end_row - row >= max_lines or child.end_byte - child.start_byte > max_bytes:
                stack.append((child, inner_depth))
    return [Border(row, depths[row]) for row in sorted(depths)]


def _children_within(node: Node, first: int, last: int) -> list[Node]:
    """By bisection: a module of ten thousand small functions is asked for its children hundreds of times."""
    children = node.children
    from_first = bisect_left(children, first, key=_end_row)
    return children[from_first : bisect_right(children, last, lo=from_first, key=_start_row)]


def _start_row(node: Node) -> int:
    return node.start_point[0]


def _end_row(node: Node) -> int:
    return node.end_point[0]
