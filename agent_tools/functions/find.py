"""Finding places: files by name, places by meaning, lines by pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated

from locant.agent_tools.text import code_block, count, one_line, place, why
from locant.agent_tools.types import Block, Call, Draft, Range
from locant.retriever.reading.visible import visible
from locant.types import GrepFile, GrepMatch, GrepResult, Hit, SearchMode

__all__ = ["Limit", "find_file", "grep", "search"]

Limit = Annotated[int, Range(1, 200)]

SNIPPET_LINES = 12
SHORT_LINES = 4
"""Lines of a snippet at first, and when the answer has to be shorter: enough to tell one place from another."""


def find_file(call: Call, pattern: str, limit: Limit = 30) -> Draft:
    """Find files by name. Takes a whole name, a part of one, its letters in order, or a glob, and gives paths, best
    match first. Use it when you know roughly what a file is called; it is faster than `find` and leaves out what is
    ignored or generated.

    Args:
        pattern: a file name, a part of one ("retry"), or a glob ("*.toml", "src/**/*_test.go").
        limit: how many paths at most.

    """
    paths = call.index.find(pattern, limit=limit)
    blocks = [Block(one_line(path), "files", {"path": one_line(path)}) for path in paths]
    hint = "" if paths else "no file is called so; try a shorter part of the name, or `search` for what it contains"
    head = f"{count(len(paths), 'file')} for {one_line(pattern)!r}"
    more = f" (the first {limit}; raise limit for more)" if len(paths) == limit else ""
    blocks.insert(0, Block(f"{head}{more}"))
    return Draft([("", blocks)], head, call.index.freshness(), {"files": []}, hint, bool(paths))


def search(
    call: Call,
    query: str,
    limit: Limit = 10,
    mode: SearchMode = "auto",
    paths: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    areas: tuple[str, ...] = (),
) -> Draft:
    """Search the code for a question, a symbol, a literal or a regular expression, ranked by what it is most likely
    about. Gives places with the lines that match best and the reason for each. Use it instead of grep when you do
    not know the exact words that the code uses, or when grep would give too many lines.

    Args:
        query: what to look for: words ("where is the retry delay computed"), a name ("RetryPolicy.delay"), or a
            pattern.
        limit: how many places at most, one per file.
        mode: how to read the query; auto decides from its shape.
        paths: only paths that match one of these globs, as "src/**"; "!tests/**" leaves out.
        languages: only these languages, as "python".
        kinds: only definitions of these kinds, as "function", "method", "class".
        areas: only these parts of the repository: code, tests, docs, config.

    """
    found = call.index.search(
        query,
        limit=limit,
        mode=mode,
        paths=tuple(paths),
        languages=tuple(languages),
        kinds=tuple(kinds),
        areas=tuple(areas),
        snippet_lines=SNIPPET_LINES,
    )
    steps = [
        ("", [_hit(hit, SNIPPET_LINES) for hit in found.hits]),
        ("shorter snippets", [_hit(hit, SHORT_LINES) for hit in found.hits]),
        ("locations without code", [_hit(hit, 0) for hit in found.hits]),
    ]
    hint = found.hint or ("" if found.hits else "nothing matched; use other words, or `grep` for an exact text")
    counts = f"{count(len(found.hits), 'place')} found for {one_line(query)!r}"
    if not found.hits:
        steps = [("", [Block(counts)])]
    return Draft(steps, counts, found.freshness, {"hits": []}, hint, bool(found.hits))


def _hit(hit: Hit, lines: int) -> Block:
    at = hit.location
    named = f"  {hit.symbol.kind} {one_line(hit.symbol.qualified_name)}" if hit.symbol else ""
    stale = "  (changed since it was indexed)" if hit.stale else ""
    reasons = why(hit.evidence)
    parts = [f"{place(at.path, at.start_line, at.end_line)}{named}{stale}"]
    shown = hit.snippet.split("\n")[:lines] if hit.snippet else []
    if reasons and lines:
        parts.append(f"  why: {reasons}")
    if shown:
        parts.append(code_block(at.path, list(enumerate(shown, start=at.start_line))))
    data = {
        "path": one_line(at.path),
        "start_line": at.start_line,
        "end_line": at.end_line,
        "symbol": one_line(hit.symbol.qualified_name) if hit.symbol else None,
        "kind": hit.symbol.kind if hit.symbol else None,
        "why": reasons,
        "snippet": visible("\n".join(shown)),
        "also": [{"start_line": span.start_line, "end_line": span.end_line} for span in hit.also],
    }
    return Block("\n".join(parts), "hits", data)


def grep(
    call: Call,
    pattern: str,
    fixed: bool = False,
    ignore_case: bool = False,
    paths: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
    areas: tuple[str, ...] = (),
    limit: Annotated[int, Range(1, 1_000)] = 100,
    plain: bool = False,
) -> Draft:
    """Find lines by a regular expression, as grep does, with the likeliest files first and lines grouped by the
    function or class around them. Use it for exact text: error messages, names, constants. With plain the answer is
    `path:line:text`, sorted by path, as from `grep -rn`.

    Args:
        pattern: a regular expression (Python's), or the text itself with fixed.
        fixed: the pattern is text, not an expression.
        ignore_case: do not tell A from a.
        paths: only paths that match one of these globs, as "src/**"; "!tests/**" leaves out.
        languages: only these languages, as "python".
        areas: only these parts of the repository: code, tests, docs, config.
        limit: how many lines at most.
        plain: give plain lines sorted by path instead of ranked groups.

    """
    found = call.index.grep(
        pattern,
        fixed=fixed,
        ignore_case=ignore_case,
        paths=tuple(paths),
        languages=tuple(languages),
        areas=tuple(areas),
        limit=limit,
    )
    counts = f"{count(found.total, 'matching line')} in {count(len(found.files), 'file')}"
    if found.truncated:
        counts += " shown in part (limit, or it took too long)"
    draft_steps = _plain_steps(found) if plain else _grouped_steps(found)
    steps = [(given_up, [Block(counts), *blocks]) for given_up, blocks in draft_steps]
    nothing = "no line matches; try ignore_case, a shorter pattern, or `search` with plain words"
    hint = "" if found.files else "not all files were searched; ask again in a moment" if found.truncated else nothing
    fields = {"files": [], "total": found.total, "truncated": found.truncated}
    return Draft(steps, counts, found.freshness, fields, hint, bool(found.files))


def _plain_steps(found: GrepResult) -> list[tuple[str, list[Block]]]:
    blocks = [
        Block(f"{one_line(file.path)}:{match.line}:{_line(match)}", "lines", _match_data(file, match))
        for file in sorted(found.files, key=lambda file: file.path)
        for match in file.matches
    ]
    return [("", blocks), ("counts per file", _file_counts(found.files))]


def _grouped_steps(found: GrepResult) -> list[tuple[str, list[Block]]]:
    whole = [_grep_file(file, len(file.matches)) for file in found.files]
    short = [_grep_file(file, SHORT_LINES) for file in found.files]
    return [("", whole), ("fewer lines per file", short), ("counts per file", _file_counts(found.files))]


def _file_counts(files: Sequence[GrepFile]) -> list[Block]:
    return [
        Block(
            f"{one_line(file.path)}: {count(file.total, 'line')}",
            "files",
            {"path": one_line(file.path), "total": file.total, "matches": []},
        )
        for file in files
    ]


def _grep_file(file: GrepFile, lines: int) -> Block:
    """One file: its lines under the definitions around them."""
    shown = file.matches[:lines]
    data = {
        "path": one_line(file.path),
        "total": file.total,
        "matches": [_match_data(file, match) for match in shown],
    }
    return Block("\n".join(_grep_lines(file, shown)), "files", data)


def _grep_lines(file: GrepFile, shown: Sequence[GrepMatch]) -> Iterator[str]:
    yield one_line(file.path)
    digits = len(str(shown[-1].line)) if shown else 1
    for inside, matches in groupby(shown, key=lambda match: match.inside):
        yield f"  in {one_line(inside)}:" if inside else "  at module level:"
        yield from (f"    {match.line:>{digits}}| {_line(match)}" for match in matches)
    if file.total > len(shown):
        yield f"  … {file.total - len(shown):,} more in this file"


def _line(match: GrepMatch) -> str:
    """The line, cut around its match when it is very long."""
    text = match.text.strip()
    if len(text) <= LONG_LINE:
        return one_line(text)
    start = max(0, match.start_column - 1 - LONG_LINE // 4)
    return one_line(f"…{match.text[start : start + LONG_LINE]}…")


LONG_LINE = 300
"""Characters of a matching line."""


def _match_data(file: GrepFile, match: GrepMatch) -> dict[str, object]:
    return {
        "path": one_line(file.path),
        "line": match.line,
        "inside": one_line(match.inside) if match.inside else None,
        "text": _line(match),
    }
