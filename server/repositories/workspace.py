"""The repositories of a server as tools see them: those that the caller may ask, by name only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from locant.agent_tools.calling.plain import PlainIndex
from locant.agent_tools.text import one_line
from locant.agent_tools.types import Session
from locant.errors import QueryError
from locant.server.problems import ProblemError

if TYPE_CHECKING:
    from locant.facade import Index
    from locant.server.seams import Caller
    from locant.server.services import Services

__all__ = ["ServedWorkspace"]


class ServedWorkspace:
    """What `call_tool` asks for its index.

    Args:
        services: of the server.
        caller: who asks.
        name: the repository that is asked; with None, calls have to name one where there are several.

    """

    def __init__(self, services: Services, caller: Caller, name: str | None = None) -> None:
        self._services = services
        self._caller = caller
        self._name = name

    @property
    def names(self) -> tuple[str, ...]:
        """Repositories that may be named."""
        if self._name is not None:
            return (self._name,)
        return tuple(repository.name for repository in self._services.catalog.all(self._caller))

    def index(self, repository: str = "", session: Session | None = None) -> Index | PlainIndex:
        """The index of a repository; a plain search of its files while there is none yet.

        Raises:
            QueryError: it is none that the caller may ask.
            ProblemError: the repository is gone or cannot be indexed.

        """
        del session
        found = self._services.catalog.get(self._wanted(repository), self._caller)
        try:
            return self._services.catalog.opened(found, self._services.pool)
        except ProblemError as error:
            if error.problem.code == "not-ready" and found.state in ("queued", "indexing") and found.root:
                return PlainIndex(Path(found.root), self._services.settings.cache_dir, found.name)
            raise

    def _wanted(self, repository: str) -> str:
        names = self.names
        wanted = repository or (names[0] if self._name is not None or len(names) == 1 else "")
        if wanted in names:
            return wanted
        if not names:
            raise QueryError("no repository is served here that you may ask")
        said = f"no repository {one_line(repository)[:200]!r} is served here" if repository else "name a repository"
        raise QueryError(f"{said}; there are {', '.join(names[:50])}")
