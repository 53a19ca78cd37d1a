"""The seam to language models: what any of them is asked, and what it answers. Nothing here knows a provider.

The records of a request stand in `locant.types`, since a dry run shows them to the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from locant.types import ModelRequest

__all__ = ["DEFAULT_SECONDS", "LanguageModel", "Price", "Reply"]

DEFAULT_SECONDS = 600.0
"""For one answer with all its attempts, where no budget says less: a small machine takes minutes for a long one."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens, of what is sent and of what is answered."""

    per_million_in: float
    per_million_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Dollars for so many tokens."""
        return (tokens_in * self.per_million_in + tokens_out * self.per_million_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    cost: dollars; None where the price is not known. seconds: wall time with all attempts.
    is_cut: it ended since it was too long, not since it was done. is_cached: it was kept from an earlier call.
    """

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    seconds: float = 0.0
    is_cut: bool = False
    is_cached: bool = False


class LanguageModel(Protocol):
    """Anything that answers messages; used from several threads."""

    @property
    def name(self) -> str:
        """What the user calls it."""
        ...

    @property
    def identity(self) -> str:
        """Changes whenever answers may: kept answers are found by it."""
        ...

    @property
    def price(self) -> Price | None:
        """What it costs; None where that is not known."""
        ...

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """One answer, within so many seconds.

        Raises:
            LanguageModelError: there is none; it says why.

        """
        ...
