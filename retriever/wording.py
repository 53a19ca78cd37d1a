"""The words of a short query against an index: in the forms that occur there, with words that stand for them in code.

All values are shares of the query, from 0 to 1, and mean the same for every query and in every field: 1 would be a
place that has every word of the query more often than any place has. A word that stands in names alone does not
become the whole of what `name` can say, as it would if values were divided by their maximum. All forms of a word count
as one word: their occurrences are added, and its rarity is that of all of them together. Where a word is missing,
words of like meaning (`query.related`) count for a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Ints, Mask
from locant.retriever.bm25 import Lexicon
from locant.retriever.query.forms import INFLECTED_WEIGHT, inflections, word_forms
from locant.retriever.query.related import related_words

__all__ = ["Word", "Wording"]


RELATED_SHARE = 0.3
"""Of what the word itself would count: 0.15 to 0.7 all help, this most, on development and test questions alike."""

MAX_KNOWN = 4_096
"""Words of queries whose forms are remembered; a server is asked the same ones again and again."""

Forms = Mapping[str, float]
"""Terms of the index, each with what one occurrence of it counts."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query: its forms in the index, those of related words, and what each kind counts for."""

    forms: Forms
    weight: float
    related: Forms
    related_weight: float


@dataclass(frozen=True, slots=True)
class _Known:
    """What an index has of a word, whatever is asked: forms and related forms in it, and the rarity of each kind."""

    forms: Forms
    rarity: float
    related: Forms
    related_rarity: float


_known: WeakKeyDictionary[Lexicon, dict[str, _Known]] = WeakKeyDictionary()
"""Kept as long as the index stays as it is."""


