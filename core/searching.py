"""The answer to a question, a symbol, a literal or a regular expression; a model may say the question once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from locant.retriever.answering import answer_lines, answer_words
from locant.retriever.context import Context
from locant.retriever.filters import Filters, file_mask
from locant.retriever.hints import hint_for, line_hint
from locant.retriever.reading.grep import GrepRequest
from locant.retriever.reading.text import TextReader
from locant.types import Freshness, Hit, SearchMode, SearchResult

if TYPE_CHECKING:
    from locant.retriever.llm.assist import Assistance
    from locant.retriever.summaries.search import SummaryIndex

__all__ = ["LINE_SHAPES", "Asking", "Question", "answer_question"]

LINE_SHAPES = ("literal", "regex")


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for. lines: of a snippet. reworded: the model that says it in the words of the code, too.

    is_told: whether summaries are looked into.
    """

    text: str
    limit: int
    mode: SearchMode
    filters: Filters
    lines: int
    reworded: Assistance | None = None
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """An index as a question sees it: a text in front of it, its texts, the cache folder, its state, its summaries."""

    read: Callable[[str, SearchMode], Context]
    reader: TextReader
    cache: Path
    freshness: Callable[[], Freshness]
    summaries: Callable[[], tuple[SummaryIndex | None, str]]


def answer_question(asking: Asking, question: Question) -> SearchResult:
    """Hits, best first."""
    context = asking.read(question.text, question.mode)
    query, found = context.query, partial(SearchResult, question.text, context.query.shape)
    if query.is_blank:
        return found((), asking.freshness(), hint=hint_for(context, 0))
    if query.shape in LINE_SHAPES:
        request = GrepRequest(query.pattern, fixed=query.shape == "literal", ignore_case=False)
        lines = answer_lines(asking.reader, context.snapshot, request, question.filters, question.limit, question.lines)
        hint = line_hint(query.pattern, len(lines.hits), is_slow=lines.is_slow)
        return found(lines.hits, asking.freshness(), lines.truncated, hint)
    told, note = asking.summaries() if question.is_told else (None, "")
    context = context if told is None else replace(context, summaries=told.scores)
    hits, truncated = answer_words(context, asking.reader, question.filters, question.limit, question.lines)
    hint = "; ".join(said for said in (hint_for(context, len(hits)), note) if said)
    answer = found(hits, asking.freshness(), truncated, hint)
    return answer if question.reworded is None else _reworded(asking, question, question.reworded, context, answer)


def _reworded(
    asking: Asking, question: Question, helped_by: Assistance, context: Context, answer: SearchResult
) -> SearchResult:
    """The answer with what a model's wording of the question finds."""
    from locant.retriever.llm.places import Places
    from locant.retriever.llm.rewrite import Names, has_name, with_reworded
    from locant.retriever.map.answer import draw_map
    from locant.retriever.map.focus import Focus
    from locant.retriever.tokens import estimate_tokens

    snapshot, reader = context.snapshot, asking.reader
    numbers = {snapshot.file_number[hit.location.path]: hit.score for hit in answer.hits}

    def again(text: str) -> Sequence[Hit]:
        reworded = replace(asking.read(text, "words"), summaries=context.summaries)
        return answer_words(reworded, reader, question.filters, question.limit, question.lines)[0]

    def map_of(max_tokens: int) -> str:
        return draw_map(snapshot, reader, Focus(numbers), max_tokens, estimate_tokens).drawn.text

    places = Places(snapshot, reader, file_mask(snapshot, question.filters), context.text_terms)
    session = helped_by.session(asking.cache)
    names = Names(partial(has_name, snapshot), places.file, map_of)
    hits = with_reworded(session, question.text, names, answer.hits, again)
    return replace(
        answer,
        hits=hits[: question.limit],
        truncated=answer.truncated or len(hits) > question.limit,
        model=session.use(),
    )
