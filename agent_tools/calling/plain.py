"""Answers before the first index is there: files are listed and read as the index would, and searched as text.

It can be asked what needs no syntax: files by name, lines, places by the words of a question. Everything else says how
far the index is. All answers are marked: their coverage is that of the index that is being made.
"""

from __future__ import annotations

import fnmatch
import math
import time
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from locant.agent_tools.calling import behind
from locant.agent_tools.text import code_block, one_line
from locant.errors import NotFoundError, StoreBusyError
from locant.indexer.terms import terms_of
from locant.indexer.walk.content import classify
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import Entry, TreeListing
from locant.retriever.filters import matching_paths
from locant.retriever.reading.matching import match_text
from locant.retriever.reading.patterns import GrepRequest, is_bounded, required_literal
from locant.retriever.tokens import TokenCounter
from locant.types import (
    Brief,
    BriefPlace,
    Evidence,
    FileHit,
    Freshness,
    GrepFile,
    GrepMatch,
    GrepResult,
    Hit,
    LeftOut,
    Localization,
    Location,
    Pack,
    PackStyle,
    Related,
    RepoMap,
    SearchMode,
    SearchResult,
    Symbol,
    Usage,
    View,
)

__all__ = ["PlainIndex"]

SECONDS = 5.0
"""A plain search ends after this time with what it has; the index is soon there."""

VIEW_LINES = 2_000

BRIEF_FILES, BRIEF_LINES = 15, 3
"""Files that a brief names before there is an index, and lines of each that it shows."""

NOT_YET = (
    "the index is being made, so this is a plain text search of the files; ask again in a moment for a ranked answer"
)


