"""How much of a path or a name the query says: shares weighted by rarity, for candidates only.

BM25 over names rewards any word in common; whether a name is said wholly, and whether it says most of the title,
are two other questions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from locant.indexer.terms import split_identifier, words_of
from locant.numeric import Ints
from locant.retriever.context import Context, Floats
from locant.retriever.learning.properties import symbol_names

__all__ = ["file_coverage", "function_coverage"]


def file_coverage(context: Context, rows: Ints) -> dict[str, Floats]:
    """Of each file's stem and of its last folder: share said by the title, by the text; and the title's share said."""
    parts = [context.snapshot.paths[row].split("/") for row in rows.tolist()]
    stems = _Names(context, [part[-1].partition(".")[0] for part in parts])
    folders = _Names(context, [part[-2] if len(part) > 1 else "" for part in parts])
    whole = _Names(context, [" ".join(part) for part in parts])
    return {
        "stem_title": stems.said_by(context.title_terms),
        "stem_text": stems.said_by(context.text_terms),
        "folder_title": folders.said_by(context.title_terms),
        "folder_text": folders.said_by(context.text_terms),
        "title_in_path": whole.share_of(context.title_terms),
    }


def function_coverage(context: Context, rows: Ints) -> dict[str, Floats]:
    """Of each definition's name: share said by the title, by the text, by code; and the title's share said."""
    names = _Names(context, symbol_names(context.snapshot, rows))
    return {
        "name_title": names.said_by(context.title_terms),
        "name_text": names.said_by(context.text_terms),
        "name_code": names.said_by(context.code_terms),
        "title_in_name": names.share_of(context.title_terms),
    }


def _parts(name: str) -> Iterator[str]:
    """The smallest words of a name: of `parse_header`, not the whole, which no sentence says."""
    for word in words_of(name):
        whole, *parts = split_identifier(word) or ("",)
        yield from parts or [whole]


class _Names:
    """The distinct words of some names as one flat array with their idf: shares are then a matter of counting."""

    def __init__(self, context: Context, names: Sequence[str]) -> None:
        number: dict[str, int] = {}
        words = [{number.setdefault(part, len(number)) for part in _parts(name)} for name in names]
        self._idf = context.lexicon.doc_idf
        self._number = number
        self._size = len(names)
        self._owner = np.repeat(np.arange(len(names)), [len(own) for own in words])
        self._word = np.array([word for own in words for word in own], dtype=np.int64)
        weights = np.array([self._idf(term) for term in number])
        self._weight = weights[self._word] if len(number) else np.zeros(0)

    def said_by(self, terms: Collection[str]) -> Floats:
        """Share of each name's own words that the query says."""
        return self._said(terms) / np.maximum(self._added(self._weight), TINY)

    def share_of(self, terms: Collection[str]) -> Floats:
        """Share of the query's words that each name says."""
        return self._said(terms) / max(sum(self._idf(term) for term in terms), TINY)

    def _said(self, terms: Collection[str]) -> Floats:
        said = np.zeros(len(self._number))
        said[[self._number[term] for term in terms if term in self._number]] = 1.0
        return self._added(self._weight * said[self._word])

    def _added(self, weights: Floats) -> Floats:
        total = np.bincount(self._owner, weights=weights, minlength=self._size)
        return total.astype(np.float64, copy=False)


TINY = 1e-12
