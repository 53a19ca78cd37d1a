"""Public benchmarks by name, read from a cache of the hub as its own client lays it out; no network."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from locant.eval.datasets.hub import PUBLIC_SETS, files_of_hub
from locant.eval.datasets.load import load_dataset
from locant.eval.errors import DatasetError, EvaluationError

REVISION = "0123456789abcdef0123456789abcdef01234567"


def cached(cache: Path, repository: str, files: dict[str, str]) -> None:
    """What the hub's client leaves in its cache."""
    root = cache / f"datasets--{repository.replace('/', '--')}"
    for name, content in files.items():
        file = root / "snapshots" / REVISION / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (root / "refs").mkdir()
    (root / "refs/main").write_text(REVISION)


def test_a_name_without_the_extra_says_what_to_install() -> None:
    if find_spec("huggingface_hub") is not None:
        pytest.skip("the extra is installed")
    with pytest.raises(EvaluationError, match=r"locant\[hub\]"):
        load_dataset("swe-bench-lite")


def test_a_set_that_is_cached_is_read_without_a_network(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    cached(
        tmp_path,
        PUBLIC_SETS["multi-swe-bench"].repository,
        {"go/a.jsonl": json.dumps({"a": 1}), "java/b.jsonl": json.dumps({"b": 1}), "README.md": "no rows"},
    )
    found = files_of_hub("multi-swe-bench", tmp_path, offline=True)
    assert [file.name for file in found] == ["a.jsonl", "b.jsonl"]


def test_a_set_whose_files_have_moved_is_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    cached(tmp_path, PUBLIC_SETS["loc-bench"].repository, {"elsewhere/rows.parquet": ""})
    with pytest.raises(DatasetError, match=r"data/test-\*"):
        files_of_hub("loc-bench", tmp_path, offline=True)


def test_a_set_that_is_not_cached_is_a_clear_error_offline(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(DatasetError, match="cannot get swe-bench-verified"):
        files_of_hub("swe-bench-verified", tmp_path, offline=True)


def test_the_sets_that_people_ask_for_have_names() -> None:
    benchmarks = {"swe-bench", "swe-bench-lite", "swe-bench-verified", "swe-bench-multilingual", "swe-bench-live"}
    assert benchmarks | {"multi-swe-bench", "loc-bench"} <= set(PUBLIC_SETS)
