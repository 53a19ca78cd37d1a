"""Query text -> weighted terms: repetition counts little, rarity decides, and a long issue is cut to what says most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from locant.indexer.terms import terms_of
from locant.retriever.stopwords import STOPWORDS

__all__ = ["term_weights"]

MAX_CHARACTERS = 200_000
"""A query longer than this is a log; its beginning says what it is about."""

MAX_DISTINCT = 1_500
"""Terms whose rarity is looked up at all, most frequent first: bounds a 1 MB query to milliseconds."""

MAX_TERMS = 80
"""Terms that are scored: the 30-60 rarest carry an issue (cost is linear in postings touched, accuracy is flat)."""


def term_weights(text: str, idf: Callable[[str], float], limit: int = MAX_TERMS) -> dict[str, float]:
    """Weight of each term of a text: 1 + ln(occurrences), for the `limit` terms with the largest weight times idf.

    Stop words are left out, unless there is nothing else.

    Args:
        text: part of a query.
        idf: rarity of a term in the index.
        limit: how many terms to keep.

    """
    counts = Counter(terms_of(text[:MAX_CHARACTERS])).most_common(MAX_DISTINCT)
    weights = {term: 1.0 + math.log(count) for term, count in counts if term not in STOPWORDS}
    weights = weights or {term: 1.0 for term, _ in counts}
    if len(weights) <= limit:
        return weights
    kept = sorted(weights, key=lambda term: (-weights[term] * idf(term), term))[:limit]
    return {term: weights[term] for term in sorted(kept)}
