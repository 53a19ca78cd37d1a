"""Takes a query apart: `analyse` is the only entry.

Parts are read apart so that the ranking can weigh each one; nothing is thrown away that a part can hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from locant.retriever.query.cleaning import clean, plain_prose, without_addresses, without_links
from locant.retriever.query.frames import Traces, find_frames
from locant.retriever.query.languages import FENCE_LANGUAGES, language_of_path
from locant.retriever.query.mentions import MentionCollector
from locant.retriever.query.messages import find_errors
from locant.retriever.query.modules import find_imports, find_modules
from locant.retriever.query.paths import PathFinding, find_links, find_paths
from locant.retriever.query.records import Query
from locant.retriever.query.scopes import find_scope
from locant.retriever.query.sections import Line, scan_lines
from locant.retriever.query.shapes import read_shape
from locant.types import SearchMode

__all__ = ["analyse"]

MAX_TITLE = 250  # a first line beyond this is a body without line breaks
_TITLE_MARK = re.compile(
    r"\s*(?:#{1,6}\s+|(?:title|issue|subject)\s*:\s*|\[(?:bug|feature|feat|issue|question|docs?|enh|rfc|help|request)[^\]\n]{0,30}\]:?\s*"
    r"|(?:bug(?: report)?|feat(?:ure)?(?: request)?|fix|chore|refactor|enh|regression|question)\s*[:\-]\s+)",
    re.IGNORECASE,
)
_MESSAGE = re.compile(r"\s*(?:Uncaught |Unhandled )?[\w.$]*(?:Error|Exception|panic)\b")
# `fix(parser)!: text` keeps its scope, which names a place.
_COMMIT_TYPE = re.compile(
    r"^(?:fix|feat|chore|refactor|perf|docs|test|build|ci|style|revert)\(([^()\n]{1,60}:?)\)!?(?=:)"
)
_TEMPLATE_HEADING = re.compile(
    r"(?:describe|description|bug|summary|issue|what happened|problem|steps|to reproduce|expected|actual|current|"
    r"environment|version|reproduc|code|context|additional|search|checklist|prerequisites|pandas version|is your)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Texts by kind, in order of appearance."""

    title: str
    prose: str
    body: str
    code: tuple[str, ...]
    traces: tuple[str, ...]
    noise: tuple[str, ...]


def analyse(text: str, *, mode: SearchMode = "auto") -> Query:
    """Take a query of any length apart: a symbol, a question, an issue with its traceback.

    Never raises. Time grows linearly with the text up to a fixed number of characters; `note` says what was cut.
    """
    shape, pattern = read_shape(text, mode)
    cleaned, note = clean(text)
    lines = scan_lines(cleaned)
    traces = find_frames([line.text for line in lines])
    for index in traces.lines:
        lines[index].kind = "trace"
    _mark_output(lines)
    parts = _parts(lines)
    names = MentionCollector()
    inline = names.read_prose(without_links(parts.title), title=True) + names.read_prose(without_links(parts.prose))
    if shape == "symbol":
        names.add_whole(pattern)
    for code in parts.code:
        names.read_block(without_addresses(code))
    names.read_frames(traces.frames)
    errors = find_errors(_spoken(lines), [parts.title, *parts.prose.split("\n")])
    for message in errors:
        names.read_prose(message)
    spoken = [parts.title, parts.prose, *parts.code, *errors]
    findings = find_paths(spoken)
    findings += [(frame.path, frame.line) for frame in traces.frames if not frame.is_standard_library]
    imports, words = find_imports(parts.code), f"{parts.title}\n{parts.prose}"
    return Query(
        text=text,
        shape=shape,
        pattern=pattern,
        title=plain_prose(parts.title),
        body=plain_prose(parts.body),
        prose=plain_prose(parts.prose),
        code=(*parts.code, *dict.fromkeys(inline)),
        traces=parts.traces,
        noise=parts.noise,
        errors=errors,
        mentions=names.mentions(),
        dotted=tuple(names.dotted),
        pairs=tuple(names.pairs),
        modules=tuple(name for name in find_modules(names.dotted) if name not in imports or name in words),
        imports=imports,
        paths=_unique(path for path, _ in findings if "/" in path),
        links=find_links(spoken),
        scope=find_scope(parts.title),
        path_lines=_unique((path, line) for path, line in findings if line is not None),
        file_names=_unique(path.rpartition("/")[2] for path, _ in findings),
        frames=traces.frames,
        language_hint=_language(lines, traces, findings),
        note=note,
    )


def _mark_output(lines: Sequence[Line]) -> None:
    """What follows a trace in its block is output too, up to the next prompt; so is the message above it."""
    traced = -1
    for before, line in zip([None, *lines], lines, strict=False):
        if line.kind == "trace":
            traced = line.block
            if before and before.kind == "code" and before.block == traced and _MESSAGE.match(before.text):
                before.kind = "trace"
        elif line.block == -1 or line.block != traced or line.text.lstrip().startswith((">>> ", "In [")):
            traced = -1
        elif line.kind == "code":
            line.kind = "trace"


def _parts(lines: Sequence[Line]) -> _Parts:
    title, start = _title(lines)
    rest = [line for line in lines[start:] if line.kind != "heading" or not _TEMPLATE_HEADING.match(line.text)]
    return _Parts(
        title=title,
        prose=_join(line.text for line in rest if line.kind in ("prose", "heading")),
        body=_join(line.text for line in rest if line.kind != "noise"),
        code=_blocks(rest, "code"),
        traces=_blocks(rest, "trace"),
        noise=_blocks(rest, "noise"),
    )


def _title(lines: Sequence[Line]) -> tuple[str, int]:
    """The first line of words, unless that is a heading of a template or not words at all."""
    for index, line in enumerate(lines):
        if not line.text.strip():
            continue
        text = line.text.strip()
        if line.kind == "heading" and _TEMPLATE_HEADING.match(text):
            return "", index
        if line.kind in ("code", "trace"):
            return "", index
        text = _COMMIT_TYPE.sub(r"\1", text)
        while match := _TITLE_MARK.match(text):
            text = text[match.end() :]
        return (text, index + 1) if len(text) <= MAX_TITLE else (text[:MAX_TITLE].rpartition(" ")[0], index)
    return "", 0


def _blocks(lines: Iterable[Line], kind: str) -> tuple[str, ...]:
    chosen = (line for line in lines if line.kind == kind)
    blocks = (_join(line.text for line in group) for _, group in groupby(chosen, key=lambda line: line.block))
    return tuple(block for block in blocks if block.strip())


def _join(texts: Iterable[str]) -> str:
    return "\n".join(texts).strip("\n")


def _spoken(lines: Iterable[Line]) -> Iterable[str]:
    """Lines that may be an error message."""
    return (line.text for line in lines if line.kind in ("code", "trace", "prose") and line.text)


def _language(lines: Iterable[Line], traces: Traces, findings: Sequence[PathFinding]) -> str | None:
    """The language that fences, traces and named files speak for, in this order of trust."""
    fences = {line.block: FENCE_LANGUAGES[line.mark] for line in lines if line.mark in FENCE_LANGUAGES}
    for votes in (fences.values(), traces.languages, [language_of_path(path) for path, _ in findings]):
        counted = Counter(vote for vote in votes if vote)
        if counted:
            return counted.most_common(1)[0][0]
    return None


def _unique(items: Iterable[object]) -> tuple:  # type: ignore[type-arg]
    return tuple(dict.fromkeys(items))
