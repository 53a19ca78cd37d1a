"""Pairs for training encoders: a text, the functions that it is about, and others of the same files that it is not.

Two kinds, from any local clone. *commit*: what a commit or pull request says, and the functions that it changed, as
they were before. *docstring*: the first sentence of a function's doc comment, and the function without any doc comment.
One repository gives one file, written at once, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from locant.eval.datasets.diff import Change, FileDiff, parse_diff
from locant.eval.datasets.gold import CALLABLES, functions_changed, is_function
from locant.eval.errors import DatasetError
from locant.eval.mining.docstrings import MIN_LINES, question_of
from locant.eval.mining.history import Commit, list_commits, read_blobs, read_patches
from locant.eval.mining.merges import pull_request_text
from locant.eval.mining.message import is_chore, issue_text
from locant.eval.mining.mine import MAX_FILES, MAX_LINES
from locant.eval.mining.strip import without_docs
from locant.eval.scope import is_candidate, language_of
from locant.eval.sources import list_blobs
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import Definition, ParsedFile
from locant.retriever.neural.records import BODY_CHARACTERS, FunctionText

__all__ = ["Pair", "mine_pairs", "parse_pair", "read_lines", "write_pairs"]

NEWEST_COMMITS = 12_000
"""Older code has little left in common with the present."""

TRIED_PER_PAIR = 1.6
"""Commits whose patch is read for every pair that is wanted: the others touch too much, or no function."""

FILES_TRIED = 400
"""Files of HEAD that are read for doc comments, at random."""

MAX_FILE_BYTES = 200_000
"""Larger files are tables or generated."""

MAX_POSITIVES = 4
"""Functions that one text is about: of more, a few at random."""

NEGATIVES = 6
"""Unchanged functions of the same files, at random: what a search would find beside the right one."""

MAX_PER_FILE = 6
"""Doc comments taken of one file: they resemble each other."""

BLOBS_AT_ONCE = 200
COMMITS_AT_ONCE = 150
"""Contents held in memory at a time: starting git costs more than reading a file."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, what it is about, and what stands beside that."""

    repository: str
    source: str
    language: str
    text: str
    positives: tuple[FunctionText, ...]
    negatives: tuple[FunctionText, ...]


def mine_pairs(git: Path, repository: str, commits: int, docstrings: int, seed: int) -> list[Pair]:
    """Pairs of one repository, at most so many of each kind; the same clone and seed give the same."""
    chance = random.Random(f"{seed}:{repository}")  # noqa: S311 - a sample, not a secret
    return [
        *_commit_pairs(git, repository, commits, chance),
        *_docstring_pairs(git, repository, docstrings, chance),
    ]


def write_pairs(path: Path, pairs: Sequence[Pair]) -> None:
    """Write one repository's file at once: it is whole or it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with gzip.open(part, "wt", encoding="utf-8", compresslevel=5) as out:
        for pair in pairs:
            row = {
                "repository": pair.repository,
                "source": pair.source,
                "language": pair.language,
                "text": pair.text,
                "positives": pair.positives,
                "negatives": pair.negatives,
            }
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    part.replace(path)


def read_lines(path: Path) -> list[str]:
    """One repository's pairs as they are stored: taking all of them apart takes long where some are enough."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return list(lines)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} holds no pairs ({error}): delete it and mine the repository again") from error


def parse_pair(line: str) -> Pair:
    """One pair; raises `DatasetError` for a line that is none."""
    try:
        row = json.loads(line)
        positives = tuple(FunctionText(*item) for item in row["positives"])
        negatives = tuple(FunctionText(*item) for item in row["negatives"])
        return Pair(row["repository"], row["source"], row["language"], row["text"], positives, negatives)
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"no pair ({error}): {line[:80]!r}. Mine the repository again.") from error


def _commit_pairs(git: Path, repository: str, count: int, chance: random.Random) -> Iterator[Pair]:
    """Pairs of commits sampled over the newest history."""
    told = {commit.id: text for commit in list_commits(git, limit=NEWEST_COMMITS) if (text := _text_of(commit))}
    tried = chance.sample(list(told), min(len(told), int(count * TRIED_PER_PAIR)))
    seen: set[str] = set()
    for start in range(0, len(tried), COMMITS_AT_ONCE):
        read = read_patches(git, tried[start : start + COMMITS_AT_ONCE])
        changes = {id_: files for id_, patch in read if patch and (files := _files_of(patch))}
        wanted = [f"{id_}^:{path}" for id_, files in changes.items() for path in files]
        sources = dict(zip(wanted, read_blobs(git, wanted), strict=True))
        for id_, files in changes.items():
            of_files = [(path, sources[f"{id_}^:{path}"], file.changes) for path, file in files.items()]
            pair = None if told[id_] in seen else _commit_pair(repository, told[id_], of_files, chance)
            if pair and len(seen) < count:
                seen.add(told[id_])
                yield pair


