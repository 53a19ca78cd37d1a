"""When segments are merged: soon enough to stay few, never into one that is too large to merge in memory."""

from __future__ import annotations

import numpy as np
import pytest

from locant.indexer.compaction import DEAD_BYTES, MAX_SEGMENT_BYTES, MAX_SMALL, Compaction, plan_compaction
from locant.indexer.store.builder import SegmentBuilder
from locant.indexer.store.segment import Segment
from locant.indexer.syntax.records import ParsedFile

MEGABYTE = 1_000_000
EMPTY = ParsedFile("text", (), (), (), ())


def segment_of(*sizes: int) -> Segment:
    builder = SegmentBuilder()
    for number, size in enumerate(sizes):
        builder.add((bytes([number] * 20), "text"), size, b"", EMPTY)
    return Segment("s", builder.finish())


def plan(*segments: tuple[int, ...], dead: tuple[tuple[int, int], ...] = ()) -> Compaction | None:
    """The plan for segments with documents of these sizes; `dead` names (segment, document)."""
    live = [np.array([(i, j) not in dead for j in range(len(sizes))]) for i, sizes in enumerate(segments)]
    return plan_compaction([segment_of(*sizes) for sizes in segments], live)


@pytest.mark.parametrize(
    "segments",
    [(), ((0,),), ((5 * MEGABYTE,),), ((20 * MEGABYTE,), (MEGABYTE,)), ((60 * MEGABYTE,), (60 * MEGABYTE,))],
)
def test_few_segments_are_left_alone(segments: tuple[tuple[int, ...], ...]) -> None:
    assert plan(*segments) is None


def test_small_segments_that_outgrow_a_tenth_are_merged_into_one() -> None:
    assert plan((20 * MEGABYTE,), (MEGABYTE,), (MEGABYTE,), (MEGABYTE,)) == Compaction(((0, 1, 2, 3),), drop_dead=False)


def test_many_small_segments_are_merged_with_each_other_however_small() -> None:
    found = plan((60 * MEGABYTE,), *((1,) for _ in range(MAX_SMALL + 1)))
    assert found == Compaction((tuple(range(1, MAX_SMALL + 2)),), drop_dead=False)


def test_a_large_tree_merges_only_its_small_segments() -> None:
    large = [(MAX_SEGMENT_BYTES,)] * 16
    found = plan(*large, *((MEGABYTE,) for _ in range(MAX_SMALL + 1)))
    assert found == Compaction((tuple(range(16, 16 + MAX_SMALL + 1)),), drop_dead=False)


def test_no_merge_takes_in_more_than_a_segment_may_hold() -> None:
    half = MAX_SEGMENT_BYTES // 2
    dead = tuple((i, 1) for i in range(6))
    found = plan(*(((half - 1, half + 1),) * 6), dead=dead)
    assert found == Compaction(((0, 1), (2, 3), (4, 5)), drop_dead=True)


def test_dead_documents_stay_until_they_outweigh_half_of_the_live_ones() -> None:
    assert plan((10 * MEGABYTE, 4 * MEGABYTE), dead=((0, 1),)) is None
    assert plan((10 * MEGABYTE, 6 * MEGABYTE), dead=((0, 1),)) == Compaction(((0,),), drop_dead=True)


def test_the_branches_of_a_small_tree_stay() -> None:
    assert plan((1000, DEAD_BYTES), dead=((0, 1),)) is None
    assert plan((1000, DEAD_BYTES + 1), dead=((0, 1),)) == Compaction(((0,),), drop_dead=True)
