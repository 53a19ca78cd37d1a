"""Where parts of the server are plugged together: who asks, and where the source of a git repository comes from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from starlette.requests import HTTPConnection, Request

from locant.types import Progress

if TYPE_CHECKING:
    from locant.server.services import Services

__all__ = ["SCOPES", "Authorizer", "Caller", "Fetched", "GitSource", "Scope", "SourceFetcher", "caller", "services_of"]

Scope = Literal["read", "write", "admin"]
"""`read` asks, `write` adds, refreshes and removes repositories and sees their paths, `admin` makes keys."""

SCOPES: tuple[Scope, ...] = ("read", "write", "admin")
"""Each includes those before it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a name for the audit log, what it may do, and which repositories it sees (None: all)."""

    name: str
    scope: Scope
    repositories: frozenset[str] | None = None

    def may(self, scope: Scope) -> bool:
        """Whether what it may do includes this."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def sees(self, repository: str) -> bool:
        """Whether it may know of a repository."""
        return self.repositories is None or repository in self.repositories


class Authorizer(Protocol):
    """Says who asks."""

    async def authorize(self, connection: HTTPConnection, scope: Scope) -> Caller:
        """The caller.

        Raises:
            ProblemError: 401 when it is nobody we know, 403 when it may not do this.

        """
        ...

    def asks_for_keys(self) -> bool:
        """Whether callers need a key."""
        ...


@dataclass(frozen=True, slots=True)
class GitSource:
    """A repository to fetch: branch and revision as they were asked for; neither is the remote's own branch."""

    name: str
    url: str
    branch: str | None = None
    revision: str | None = None
    submodules: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched: the working tree to index, and its commit."""

    root: Path
    commit: str


class SourceFetcher(Protocol):
    """Brings git repositories onto the disk."""

    def check(self, source: GitSource) -> None:
        """Refuse a source that may not be fetched, without asking the network for more than its address.

        Raises:
            ProblemError: 403, with the rule that forbids it.

        """
        ...

    def fetch(self, source: GitSource, progress: Callable[[Progress], None]) -> Fetched:
        """Clone or update; runs in the process of a job.

        Raises:
            LocantError: it cannot be had; the message names no credential.

        """
        ...

    def remove(self, source: GitSource) -> None:
        """Delete what was fetched, unless another repository uses it."""
        ...


def services_of(connection: HTTPConnection) -> Services:
    """The parts of the application that a request came to."""
    found: Services = connection.app.state.services
    return found


def caller(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """Dependency of a route: who asks, if they may do what `scope` allows; it is kept in `request.state.caller`."""

    async def dependency(request: Request) -> Caller:
        authorizer: Authorizer = request.app.state.services.authorizer
        found = await authorizer.authorize(request, scope)
        request.state.caller = found
        return found  # pyright: ignore[reportReturnType] - the links that type checkers read show it two modules

    return dependency
