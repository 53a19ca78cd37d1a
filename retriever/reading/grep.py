"""Lines that match a literal or a regular expression, in ranked files, each with the definition around it.

Files are read from disk: an index of terms cannot answer for text between words. Where the literal holds whole words, the
index says which files can have it at all, and only those are read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from locant.errors import QueryError
from locant.indexer.snapshot import Snapshot
from locant.indexer.terms import split_identifier
from locant.retriever.fusion import file_priors
from locant.retriever.reading.text import SourceText, TextReader
from locant.types import GrepFile, GrepMatch

__all__ = ["GrepRequest", "enclosing", "grep_files", "with_enclosing"]

SECONDS = 20.0
"""A pattern that backtracks for ever is stopped between files after this long, and the answer says so."""

MAX_LINE = 2_000
"""Longer lines are searched up to here only: patterns can take quadratic time, and nobody reads further."""

MATCHES_PER_FILE = 20

_INNER_WORDS = re.compile(r"(?<=\W)\w+(?=\W)")


@dataclass(frozen=True, slots=True)
class GrepRequest:
    """What to look for."""

    pattern: str
    fixed: bool
    ignore_case: bool

    def compiled(self) -> re.Pattern[str]:
        """The regular expression.

        Raises:
            QueryError: it cannot be read, or could take for ever.

        """
        if not self.pattern:
            raise QueryError("the pattern is empty; give some text to look for")
        source = re.escape(self.pattern) if self.fixed else self.pattern
        try:
            return re.compile(source, re.IGNORECASE if self.ignore_case else 0)
        except (re.error, RecursionError, OverflowError) as error:
            raise QueryError(
                f"the regular expression {self.pattern!r} cannot be read: {error}; to look for it as it stands, search a literal"
            ) from error


def grep_files(
    reader: TextReader, snapshot: Snapshot, request: GrepRequest, allowed: np.ndarray, limit: int
) -> tuple[list[GrepFile], int, bool]:
    """Matching files, likeliest first: those with more matches, weighed by what the file is for.

    Args:
        reader: reads the files.
        snapshot: the index.
        request: the pattern.
        allowed: which files may be answered (files,).
        limit: matching lines in all.

    Returns:
        Files, number of all matching lines, whether anything was cut off.

    """
    pattern = request.compiled()
    candidates = np.flatnonzero(allowed & _may_match(snapshot, request))
    priors = file_priors(snapshot)
    deadline = time.monotonic() + SECONDS
    found: list[tuple[float, GrepFile]] = []
    late = False
    for file in candidates.tolist():
        if time.monotonic() > deadline:
            late = True
            break
        source = reader.read(file)
        if isinstance(source, SourceText):
            matched = _grep_text(source, pattern)
            if matched is not None:
                found.append((float(priors[file]) * matched.total / (matched.total + 1.0), matched))
    found.sort(key=lambda item: (-round(item[0], 9), item[1].path))
    total = sum(file.total for _, file in found)
    kept = _cut([file for _, file in found], limit)
    return kept, total, late or sum(len(file.matches) for file in kept) < total


def _may_match(snapshot: Snapshot, request: GrepRequest) -> np.ndarray:
    """Files that hold every whole word of a literal; all files where there is none."""
    mask = np.ones(len(snapshot.paths), dtype=np.bool_)
    if not request.fixed:
        return mask
    for word in _INNER_WORDS.findall(request.pattern):
        terms = split_identifier(word)
        if terms:
            docs = np.zeros(len(snapshot.doc_live), dtype=np.bool_)
            docs[snapshot.chunk_doc[snapshot.postings("body", terms[0])[0]]] = True
            mask &= docs[snapshot.file_doc]
    return mask


def _grep_text(source: SourceText, pattern: re.Pattern[str]) -> GrepFile | None:
    if (
        not pattern.search(source.text.decode("utf-8", "replace"))
        and "^" not in pattern.pattern
        and "$" not in pattern.pattern
    ):
        return None
    matches: list[GrepMatch] = []
    total = 0
    for number, line in enumerate(source.lines, start=1):
        match = pattern.search(line[:MAX_LINE])
        if match is None:
            continue
        total += 1
        if len(matches) < MATCHES_PER_FILE:
            matches.append(GrepMatch(number, line[:MAX_LINE], match.start() + 1, match.end() + 1, None))
    return GrepFile(source.path, tuple(matches), total) if total else None


def _cut(files: list[GrepFile], limit: int) -> list[GrepFile]:
    kept: list[GrepFile] = []
    left = limit
    for file in files:
        if left <= 0:
            break
        kept.append(GrepFile(file.path, file.matches[:left], file.total))
        left -= len(kept[-1].matches)
    return kept


def with_enclosing(snapshot: Snapshot, files: Iterable[GrepFile]) -> tuple[GrepFile, ...]:
    """The same files, each match with the qualified name of the definition around it."""
    done = []
    for file in files:
        number = snapshot.file_number[file.path]
        matches = tuple(
            GrepMatch(m.line, m.text, m.start_column, m.end_column, enclosing(snapshot, number, m.line))
            for m in file.matches
        )
        done.append(GrepFile(file.path, matches, file.total))
    return tuple(done)


def enclosing(snapshot: Snapshot, file: int, line: int) -> str | None:
    """Qualified name of the innermost definition around a line."""
    best: tuple[int, str] | None = None
    for number in snapshot.symbols_of_doc(int(snapshot.file_doc[file])):
        symbol = snapshot.symbol(number, snapshot.paths[file])
        if symbol.location.start_line > line:
            break
        if line <= symbol.location.end_line:
            size = symbol.location.end_line - symbol.location.start_line
            if best is None or size <= best[0]:
                best = (size, symbol.qualified_name)
    return best[1] if best else None
