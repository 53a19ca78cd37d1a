"""From an issue to places, and to all that an agent wants to see first."""

from __future__ import annotations

from typing import Annotated

from locant.agent_tools.functions.paths import inside
from locant.agent_tools.text import one_line, place, why
from locant.agent_tools.types import Block, Call, Draft, Range
from locant.types import FileHit, FunctionHit, Localization, PackStyle, SpanHit

__all__ = ["brief", "localize", "pack", "repo_map"]

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


def brief(call: Call, issue: str, pin: tuple[str, ...] = ()) -> Draft:
    """Prepare the opening context for an issue in one call: the likeliest files and functions with the reasons, the
    code of the best ones, signatures of what surrounds them, the tests that exercise them and a small map. Use it
    first, before any other tool; most of what has to be read is then on screen.

    Args:
        issue: the text of the issue, its title on the first line.
        pin: files that are known to matter; they come first.

    """
    pinned = tuple(inside(call.index, path) for path in pin)
    found = call.index.brief(issue, max_tokens=max(call.room, 0), pin=pinned, count_tokens=call.count)
    places = [
        {
            "section": place.section,
            "path": one_line(place.path),
            "start_line": place.start_line,
            "end_line": place.end_line,
            "qualified_name": one_line(place.qualified_name),
            "why": one_line(place.detail),
            "folded": place.folded,
        }
        for place in found.places
    ]
    counts = f"a brief of {found.tokens} tokens does not fit"
    blocks = [Block(found.text)] if found.text else [Block("There is no room for a brief: raise max_tokens.")]
    fields = {"places": places, "left_out": [one_line(line) for line in found.left_out]}
    hint = "" if found.text else found.hint  # the text of a brief begins with it
    return Draft([("", blocks)], counts, found.freshness, fields, hint, bool(found.places))


def repo_map(call: Call, focus: str = "", files: tuple[str, ...] = ()) -> Draft:
    """Show the most important files of the repository with their main definitions and signatures, by what is used
    most; with a focus, what that is about comes first. Use it to get to know a repository, or the surroundings of
    files that you have read.

    Args:
        focus: an issue or a question; empty shows the repository as a whole.
        files: files that you have read already: the map shows what hangs together with them, not them.

    """
    known = tuple(inside(call.index, path) for path in files)
    found = call.index.repo_map(focus=focus, files=known, max_tokens=max(call.room, 0), count_tokens=call.count)
    shown = [
        {"path": one_line(file.path), "symbols": [one_line(symbol.qualified_name) for symbol in file.symbols]}
        for file in found.files
    ]
    counts = f"{len(found.files)} of {found.total_files} files fit"
    blocks = [Block(found.text)] if found.text else [Block("There is no room for a map: raise max_tokens.")]
    fields = {"files": shown, "total_files": found.total_files}
    return Draft([("", blocks)], counts, found.freshness, fields, "", bool(found.files))


def pack(
    call: Call, issue: str = "", paths: tuple[str, ...] = (), style: PackStyle = "xml", line_numbers: bool = False
) -> Draft:
    """Read as much of the repository as fits in one call: whole files, then files folded to signatures and docs, then
    names, most relevant to the issue first (most important first without one). Use it where the window is large and
    what matters is spread over many files; `brief` says more in few tokens.

    Args:
        issue: an issue or a question; empty packs what is most important.
        paths: only paths that match one of these globs; `!glob` leaves out.
        style: how files are marked.
        line_numbers: whether lines have their numbers.

    """
    found = call.index.pack(
        issue,
        max_tokens=max(call.room, 0),
        style=style,
        line_numbers=line_numbers,
        paths=paths,
        count_tokens=call.count,
    )
    shown = [{"path": one_line(file.path), "form": file.form, "tokens": file.tokens} for file in found.files]
    counts = f"{len(found.files)} files fit, {len(found.named)} do not"
    blocks = [Block(found.text)] if found.text else [Block("There is no room for a pack: raise max_tokens.")]
    fields = {"files": shown, "named": len(found.named)}
    return Draft([("", blocks)], counts, found.freshness, fields, found.hint, bool(found.files))
