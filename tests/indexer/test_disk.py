"""A full disk, and a cache folder that cannot be written: what was there stays, and the message says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.errors import StoreReadOnlyError
from locant.indexer.store.folder import TreeStore
from locant.indexer.update import Updater

MakeUpdater = Callable[..., Updater]
MakeStore = Callable[[Path, Path], TreeStore]
Content = Callable[[TreeStore], dict[str, Any]]

LIMITED = """
import json, resource, sys
import locant
from locant.errors import LocantError

action, root, cache, limit = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with locant.open(root, cache_dir=cache, workers=1) as index:
    try:
        if action == "update":
            index.update()
            print(json.dumps("updated"))
        else:
            result = index.search("load")
            print(json.dumps([[hit.location.path for hit in result.hits], list(result.freshness.stale)]))
    except LocantError as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""


def run_limited(action: str, root: Path, cache: Path, limit: int) -> Any:
    """What a process answers that may write so many bytes to a file; -B, as the limit also cuts byte code short."""
    command = [sys.executable, "-B", "-c", LIMITED, action, str(root), str(cache), str(limit)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    for number in range(3):
        (root / f"file{number}.py").write_text(f"def load_{number}(path):\n    return path\n")
    return root


@pytest.mark.parametrize("limit", [0, 300, 4000])
def test_a_full_disk_leaves_the_index_as_it_was(
    limit: int, tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content
) -> None:
    cache, store = tmp_path / "cache", store_of(tree, tmp_path / "cache")
    updater_of(tree, cache).update(timeout=1)
    before = content_of(store)
    (tree / "new.py").write_text("def new():\n    return 1\n")
    name, message = run_limited("update", tree, cache, limit)
    assert name == "StoreReadOnlyError"
    assert "no space left" in message
    assert "LOCANT_CACHE_DIR" in message
    assert content_of(store) == before
    updater_of(tree, cache).update(timeout=1)
    assert set(content_of(store)["files"]) == {*before["files"], "new.py"}
    manifest = store.manifest()
    assert manifest is not None
    named = {"manifest.json", *(record.name for record in manifest.files.values())}
    assert {path.name for path in store.folder.iterdir()} == named
    assert {path.name for path in (store.family / "segments").iterdir()} == {r.name for r in manifest.segments}


def test_a_full_disk_at_the_first_index_is_an_error_that_says_so(
    tree: Path, tmp_path: Path, store_of: MakeStore
) -> None:
    name, message = run_limited("search", tree, tmp_path / "cache", 0)
    assert (name, "no space left" in message) == ("StoreReadOnlyError", True)
    assert store_of(tree, tmp_path / "cache").open() is None


def test_with_a_full_disk_a_search_answers_from_the_old_index_and_says_what_is_stale(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater
) -> None:
    updater_of(tree, tmp_path / "cache").update(timeout=1)
    (tree / "file1.py").write_text("def save_1(path):\n    return path, path\n")
    hits, stale = run_limited("search", tree, tmp_path / "cache", 0)
    assert "file0.py" in hits
    assert stale == ["file1.py"]


@pytest.mark.parametrize("cache", ["tree/file0.py/cache", "/proc/locant", "/dev/full/locant"])
def test_a_cache_folder_that_cannot_be_made_is_refused_with_advice(cache: str, tree: Path, tmp_path: Path) -> None:
    with (
        locant.open(tree, cache_dir=tmp_path / cache, workers=1) as index,
        pytest.raises(StoreReadOnlyError, match=r"cannot be written.*LOCANT_CACHE_DIR"),
    ):
        index.search("load")
    assert (tree / "file0.py").read_text().startswith("def load_0")
