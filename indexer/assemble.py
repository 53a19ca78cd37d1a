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

__all__ = ["Assembly", "Placement", "assemble", "place_documents"]

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


def assemble(
    listing: TreeListing,
    keys: Mapping[str, DocKey],
    left_out: Sequence[LeftOut],
    segments: Sequence[Segment],
    placement: Placement,
    history: HistoryState,
    manifests: Mapping[str, str],
    prefix: str,
) -> Assembly:
    """Compute everything that is stored per tree.

    Args:
        listing: the tree as it was walked.
        keys: document of each indexed file.
        left_out: files that are listed or not, and are not indexed.
        segments, placement: where the documents are.
        history: of the repository.
        manifests: texts of package manifests by path, for resolving imports.
        prefix: the tree's folder inside its repository, "" at the top.
    """
    paths = [entry.path for entry in listing.entries if entry.path in keys]
    places = [placement.where[keys[path]] for path in paths]
    languages = _languages(segments, places)
    arrays = listing_arrays(listing)
    arrays.update(_entry_documents(listing, keys, placement))
    arrays.update(_purposes(paths, languages))
    arrays.update(_path_terms(paths))
    arrays.update(_graph(paths, languages, segments, places, manifests))
    arrays.update(_history(history, paths, prefix))
    meta = listing_meta(listing)
    meta["left_out"] = [[item.path, item.reason, item.detail] for item in sorted(left_out, key=lambda item: item.path)]
    meta["history_note"] = history.note
    return Assembly(arrays, meta)


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
    segments: Sequence[Segment],
    places: Sequence[tuple[int, int]],
    manifests: Mapping[str, str],
) -> Arrays:
    resolver = Resolver(paths, languages, manifests)
    targets = [
        resolver.resolve(number, imports_of(segments[segment], local)) for number, (segment, local) in enumerate(places)
    ]
    counts = np.fromiter(map(len, targets), dtype=np.int64, count=len(targets))
    source = np.repeat(np.arange(len(targets), dtype=np.int32), counts)
    target = np.array([file for row in targets for file in row], dtype=np.int32)
    return {
        "import_source": source,
        "import_target": target,
        "file_in_degree": in_degree(len(paths), target).astype(np.uint32),
        "file_pagerank": pagerank(len(paths), source, target).astype(np.float64),
    }


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
