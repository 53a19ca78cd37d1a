"""Filters act before ranking: what does not pass is no candidate, so a filter never empties a full page of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from locant.errors import QueryError
from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.segment import Segment
from locant.numeric import Mask
from locant.retriever.query.languages import FENCE_LANGUAGES
from locant.types import Area

__all__ = ["Filters", "file_mask", "make_filters", "matching_paths"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be answered; an empty tuple lets everything pass.

    languages: names as in the language table. paths: gitignore-style globs; a leading `!` leaves out.
    kinds: of symbols. areas: code, tests, docs, config.
    """

    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()


def make_filters(
    languages: tuple[str, ...], paths: tuple[str, ...], kinds: tuple[str, ...], areas: tuple[str, ...]
) -> Filters:
    """Check and normalise filters as a user gives them.

    Raises:
        QueryError: an area that does not exist.

    """
    known = get_args(Area)
    for area in areas:
        if area not in known:
            raise QueryError(f"there is no area {area!r}; areas are {', '.join(known)}")
    named = tuple(FENCE_LANGUAGES.get(language.lower(), language.lower()) for language in languages)
    return Filters(named, paths, tuple(kind.lower() for kind in kinds), tuple(a for a in known if a in areas))


def file_mask(snapshot: Snapshot, filters: Filters) -> Mask:
    """Which files pass (files,); kinds are a matter of symbols and are applied to them.

    Raises:
        QueryError: a language or kind that nothing indexed has.

    """
    mask = np.ones(len(snapshot.paths), dtype=np.bool_)
    _check_kinds(snapshot, filters.kinds)
    if filters.languages:
        present = sorted(set(snapshot.file_language))
        unknown = [language for language in filters.languages if language not in present]
        if unknown:
            raise QueryError(f"no indexed file is in {unknown[0]!r}; languages here are {', '.join(present)}")
        wanted = frozenset(filters.languages)
        mask &= np.array([language in wanted for language in snapshot.file_language], dtype=np.bool_)
    if filters.areas:
        mask &= np.isin(snapshot.file_column("area"), [AREAS.index(area) for area in filters.areas])
    if filters.paths:
        mask &= matching_paths(snapshot.paths, filters.paths)
    return mask


def _check_kinds(snapshot: Snapshot, kinds: tuple[str, ...]) -> None:
    unknown = [kind for kind in kinds if not snapshot.symbols_of_kind((kind,)).any()]
    if unknown:
        present = sorted({kind for segment in snapshot.segments for kind in _kinds_of(segment)})
        raise QueryError(f"nothing indexed is a {unknown[0]!r}; kinds here are {', '.join(present)}")


def _kinds_of(segment: Segment) -> list[str]:
    return [segment.strings[number] for number in np.unique(segment.arrays["symbol_kind"]).tolist()]


def matching_paths(paths: list[str], globs: tuple[str, ...]) -> Mask:
    """Paths that a glob takes in and no `!` glob leaves out; globs read as in .gitignore."""
    from pathspec import GitIgnoreSpec

    wanted = [glob for glob in globs if not glob.startswith("!")]
    unwanted = [glob[1:] for glob in globs if glob.startswith("!")]
    try:
        inside = GitIgnoreSpec.from_lines(wanted or ["*"])
        outside = GitIgnoreSpec.from_lines(unwanted)
    except ValueError as error:
        raise QueryError(f"a path filter cannot be read: {error}; use globs such as 'src/**/*.py'") from error
    return np.array([inside.match_file(path) and not outside.match_file(path) for path in paths], dtype=np.bool_)
