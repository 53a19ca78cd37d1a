"""Reading a listed file when the tree has changed behind the listing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import WalkOptions
from locant.types import LeftOut


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "pkg/deep").mkdir(parents=True)
    (root / "pkg/deep/a.py").write_text("inside\n")
    (tmp_path / "outside/deep").mkdir(parents=True)
    (tmp_path / "outside/deep/a.py").write_text("outside\n")
    return root


def read_reason(root: Path) -> str:
    """Why the one listed file is not read, listed before `change` took place."""
    answer = read_file(root, "pkg/deep/a.py")
    assert isinstance(answer, LeftOut)
    return answer.reason


def test_a_listed_file_is_read_whole(tree: Path) -> None:
    (tree / "big.py").write_bytes(b"x" * 300_000)
    assert [read_file(tree, entry) for entry in list_tree(tree).entries] == [b"x" * 300_000, b"inside\n"]


def test_an_empty_file_is_read_as_nothing(tree: Path) -> None:
    (tree / "empty.py").touch()
    assert read_file(tree, "empty.py") == b""


def test_a_file_that_is_gone_vanished(tree: Path) -> None:
    (tree / "pkg/deep/a.py").unlink()
    assert read_reason(tree) == "vanished"


def test_a_pipe_that_took_the_place_of_a_file_does_not_hang(tree: Path) -> None:
    (tree / "pkg/deep/a.py").unlink()
    os.mkfifo(tree / "pkg/deep/a.py")
    assert read_reason(tree) == "special_file"


def test_a_folder_that_took_the_place_of_a_file_is_not_read(tree: Path) -> None:
    (tree / "pkg/deep/a.py").unlink()
    (tree / "pkg/deep/a.py").mkdir()
    assert read_reason(tree) == "special_file"


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tree: Path) -> None:
    (tree / "pkg/deep/a.py").unlink()
    (tree / "pkg/deep/a.py").symlink_to(tree.parent / "outside/deep/a.py")
    assert read_reason(tree) == "symlink"


@pytest.mark.parametrize("swapped", ["pkg", "pkg/deep"])
def test_a_parent_folder_swapped_for_a_link_does_not_lead_out(tree: Path, swapped: str) -> None:
    (tree / swapped).rename(tree.parent / "taken")
    target = tree.parent / ("outside" if swapped == "pkg" else "outside/deep")
    (tree / swapped).symlink_to(target)
    assert read_reason(tree) in ("vanished", "symlink")


@pytest.mark.parametrize("path", ["../outside/deep/a.py", "/etc/hostname", "pkg/../../outside/deep/a.py"])
def test_a_path_that_leads_out_is_refused(tree: Path, path: str) -> None:
    answer = read_file(tree, path)
    assert isinstance(answer, LeftOut)
    assert answer.detail == "the path leads out of the folder"


def test_a_file_that_grew_over_the_limit_is_not_read(tree: Path) -> None:
    answer = read_file(tree, "pkg/deep/a.py", WalkOptions(max_file_bytes=3))
    assert isinstance(answer, LeftOut)
    assert answer.reason == "oversized"


def test_a_name_longer_than_the_system_allows_is_a_bad_name(tree: Path) -> None:
    answer = read_file(tree, "x" * 300)
    assert isinstance(answer, LeftOut)
    assert answer.reason == "bad_name"