def _text_of(commit: Commit) -> str:
    """What a commit says, as an issue would; empty where it says too little."""
    message = commit.message
    if not commit.parents:
        return ""
    if len(commit.parents) > 1:
        message = pull_request_text(message)
    return "" if not message or is_chore(commit.author, message) else issue_text(message)


def _files_of(patch: str) -> dict[str, FileDiff]:
    """Changed source files that were there before; empty for bulk edits."""
    changed = [file for file in parse_diff(patch) if is_candidate(file.old_path or file.new_path or "")]
    gold = {file.old_path: file for file in changed if file.old_path and file.changes}
    lines = sum(change.end - change.start + 1 for file in gold.values() for change in file.changes)
    return gold if len(changed) <= MAX_FILES and lines <= MAX_LINES else {}


def _commit_pair(
    repository: str, text: str, files: Sequence[tuple[str, bytes, Sequence[Change]]], chance: random.Random
) -> Pair | None:
    """The pair of one commit; None if it changed no function."""
    positives: list[FunctionText] = []
    negatives: list[FunctionText] = []
    for path, source, changes in files:
        if len(source) <= MAX_FILE_BYTES:
            changed, others = _changed_and_others(path, source, changes)
            positives += changed
            negatives += others
    return _pair(repository, "commit", text, positives, negatives, chance) if positives else None


def _changed_and_others(
    path: str, source: bytes, changes: Sequence[Change]
) -> tuple[list[FunctionText], list[FunctionText]]:
    """Functions that changed lines touch, and the callable ones that they do not."""
    parsed = parse_file(path, source)
    changed = set(functions_changed(parsed, source.decode("utf-8", "replace"), changes))
    named = {name.removesuffix(".__init__") for name in changed}
    positives, negatives = [], []
    for definition in parsed.definitions:
        if definition.qualified_name in changed and is_function(definition):
            positives.append(_function_text(path, definition, source))
        elif definition.kind in CALLABLES and definition.qualified_name.removesuffix(".__init__") not in named:
            negatives.append(_function_text(path, definition, source))
    return positives, negatives


def _function_text(path: str, definition: Definition, source: bytes) -> FunctionText:
    body = source[definition.start_byte : definition.end_byte][:BODY_CHARACTERS].decode("utf-8", "replace")
    return FunctionText(path, definition.qualified_name, definition.signature, definition.doc, body)


def _pair(
    repository: str,
    kind: str,
    text: str,
    positives: list[FunctionText],
    negatives: list[FunctionText],
    chance: random.Random,
) -> Pair:
    kept = chance.sample(positives, min(len(positives), MAX_POSITIVES))
    beside = chance.sample(negatives, min(len(negatives), NEGATIVES))
    return Pair(repository, kind, language_of(kept[0].path), text, tuple(kept), tuple(beside))


def _docstring_pairs(git: Path, repository: str, count: int, chance: random.Random) -> Iterator[Pair]:
    """Pairs of doc comments at HEAD, files in random order, a few of each."""
    blobs = {path: blob for path, blob in list_blobs(git).items() if is_candidate(path)}
    paths = chance.sample(sorted(blobs), min(len(blobs), FILES_TRIED))
    seen: set[str] = set()
    for start in range(0, len(paths), BLOBS_AT_ONCE):
        some = paths[start : start + BLOBS_AT_ONCE]
        for path, source in zip(some, read_blobs(git, [blobs[path] for path in some]), strict=True):
            if len(source) <= MAX_FILE_BYTES:
                for pair in _docstring_pairs_of(repository, path, source, chance):
                    if pair.text not in seen and len(seen) < count:
                        seen.add(pair.text)
                        yield pair
        if len(seen) >= count:
            return


def _docstring_pairs_of(repository: str, path: str, source: bytes, chance: random.Random) -> list[Pair]:
    parsed = parse_file(path, source)
    asked = [(question, item) for item in parsed.definitions if (question := _question(item))]
    if not asked:
        return []
    bare = without_docs(path, source, parsed)
    functions = _bare_functions(path, parsed, bare)
    pairs = []
    for question, item in chance.sample(asked, min(len(asked), MAX_PER_FILE)):
        others = [text for name, text in functions.items() if name != item.qualified_name]
        pairs.append(_pair(repository, "docstring", question, [functions[item.qualified_name]], others, chance))
    return pairs


def _question(definition: Definition) -> str:
    long_enough = definition.end_line - definition.start_line + 1 >= MIN_LINES
    return question_of(definition) if definition.kind in CALLABLES and definition.doc and long_enough else ""


def _bare_functions(path: str, parsed: ParsedFile, bare: bytes) -> dict[str, FunctionText]:
    """Qualified name -> function without doc comment; `bare` has the same offsets as the text that was parsed."""
    return {
        item.qualified_name: _function_text(path, item._replace(doc=""), bare)
        for item in parsed.definitions
        if item.kind in CALLABLES
    }
