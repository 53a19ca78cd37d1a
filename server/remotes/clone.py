"""One bare clone of one remote: all its branches share it, each checked out in a git worktree beside it.

    <folder>/<key>/lock           held by whoever changes the clone
    <folder>/<key>/git            bare; commits and trees of what was asked for, contents where they were needed
    <folder>/<key>/trees/<name>   a worktree for each branch or revision

Contents come when a tree is checked out, in one request, where the server has partial clones; else with the commits.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from locant.errors import RemoteError
from locant.server.remotes.complaints import RemoteBrokenError, RemoteWithholdsError
from locant.server.remotes.environment import git_environment
from locant.server.remotes.process import OnProgress, run_git, too_large
from locant.server.remotes.types import Credential, Endpoint, GitLimits, RemoteRules

__all__ = ["Clone", "Git", "clone_folder", "tree_name"]

REFS = "refs/locant"
"""Ours, so that no name of a remote's branch means anything in the clone."""
FETCH = ("--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--progress")
WORKTREE = ("worktree", "add", "--quiet", "--no-checkout", "--detach", "--force")
LISTING = ("ls-tree", "-r", "--full-tree", "--format=%(objecttype) %(objectname)")
MISSING = ("rev-list", "--objects", "--no-object-names", "--missing=print")
PLAINLY = ("-c", "fetch.negotiationAlgorithm=noop")
FETCH_CONTENTS = (*PLAINLY, "fetch", *FETCH, "--filter=blob:none", "--stdin", "origin")
WHOLE = ("--refetch", "--no-filter")
BLOB = "blob "
MANY_PACKS = 40
"""Each fetch leaves one; this many slow every look-up, and are then made into one."""
ZERO_CONFIG = (
    ("core.symlinks", "false"),  # also for those who read the tree later without our variables
    ("core.logAllRefUpdates", "false"),
    ("gc.auto", "0"),
    ("gc.worktreePruneExpire", "never"),
)


@dataclass(frozen=True, slots=True)
class Git:
    """How git is run against one remote."""

    rules: RemoteRules
    endpoint: Endpoint
    credentials: Sequence[Credential]
    limits: GitLimits
    on_progress: OnProgress | None = None

    def ask(self, folder: Path, *arguments: str, data: str = "", watched: Path | None = None) -> str:
        """Run git with the remote in reach."""
        environment = git_environment(self.rules, self.endpoint, self.credentials)
        return self._run(folder, arguments, environment, data, watched)

    def here(self, folder: Path, *arguments: str, data: str = "", watched: Path | None = None) -> str:
        """Run git on what is on disk; nothing can be fetched."""
        return self._run(folder, arguments, git_environment(self.rules), data, watched)

    def _run(
        self, folder: Path, arguments: Sequence[str], environment: dict[str, str], data: str, watched: Path | None
    ) -> str:
        limits, told = self.limits, self.on_progress
        said = run_git(
            arguments, environment, folder=folder, limits=limits, data=data, watched=watched, on_progress=told
        )
        return said.decode("utf-8", "surrogateescape")


def clone_folder(folder: Path, endpoint: Endpoint) -> Path:
    """Where the clone of a remote is kept; the same for every way to write its URL."""
    return folder / hashlib.sha256(endpoint.url.text.encode()).hexdigest()[:24]


