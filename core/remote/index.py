"""A repository of a server, with the methods and the records of `locant.Index`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from locant.errors import QueryError
from locant.remote.decoding import decode, decode_all
from locant.remote.transport import Transport, quoted
from locant.types import (
    Brief,
    Freshness,
    GrepResult,
    Localization,
    Progress,
    RankerName,
    Related,
    RepoMap,
    RerankName,
    SearchMode,
    SearchResult,
    Status,
    Symbol,
    Usage,
    View,
)

__all__ = ["RemoteIndex"]

ProgressSink = Callable[[Progress], None]


class RemoteIndex:
    """One repository of a server. The methods are those of `locant.Index`, where each is described.

    The server indexes, so `progress` is accepted and told nothing; tokens are counted by the server's estimate.
    root: the name of the repository, as the first part of its paths.
    """

    def __init__(self, transport: Transport, name: str) -> None:
        self.name = name
        self.root = Path(name)
        self._transport = transport

    def __enter__(self) -> RemoteIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is held open by one repository."""

    def status(self) -> Status:
        """State of the index on the server."""
        return decode(Status, self._ask("status")["status"])

    def freshness(self) -> Freshness:
        """Which state of the tree the index is from."""
        return self.status().freshness

    # -- ranked answers ------------------------------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        mode: SearchMode = "auto",
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        kinds: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        snippet_lines: int | None = None,
        progress: ProgressSink | None = None,
    ) -> SearchResult:
        """Places that answer a question, name a symbol, or hold a literal or a regular expression."""
        given = {"text": text, "limit": limit, "mode": mode, "snippet_lines": snippet_lines}
        filters = {"languages": languages, "paths": paths, "kinds": kinds, "areas": areas}
        return decode(SearchResult, self._ask("search", **given, **filters))

    def localize(
        self,
        text: str,
        *,
        files: int = 20,
        functions: int = 50,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
        ranker: RankerName = "learned",
        rerank: RerankName = "none",
        progress: ProgressSink | None = None,
    ) -> Localization:
        """Files, functions and lines that an issue is about."""
        given = {"text": text, "files": files, "functions": functions, "ranker": ranker, "rerank": rerank}
        filters = {"languages": languages, "paths": paths, "areas": areas, "without": without}
        return decode(Localization, self._ask("localize", **given, **filters))

    # -- context -------------------------------------------------------------------------------------------------

    def brief(
        self,
        text: str,
        *,
        max_tokens: int | None = None,
        pin: tuple[str, ...] = (),
        ranker: RankerName = "learned",
        progress: ProgressSink | None = None,
    ) -> Brief:
        """The opening context for whoever works on an issue."""
        return decode(Brief, self._ask("brief", text=text, max_tokens=max_tokens, pin=pin, ranker=ranker))

    def repo_map(
        self,
        *,
        focus: str = "",
        files: tuple[str, ...] = (),
        max_tokens: int | None = None,
        ranker: RankerName = "learned",
        progress: ProgressSink | None = None,
    ) -> RepoMap:
        """Most important files, definitions and signatures of the repository."""
        return decode(RepoMap, self._ask("map", focus=focus, files=files, max_tokens=max_tokens, ranker=ranker))

    def map_picture(self, *, focus: str = "", files: tuple[str, ...] = (), progress: ProgressSink | None = None) -> str:
        """The repository as a picture (SVG).

        Raises:
            QueryError: files are named; a server highlights what `focus` is about.

        """
        if files:
            raise QueryError(f"a server draws what a text is about; {files[0]!r} cannot be highlighted by its name")
        query = f"?{urlencode({'focus': focus})}" if focus else ""
        return self._transport.text(f"/v1/repositories/{quoted(self.name)}/map.svg{query}")

    # -- reading -------------------------------------------------------------------------------------------------

    def view(self, path: str, start: int | None = None, end: int | None = None) -> View:
        """Lines of a file as they are on the server's disk now; secrets are masked."""
        return decode(View, self._ask("view", path=path, start=start, end=end)["view"])

    def outline(self, path: str) -> tuple[Symbol, ...]:
        """Definitions of a file in order."""
        return decode_all(Symbol, self._ask("outline", path=path)["symbols"])

    def find(self, pattern: str, *, limit: int = 50) -> tuple[str, ...]:
        """Files by name: a glob, a part of the name, or its letters in order."""
        return tuple(str(path) for path in self._ask("find", pattern=pattern, limit=limit)["paths"])

    def grep(
        self,
        pattern: str,
        *,
        fixed: bool = False,
        ignore_case: bool = False,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        limit: int = 100,
    ) -> GrepResult:
        """Lines that match, in files likeliest first, each with the definition around it."""
        given = {"pattern": pattern, "fixed": fixed, "ignore_case": ignore_case, "limit": limit}
        return decode(GrepResult, self._ask("grep", **given, languages=languages, paths=paths, areas=areas))

    def definitions(self, name: str, *, limit: int = 50) -> tuple[Symbol, ...]:
        """Definitions of a name, which may be qualified; code before tests."""
        return decode_all(Symbol, self._ask("definitions", name=name, limit=limit)["definitions"])

    def references(self, name: str, *, limit: int = 200) -> tuple[Usage, ...]:
        """Lines that call, type with, inherit from or import a name; code before tests."""
        return decode_all(Usage, self._ask("references", name=name, limit=limit)["references"])

    def related(self, target: str, *, limit: int = 20) -> tuple[Related, ...]:
        """Files connected with `path` or `path:Symbol` by imports, uses and history."""
        return decode_all(Related, self._ask("related", target=target, limit=limit)["related"])

    def _ask(self, method: str, **arguments: object) -> dict[str, Any]:
        """The answer of a method; arguments that are None are the server's to choose."""
        given = {name: value for name, value in arguments.items() if value is not None}
        answer: dict[str, Any] = self._transport.ask(f"/v1/repositories/{quoted(self.name)}/{method}", given)
        return answer
