"""Settles an instance's gold at its base commit, and brings answers into the same names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from locant.eval.datasets.gold import canonical_names, functions_changed
from locant.eval.datasets.public import gold_changes
from locant.eval.scope import is_candidate
from locant.eval.sources import BlobCache, read_bytes, read_text
from locant.eval.types import Instance

__all__ = ["Gold", "Tree", "canonical_answer", "names_gold", "settle_gold", "tokens_until"]

CONSTRUCTOR_SUFFIX = ".__init__"
BYTES_PER_TOKEN = 4
"""As everywhere in the evaluation: four characters, which in source code are four bytes."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A working tree, all its files, those that may be ranked, and what is cached about them."""

    root: Path
    files: Mapping[str, str]
    candidates: Mapping[str, str]
    cache: BlobCache

    def canonical(self, path: str) -> Mapping[str, str]:
        """Qualified -> canonical names of a candidate file; empty for any other."""
        blob = self.candidates.get(path)
        return canonical_names(self.cache.parsed(self.root, path, blob)) if blob else {}


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold that exists at the base commit; `impossible` says why a row cannot be scored at all."""

    files: tuple[str, ...]
    functions: tuple[str, ...]
    impossible: str = ""
    note: str = ""


def settle_gold(instance: Instance, tree: Tree) -> Gold:
    """Check the gold files against the tree, and derive or check the gold functions."""
    if problem := _problem(instance, tree):
        return Gold(instance.gold_files, (), impossible=problem)
    if instance.patch:
        return Gold(instance.gold_files, _from_patch(instance.patch, tree))
    found: dict[str, None] = {}
    missing: list[str] = []
    for label in instance.gold_functions:
        path, _, name = label.rpartition(":")
        canonical = tree.canonical(path).get(name)
        if canonical is None:
            missing.append(label)
        else:
            found.setdefault(f"{path}:{canonical}")
    note = f"gold functions that are not there at the base commit: {', '.join(missing)}" if missing else ""
    return Gold(instance.gold_files, tuple(found), note=note)


def _problem(instance: Instance, tree: Tree) -> str:
    if not instance.gold_files:
        return "no gold file: the fix only creates files, or changes tests or documents"
    for path in instance.gold_files:
        if path not in tree.files:
            return f"gold file {path} is not there at the base commit"
        if path not in tree.candidates:
            why = "a test, a document or no source code" if not is_candidate(path) else f"not {instance.language}"
            return f"gold file {path} is no candidate: {why}"
    return ""


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
            canonical = tree.canonical(path).get(name, name.removesuffix(CONSTRUCTOR_SUFFIX))
            found.setdefault(f"{path}:{canonical}")
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


def tokens_until(ranking: Iterable[str], gold: Iterable[str], answer_tokens: int, tree: Tree) -> int | None:
    """Tokens of the answer and of the files opened in rank order until all gold is held; None if never."""
    left = set(gold)
    tokens = answer_tokens
    for path in ranking:
        tokens += -(-len(read_bytes(tree.root, path)) // BYTES_PER_TOKEN)
        left.discard(path)
        if not left:
            return tokens
    return None
