"""What is dear to work out is kept beside the snapshot, and nothing depends on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

import locant
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.derived import derived_arrays


def _counted() -> tuple[list[int], Callable[[], Arrays]]:
    calls: list[int] = []

    def make() -> Arrays:
        calls.append(1)
        return {"source": np.arange(5, dtype=np.int32), "none": np.zeros(0, dtype=np.int32)}

    return calls, make


def test_long_arrays_are_made_once_and_short_ones_each_time(tmp_path: Path) -> None:
    snapshot = tmp_path / "abc.arr"
    calls, make = _counted()
    for _ in range(2):
        found = derived_arrays(snapshot, "edges1", make, kept_rows=5)
        assert (found["source"].tolist(), len(found["none"])) == ([0, 1, 2, 3, 4], 0)
    assert (len(calls), [path.name for path in tmp_path.iterdir()]) == (1, ["abc.edges1"])
    for _ in range(2):
        derived_arrays(snapshot, "other1", make, kept_rows=6)
    assert len(calls) == 3
    derived_arrays(snapshot, "edges2", make, kept_rows=5)
    assert len(calls) == 4


def test_a_damaged_file_is_made_again_and_a_folder_that_is_not_there_only_costs_time(tmp_path: Path) -> None:
    snapshot = tmp_path / "abc.arr"
    calls, make = _counted()
    derived_arrays(snapshot, "edges1", make, kept_rows=1)
    kept = tmp_path / "abc.edges1"
    kept.write_bytes(kept.read_bytes()[:-3])
    assert len(derived_arrays(snapshot, "edges1", make, kept_rows=1)["source"]) == 5
    assert len(calls) == 2
    for _ in range(2):
        assert len(derived_arrays(tmp_path / "gone" / "abc.arr", "edges1", make, kept_rows=1)["source"]) == 5
    assert len(calls) == 4


def test_a_query_writes_nothing_for_a_small_repository(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text("def f():\n    return g()\n\n\ndef g():\n    return 1\n")
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache", workers=1) as index:
        index.update()
        before = sorted((tmp_path / "cache").rglob("*"))
        assert index.localize("f is wrong").files
        assert index.repo_map(max_tokens=100).text
        assert sorted((tmp_path / "cache").rglob("*")) == before
