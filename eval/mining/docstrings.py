"""Search cases from documentation: the first sentence of a function's doc comment asks, the function is the answer.

With the comment in place any literal search finds it, and nothing is measured. So rows are over a copy of the tree
in which *all* doc comments are blanked, those of the other functions too: else the answer would be the one function
without words. The copy is a small bare repository beside the dataset; it borrows the original's objects and has one
commit without parents, since the original's history holds the comments. Hence no system has a past to look at here.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from locant.eval.datasets.gold import CALLABLES, canonical_name
from locant.eval.errors import MirrorError
from locant.eval.mining.history import read_blobs
from locant.eval.mining.mine import Mined, git_directory_of, sampled, title_of
from locant.eval.mining.strip import without_docs
from locant.eval.mining.tree_copy import write_copy
from locant.eval.repositories.git import try_git
from locant.eval.scope import is_candidate, language_of
from locant.eval.sources import list_blobs
from locant.eval.types import Instance
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import Definition, ParsedFile
from locant.types import Location

__all__ = ["mine_docstrings", "question_of"]

MIN_WORDS = 4
"""Fewer ("Returns the value.") fit a dozen functions."""

MAX_WORDS = 40
"""A longer first sentence is no question that anyone types."""

MIN_LINES = 3
"""Of a function: shorter ones are accessors and declarations."""

FILES_AT_ONCE = 200
"""Contents held in memory at a time."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_FIELDS = re.compile(
    r"\n\s*\n|\n\s*(?:[@:\\]\w+|(?:Args|Arguments|Parameters|Returns?|Raises|Example)s?\s*:|[-=]{3,}|```)"
)
_SENTENCE = re.compile(r"^(.*?[.!?])(?:\s|$)", re.DOTALL)
_MARKUP = re.compile(r"\{@\w+\s+([^}]*)\}|</?\w[^>]*>")
_TAG = re.compile(r"^[@\\](?:returns?|brief|summary)\s+", re.IGNORECASE)
_NOTE = re.compile(r"^\W*(?:TODO|FIXME|XXX|HACK|NOTE|eslint|prettier|ts-|noqa|nolint|nosec|type:)", re.IGNORECASE)
"""Comments to colleagues and to tools: they stand before a function and do not describe it."""

_IDENTIFIER = re.compile(r"[_\d]|[a-z][A-Z]")


@dataclass(frozen=True, slots=True)
class _Case:
    """A question and the function that answers it."""

    question: str
    path: str
    name: str
    definition: Definition


def mine_docstrings(path: Path, copy: Path, count: int = 100, seed: int = 0) -> Mined:
    """Rows over HEAD without its doc comments, which is written to `copy`; the same HEAD and seed give the same."""
    git = git_directory_of(path)
    if try_git(git, "rev-parse", "--verify", "HEAD^{commit}").returncode:
        raise MirrorError(f"{path} has no commit yet: commit its files, or give a repository with commits")
    blobs = {file: blob for file, blob in list_blobs(git).items() if is_candidate(file)}
    mined = Mined()
    stripped: dict[str, bytes] = {}
    cases = list(_cases(git, blobs, stripped, mined.left_out))
    if copy.exists():
        shutil.rmtree(copy)
    commit = write_copy(git, copy, stripped)
    rows = [_row(case, copy, commit) for case in _answerable(cases, mined.left_out)]
    mined.rows = tuple(sampled(rows, count, seed, mined.left_out))
    return mined


def question_of(definition: Definition) -> str:
    """First sentence of a doc comment without markup and without the function's own name; empty if it asks nothing."""
    text = _FIELDS.split(_TAG.sub("", definition.doc), maxsplit=1)[0]
    text = " ".join(_MARKUP.sub(lambda found: found[1] or " ", text).split())
    sentence = _SENTENCE.match(text)
    text = (sentence[1] if sentence else text).strip()
    first, _, rest = text.partition(" ")
    text = rest if first.strip("`*:()") == definition.name else text  # Go's custom: "Parse reads ..."
    enough = MIN_WORDS <= len(_WORD.findall(text)) <= MAX_WORDS
    return text if enough and not _NOTE.match(text) else ""


def _cases(git: Path, blobs: Mapping[str, str], stripped: dict[str, bytes], left_out: Counter[str]) -> Iterator[_Case]:
    """Documented functions of all files; `stripped` gets every file that has doc comments, without them."""
    paths = sorted(blobs)
    for start in range(0, len(paths), FILES_AT_ONCE):
        some = paths[start : start + FILES_AT_ONCE]
        for path, source in zip(some, read_blobs(git, [blobs[path] for path in some]), strict=True):
            parsed = parse_file(path, source)
            bare = without_docs(path, source, parsed)
            if bare != source:
                stripped[path] = bare
                yield from _cases_of(path, parsed, bare, left_out)


def _cases_of(path: str, parsed: ParsedFile, bare: bytes, left_out: Counter[str]) -> Iterator[_Case]:
    text = " ".join(bare.decode("utf-8", "replace").split())
    left = {definition.qualified_name for definition in parse_file(path, bare).definitions}
    for index, definition in enumerate(parsed.definitions):
        if definition.kind in CALLABLES and definition.doc:
            case = _Case(question_of(definition), path, canonical_name(parsed.definitions, index), definition)
            if problem := _problem(case, text, left):
                left_out[problem] += 1
            else:
                yield case


def _problem(case: _Case, text: str, left: set[str]) -> str:
    """Why a function makes no row; empty if it does."""
    definition = case.definition
    if not case.question:
        return "doc comment says too little or too much"
    if definition.end_line - definition.start_line + 1 < MIN_LINES:
        return "function too short"
    if _IDENTIFIER.search(definition.name) and definition.name in case.question:
        return "question names the function"
    if case.question in text or definition.qualified_name not in left:
        return "doc comment cannot be taken out"
    return ""


def _answerable(cases: list[_Case], left_out: Counter[str]) -> list[_Case]:
    """Questions with one answer: overloads and copies share their words."""
    times = Counter(case.question for case in cases)
    answers = Counter((case.path, case.name) for case in cases)
    kept = [case for case in cases if times[case.question] == 1 and answers[case.path, case.name] == 1]
    if len(kept) < len(cases):
        left_out["several functions have this question"] = len(cases) - len(kept)
    return kept


def _row(case: _Case, copy: Path, commit: str) -> Instance:
    function = f"{case.path}:{case.name}"
    definition = case.definition
    return Instance(
        id=f"docs-{hashlib.sha256(function.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}",
        repository=str(copy.resolve()),
        base_commit=commit,
        text=case.question,
        gold_files=(case.path,),
        gold_functions=(function,),
        gold_spans=(Location(case.path, definition.start_line, definition.end_line),),
        language=language_of(case.path),
        task="search",
        meta={"source": "docstring", "title": title_of(case.question)},
    )
