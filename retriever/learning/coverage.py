"""How much of a path or a name the query says: shares weighted by rarity, for candidates only.

BM25 over names rewards any word in common; whether a name is said wholly, and whether it says most of the title,
are two other questions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from locant.indexer.terms import terms_of
from locant.numeric import Ints
from locant.retriever.context import Context, Floats

__all__ = ["file_coverage", "function_coverage"]


def file_coverage(context: Context, rows: Ints) -> dict[str, Floats]:
    """Of each file's stem and of its last folder: share said by the title, by the text; and the title's share said."""
    paths = [context.snapshot.paths[row] for row in rows.tolist()]
    parts = [path.split("/") for path in paths]
    stems = [terms_of(part[-1].partition(".")[0]) for part in parts]
    folders = [terms_of(part[-2]) if len(part) > 1 else [] for part in parts]
    whole = [terms_of(" ".join(part)) for part in parts]
    share = _Shares(context)
    return {
        "stem_title": share.of(stems, context.title_terms),
        "stem_text": share.of(stems, context.text_terms),
        "folder_title": share.of(folders, context.title_terms),
        "folder_text": share.of(folders, context.text_terms),
        "title_in_path": share.said(whole, context.title_terms),
    }


def function_coverage(context: Context, rows: Ints) -> dict[str, Floats]:
    """Of each definition's name: share said by the title, by the text, by code; and the title's share said."""
    names = [terms_of(context.snapshot.symbol_name(row)) for row in rows.tolist()]
    share = _Shares(context)
    return {
        "name_title": share.of(names, context.title_terms),
        "name_text": share.of(names, context.text_terms),
        "name_code": share.of(names, context.code_terms),
        "title_in_name": share.said(names, context.title_terms),
    }


class _Shares:
    """Shares of idf; a term's idf is looked up once."""

    def __init__(self, context: Context) -> None:
        self._lexicon = context.lexicon
        self._idf: dict[str, float] = {}

    def _weight(self, term: str) -> float:
        found = self._idf.get(term)
        if found is None:
            found = self._idf[term] = self._lexicon.doc_idf(term)
        return found

    def of(self, candidates: Sequence[Sequence[str]], terms: Collection[str]) -> Floats:
        """Share of each candidate's own words that the query says."""
        return np.array([self._share(words, terms) for words in candidates])

    def said(self, candidates: Sequence[Sequence[str]], terms: Collection[str]) -> Floats:
        """Share of the query's words that each candidate says."""
        total = sum(self._weight(term) for term in terms) or 1.0
        return np.array(
            [sum(self._weight(word) for word in set(words) if word in terms) / total for words in candidates]
        )

    def _share(self, words: Sequence[str], terms: Collection[str]) -> float:
        distinct = set(words)
        total = sum(self._weight(word) for word in distinct)
        return sum(self._weight(word) for word in distinct if word in terms) / total if total else 0.0
