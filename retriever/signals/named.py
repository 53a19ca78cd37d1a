"""Signals of files that a text names outright. Each is an array (files,), not scaled.

named_path     longest common tail with a path, a file name or a dotted name in the text, stack frames among them
frame          a stack frame in the file: 1 / (1 + distance from the error)
linked         the text links to the file on a forge: who looked it up knows where the matter is
imported       an example in the text imports the module: that is how the code is used, seldom where it is wrong
scope          the title begins with the name of the file or a folder: `parser: ...`, `fix(parser): ...`, `[parser] ...`

A path that goes on differently from the file's own (`pandas/core/base.py` for `app/base.py`) is another file of that
name: of 664 such on development issues 4 were gold. It counts nothing, and the name alone counts only where it was
written alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce

import numpy as np

from locant.indexer.terms import terms_of
from locant.retriever.context import Context, Floats, common_tail

__all__ = ["frame", "imported", "linked", "named_path", "scope"]

MODULE_WEIGHT = 0.8  # a dotted name may be a module or a name in one; a written path is a path

FOLDER_SHARE = 0.5
"""Of a scope that is a folder of the file, beside one that is the file itself."""


def named_path(context: Context) -> Floats:
    """Paths, file names that are written without a folder, and dotted names outside of imports."""
    query = context.query
    scores = np.zeros(len(context.snapshot.paths))
    in_paths = {path.rpartition("/")[2] for path in query.paths}
    for named in (*query.paths, *(name for name in query.file_names if name not in in_paths)):
        _mark_tails(context, named, scores, weight=1.0)
    for named in query.modules:
        if named not in query.imports:
            _mark_tails(context, _as_path(named), scores, weight=MODULE_WEIGHT, stem_only=True)
    return scores


def imported(context: Context) -> Floats:
    """Modules that examples import."""
    scores = np.zeros(len(context.snapshot.paths))
    for named in context.query.imports:
        _mark_tails(context, _as_path(named), scores, weight=1.0, stem_only=True)
    return scores


def linked(context: Context) -> Floats:
    """Files that links mean, divided by the root of their number: a list of links says less of each."""
    scores = np.zeros(len(context.snapshot.paths))
    found = 0
    for path in context.query.links:
        before = int((scores > 0).sum())
        _mark_tails(context, path, scores, weight=1.0, whole_only=True)
        found += int((scores > 0).sum()) > before
    return scores / math.sqrt(found) if found else scores


def frame(context: Context) -> Floats:
    """Stack frames, those near the error first."""
    scores = np.zeros(len(context.snapshot.paths))
    for one in context.query.frames:
        if not one.is_standard_library:
            _mark_tails(context, one.path, scores, weight=1.0 / (1.0 + one.distance))
    return scores


def scope(context: Context) -> Floats:
    """What the title begins with; the fewer files it can mean, the more it says."""
    paths = context.snapshot.paths
    scores = np.zeros(len(paths))
    for wanted in context.query.scope:
        parts = [_bare(part) for part in wanted.split("/") if part]
        able = _with_all_words(context, wanted) if parts else ()
        own = {file: value for file in able if (value := _scope_value(parts, paths[file]))}
        for file, value in own.items():
            rarity = math.log1p(len(paths) / len(own)) / math.log1p(len(paths))
            scores[file] = max(scores[file], rarity * value)
    return scores


def _with_all_words(context: Context, wanted: str) -> Sequence[int]:
    """Files whose paths have every word of a scope, in any order."""
    holders = [context.snapshot.path_postings(term) for term in terms_of(wanted)]
    found: Sequence[int] = reduce(np.intersect1d, holders).tolist() if holders else []
    return found


def _as_path(dotted: str) -> str:
    return dotted.replace("::", ".").replace(".", "/")


def _bare(part: str) -> str:
    """A part of a path as scopes write it: without case, ending and the marks between words."""
    return part.partition(".")[0].lower().replace("-", "").replace("_", "")


def _scope_value(wanted: Sequence[str], path: str) -> float:
    """1 for a file that is the scope, less for one below it, 0 for others."""
    *folders, name = [_bare(part) for part in path.split("/")]
    if name == wanted[-1]:
        return 1.0 if common_tail(wanted[:-1], folders) == len(wanted) - 1 else 0.0
    size = len(wanted)
    return FOLDER_SHARE * any(folders[i : i + size] == list(wanted) for i in range(len(folders) - size + 1))


def _mark_tails(
    context: Context, named: str, scores: Floats, weight: float, *, stem_only: bool = False, whole_only: bool = False
) -> None:
    """Raise the score of files whose path ends like `named`: weight * (1 - 2 ** -parts in common).

    Files that share their name alone with a longer path are left out. stem_only: `named` has no ending, and may have a
    name in the module behind it. whole_only: leave out all whose path goes on differently.
    """
    wanted = [part for part in named.split("/") if part]
    if not wanted:
        return
    candidates = context.files_with_stem(wanted[-1], stem_only=stem_only)
    if stem_only and not candidates and len(wanted) > 1:
        wanted = wanted[:-1]
        candidates = context.files_with_stem(wanted[-1], stem_only=True)
    for file, parts in candidates:
        common = common_tail(wanted[:-1], parts)
        longest = min(len(wanted) - 1, len(parts))
        is_other = common < longest if whole_only else common == 0 < longest
        if not is_other:
            scores[file] = max(scores[file], weight * (1.0 - 0.5 ** (common + 1)))