def tree_name(what: str, name: str) -> str:
    """A folder's name for a branch or revision: readable, and different where the names are."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:40] or what
    return f"{plain}-{hashlib.sha256(f'{what} {name}'.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Clone:
    """The clone in one folder; every method but `locked` is called with the lock held."""

    folder: Path
    git: Git

    @property
    def bare(self) -> Path:
        """Where git's files are."""
        return self.folder / "git"

    @contextmanager
    def locked(self, *, seconds: float | None = None) -> Iterator[None]:
        """Hold the clone; another that changes it is waited for, and what a killed one left is cleared away.

        Raises:
            RemoteError: the other takes longer than this, or than git may take.

        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(self.folder / "lock", timeout=self.git.limits.seconds if seconds is None else seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise RemoteError(
                f"another job holds the clone of {self.git.endpoint.url.text!r}; try again later"
            ) from error
        try:
            self._clear_leftovers()
            yield
        finally:
            self._clear_leftovers()
            lock.release()

    def make(self) -> None:
        """An empty bare repository that knows the remote, unless it is there already."""
        if (self.bare / "HEAD").is_file() and (self.bare / "config").is_file():
            return
        shutil.rmtree(self.bare, ignore_errors=True)
        self.bare.mkdir(parents=True)
        self.git.here(self.bare, "init", "--bare", "--quiet", "--template=", "--initial-branch=none", ".")
        for name, value in (*ZERO_CONFIG, ("remote.origin.url", self.git.endpoint.url.text)):
            self.git.here(self.bare, "config", name, value)

    def fetch(self, source: str, name: str, *, history: bool) -> str:
        """Bring a ref or commit of the remote up to date; its commit id.

        Args:
            source: `HEAD`, a full ref name or a commit id.
            name: of the tree, under which the ref is kept.
            history: all commits, or the newest alone.

        """
        is_shallow = (self.bare / "shallow").exists()
        depth = ("--unshallow",) if history and is_shallow else () if history else ("--depth=1",)
        refspec = f"+{source}:{REFS}/{name}"
        options = (
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--progress",
        )
        self.git.ask(self.bare, "fetch", *options, "--filter=blob:none", *depth, "origin", refspec, watched=self.folder)
        return self.git.here(self.bare, "rev-parse", "--verify", "--quiet", f"{REFS}/{name}^{{commit}}").strip()

    def check_out(self, commit: str, tree: Path, source: str) -> None:
        """Make a worktree show a commit; it is made where there is none, or where it is damaged.

        Args:
            commit: that was fetched.
            tree: folder of the worktree.
            source: of the remote, that led to the commit.

        """
        contents = self._contents(commit)
        self._bring(commit, contents, source)
        if not self._is_sound(tree):
            self.drop(tree)
            self.git.here(self.bare, *WORKTREE, str(tree), commit)
        self.git.here(tree, "checkout", "--quiet", "--force", "--detach", commit, watched=self.folder)
        self.git.here(tree, "clean", "--quiet", "-ffdx")  # a submodule that is none any more, a checkout cut short

    def drop(self, tree: Path) -> None:
        """Remove a worktree and what git knows of it."""
        shutil.rmtree(tree, ignore_errors=True)
        if (self.bare / "HEAD").is_file():
            self.git.here(self.bare, "worktree", "prune", "--expire=now")

    def forget(self, name: str) -> None:
        """Remove a branch or revision: its tree and its ref."""
        self.drop(self.folder / "trees" / name)
        if (self.bare / "HEAD").is_file():
            self.git.here(self.bare, "update-ref", "-d", f"{REFS}/{name}")

    def remove_if_unused(self) -> None:
        """Remove all of the clone once no tree is checked out of it, be it ours or one inside of another repository."""
        if (self.bare / "HEAD").is_file():
            self.git.here(self.bare, "worktree", "prune", "--expire=now")
        if not any((self.bare / "worktrees").glob("*")):
            shutil.rmtree(self.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Make many packs into one."""
        if sum(1 for _ in (self.bare / "objects" / "pack").glob("*.pack")) > MANY_PACKS:
            self.git.here(self.bare, "gc", "--quiet", "--prune=2.weeks.ago")

    def remake(self) -> None:
        """Give up what is damaged; trees stay readable until they are checked out anew."""
        shutil.rmtree(self.bare, ignore_errors=True)
        self.make()

    def _is_sound(self, tree: Path) -> bool:
        """Whether a worktree belongs to this clone."""
        try:
            found = (tree / ".git").read_text(encoding="utf-8").removeprefix("gitdir: ").strip()
        except (OSError, UnicodeDecodeError):
            return False
        return Path(found).is_dir() and Path(found).parent == self.bare / "worktrees"

    def _contents(self, commit: str) -> list[str]:
        """Ids of the contents of a commit's files, once for each file.

        They are counted before any is asked for: a few objects can describe a tree without an end.
        """
        limit = self.git.limits.max_files
        try:
            listing = self.git.here(self.bare, *LISTING, commit)
        except RemoteBrokenError:
            raise
        except RemoteError as error:
            raise RemoteError(f"the files of commit {commit[:12]} cannot be listed: {error}") from error
        found = listing.splitlines()
        if len(found) > limit:
            raise RemoteError(f"commit {commit[:12]} has {len(found):,} files; the server's limit is {limit:,}")
        return [line.removeprefix(BLOB) for line in found if line.startswith(BLOB)]

    def _bring(self, commit: str, contents: Sequence[str], source: str) -> None:
        """Fetch those that are missing, in one request; refuse them if their files would be larger than the limit."""
        known = self.git.here(self.bare, *MISSING, f"{commit}^{{tree}}").splitlines()
        names = "".join(f"{name[1:]}\n" for name in known if name.startswith("?"))
        if names:
            try:
                self.git.ask(self.bare, *FETCH_CONTENTS, data=names, watched=self.folder)
            except RemoteWithholdsError:  # as hosts do that speak the first protocol: sshd as it is, for one
                self.git.ask(self.bare, "fetch", *FETCH, *WHOLE, "origin", source, watched=self.folder)
        sizes = self._sizes(contents)
        if sum(sizes[name] for name in contents) > self.git.limits.max_bytes:
            raise too_large(self.git.limits)

    def _sizes(self, contents: Sequence[str]) -> dict[str, int]:
        """Bytes of each content; one that the host did not send although it was asked for is an error."""
        names = "".join(f"{name}\n" for name in dict.fromkeys(contents))
        said = self.git.here(self.bare, "cat-file", "--batch-check=%(objectname) %(objectsize)", data=names)
        return {name: int(size) for name, size in (line.split() for line in said.splitlines())}

    def _clear_leftovers(self) -> None:
        """Locks and half-written packs of a git that was killed; nobody else is at work here."""
        places = ("*.lock", "worktrees/*/*.lock", f"{REFS}/**/*.lock", "objects/pack/tmp_*", "objects/pack/*.lock")
        for pattern in places:
            for path in self.bare.glob(pattern):
                path.unlink(missing_ok=True)
