"""The answer to an issue: signals, rankers, and the last stages that a caller may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from locant.indexer.store.folder import cache_folder
from locant.retriever.answering import answer_localization
from locant.retriever.context import Context
from locant.retriever.filters import Filters
from locant.retriever.hints import hint_for
from locant.retriever.localize import LocalizationScores, Rankers, score
from locant.retriever.reading.text import TextReader
from locant.types import Freshness, Localization

if TYPE_CHECKING:
    from locant.retriever.llm.assist import Assistance
    from locant.retriever.llm.stages import Stage
    from locant.retriever.models.protocol import LanguageModel
    from locant.retriever.models.session import ModelOptions
    from locant.retriever.neural.reranker import Reranker

__all__ = ["Issue", "Limits", "Stages", "answer_issue", "assistance", "shipped_reranker"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Files and functions at most."""

    files: int
    functions: int


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue in front of an index: what the signals share, its texts, and what may be answered.

    cache: the cache folder. read: another text in front of the same index.
    """

    context: Context
    read: Callable[[str], Context]
    reader: TextReader
    limits: Limits
    filters: Filters
    cache: Path
    freshness: Callable[[], Freshness]


@dataclass(frozen=True, slots=True)
class Stages:
    """How an issue is ranked: rankers, signals that are switched off, and the last stages, where there are any."""

    rankers: Rankers
    without: frozenset[str] = frozenset()
    reranker: Reranker | None = None
    assistance: Assistance | None = None


def shipped_reranker() -> Reranker:
    """The encoder that reads code; its vectors are kept in the cache folder."""
    from locant.retriever.neural.reranker import configured_reranker  # only who asks for the model loads it

    return configured_reranker(cache_folder())


def assistance(model: str | LanguageModel, strategy: str | Stage, options: ModelOptions | None) -> Assistance:
    """A language model and how it is used.

    Raises:
        QueryError: there is no such strategy or model.

    """
    from locant.retriever.llm.assist import Assistance  # only who asks for the model loads it

    return Assistance.of(model, strategy, options)


def answer_issue(issue: Issue, stages: Stages) -> Localization:
    """Files, functions and lines, each best first."""
    if issue.context.query.is_blank:
        return Localization((), (), (), issue.freshness(), hint_for(issue.context, 0))
    scores = score(issue.context, stages.rankers, issue.filters, stages.without)
    if stages.assistance is not None:
        return _assisted(issue, scores, stages, stages.assistance)
    limits = issue.limits
    found = answer_localization(issue.context, issue.reader, scores, limits.files, limits.functions, stages.reranker)
    return Localization(*found, issue.freshness(), hint_for(issue.context, len(found[0])))


def _assisted(issue: Issue, scores: LocalizationScores, stages: Stages, helped_by: Assistance) -> Localization:
    """The answer with a language model's help, which sees more places than are answered."""
    from locant.retriever.llm.assist import LEAST_FILES, assisted
    from locant.retriever.llm.records import Found

    limits, context, reader = issue.limits, issue.context, issue.reader
    files, functions = max(limits.files, LEAST_FILES), max(limits.functions, helped_by.options.depth)
    base = Found(*answer_localization(context, reader, scores, files, functions, stages.reranker))

    def again(text: str) -> Found:
        """What another text finds."""
        other = issue.read(text)
        found = score(other, stages.rankers, issue.filters, stages.without)
        return Found(*answer_localization(other, reader, found, files, functions))

    found, use = assisted(helped_by, issue.cache, base, context, reader, issue.filters, again)
    return Localization(
        files=found.files[: limits.files],
        functions=found.functions[: limits.functions],
        spans=found.spans,
        freshness=issue.freshness(),
        hint=hint_for(context, len(base.files)),
        model=use,
    )
