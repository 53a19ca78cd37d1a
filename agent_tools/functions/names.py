"""Names and what they connect: definitions, uses, callers, related files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from locant.agent_tools.functions.find import Limit
from locant.agent_tools.functions.paths import inside
from locant.agent_tools.text import count, one_line, place
from locant.agent_tools.types import Block, Call, Draft
from locant.types import Related, Symbol, Usage

__all__ = ["callers", "definitions", "references", "related"]

READ_USAGES = 2_000
"""Uses that are looked at to find callers: a name with more is too common to say anything."""


def definitions(call: Call, name: str, limit: Limit = 30) -> Draft:
    """Show where a function, class, method or constant is defined, with its signature; code before tests. Use it
    instead of grepping for "def name" or "class name".

    Args:
        name: a name; "Class.method" and "src/retry.py:delay" narrow it.
        limit: how many definitions at most.

    """
    found = call.index.definitions(name, limit=limit)
    counts = f"{count(len(found), 'definition')} of {one_line(name)!r}"
    steps = [
        ("", [Block(counts), *(_definition(symbol, signed=True) for symbol in found)]),
        ("locations without signatures", [Block(counts), *(_definition(symbol, signed=False) for symbol in found)]),
    ]
    hint = (
        ""
        if found
        else f"nothing defines it here; `search` {one_line(name)!r}, or `references` if it comes from outside"
    )
    return Draft(steps, counts, call.index.freshness(), {"definitions": []}, hint, bool(found))


def _definition(symbol: Symbol, *, signed: bool) -> Block:
    at = symbol.location
    signature = f"\n    {one_line(symbol.signature)}" if signed and symbol.signature else ""
    where = place(at.path, at.start_line, at.end_line)
    data = {
        "path": one_line(at.path),
        "start_line": at.start_line,
        "end_line": at.end_line,
        "qualified_name": one_line(symbol.qualified_name),
        "kind": symbol.kind,
        "signature": one_line(symbol.signature) if signed else "",
    }
    return Block(f"{where}  {symbol.kind} {one_line(symbol.qualified_name)}{signature}", "definitions", data)


def references(call: Call, name: str, limit: Limit = 100) -> Draft:
    """Show every line that calls, imports, inherits from or uses a name as a type, with the function or class
    around it; code before tests. It reads syntax, so comments, strings and longer names that contain it are not in
    the answer, as they are with grep.

    Args:
        name: a name; of "Class.method" the last part is looked for.
        limit: how many lines at most.

    """
    found = call.index.references(name, limit=limit)
    files = _by_file(found)
    counts = f"{count(len(found), 'use')} of {one_line(name)!r} in {count(len(files), 'file')}"
    counts += f" (the first {limit}; raise limit for more)" if len(found) == limit else ""
    steps = [
        ("", [Block(counts), *(_uses(path, uses, with_text=True) for path, uses in files)]),
        ("lines without their text", [Block(counts), *(_uses(path, uses, with_text=False) for path, uses in files)]),
    ]
    hint = (
        ""
        if found
        else f"nothing uses it; `definitions` {one_line(name)!r} tells whether it exists, `grep` finds it in text"
    )
    return Draft(steps, counts, call.index.freshness(), {"files": []}, hint, bool(found))


def _by_file(found: Sequence[Usage]) -> list[tuple[str, list[Usage]]]:
    """Uses of each file, files in the order in which they were found."""
    files: dict[str, list[Usage]] = {}
    for usage in found:
        files.setdefault(usage.location.path, []).append(usage)
    return list(files.items())


def _uses(path: str, uses: Sequence[Usage], *, with_text: bool) -> Block:
    lines = [one_line(path)]
    for inner, group in groupby(uses, key=lambda use: use.inside):
        lines.append(f"  in {one_line(inner)}:" if inner else "  at module level:")
        for use in group:
            text = f" {one_line(use.line_text)}" if with_text else ""
            lines.append(f"    {use.location.start_line}| ({use.kind}){text}")
    data = {
        "path": one_line(path),
        "uses": [
            {
                "line": use.location.start_line,
                "kind": use.kind,
                "inside": one_line(use.inside) if use.inside else None,
                "text": one_line(use.line_text) if with_text else "",
            }
            for use in uses
        ],
    }
    return Block("\n".join(lines), "files", data)


def callers(call: Call, name: str, limit: Limit = 50) -> Draft:
    """List the functions and methods that call a name, with the lines of the calls; code before tests. Use it to
    see what a change would affect. Calls are found by name, so another function of the same name counts too.

    Args:
        name: the function, method or class that is called; of "Class.method" the last part is looked for.
        limit: how many callers at most.

    """
    calls = [use for use in call.index.references(name, limit=READ_USAGES) if use.kind in ("call", "mention")]
    places: dict[tuple[str, str], list[int]] = {}
    for use in calls:
        places.setdefault((use.location.path, use.inside or ""), []).append(use.location.start_line)
    shown = list(places.items())[:limit]
    counts = f"{count(len(places), 'caller')} of {one_line(name)!r}"
    counts += f" (the first {limit})" if len(places) > limit else ""
    blocks = [Block(counts), *(_caller(path, inner, lines) for (path, inner), lines in shown)]
    hint = "" if calls else "no call was found; `references` also shows imports and types, `grep` finds it in text"
    return Draft([("", blocks)], counts, call.index.freshness(), {"callers": []}, hint, bool(calls))


def _caller(path: str, inner: str, lines: Sequence[int]) -> Block:
    at = ", ".join(map(str, lines))
    data = {"path": one_line(path), "caller": one_line(inner) or None, "lines": list(lines)}
    name = one_line(inner) if inner else "at module level"
    return Block(f"{one_line(path)}:{lines[0]}  {name}  (line {at})", "callers", data)


def related(call: Call, target: str, limit: Limit = 20) -> Draft:
    """List the files that have to do with a file, with the reason: it imports them or they import it, they use what
    it defines, or they were changed together in the history. Use it to find tests, callers and counterparts that a
    change may need.

    Args:
        target: a file, as "src/retry.py", or a definition in it, as "src/retry.py:RetryPolicy".
        limit: how many relations at most.

    """
    path, colon, symbol = target.partition(":")
    wanted = f"{inside(call.index, path)}{colon}{symbol}"
    found = call.index.related(wanted, limit=limit)
    counts = f"{count(len(found), 'relation')} of {one_line(wanted)}"
    hint = "" if found else "nothing imports, uses or changes with it; `search` for what it does"
    blocks = [Block(counts), *(_relation(item) for item in found)]
    return Draft([("", blocks)], counts, call.index.freshness(), {"related": []}, hint, bool(found))


def _relation(item: Related) -> Block:
    detail = f": {one_line(item.detail)}" if item.detail else ""
    data = {"path": one_line(item.path), "relation": item.relation, "detail": one_line(item.detail)}
    return Block(f"{one_line(item.path)}  {item.relation}{detail}", "related", data)
