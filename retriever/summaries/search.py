"""Summaries as further documents: RAPTOR's collapsed tree, in which files and folders of all levels are ranked at once.

A question's words are looked up in their forms, by BM25 over the sentences; what a folder has lifts the files below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.terms import terms_of
from locant.numeric import Floats, Ints
from locant.retriever.bm25 import Bm25Parameters, FieldIndex
from locant.retriever.query.forms import word_forms
from locant.retriever.summaries.extract import Said
from locant.retriever.summaries.tree import Summaries

__all__ = ["SummaryIndex", "index_summaries"]

FOLDER_SHARE = 0.25
"""Of what a file's own summary counts: a folder says what its files have in common, not which of them is meant."""


@dataclass(frozen=True, slots=True)
class SummaryIndex:
    """Postings of summaries. below: for each summary, the files that it is about; of a folder when `is_folder`."""

    index: FieldIndex
    postings: Mapping[str, tuple[Ints, Floats]]
    below: Sequence[Ints]
    is_folder: Sequence[bool]
    files: int

    def scores(self, terms: Mapping[str, float]) -> Floats:
        """How much of a question the summaries of each file and of its folders have, from 0 to 1 (files,).

        Args:
            terms: words of the question with how often they are said, as a weight.

        """
        of_texts = self._of_texts(terms)
        own, folder = np.zeros(self.files), np.zeros(self.files)
        for text in np.flatnonzero(of_texts).tolist():
            level = folder if self.is_folder[text] else own
            files = self.below[text]
            level[files] = np.maximum(level[files], of_texts[text])
        return (own + FOLDER_SHARE * folder) / (1 + FOLDER_SHARE)

    def _of_texts(self, terms: Mapping[str, float]) -> Floats:
        """BM25 of every summary, as a share of what one would have that has every word very often."""
        scores, total = np.zeros(self.index.size), 0.0
        for term, said in terms.items():
            times = np.zeros(self.index.size)
            for form, weight in word_forms(term).items():
                texts, often = self.postings.get(form, _NOWHERE)
                times[texts] += weight * often
            held = np.flatnonzero(times)
            rarity = said * self.index.idf(len(held))
            total += rarity
            scores[held] += rarity * self.index.impact(held, times[held])
        return scores / (total * self.index.ceiling) if total else scores


_NOWHERE = (np.zeros(0, dtype=np.int64), np.zeros(0))


def _whole(said: Said) -> str:
    return " ".join(sentence for sentence in (said.file, *said.definitions.values()) if sentence)


def index_summaries(summaries: Summaries, files: int) -> SummaryIndex:
    """The summaries of files and folders, to be searched; what a file says of its definitions belongs to it."""
    said_of_files = {file: _whole(said) for file, said in summaries.known().items()}
    own = [(text, (file,), False) for file, text in said_of_files.items() if text]
    folders = [(sentence, below, True) for sentence, below in summaries.known_of_folders().values()]
    rows = [*own, *folders]
    lengths = np.zeros(len(rows), dtype=np.int64)
    places: dict[str, tuple[list[int], list[int]]] = {}
    for number, (sentence, _, _) in enumerate(rows):
        counts = Counter(terms_of(sentence))
        lengths[number] = counts.total()
        for term, often in counts.items():
            holders, times = places.setdefault(term, ([], []))
            holders.append(number)
            times.append(often)
    postings = {
        term: (np.array(holders, dtype=np.int64), np.array(times, dtype=np.float64))
        for term, (holders, times) in places.items()
    }
    below = [np.array(numbers, dtype=np.int64) for _, numbers, _ in rows]
    return SummaryIndex(
        FieldIndex(lengths, None, Bm25Parameters()), postings, below, [is_folder for _, _, is_folder in rows], files
    )
