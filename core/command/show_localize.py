"""Localization in text: files, functions, lines; each list best first with the reason beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from locant.command.modelled import model_lines
from locant.command.screen import Screen
from locant.command.wording import evidence_lines, freshness_line, more_line, why
from locant.types import FileHit, FunctionHit, Localization, SpanHit

__all__ = ["localization_lines"]

SHOWN_SPANS = 10


def localization_lines(
    screen: Screen, root: Path, answer: Localization, files: int, functions: int, *, explain: bool
) -> Iterator[str]:
    """Text of a localization; at most so many files and functions."""
    if not answer.files:
        yield "Nothing found."
    else:
        yield from _file_lines(screen, root, answer, files, explain=explain)
        yield from _function_lines(screen, root, answer, functions, explain=explain)
        yield from _span_lines(screen, root, answer, functions)
        yield ""
    if answer.hint:
        yield screen.paint("warning", f"hint: {answer.hint}")
    yield from model_lines(screen, answer.model)
    yield freshness_line(screen, answer.freshness)


def _file_lines(screen: Screen, root: Path, answer: Localization, limit: int, *, explain: bool) -> Iterator[str]:
    yield screen.paint("heading", "Files")
    shown = answer.files[:limit]
    wide = _column([screen.path(root, hit.path) for hit in shown])
    for number, hit in enumerate(shown, start=1):
        yield from _file_line(screen, root, number, hit, wide, explain=explain)
    yield from more_line(screen, len(answer.files) - limit, "--files N")


def _file_line(screen: Screen, root: Path, number: int, hit: FileHit, wide: int, *, explain: bool) -> Iterator[str]:
    path = screen.path(root, hit.path)
    told = "" if explain else screen.paint("dim", screen.code(why(hit.evidence), wide + 8))
    padding = " " * (wide - len(path))
    yield f"{screen.paint('line', f'{number:>4}')}  {screen.paint('path', path)}{padding}  {told}".rstrip()
    if explain:
        yield from evidence_lines(screen, hit.evidence, "        ")


def _function_lines(screen: Screen, root: Path, answer: Localization, limit: int, *, explain: bool) -> Iterator[str]:
    if not answer.functions:
        return
    yield ""
    yield screen.paint("heading", "Functions")
    for number, hit in enumerate(answer.functions[:limit], start=1):
        yield from _function_line(screen, root, number, hit, explain=explain)
    yield from more_line(screen, len(answer.functions) - limit, "--functions N")


def _function_line(screen: Screen, root: Path, number: int, hit: FunctionHit, *, explain: bool) -> Iterator[str]:
    where = screen.place(root, hit.path, hit.start_line, hit.end_line)
    named = f"{screen.paint('dim', hit.kind)} {screen.paint('symbol', hit.qualified_name)}"
    yield f"{screen.paint('line', f'{number:>4}')}  {where}  {named}"
    if explain:
        yield from evidence_lines(screen, hit.evidence, "        ")
    elif hit.evidence:
        yield screen.paint("dim", f"      {screen.code(why(hit.evidence), 6)}")


def _span_lines(screen: Screen, root: Path, answer: Localization, functions: int) -> Iterator[str]:
    """Lines that no function above holds: module level code, documents, and functions further down."""
    shown = answer.functions[:functions]
    spans = [span for span in answer.spans if not any(_within(span, hit) for hit in shown)]
    if not spans:
        return
    yield ""
    yield screen.paint("heading", "Lines elsewhere")
    for span in spans[:SHOWN_SPANS]:
        where = screen.place(root, span.path, span.start_line, span.end_line)
        yield f"      {where}  {screen.paint('dim', span.reason)}".rstrip()
    yield from more_line(screen, len(spans) - SHOWN_SPANS, "--json")


def _within(span: SpanHit, hit: FunctionHit) -> bool:
    return span.path == hit.path and span.start_line <= hit.end_line and hit.start_line <= span.end_line


def _column(texts: list[str]) -> int:
    """Width of a column, unless one long path would push all reasons off the screen."""
    return max((len(text) for text in texts if len(text) <= 60), default=0)
