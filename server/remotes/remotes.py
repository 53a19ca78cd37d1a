"""The remote repositories of a server: have one, bring it up to date, give it up.

Every call checks the URL anew and pins the addresses that it has now: what was allowed yesterday may lead elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from locant.errors import RemoteError, RemoteRefusedError
from locant.server.remotes.addresses import Resolver, system_resolver
from locant.server.remotes.clone import Clone, Git, clone_folder, tree_name
from locant.server.remotes.complaints import RemoteBrokenError
from locant.server.remotes.policy import check_url
from locant.server.remotes.process import OnProgress
from locant.server.remotes.submodules import Submodule, list_submodules, submodule_url
from locant.server.remotes.types import Checkout, Credential, Endpoint, GitLimits, RemoteRules, Wanted
from locant.server.remotes.urls import check_ref_name, is_commit, parse_url

__all__ = ["Remotes"]

MAX_SUBMODULES = 100
MAX_DEPTH = 4
"""Far more than anyone has; a repository that is its own submodule ends here."""
_SYMREF = re.compile(r"^ref: refs/heads/(\S+)\tHEAD$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Remotes:
    """All clones of a server.

    Attributes:
        folder: where they are kept; nothing else is in it.
        rules: what may be asked for.
        credentials: of the hosts.
        limits: for each clone.
        resolver: how names become addresses.

    """

    folder: Path
    rules: RemoteRules
    credentials: Sequence[Credential] = ()
    limits: GitLimits = field(default_factory=GitLimits)
    resolver: Resolver = system_resolver

    def check(self, wanted: Wanted) -> None:
        """Whether this may be asked for; nothing is connected to but DNS.

        Raises:
            RemoteError: it may not, or makes no sense.

        """
        check_url(wanted.url, self.rules, self.resolver)
        if wanted.branch is not None and wanted.revision is not None:
            raise RemoteError("a branch and a revision were given; give one of them")
        for name, what in ((wanted.branch, "branch"), (wanted.revision, "revision")):
            if name is not None:
                check_ref_name(name, what)

    def commit_of(self, wanted: Wanted) -> str:
        """The commit that the remote has now, without fetching it; for a revision that is a commit id, that."""
        git = self.git_for(wanted.url)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _find(git, self.folder, wanted).commit

    def have(self, wanted: Wanted, on_progress: OnProgress | None = None) -> Checkout:
        """Clone or fetch, and check out.

        Raises:
            RemoteError: it is not allowed, cannot be had, or outgrows a limit; what was there before stays.

        """
        self.check(wanted)
        git = self.git_for(wanted.url, on_progress)
        clone = Clone(clone_folder(self.folder, git.endpoint), git)
        with clone.locked():
            clone.make()
            found = _find(git, clone.bare, wanted)
            name = _tree_of(wanted)
            tree = clone.folder / "trees" / name
            commit = _bring(clone, found.source, name, tree, history=wanted.history)
            clone.tidy()
        # Without the lock: a submodule may be of the same remote, or of one that has this one as its submodule.
        inner = _Inner(self, history=wanted.history, on_progress=on_progress) if wanted.submodules else None
        left_out = inner.check_out(clone, tree, commit) if inner is not None else ()
        return Checkout(tree, commit, found.branch, tuple(left_out))

    def give_up(self, wanted: Wanted) -> None:
        """Remove a branch or revision, and every clone that nothing uses any more; no rule has to allow it."""
        endpoint = Endpoint(parse_url(wanted.url))
        folder = clone_folder(self.folder, endpoint)
        if folder.is_dir():
            clone = Clone(folder, Git(self.rules, endpoint, (), self.limits))
            with clone.locked():
                clone.forget(_tree_of(wanted))
        self._sweep(Git(self.rules, endpoint, (), self.limits))

    def _sweep(self, git: Git) -> None:
        """Clones at which a job is at work are left for the next time; nothing is asked of a remote here."""
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            clone = Clone(folder, git)
            with suppress(RemoteError), clone.locked(seconds=0):
                clone.remove_if_unused()

    def git_for(self, url: str, on_progress: OnProgress | None = None) -> Git:
        """How git is run against a URL, if the rules allow it."""
        endpoint = check_url(url, self.rules, self.resolver)
        return Git(self.rules, endpoint, self.credentials, self.limits, on_progress)


@dataclass(frozen=True, slots=True)
class _Found:
    source: str
    commit: str
    branch: str | None


def _tree_of(wanted: Wanted) -> str:
    """The default branch has a tree of its own, since the remote may call another one its default tomorrow."""
    if wanted.revision is not None:
        return tree_name("revision", wanted.revision)
    return tree_name("branch", wanted.branch) if wanted.branch is not None else tree_name("default", "HEAD")


def _find(git: Git, folder: Path, wanted: Wanted) -> _Found:
    """What the remote has of it; one request that brings names alone."""
    if wanted.revision is not None and is_commit(wanted.revision):
        return _Found(wanted.revision, wanted.revision, None)
    if wanted.revision is not None:
        patterns: tuple[str, ...] = (f"refs/tags/{wanted.revision}", f"refs/tags/{wanted.revision}^{{}}")
    else:
        patterns = (f"refs/heads/{wanted.branch}",) if wanted.branch is not None else ("HEAD",)
    said = git.ask(folder, "ls-remote", "--symref", "--quiet", git.endpoint.url.text, *patterns)
    rows = [line.split("\t") for line in said.splitlines() if not line.startswith("ref:")]
    found = {row[1]: row[0] for row in rows if len(row) == 2 and is_commit(row[0])}
    commits = [found[pattern] for pattern in patterns if pattern in found]
    if not commits:
        asked = wanted.revision or wanted.branch or "HEAD"
        raise RemoteError(
            f"{git.endpoint.url.text!r} has no {asked!r}; name one of its branches or tags, or a full commit id"
        )
    symref = _SYMREF.search(said)
    branch = wanted.branch or (symref[1] if symref and wanted.revision is None else None)
    return _Found(patterns[0], commits[-1], branch)


def _bring(clone: Clone, source: str, name: str, tree: Path, *, history: bool) -> str:
    """Fetch and check out; a damaged clone is made anew, once. Returns the commit."""
    try:
        commit = clone.fetch(source, name, history=history)
        clone.check_out(commit, tree, source)
    except RemoteBrokenError:
        clone.remake()
        commit = clone.fetch(source, name, history=history)
        clone.check_out(commit, tree, source)
    return commit


@dataclass(slots=True)
class _Inner:
    """Checks out the submodules of one tree, and theirs."""

    remotes: Remotes
    history: bool
    on_progress: OnProgress | None
    count: int = 0

    def check_out(self, parent: Clone, tree: Path, commit: str, prefix: str = "") -> list[tuple[str, str]]:
        """Those that could not be had, by path, with the reason: one of them costs none of the others."""
        left_out = []
        for submodule in list_submodules(parent.git, parent.bare, commit):
            path = f"{prefix}{submodule.path}"
            try:
                left_out += self._one(parent, tree, submodule, path)
            except RemoteError as error:
                left_out.append((path, str(error)))
        return left_out

    def _one(self, parent: Clone, tree: Path, submodule: Submodule, path: str) -> list[tuple[str, str]]:
        self.count += 1
        if self.count > MAX_SUBMODULES or path.count("//") >= MAX_DEPTH:
            raise RemoteRefusedError(f"more than {MAX_SUBMODULES} submodules, or {MAX_DEPTH} inside each other")
        if submodule.url is None:
            raise RemoteError("its .gitmodules gives no URL for it")
        git = self.remotes.git_for(submodule_url(parent.git.endpoint.url, submodule.url), self.on_progress)
        clone = Clone(clone_folder(self.remotes.folder, git.endpoint), git)
        inner = _inside(tree, submodule.path)
        with clone.locked():
            clone.make()
            _bring(clone, submodule.commit, tree_name("submodule", str(inner)), inner, history=self.history)
        return self.check_out(clone, inner, submodule.commit, f"{path}//")


def _inside(tree: Path, path: str) -> Path:
    """The folder of a submodule; git lets no such path out of a tree, and we do not rely on it."""
    inner = tree / path
    if not inner.parent.resolve().is_relative_to(tree.resolve()) or {"..", ".git"} & set(Path(path.lower()).parts):
        raise RemoteRefusedError(f"the path {path[:80]!r} leads out of the tree")
    return inner
