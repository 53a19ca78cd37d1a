"""Reading in an index: files and their lines, definitions, uses, what hangs together; nothing is ranked by a text."""

from __future__ import annotations

from locant.errors import NotFoundError, QueryError
from locant.indexer.snapshot import Snapshot
from locant.kept_index import Given, KeptIndex
from locant.retriever.filters import Filters, file_mask, make_filters
from locant.retriever.reading.files import file_of, find_files, related_files, view_lines
from locant.retriever.reading.grep import GrepRequest, grep_files
from locant.retriever.reading.symbols import find_definitions, find_references, outline_of
from locant.summarizing import outlined
from locant.types import GrepResult, Related, Symbol, Usage, View

__all__ = ["ReadableIndex", "check_limit"]

LOCAL = frozenset({"variable", "field", "key", "section"})
"""Kinds whose names say nothing about who uses a file: every file has a `path` and a `name`."""


class ReadableIndex(KeptIndex):
    """An index whose files can be read."""

    def view(self, path: str, start: int | None = None, end: int | None = None) -> View:
        """Lines of a file as they are on disk now; secrets are masked."""
        return self._answer(lambda given: view_lines(given.reader, given.snapshot, path, start, end))

    def outline(self, path: str, *, summaries: bool = False) -> tuple[Symbol, ...]:
        """Definitions of a file in order; with `summaries`, each with a sentence where there is one."""
        return self._answer(lambda given: _outline(given, path, is_told=summaries))

    def find(self, pattern: str, *, limit: int = 50) -> tuple[str, ...]:
        """Files by name: a glob, a part of the name, or its letters in order."""
        check_limit(limit)
        return self._answer(lambda given: tuple(find_files(given.snapshot, pattern, limit)))

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
        """Lines that match, in files likeliest first, each with the definition around it.

        Raises:
            QueryError: the regular expression cannot be read.

        """
        check_limit(limit)
        request = GrepRequest(pattern, fixed, ignore_case)
        filters = make_filters(tuple(languages), tuple(paths), (), tuple(areas))
        return self._answer(lambda given: _grep(given, request, filters, limit))

    def definitions(self, name: str, *, limit: int = 50) -> tuple[Symbol, ...]:
        """Definitions of a name, which may be qualified (`Class.method`); code before tests."""
        check_limit(limit)
        return self._answer(lambda given: find_definitions(given.reader, given.snapshot, name, limit))

    def references(self, name: str, *, limit: int = 200) -> tuple[Usage, ...]:
        """Lines that call, type with, inherit from or import a name; code before tests."""
        check_limit(limit)
        return self._answer(lambda given: find_references(given.reader, given.snapshot, name, limit)[0])

    def related(self, target: str, *, limit: int = 20) -> tuple[Related, ...]:
        """Files connected with `path` or `path:Symbol` by imports, uses and history."""
        check_limit(limit)
        return self._answer(lambda given: _related(given.snapshot, target, limit))


def _outline(given: Given, path: str, *, is_told: bool) -> tuple[Symbol, ...]:
    file = file_of(given.snapshot, path)
    found = outline_of(given.reader, given.snapshot, file)
    return outlined(given.sources(), file, found) if is_told else found


def _grep(given: Given, request: GrepRequest, filters: Filters, limit: int) -> GrepResult:
    allowed = file_mask(given.snapshot, filters)
    found = grep_files(given.reader, given.snapshot, request, allowed, limit)
    return GrepResult(request.pattern, found.files, found.total, given.freshness(), found.truncated)


def _related(snapshot: Snapshot, target: str, limit: int) -> tuple[Related, ...]:
    path, _, symbol = target.partition(":")
    file = file_of(snapshot, path)
    own = snapshot.symbols_of_doc(int(snapshot.file_doc[file]))
    names = [snapshot.symbol_name(number) for number in own if symbol or snapshot.symbol_kind(number) not in LOCAL]
    if symbol:
        wanted = symbol.replace("::", ".").rsplit(".", 1)[-1]
        names = [name for name in names if name == wanted]
        if not names:
            raise NotFoundError(f"{snapshot.paths[file]} defines no {symbol!r}; `locant outline` lists what it defines")
    return related_files(snapshot, file, names, limit)


def check_limit(limit: int) -> None:
    if limit < 1:
        raise QueryError(f"a limit has to be at least 1, not {limit}")
