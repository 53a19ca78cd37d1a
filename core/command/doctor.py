"""Checks of what locant needs: each says what it found and, when that is wrong, what to do."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from locant.command.wording import count, megabytes
from locant.errors import LocantError, ModelError, StoreCorruptError

if TYPE_CHECKING:
    from locant.indexer.store.folder import TreeStore

__all__ = ["Check", "examine"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `state` is good, warning or bad."""

    name: str
    state: str
    detail: str


def examine(root: Path) -> Iterator[Check]:
    """Look at everything; a check that fails never hides the next one."""
    yield _versions()
    yield _git()
    yield from _grammars()
    yield _rankers()
    yield _encoder()
    yield _cache()
    yield from _index(root)


def _versions() -> Check:
    import numpy
    import tree_sitter

    import locant

    detail = (
        f"locant {locant.__version__}, Python {platform.python_version()} on {sys.platform}, numpy {numpy.__version__}"
    )
    return Check("version", "good", f"{detail}, tree-sitter {getattr(tree_sitter, '__version__', '')}".rstrip(", "))


def _git() -> Check:
    found = shutil.which("git")
    if found is None:
        return Check("git", "warning", "not found: ignore rules are read without it, history is not; install git")
    return Check("git", "good", found)


def _grammars() -> Iterator[Check]:
    from locant.indexer.syntax.engine import load_grammar
    from locant.indexer.syntax.languages import LANGUAGES

    loaded = 0
    for language in LANGUAGES:
        if language.grammar is None:
            continue
        try:
            load_grammar(language.grammar)
            loaded += 1
        except (ImportError, AttributeError, ValueError, OSError) as error:
            yield Check("grammar", "bad", f"{language.name} cannot be loaded ({error}); reinstall locant")
    yield Check("grammars", "good", f"{loaded} loaded")


def _rankers() -> Check:
    from locant.retriever.learning.rankers import shipped_rankers

    try:
        found = shipped_rankers()
    except ModelError as error:
        return Check("ranker", "bad", str(error))
    if found is None:
        return Check("ranker", "warning", "no learned models: localize ranks by the plain fusion; reinstall locant")
    return Check(
        "ranker", "good", f"learned, {found.files.trees} trees for files, {found.functions.trees} for functions"
    )


def _encoder() -> Check:
    from locant.retriever.neural.reranker import encoder_file
    from locant.retriever.neural.weights import read_weights

    path = encoder_file()
    try:
        return Check("encoder", "good", f"{read_weights(path).layers} layers, for localize --rerank neural")
    except ModelError as error:
        return Check("encoder", "warning", f"localize --rerank neural cannot be used: {error}")


def _cache() -> Check:
    from locant.indexer.store.folder import cache_folder, stored_trees

    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            pass
    except OSError as error:
        advice = "set LOCANT_CACHE_DIR to a folder that can be written"
        return Check("cache", "bad", f"{cache} cannot be written ({error.strerror}); {advice}")
    free = shutil.disk_usage(cache).free
    state = "good" if free > LOW_SPACE else "warning"
    return Check(
        "cache", state, f"{cache}: {count(len(stored_trees(cache)), 'index', 'indexes')}, {megabytes(free)} free"
    )


LOW_SPACE = 200_000_000
"""A large repository's index still fits."""


def _index(root: Path) -> Iterator[Check]:
    from locant.indexer.store.folder import TreeStore, cache_folder
    from locant.indexer.walk.layout import resolve_root
    from locant.indexer.walk.repository import repository_identity

    try:
        resolved = resolve_root(root)
        yield Check("repository", "good", str(resolved))
        yield _integrity(TreeStore(resolved, cache_folder(), repository_identity))
    except StoreCorruptError as error:
        yield Check("index", "bad", str(error))
    except LocantError as error:
        yield Check("repository", "bad", str(error))


def _integrity(store: TreeStore) -> Check:
    from locant.indexer.store.arrays import ArrayFile

    manifest = store.manifest()
    if manifest is None:
        return Check("index", "good", "none yet; it is made on first use")
    paths = [store.family / "segments" / record.name for record in manifest.segments]
    paths += [store.folder / record.name for record in manifest.files.values()]
    size = sum(ArrayFile.open(path, verify=True).size for path in paths)
    return Check("index", "good", f"{count(len(paths), 'file')}, {megabytes(size)}, all checksums match")
