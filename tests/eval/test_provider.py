"""A tree at a commit, with its past and without its future."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from locant.eval.errors import MirrorError
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(Mirrors(tmp_path / "clones", tmp_path / "cache"), tmp_path / "trees")


def git(tree: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(tree), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def history(tree: Path) -> list[str]:
    return git(tree, "log", "--all", "--reflog", "--format=%s").split("\n")


def test_the_past_is_there_and_the_future_is_not(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    repository.commit("one", {"a.py": "1\n"})
    middle = repository.commit("two", {"a.py": "2\n"})
    repository.commit("three", {"a.py": "3\n"})
    repository.git("tag", "v3")
    repository.git("branch", "later")
    with provider.tree("o/n", middle) as tree:
        assert history(tree) == ["two", "one"]
        assert git(tree, "for-each-ref") == ""
        assert (tree / "a.py").read_text() == "2\n"


def test_going_back_leaves_no_trace_of_the_later_commit(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    first = repository.commit("one", {"a.py": "1\n", "gone.py": "x\n"})
    second = repository.commit("two", {"a.py": "2\n", "gone.py": None, "pkg/new.py": "y\n"})
    for commit, message in ((second, ["two", "one"]), (first, ["one"]), (second, ["two", "one"])):
        with provider.tree("o/n", commit) as tree:
            assert history(tree) == message
            assert git(tree, "status", "--porcelain", "--ignored") == ""
            assert sorted(git(tree, "ls-files").split("\n")) == sorted(
                path.relative_to(tree).as_posix() for path in tree.rglob("*.py")
            )
    with provider.tree("o/n", first) as tree:
        assert not (tree / "pkg").exists()
        assert not (tree / ".git/ORIG_HEAD").exists()


def test_what_a_system_leaves_in_the_tree_is_gone_next_time(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    commit = repository.commit("one", {"a.py": "1\n", ".gitignore": "*.cache\n"})
    with provider.tree("o/n", commit) as tree:
        (tree / "a.py").write_text("changed\n")
        (tree / "x.cache").write_text("left\n")
    with provider.tree("o/n", commit) as tree:
        assert (tree / "a.py").read_text() == "1\n"
        assert not (tree / "x.cache").exists()


def test_unchanged_files_are_not_written_again(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    first = repository.commit("one", {"same.py": "1\n", "a.py": "1\n"})
    second = repository.commit("two", {"a.py": "2\n"})
    with provider.tree("o/n", first) as tree:
        before = (tree / "same.py").stat()
    with provider.tree("o/n", second) as tree:
        after = (tree / "same.py").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_the_clone_itself_is_left_as_it_was(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    first = repository.commit("one", {"a.py": "1\n"})
    repository.commit("two", {"a.py": "2\n"})
    before = (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain"))
    with provider.tree("o/n", first):
        pass
    assert (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain")) == before


@pytest.mark.parametrize("layout", ["o/n", "o+n", "o__n", "n", "o+n/repo"])
def test_a_clone_is_found_in_the_usual_layouts(new_repository: Any, provider: Provider, layout: str) -> None:
    commit = new_repository(layout).commit("one", {"a.py": "1\n"})
    with provider.tree("o/n", commit) as tree:
        assert history(tree) == ["one"]


def test_a_bare_mirror_a_path_and_a_url_do_as_well(new_repository: Any, provider: Provider, tmp_path: Path) -> None:
    repository = new_repository("work")
    commit = repository.commit("one", {"a.py": "1\n"})
    bare = tmp_path / "clones/o/n.git"
    repository.git("clone", "--quiet", "--mirror", str(repository.root), str(bare))
    for name in ("o/n", str(repository.root), f"file://{bare}"):
        with provider.tree(name, commit) as tree:
            assert (tree / "a.py").read_text() == "1\n"


def test_a_linked_worktree_is_a_clone_too(new_repository: Any, provider: Provider, tmp_path: Path) -> None:
    repository = new_repository("work")
    commit = repository.commit("one", {"a.py": "1\n"})
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "side")
    with provider.tree(str(tmp_path / "linked"), commit) as tree:
        assert history(tree) == ["one"]


def test_a_file_whose_content_is_not_in_the_clone_is_left_out(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    commit = repository.commit("one", {"a.py": "1\n", "big.bin": "large\n"})
    blob = repository.git("rev-parse", "HEAD:big.bin")
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with provider.tree("o/n", commit) as tree:
        assert (tree / "a.py").exists()
        assert not (tree / "big.bin").exists()
        assert git(tree, "status", "--porcelain") == ""
    repository.git("hash-object", "-w", "big.bin")
    other = repository.commit("two", {"a.py": "2\n"})
    with provider.tree("o/n", other) as tree:
        assert (tree / "big.bin").read_text() == "large\n"


def test_a_missing_file_that_changes_from_commit_to_commit_stays_out(new_repository: Any, provider: Provider) -> None:
    repository = new_repository("o/n")
    commits = [repository.commit(text, {"a.py": text, "big.bin": f"large {text}"}) for text in ("one", "two", "three")]
    for commit in commits:
        blob = repository.git("rev-parse", f"{commit}:big.bin")
        (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for commit, text in zip(commits, ("one", "two", "three"), strict=True):
        with provider.tree("o/n", commit) as tree:
            assert (tree / "a.py").read_text() == text
            assert not (tree / "big.bin").exists()


def test_an_unknown_commit_and_an_unknown_repository_are_named(new_repository: Any, provider: Provider) -> None:
    new_repository("o/n").commit("one", {"a.py": "1\n"})
    with pytest.raises(MirrorError, match=r"deadbeef.*fetch"), provider.tree("o/n", "deadbeef"):
        pass
    with pytest.raises(MirrorError, match="no clone of 'o/missing'"), provider.tree("o/missing", "deadbeef"):
        pass


def test_a_repository_without_commits_is_a_clear_error(new_repository: Any, provider: Provider) -> None:
    new_repository("o/n")
    with pytest.raises(MirrorError, match="is not in"), provider.tree("o/n", "deadbeef"):
        pass


def test_a_shallow_clone_says_that_it_is_shallow(new_repository: Any, provider: Provider, tmp_path: Path) -> None:
    repository = new_repository("work")
    first = repository.commit("one", {"a.py": "1\n"})
    second = repository.commit("two", {"a.py": "2\n"})
    shallow = tmp_path / "clones/o/n"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(shallow))
    with provider.tree("o/n", second) as tree:
        assert history(tree) == ["two"]
    with pytest.raises(MirrorError, match="shallow"), provider.tree("o/n", first):
        pass
