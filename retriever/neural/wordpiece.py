"""Words to numbers of a vocabulary of word pieces, longest piece first, as the models of the BERT family read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["CLS", "SEP", "UNKNOWN", "WordPiece"]

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
CONTINUED = "##"


class WordPiece:
    """A vocabulary; the place of a piece is its number. Words are cached, since code repeats them."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._start, self._end, self._unknown = (self._numbers[mark] for mark in (CLS, SEP, UNKNOWN))
        self._cache: dict[str, tuple[int, ...]] = {}

    def numbers(self, words: Iterable[str], limit: int) -> list[int]:
        """At most `limit` numbers, with the marks of start and end."""
        found = [self._start]
        for word in words:
            found.extend(self._cache.get(word) or self._remember(word))
            if len(found) >= limit - 1:
                break
        return [*found[: limit - 1], self._end]

    def _remember(self, word: str) -> tuple[int, ...]:
        pieces = self._split(word)
        if len(self._cache) < MAX_CACHED:
            self._cache[word] = pieces
        return pieces

    def _split(self, word: str) -> tuple[int, ...]:
        """Pieces of a word; one unknown for a word that cannot be put together."""
        found = []
        start = 0
        while start < len(word):
            mark = CONTINUED if start else ""
            for end in range(len(word), start, -1):
                number = self._numbers.get(mark + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(found)


MAX_CACHED = 1 << 17
"""Words kept: some 20 MB when full."""
