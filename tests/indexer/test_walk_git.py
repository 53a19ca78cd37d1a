"""Listing of git work trees, made by git itself in a temporary folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from locant.errors import RepositoryError
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.records import TreeListing

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
    return done.stdout.decode()


def write(folder: Path, *paths: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {path}\n")


def commit(folder: Path, *paths: str) -> None:
    write(folder, *paths)
    git(folder, "add", "-A", "-f", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "change")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    return root


def paths(listing: TreeListing) -> list[str]:
    return [entry.path for entry in listing.entries]


def reasons(listing: TreeListing) -> dict[str, str]:
    return {item.path: item.reason for item in listing.left_out}


def test_tracked_and_untracked_files_are_listed_and_ignored_ones_are_not(repository: Path) -> None:
    commit(repository, "a.py", "kept/forced.log")
    (repository / ".gitignore").write_text("*.log\nbuild/\n")
    (repository / ".git/info/exclude").write_text("private.py\n")
    write(repository, "new.py", "x.log", "build/out.py", "private.py", "deep/er/file.py", "deep/seen.txt")
    (repository / "deep/.gitignore").write_text("*.txt\n!seen.txt\n")
    write(repository, "deep/hidden.txt")
    listing = list_tree(repository)
    assert paths(listing) == [
        ".gitignore",
        "a.py",
        "deep/.gitignore",
        "deep/er/file.py",
        "deep/seen.txt",
        "kept/forced.log",
        "new.py",
    ]
    assert listing.is_git
    assert listing.head == git(repository, "rev-parse", "HEAD").strip()
    assert listing.notes == ()


def test_a_global_excludes_file_is_honoured(repository: Path) -> None:
    (repository / "mine").write_text("*.tmp\n")
    git(repository, "config", "core.excludesFile", str(repository / "mine"))
    write(repository, "a.tmp", "a.py")
    listing = list_tree(repository)
    assert paths(listing) == ["a.py", "mine"]
    assert str(repository / "mine") in {control.path for control in listing.controls}


def test_deleted_renamed_and_intended_files_are_listed_as_they_are_on_disk(repository: Path) -> None:
    commit(repository, "gone.py", "old.py", "stays.py")
    (repository / "gone.py").unlink()
    (repository / "old.py").rename(repository / "renamed.py")
    write(repository, "intended.py")
    git(repository, "add", "--intent-to-add", "intended.py")
    listing = list_tree(repository)
    assert paths(listing) == ["intended.py", "renamed.py", "stays.py"]
    assert listing.left_out == ()


def test_files_in_conflict_are_listed_once(repository: Path) -> None:
    commit(repository, "a.py")
    git(repository, "checkout", "-q", "-b", "other")
    (repository / "a.py").write_text("theirs\n")
    commit(repository)
    git(repository, "checkout", "-q", "main")
    (repository / "a.py").write_text("ours\n")
    commit(repository)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "-q", "other")
    assert paths(list_tree(repository)) == ["a.py"]


def test_a_sub_folder_of_a_repository_lists_only_itself_under_the_rules_of_its_parents(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    commit(repository, "outside.py", "pkg/a.py", "pkg/deep/b.py")
    write(repository, "pkg/x.log", "pkg/new.py")
    listing = list_tree(repository / "pkg")
    assert paths(listing) == ["a.py", "deep/b.py", "new.py"]
    assert listing.is_git


def test_a_folder_that_its_repository_ignores_is_walked_when_asked_for(repository: Path) -> None:
    (repository / ".gitignore").write_text("vendor/\n")
    commit(repository, "a.py")
    write(repository, "vendor/lib/b.py")
    listing = list_tree(repository / "vendor")
    assert paths(listing) == ["lib/b.py"]
    assert "walked without git" in listing.notes[0]


def test_submodules_are_listed_with_their_prefix_and_absent_ones_are_left_out(repository: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "-q")
    commit(library, "lib.py", "sub/deep.py")
    git(repository, "submodule", "--quiet", "add", str(library), "third/library")
    git(repository, "submodule", "--quiet", "add", str(library), "third/other")
    commit(repository, "a.py")
    git(repository, "submodule", "--quiet", "deinit", "-f", "third/other")
    write(repository, "third/library/untracked.py")
    listing = list_tree(repository)
    assert paths(listing) == [
        ".gitmodules",
        "a.py",
        "third/library/lib.py",
        "third/library/sub/deep.py",
        "third/library/untracked.py",
    ]
    assert reasons(listing) == {"third/other/": "submodule_absent"}


def test_a_repository_inside_another_is_listed_by_its_own_rules(repository: Path) -> None:
    commit(repository, "a.py")
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / ".gitignore").write_text("secret/\n")
    write(inner, "b.py", "secret/c.py")
    assert paths(list_tree(repository)) == ["a.py", "inner/.gitignore", "inner/b.py"]


def test_a_linked_worktree_lists_its_own_files_and_head(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a.py")
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    commit(tmp_path / "side", "b.py")
    listing = list_tree(tmp_path / "side")
    assert paths(listing) == ["a.py", "b.py"]
    assert listing.head == git(tmp_path / "side", "rev-parse", "HEAD").strip() != list_tree(repository).head


def test_files_outside_a_sparse_checkout_are_not_missed(repository: Path) -> None:
    commit(repository, "kept/a.py", "skipped/b.py", "top.py")
    git(repository, "sparse-checkout", "set", "--cone", "kept")
    listing = list_tree(repository)
    assert paths(listing) == ["kept/a.py", "top.py"]
    assert listing.left_out == ()


def test_locantignore_leaves_out_tracked_files_and_brings_back_what_heuristics_leave_out(repository: Path) -> None:
    commit(repository, "a.py", "docs/b.py", "docs/deep/c.py", "keys.pem", "api_pb2.py", "other_pb2.py", "pkg/d.gen.py")
    (repository / ".locantignore").write_text("docs/\n!keys.pem\n!api_pb2.py\n")
    (repository / "pkg/.locantignore").write_text("*.gen.py\n")
    listing = list_tree(repository)
    assert paths(listing) == [".locantignore", "a.py", "api_pb2.py", "keys.pem", "pkg/.locantignore"]
    assert [entry.path for entry in listing.entries if entry.forced] == ["api_pb2.py", "keys.pem"]
    assert reasons(listing) == {
        "docs/b.py": "ignored_by_locantignore",
        "docs/deep/c.py": "ignored_by_locantignore",
        "other_pb2.py": "generated",
        "pkg/d.gen.py": "ignored_by_locantignore",
    }


def test_untracked_dependencies_are_pruned_and_tracked_ones_are_kept(repository: Path) -> None:
    commit(repository, "node_modules/tracked/a.js")
    write(repository, "web/node_modules/dep/b.js", ".venv/pyvenv.cfg", ".venv/lib/c.py", "env/ours.py")
    listing = list_tree(repository)
    assert paths(listing) == ["env/ours.py", "node_modules/tracked/a.js"]
    assert reasons(listing) == {".venv/": "pruned_folder", "web/node_modules/": "pruned_folder"}


def test_pruned_dependencies_come_back_when_locantignore_asks(repository: Path) -> None:
    write(repository, "node_modules/dep/b.js")
    (repository / ".locantignore").write_text("!node_modules/\n")
    assert "node_modules/dep/b.js" in paths(list_tree(repository))


def test_names_with_newlines_and_bytes_that_are_not_utf8_are_listed(repository: Path) -> None:
    names = [b"line\nbreak.py", b"latin-\xe9.py", b"tab\there.py", b" lead.py", "\N{SNOWMAN}.py".encode()]
    for name in names:
        (repository / os.fsdecode(name)).write_bytes(b"x = 1\n")
    assert sorted(os.fsencode(path) for path in paths(list_tree(repository))) == sorted(names)


def test_names_that_differ_only_in_case_are_both_listed(repository: Path) -> None:
    write(repository, "Readme.md", "README.md")
    on_disk = sorted(file.name for file in repository.iterdir() if file.name != ".git")
    assert paths(list_tree(repository)) == on_disk


def test_a_tracked_link_is_left_out_and_never_followed(repository: Path, tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.py")
    write(repository, "real/a.py")
    (repository / "inside").symlink_to("real")
    (repository / "outside").symlink_to(tmp_path / "outside")
    (repository / "loop").symlink_to("loop")
    commit(repository)
    listing = list_tree(repository)
    assert paths(listing) == ["real/a.py"]
    assert {item.path: item.detail for item in listing.left_out} == {
        "inside": "leads inside the folder",
        "loop": "the link leads in a circle",
        "outside": "leads out of the folder",
    }


def test_a_bare_repository_is_refused_with_what_to_do(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(RepositoryError, match=r"bare.git.*git clone"):
        list_tree(tmp_path / "bare.git")


def test_the_git_folder_itself_is_refused(repository: Path) -> None:
    with pytest.raises(RepositoryError, match="no files to index"):
        list_tree(repository / ".git")


@pytest.mark.parametrize("damage", ["HEAD", "index"])
def test_a_damaged_repository_is_walked_without_git_and_says_so(repository: Path, damage: str) -> None:
    commit(repository, "a.py")
    (repository / ".gitignore").write_text("*.log\n")
    write(repository, "x.log")
    (repository / ".git" / damage).unlink()
    if damage == "index":
        (repository / ".git/index").write_bytes(b"no index at all, but long enough to be looked at by git")
    listing = list_tree(repository)
    assert paths(listing) == [".gitignore", "a.py"]
    assert not listing.is_git
    assert "walked without git" in listing.notes[0]


def test_nothing_that_the_configuration_names_is_run(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a.py")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(trap))
    git(repository, "config", "core.hooksPath", str(tmp_path))
    assert paths(list_tree(repository)) == ["a.py"]
    assert not (tmp_path / "sprung").exists()


def test_a_repository_without_commits_has_files_and_no_head(repository: Path) -> None:
    write(repository, "a.py")
    listing = list_tree(repository)
    assert (paths(listing), listing.head, listing.is_git) == (["a.py"], None, True)
