"""Examples and batches for contrastive training.

A batch is made of a few groups, each of one repository: then the functions of the other examples are what a search in
that repository has to be told apart from, for free. Half the examples bring an unchanged function of a file that their
text is about, which is harder still.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from locant.eval.training.pairs import Pair, parse_pair
from locant.retriever.neural.records import FunctionText
from locant.retriever.neural.texts import function_words, query_words
from locant.retriever.neural.wordpiece import WordPiece
from locant.retriever.query.analyse import analyse

__all__ = ["FUNCTION_PIECES", "QUERY_PIECES", "Batch", "Example", "batch_of", "draw", "grouped"]

QUERY_PIECES = 64
FUNCTION_PIECES = 80
"""Longest texts in training: cost grows with them, and few messages and functions say more in distinct words."""

GROUP = 16
"""Examples of one repository in a batch."""

NEGATIVE_SHARE = 0.5
"""Of the examples that bring a function of the same file."""


@dataclass(frozen=True, slots=True)
class Example:
    """A pair in numbers of the vocabulary: one of the right functions, and one or no wrong one of its files.

    names: of all right functions; what others of a batch may not be counted wrong by.
    """

    text: tuple[int, ...]
    positive: tuple[int, ...]
    positive_name: str
    names: frozenset[str]
    negative: tuple[int, ...] = ()
    negative_name: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts; functions, of which the first ones answer the texts in order; and which columns a row may not count."""

    texts: list[tuple[int, ...]]
    functions: list[tuple[int, ...]]
    masked: list[tuple[int, int]]


def draw(line: str, pieces: WordPiece, chance: random.Random, negative_share: float = NEGATIVE_SHARE) -> Example:
    """Take a stored pair apart, with functions drawn at random from those that it has."""
    pair = parse_pair(line)
    positive = chance.choice(pair.positives)
    negative = chance.choice(pair.negatives) if pair.negatives and chance.random() < negative_share else None
    return Example(
        text=tuple(pieces.numbers(query_words(analyse(pair.text)), QUERY_PIECES)),
        positive=_numbers(positive, pieces),
        positive_name=_name(pair, positive),
        names=frozenset(_name(pair, item) for item in pair.positives),
        negative=_numbers(negative, pieces) if negative else (),
        negative_name=_name(pair, negative) if negative else "",
    )


def _numbers(function: FunctionText, pieces: WordPiece) -> tuple[int, ...]:
    return tuple(pieces.numbers(function_words(function), FUNCTION_PIECES))


def _name(pair: Pair, function: FunctionText) -> str:
    return f"{pair.repository}:{function.path}:{function.name}"


def grouped(repositories: Sequence[Sequence[str]], seed: int, epoch: int) -> list[Sequence[str]]:
    """All stored pairs in groups of one repository, in a random order that depends on seed and epoch alone."""
    chance = random.Random(f"{seed}:{epoch}")  # noqa: S311 - a shuffle, not a secret
    parts: list[Sequence[str]] = []
    for lines in repositories:
        shuffled = chance.sample(lines, len(lines))
        parts += [shuffled[start : start + GROUP] for start in range(0, len(shuffled) - GROUP // 2, GROUP)]
    chance.shuffle(parts)
    return parts


def batch_of(lines: Sequence[str], pieces: WordPiece, chance: random.Random) -> Batch:
    """Stored pairs as one batch."""
    examples = [draw(line, pieces, chance) for line in lines]
    wrong = [example for example in examples if example.negative]
    names = [*(example.positive_name for example in examples), *(example.negative_name for example in wrong)]
    masked = [
        (row, column)
        for row, example in enumerate(examples)
        for column, name in enumerate(names)
        if column != row and name in example.names
    ]
    functions = [*(example.positive for example in examples), *(example.negative for example in wrong)]
    return Batch([example.text for example in examples], functions, masked)
