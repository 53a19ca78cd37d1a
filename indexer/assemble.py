"""The snapshot of a tree: which file has which document, and what is known of files as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from locant.indexer.areas import AREAS, purpose_of
from locant.indexer.graph import in_degree, pagerank
from locant.indexer.graph.imports import Resolver
from locant.indexer.history.files import file_history
from locant.indexer.history.records import HistoryState
from locant.indexer.intake import DocKey
from locant.indexer.snapshot import NO_DOC, imports_of
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.segment import Segment
from locant.indexer.store.strings import encode_table
from locant.indexer.stored_listing import listing_arrays, listing_meta
from locant.indexer.syntax.records import Import
from locant.indexer.terms import terms_of
from locant.indexer.walk.records import TreeListing
from locant.types import LeftOut

__all__ = ["Assembly", "Before", "Sources", "assemble"]


PATH_ARRAYS = ("pathterm_blob", "pathterm_at", "pathterm_files_at", "pathterm_files", "file_path_length")
PURPOSE_ARRAYS = ("file_area", "file_example", "file_vendored")
GRAPH_ARRAYS = ("import_source", "import_target", "file_in_degree", "file_pagerank")
HISTORY_ARRAYS = (
    "file_changes",
    "file_decayed",
    "file_last_change",
    "cochange_at",
    "cochange_file",
    "cochange_joint",
    "cochange_strength",
    "past_at",
    "past_file",
    "past_days",
    "past_length",
    "pastterm_blob",
    "pastterm_at",
    "pastterm_commits_at",
    "pastterm_commits",
)


@dataclass(frozen=True, slots=True)
class Assembly:
    """Arrays and JSON of a snapshot file."""

    arrays: Arrays
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Before:
    """The snapshot so far: what only depends on paths or on history is taken over when those are the same.

    paths, keys, languages: its indexed files in order, with the document and the language of each.
    manifests: digest of the package manifests. imports: those of a file, by its number.
    """

    arrays: Arrays
    paths: Sequence[str]
    keys: Sequence[DocKey]
    languages: Sequence[str]
    manifests: str
    imports: Callable[[int], tuple[Import, ...]]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a snapshot is made from.

    listing: the tree as it was walked. keys: document of each indexed file, in order. left_out: files that are not.
    segments, where: the documents, and in which segment each is. history: of the repository; is_new when it moved
    since `before`. manifests: texts of package manifests by path, which say where modules live.
    prefix: the tree's folder inside its repository, "" at the top.
    """

    listing: TreeListing
    keys: Mapping[str, DocKey]
    left_out: Sequence[LeftOut]
    segments: Sequence[Segment]
    where: Mapping[DocKey, tuple[int, int]]
    history: HistoryState
    history_is_new: bool
    manifests: Mapping[str, str]
    prefix: str
    before: Before | None


@dataclass(frozen=True, slots=True)
class _Files:
    """Indexed files in order: document, place (segment, document in it) and language of each."""

    paths: tuple[str, ...]
    keys: tuple[DocKey, ...]
    places: tuple[tuple[int, int], ...]
    languages: list[str]


def assemble(sources: Sources) -> Assembly:
    """Compute everything that is stored per tree."""
    listing = sources.listing
    files = _files(sources)
    before = sources.before if sources.before is not None and sources.before.paths == files.paths else None
    same_history = before is not None and not sources.history_is_new
    manifests = _digest(sources.manifests)
    arrays = listing_arrays(listing)
    arrays.update(_entry_documents(listing, files))
    arrays.update(_taken_over(before, PATH_ARRAYS) or _path_terms(files.paths))
    arrays.update(_taken_over(before if same_history else None, HISTORY_ARRAYS) or _history(sources, files.paths))
    if before is not None and before.languages != files.languages:
        before = None
    arrays.update(_taken_over(before, PURPOSE_ARRAYS) or _purposes(files))
    arrays.update(_graph(files, sources, before if before is not None and before.manifests == manifests else None))
    meta = listing_meta(listing)
    ordered = sorted(sources.left_out, key=lambda item: item.path)
    meta["left_out"] = [[item.path, item.reason, item.detail] for item in ordered]
    meta["history_note"] = sources.history.note
    meta["manifests"] = manifests
    return Assembly(arrays, meta)


def _files(sources: Sources) -> _Files:
    paths, keys = tuple(sources.keys), tuple(sources.keys.values())
    places = tuple(map(sources.where.__getitem__, keys))
    return _Files(paths, keys, places, _languages(sources.segments, places))


def _digest(manifests: Mapping[str, str]) -> str:
    if not manifests:
        return ""
    return hashlib.blake2b(json.dumps(manifests, sort_keys=True).encode(), digest_size=16).hexdigest()


def _taken_over(before: Before | None, names: Sequence[str]) -> Arrays | None:
    return {name: before.arrays[name] for name in names} if before is not None else None