class PlainIndex:
    """What `locant.Index` answers, as far as that needs no index.

    Args:
        root: the tree, resolved.
        cache: where the index is being made.

    """

    def __init__(self, root: Path, cache: Path, name: str | None = None) -> None:
        self.root = root
        self._name = name or root.name
        self._cache = cache
        self._looked_at = self._wanted = 0

    @cached_property
    def _listing(self) -> TreeListing:
        return list_tree(self.root)

    def freshness(self) -> Freshness:
        """The tree as it is, with the share that is indexed by now."""
        progress = behind.progress_of(self.root, self._cache)
        done = progress.done / progress.total if progress and progress.total and progress.stage == "parsing" else 0.0
        return Freshness(self._listing.head, None, 0.0, time.time(), min(done, 0.99), {})

    def find(self, pattern: str, *, limit: int = 50) -> tuple[str, ...]:
        """Files by glob or by a part of their path."""
        is_glob = any(mark in pattern for mark in "*?[")
        lowered = pattern.lower()
        paths = (entry.path for entry in self._listing.entries)
        if is_glob:
            found = [
                path for path in paths if fnmatch.fnmatchcase(path if "/" in pattern else path.rsplit("/")[-1], pattern)
            ]
        else:
            found = [path for path in paths if lowered in path.lower()]
        return tuple(sorted(found, key=lambda path: (len(path), path))[:limit])

    def view(self, path: str, start: int | None = None, end: int | None = None) -> View:
        """Lines of a file, secrets masked."""
        entry = next((entry for entry in self._listing.entries if entry.path == path), None)
        if entry is None:
            raise NotFoundError(f"there is no file {path!r} to be indexed; `locant find` looks for files by name")
        text = self._text(entry)
        if text is None:
            raise NotFoundError(f"{path!r} cannot be shown: it is no text, or not to be shown")
        lines = text.removesuffix("\n").split("\n") if text else []
        first, total = start or 1, len(lines)
        if first > max(total, 1):
            raise NotFoundError(f"{path} has {total} lines, counted from 1; there is no line {first}")
        last = min(end or total, total, first + VIEW_LINES - 1)
        return View(path, first, last, total, "\n".join(lines[first - 1 : last]), "", None, False, (NOT_YET,))

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
        """Lines that match, by path."""
        if languages or areas:
            self._refuse("filters by language and area")
        request = GrepRequest(pattern, fixed, ignore_case)
        compiled, literal = request.compiled(), required_literal(request)
        if not is_bounded(request):
            self._refuse("so open an expression")
        files, total, shown = [], 0, 0
        for path, text in self._texts(paths):
            found = match_text(text, compiled, literal, max(0, limit - shown), spans_lines=request.spans_lines)
            if found is not None:
                total += found.total
                shown += len(found.lines)
                lines = (GrepMatch(m.line, m.text, m.start_column, m.end_column, None) for m in found.lines)
                files.append(GrepFile(path, tuple(lines), found.total))
        is_part = shown < total or self._looked_at < self._wanted
        shown_files = tuple(file for file in files if file.matches)
        return GrepResult(pattern, shown_files, total, self.freshness(), is_part)

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
        snippet_lines: int = 12,
    ) -> SearchResult:
        """Files that hold the rarest words of a question."""
        if languages or kinds or areas:
            self._refuse("filters by language, kind and area")
        hits = []
        for path, score, words in self._ranked(text, paths)[:limit]:
            evidence = (Evidence("words", f"its text has {', '.join(words[:6])}", score),)
            hits.append(Hit(Location(path, 1, 1), None, score, evidence, ""))
        return SearchResult(text, mode, tuple(hits), self.freshness(), hint=self._not_yet())

    def localize(self, text: str, *, files: int = 20, functions: int = 50) -> Localization:
        """Files that hold the rarest words of an issue; functions are not known yet."""
        del functions
        found = [
            FileHit(path, score, (Evidence("words", f"its text has {', '.join(words[:6])}", score),))
            for path, score, words in self._ranked(text)[:files]
        ]
        return Localization(tuple(found), (), (), self.freshness(), self._not_yet())

    def outline(self, path: str) -> tuple[Symbol, ...]:
        """Needs the index."""
        self._refuse("outlines")

    def definitions(self, name: str, *, limit: int = 50) -> tuple[Symbol, ...]:
        """Needs the index."""
        self._refuse("definitions")

    def references(self, name: str, *, limit: int = 200) -> tuple[Usage, ...]:
        """Needs the index."""
        self._refuse("references")

    def related(self, target: str, *, limit: int = 20) -> tuple[Related, ...]:
        """Needs the index."""
        self._refuse("relations")

    def brief(self, text: str, *, max_tokens: int, pin: tuple[str, ...], count_tokens: TokenCounter) -> Brief:
        """Pinned files, then files that hold the rarest words of an issue, with the lines that hold most of them."""
        ranked = [(path, words) for path, _, words in self._ranked(text)[:BRIEF_FILES] if path not in pin]
        paths = [*dict.fromkeys(pin), *(path for path, _ in ranked)]
        blocks = [
            f"# Where to look\n{self._not_yet()}",
            *(f"{one_line(path)}  (pinned)" for path in dict.fromkeys(pin)),
        ]
        blocks.extend(self._with_lines(path, words) for path, words in ranked)
        while len(blocks) > 1 and count_tokens("\n".join(blocks)) > max_tokens:
            blocks.pop()
        shown = "\n".join(blocks)
        tokens = count_tokens(shown)
        if tokens > max_tokens:
            return Brief("", 0, max_tokens, (), (), (), self.freshness(), self._not_yet())
        places = tuple(BriefPlace("candidates", path, 1, 1) for path in paths[: len(blocks) - 1])
        return Brief(shown, tokens, max_tokens, places, (), (), self.freshness(), self._not_yet())

    def _with_lines(self, path: str, words: list[str]) -> str:
        """A file and its lines with most of the words, as data."""
        entry = next(entry for entry in self._listing.entries if entry.path == path)
        lines = (self._text(entry) or "").split("\n")
        having = [(sum(word in line.lower() for word in words), number) for number, line in enumerate(lines, start=1)]
        best = sorted(
            number for hits, number in sorted(having, key=lambda row: (-row[0], row[1]))[:BRIEF_LINES] if hits
        )
        head = f"{one_line(path)}  (its text has {', '.join(words[:6])})"
        return "\n".join([head, *([code_block(path, [(n, lines[n - 1]) for n in best])] if best else [])])

    def repo_map(self, *, focus: str, files: tuple[str, ...], max_tokens: int, count_tokens: TokenCounter) -> RepoMap:
        """Needs the index."""
        self._refuse("maps")

    def pack(
        self,
        text: str = "",
        *,
        max_tokens: int,
        style: PackStyle,
        line_numbers: bool,
        paths: tuple[str, ...],
        count_tokens: TokenCounter,
    ) -> Pack:
        """Needs the index."""
        self._refuse("packs")

    def _refuse(self, what: str) -> NoReturn:
        progress = behind.progress_of(self.root, self._cache)
        far = f" ({progress.stage}, {progress.done} of {progress.total})" if progress else ""
        raise StoreBusyError(
            f"the index of {self._name} is being made{far}, and {what} need it; "
            "try again in a moment; search, grep, find_file and open answer meanwhile"
        )

    def _text(self, entry: Entry) -> str | None:
        data = read_file(self.root, entry)
        if isinstance(data, LeftOut):
            return None
        content = classify(entry.path, data, forced=entry.forced)
        return None if isinstance(content, LeftOut) else content.text_utf8.decode("utf-8", "replace")

    def _not_yet(self) -> str:
        """What every answer says, with the share of the files that there was time for."""
        if self._looked_at >= self._wanted:
            return NOT_YET
        return f"{NOT_YET}; there was time for {self._looked_at:,} of {self._wanted:,} files"

    def _texts(self, globs: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        mask = matching_paths([entry.path for entry in self._listing.entries], globs).tolist()
        wanted = [entry for entry, is_wanted in zip(self._listing.entries, mask, strict=True) if is_wanted]
        self._looked_at, self._wanted = 0, len(wanted)
        deadline = time.monotonic() + SECONDS  # listing a large tree takes its own time
        for entry in wanted:
            if time.monotonic() > deadline:
                return
            self._looked_at += 1
            text = self._text(entry)
            if text is not None:
                yield entry.path, text

    def _ranked(self, question: str, globs: tuple[str, ...] = ()) -> list[tuple[str, float, list[str]]]:
        """Files with words of the question, by the rarity of those; the words that each has, rarest first."""
        wanted = set(terms_of(question))
        having: dict[str, set[str]] = {}
        for path, text in self._texts(globs):
            lowered = text.lower()
            having[path] = {term for term in wanted if term in lowered or term in path.lower()}
        spread = Counter(term for terms in having.values() for term in terms)
        rarity = {term: math.log(1 + len(having) / times) for term, times in spread.items()}
        rows = [
            (path, sum(rarity[term] for term in terms), sorted(terms, key=lambda term: (-rarity[term], term)))
            for path, terms in having.items()
            if terms
        ]
        return sorted(rows, key=lambda row: (-row[1], row[0]))
