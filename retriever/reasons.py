"""Which parts of a score are reasons that a reader can use."""

from __future__ import annotations

from collections.abc import Iterable

from locant.types import Evidence

__all__ = ["CONSTANT", "reasons"]

CONSTANT = "base"
"""Part of a score that every candidate starts with."""

SAYS_NOTHING = frozenset({CONSTANT, "other"})
"""Parts of a score that say nothing of the place."""


def reasons(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence that says something of the place, strongest first."""
    return sorted((item for item in evidence if item.signal not in SAYS_NOTHING), key=lambda item: -item.weight)
