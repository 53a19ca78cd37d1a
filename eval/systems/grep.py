"""An honest agent-like baseline: what one finds with grep and find alone, without an index or a model.

It greps for the whole words of the issue that look like code, trusts rare words more than common ones, looks
at definitions first, and opens files that the issue names. When little looks like code it greps for the plain
words, and when that prints nothing for parts of names. Constants were tuned on development rows to make it strong: a
weak baseline proves nothing.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from locant.eval.sources import read_text
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.systems.query_tokens import IssueTokens, issue_tokens, name_parts
from locant.eval.systems.regions import Region, names_and_spans, rank_functions
from locant.eval.systems.words import word_counts
from locant.eval.types import Ranking

__all__ = ["Grep", "Looked", "look", "printed"]

WORD_WEIGHT = 0.15
"""A plain word against a token of code shape: words of prose are in comments everywhere."""

TITLE_WEIGHT = 2.5
"""The title is what a person greps for first."""

DEFINITION_WEIGHT = 3.0
"""Added share of a token's weight where its line defines it."""

PATH_WEIGHT = 16.0
"""Per component of a quoted path that a file's own path ends with."""

STEM_WEIGHT = 8.0
"""A file whose name without suffix is a word of the issue, times how rare that name is among files."""

TAG_SHARE = 1.0
"""A file that is named like a tag of the output (`[youtube] ...`), times the best score by content: it is opened first,
however much else the output prints."""

COMMON = 0.3
"""Words in more than this share of the files are left out, as one drops a grep that prints everything."""

LINES_PER_GREP = 50
GREPS = 10
"""Of an agent's searches: it runs some ten, and reads some fifty lines of each."""

_DEFINES = re.compile(
    r"^\s*(?:[\w@]+\s+){0,3}?(?:def|class|func|fn|function|struct|interface|trait|enum|type|const|module|impl)\s+"
    r"(?:\([^)]*\)\s*)?([^\W\d]\w*)",
    re.MULTILINE,
)

Matches = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What grepping for the words of an issue comes to.

    files, places: best first. words: to grep for, best first. matches: path -> (word -> times).
    """

    files: tuple[str, ...]
    places: tuple[Region, ...]
    words: tuple[str, ...]
    matches: Matches


class Grep:
    """The baseline; it keeps nothing but counts of words per blob."""

    name = "grep"

    def rank(self, question: Question) -> Ranking:
        """Rank by weighted matches."""
        began = time.perf_counter()
        _read(question)
        ready = time.perf_counter()
        found = look(question)
        functions, spans = names_and_spans(found.places)
        done = time.perf_counter()
        return Ranking(
            files=found.files,
            functions=functions,
            spans=spans,
            seconds=done - ready,
            index_seconds=ready - began,
            answer_tokens=_tokens_printed(question, found),
        )


def look(question: Question, greps: int | None = None) -> Looked:
    """Files and places by weighted matches of the issue's words; of so many words that weigh most, if it is said."""
    counts, defined = _read(question)
    tokens = issue_tokens(question.text)
    matches, weights = _search(tokens, counts)
    words = sorted(weights, key=lambda name: (-weights[name], name))[:greps]
    weights = {word: weights[word] for word in words}
    scores = _content_scores(weights, matches, defined)
    for path, score in _path_scores(tokens, list(question.files), max(scores.values(), default=0.0)).items():
        scores[path] += score
    files = _best(scores)
    return Looked(files, tuple(rank_functions(question, files, weights)), tuple(words), matches)


def _read(question: Question) -> tuple[dict[str, Counter[str]], dict[str, frozenset[str]]]:
    """Words of every file, and the names that it defines."""
    defined = {
        path: question.cache.get("defines", blob, partial(_defined, question.tree, path))
        for path, blob in question.files.items()
    }
    return word_counts(question), defined


def _defined(tree: Path, path: str) -> frozenset[str]:
    return frozenset(_DEFINES.findall(read_text(tree, path)))


def _search(tokens: IssueTokens, counts: Mapping[str, Counter[str]]) -> tuple[Matches, dict[str, float]]:
    """Matches and weights of whole words; when they give nothing, of parts of names, however common (`grep -i`)."""
    matches = _matches(tokens, counts)
    if weights := _weights(tokens, matches, max(2, COMMON * len(counts)), len(counts)):
        return matches, weights
    loose = _loosened(tokens, counts)
    matches = _matches(loose, counts)
    return matches, _weights(loose, matches, len(counts), len(counts))


