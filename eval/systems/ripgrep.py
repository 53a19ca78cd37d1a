"""`rg` word by word: each word of the text is searched for as a whole, files with most distinct words come first.

No weights, no definitions, no file names: what one gets by pasting a question into ripgrep word by word. Where `rg` is
not installed, the same matches are counted from the files' words; the ranking does not change.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.systems.query_tokens import issue_tokens
from locant.eval.systems.regions import names_and_spans, rank_functions
from locant.eval.systems.words import word_counts
from locant.eval.types import Ranking

__all__ = ["RipgrepWords"]

WORDS = 200
"""Distinct words of a text that are searched for, code first: an issue with a log in it has thousands."""

FILES_LISTED = 20
"""Paths that an agent would be shown, for the tokens of the answer."""

Counts = Mapping[str, Mapping[str, int]]


class RipgrepWords:
    """Ranks by the number of distinct words, then by the number of matches."""

    name = "ripgrep-words"

    def __init__(self, program: str | None = shutil.which("rg")) -> None:
        self._program = program

    def rank(self, question: Question) -> Ranking:
        """Search for every word, count, sort."""
        began = time.perf_counter()
        tokens = issue_tokens(question.text)
        words = [*tokens.code, *tokens.words][:WORDS]
        counts = self._by_ripgrep(question, words) if self._program else _by_reading(question, words)
        files = [path for path in _best(counts) if path in question.files][:DEPTH]
        regions = rank_functions(question, files, dict.fromkeys(words, 1.0))
        functions, spans = names_and_spans(regions)
        return Ranking(
            files=tuple(files),
            functions=functions,
            spans=spans,
            seconds=time.perf_counter() - began,
            answer_tokens=count_tokens("\n".join(files[:FILES_LISTED])),
        )

    def _by_ripgrep(self, question: Question, words: Iterable[str]) -> Counts:
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        options = ["--count-matches", "--fixed-strings", "--word-regexp", "--no-config", "--no-ignore", "--hidden"]
        for word in words:
            command = [str(self._program), *options, "--null", "--glob", "!.git", "--", word, "."]
            done = subprocess.run(command, cwd=question.tree, capture_output=True, check=False)
            for row in done.stdout.decode("utf-8", "surrogateescape").splitlines():
                path, _, count = row.partition("\0")
                counts[path.removeprefix("./")][word] = int(count)
        return counts


def _by_reading(question: Question, words: Iterable[str]) -> Counts:
    wanted = set(words)
    found: list[tuple[str, Counter[str]]] = list(word_counts(question).items())
    return {path: {word: counted[word] for word in wanted & counted.keys()} for path, counted in found}


def _best(counts: Counts) -> list[str]:
    matched = ((path, found) for path, found in counts.items() if found)
    return [path for path, _ in sorted(matched, key=lambda item: (-len(item[1]), -sum(item[1].values()), item[0]))]
