"""What parsed contents depend on besides themselves. An index that was made by anything else is parsed anew.

Our own part is the code itself, not a number that somebody has to remember to raise: a changed query file, chunk border
or secret pattern must never be mixed with what older ones made.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from locant.indexer.syntax.languages import LANGUAGES

__all__ = ["fingerprint"]

SOURCES = ("syntax", "walk", "terms.py", "worker.py", "store/builder.py")
"""Files and folders below `indexer` that decide what a content becomes."""

SUFFIXES = frozenset({".py", ".scm"})

RUNTIMES = ("tree-sitter", "tree-sitter-language-pack")


@functools.lru_cache(maxsize=1)
def fingerprint() -> str:
    """Digest of our code from content to document, and of the versions of the grammars."""
    digest = hashlib.blake2b(digest_size=8)
    for path in _sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    modules = {row.grammar.module.partition(".")[0] for row in LANGUAGES if row.grammar is not None}
    for name in (*RUNTIMES, *sorted(module.replace("_", "-") for module in modules)):
        digest.update(f"{name}={_version(name)}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    base = Path(__file__).parent
    for source in SOURCES:
        path = base / source
        yield from sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES) if path.is_dir() else [path]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
