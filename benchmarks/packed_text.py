"""What of a row's gold stands in a packed text, judged from the text alone, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locant.eval.runs.answer import open_tree
from locant.eval.runs.gold import settle_gold
from locant.eval.sources import BlobCache, read_text
from locant.eval.systems.protocol import Question
from locant.eval.systems.regions import regions_of
from locant.eval.types import Instance
from locant.retriever.tokens import TokenCounter

__all__ = ["Judged", "Wanted", "cut_at", "judge", "wanted_of"]

CUTS = 50
"""Parts that are counted one after another until one does not fit, then parts of that one."""

_ENDS = ":{; "
"""What a signature may have lost when bodies are left out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Gold of a row: lines of its files, and its functions as (path, name, lines)."""

    files: Mapping[str, Sequence[str]]
    functions: Sequence[tuple[str, str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares of the gold: files of which anything is there, files that are whole, functions; None without functions."""

    partly: float
    whole: float
    signatures: float | None
    code: float | None


def wanted_of(row: Instance, root: Path) -> Wanted | None:
    """The gold of a row; None when it cannot be scored."""
    cache = BlobCache()
    tree = open_tree(root, row, cache)
    gold = settle_gold(row, tree)
    if gold.impossible:
        return None
    question = Question(root, row.text, tree.candidates, cache, row.language, row.task, row.within)
    files = {path: [line.rstrip() for line in read_text(root, path).split("\n")] for path in gold.files}
    regions = {region.id: region for path in gold.files for region in regions_of(question, path)}
    functions = [regions[label] for label in gold.functions if label in regions]
    return Wanted(
        files,
        [
            (item.span.path, item.name, files[item.span.path][item.span.start_line - 1 : item.span.end_line])
            for item in functions
        ],
    )


def cut_at(text: str, budget: int, count: TokenCounter) -> str:
    """The first lines of a text that have at most so many tokens together."""
    lines = text.split("\n")
    size = max(1, len(lines) // CUTS)
    first = last = 0
    while size:
        left = budget - count("\n".join(lines[:first])) if first else budget
        while last < len(lines) and (tokens := count("\n".join(lines[first : first + size]) + "\n")) <= left:
            first, left = first + size, left - tokens
            last = min(first, len(lines))
        size = size // CUTS if size > 1 else 0
    return "\n".join(lines[:first])


def judge(shown: Mapping[str, Sequence[str]], wanted: Wanted) -> Judged:
    """Shares of the gold that are in the sections of a text."""
    parts = [_has_some(shown.get(path, ()), lines) for path, lines in wanted.files.items()]
    wholes = [_has_all(shown.get(path, ()), lines) for path, lines in wanted.files.items()]
    code = [_has_all(shown.get(path, ()), lines) for path, _, lines in wanted.functions]
    signed = [_has_name(shown.get(path, ()), name, lines) for path, name, lines in wanted.functions]
    return Judged(_share(parts) or 0.0, _share(wholes) or 0.0, _share(signed), _share(code))


def _has_some(section: Sequence[str], lines: Sequence[str]) -> bool:
    return not {line for line in lines if line.strip()}.isdisjoint(section)


def _has_all(section: Sequence[str], lines: Sequence[str]) -> bool:
    return "\n".join(lines).strip("\n") in "\n".join(section)


def _has_name(section: Sequence[str], name: str, lines: Sequence[str]) -> bool:
    """Whether the first line of a definition that has its name is there, with or without what opens its body."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    named = next((line.strip().rstrip(_ENDS) for line in lines if word.search(line)), None)
    return named is not None and any(line.strip().rstrip(_ENDS) == named for line in section)


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None
