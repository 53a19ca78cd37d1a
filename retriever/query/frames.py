"""Stack frames, grouped into traces, each frame with its distance from where the error was raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from locant.retriever.query.frame_patterns import (
    CARRIERS,
    FRAMES,
    HEADERS,
    STANDARD_CLASSES,
    STANDARD_LIBRARY,
    FramePattern,
)
from locant.retriever.query.paths import repository_path
from locant.retriever.query.patterns import compiled
from locant.retriever.query.records import STANDARD_LIBRARY_DISTANCE, Frame

__all__ = ["Traces", "find_frames"]

MAX_LINE = 1000  # longer lines are minified code or data
MAX_GAP = 12  # lines between two frames of one trace: source excerpts of pytest and IPython are about that long
MAX_FRAMES = 400  # a recursion says nothing new after its first rounds

_DIGIT = re.compile(r"\d")
_BY_NEEDLE = tuple((needle, row) for row in FRAMES for needle in row.needles)
_ARROW = re.compile(r"-{1,12}> ?(?P<line>\d+)\b")
# Source excerpts and frames without a file, between and below the frames of a trace.
_EXCERPT = re.compile(r"\s+\S|-+> ?\d|E\s|>\s{3,}|\.\.\. \d+ more|<[\w-]+> in ")
_NO_FILE = re.compile(r"<[^>]*>$|native$|\[native code\]|Unknown Source|Native Method")
_GLOBAL_SCOPE = re.compile(r"<[\w.$ ]+>$|^(?:Object\.|Module\.)?<anonymous>|^<top|^\{main\}$")
_REVERSED_RUBY = re.compile(r"\s*\d+: from ")


@dataclass(slots=True)
class _Seen:
    """A frame as read, before its trace is put in order."""

    row: FramePattern
    index: int
    path: str
    line: int | None
    function: str | None
    standard: bool
    outermost_first: bool = False


@dataclass(frozen=True, slots=True)
class Traces:
    """`frames` nearest first; `lines` are indices of the lines that belong to a trace; `languages` one a frame."""

    frames: tuple[Frame, ...]
    lines: frozenset[int]
    languages: tuple[str, ...]


def find_frames(lines: Sequence[str]) -> Traces:
    """Read all frames of all traces in these lines."""
    traces: list[list[_Seen]] = []
    used: set[int] = set()
    fresh, pending = True, ("", "")
    for index, text in enumerate(lines):
        text = text[:MAX_LINE]
        if HEADERS.match(text):
            fresh = True
            used.add(index)
        seen = _read(text, index, pending)
        if seen is None:
            _apply_arrow(text, traces)
        else:
            if fresh or _breaks(traces[-1][-1], seen):
                traces.append([])
            traces[-1].append(seen)
            used.update(_lines_of(seen, lines))
            fresh = False
        pending = _carried(text)
    for trace in traces:
        used.update(_excerpts(trace, lines))
    return Traces(_ordered(traces), frozenset(used), tuple(s.row.language for t in traces for s in t if s.row.language))


def _read(text: str, index: int, pending: tuple[str, str]) -> _Seen | None:
    if not (_DIGIT.search(text) or (" in " in text and "(" in text)):
        return None  # most lines of prose end here
    for needle, row in _BY_NEEDLE:
        if needle in text:
            match = compiled(row.regex).match(text)
            if match:
                return _seen(row, match, index, pending)
    return None


def _seen(row: FramePattern, match: re.Match[str], index: int, pending: tuple[str, str]) -> _Seen:
    groups = match.groupdict()
    function: str | None = groups.get("function")
    if row.carried and pending[0] == row.language:
        function = pending[1]
    raw = groups["path"]
    path = _class_path(function or "", raw) if row.from_class else repository_path(raw)
    if _NO_FILE.search(raw):
        path = ""
    number = groups.get("line")
    return _Seen(
        row,
        index,
        path,
        int(number[:9]) if number else None,
        function.strip(" ,:") if function and not _GLOBAL_SCOPE.search(function) else None,
        _is_library_place(row, path),
        bool(_REVERSED_RUBY.match(match.string)) or not row.innermost_first,
    )


def _is_library_place(row: FramePattern, path: str) -> bool:
    """Whether the place is in the language's own library; class names tell for languages of the JVM."""
    return (STANDARD_CLASSES if row.from_class else STANDARD_LIBRARY).search(path) is not None


def _class_path(function: str, file_name: str) -> str:
    """`a.b.Outer$Inner.run` in `Outer.java` is in `a/b/Outer.java`."""
    owner = function.rpartition(".")[0].split("$", 1)[0]
    package = owner.rpartition(".")[0]
    return f"{package.replace('.', '/')}/{file_name}" if package else file_name


def _breaks(last: _Seen, seen: _Seen) -> bool:
    """Whether a frame begins another trace than the one that the last frame is of."""
    if last.row.alone or seen.row.alone:
        return True
    return last.row.language != seen.row.language or seen.index - last.index > MAX_GAP


def _apply_arrow(text: str, traces: list[list[_Seen]]) -> None:
    """IPython's old style gives the line of a frame by an arrow in the excerpt below it."""
    if "-> " in text and traces and traces[-1][-1].line is None:
        match = _ARROW.match(text.lstrip())
        if match:
            traces[-1][-1].line = int(match["line"][:9])


def _carried(text: str) -> tuple[str, str]:
    for language, regex in CARRIERS:
        if "(" in text or "::" in text or ": " in text or "created by" in text:
            match = regex.match(text)
            if match:
                return language, match["function"]
    return "", ""


def _lines_of(seen: _Seen, lines: Sequence[str]) -> Iterable[int]:
    """The frame's line, and the one before that carried its name."""
    yield seen.index
    if seen.row.carried and seen.index and _carried(lines[seen.index - 1][:MAX_LINE])[0]:
        yield seen.index - 1


def _excerpts(trace: Sequence[_Seen], lines: Sequence[str]) -> Iterable[int]:
    """Lines between two frames, and below the last, that look like source shown by the trace."""
    if trace[0].row.alone:
        return
    ends = [seen.index for seen in trace[1:]] + [min(trace[-1].index + MAX_GAP, len(lines))]
    for seen, end in zip(trace, ends, strict=True):
        for index in range(seen.index + 1, end):
            if _EXCERPT.match(lines[index][:MAX_LINE]):
                yield index
            elif end - seen.index > MAX_GAP or seen is trace[-1]:
                break


def _ordered(traces: list[list[_Seen]]) -> tuple[Frame, ...]:
    best: dict[tuple[str, int | None], Frame] = {}
    for trace in traces:
        for frame in _distances(trace):
            key = (frame.path, frame.line)
            known = best.get(key)
            if known is None:
                best[key] = frame
            else:
                near = min(known.distance, frame.distance)
                best[key] = replace(known, function=known.function or frame.function, distance=near)
            if len(best) >= MAX_FRAMES:
                break
    return tuple(sorted(best.values(), key=lambda frame: frame.distance))


def _distances(trace: list[_Seen]) -> Iterable[Frame]:
    """Frames of one trace from the innermost outwards; those of the library do not count as steps."""
    ordered = trace[::-1] if any(seen.outermost_first for seen in trace) else trace
    step = 0
    for position, seen in enumerate(ordered):
        function = seen.function
        if seen.row.callee:
            function = ordered[position + 1].function if position + 1 < len(ordered) else None
        if not seen.path:
            continue
        yield Frame(seen.path, seen.line, function, step + STANDARD_LIBRARY_DISTANCE * seen.standard)
        step += not seen.standard