def _loosened(tokens: IssueTokens, counts: Mapping[str, Counter[str]]) -> IssueTokens:
    """All words of the files that hold a part of a token."""
    parts = name_parts(tokens)
    if not parts:
        return IssueTokens({}, {}, (), frozenset())
    holds = re.compile("|".join(sorted(map(re.escape, parts), key=len, reverse=True)))
    vocabulary: set[str] = set().union(*counts.values())
    found = ((word, holds.search(word.lower())) for word in sorted(vocabulary))
    return IssueTokens({}, {word: parts[match.group()] for word, match in found if match}, (), frozenset())


def _matches(tokens: IssueTokens, counts: Mapping[str, Counter[str]]) -> Matches:
    """Path -> (word of the issue -> times) of every file with a match, as one grep for all words prints it."""
    wanted = tokens.code.keys() | tokens.words.keys()
    found = ((path, {word: words[word] for word in wanted & words.keys()}) for path, words in counts.items())
    return {path: matched for path, matched in found if matched}


def _weights(tokens: IssueTokens, matches: Matches, most: float, total: int) -> dict[str, float]:
    """Weight of every word to grep for, by its rarity over files; those in more files than `most` are left out."""
    files_with = Counter(word for matched in matches.values() for word in matched)
    weights: dict[str, float] = {}
    for group, share in ((tokens.code, 1.0), (tokens.words, WORD_WEIGHT)):
        for word, times in group.items():
            found = files_with[word]
            if 0 < found <= most:
                title = TITLE_WEIGHT if word in tokens.title else 1.0
                weights[word] = share * title * (1 + math.log(times)) * math.log(total / found + 1)
    return weights


def _content_scores(
    weights: Mapping[str, float], matches: Matches, defined: Mapping[str, frozenset[str]]
) -> defaultdict[str, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    for path, matched in matches.items():
        for word, times in matched.items():
            if weight := weights.get(word):
                scores[path] += weight * (1 + math.log(times) + DEFINITION_WEIGHT * (word in defined[path]))
    return scores


def _path_scores(tokens: IssueTokens, paths: list[str], best: float) -> dict[str, float]:
    """Files that the issue names: by a quoted path, by their bare name, or by a tag. `best`: score by content."""
    stems = Counter(map(_stem, paths))
    named = {word.lower() for word in (*tokens.code, *tokens.words)}
    quoted: defaultdict[str, list[str]] = defaultdict(list)
    for text in tokens.paths:
        quoted[text.rsplit("/", 1)[-1]].append(text)
    scores: dict[str, float] = {}
    for path in paths:
        tail = max((_common_tail(path, text) for text in quoted.get(path.rsplit("/", 1)[-1], ())), default=0)
        stem = _stem(path)
        rarity = (STEM_WEIGHT * (stem in named) + TAG_SHARE * best * (stem in tokens.tags)) / stems[stem]
        if tail or rarity:
            scores[path] = PATH_WEIGHT * tail + rarity
    return scores


def _stem(path: str) -> str:
    """Name of the file without suffix; of a package's own file, the package's name."""
    pure = PurePosixPath(path)
    return (pure.parent.name if pure.stem in ("__init__", "index", "mod") else pure.stem).lower()


def _common_tail(path: str, quoted: str) -> int:
    """Number of last components that two paths share; the file's name must be among them."""
    shared = 0
    for mine, theirs in zip(reversed(path.split("/")), reversed(quoted.split("/")), strict=False):
        if mine != theirs:
            break
        shared += 1
    return shared


def _best(scores: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted((item for item in scores.items() if item[1] > 0), key=lambda item: (-item[1], item[0]))
    return tuple(path for path, _ in ranked[:DEPTH])


def _tokens_printed(question: Question, found: Looked) -> int:
    """Tokens of the lines that `grep -rnw WORD` prints for the words that weigh most."""
    return sum(
        count_tokens(f"{path}:{line}:{text}")
        for word in found.words[:GREPS]
        for path, line, text in printed(question, found.matches, word, LINES_PER_GREP)
    )


def printed(question: Question, matches: Matches, word: str, most: int) -> Iterator[tuple[str, int, str]]:
    """(path, line, text) of the first lines that `grep -rnw WORD` prints."""
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    for path in (path for path, matched in matches.items() if word in matched):
        for number, text in enumerate(read_text(question.tree, path).split("\n"), start=1):
            if pattern.search(text):
                yield path, number, text
                most -= 1
                if most <= 0:
                    return
