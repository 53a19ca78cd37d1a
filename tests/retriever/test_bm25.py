"""Our BM25 is the field's: its scores are those of rank-bm25, over chunks and over documents, with either idf."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from locant.indexer.blobs import blob_id
from locant.indexer.snapshot import NO_DOC, Snapshot
from locant.indexer.store.arrays import ArrayFile
from locant.indexer.store.builder import SegmentBuilder
from locant.indexer.store.folder import Manifest, OpenedTree
from locant.indexer.store.segment import Segment
from locant.indexer.syntax.parse import parse_file
from locant.indexer.terms import terms_of
from locant.retriever.bm25 import Bm25Parameters, Lexicon, okapi_idf

TOLERANCE = 1e-6

WORDS = st.sampled_from(["load", "config", "readFile", "HTTPServer", "x_1", "error", "the", "naïve", "面倒"])
LINES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
FUNCTIONS = st.builds("def {}(path):\n    return '{}'\n".format, st.sampled_from(["load", "save"]), LINES)
FILES = st.lists(st.one_of(LINES, FUNCTIONS), max_size=4).map("\n\n".join)
REPOSITORIES = st.lists(st.tuples(FILES, st.booleans(), st.booleans()), min_size=1, max_size=8)
"""Text of each file, whether it is live, and whether it stands in the second segment."""

QUERIES = st.lists(WORDS, min_size=1, max_size=4)


class BM25Lucene(BM25Okapi):  # type: ignore[misc]
    """rank-bm25 with the idf that Lucene and its kin use."""

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        for word, holders in nd.items():
            self.idf[word] = math.log(1 + (self.corpus_size - holders + 0.5) / (holders + 0.5))


@dataclass
class Corpus:
    """A snapshot, and the terms of each of its chunks and documents, counted by other means; None for dead ones."""

    snapshot: Snapshot
    chunks: list[list[str] | None]
    documents: list[list[str] | None]


def corpus_of(files: Sequence[tuple[str, bool, bool]]) -> Corpus:
    texts = {text: (live, second) for text, live, second in files}
    chunks: list[list[str] | None] = []
    documents: list[list[str] | None] = []
    segments: list[Segment] = []
    places: list[tuple[int, int]] = []
    for number in range(2):
        builder = SegmentBuilder()
        for text in [text for text, (_, second) in texts.items() if second == bool(number)]:
            data, live = text.encode(), texts[text][0]
            parsed = parse_file("a.py", data)
            terms = [terms_of(data[span.start_byte : span.end_byte].decode()) for span in parsed.chunks]
            chunks.extend(found if live else None for found in terms)
            documents.append([term for found in terms for term in found] if live else None)
            places.append((number if live else NO_DOC, len(builder)))
            builder.add((blob_id(data), "python"), len(data), data, parsed)
        segments.append(Segment(f"s{number}", builder.finish()))
    columns = np.array(places, dtype=np.uint32)
    paths = b"".join(b"%d.py\0" % i for i in range(len(places)))
    arrays: dict[str, Any] = {
        "entry_paths": np.frombuffer(paths, dtype=np.uint8),
        "entry_segment": columns[:, 0],
        "entry_doc": columns[:, 1],
    }
    stored = ArrayFile(Path("snapshot"), arrays, {}, 0)
    manifest = Manifest("/", (), {}, "", 0.0)
    return Corpus(Snapshot(OpenedTree(manifest, tuple(segments), {"snapshot": stored})), chunks, documents)


def live(rows: Sequence[list[str] | None]) -> list[list[str]]:
    return [row for row in rows if row is not None]


def holders(rows: Sequence[list[str] | None]) -> list[int]:
    return list(Counter(term for row in live(rows) for term in set(row)).values())


@settings(deadline=None, max_examples=40)
@given(REPOSITORIES, QUERIES, st.sampled_from([Bm25Parameters(), Bm25Parameters(1.5, 0.75), Bm25Parameters(0.9, 0.4)]))
@pytest.mark.parametrize("peer", [BM25Lucene, BM25Okapi])
@pytest.mark.parametrize("unit", ["chunks", "documents"])
def test_scores_are_those_of_rank_bm25(
    unit: str, peer: type[BM25Okapi], files: list[tuple[str, bool, bool]], words: list[str], parameters: Bm25Parameters
) -> None:
    corpus = corpus_of(files)
    rows = corpus.chunks if unit == "chunks" else corpus.documents
    assume(any(live(rows)))
    chosen = {"idf": okapi_idf(holders(rows), len(live(rows)))} if peer is BM25Okapi else {}
    lexicon = Lexicon(corpus.snapshot, parameters, **chosen)
    query = Counter(terms_of(" ".join(words)))
    weights = {term: float(times) for term, times in query.items()}
    ours = lexicon.chunk_scores("body", weights) if unit == "chunks" else lexicon.doc_scores(weights)
    theirs = peer(live(rows), k1=parameters.k1, b=parameters.b).get_scores(list(query.elements()))
    is_live = np.array([row is not None for row in rows], dtype=np.bool_)
    np.testing.assert_allclose(ours[is_live], theirs, atol=TOLERANCE, rtol=0)
    assert not ours[~is_live].any()


def test_a_term_that_nothing_holds_scores_nothing_and_has_the_highest_idf() -> None:
    lexicon = Lexicon(corpus_of([("load config", True, False), ("load", True, True)]).snapshot)
    assert not lexicon.chunk_scores("body", {"absent": 1.0}).any()
    assert not lexicon.doc_scores({"absent": 1.0}).any()
    assert lexicon.doc_idf("absent") > lexicon.doc_idf("config") > lexicon.doc_idf("load") > 0


def test_a_repository_without_words_has_scores_of_zero() -> None:
    lexicon = Lexicon(corpus_of([("", True, False)]).snapshot)
    assert lexicon.doc_scores({"load": 1.0}).tolist() == [0.0]
    assert lexicon.chunk_scores("body", {"load": 1.0}).tolist() == []


def test_weights_scale_what_a_term_adds() -> None:
    lexicon = Lexicon(corpus_of([("load config", True, False), ("save", True, True)]).snapshot)
    once, thrice = (lexicon.chunk_scores("body", {"load": weight}) for weight in (1.0, 3.0))
    np.testing.assert_allclose(thrice, 3 * once)
