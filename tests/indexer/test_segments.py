"""Segments: whatever way they are put together, the bytes are the same, and what was dropped leaves no trace."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from locant.indexer.blobs import blob_id
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.builder import SegmentBuilder
from locant.indexer.store.layout import FIELDS
from locant.indexer.store.merge import merge_segments
from locant.indexer.store.postings import COUNT_MAX, all_counts
from locant.indexer.store.segment import Segment
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import ChunkSpan, Definition, ParsedFile

NAMES = st.sampled_from(["alpha", "betaGamma", "HTTPServer", "read_file", "naïve", "x1", "utf8", "面倒"])
LINES = st.one_of(
    st.builds("def {}(self, {}): # {}".format, NAMES, NAMES, NAMES),
    st.builds("    return {}({})".format, NAMES, NAMES),
    st.builds("class {}({}):\n    pass".format, NAMES, NAMES),
    st.builds("import {}\nfrom {} import {}".format, NAMES, NAMES, NAMES),
    st.builds('"""{} {}"""'.format, NAMES, NAMES),
)
DOCUMENTS = st.lists(LINES, max_size=6).map("\n".join)
CORPORA = st.lists(DOCUMENTS, min_size=1, max_size=6)


def segment_of(texts: list[str]) -> Arrays:
    builder = SegmentBuilder()
    for text in texts:
        data = text.encode()
        builder.add((blob_id(data), "python/py/"), len(data), data, parse_file("a.py", data))
    return builder.finish()


def keep_all(arrays: Arrays) -> np.ndarray:
    return np.ones(len(arrays["doc_key"]), dtype=np.bool_)


def assert_same_bytes(left: Arrays, right: Arrays) -> None:
    assert left.keys() == right.keys()
    for name, array in left.items():
        assert array.dtype == right[name].dtype, name
        assert array.shape == right[name].shape, name
        assert array.tobytes() == right[name].tobytes(), name


@settings(deadline=None, max_examples=60)
@given(CORPORA, st.integers(0, 6))
def test_merged_parts_equal_the_segment_that_is_built_at_once(texts: list[str], cut: int) -> None:
    parts = [segment_of(part) for part in (texts[:cut], texts[cut:])]
    assert_same_bytes(merge_segments(parts, [keep_all(part) for part in parts]), segment_of(texts))


@settings(deadline=None, max_examples=60)
@given(CORPORA, st.data())
def test_dropping_documents_equals_never_having_had_them(texts: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    merged = merge_segments([segment_of(texts)], [np.array(kept, dtype=np.bool_)])
    assert_same_bytes(merged, segment_of([text for text, keep in zip(texts, kept, strict=True) if keep]))


def test_merging_keeps_counts_that_do_not_fit_a_byte() -> None:
    many = "x = [" + ", ".join(["needle"] * 700) + "]\n"
    one = "def needle():\n    return 1\n"
    parts = [segment_of([many]), segment_of([one])]
    merged = merge_segments(parts, [keep_all(part) for part in parts])
    assert_same_bytes(merged, segment_of([many, one]))
    segment = Segment("s", merged)
    _, tf = segment.postings("body", segment.terms.find("needle"))
    assert tf.tolist() == [700, 1]


def test_counts_end_at_their_limit_instead_of_spilling_into_chunk_numbers() -> None:
    repeats = COUNT_MAX // 1000 + 1
    names = tuple(
        Definition(" ".join(["deep"] * 1000), "q", "class", 1, 1, 0, 1, signature="deep " * 1000)
        for _ in range(repeats)
    )
    parsed = ParsedFile("python", names, (), (), (ChunkSpan(1, 1, 0, 1, 0, "class"),))
    builder = SegmentBuilder()
    builder.add((bytes(20), "v"), 1, b"x", parsed)
    built = builder.finish()
    assert all_counts(built, "signature").max() == COUNT_MAX
    parts = [segment_of(["a = 1"]), built]
    merged = Segment("s", merge_segments(parts, [keep_all(part) for part in parts]))
    chunks, tf = merged.postings("signature", merged.terms.find("deep"))
    assert (chunks.tolist(), tf.tolist()) == ([1], [COUNT_MAX])


@settings(deadline=None, max_examples=60)
@given(CORPORA)
def test_postings_hold_every_term_of_every_chunk(texts: list[str]) -> None:
    segment = Segment("s", segment_of(texts))
    for name in FIELDS:
        lengths = np.zeros(segment.chunk_count, dtype=np.int64)
        for term in range(len(segment.terms)):
            chunks, tf = segment.postings(name, term)
            assert (np.diff(chunks.astype(np.int64)) > 0).all()
            lengths[chunks] += tf
        assert lengths.tolist() == segment.arrays[f"{name}_length"].tolist()


def test_a_name_leads_to_the_chunks_that_use_it_and_to_its_definitions() -> None:
    segment = Segment("s", segment_of(["def load():\n    return parse(1)\n", "def parse(x):\n    return x\n"]))
    number = segment.strings.find("parse")
    assert segment.chunks_using(number).tolist() == [0]
    assert [segment.strings[int(segment.arrays["symbol_name"][i])] for i in segment.symbols_named(number)] == ["parse"]
    assert segment.strings.find("absent") == -1


def test_a_segment_without_documents_answers_nothing() -> None:
    empty = Segment("s", merge_segments([segment_of([])], [np.zeros(0, dtype=np.bool_)]))
    assert (empty.doc_count, empty.chunk_count, empty.terms.find("word")) == (0, 0, -1)
