"""Is the static embedding worth anything? Questions of repositories that it was not trained on, beside BM25.

Every question of a repository has all of its functions to choose from. MRR@10 by repository, then the mean: a large
repository counts no more than a small one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from locant.eval.training.bags import Bags, Ragged
from locant.numeric import Floats, Ints, Mask, Singles
from locant.retriever.bm25 import Bm25Parameters, lucene_idf
from locant.retriever.dense.encoder import unit_rows
from locant.retriever.dense.static import StaticTable

__all__ = ["MIXES", "Score", "held_out_scores"]

QUESTIONS = 150
"""Of one repository, at random."""

FEWEST = 20
"""Questions of a repository that say something about it."""

MIXES = (0.5, 1.0, 1.5, 2.5, 4.0)
"""Weights of the cosine beside BM25, which is divided by its best; a seldom good mix would be chance."""

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Score:
    """MRR@10 of one repository and kind of question: BM25, the embedding, and both for each of `MIXES`."""

    repository: str
    source: str
    questions: int
    functions: int
    bm25: float
    dense: float
    mixed: tuple[float, ...]


def held_out_scores(bags: Bags, table: StaticTable, rows: Mask, seed: int) -> list[Score]:
    """Scores of the repositories of these rows."""
    found = []
    for repository in np.unique(bags.repository[rows]):
        own = np.flatnonzero(bags.repository == repository)
        vectors = _vectors(table, bags, own)
        for source in np.unique(bags.source[own]):
            asks = own[(bags.source[own] == source) & (np.diff(bags.question.at)[own] > 0)]
            if len(asks) >= FEWEST:
                chosen = np.sort(np.random.default_rng(seed).permutation(asks)[:QUESTIONS])
                found.append(_score(bags, table, own, chosen, vectors))
    return found


def _score(bags: Bags, table: StaticTable, own: Ints, asked: Ints, vectors: Singles) -> Score:
    cosines = unit_rows(_sums(table.vectors, table.query, bags.question, asked)) @ vectors.T
    words = _bm25(bags.all_body, own, bags.all_question, asked)
    words /= np.maximum(words.max(axis=1, keepdims=True), 1e-9)
    place = np.searchsorted(own, asked)
    # other functions that the same text is about are no wrong answers
    shared = (bags.text[asked][:, None] == bags.text[own][None, :]) & (own[None, :] != asked[:, None])
    mixed = tuple(_mrr(words + weight * cosines, place, shared) for weight in MIXES)
    first = asked[0]
    return Score(
        str(bags.repository[first]),
        str(bags.source[first]),
        len(asked),
        len(own),
        _mrr(words, place, shared),
        _mrr(cosines, place, shared),
        mixed,
    )


def _vectors(table: StaticTable, bags: Bags, rows: Ints) -> Singles:
    body = _sums(table.vectors, table.passage, bags.body, rows)
    name = np.float32(table.name_share) * _sums(table.vectors, table.passage, bags.name, rows)
    return unit_rows((body + name).astype(np.float32, copy=False))


def _sums(vectors: Singles, weights: Singles, ragged: Ragged, rows: Ints) -> Singles:
    sums = np.zeros((len(rows), vectors.shape[1]), dtype=np.float32)
    for place, row in enumerate(rows.tolist()):
        some = slice(int(ragged.at[row]), int(ragged.at[row + 1]))
        words = ragged.word[some]
        sums[place] = (ragged.weight[some] * weights[words]) @ vectors[words]
    return sums


def _bm25(bodies: Ragged, rows: Ints, questions: Ragged, asked: Ints) -> Floats:
    """(asked, rows) scores, as the index computes them."""
    parameters = Bm25Parameters()
    lengths = bodies.at[rows + 1] - bodies.at[rows]
    at = np.concatenate([np.arange(int(bodies.at[row]), int(bodies.at[row + 1])) for row in rows.tolist()])
    owner, word, tf = np.repeat(np.arange(len(rows)), lengths), bodies.word[at], np.exp(bodies.weight[at] - 1)
    order = np.argsort(word, kind="stable")
    owner, word, tf = owner[order], word[order], tf[order]
    total = np.bincount(owner, weights=tf, minlength=len(rows))
    norm = parameters.k1 * (1 - parameters.b + parameters.b * total / max(total.mean(), 1e-9))
    scores = np.zeros((len(asked), len(rows)))
    for place, row in enumerate(asked.tolist()):
        for i in range(int(questions.at[row]), int(questions.at[row + 1])):
            first, last = np.searchsorted(word, [questions.word[i], questions.word[i] + 1])
            holders, counts = owner[first:last], tf[first:last]
            impact = counts * (parameters.k1 + 1) / (counts + norm[holders])
            scores[place, holders] += questions.weight[i] * lucene_idf(len(holders), len(rows)) * impact
    return scores


def _mrr(scores: Floats | Singles, right: Ints, without: Mask) -> float:
    """Mean reciprocal rank of the right columns, 0 beyond the tenth; ties count half."""
    own = scores[np.arange(len(right)), right][:, None]
    others = ~without
    ranks = 1 + ((scores > own) & others).sum(axis=1) + (((scores == own) & others).sum(axis=1) - 1) / 2
    return float(np.where(ranks <= DEPTH, 1 / ranks, 0.0).mean())