class Wording:
    """Matches of a query's words in fields, files and paths.

    Args:
        snapshot: the index.
        lexicon: its statistics.
        terms: words of the query with how often they are said, as a weight.

    """

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon, terms: Mapping[str, float]) -> None:
        self._snapshot = snapshot
        self._lexicon = lexicon
        self._terms = terms
        self._found: dict[tuple[str, ...], tuple[Ints, Floats]] = {}

    @cached_property
    def words(self) -> dict[str, Word]:
        """The words that the index has in any form or under another name, in a text or a path."""
        found: dict[str, Word] = {}
        for term, said in self._terms.items():
            word = self._word(term)
            other = min(word.rarity, word.related_rarity) if word.forms else word.related_rarity
            if word.forms or word.related:
                found[term] = Word(word.forms, said * word.rarity, word.related, said * other)
        return found

    def _word(self, term: str) -> _Known:
        kept = _known.setdefault(self._lexicon, {})
        found = kept.get(term)
        if found is None:
            forms = {form: weight for form, weight in word_forms(term).items() if self._is_known(form)}
            related = {form: weight for form, weight in _related_forms(term).items() if self._is_known(form)}
            rarity, other = (self._rarity(each) if each else 0.0 for each in (forms, related))
            if len(kept) >= MAX_KNOWN:
                kept.clear()
            found = kept[term] = _Known(forms, rarity, related, other)
        else:  # words may share forms, and what was looked up first stands: it must not depend on what is remembered
            for each in filter(None, (found.forms, found.related)):
                self._occurrences("body", each)
        return found

    @cached_property
    def total(self) -> float:
        """Weight of all words that the index has."""
        return sum(word.weight or word.related_weight for word in self.words.values())

    def chunks(self, field: str) -> Floats:
        """BM25 of every chunk in one field, as a share."""
        index = self._lexicon.field(field)
        scores = np.zeros(self._snapshot.chunk_count)
        for word in self.words.values():
            own, times = self._occurrences(field, word.forms)
            scores[own] += word.weight * index.impact(own, times)
            other, times = self._occurrences(field, word.related)
            lacking = ~_mask(own, len(scores))[other]
            impact = index.impact(other[lacking], times[lacking])
            scores[other[lacking]] += RELATED_SHARE * word.related_weight * impact
        return self._share(scores, index.ceiling)

    def documents(self) -> Floats:
        """BM25 of every document over its whole text, as a share."""
        index = self._lexicon.documents
        scores = np.zeros(index.size)
        for word in self.words.values():
            own, other = self._times_in_documents(word.forms), self._times_in_documents(word.related)
            for times, weight in (
                (own, word.weight),
                (np.where(own > 0, 0.0, other), RELATED_SHARE * word.related_weight),
            ):
                docs = np.flatnonzero(times)
                scores[docs] += weight * index.impact(docs, times[docs])
        return self._share(scores, index.ceiling)

    def covered(self, fields: Iterable[str]) -> Floats:
        """Share of the query's words that every chunk has in any of the fields, however often."""
        listed = list(fields)
        scores = np.zeros(self._snapshot.chunk_count)
        for word in self.words.values():
            held = [self._occurrences(field, word.forms)[0] for field in listed]
            scores[_mask(np.concatenate(held), len(scores))] += word.weight
        return self._share(scores)

    def paths(self) -> Floats:
        """Share of the query's words that every file's path has (files,)."""
        scores = np.zeros(len(self._snapshot.paths))
        for word in self.words.values():
            own, other = self._sure_in_paths(word.forms), self._sure_in_paths(word.related)
            scores += word.weight * own + RELATED_SHARE * word.related_weight * np.where(own > 0, 0.0, other)
        return self._share(scores)

    def _times_in_documents(self, forms: Forms) -> Floats:
        chunks, times = self._occurrences("body", forms)
        docs = self._snapshot.chunk_doc[chunks]
        return np.asarray(np.bincount(docs, weights=times, minlength=self._lexicon.documents.size), dtype=np.float64)

    def _sure_in_paths(self, forms: Forms) -> Floats:
        sure = np.zeros(len(self._snapshot.paths))
        for form, weight in forms.items():
            files = self._snapshot.path_postings(form)
            sure[files] = np.maximum(sure[files], weight)
        return sure

    def holders(self) -> dict[str, int]:
        """For each word of the query, in how many files it stands in any form; 0 for those that the index lacks."""
        return {term: self._holding(self.words[term].forms) if term in self.words else 0 for term in self._terms}

    def _holding(self, forms: Forms) -> int:
        """Files that have any of the forms in their text, or in their path if that are more (`py`, `src`)."""
        chunks, _ = self._occurrences("body", forms)
        in_texts = int(np.count_nonzero(_mask(self._snapshot.chunk_doc[chunks], self._lexicon.documents.size)))
        in_paths = int(np.count_nonzero(self._sure_in_paths(forms)))
        return min(max(in_texts, in_paths), self._lexicon.documents.documents)

    def _rarity(self, forms: Forms) -> float:
        return self._lexicon.documents.idf(self._holding(forms))

    def _share(self, scores: Floats, ceiling: float = 1.0) -> Floats:
        return scores / (self.total * ceiling) if self.total else scores

    def _is_known(self, form: str) -> bool:
        return self._snapshot.occurs("body", form) or self._snapshot.path_terms.find(form) >= 0

    def _occurrences(self, field: str, forms: Forms) -> tuple[Ints, Floats]:
        """Chunks that have any of the forms, in order, and how often, each form by its weight."""
        key = (field, *forms)
        if key not in self._found:
            pieces = [(*self._snapshot.postings(field, form), weight) for form, weight in forms.items()]
            held = [(chunks, times * weight) for chunks, times, weight in pieces if len(chunks)]
            nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
            self._found[key] = _added(held, self._snapshot.chunk_count) if held else nothing
        return self._found[key]


def _related_forms(term: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for word, sure in related_words(term).items():
        for form in inflections(word):
            found[form] = max(found.get(form, 0.0), sure if form == word else sure * INFLECTED_WEIGHT)
    return found


def _added(pieces: list[tuple[Ints, Floats]], count: int) -> tuple[Ints, Floats]:
    """All of `count` chunks that any piece has, in order, with the sum of what the pieces say of each."""
    if len(pieces) == 1:
        return pieces[0]
    every = np.concatenate([chunks for chunks, _ in pieces])
    values = np.concatenate([times for _, times in pieces])
    sums = np.asarray(np.bincount(every, weights=values, minlength=count), dtype=np.float64)
    chunks: Ints = np.flatnonzero(_mask(every, count))
    return chunks, sums[chunks]


def _mask(numbers: Ints, count: int) -> Mask:
    """Which of `count` are among the numbers: scores are as long as this in any case, and nothing is sorted."""
    mask = np.zeros(count, dtype=np.bool_)
    mask[numbers] = True
    return mask
