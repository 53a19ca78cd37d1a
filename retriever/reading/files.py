"""Files by name, lines of a file, and files that have to do with a file."""

from __future__ import annotations

import difflib
import fnmatch
import math

from locant.errors import NotFoundError, QueryError
from locant.indexer.snapshot import Snapshot
from locant.indexer.walk.reasons import explain_reason
from locant.retriever.filters import matching_paths
from locant.retriever.fusion import file_priors
from locant.retriever.reading.enclosing import enclosing
from locant.retriever.reading.text import TextReader
from locant.types import LeftOut, Related, View

__all__ = ["file_of", "find_files", "related_files", "view_lines"]

MAX_VIEW_LINES = 2_000
"""Lines of one view; whoever wants more asks for the next ones."""

SUGGESTIONS = 3

LONGEST_GUESSED = 500
"""Characters of a wrong path for which a near one is looked for."""

IMPORT_WEIGHT = 1.0
CALL_WEIGHT = 0.8
HISTORY_WEIGHT = 1.0
"""Weights of relations in one list: an import is certain, a shared name nearly so, history has its own strength."""

MAX_DEFINERS = 3
"""A name with more definers relates everything with everything."""


def file_of(snapshot: Snapshot, path: str) -> int:
    """Number of the file with this path, or of the only one whose path ends with it.

    Raises:
        NotFoundError: there is none, or there are several; the message names the nearest.

    """
    wanted = path.replace("\\", "/").removeprefix("./")
    number = snapshot.file_number.get(wanted)
    if number is not None:
        return number
    ending = [other for other in snapshot.paths if other.endswith(f"/{wanted.lstrip('/')}")]
    if len(ending) == 1:
        return snapshot.file_number[ending[0]]
    if ending:
        raise NotFoundError(f"{path!r} could be {', '.join(ending[:SUGGESTIONS])}; give more of the path")
    left_out = next((item for item in snapshot.left_out if item.path == wanted), None)
    if left_out is not None:
        raise NotFoundError(f"{path!r} is left out of the index. {explain_reason(left_out.reason)}")
    near = _nearest(wanted, snapshot.paths)
    hint = f"; did you mean {', '.join(near)}?" if near else "; `locant find` looks for files by name"
    raise NotFoundError(f"there is no indexed file {path!r}{hint}")


def _nearest(wanted: str, paths: list[str]) -> list[str]:
    """Paths that somebody may have meant: of the same name whatever its case and folder, else of a similar name."""
    if len(wanted) > LONGEST_GUESSED:
        return []
    names: dict[str, list[str]] = {}
    for path in paths:
        names.setdefault(path.rsplit("/", 1)[-1].lower(), []).append(path)
    near = difflib.get_close_matches(wanted.rsplit("/", 1)[-1].lower(), names, n=SUGGESTIONS, cutoff=0.6)
    alike = [path for name in near for path in names[name]]
    return sorted(alike, key=lambda path: -difflib.SequenceMatcher(None, wanted, path).ratio())[:SUGGESTIONS]


def find_files(snapshot: Snapshot, pattern: str, limit: int) -> list[str]:
    """Files by glob when the pattern has `*`, `?` or `[`; else by name, part of a name, or its letters in order."""
    if not pattern:
        raise QueryError("the pattern is empty; give a file name, a part of one, or a glob such as '*.py'")
    paths = snapshot.paths
    if any(mark in pattern for mark in "*?["):
        hits = _globbed(paths, pattern)
        if hits or "[" not in pattern:  # `[id].tsx` is a name as well as a glob
            return hits[:limit]
    lowered = pattern.lower().removeprefix("./")
    ranked = [(rank, len(path), path) for path in paths if (rank := _name_rank(path.lower(), lowered)) is not None]
    return [path for _, _, path in sorted(ranked)[:limit]]


def _globbed(paths: list[str], pattern: str) -> list[str]:
    """Paths that match; a glob without a slash is matched against names, one with a slash as in .gitignore."""
    if "/" not in pattern:
        return [path for path in paths if fnmatch.fnmatchcase(path.rsplit("/", 1)[-1], pattern)]
    mask = matching_paths(paths, (pattern.lstrip("!"),))
    return [path for path, is_inside in zip(paths, mask.tolist(), strict=True) if is_inside]


