"""The snapshot of a tree: which file has which document, and what is known of files as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from locant.indexer.areas import AREAS, purpose_of
from locant.indexer.graph import in_degree, pagerank
from locant.indexer.graph.imports import Resolver
from locant.indexer.graph.manifests import MANIFEST_NAMES
from locant.indexer.history.files import file_history
from locant.indexer.history.records import HistoryState
from locant.indexer.intake import DocKey
from locant.indexer.snapshot import NO_DOC, imports_of
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.segment import Segment
from locant.indexer.store.strings import encode_table
from locant.indexer.stored_listing import listing_arrays, listing_meta
from locant.indexer.terms import terms_of
from locant.indexer.walk.records import TreeListing
from locant.types import LeftOut

__all__ = ["Assembly", "Before", "Placement", "Sources", "assemble", "place_documents"]

Ints = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where documents stand: key -> (segment, document)."""

    where: Mapping[DocKey, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Arrays and JSON of a snapshot file."""

    arrays: Arrays
    meta: dict[str, Any]


def place_documents(segments: Sequence[Segment]) -> Placement:
    """Index the documents of all segments by key; the first segment that has one wins."""
    where: dict[DocKey, tuple[int, int]] = {}
    for number, segment in enumerate(segments):
        variants = segment.arrays["doc_variant"].tolist()
        names = {string: segment.strings[string] for string in set(variants)}
        for local, (key, variant) in enumerate(zip(segment.keys(), variants, strict=True)):
            where.setdefault((key, names[variant]), (number, local))
    return Placement(where)


@dataclass(frozen=True, slots=True)
class Before:
    """The snapshot so far: what only depends on paths or on history is taken over when those are the same.

    paths, keys: its indexed files in order, and the document of each.
    """

    arrays: Arrays
    paths: Sequence[str]
    keys: Sequence[DocKey]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a snapshot is made from.

    listing: the tree as it was walked. keys: document of each indexed file. left_out: files that are not indexed.
    segments, placement: where the documents are. history: of the repository; is_new when it moved since `before`.
    manifests: texts of package manifests by path, which say where modules live.
    prefix: the tree's folder inside its repository, "" at the top.
    """

    listing: TreeListing
    keys: Mapping[str, DocKey]
    left_out: Sequence[LeftOut]
    segments: Sequence[Segment]
    placement: Placement
    history: HistoryState
    history_is_new: bool
    manifests: Mapping[str, str]
    prefix: str
    before: Before | None


def assemble(sources: Sources) -> Assembly:
    """Compute everything that is stored per tree."""
    listing, keys = sources.listing, sources.keys
    paths = [entry.path for entry in listing.entries if entry.path in keys]
    places = [sources.placement.where[keys[path]] for path in paths]
    languages = _languages(sources.segments, places)
    before = sources.before if sources.before is not None and list(sources.before.paths) == paths else None
    arrays = listing_arrays(listing)
    arrays.update(_entry_documents(listing, keys, sources.placement))
    arrays.update(_purposes(paths, languages))
    arrays.update(_taken_over(before, PATH_ARRAYS) or _path_terms(paths))
    arrays.update(_graph(paths, languages, sources, places, before))
    history = None if sources.history_is_new else _taken_over(before, HISTORY_ARRAYS)
    arrays.update(history or _history(sources.history, paths, sources.prefix))
    meta = listing_meta(listing)
    ordered = sorted(sources.left_out, key=lambda item: item.path)
    meta["left_out"] = [[item.path, item.reason, item.detail] for item in ordered]
    meta["history_note"] = sources.history.note
    return Assembly(arrays, meta)


PATH_ARRAYS = ("pathterm_blob", "pathterm_at", "pathterm_files_at", "pathterm_files", "file_path_length")
HISTORY_ARRAYS = (
    "file_changes",
    "file_decayed",
    "file_last_change",
    "cochange_at",
    "cochange_file",
    "cochange_joint",
    "cochange_strength",
)


def _taken_over(before: Before | None, names: Sequence[str]) -> Arrays | None:
    return {name: before.arrays[name] for name in names} if before is not None else None


def _languages(segments: Sequence[Segment], places: Sequence[tuple[int, int]]) -> list[str]:
    return [segments[number].strings[int(segments[number].arrays["doc_language"][local])] for number, local in places]


def _entry_documents(listing: TreeListing, keys: Mapping[str, DocKey], placement: Placement) -> Arrays:
    segment = np.full(len(listing.entries), NO_DOC, dtype=np.uint32)
    document = np.zeros(len(listing.entries), dtype=np.uint32)
    for i, entry in enumerate(listing.entries):
        key = keys.get(entry.path)
        if key is not None:
            segment[i], document[i] = placement.where[key]
    return {"entry_segment": segment, "entry_doc": document}


def _purposes(paths: Sequence[str], languages: Sequence[str]) -> Arrays:
    purposes = [purpose_of(path, language) for path, language in zip(paths, languages, strict=True)]
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


def _graph(
    paths: Sequence[str],
    languages: Sequence[str],
    sources: Sources,
    places: Sequence[tuple[int, int]],
    before: Before | None,
) -> Arrays:
    targets = _targets_before(before, [sources.keys[path] for path in paths], paths)
    missing = [number for number, known in enumerate(targets) if known is None]
    if missing:
        resolver = Resolver(paths, languages, sources.manifests)
        for number in missing:
            segment, local = places[number]
            targets[number] = resolver.resolve(number, imports_of(sources.segments[segment], local))
    rows = [row or () for row in targets]
    counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    source = np.repeat(np.arange(len(rows), dtype=np.int32), counts)
    target = np.array([file for row in rows for file in row], dtype=np.int32)
    return {
        "import_source": source,
        "import_target": target,
        "file_in_degree": in_degree(len(paths), target).astype(np.uint32),
        "file_pagerank": pagerank(len(paths), source, target).astype(np.float64),
    }


def _targets_before(
    before: Before | None, keys: Sequence[DocKey], paths: Sequence[str]
) -> list[tuple[int, ...] | None]:
    """What each unchanged file imports, when no file came or went and no manifest changed; None for the others."""
    if before is None:
        return [None] * len(keys)
    changed = [new != old for new, old in zip(keys, before.keys, strict=True)]
    if any(paths[i].rsplit("/", 1)[-1] in MANIFEST_NAMES for i, moved in enumerate(changed) if moved):
        return [None] * len(keys)
    bounds = np.searchsorted(before.arrays["import_source"], np.arange(len(keys) + 1)).tolist()
    target = before.arrays["import_target"].tolist()
    return [None if moved else tuple(target[bounds[i] : bounds[i + 1]]) for i, moved in enumerate(changed)]


def _history(history: HistoryState, paths: Sequence[str], prefix: str) -> Arrays:
    found = file_history(history, paths, prefix)
    return {
        "file_changes": found.changes,
        "file_decayed": found.decayed,
        "file_last_change": found.last_change,
        "cochange_at": found.starts,
        "cochange_file": found.partners,
        "cochange_joint": found.joint,
        "cochange_strength": found.strength,
    }
