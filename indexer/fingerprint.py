"""What parsed contents depend on besides themselves. An index made by other versions is parsed anew."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata

__all__ = ["PARSER_VERSION", "fingerprint"]

PARSER_VERSION = 1
"""Bump when queries, chunking or terms change what is stored: contents are then parsed again."""


@functools.lru_cache(maxsize=1)
def fingerprint() -> str:
    """Digest of our parser's version and those of the grammars."""
    names = sorted(
        f"{dist.metadata['Name']}={dist.version}"
        for dist in importlib.metadata.distributions()
        if (dist.metadata["Name"] or "").startswith("tree-sitter")
    )
    return hashlib.blake2b("\n".join((str(PARSER_VERSION), *names)).encode(), digest_size=8).hexdigest()
