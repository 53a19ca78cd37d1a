"""Remote repositories as the rest of the server knows them: sources that are checked, fetched and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from locant.errors import ConfigurationError, RemoteError, RemoteRefusedError
from locant.server.problems import ProblemError
from locant.server.remotes.remotes import Remotes
from locant.server.remotes.types import Credential, GitLimits, RemoteRules, Wanted
from locant.server.remotes.urls import parse_url
from locant.server.seams import Fetched, GitSource
from locant.server.settings import Settings
from locant.server.store.repositories import RepositoryTable
from locant.types import Progress

__all__ = ["GitFetcher", "credential_from", "make_git_fetcher", "make_remotes"]

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class GitFetcher:
    """Fetches by git.

    Attributes:
        remotes: the clones.
        table: all repositories that are served, since two of them may be of one branch.
        history: whether commits are wanted.

    """

    remotes: Remotes
    table: RepositoryTable
    history: bool = True

    def check(self, source: GitSource) -> None:
        """Refuse what the rules do not allow: 403, or 422 for what makes no sense."""
        try:
            self.remotes.check(self._wanted(source))
        except RemoteRefusedError as error:
            raise ProblemError(403, "url-refused", str(error), error="RemoteRefusedError") from error
        except RemoteError as error:
            raise ProblemError(422, "bad-url", str(error), error="RemoteError") from error

    def fetch(self, source: GitSource, progress: Callable[[Progress], None]) -> Fetched:
        """Clone or bring up to date."""
        found = self.remotes.have(
            self._wanted(source), lambda phase, done, total: progress(Progress(f"git: {phase.lower()}", done, total))
        )
        return Fetched(found.path, found.commit)

    def remove(self, source: GitSource) -> None:
        """Delete it, unless another repository that is served has the same tree."""
        wanted = self._wanted(source)
        if not any(_same_tree(wanted, other) for other in self._others()):
            self.remotes.give_up(wanted)

    def _others(self) -> list[Wanted]:
        rows = (row for row in self.table.all() if row.url is not None)
        return [Wanted(row.url or "", row.branch, row.revision) for row in rows]

    def _wanted(self, source: GitSource) -> Wanted:
        return Wanted(source.url, source.branch, source.revision, submodules=source.submodules, history=self.history)


def _same_tree(one: Wanted, other: Wanted) -> bool:
    names = (one.branch, one.revision) == (other.branch, other.revision)
    return names and parse_url(one.url) == parse_url(other.url)


def make_remotes(settings: Settings) -> Remotes:
    """The clones of a server, with the rules of its settings."""
    rules = RemoteRules(
        schemes=settings.git_schemes,
        hosts=settings.git_hosts,
        private_hosts=settings.git_private_hosts,
        file_roots=settings.git_file_roots,
        ssh_known_hosts=settings.git_known_hosts,
        ca_file=settings.git_ca_file,
    )
    limits = GitLimits(settings.git_seconds, settings.git_max_mb * MEGABYTE, settings.git_max_files)
    credentials = tuple(credential_from(text) for text in settings.git_credentials)
    return Remotes(settings.state_dir / "clones", rules, credentials, limits)


def make_git_fetcher(settings: Settings, table: RepositoryTable) -> GitFetcher:
    """What fetches for a server."""
    return GitFetcher(make_remotes(settings), table, history=settings.git_history)


def credential_from(text: str) -> Credential:
    """Read `HOST USER env:NAME`, `HOST USER file:PATH` or `HOST USER ssh:PATH`.

    Raises:
        ConfigurationError: it is none of these; what stands in the third place is not shown, since it may be a token.

    """
    parts = text.split()
    kind, colon, place = parts[2].partition(":") if len(parts) == 3 else ("", "", "")
    if not (colon and place):
        raise ConfigurationError(
            "an item of the setting 'git_credentials' is none of `HOST USER env:NAME`, `HOST USER file:PATH` and "
            "`HOST USER ssh:PATH`; a token itself has no place there"
        )
    host, user = parts[:2]
    if kind == "env":
        return Credential(host, user, token_env=place)
    if kind == "file":
        return Credential(host, user, token_file=Path(place))
    if kind == "ssh":
        return Credential(host, user, ssh_key_file=Path(place))
    raise ConfigurationError(
        f"the setting 'git_credentials' has a place that is none of env, file and ssh for {host!r}"
    )
