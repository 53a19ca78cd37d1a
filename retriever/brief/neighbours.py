"""What hangs together with the candidates: definitions that use them or that they use, and the tests that do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from locant.indexer.areas import AREAS
from locant.indexer.calls import MAX_DEFINERS
from locant.indexer.snapshot import Snapshot
from locant.retriever.fusion import file_priors
from locant.retriever.map.graph import is_telling
from locant.retriever.reading.text import SourceText, TextReader

__all__ = ["Neighbour", "TestFile", "neighbours_of", "tests_of"]

USERS_EACH, TEST_USERS_EACH = 40, 200
"""Places of use that are read for one candidate."""

CALLERS_EACH = 8
CALLEES_EACH = 12
"""Of one candidate: the first ones, so that a helper that everything calls does not take all the room."""

PLAIN_FACTOR = 5.0
"""A use of a name that is one plain word (`update`) means the candidate as seldom as if so many shared it."""

TEST_AREA = AREAS.index("tests")

SHOWN_CANDIDATES = 5
"""Candidates that every brief of some size shows; how a later one hangs together with them is worth a line."""

IMPORT_WEIGHT = 0.3
NAME_WEIGHT = 0.5
"""Of a test file that imports a candidate file, or has its name; use of a candidate function has 1."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A definition, its relation to a candidate (`calls`, `called by`), and the candidate's symbol number."""

    symbol: int
    relation: str
    candidate: int


@dataclass
class TestFile:
    """A test file with its weight, the tests in it that use candidates, and in words what it has to do with them."""

    file: int
    weight: float = 0.0
    tests: dict[int, None] = field(default_factory=dict)
    uses: dict[str, None] = field(default_factory=dict)


def neighbours_of(snapshot: Snapshot, reader: TextReader, candidates: Sequence[int]) -> list[Neighbour]:
    """Callers and callees of definitions by number, best first; the first candidates themselves are no neighbours."""
    weight: dict[int, float] = {}
    found: dict[int, Neighbour] = {}
    priors = file_priors(snapshot)
    for rank, candidate in enumerate(candidates):
        for symbol, relation in (*_callees(snapshot, candidate), *_callers(snapshot, reader, candidate)):
            file = int(snapshot.doc_file[snapshot.symbol_doc[symbol]])
            if symbol in candidates[:SHOWN_CANDIDATES] or snapshot.file_column("area")[file] == TEST_AREA:
                continue
            found.setdefault(symbol, Neighbour(symbol, relation, candidate))
            weight[symbol] = weight.get(symbol, 0.0) + float(priors[file]) / (rank + 1.0)
    return sorted(found.values(), key=lambda item: (-weight[item.symbol], item.symbol))


def _callees(snapshot: Snapshot, number: int) -> list[tuple[int, str]]:
    names = dict.fromkeys(name for chunk in _chunks(snapshot, number) for name in snapshot.names_used(chunk))
    named = (_nearest(snapshot, _definers(snapshot, name), int(snapshot.symbol_doc[number])) for name in names)
    return [(symbol, "called by") for symbols in named for symbol in symbols if symbol != number][:CALLEES_EACH]


def _nearest(snapshot: Snapshot, symbols: list[int], doc: int) -> list[int]:
    """Those in the same file if there are any: a name that is defined beside its use means that one."""
    return [symbol for symbol in symbols if snapshot.symbol_doc[symbol] == doc] or symbols


def _callers(snapshot: Snapshot, reader: TextReader, number: int) -> list[tuple[int, str]]:
    name = snapshot.symbol_name(number)
    users = (_owner(snapshot, reader, chunk, name) for chunk in _users(snapshot, number)[:USERS_EACH])
    return [(symbol, "calls") for symbol in dict.fromkeys(users) if symbol not in (-1, number)][:CALLERS_EACH]


def _chunks(snapshot: Snapshot, number: int) -> list[int]:
    """Chunks of a definition; of one without a chunk of its own, the one in which it begins."""
    own = [c for c in snapshot.chunks_of_doc(int(snapshot.symbol_doc[number])) if snapshot.chunk_symbol[c] == number]
    return own or [int(snapshot.symbol_chunk[number])]


