"""Clones of real repositories over HTTP and files: partial, shared between branches, brought up to date, given up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.errors import RemoteError, RemoteRefusedError
from locant.server.remotes.remotes import Remotes
from locant.server.remotes.types import GitLimits, Wanted

Git = Callable[..., str]
FILES = {"src/retry.py": "def delay(attempt):\n    return 2**attempt\n", "README.md": "# service\n"}


def folders(remotes: Remotes) -> list[str]:
    return sorted(path.name for path in remotes.folder.iterdir())


def blobs(git: Git, tree: Path) -> int:
    listing = git(tree, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
    return listing.split().count("blob")


def test_a_clone_shows_the_default_branch_and_is_indexed_with_its_history(host: Any, remotes: Remotes) -> None:
    work = host.create("service.git", FILES)
    for number in range(5):
        host.push(work, {"a.py": f"A = {number}\n", "b.py": f"B = {number}\n"})
    commit = host.push(work, {"src/client.py": "from src.retry import delay\n"})
    found = remotes.have(Wanted(host.url("service.git")))
    assert (found.commit, found.branch) == (commit, "main")
    assert sorted(path.name for path in (found.path / "src").iterdir()) == ["client.py", "retry.py"]
    with locant.open(found.path) as index:
        assert [hit.location.path for hit in index.search("delay").hits][:1] == ["src/retry.py"]
        assert [(one.path, one.detail) for one in index.related("b.py")] == [("a.py", "5 commits touched both")]
        assert index.status().freshness.dirty is False


def test_a_clone_over_http_has_the_contents_of_what_is_shown_and_not_those_of_the_past(
    host: Any, remotes: Remotes, git: Git
) -> None:
    work = host.create("service.git", FILES)
    for number in range(5):
        host.push(work, {"src/retry.py": f"DELAY = {number}\n"})
    found = remotes.have(Wanted(host.url("service.git")))
    assert git(found.path, "rev-list", "--count", "HEAD") == "6"
    assert blobs(git, found.path) == 2


def test_without_history_one_commit_comes_and_history_can_be_had_later(host: Any, remotes: Remotes, git: Git) -> None:
    work = host.create("service.git", FILES)
    host.push(work, {"b.py": "B = 1\n"})
    wanted = Wanted(host.url("service.git"), history=False)
    assert git(remotes.have(wanted).path, "rev-list", "--count", "HEAD") == "1"
    assert git(remotes.have(replace(wanted, history=True)).path, "rev-list", "--count", "HEAD") == "2"


@pytest.mark.parametrize("history", [True, False])
def test_a_host_that_gives_out_nothing_by_its_id_is_fetched_whole(
    host: Any, remotes: Remotes, git: Git, history: bool
) -> None:
    work = host.create("service.git", FILES)
    git(host.folder / "service.git", "config", "uploadpack.allowAnySHA1InWant", "false")
    host.is_old = True
    host.push(work, {"src/retry.py": "DELAY = 1\n"})
    wanted = Wanted(host.url("service.git"), history=history)
    assert (remotes.have(wanted).path / "src/retry.py").read_text() == "DELAY = 1\n"
    host.push(work, {"src/retry.py": "DELAY = 2\n"})
    assert (remotes.have(wanted).path / "src/retry.py").read_text() == "DELAY = 2\n"


def test_branches_of_a_url_share_one_clone_and_what_they_have_in_common(host: Any, remotes: Remotes, git: Git) -> None:
    work = host.create("service.git", FILES)
    host.push(work, {"only.py": "NEXT = 1\n"}, branch="next")
    main = remotes.have(Wanted(host.url("service.git"), branch="main"))
    before = blobs(git, main.path)
    other = remotes.have(Wanted(host.url("service.git"), branch="next"))
    assert len(folders(remotes)) == 1
    assert (before, blobs(git, other.path)) == (2, 3)
    assert (other.path / "only.py").exists() and not (main.path / "only.py").exists()


def test_a_push_is_seen_and_fetched_into_the_same_tree(host: Any, remotes: Remotes) -> None:
    work = host.create("service.git", FILES)
    wanted = Wanted(host.url("service.git"))
    first = remotes.have(wanted)
    commit = host.push(work, {"src/retry.py": "def delay():\n    return 1\n"})
    assert remotes.commit_of(wanted) == commit != first.commit
    second = remotes.have(wanted)
    assert (second.path, second.commit) == (first.path, commit)
    assert (second.path / "src/retry.py").read_text().endswith("return 1\n")


def test_a_branch_that_was_rewritten_is_followed(host: Any, remotes: Remotes, git: Git) -> None:
    work = host.create("service.git", FILES)
    host.push(work, {"gone.py": "X = 1\n"})
    wanted = Wanted(host.url("service.git"), branch="main")
    assert (remotes.have(wanted).path / "gone.py").exists()
    git(work, "reset", "--quiet", "--hard", "HEAD~1")
    commit = host.push(work, {"new.py": "Y = 1\n"})
    found = remotes.have(wanted)
    assert found.commit == commit and not (found.path / "gone.py").exists()


@pytest.mark.parametrize("revision", ["v1", "v1-annotated", "commit"])
def test_a_revision_is_a_tag_or_a_commit_and_stays(host: Any, remotes: Remotes, git: Git, revision: str) -> None:
    work = host.create("service.git", FILES)
    commit = git(work, "rev-parse", "HEAD")
    git(work, "tag", "v1")
    git(work, "tag", "-a", "-m", "first", "v1-annotated")
    git(work, "push", "--quiet", "--tags", "origin")
    host.push(work, {"later.py": "Z = 1\n"})
    found = remotes.have(Wanted(host.url("service.git"), revision=commit if revision == "commit" else revision))
    assert (found.commit, found.branch) == (commit, None)
    assert not (found.path / "later.py").exists()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"branch": "absent"}, "has no 'absent'"),
        ({"revision": "v9"}, "has no 'v9'"),
        ({"revision": "0" * 40}, "has no such branch, tag or commit"),
        ({"branch": "main", "revision": "v1"}, "give one of them"),
        ({"branch": "--upload-pack=touch x"}, "no name of a branch"),
        ({"branch": "-f"}, "no name of a branch"),
        ({"revision": "main..x"}, "no name of a revision"),
        ({"branch": "a b"}, "no name of a branch"),
        ({"branch": "refs/heads/*"}, "no name of a branch"),
    ],
)
def test_what_is_not_there_is_said(host: Any, remotes: Remotes, wanted: dict[str, str], message: str) -> None:
    host.create("service.git", FILES)
    with pytest.raises(RemoteError, match=message):
        remotes.have(Wanted(host.url("service.git"), **wanted))  # type: ignore[arg-type]


def test_what_was_there_stays_when_the_remote_is_gone(host: Any, remotes: Remotes) -> None:
    host.create("service.git", FILES)
    wanted = Wanted(host.url("service.git"))
    found = remotes.have(wanted)
    shutil.rmtree(host.folder / "service.git")
    with pytest.raises(RemoteError, match="no such repository, or it is hidden"):
        remotes.have(wanted)
    assert (found.path / "src/retry.py").read_text() == FILES["src/retry.py"]


def test_giving_up_the_last_branch_removes_the_clone_and_another_branch_keeps_it(host: Any, remotes: Remotes) -> None:
    work = host.create("service.git", FILES)
    host.push(work, {"only.py": "NEXT = 1\n"}, branch="next")
    url = host.url("service.git")
    remotes.have(Wanted(url))
    other = remotes.have(Wanted(url, branch="next"))
    remotes.give_up(Wanted(url))
    assert (other.path / "only.py").exists()
    remotes.give_up(Wanted(url, branch="next"))
    assert folders(remotes) == []
    remotes.give_up(Wanted(url))


@pytest.mark.parametrize("damage", ["objects", "HEAD", "tree", "gitdir"])
def test_a_damaged_clone_is_made_anew(host: Any, remotes: Remotes, damage: str) -> None:
    host.create("service.git", FILES)
    wanted = Wanted(host.url("service.git"))
    first = remotes.have(wanted)
    bare = first.path.parents[1] / "git"
    if damage == "objects":
        for pack in (bare / "objects/pack").glob("*.pack"):
            pack.chmod(0o600)
            pack.write_bytes(b"PACK" + pack.read_bytes()[4:60])
    elif damage == "HEAD":
        (bare / "HEAD").unlink()
    elif damage == "tree":
        shutil.rmtree(first.path)
    else:
        (first.path / ".git").write_text("gitdir: /nonexistent\n")
    second = remotes.have(wanted)
    assert second == first
    assert (second.path / "src/retry.py").read_text() == FILES["src/retry.py"]


def test_leftovers_of_a_git_that_was_killed_are_cleared(host: Any, remotes: Remotes) -> None:
    work = host.create("service.git", FILES)
    wanted = Wanted(host.url("service.git"))
    first = remotes.have(wanted)
    bare = first.path.parents[1] / "git"
    inner = next((bare / "worktrees").iterdir())
    for path in (bare / "shallow.lock", bare / "config.lock", inner / "index.lock", inner / "HEAD.lock"):
        path.write_text("")
    for ref in list((bare / "refs/locant").iterdir()):
        (ref.parent / f"{ref.name}.lock").write_text("")
    (bare / "objects/pack/tmp_pack_x").write_text("half")
    commit = host.push(work, {"new.py": "N = 1\n"})
    assert remotes.have(wanted).commit == commit
    assert not list(bare.rglob("*.lock")) and not list(bare.rglob("tmp_*"))


def test_progress_is_told_in_gits_words(host: Any, remotes: Remotes) -> None:
    host.create("service.git", {f"src/m{number}.py": f"X = {number}\n" for number in range(50)})
    seen: list[tuple[str, int, int]] = []
    remotes.have(Wanted(host.url("service.git")), lambda *said: seen.append(said))
    assert {phase for phase, _, _ in seen} & {"Receiving objects", "Counting objects", "Compressing objects"}
    assert all(0 <= done <= total for _, done, total in seen)


def test_a_tree_of_too_many_files_is_refused_before_one_is_written(host: Any, remotes: Remotes) -> None:
    host.create("service.git", {f"f{number}": "x\n" for number in range(20)})
    small = replace(remotes, limits=GitLimits(max_files=10))
    with pytest.raises(RemoteError, match="has 20 files; the server's limit is 10"):
        small.have(Wanted(host.url("service.git")))
    assert not list(remotes.folder.glob("*/trees/*/f1"))


def test_a_tree_that_describes_itself_without_end_is_refused(host: Any, remotes: Remotes, git: Git) -> None:
    host.create("bomb.git", FILES)
    bare = host.folder / "bomb.git"
    entry = git(bare, "hash-object", "-w", "--stdin", data="boom\n")
    mode = "100644 blob"
    for _ in range(10):  # 10**10 files from ten objects
        lines = "".join(f"{mode} {entry}\tf{number}\n" for number in range(10))
        entry, mode = git(bare, "mktree", data=lines), "040000 tree"
    commit = git(bare, "commit-tree", "-m", "bomb", entry)
    git(bare, "update-ref", "refs/heads/main", commit)
    with pytest.raises(RemoteError, match=r"cannot be listed|longer than"):
        replace(remotes, limits=GitLimits(seconds=60)).have(Wanted(host.url("bomb.git")))


def test_a_repository_larger_than_the_limit_is_refused(host: Any, remotes: Remotes) -> None:
    import random

    noise = random.Random(1).randbytes(400_000).hex()
    host.create("large.git", {"noise.txt": noise})
    with pytest.raises(RemoteError, match=r"larger than the server's limit|takes more than"):
        replace(remotes, limits=GitLimits(max_bytes=100_000)).have(Wanted(host.url("large.git")))


def test_file_urls_lead_only_below_the_allowed_folders(host: Any, remotes: Remotes, tmp_path: Path, git: Git) -> None:
    work = host.create("service.git", FILES)
    found = remotes.have(Wanted(f"file://{host.folder}/service.git"))
    assert (found.path / "README.md").exists()
    outside = tmp_path / "outside.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(outside))
    (host.folder / "link.git").symlink_to(outside)
    for url in (f"file://{outside}", f"file://{host.folder}/link.git", f"file://{host.folder}/../outside.git"):
        with pytest.raises(RemoteRefusedError, match="refused"):
            remotes.have(Wanted(url))
