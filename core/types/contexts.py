"""Texts that are made under a budget of tokens: maps, briefs, packs; and what summaries say."""

from __future__ import annotations

from dataclasses import dataclass

from locant.types.answers import Freshness, ModelUse
from locant.types.choices import PackForm

__all__ = [
    "Brief",
    "BriefPlace",
    "MapFile",
    "MapSymbol",
    "Pack",
    "PackFile",
    "RepoMap",
    "Summary",
    "SummaryTree",
]


@dataclass(frozen=True, slots=True)
class MapSymbol:
    """A definition that a map shows; `signature` is empty where only its name is shown, `summary` where none is."""

    qualified_name: str
    kind: str
    start_line: int
    signature: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file that a map shows, its importance (at most about 1), and the definitions shown, in order.

    summary: what the map says of the file; empty unless summaries were asked for.
    """

    path: str
    score: float
    symbols: tuple[MapSymbol, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class RepoMap:
    """Answer of `repo_map`: `text` has `tokens` tokens, never more than `max_tokens`.

    files: what the text shows, most important first. total_files: files that could be shown.
    """

    text: str
    tokens: int
    max_tokens: int
    files: tuple[MapFile, ...]
    total_files: int
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class BriefPlace:
    """A place that a brief shows.

    section: candidates, code, neighbours or tests. qualified_name is empty for a file.
    detail: why it is there. folded: whether lines of its code were left out.
    """

    section: str
    path: str
    start_line: int
    end_line: int
    qualified_name: str = ""
    detail: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """Answer of `brief`: `text` has `tokens` tokens, never more than `max_tokens`.

    places: what the text shows, section by section, best first. map_files: what its map shows.
    left_out: what did not fit, in words, section by section.
    """

    text: str
    tokens: int
    max_tokens: int
    places: tuple[BriefPlace, ...]
    map_files: tuple[MapFile, ...]
    left_out: tuple[str, ...]
    freshness: Freshness
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file that a pack shows, and the tokens that it takes there.

    functions: qualified names of definitions that stand whole in a folded file.
    """

    path: str
    form: PackForm
    tokens: int
    total_lines: int
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """Answer of `pack`: `text` has `tokens` tokens, never more than `max_tokens`.

    files: what the text shows, in its order. named: files that did not fit, most relevant first.
    """

    text: str
    tokens: int
    max_tokens: int
    files: tuple[PackFile, ...]
    named: tuple[str, ...]
    freshness: Freshness
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What something is, in a few sentences.

    kind: repository, folder, file, or the kind of a definition. name: qualified, of a definition.
    start_line, end_line: of a definition or a file; 0 for folders.
    """

    kind: str
    path: str
    name: str
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class SummaryTree:
    """Answer of `summaries`: the summary of what was asked for, then those of its parts.

    model: what a language model did for it, where one was asked.
    """

    path: str
    summaries: tuple[Summary, ...]
    freshness: Freshness
    model: ModelUse | None = None
