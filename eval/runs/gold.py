"""Settles an instance's gold at its base commit, and brings answers into the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from locant.eval.datasets.gold import Names, functions_changed, names_of
from locant.eval.datasets.public import changed_spans, gold_changes
from locant.eval.scope import is_candidate
from locant.eval.sources import BlobCache, read_bytes, read_text
from locant.eval.types import Instance
from locant.types import Location

__all__ = [
    "Gold",
    "Tree",
    "canonical_answer",
    "file_size",
    "function_size",
    "modules_of",
    "names_gold",
    "settle_gold",
    "tokens_until",
]

CONSTRUCTOR_SUFFIX = ".__init__"
BYTES_PER_TOKEN = 4
"""As everywhere in the evaluation: four characters, which in source code are four bytes."""


NO_NAMES = Names({}, {}, {})


@dataclass(frozen=True, slots=True)
class Tree:
    """A working tree, all its files, those that may be ranked, and what is cached about them."""

    root: Path
    files: Mapping[str, str]
    candidates: Mapping[str, str]
    cache: BlobCache

    def names(self, path: str) -> Names:
        """What functions of a candidate file are compared by; nothing for any other file."""
        blob = self.candidates.get(path)
        if not blob:
            return NO_NAMES
        return self.cache.get("names", f"{blob}{Path(path).suffix}", partial(self._names, path, blob))

    def _names(self, path: str, blob: str) -> Names:
        return names_of(self.cache.parsed(self.root, path, blob))


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold that exists at the base commit; `impossible` says why a row cannot be scored at all."""

    files: tuple[str, ...]
    functions: tuple[str, ...]
    spans: tuple[Location, ...] = ()
    impossible: str = ""
    note: str = ""


def settle_gold(instance: Instance, tree: Tree) -> Gold:
    """Check the gold files against the tree, and derive or check the gold functions and spans."""
    if problem := _problem(instance, tree):
        return Gold(instance.gold_files, (), impossible=problem)
    if instance.patch:
        spans = instance.gold_spans or tuple(changed_spans(gold_changes(instance.patch)))
        return Gold(instance.gold_files, _from_patch(instance.patch, tree), _within(spans, tree))
    found: dict[str, None] = {}
    missing: list[str] = []
    for label in instance.gold_functions:
        path, _, name = label.rpartition(":")
        canonical = tree.names(path).canonical.get(name)
        if canonical is None:
            missing.append(label)
        else:
            found.setdefault(f"{path}:{canonical}")
    note = f"gold functions that are not there at the base commit: {', '.join(missing)}" if missing else ""
    return Gold(instance.gold_files, tuple(found), _within(instance.gold_spans, tree), note=note)


def _within(spans: Iterable[Location], tree: Tree) -> tuple[Location, ...]:
    """Spans of candidates, once each; text put in before the first line counts as the first line."""
    inside = (Location(s.path, max(1, s.start_line), max(1, s.end_line)) for s in spans if s.path in tree.candidates)
    return tuple(dict.fromkeys(inside))


def _problem(instance: Instance, tree: Tree) -> str:
    if not instance.gold_files:
        return "no gold file: the fix only creates files, or changes tests or documents"
    for path in instance.gold_files:
        if path not in tree.files:
            return f"gold file {path} is not there at the base commit"
        if path not in tree.candidates:
            return f"gold file {path} is no candidate: {_why_not(path, instance)}"
    return ""


def _why_not(path: str, instance: Instance) -> str:
    if instance.within and not path.startswith(f"{instance.within.strip('/')}/"):
        return f"not below {instance.within}"
    if instance.task == "search":
        return "no source code of a known language"
    return "a test, a document or no source code" if not is_candidate(path) else f"not {instance.language}"


def _from_patch(patch: str, tree: Tree) -> tuple[str, ...]:
    functions: dict[str, None] = {}
    for file in gold_changes(patch):
        path = file.old_path
        if path is None or path not in tree.candidates:
            continue
        parsed = tree.cache.parsed(tree.root, path, tree.candidates[path])
        for name in functions_changed(parsed, read_text(tree.root, path), file.changes):
            functions.setdefault(f"{path}:{name}")
    return tuple(functions)


def canonical_answer(functions: Iterable[str], tree: Tree) -> tuple[str, ...]:
    """A system's functions under canonical names, candidates only, first mention kept."""
    found: dict[str, None] = {}
    for function in functions:
        path, _, name = function.rpartition(":")
        if path in tree.candidates:
            canonical = tree.names(path).canonical.get(name, name.removesuffix(CONSTRUCTOR_SUFFIX))
            found.setdefault(f"{path}:{canonical}")
    return tuple(found)


def modules_of(functions: Iterable[str], tree: Tree) -> tuple[str, ...]:
    """Modules around functions that are named canonically, in their order; unknown names count by their first part."""
    found: dict[str, None] = {}
    for function in functions:
        path, _, name = function.rpartition(":")
        found.setdefault(f"{path}:{tree.names(path).modules.get(name, name.split('.')[0])}")
    return tuple(found)


def names_gold(text: str, files: Iterable[str]) -> bool:
    """Whether a text names one of the files: its path, its name with suffix, or its dotted module path."""
    for path in files:
        stem = path.rsplit(".", 1)[0].removesuffix("/__init__")
        name = path.rsplit("/", 1)[-1]
        dotted = ".".join(stem.split("/")[-2:])
        if path in text or (name != "__init__.py" and name in text) or ("." in dotted and dotted in text):
            return True
    return False


def tokens_until(
    ranking: Iterable[str], gold: Iterable[str], answer_tokens: int, size: Callable[[str], int]
) -> int | None:
    """Tokens of the answer and of what is opened in rank order until all gold is held; None if never.

    size: bytes of an item of the ranking.
    """
    left = set(gold)
    tokens = answer_tokens
    for item in ranking if left else ():
        tokens += -(-size(item) // BYTES_PER_TOKEN)
        left.discard(item)
        if not left:
            return tokens
    return None


def file_size(path: str, tree: Tree) -> int:
    """Bytes of a file, as an agent reads it."""
    return len(read_bytes(tree.root, path))


def function_size(function: str, tree: Tree) -> int:
    """Bytes of a function that is named canonically; 0 when there is no such function to open."""
    path, _, name = function.rpartition(":")
    return tree.names(path).sizes.get(name, 0)
