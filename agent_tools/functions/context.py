"""From an issue to places, and to all that an agent wants to see first."""

from __future__ import annotations

from typing import Annotated

from locant.agent_tools.text import one_line, place, why
from locant.agent_tools.types import Block, Call, Draft, Range
from locant.types import FileHit, FunctionHit, Localization, SpanHit

__all__ = ["localize"]

Some = Annotated[int, Range(1, 100)]

MOST_SPANS = 10
"""Lines beyond the functions: frames of tracebacks and the like, of which few are telling."""


def localize(call: Call, issue: str, files: Some = 10, functions: Some = 10) -> Draft:
    """Find where an issue has to be fixed: the files, functions and lines that a bug report, a feature request or a
    traceback is most likely about, best first, with the reasons. Give it the whole issue, not key words: titles,
    tracebacks, quoted names and code in it are all evidence.

    Args:
        issue: the text of the issue, its title on the first line.
        files: how many files at most.
        functions: how many functions, methods and classes at most.

    """
    found = call.index.localize(issue, files=files, functions=functions)
    steps = [
        ("", _places(found, with_reasons=True)),
        ("places without reasons", _places(found, with_reasons=False)),
    ]
    counts = f"{len(found.files)} files, {len(found.functions)} functions"
    hint = found.hint or ("" if found.files else "nothing matched; add names, messages or a traceback to the text")
    fields: dict[str, list[object]] = {"files": [], "functions": [], "spans": []}
    return Draft(steps, counts, found.freshness, fields, hint, bool(found.files))


def _places(found: Localization, *, with_reasons: bool) -> list[Block]:
    spans = found.spans[:MOST_SPANS]
    return [
        *([Block("Files:")] if found.files else [Block("No file stands out.")]),
        *(_file(number, hit, with_reasons) for number, hit in enumerate(found.files, 1)),
        *([Block("Functions:")] if found.functions else []),
        *(_function(number, hit, with_reasons) for number, hit in enumerate(found.functions, 1)),
        *([Block("Lines:")] if spans else []),
        *(_span(hit) for hit in spans),
    ]


def _file(number: int, hit: FileHit, with_reasons: bool) -> Block:
    reasons = why(hit.evidence) if with_reasons else ""
    text = f"{number:>3} {one_line(hit.path)}" + (f"  ({reasons})" if reasons else "")
    return Block(text, "files", {"path": one_line(hit.path), "why": reasons})


def _function(number: int, hit: FunctionHit, with_reasons: bool) -> Block:
    reasons = why(hit.evidence) if with_reasons else ""
    where = place(hit.path, hit.start_line, hit.end_line)
    text = f"{number:>3} {where}  {hit.kind} {one_line(hit.qualified_name)}" + (f"  ({reasons})" if reasons else "")
    data = {
        "path": one_line(hit.path),
        "qualified_name": one_line(hit.qualified_name),
        "kind": hit.kind,
        "start_line": hit.start_line,
        "end_line": hit.end_line,
        "why": reasons,
    }
    return Block(text, "functions", data)


def _span(hit: SpanHit) -> Block:
    data = {
        "path": one_line(hit.path),
        "start_line": hit.start_line,
        "end_line": hit.end_line,
        "why": one_line(hit.reason),
    }
    return Block(f"    {place(hit.path, hit.start_line, hit.end_line)}  ({one_line(hit.reason)})", "spans", data)
