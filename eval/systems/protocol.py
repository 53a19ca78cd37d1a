"""The seam at which anything that ranks is plugged in.

A system gets a working tree at the base commit, the instance's text, and the files that may be ranked. It never
sees the gold: `Question` has no field for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from locant.eval.sources import BlobCache
from locant.eval.types import Ranking

__all__ = ["CHARACTERS_PER_TOKEN", "DEFAULT_TIMEOUT", "DEPTH", "Question", "System", "count_tokens"]

DEPTH = 100
"""Files and functions that are kept of an answer: no measure looks deeper."""

DEFAULT_TIMEOUT = 600.0
"""Seconds for an answer: enough to index a large repository, short enough that one hang does not eat a night."""

CHARACTERS_PER_TOKEN = 4
"""Usual for code and English; the same for every system, so that ratios do not hang on a tokenizer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a system is asked.

    files: candidate path -> blob id, the same for every system.
    language: of the files that may be ranked; empty for any. A system that cannot filter needs not look at it.
    task, within: as in `Instance`.
    cache: derived values by blob, kept from instance to instance of one repository.
    """

    tree: Path
    text: str
    files: Mapping[str, str]
    cache: BlobCache
    language: str = ""
    task: str = "issue"
    within: str = ""


class System(Protocol):
    """Anything that ranks files, and functions if it can."""

    @property
    def name(self) -> str:
        """Name under which its outcomes are recorded; says which variant it is."""
        ...

    def rank(self, question: Question) -> Ranking:
        """Answer one question; raises `SystemFailedError` when there is no answer."""
        ...


def count_tokens(text: str) -> int:
    """Tokens of a text, by the rule above."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
