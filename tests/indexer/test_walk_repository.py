"""Which repository a folder belongs to, its head, and whether it is dirty."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from locant.indexer.walk.layout import head_commit
from locant.indexer.walk.repository import is_dirty, repository_identity

LONG_AGO = "2001-01-01T00:00:00Z"


def git(folder: Path, *arguments: str, date: str = "") -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_ALLOW_PROTOCOL": "file"}
    environment |= {"GIT_COMMITTER_DATE": date} if date else {}
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True).stdout.decode().strip()


def make_repository(folder: Path, content: str = "a\n") -> Path:
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, content)
    return folder


def commit(folder: Path, content: str) -> None:
    (folder / "a.py").write_text(content)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"write {content}")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = make_repository(tmp_path / "repository")
    commit(root, "b\n")
    return root


def test_branches_worktrees_clones_and_sub_folders_share_an_identity(repository: Path, tmp_path: Path) -> None:
    identity = repository_identity(repository)
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    commit(tmp_path / "side", "side\n")
    git(tmp_path, "clone", "-q", str(repository), "clone")
    commit(tmp_path / "clone", "clone\n")
    (repository / "sub").mkdir()
    same = [tmp_path / "side", tmp_path / "clone", repository / "sub"]
    assert {repository_identity(folder) for folder in same} == {identity}


def test_merging_a_foreign_history_keeps_the_identity(repository: Path, tmp_path: Path) -> None:
    identity = repository_identity(repository)
    foreign = make_repository(tmp_path / "foreign", "foreign\n")
    git(foreign, "commit", "-q", "--amend", "--no-edit", date=LONG_AGO)  # git lists the older root last
    git(repository, "fetch", "-q", str(foreign), "HEAD")
    git(repository, "merge", "-q", "-s", "ours", "--allow-unrelated-histories", "-m", "merge", "FETCH_HEAD")
    assert repository_identity(repository) == identity != repository_identity(foreign)


def test_unrelated_repositories_and_plain_folders_differ(repository: Path, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other", "other\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    plain = [tmp_path / "one", tmp_path / "two"]
    for folder in plain:
        folder.mkdir()
    folders = [repository, other, empty, *plain]
    assert len({repository_identity(folder) for folder in folders}) == len(folders)


def test_shallow_clones_of_one_origin_share_an_identity(repository: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", name)
        commit(repository, f"after {name}\n")
    assert repository_identity(tmp_path / "first") == repository_identity(tmp_path / "second")


@pytest.mark.parametrize("prepare", ["loose", "packed", "detached", "symbolic"])
def test_the_head_is_read_without_git_however_it_is_stored(repository: Path, prepare: str) -> None:
    if prepare == "packed":
        git(repository, "pack-refs", "--all")
        assert not (repository / ".git/refs/heads/main").exists()
    if prepare == "detached":
        git(repository, "checkout", "-q", "--detach", "HEAD~1")
    if prepare == "symbolic":
        git(repository, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
        git(repository, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert head_commit(repository) == git(repository, "rev-parse", "HEAD")


def test_refs_that_point_in_a_circle_have_no_commit(repository: Path) -> None:
    (repository / ".git/refs/heads/main").write_text("ref: refs/heads/main\n")
    assert head_commit(repository) is None


def test_outside_git_there_is_no_head_and_nothing_is_dirty(tmp_path: Path) -> None:
    assert (head_commit(tmp_path), is_dirty(tmp_path)) == (None, None)


def test_edits_staged_or_not_and_deletions_make_a_tree_dirty(repository: Path) -> None:
    assert is_dirty(repository) is False
    (repository / "a.py").write_text("edited\n")
    assert is_dirty(repository) is True
    git(repository, "add", "-A")
    assert is_dirty(repository) is True
    git(repository, "commit", "-q", "-m", "clean again")
    (repository / "untracked.py").touch()
    assert is_dirty(repository) is False
    (repository / "a.py").unlink()
    assert is_dirty(repository) is True


def test_only_the_sub_folder_asked_about_counts(repository: Path) -> None:
    (repository / "sub").mkdir()
    (repository / "sub/b.py").touch()
    commit(repository, "c\n")
    (repository / "a.py").write_text("edited\n")
    assert (is_dirty(repository / "sub"), is_dirty(repository)) == (False, True)


def test_an_edit_inside_a_submodule_makes_the_tree_dirty(repository: Path, tmp_path: Path) -> None:
    library = make_repository(tmp_path / "library", "lib\n")
    git(repository, "submodule", "--quiet", "add", str(library), "lib")
    commit(repository, "with library\n")
    assert is_dirty(repository) is False
    (repository / "lib/a.py").write_text("edited\n")
    assert is_dirty(repository) is True


def test_asking_whether_a_tree_is_dirty_runs_no_filter_of_its_configuration(repository: Path, tmp_path: Path) -> None:
    (repository / ".gitattributes").write_text("*.py filter=trap\n")
    commit(repository, "c\n")
    git(repository, "config", "filter.trap.clean", f"touch {tmp_path}/sprung; cat")
    (repository / "a.py").write_text("d\n")
    assert is_dirty(repository) is True
    assert not (tmp_path / "sprung").exists()
