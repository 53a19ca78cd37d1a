"""The client: a server with its repositories, and each of them with the methods of a local index.

server = locant.connect("https://locant.example.org", key="lct_...")
server.search("where is the retry delay computed").hits[0].repository
server.repository("service").localize(issue_text).files[0].path
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from locant.errors import NotFoundError, QueryError
from locant.remote.decoding import decode
from locant.remote.index import RemoteIndex
from locant.remote.records import About, AcrossLocalization, AcrossSearch, RemoteJob, RemoteRepository
from locant.remote.transport import Transport, quoted
from locant.types import SearchMode

__all__ = ["KEY_VARIABLE", "Server", "connect"]

KEY_VARIABLE = "LOCANT_SERVER_KEY"
"""Environment variable with the key, where none is given: keys do not belong into code."""

TIMEOUT = 60.0
"""Seconds that an answer may take by default: the server's own limit is below that."""

POLL_SECONDS = 0.5
"""Between two looks at a job that is waited for."""


def connect(url: str, key: str | None = None, *, timeout: float = TIMEOUT) -> Server:
    """A client of the server at `url`; nothing is sent yet.

    Args:
        url: of the server, as `http://127.0.0.1:8777`.
        key: for a server that asks for one; `LOCANT_SERVER_KEY` when not given.
        timeout: seconds that an answer may take.

    Raises:
        QueryError: this is no address of a server.
        ServerError: urllib3 is not installed.

    """
    return Server(Transport(url, key or os.environ.get(KEY_VARIABLE) or None, timeout))


class Server:
    """A locant server. Make one with `locant.connect`; it may be used from several threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.url = transport.url

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client can still be used and opens them again."""
        self._transport.close()

    def about(self) -> About:
        """Version of the server, and who it takes us for."""
        return decode(About, self._transport.get("/v1/about"))

    # -- repositories --------------------------------------------------------------------------------------------

    def repositories(self) -> tuple[RemoteRepository, ...]:
        """All that we may ask, by name."""
        return tuple(decode(RemoteRepository, one) for one in self._pages("/v1/repositories"))

    def repository(self, name: str | None = None) -> RemoteIndex:
        """One repository, to be asked as a local index is; without a name, the only one there is.

        Raises:
            QueryError: no name was given, and there are several.
            NotFoundError: no name was given, and there is none.

        """
        return RemoteIndex(self._transport, name if name is not None else self._only())

    def _only(self) -> str:
        names = [one.name for one in self.repositories()]
        if not names:
            raise NotFoundError(f"{self.url} serves no repository, or none that this key may ask")
        if len(names) > 1:
            raise QueryError(f"{self.url} serves several repositories; name one of {', '.join(names)}")
        return names[0]

    def add(
        self,
        *,
        path: str | None = None,
        url: str | None = None,
        branch: str | None = None,
        revision: str | None = None,
        submodules: bool = False,
        name: str | None = None,
    ) -> RemoteRepository:
        """Have the server serve a folder of its machine, or a git repository; a job begins to index it."""
        given: dict[str, object] = {"path": path, "url": url, "branch": branch, "revision": revision, "name": name}
        body = {key: value for key, value in given.items() if value is not None}
        if submodules:
            body["submodules"] = True
        return decode(RemoteRepository, self._transport.change("POST", "/v1/repositories", body))

    def refresh(self, name: str) -> RemoteJob:
        """Have a repository fetched and indexed again."""
        return decode(RemoteJob, self._transport.change("POST", f"/v1/repositories/{quoted(name)}/refresh", {}))

    def remove(self, name: str) -> None:
        """Have a repository served no more."""
        self._transport.change("DELETE", f"/v1/repositories/{quoted(name)}")

    # -- jobs ----------------------------------------------------------------------------------------------------

    def jobs(self, *, repository: str | None = None, state: str | None = None) -> tuple[RemoteJob, ...]:
        """Jobs, newest first, of a repository or in a state."""
        given = {"repository": repository, "state": state}
        query = urlencode({key: value for key, value in given.items() if value is not None})
        return tuple(decode(RemoteJob, one) for one in self._pages("/v1/jobs" + (f"?{query}" if query else "")))

    def job(self, number: int) -> RemoteJob:
        """One job as it is now."""
        return decode(RemoteJob, self._transport.get(f"/v1/jobs/{number}"))

    def cancel(self, number: int) -> RemoteJob:
        """Ask for the end of a job."""
        return decode(RemoteJob, self._transport.change("POST", f"/v1/jobs/{number}/cancel", {}))

    def wait(self, number: int, *, progress: Callable[[RemoteJob], None] | None = None) -> RemoteJob:
        """The job once it is over; `progress` is told how far it is meanwhile."""
        while True:
            job = self.job(number)
            if progress is not None:
                progress(job)
            if job.is_over:
                return job
            time.sleep(POLL_SECONDS)

    # -- questions to several repositories -----------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        repositories: tuple[str, ...] | None = None,
        limit: int = 10,
        share: int = 5,
        mode: SearchMode = "auto",
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        kinds: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        summaries: bool = False,
    ) -> AcrossSearch:
        """Places in several repositories, in one ranking; arguments as of `Index.search`.

        Args:
            text: what to look for.
            repositories: their names; all that we may ask when not given.
            limit: hits at most.
            share: hits of one repository at most.
            mode: how to read the text.
            languages: only files in these.
            paths: only paths that match one of these globs.
            kinds: only definitions of these kinds.
            areas: only files of these: code, tests, docs, config.
            summaries: look into the kept summaries of files and folders, too.

        """
        body: dict[str, object] = {"text": text, "repositories": repositories, "limit": limit, "share": share}
        body |= {"summaries": True} if summaries else {}
        filters = {"mode": mode, "languages": languages, "paths": paths, "kinds": kinds, "areas": areas}
        return decode(AcrossSearch, self._transport.ask("/v1/search", {**body, **filters}))

    def localize(
        self, text: str, *, repositories: tuple[str, ...] | None = None, limit: int = 20, share: int = 10
    ) -> AcrossLocalization:
        """Files and functions of several repositories that an issue is about, in one ranking."""
        body = {"text": text, "repositories": repositories, "limit": limit, "share": share}
        return decode(AcrossLocalization, self._transport.ask("/v1/localize", body))

    def _pages(self, path: str) -> Iterator[Any]:
        cursor: str | None = ""
        while cursor is not None:
            mark = "&" if "?" in path else "?"
            page = self._transport.get(f"{path}{mark}{urlencode({'cursor': cursor})}" if cursor else path)
            yield from page["items"]
            cursor = page["next"]
