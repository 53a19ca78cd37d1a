"""Functions of the best files, ranked by the words in their own lines: how one reads on inside a file."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from locant.eval.datasets.gold import CALLABLES, canonical_names, is_function
from locant.eval.sources import read_text
from locant.eval.systems.protocol import DEPTH, Question
from locant.indexer.syntax.records import Definition
from locant.types import Location

__all__ = ["Region", "names_and_spans", "rank_functions", "regions_of"]

FILES_READ = 20
"""Files whose functions are looked at."""

NAME_WEIGHT = 2.0
"""Added share when the function's own name is one of the words."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Region:
    """One function or type of a file: canonical name, text and lines."""

    id: str
    name: str
    text: str
    span: Location


def regions_of(question: Question, path: str) -> list[Region]:
    """Functions and types of a file; a type's text is its head, since its methods are regions of their own."""
    parsed = question.cache.parsed(question.tree, path, question.files[path])
    lines = read_text(question.tree, path).split("\n")
    names = canonical_names(parsed)
    regions: list[Region] = []
    for index, item in enumerate(parsed.definitions):
        if is_function(item):
            end = item.end_line if item.kind in CALLABLES else _end_of_head(parsed.definitions, index)
            text = "\n".join(lines[item.start_line - 1 : end])
            span = Location(path, item.start_line, end)
            regions.append(Region(f"{path}:{names[item.qualified_name]}", item.name, text, span))
    return regions


def _end_of_head(definitions: Sequence[Definition], index: int) -> int:
    """Last line of a type before the first callable in it."""
    own = definitions[index]
    inside = (item.start_line for item in definitions[index + 1 :] if item.parent == index and item.kind in CALLABLES)
    return max(own.start_line, min(inside, default=own.end_line + 1) - 1)


def rank_functions(question: Question, files: Sequence[str], weights: Mapping[str, float]) -> list[Region]:
    """Functions in the first files, best first; a file's own rank decays its functions."""
    scores: list[tuple[float, Region]] = []
    for rank, path in enumerate(files[:FILES_READ], start=1):
        scores.extend((_score(region, weights) / math.sqrt(rank), region) for region in regions_of(question, path))
    ranked = sorted((item for item in scores if item[0] > 0), key=lambda item: (-item[0], item[1].id))
    return [region for _, region in ranked]


def names_and_spans(regions: Iterable[Region]) -> tuple[tuple[str, ...], tuple[Location, ...]]:
    """What an answer says of regions: names, each once, and lines."""
    ranked = list(regions)
    names = tuple(dict.fromkeys(region.id for region in ranked))[:DEPTH]
    return names, tuple(region.span for region in ranked[:DEPTH])


def _score(region: Region, weights: Mapping[str, float]) -> float:
    words = Counter(_WORD.findall(region.text))
    score = sum(weights[word] * (1 + math.log(times)) for word, times in words.items() if word in weights)
    return score + NAME_WEIGHT * weights.get(region.name, 0.0)
