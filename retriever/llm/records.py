"""What passes between the stages that use a language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from locant.retriever.llm.places import Places
from locant.retriever.map.layout import Drawn
from locant.retriever.models.session import ModelOptions, ModelSession
from locant.types import FileHit, FunctionHit, SpanHit

__all__ = ["Found", "Task"]


@dataclass(frozen=True, slots=True)
class Found:
    """Places, each list best first."""

    files: tuple[FileHit, ...]
    functions: tuple[FunctionHit, ...]
    spans: tuple[SpanHit, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a stage works on.

    text: the issue. base: what locant found by itself. draw_map: a map of the repository of so many tokens at most.
    root, cache: of the repository, and of what is kept about it. has_name: whether a name is defined or used in it.
    again: what another text finds, in the same way as `text` found `base`.
    """

    session: ModelSession
    options: ModelOptions
    text: str
    base: Found
    places: Places
    draw_map: Callable[[int], Drawn]
    root: Path
    cache: Path
    has_name: Callable[[str], bool]
    again: Callable[[str], Found]
