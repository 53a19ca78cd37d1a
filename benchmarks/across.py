"""Which repository does a question belong to? Titles and issues asked of many at once; peer: scores as they are."""

from __future__ import annotations

import gzip
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import locant
from benchmarks.measure import Figure
from locant.merging import shares_known

__all__ = ["arguments", "run"]

ISSUES = 6
"""Of each repository at most: none is to decide alone."""


def arguments(command: ArgumentParser) -> None:
    """Options of this benchmark."""
    command.add_argument("rows", type=Path, help="rows of `locant eval`, .jsonl or .jsonl.gz")
    command.add_argument("trees", type=Path, help="folder of checkouts, each called OWNER-NAME-COMMIT")
    command.add_argument("--files", type=int, default=1_200, help="leave larger checkouts out [default: 1200]")
    command.add_argument("--repositories", type=int, default=18, help="smallest first [default: 18]")


def run(options: Namespace) -> list[Figure]:
    """Where the right repository comes, with and without the share of the words that each has."""
    issues: dict[str, list[str]] = {}
    for row in _rows(options.rows):
        issues.setdefault(row["repo"].replace("/", "-"), []).append(row["problem_statement"])
    found = [path for path in options.trees.iterdir() if path.is_dir() and path.name.rpartition("-")[0] in issues]
    indexes = {path.name: locant.open(path, workers=1) for path in found}
    sizes = sorted((_updated(index), name) for name, index in indexes.items())
    chosen = [name for files, name in sizes if files <= options.files][: options.repositories]
    places: dict[str, list[int]] = {}
    for right in chosen:
        for text in issues[right.rpartition("-")[0]][:ISSUES]:
            for name, place in _places([indexes[one] for one in chosen], chosen.index(right), text):
                places.setdefault(name, []).append(place)
    return [figure for name, ranks in places.items() for figure in _figures(name, ranks)]


def _updated(index: locant.Index) -> int:
    """Files of an index once it is up to date; its parsers end."""
    with index:
        return index.update().files


def _rows(path: Path) -> Iterator[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    yield from map(json.loads, text.splitlines())


def _places(indexes: Sequence[locant.Index], right: int, text: str) -> Iterator[tuple[str, int]]:
    title = text.split("\n", 1)[0]
    searched = [index.search(title, limit=1, mode="words").hits for index in indexes]
    localized = [index.localize(text, files=1, functions=1).files for index in indexes]
    for name, asked, hits in (("search", title, searched), ("localize", text, localized)):
        scores = [found[0].score if found else 0.0 for found in hits]
        known = shares_known([index.vocabulary(asked) for index in indexes])
        yield f"{name}, peer", _place(scores, right)
        yield name, _place([score * share for score, share in zip(scores, known, strict=True)], right)


def _place(scores: Sequence[float], right: int) -> int:
    return 1 + sum(score > scores[right] for score in scores)


def _figures(name: str, places: Sequence[int]) -> Iterator[Figure]:
    yield Figure(f"{name}: first of {len(places)}", sum(place == 1 for place in places), "questions")
    yield Figure(f"{name}: mean reciprocal rank", sum(1 / place for place in places) / len(places), "")
