"""Warm queries in process at some 30,000 chunks: short questions and long issues, beside grep for the same words."""

from __future__ import annotations

import re
import subprocess
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

import locant
from benchmarks.measure import Figure, median, percentile, timed
from benchmarks.texts import ISSUES, QUESTIONS
from benchmarks.trees import copy_standard_library

__all__ = ["arguments", "run"]

MIN_WORD = 4
"""Shorter words are what nobody greps for."""


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--tree", type=Path, help="what is asked about [default: a copy of the standard library]")
    parser.add_argument("--repeat", type=int, default=5, help="times that each text is asked")


def run(options: Namespace) -> list[Figure]:
    """Ask everything several times, after a first round that does not count."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree = options.tree or copy_standard_library(Path(folder, "tree"))
        with locant.open(tree, cache_dir=Path(folder, "cache")) as index:
            index.update()
            status = index.status()
            first = timed(lambda: index.search(QUESTIONS[0]))
            short = _latencies(lambda text: index.search(text), QUESTIONS, options.repeat)
            symbol = _latencies(
                lambda text: index.search(text, mode="symbol"), ("HTTPResponse", "submit"), options.repeat
            )
            long = _latencies(lambda text: index.localize(text), ISSUES, options.repeat)
        grep = [timed(lambda text=text: _grep(text, tree)) for text in QUESTIONS]  # type: ignore[misc]
    return [
        Figure("chunks", status.chunks, ""),
        Figure("first query after opening", first * 1e3, "ms"),
        Figure("5 words, median", median(short) * 1e3, "ms", "<= 5"),
        Figure("5 words, p95", percentile(short, 0.95) * 1e3, "ms"),
        Figure("one symbol, median", median(symbol) * 1e3, "ms"),
        Figure("300-word issue, median", median(long) * 1e3, "ms", "<= 40"),
        Figure("300-word issue, p95", percentile(long, 0.95) * 1e3, "ms"),
        Figure("grep for the same 5 words, median", median(grep) * 1e3, "ms"),
        Figure("RATIO grep / 5 words", median(grep) / median(short), "x"),
    ]


def _latencies(ask: Callable[[str], object], texts: Sequence[str], repeat: int) -> list[float]:
    for text in texts:
        ask(text)
    return [timed(lambda text=text: ask(text)) for _ in range(repeat) for text in texts]  # type: ignore[misc]


def _grep(text: str, tree: Path) -> None:
    words = [word for word in re.findall(r"\w+", text) if len(word) >= MIN_WORD]
    command = ["grep", "-rnwiE", "|".join(words), str(tree)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
