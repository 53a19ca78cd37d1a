"""Search answers in text: best place first, as many lines of it as show what it is, and why it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from locant.command.highlight import source_lines
from locant.command.modelled import model_lines
from locant.command.screen import Screen
from locant.command.wording import evidence_lines, freshness_line, why
from locant.payloads import FoundHit, Searched
from locant.types import Hit

__all__ = ["search_lines"]

SNIPPET_LINES = 8
"""Ten hits with eight lines each are two screens: enough to choose, `locant view` shows the rest."""

MORE_SPANS = 4


def search_lines(
    screen: Screen, answers: Sequence[Searched], shown: Sequence[FoundHit], more: bool, *, explain: bool
) -> Iterator[str]:
    """Text of a search answer."""
    label = len(answers) > 1
    for item in shown:
        yield from _hit_lines(screen, item, label=label, explain=explain)
        yield ""
    if not shown:
        yield "Nothing found."
    yield from _closing_lines(screen, answers, more, label=label)


def _closing_lines(screen: Screen, answers: Sequence[Searched], more: bool, *, label: bool) -> Iterator[str]:
    if more:
        yield screen.paint("dim", "… more (--limit, --offset)")
    for hint in dict.fromkeys(answer.result.hint for answer in answers if answer.result.hint):
        yield screen.paint("warning", f"hint: {hint}")
    for answer in answers:
        yield from model_lines(screen, answer.result.model)
        prefix = screen.paint("dim", f"{Path(answer.root).name}: ") if label else ""
        yield prefix + freshness_line(screen, answer.result.freshness)


def _hit_lines(screen: Screen, item: FoundHit, *, label: bool, explain: bool) -> Iterator[str]:
    hit = item.hit
    where = screen.place(Path(item.root), hit.location.path, hit.location.start_line, hit.location.end_line)
    named = (
        f"  {screen.paint('dim', hit.symbol.kind)} {screen.paint('symbol', hit.symbol.qualified_name)}"
        if hit.symbol
        else ""
    )
    repository = f"  {screen.paint('dim', f'[{Path(item.root).name}]')}" if label else ""
    stale = f"  {screen.paint('warning', '(changed since it was indexed)')}" if hit.stale else ""
    yield f"{where}{named}{repository}{stale}"
    yield from _snippet_lines(screen, hit)
    yield from _reason_lines(screen, hit, explain=explain)
    yield from _also_lines(screen, hit)


def _reason_lines(screen: Screen, hit: Hit, *, explain: bool) -> Iterator[str]:
    if explain:
        yield f"  score {screen.paint('score', f'{hit.score:.4g}')}"
        yield from evidence_lines(screen, hit.evidence, "  ")
    elif hit.evidence:
        yield screen.paint("dim", f"  why: {why(hit.evidence)}")


def _snippet_lines(screen: Screen, hit: Hit) -> Iterator[str]:
    lines = hit.snippet.rstrip("\n").split("\n") if hit.snippet else []
    digits = len(str(hit.location.start_line + min(len(lines), SNIPPET_LINES)))
    code = source_lines(screen, "\n".join(lines[:SNIPPET_LINES]), hit.language, room=digits + 4)
    for number, line in enumerate(code if lines else (), start=hit.location.start_line):
        yield f"  {screen.paint('line', f'{number:>{digits}}')}  {line}".rstrip()


def _also_lines(screen: Screen, hit: Hit) -> Iterator[str]:
    if not hit.also:
        return
    spans = ", ".join(f"{span.start_line}-{span.end_line}" for span in hit.also[:MORE_SPANS])
    rest = len(hit.also) - MORE_SPANS
    tail = f" and {rest} more" if rest > 0 else ""
    yield screen.paint("dim", f"  also in this file: {spans}{tail}")
