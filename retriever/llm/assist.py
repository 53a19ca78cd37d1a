"""An answer of `localize` made better by a language model; whatever happens to the model, there is an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from locant.retriever.context import Context
from locant.retriever.filters import Filters, file_mask
from locant.retriever.llm.places import Places
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.rewrite import has_name
from locant.retriever.llm.stages import Stage, stage_named
from locant.retriever.map.answer import draw_map
from locant.retriever.map.focus import FOCUS_FILES, FOCUS_FUNCTIONS, focus_of
from locant.retriever.map.layout import Drawn
from locant.retriever.models.choose import make_model
from locant.retriever.models.protocol import LanguageModel
from locant.retriever.models.session import ModelOptions, ModelSession, open_session
from locant.retriever.reading.text import TextReader
from locant.retriever.tokens import estimate_tokens
from locant.types import ModelUse

__all__ = ["LEAST_FILES", "Assistance", "assisted"]

LEAST_FILES = 20
"""Files that a stage gets, however few are asked for."""


@dataclass
class Assistance:
    """A model, how it is used, and within what, for one answer: checked before the answer is begun.

    An answer is made twice where a file turns out to have changed meanwhile; both share one session and its budget.
    """

    model: LanguageModel
    strategy: str
    stage: Stage
    options: ModelOptions
    _session: ModelSession | None = field(default=None, init=False)

    def session(self, cache_folder: Path) -> ModelSession:
        """The session of the answer."""
        if self._session is None:
            self._session = open_session(self.model, self.options, cache_folder, self.strategy)
        return self._session

    @classmethod
    def of(cls, model: str | LanguageModel, strategy: str | Stage, options: ModelOptions | None) -> Assistance:
        """What was asked for.

        Raises:
            QueryError: there is no such strategy or model.

        """
        made = make_model(model) if isinstance(model, str) else model
        name, stage = (strategy, stage_named(strategy)) if isinstance(strategy, str) else (_name(strategy), strategy)
        return cls(made, name, stage, options or ModelOptions())


def _name(stage: Stage) -> str:
    return str(getattr(stage, "name", getattr(stage, "__name__", "stage")))


def assisted(
    assistance: Assistance,
    cache_folder: Path,
    base: Found,
    context: Context,
    reader: TextReader,
    filters: Filters,
    again: Callable[[str], Found],
) -> tuple[Found, ModelUse]:
    """What a model makes of an answer, and what it used.

    Args:
        assistance: the model and how it is used.
        cache_folder: where its answers are kept.
        base: what was found without it.
        context: the query, as it was ranked.
        reader: of the tree's text.
        filters: what may be answered at all.
        again: what another text finds.

    """
    session = assistance.session(cache_folder)
    places = Places(context.snapshot, reader, file_mask(context.snapshot, filters), context.text_terms)

    def map_of(max_tokens: int) -> Drawn:
        """A map of the repository around what was found."""
        focus = focus_of(context.snapshot, base.files[:FOCUS_FILES], base.functions[:FOCUS_FUNCTIONS])
        return draw_map(context.snapshot, reader, focus, max_tokens, estimate_tokens).drawn

    if not base.files:
        return base, session.use()
    task = Task(
        session=session,
        options=assistance.options,
        text=context.query.text,
        base=base,
        places=places,
        draw_map=map_of,
        root=reader.root,
        cache=cache_folder,
        has_name=partial(has_name, context.snapshot),
        again=again,
    )
    return assistance.stage(task), session.use()