def _languages(segments: Sequence[Segment], places: Sequence[tuple[int, int]]) -> list[str]:
    numbers = [segment.arrays["doc_language"].tolist() for segment in segments]
    names = [
        {number: segment.strings[number] for number in set(own)} for segment, own in zip(segments, numbers, strict=True)
    ]
    return [names[segment][numbers[segment][local]] for segment, local in places]


def _entry_documents(listing: TreeListing, files: _Files) -> Arrays:
    place_of = dict(zip(files.paths, files.places, strict=True))
    places = [place_of.get(entry.path, (NO_DOC, 0)) for entry in listing.entries]
    columns = np.array(places, dtype=np.uint32).reshape(len(places), 2)
    return {"entry_segment": columns[:, 0], "entry_doc": columns[:, 1]}


def _purposes(files: _Files) -> Arrays:
    purposes = [purpose_of(path, language) for path, language in zip(files.paths, files.languages, strict=True)]
    return {
        "file_area": np.array([AREAS.index(purpose.area) for purpose in purposes], dtype=np.uint8),
        "file_example": np.array([purpose.example for purpose in purposes], dtype=np.bool_),
        "file_vendored": np.array([purpose.vendored for purpose in purposes], dtype=np.bool_),
    }


def _path_terms(paths: Sequence[str]) -> Arrays:
    """Postings of path words: term -> files, and how many words each path has."""
    holders: dict[str, list[int]] = {}
    lengths = np.zeros(len(paths), dtype=np.uint32)
    for number, path in enumerate(paths):
        terms = dict.fromkeys(terms_of(path))
        lengths[number] = len(terms)
        for term in terms:
            holders.setdefault(term, []).append(number)
    ordered = sorted((term.encode("utf-8", "surrogateescape"), term) for term in holders)
    at = np.zeros(len(ordered) + 1, dtype=np.uint32)
    np.cumsum([len(holders[term]) for _, term in ordered], out=at[1:])
    files = [file for _, term in ordered for file in holders[term]]
    return {
        **encode_table("pathterm", [raw for raw, _ in ordered]),
        "pathterm_files_at": at,
        "pathterm_files": np.array(files, dtype=np.uint32),
        "file_path_length": lengths,
    }


def _graph(files: _Files, sources: Sources, before: Before | None) -> Arrays:
    """Who imports whom. An edit seldom touches imports, so most updates take all of this over.

    Args:
        files: the indexed files.
        sources: of the snapshot.
        before: the snapshot so far when neither paths, languages nor manifests changed since.

    """
    imports = {number: _imports(files, sources, number) for number in _changed(files, before)}
    changed = [number for number, found in imports.items() if before is None or found != before.imports(number)]
    if before is not None and not changed:
        return {name: before.arrays[name] for name in GRAPH_ARRAYS}
    rows = _targets_before(before, len(files.paths))
    resolver = Resolver(files.paths, files.languages, sources.manifests)
    for number in changed:
        rows[number] = resolver.resolve(number, imports[number])
    counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    source = np.repeat(np.arange(len(rows), dtype=np.int32), counts)
    target = np.array([file for row in rows for file in row], dtype=np.int32)
    return {
        "import_source": source,
        "import_target": target,
        "file_in_degree": in_degree(len(rows), target).astype(np.uint32),
        "file_pagerank": pagerank(len(rows), source, target).astype(np.float64),
    }


def _changed(files: _Files, before: Before | None) -> list[int]:
    if before is None:
        return list(range(len(files.keys)))
    return [i for i, (new, old) in enumerate(zip(files.keys, before.keys, strict=True)) if new != old]


def _imports(files: _Files, sources: Sources, number: int) -> tuple[Import, ...]:
    segment, local = files.places[number]
    return imports_of(sources.segments[segment], local)


def _targets_before(before: Before | None, count: int) -> list[tuple[int, ...]]:
    if before is None:
        return [()] * count
    bounds = np.searchsorted(before.arrays["import_source"], np.arange(count + 1)).tolist()
    target = before.arrays["import_target"].tolist()
    return [tuple(target[first:last]) for first, last in pairwise(bounds)]


def _history(sources: Sources, paths: Sequence[str]) -> Arrays:
    found = file_history(sources.history, paths, sources.prefix)
    return {
        "file_changes": found.changes,
        "file_decayed": found.decayed,
        "file_last_change": found.last_change,
        "cochange_at": found.starts,
        "cochange_file": found.partners,
        "cochange_joint": found.joint,
        "cochange_strength": found.strength,
        "past_at": found.past.starts,
        "past_file": found.past.files,
        "past_days": found.past.days,
        "past_length": found.past.lengths,
        **encode_table("pastterm", [term.encode("utf-8") for term in found.past.terms]),
        "pastterm_commits_at": found.past.said_starts,
        "pastterm_commits": found.past.sayers,
    }
