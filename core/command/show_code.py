"""Code, names and relations in text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from locant.command.highlight import source_lines
from locant.command.screen import Screen, visible
from locant.command.wording import freshness_line
from locant.payloads import Window
from locant.types import GrepFile, GrepMatch, GrepResult, Related, Symbol, Usage, View

__all__ = [
    "definition_lines",
    "grep_lines",
    "outline_lines",
    "path_lines",
    "reference_lines",
    "related_lines",
    "view_lines",
]

NOTHING = "Nothing found."


def view_lines(screen: Screen, root: Path, view: View, line: int | None) -> Iterator[str]:
    """Numbered lines; the one that was asked for is marked."""
    inside = f"  {screen.paint('dim', 'in')} {screen.paint('symbol', view.inside)}" if view.inside else ""
    total = screen.paint("dim", f"of {view.total_lines}")
    yield f"{screen.place(root, view.path, view.start_line, view.end_line)} {total}{inside}"
    digits = len(str(view.end_line))
    code = source_lines(screen, view.text, view.language, room=digits + 3)
    for number, text in enumerate(code[: view.end_line - view.start_line + 1], start=view.start_line):
        mark = screen.paint("match", ">") if number == line else " "
        yield f"{mark}{screen.paint('line', f'{number:>{digits}}')}  {text}".rstrip()
    for note in view.notes:
        yield screen.paint("warning", f"note: {note}")


def outline_lines(screen: Screen, root: Path, symbols: Sequence[Symbol], told: str = "") -> Iterator[str]:
    """Definitions, indented as they are nested; `told` says what the file is."""
    if not symbols:
        yield NOTHING
        return
    head = screen.paint("path", screen.path(root, symbols[0].location.path))
    yield f"{head}{_dashed(screen, told)}"
    digits = len(str(symbols[-1].location.start_line))
    depth: dict[str, int] = {}
    for symbol in symbols:
        level = depth.get(symbol.parent, 0) + 1 if symbol.parent is not None else 0
        depth[symbol.qualified_name] = level
        number = screen.paint("line", f"{symbol.location.start_line:>{digits}}")
        yield f"{number}  {'  ' * level}{_signed(screen, symbol)}{_dashed(screen, symbol.summary)}"


def _dashed(screen: Screen, summary: str) -> str:
    return f" {screen.paint('dim', f'- {summary}')}" if summary else ""


def _signed(screen: Screen, symbol: Symbol) -> str:
    """The signature with its name marked; the kind is added where the signature does not begin with a keyword."""
    before, found, after = symbol.signature.partition(symbol.name)
    name = screen.paint("symbol", symbol.name)
    if not found:
        return f"{screen.paint('dim', symbol.kind)} {name}  {screen.paint('dim', symbol.signature)}".rstrip()
    return f"{screen.paint('dim', before or f'{symbol.kind} ')}{name}{visible(after)}"


def path_lines(screen: Screen, root: Path, paths: Window[str]) -> Iterator[str]:
    """One path a line."""
    for path in paths.items:
        yield screen.paint("path", screen.path(root, path))
    yield from _end(screen, paths)


def grep_lines(screen: Screen, root: Path, answer: GrepResult) -> Iterator[str]:
    """As ripgrep: grouped under file names on a terminal, `path:line:text` in a pipe."""
    for file in answer.files:
        if screen.terminal:
            yield from _grouped(screen, root, file)
        else:
            for match in file.matches:
                yield f"{screen.path(root, file.path)}:{match.line}:{visible(match.text)}"
    if not answer.files:
        yield NOTHING
    shown = sum(len(file.matches) for file in answer.files)
    if screen.terminal:
        if answer.truncated:
            yield screen.paint("dim", f"… {shown:,} of {answer.total:,} matching lines (--limit)")
        yield freshness_line(screen, answer.freshness)


def _grouped(screen: Screen, root: Path, file: GrepFile) -> Iterator[str]:
    yield screen.paint("path", screen.path(root, file.path))
    digits = len(str(file.matches[-1].line)) if file.matches else 1
    inside: str | None = None
    for match in file.matches:
        if match.inside != inside:
            inside = match.inside
            yield f"{' ' * digits}  {screen.paint('dim', f'in {inside}' if inside else 'at module level')}"
        yield f"{screen.paint('line', f'{match.line:>{digits}}')}: {_marked(screen, match, digits + 2)}"
    if file.total > len(file.matches):
        yield screen.paint("dim", f"{' ' * digits}  … {file.total - len(file.matches):,} more in this file")
    yield ""


def _marked(screen: Screen, match: GrepMatch, room: int) -> str:
    """The line with its match painted; a line that would not fit is cut around the match."""
    text = match.text
    start, end = match.start_column - 1, match.end_column - 1
    width = max(20, screen.columns - room)
    if len(text) > width:
        first = max(0, min(start - width // 4, len(text) - width))
        text, start, end = text[first : first + width], start - first, min(end - first, width)
    return f"{visible(text[:start])}{screen.paint('match', text[start:end])}{visible(text[end:])}"


def definition_lines(screen: Screen, root: Path, found: Window[Symbol]) -> Iterator[str]:
    """Place, kind and qualified name, with the signature below."""
    for symbol in found.items:
        place = symbol.location
        where = screen.place(root, place.path, place.start_line, place.end_line)
        yield f"{where}  {screen.paint('dim', symbol.kind)} {screen.paint('symbol', symbol.qualified_name)}"
        if symbol.signature:
            yield f"    {screen.code(symbol.signature, 4)}"
    yield from _end(screen, found)


def reference_lines(screen: Screen, root: Path, found: Window[Usage]) -> Iterator[str]:
    """Place, kind of use and what it stands in, with the line below."""
    for usage in found.items:
        where = screen.place(root, usage.location.path, usage.location.start_line)
        inside = f" in {screen.paint('symbol', usage.inside)}" if usage.inside else ""
        yield f"{where}  {screen.paint('dim', usage.kind)}{inside}"
        yield f"    {screen.code(usage.line_text, 4)}"
    yield from _end(screen, found)


def related_lines(screen: Screen, root: Path, found: Sequence[Related]) -> Iterator[str]:
    """Relation and file, strongest first."""
    for item in found:
        detail = f"  {screen.paint('dim', item.detail)}" if item.detail else ""
        yield f"{item.relation:<16} {screen.paint('path', screen.path(root, item.path))}{detail}"
    if not found:
        yield NOTHING


def _end(screen: Screen, found: Window[Any]) -> Iterator[str]:
    if not found.items:
        yield NOTHING
    if found.more:
        yield screen.paint("dim", "… more (--limit, --offset)")
