"""What the methods of an index take over HTTP: the keyword arguments of `locant.Index`, with bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from locant.contexts import BRIEF_TOKENS, MAP_TOKENS
from locant.retriever.reading.snippets import SNIPPET_LINES
from locant.types import RankerName, RerankName, SearchMode

__all__ = [
    "Arguments",
    "BriefArguments",
    "DefinitionsArguments",
    "FindArguments",
    "GrepArguments",
    "LocalizeArguments",
    "MapArguments",
    "OutlineArguments",
    "ReferencesArguments",
    "RelatedArguments",
    "SearchArguments",
    "StatusArguments",
    "ViewArguments",
]

MAX_TEXT = 1_000_000
"""Characters of an issue: a log that is longer has to be cut by who knows what it is about."""

MOST = 1_000
"""Of anything in one answer."""

MOST_TOKENS = 100_000
MOST_LINES = 100_000_000

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Short = Annotated[str, Field(max_length=4_096)]
Names = Annotated[tuple[Short, ...], Field(max_length=200)]
Count = Annotated[int, Field(ge=1, le=MOST)]


class Arguments(BaseModel):
    """Arguments of any method: an unknown one is refused."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(Arguments):
    text: Text
    limit: Count = 10
    offset: Annotated[int, Field(ge=0, le=MOST)] = 0
    mode: SearchMode = "auto"
    languages: Names = ()
    paths: Names = ()
    kinds: Names = ()
    areas: Names = ()
    snippet_lines: Annotated[int, Field(ge=1, le=200)] = SNIPPET_LINES


class LocalizeArguments(Arguments):
    text: Text
    files: Count = 20
    functions: Count = 50
    languages: Names = ()
    paths: Names = ()
    areas: Names = ()
    without: Names = ()
    ranker: RankerName = "learned"
    rerank: RerankName = "none"


class BriefArguments(Arguments):
    text: Text
    max_tokens: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = BRIEF_TOKENS
    pin: Names = ()
    ranker: RankerName = "learned"


class MapArguments(Arguments):
    focus: Text = ""
    files: Names = ()
    max_tokens: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = MAP_TOKENS
    ranker: RankerName = "learned"


class ViewArguments(Arguments):
    path: Short
    start: Annotated[int | None, Field(ge=1, le=MOST_LINES)] = None
    end: Annotated[int | None, Field(ge=1, le=MOST_LINES)] = None


class OutlineArguments(Arguments):
    path: Short


class FindArguments(Arguments):
    pattern: Short
    limit: Count = 50
    offset: Annotated[int, Field(ge=0, le=MOST)] = 0


class GrepArguments(Arguments):
    pattern: Short
    fixed: bool = False
    ignore_case: bool = False
    languages: Names = ()
    paths: Names = ()
    areas: Names = ()
    limit: Count = 100


class DefinitionsArguments(Arguments):
    name: Short
    limit: Count = 50
    offset: Annotated[int, Field(ge=0, le=MOST)] = 0


class ReferencesArguments(Arguments):
    name: Short
    limit: Count = 200
    offset: Annotated[int, Field(ge=0, le=MOST)] = 0


class RelatedArguments(Arguments):
    target: Short
    limit: Count = 20


class StatusArguments(Arguments):
    """None."""
