"""Gives a working tree at a commit, with its past and without its future.

One scratch repository per mirror borrows the mirror's objects (`objects/info/alternates`), has a detached HEAD
and nothing else: no branch, tag, remote or reflog, so that no command that starts from a ref sees a later
commit. Moving to another commit rewrites only the files that differ. Alternatives and their price: a full
clone per instance copies history each time; `git worktree` shares the mirror's refs, hence its future.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from locant.eval.errors import MirrorError
from locant.eval.repositories.git import run_git, try_git
from locant.eval.repositories.mirrors import Mirrors

__all__ = ["Provider"]

SETTINGS = """[core]
\trepositoryformatversion = 0
\tbare = false
\tlogAllRefUpdates = false
\thooksPath = /dev/null
\tautocrlf = false
\tfsmonitor = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
"""
"""No reflog (it would keep later commits in sight), no hooks, no clean-up of objects that are not ours."""

LEFTOVERS = ("ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "index.lock", "HEAD.lock")
"""Traces of another commit, or locks of a killed run, that a move must not leave behind."""

LACKING = "locant-lacks-content"
"""A file in the git folder while the tree is without some files: git would not bring them back by itself."""

SUBMODULE = "160000"
"""Mode of an entry that is a commit of another repository: it has no content here."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Working trees below `scratch`, one per mirror, lent to one user at a time."""

    mirrors: Mirrors
    scratch: Path

    @contextmanager
    def tree(self, repository: str, commit: str) -> Iterator[Path]:
        """Lend the repository's tree at a commit; another process that wants it waits."""
        mirror = self.mirrors.find(repository)
        named = try_git(mirror, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
        if named.returncode:
            shallow = (mirror / "shallow").is_file()
            hint = "the clone is shallow: fetch its whole history" if shallow else "fetch the clone anew"
            raise MirrorError(f"commit {commit} is not in {mirror}: {hint}, or leave the row out")
        self.scratch.mkdir(parents=True, exist_ok=True)
        tree = self.scratch / _folder_name(repository, mirror)
        with FileLock(f"{tree}.lock"):
            _prepare(tree, mirror)
            _move(tree, named.stdout.decode("ascii").strip())
            yield tree


def _folder_name(repository: str, mirror: Path) -> str:
    """Readable and unique: two repositories may share a name."""
    digest = hashlib.sha256(str(mirror.resolve()).encode()).hexdigest()[:8]
    readable = "".join(c if c.isalnum() or c in "-._" else "-" for c in repository.strip("/").removesuffix(".git"))
    return f"{readable[-60:].lstrip('-.')}-{digest}"


def _prepare(tree: Path, mirror: Path) -> None:
    """Make the scratch repository by hand: `git clone -s` would copy every ref first."""
    git = tree / ".git"
    if (git / "objects/info/alternates").is_file():
        return
    shutil.rmtree(tree, ignore_errors=True)
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (git / folder).mkdir(parents=True)
    (git / "config").write_text(SETTINGS)
    if (mirror / "shallow").is_file():
        shutil.copy(mirror / "shallow", git / "shallow")
    (git / "HEAD").write_text("ref: refs/heads/none\n")
    (git / "objects/info/alternates").write_text(f"{(mirror / 'objects').resolve()}\n")


def _move(tree: Path, commit: str) -> None:
    """Bring index, files and HEAD to a commit, given by its full id."""
    if _is_clean_at(tree, commit):
        return
    for name in LEFTOVERS:
        (tree / ".git" / name).unlink(missing_ok=True)
    lacking = tree / ".git" / LACKING
    if lacking.exists() or try_git(tree, "read-tree", "--reset", "-u", commit).returncode:
        lacking.touch()
        if _move_without_missing(tree, commit):
            lacking.unlink()
    run_git(tree, "clean", "-ffdxq")
    (tree / ".git/HEAD").write_text(f"{commit}\n")


def _move_without_missing(tree: Path, commit: str) -> bool:
    """The same, leaving out files whose content the mirror lacks; whether it lacks none.

    git refuses the whole commit for one missing blob, and partial clones lack the large ones. Asking for every blob
    costs more than the move itself, so it is done only then.
    """
    _skip_none(tree)
    run_git(tree, "read-tree", "--reset", commit)
    missing = _skip_missing(tree)
    run_git(tree, "update-index", "-q", "--refresh", "--unmerged", "--ignore-missing")
    run_git(tree, "checkout-index", "--all", "--force", "--index", "--quiet")
    return not missing


def _skip_missing(tree: Path) -> list[str]:
    """Mark files without content as outside the working tree, and name them."""
    entries = (row.partition("\t") for row in run_git(tree, "ls-files", "-z", "--stage").split("\0")[:-1])
    blobs = {path: head.split(" ")[1] for head, _, path in entries if not head.startswith(SUBMODULE)}
    known = run_git(tree, "cat-file", "--batch-check", given="\n".join(blobs.values()).encode()).splitlines()
    missing = {line.split(" ")[0] for line in known if line.endswith(" missing")}
    paths = [path for path, blob in blobs.items() if blob in missing]
    _mark(tree, "--skip-worktree", paths)
    return paths


def _skip_none(tree: Path) -> None:
    """Undo `_skip_missing`: git refuses to replace a marked entry that differs in the next commit."""
    tagged = run_git(tree, "ls-files", "-z", "-t").split("\0")
    _mark(tree, "--no-skip-worktree", [row[2:] for row in tagged if row.startswith("S ")])


def _mark(tree: Path, option: str, paths: list[str]) -> None:
    if paths:
        given = "\0".join(paths).encode("utf-8", "surrogateescape")
        run_git(tree, "update-index", option, "-z", "--stdin", given=given)


def _is_clean_at(tree: Path, commit: str) -> bool:
    if (tree / ".git/HEAD").read_text().strip() != commit:
        return False
    status = try_git(tree, "status", "--porcelain", "--ignored", "--untracked-files=normal")
    return status.returncode == 0 and not status.stdout
