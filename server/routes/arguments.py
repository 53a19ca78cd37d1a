"""What the methods of an index take over HTTP: the keyword arguments of `locant.Index`, with bounds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from locant.contexts import BRIEF_TOKENS, MAP_TOKENS, PACK_TOKENS
from locant.retriever.reading.snippets import SNIPPET_LINES
from locant.types import PackDetail, PackOrder, PackStyle, RankerName, RerankName, SearchMode

__all__ = [
    "Arguments",
    "BriefArguments",
    "DefinitionsArguments",
    "FindArguments",
    "GrepArguments",
    "LocalizeArguments",
    "MapArguments",
    "OutlineArguments",
    "PackArguments",
    "ReferencesArguments",
    "RelatedArguments",
    "SearchArguments",
    "StatusArguments",
    "SummarizeArguments",
    "ViewArguments",
    "VocabularyArguments",
]

MAX_TEXT = 1_000_000
"""Characters of an issue: a log that is longer has to be cut by who knows what it is about."""

MOST = 1_000
"""Of anything in one answer."""

MOST_TOKENS = 100_000

MOST_PACKED = 5_000_000
"""Tokens of a pack: more than any window holds, and less than `max_answer_bytes` by default."""

MOST_LINES = 100_000_000

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Short = Annotated[str, Field(max_length=4_096)]
Names = Annotated[tuple[Short, ...], Field(max_length=200)]
Count = Annotated[int, Field(ge=1, le=MOST)]


NO_MODEL = frozenset({"model", "model_options", "strategy"})
"""Arguments of a local index that a server does not take."""


class Arguments(BaseModel):
    """Arguments of any method: an unknown one is refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_a_model(cls, given: Any) -> Any:  # noqa: ANN401 - JSON
        """A caller would spend the operator's money, and send code to others that its key is to be asked for here."""
        if isinstance(given, dict) and (found := sorted(NO_MODEL & given.keys())):
            raise ValueError(
                f"{found[0]!r}: a server asks no language model, which would cost its operator money and send code "
                "elsewhere; open a clone of the repository with `locant.open` and use a model of your own there"
            )
        return given


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
    summaries: bool = False


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
    summaries: bool = False


class PackArguments(Arguments):
    text: Text = ""
    max_tokens: Annotated[int, Field(ge=0, le=MOST_PACKED)] = PACK_TOKENS
    style: PackStyle = "xml"
    order: PackOrder = "relevance"
    detail: PackDetail = "auto"
    line_numbers: bool = False
    tree: bool = True
    languages: Names = ()
    paths: Names = ()
    areas: Names = ()
    ranker: RankerName = "learned"


class SummarizeArguments(Arguments):
    path: Short = ""
    kept: bool = False


class VocabularyArguments(Arguments):
    text: Text


class ViewArguments(Arguments):
    path: Short
    start: Annotated[int | None, Field(ge=1, le=MOST_LINES)] = None
    end: Annotated[int | None, Field(ge=1, le=MOST_LINES)] = None


class OutlineArguments(Arguments):
    path: Short
    summaries: bool = False


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
