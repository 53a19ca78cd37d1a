"""Reading files through a window of 100 lines, and their outlines."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from locant.agent_tools.functions.paths import inside, refuse_unfit
from locant.agent_tools.text import code_block, count, one_line
from locant.agent_tools.types import Block, Call, Draft, Range
from locant.errors import NotFoundError, QueryError
from locant.indexer.walk.presence import is_file
from locant.retriever.reading.visible import visible
from locant.types import Symbol, View

__all__ = ["WINDOW", "goto", "open_file", "outline", "scroll"]

WINDOW = 100
"""Lines of a window: what agents read at once without losing their place."""

ABOVE = 6
"""A line that is asked for stands a sixth from the top: what follows it matters more than what precedes it."""

OVERLAP = 2
"""Lines that stay when the window scrolls, so that the reader sees where he is."""

SMALLER = (50, 20, 8)
"""Windows to try when the whole one does not fit."""

MOST_LINES = 100_000_000

LineNumber = Annotated[int, Range(0, MOST_LINES)]

_AT_LINE = re.compile(r"(?P<path>.+):(?P<line>\d+)(?:-\d+)?")


def open_file(call: Call, path: str, line: LineNumber = 0) -> Draft:
    """Show a window of 100 lines of a file, around a line, as it is on disk now, with line numbers and the number
    of lines above and below. Use it to read code at a place that another tool named. Secrets are masked.

    Args:
        path: a path in the repository; "src/retry.py:120" and "src/retry.py:Class.method" open it there.
        line: the line to show; it stands a sixth from the top. 0 is the beginning, or what the path names.

    """
    wanted, at = _target(call, path)
    start = line or at
    top = max(1, start - WINDOW // ABOVE) if start else 1
    return _window(call, wanted, top, start)


def scroll(call: Call, direction: Literal["down", "up"] = "down", path: str = "", line: LineNumber = 0) -> Draft:
    """Move the window of the open file down or up by 100 lines. Needs a file that was opened before in this
    session, or the path and the first line of the window that is shown.

    Args:
        direction: where the window moves.
        path: the file, where no session keeps the one that is open.
        line: first line of the present window, where no session keeps it.

    """
    wanted, at = _open_place(call, path, line)
    step = WINDOW - OVERLAP
    total = call.index.view(wanted, 1, 1).total_lines
    if direction == "down" and at + WINDOW > total:
        raise NotFoundError(
            f"{one_line(wanted)} ends at line {total}: nothing is below. Scroll up, or open another file"
        )
    if direction == "up" and at <= 1:
        raise NotFoundError(f"the window is at the top of {one_line(wanted)}: nothing is above. Scroll down instead")
    return _window(call, wanted, max(1, at + step if direction == "down" else at - step), 0)


def goto(call: Call, line: Annotated[int, Range(1, MOST_LINES)], path: str = "") -> Draft:
    """Show the window around a line of the open file. Needs a file that was opened before in this session, or its path.

    Args:
        line: the line to show.
        path: the file, where no session keeps the one that is open.

    """
    wanted, _ = _open_place(call, path, line)
    return _window(call, wanted, max(1, line - WINDOW // ABOVE), line)


def _target(call: Call, text: str) -> tuple[str, int]:
    """Path and line of `path`, `path:12` or `path:Symbol`; a file whose name looks so is taken as it is."""
    refuse_unfit(text)
    if is_file(call.index.root / text):
        return inside(call.index, text), 0
    match = _AT_LINE.fullmatch(text)
    if match is not None:
        return inside(call.index, match["path"]), int(match["line"])
    path, colon, symbol = text.rpartition(":")
    if not colon or not path or not symbol:
        return inside(call.index, text), 0
    path = inside(call.index, path)
    found = call.index.definitions(f"{path}:{symbol}", limit=1)
    if not found:
        raise NotFoundError(f"{one_line(path)} defines no {one_line(symbol)!r}; `outline` lists what it defines")
    return found[0].location.path, found[0].location.start_line


def _open_place(call: Call, path: str, line: int) -> tuple[str, int]:
    if path:
        return inside(call.index, path), line or 1
    session = call.session
    if not session.path:
        raise QueryError("no file is open: call `open` with a path first, or give path here")
    return session.path, session.line


def _window(call: Call, path: str, top: int, marked: int) -> Draft:
    """The window that begins at `top`, and ever smaller ones around the same line."""
    view = _view(call, path, top, marked)
    session = call.session
    session.path, session.line = view.path, view.start_line
    steps = [("", [_view_block(view, view.start_line, view.end_line, marked)])]
    for size in SMALLER:
        if size < view.end_line - view.start_line + 1:
            first = max(view.start_line, (marked or view.start_line) - size // ABOVE)
            last = min(view.end_line, first + size - 1)
            steps.append((f"a window of {size} lines", [_view_block(view, first, last, marked)]))
    counts = f"{one_line(view.path)} has {count(view.total_lines, 'line')}"
    return Draft(steps, counts, call.index.freshness())


def _view(call: Call, path: str, top: int, marked: int) -> View:
    if marked:
        total = call.index.view(path).total_lines
        if marked > total:
            raise NotFoundError(f"{one_line(path)} has {count(total, 'line')}; there is no line {marked}")
    return call.index.view(path, top, top + WINDOW - 1) if top > 1 else call.index.view(path, None, WINDOW)


def _view_block(view: View, first: int, last: int, marked: int) -> Block:
    lines = view.text.split("\n")[first - view.start_line : last - view.start_line + 1]
    numbered = list(enumerate(lines, start=first))
    below = view.total_lines - last
    within = f", in {one_line(view.inside)}" if view.inside and first == view.start_line else ""
    parts = [
        f"{one_line(view.path)} ({count(view.total_lines, 'line')}){within}",
        f"({first - 1:,} lines above)" if first > 1 else "",
        code_block(view.path, numbered) if view.total_lines else "(the file is empty)",
        f"({below:,} lines below)" if below > 0 else "",
        *(f"[note: {one_line(note)}]" for note in view.notes),
    ]
    data = {
        "path": one_line(view.path),
        "start_line": first,
        "end_line": last,
        "total_lines": view.total_lines,
        "line": marked or None,
        "inside": one_line(view.inside) if view.inside else None,
        "text": visible("\n".join(lines)),
    }
    return Block("\n".join(part for part in parts if part), "windows", data)


def outline(call: Call, path: str) -> Draft:
    """List the definitions of a file in order, with line numbers and signatures, indented as they are nested. Use
    it before reading a long file, to open only what matters.

    Args:
        path: a file in the repository.

    """
    wanted = inside(call.index, path)
    symbols = call.index.outline(wanted)
    depths = _depths(symbols)
    pairs = list(zip(symbols, depths, strict=True))
    outer = [pair for pair in pairs if not pair[1]]
    head = f"{one_line(wanted)}: {count(len(symbols), 'definition')}"
    steps = [
        ("", [_symbol(symbol, depth, signed=True) for symbol, depth in pairs]),
        ("names without signatures", [_symbol(symbol, depth, signed=False) for symbol, depth in pairs]),
        ("top level only", [_symbol(symbol, depth, signed=False) for symbol, depth in outer]),
    ]
    hint = "" if symbols else "no definitions are known in this file; `open` shows its text"
    with_head = [(given_up, [Block(head), *blocks]) for given_up, blocks in steps]
    fields = {"path": one_line(wanted), "symbols": []}
    return Draft(with_head, head, call.index.freshness(), fields, hint, bool(symbols))


def _depths(symbols: tuple[Symbol, ...]) -> list[int]:
    depth: dict[str, int] = {}
    for symbol in symbols:
        depth[symbol.qualified_name] = depth.get(symbol.parent, 0) + 1 if symbol.parent is not None else 0
    return [depth[symbol.qualified_name] for symbol in symbols]


def _symbol(symbol: Symbol, depth: int, *, signed: bool) -> Block:
    at = symbol.location
    said = symbol.signature if signed and symbol.signature else f"{symbol.kind} {symbol.name}"
    data = {
        "qualified_name": one_line(symbol.qualified_name),
        "kind": symbol.kind,
        "start_line": at.start_line,
        "end_line": at.end_line,
        "signature": one_line(symbol.signature) if signed else "",
    }
    return Block(f"{at.start_line}-{at.end_line}| {'  ' * depth}{one_line(said)}", "symbols", data)
