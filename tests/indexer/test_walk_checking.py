"""The no-change check: what it notices, and that it is quiet otherwise."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from locant.indexer.walk.checking import check_tree
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.records import Changes, TreeListing, WalkOptions

LONG_AGO_NS = 1_600_000_000_123_456_789
FAR_AHEAD_NS = 4_000_000_000_123_456_789  # younger than any listing, whatever the machine's speed
Change = Callable[[Path], object]


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *who, *arguments], cwd=folder, env=environment, capture_output=True, check=True)


def settled(root: Path, options: WalkOptions | None = None) -> TreeListing:
    """Listing of a tree as if it had lain still for a while.

    Folder and control times are aged on disk. A file's ctime cannot be, so only the flag is cleared.
    """
    for folder, _, files in os.walk(root):
        for name in (".", *files):
            os.utime(os.path.join(folder, name), ns=(LONG_AGO_NS, LONG_AGO_NS))  # noqa: PTH118
    listing = list_tree(root, options)
    return replace(listing, entries=tuple(replace(entry, racy=False) for entry in listing.entries))


def found(changes: Changes) -> dict[str, tuple[str, ...]]:
    kinds = {name: getattr(changes, name) for name in ("changed", "added", "removed", "suspect")}
    return {name: value for name, value in kinds.items() if value}


@pytest.fixture(params=["git", "plain"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "pkg/logs").mkdir(parents=True)
    (root / "empty/inner").mkdir(parents=True)
    (root / "a.py").write_text("a\n")
    (root / "pkg/b.py").write_text("b\n")
    (root / "pkg/logs/x.log").write_text("x\n")
    (root / ".gitignore").write_text("*.log\nbuild/\n")
    (root / "build").mkdir()
    if request.param == "git":
        git(root, "init", "-q")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", "first")
    return root


def test_a_tree_at_rest_gives_back_the_very_listing(tree: Path) -> None:
    listing = settled(tree)
    changes = check_tree(listing)
    assert changes.listing is listing
    assert not changes.anything


NEW_RULE = {"added": (".locantignore",), "removed": ("pkg/b.py",)}
CHANGES: list[tuple[Change, dict[str, tuple[str, ...]]]] = [
    (lambda root: (root / "a.py").write_text("longer than before\n"), {"changed": ("a.py",)}),
    (lambda root: (root / "a.py").write_text("z\n"), {"changed": ("a.py",)}),
    (lambda root: (root / "pkg/b.py").unlink(), {"removed": ("pkg/b.py",)}),
    (lambda root: (root / "pkg/new.py").write_text("n"), {"added": ("pkg/new.py",)}),
    (lambda root: (root / "pkg/b.py").rename(root / "c.py"), {"added": ("c.py",), "removed": ("pkg/b.py",)}),
    (lambda root: (root / "empty/inner/new.py").write_text("n"), {"added": ("empty/inner/new.py",)}),
    (lambda root: (root / "pkg/logs/new.py").write_text("n"), {"added": ("pkg/logs/new.py",)}),
    (lambda root: make(root / "fresh/deep/new.py"), {"added": ("fresh/deep/new.py",)}),
    (lambda root: (root / ".gitignore").write_text(""), {"added": ("pkg/logs/x.log",), "changed": (".gitignore",)}),
    (
        lambda root: (root / ".locantignore").write_text("pkg/\n"),
        {"added": (".locantignore",), "removed": ("pkg/b.py",)},
    ),
    (lambda root: (root / "pkg/new.log").write_text("n"), {}),
    (lambda root: make(root / "build/out.py"), {}),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_is_noticed(tree: Path, change: Change, expected: dict[str, tuple[str, ...]]) -> None:
    listing = settled(tree)
    change(tree)
    changes = check_tree(listing)
    assert found(changes) == expected
    assert [entry.path for entry in changes.listing.entries] == [entry.path for entry in list_tree(tree).entries]


def make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("n")


def test_a_write_that_restores_time_and_size_is_noticed(tree: Path) -> None:
    settled(tree)
    listing = list_tree(tree)
    (tree / "a.py").write_text("z\n")
    os.utime(tree / "a.py", ns=(LONG_AGO_NS, LONG_AGO_NS))
    changes = check_tree(listing)
    assert "a.py" in changes.changed + changes.suspect  # suspect when it all happened in one tick of the clock


def test_a_file_written_just_before_the_listing_is_suspect_until_it_has_aged(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a\n")
    os.utime(tmp_path / "a.py", ns=(FAR_AHEAD_NS, FAR_AHEAD_NS))
    os.utime(tmp_path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    listing = list_tree(tmp_path)
    assert listing.entries[0].racy
    assert found(check_tree(listing)) == {"suspect": ("a.py",)}
    aged = settled(tmp_path)
    assert not check_tree(aged).anything


def test_a_folder_that_changed_as_it_was_listed_is_listed_again(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a\n")
    os.utime(tmp_path, ns=(FAR_AHEAD_NS, FAR_AHEAD_NS))
    listing = list_tree(tmp_path)
    (tmp_path / "b.py").write_text("b\n")
    os.utime(tmp_path, ns=(FAR_AHEAD_NS, FAR_AHEAD_NS))
    assert check_tree(listing).added == ("b.py",)


def test_a_file_that_grows_over_the_limit_in_place_leaves(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text("x")
    listing = settled(tmp_path, WalkOptions(max_file_bytes=50))
    (tmp_path / "small.py").write_text("x" * 99)
    assert found(check_tree(listing)) == {"removed": ("small.py",)}


def test_a_file_that_shrinks_under_the_limit_in_place_comes(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text("x" * 100)
    listing = settled(tmp_path, WalkOptions(max_file_bytes=50))
    (tmp_path / "big.py").write_text("y")
    assert found(check_tree(listing)) == {"added": ("big.py",)}


def test_staging_an_ignored_file_adds_it(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "x.log").write_text("x\n")
    git(tmp_path, "init", "-q")
    listing = settled(tmp_path)
    git(tmp_path, "add", "-f", "x.log")
    assert found(check_tree(listing)) == {"added": ("x.log",)}


def test_a_commit_moves_the_head_of_the_listing_without_a_changed_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    listing = settled(tmp_path)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "second")
    changes = check_tree(listing)
    assert not changes.anything
    assert changes.listing.head not in (None, listing.head)


def test_switching_a_branch_reports_exactly_what_differs(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("a\n")
    (tmp_path / "same.py").write_text("same\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "checkout", "-q", "-b", "other")
    (tmp_path / "a.py").write_text("other\n")
    (tmp_path / "b.py").write_text("b\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "second")
    listing = settled(tmp_path)
    git(tmp_path, "checkout", "-q", "main")
    assert found(check_tree(listing)) == {"changed": ("a.py",), "removed": ("b.py",)}


def test_a_change_inside_a_submodule_is_noticed(tmp_path: Path) -> None:
    library, root = tmp_path / "library", tmp_path / "root"
    for folder in (library, root):
        folder.mkdir()
        git(folder, "init", "-q")
    (library / "lib.py").write_text("l\n")
    git(library, "add", "-A")
    git(library, "commit", "-q", "-m", "first")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "sub")
    listing = settled(root)
    (root / "sub/new.py").write_text("n\n")
    assert found(check_tree(listing)) == {"added": ("sub/new.py",)}