def _name_rank(path: str, wanted: str) -> int | None:
    """0 for the whole name, then its stem, a prefix, a part of the name, of the path, letters of both in order."""
    name = path.rsplit("/", 1)[-1]
    tests = (
        name == wanted,
        name.split(".")[0] == wanted,
        path.endswith(wanted),
        name.startswith(wanted),
        wanted in name,
        wanted in path,
        _has_letters(name, wanted),
        _has_letters(path, wanted),
    )
    return next((rank for rank, passed in enumerate(tests) if passed), None)


def _has_letters(text: str, wanted: str) -> bool:
    """Whether the letters stand in the text in this order."""
    letters = iter(text)
    return all(letter in letters for letter in wanted)


def view_lines(reader: TextReader, snapshot: Snapshot, path: str, start: int | None, end: int | None) -> View:
    """Lines `start` to `end` of a file as it is on disk now.

    Raises:
        NotFoundError: no such file or lines.

    """
    file = file_of(snapshot, path)
    source = reader.read(file)
    if isinstance(source, LeftOut):
        raise NotFoundError(f"{path!r} cannot be shown. {explain_reason(source.reason)}")
    total = len(source.lines)
    first = 1 if start is None else start
    wanted = total if end is None else min(end, total)
    if first < 1 or first > max(total, 1) or (end is not None and end < first):
        asked = f"{first} to {'the end' if end is None else end}"
        raise NotFoundError(f"{snapshot.paths[file]} has {total} lines, counted from 1; there are no lines {asked}")
    last = min(wanted, first + MAX_VIEW_LINES - 1)
    notes = ["the file changed after it was indexed"] if source.stale else []
    if last < wanted:
        notes.append(f"cut after {MAX_VIEW_LINES} lines; ask for {last + 1} onwards")
    return View(
        path=snapshot.paths[file],
        start_line=first,
        end_line=last,
        total_lines=total,
        text=source.between(first, last),
        language=snapshot.file_language[file],
        inside=None if source.stale else enclosing(snapshot, file, first),
        stale=source.stale,
        notes=tuple(notes),
    )


def related_files(snapshot: Snapshot, file: int, names: list[str], limit: int) -> tuple[Related, ...]:
    """Files connected with a file: imports in both directions, history, and uses of the names given.

    Args:
        snapshot: the index.
        file: the file.
        names: names that it defines and that others may use.
        limit: how many to return.

    """
    found: list[Related] = []
    source, target = snapshot.arrays["import_source"], snapshot.arrays["import_target"]
    paths = snapshot.paths
    found.extend(Related(paths[i], "imported by it", IMPORT_WEIGHT) for i in target[source == file].tolist())
    found.extend(Related(paths[i], "imports it", IMPORT_WEIGHT) for i in source[target == file].tolist())
    found.extend(_changed_together(snapshot, file))
    found.extend(_users(snapshot, file, names))
    priors = file_priors(snapshot)
    found.sort(
        key=lambda item: (
            -round(item.weight, 9),
            -priors[snapshot.file_number[item.path]],
            item.path,
            item.relation,
        )
    )
    return tuple(found[:limit])


def _changed_together(snapshot: Snapshot, file: int) -> list[Related]:
    at = snapshot.arrays["cochange_at"]
    run = slice(int(at[file]), int(at[file + 1]))
    rows = zip(
        snapshot.arrays["cochange_file"][run].tolist(),
        snapshot.arrays["cochange_strength"][run].tolist(),
        snapshot.arrays["cochange_joint"][run].tolist(),
        strict=True,
    )
    return [
        Related(snapshot.paths[partner], "changes with it", HISTORY_WEIGHT * strength, f"{joint} commits touched both")
        for partner, strength, joint in rows
    ]


def _users(snapshot: Snapshot, file: int, names: list[str]) -> list[Related]:
    """Files that use the names; a name that many files use, such as `put`, is rather somebody else's."""
    used: dict[int, list[str]] = {}
    strength: dict[int, float] = {}
    for name in dict.fromkeys(names):
        if len(snapshot.symbols_named(name)) > MAX_DEFINERS:
            continue
        users = set(snapshot.chunk_file[snapshot.chunks_using(name)].tolist()) - {file}
        for user in users:
            used.setdefault(user, []).append(name)
            strength[user] = strength.get(user, 0.0) + 1.0 / math.sqrt(len(users))
    return [
        Related(
            snapshot.paths[user],
            "uses it",
            CALL_WEIGHT * strength[user] / (strength[user] + 1.0),
            f"uses {', '.join(of[:4])}",
        )
        for user, of in used.items()
    ]
