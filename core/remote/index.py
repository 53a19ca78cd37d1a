"""A repository of a server, with the methods and the records of `locant.Index`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlencode

from locant.errors import QueryError
from locant.remote.counting import TokenCounter, fitted
from locant.remote.decoding import decode, decode_all
from locant.remote.transport import Transport, quoted
from locant.types import (
    Brief,
    Freshness,
    GrepResult,
    Localization,
    Pack,
    PackDetail,
    PackOrder,
    PackStyle,
    Progress,
    RankerName,
    Related,
    RepoMap,
    RerankName,
    SearchMode,
    SearchResult,
    Status,
    StrategyName,
    SummaryTree,
    Symbol,
    Usage,
    View,
    Vocabulary,
)

__all__ = ["RemoteIndex"]

ProgressSink = Callable[[Progress], None]

Text = TypeVar("Text", Brief, Pack, RepoMap)


class RemoteIndex:
    """One repository of a server. The methods are those of `locant.Index`, where each is described.

    The server indexes, so `progress` is accepted and told nothing. A tokenizer counts here: the server is asked again
    until its text fits. A language model is of the caller's process: to give one is a QueryError that says what to do.
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

    @property
    def is_made(self) -> bool:
        """Whether there is an index that can be asked, however old."""
        found: dict[str, Any] = self._transport.get(f"/v1/repositories/{quoted(self.name)}")
        return found["indexed_at"] is not None

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
        summaries: bool = False,
        model: None = None,
        model_options: None = None,
        progress: ProgressSink | None = None,
    ) -> SearchResult:
        """Places that answer a question, name a symbol, or hold a literal or a regular expression."""
        _refuse_model(model, model_options)
        given = {"text": text, "limit": limit, "mode": mode, "snippet_lines": snippet_lines}
        filters = {"languages": languages, "paths": paths, "kinds": kinds, "areas": areas}
        return decode(SearchResult, self._ask("search", **given, **filters, summaries=summaries or None))

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
        model: None = None,
        strategy: StrategyName = "rerank",
        model_options: None = None,
        progress: ProgressSink | None = None,
    ) -> Localization:
        """Files, functions and lines that an issue is about."""
        _refuse_model(model, model_options)
        given = {"text": text, "files": files, "functions": functions, "ranker": ranker, "rerank": rerank}
        filters = {"languages": languages, "paths": paths, "areas": areas, "without": without}
        return decode(Localization, self._ask("localize", **given, **filters))

    def vocabulary(self, text: str) -> Vocabulary:
        """How many files have each word of a question."""
        return decode(Vocabulary, self._ask("vocabulary", text=text))

    # -- context -------------------------------------------------------------------------------------------------

    def brief(
        self,
        text: str,
        *,
        max_tokens: int | None = None,
        pin: tuple[str, ...] = (),
        count_tokens: TokenCounter | None = None,
        ranker: RankerName = "learned",
        progress: ProgressSink | None = None,
    ) -> Brief:
        """The opening context for whoever works on an issue."""
        given = {"text": text, "pin": pin, "ranker": ranker}
        return self._fitted(Brief, "brief", given, max_tokens, count_tokens)

    def repo_map(
        self,
        *,
        focus: str = "",
        files: tuple[str, ...] = (),
        max_tokens: int | None = None,
        count_tokens: TokenCounter | None = None,
        ranker: RankerName = "learned",
        summaries: bool = False,
        progress: ProgressSink | None = None,
    ) -> RepoMap:
        """Most important files, definitions and signatures of the repository."""
        given = {"focus": focus, "files": files, "ranker": ranker, "summaries": summaries or None}
        return self._fitted(RepoMap, "map", given, max_tokens, count_tokens)

    def pack(
        self,
        text: str = "",
        *,
        max_tokens: int | None = None,
        style: PackStyle = "xml",
        order: PackOrder = "relevance",
        detail: PackDetail = "auto",
        line_numbers: bool = False,
        tree: bool = True,
        languages: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
        count_tokens: TokenCounter | None = None,
        ranker: RankerName = "learned",
        progress: ProgressSink | None = None,
    ) -> Pack:
        """The repository in one text for a model with a large window."""
        given: dict[str, Any] = {"text": text, "style": style, "order": order, "detail": detail, "ranker": ranker}
        filters = {"languages": languages, "paths": paths, "areas": areas}
        given |= {"line_numbers": line_numbers, "tree": tree, **filters}
        return self._fitted(Pack, "pack", given, max_tokens, count_tokens)

    def summaries(
        self,
        path: str = "",
        *,
        kept: bool = False,
        model: None = None,
        model_options: None = None,
        progress: ProgressSink | None = None,
    ) -> SummaryTree:
        """What the repository, a folder or a file is, in the sentences that are kept there or that its files say."""
        _refuse_model(model, model_options)
        return decode(SummaryTree, self._ask("summarize", path=path, kept=kept))

    def map_picture(self, *, focus: str = "", files: tuple[str, ...] = (), progress: ProgressSink | None = None) -> str:
        """The repository as a picture (SVG)."""
        query = urlencode([*([("focus", focus)] if focus else ()), *(("file", file) for file in files)])
        return self._transport.text(f"/v1/repositories/{quoted(self.name)}/map.svg{'?' if query else ''}{query}")

    # -- reading -------------------------------------------------------------------------------------------------

    def view(self, path: str, start: int | None = None, end: int | None = None) -> View:
        """Lines of a file as they are on the server's disk now; secrets are masked."""
        return decode(View, self._ask("view", path=path, start=start, end=end)["view"])

    def outline(self, path: str, *, summaries: bool = False) -> tuple[Symbol, ...]:
        """Definitions of a file in order; with `summaries`, each with a sentence where there is one."""
        return decode_all(Symbol, self._ask("outline", path=path, summaries=summaries or None)["symbols"])

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

    def _fitted(
        self, kind: type[Text], method: str, given: dict[str, Any], max_tokens: int | None, count: TokenCounter | None
    ) -> Text:
        """A text within a budget by whoever's count."""
        return fitted(lambda most: decode(kind, self._ask(method, **given, max_tokens=most)), max_tokens, count)

    def _ask(self, method: str, **arguments: object) -> dict[str, Any]:
        """The answer of a method; arguments that are None are the server's to choose, and unknown to older ones."""
        given = {name: value for name, value in arguments.items() if value is not None}
        answer: dict[str, Any] = self._transport.ask(f"/v1/repositories/{quoted(self.name)}/{method}", given)
        return answer


def _refuse_model(model: object, options: object) -> None:
    if model is not None or options is not None:
        raise QueryError(
            "a server asks no language model, which would cost its operator money and send code elsewhere; "
            "open a clone of the repository with `locant.open` and use the model there"
        )