def _definers(snapshot: Snapshot, name: str) -> list[int]:
    """Definitions of a name, unless too many share it for it to say which."""
    found = snapshot.symbols_named(name)
    return found if len(found) <= MAX_DEFINERS else []


def _users(snapshot: Snapshot, number: int) -> list[int]:
    """Chunks that use the name of a definition."""
    name = snapshot.symbol_name(number)
    users: list[int] = snapshot.chunks_using(name).tolist() if _definers(snapshot, name) else []
    return users


def _owner(snapshot: Snapshot, reader: TextReader, chunk: int, name: str) -> int:
    """Innermost definition in a chunk in whose lines a name stands, other than as its own; -1 when there is none."""
    owner = int(snapshot.chunk_symbol[chunk])
    source = reader.read(int(snapshot.chunk_file[chunk]))
    inside = snapshot.symbols_of_doc(int(snapshot.chunk_doc[chunk]))
    begin = np.flatnonzero(snapshot.symbol_chunk[inside.start : inside.stop] == chunk) + inside.start
    if not len(begin) or not isinstance(source, SourceText):
        return owner
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    best, least = owner, len(source.lines) + 1
    for number in begin.tolist():
        place = snapshot.symbol(number).location
        size = place.end_line - place.start_line
        is_other = size < least and snapshot.symbol_name(number) != name
        if is_other and word.search(source.between(place.start_line, place.end_line)):
            best, least = number, size
    return best


def tests_of(snapshot: Snapshot, reader: TextReader, candidates: Sequence[int], files: Sequence[int]) -> list[TestFile]:
    """Test files that exercise candidates: definitions by use of their names, files by import or name; best first."""
    found: dict[int, TestFile] = {}
    for file, weight, test, use in _evidence(snapshot, reader, candidates, files):
        entry = found.setdefault(file, TestFile(file))
        entry.weight += 0.0 if use in entry.uses else weight
        entry.uses.setdefault(use)
        if test >= 0:
            entry.tests.setdefault(test)
    return sorted(found.values(), key=lambda entry: (-entry.weight, entry.file))


def _evidence(
    snapshot: Snapshot, reader: TextReader, candidates: Sequence[int], files: Sequence[int]
) -> Iterator[tuple[int, float, int, str]]:
    """(test file, weight, test function or -1, what it has to do with a candidate)."""
    areas = snapshot.file_column("area")
    for rank, candidate in enumerate(candidates):
        name = snapshot.symbol_name(candidate)
        shared = len(snapshot.symbols_named(name)) * (1.0 if is_telling(name) else PLAIN_FACTOR)
        for chunk in _users(snapshot, candidate)[:TEST_USERS_EACH]:
            file = int(snapshot.chunk_file[chunk])
            if areas[file] == TEST_AREA:
                yield file, 1.0 / (rank + 1.0) / shared, _owner(snapshot, reader, chunk, name), f"uses {name}"
    source, target = snapshot.arrays["import_source"], snapshot.arrays["import_target"]
    for rank, file in enumerate(files):
        importers = [i for i in source[target == file].tolist() if areas[i] == TEST_AREA]
        name = snapshot.paths[file].rpartition("/")[2]
        yield from ((i, IMPORT_WEIGHT / (rank + 1.0), -1, f"imports {name}") for i in importers)
        yield from ((i, NAME_WEIGHT / (rank + 1.0), -1, f"named after {name}") for i in _called_after(snapshot, file))


def _called_after(snapshot: Snapshot, file: int) -> list[int]:
    """Test files whose name is the file's with a mark of tests."""
    stem = snapshot.paths[file].rpartition("/")[2].split(".", 1)[0]
    if stem in ("__init__", "index", "mod", "main"):
        return []
    names = (f"test_{stem}", f"{stem}_test", f"{stem}_spec", f"{stem}Test", f"{stem}Tests", f"{stem}Spec", stem)
    areas = snapshot.file_column("area")
    by_name = snapshot.files_by_name
    found = (number for name in names for number, _ in by_name.get(name, ()) if number != file)
    return [number for number in dict.fromkeys(found) if areas[number] == TEST_AREA]
