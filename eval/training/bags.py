"""Training pairs as numbers: the words of each question, and of the code that answers it.

What is read are the files of `locant eval train pairs`. Words are the index's own terms; those of the vocabulary occur
in several repositories, since a word of one project teaches nothing about any other. Every function, also the ones
that stand beside an answer, gives a question for free: its name asks for its body.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from locant.eval.errors import DatasetError
from locant.indexer.terms import terms_of
from locant.numeric import Ints, Singles

__all__ = ["Bags", "Ragged", "read_bags"]

WORDS = 30_000
"""Of the vocabulary: rarer ones are seen too seldom to learn a direction."""

MIN_REPOSITORIES = 3
"""In which a word of the vocabulary occurs."""

MIN_TIMES = 7
"""In how many texts and functions it occurs."""

TEXT_CHARACTERS = 1_500
"""Of a question: what a report says first is what it is about, and logs follow."""

BODY_CHARACTERS = 3_000

ANSWERS = 2
"""Of the functions that one text is about, at random: of a wide change, most are only touched."""

BESIDE = 2
"""Of the functions that stand beside the answers, for their names."""


class Ragged(NamedTuple):
    """Bags of words of many texts: those of text i are at[i]:at[i + 1] of word and weight, 1 + ln(occurrences)."""

    at: Ints
    word: Ints
    weight: Singles


@dataclass(frozen=True, slots=True, eq=False)
class Bags:
    """Functions and what asks for them, one row each (n).

    words, times: the vocabulary, and in how many texts each occurs. question, body, name: their words that are in it;
    question is empty for a function that only its name asks for. all_question, all_body: every word, for BM25; those
    that are not in the vocabulary have numbers after it, by hash. repository, source: of each row. text: number of
    the question, 0 without one: rows may share one.
    """

    words: tuple[str, ...]
    times: Ints
    question: Ragged
    body: Ragged
    name: Ragged
    all_question: Ragged
    all_body: Ragged
    repository: Ints
    source: Ints
    text: Ints


class _Row(NamedTuple):
    repository: str
    source: str
    text: int
    question: Counter[str]
    body: Counter[str]
    name: Counter[str]


def read_bags(paths: Sequence[Path], seed: int) -> Bags:
    """Rows of pair files; the same files and seed give the same.

    Raises:
        DatasetError: a line is no pair, or there is none.

    """
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    numbers = count(1)
    rows = [row for path in sorted(paths) for row in _rows(path, numbers, chance)]
    if not rows:
        raise DatasetError("no pairs to train on: `locant eval train pairs CLONES --out FOLDER` makes them")
    words, times = _vocabulary(rows)
    number = {word: i for i, word in enumerate(words)}
    return Bags(
        words,
        times,
        _ragged((row.question for row in rows), number),
        _ragged((row.body for row in rows), number),
        _ragged((row.name for row in rows), number),
        _ragged((row.question for row in rows), number, RARE),
        _ragged((row.body for row in rows), number, RARE),
        np.array([row.repository for row in rows]),
        np.array([row.source for row in rows]),
        np.array([row.text for row in rows]),
    )


def _rows(path: Path, numbers: Iterator[int], chance: random.Random) -> Iterator[_Row]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield from _rows_of(json.loads(line), next(numbers), chance)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path} holds no pairs ({error}): mine the repository again") from error


def _rows_of(pair: dict[str, Any], number: int, chance: random.Random) -> Iterator[_Row]:
    question = Counter(terms_of(pair["text"][:TEXT_CHARACTERS]))
    for role, many in (("positives", ANSWERS), ("negatives", BESIDE)):
        is_answer = role == "positives"
        for _, name, _, _, body in chance.sample(pair[role], min(many, len(pair[role]))):
            yield _Row(
                pair["repository"],
                pair["source"],
                number if is_answer else 0,
                question if is_answer else Counter(),
                Counter(terms_of(body[:BODY_CHARACTERS])),
                Counter(terms_of(name)),
            )


def _vocabulary(rows: Iterable[_Row]) -> tuple[tuple[str, ...], Ints]:
    times: Counter[str] = Counter()
    repositories: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for row in rows:
        for word in row.question.keys() | row.body.keys():
            times[word] += 1
            if (word, row.repository) not in seen:
                seen.add((word, row.repository))
                repositories[word] += 1
    enough = [
        word
        for word, many in sorted(times.items(), key=lambda item: (-item[1], item[0]))  # the same in every process
        if many >= MIN_TIMES and repositories[word] >= MIN_REPOSITORIES and not word.isdigit()
    ][:WORDS]
    return tuple(enough), np.array([times[word] for word in enough])


def _ragged(bags: Iterable[Counter[str]], number: dict[str, int], rare: int = 0) -> Ragged:
    """Words by number; others are left out, or get one of `rare` numbers after the vocabulary."""
    at, words, times = [0], [], []
    for bag in bags:
        for word, tf in bag.items():
            if word in number or rare:
                words.append(number[word] if word in number else len(number) + zlib.crc32(word.encode()) % rare)
                times.append(tf)
        at.append(len(words))
    weight = 1 + np.log(np.array(times, dtype=np.float32))
    return Ragged(np.array(at), np.array(words, dtype=np.int64), weight.astype(np.float32))


RARE = 1 << 22
"""Numbers for words outside the vocabulary: two of a repository's hardly ever share one."""
