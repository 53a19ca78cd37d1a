"""locant itself, in this process, through its public API."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import locant
from locant.errors import LocantError
from locant.eval.datasets.diff import Change
from locant.eval.datasets.gold import functions_changed
from locant.eval.errors import EvaluationError, SystemFailedError
from locant.eval.scope import family
from locant.eval.sources import read_text
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.types import Ranking
from locant.types import (
    FunctionHit,
    Hit,
    Localization,
    Location,
    ModelUse,
    RankerName,
    RerankName,
    SearchResult,
    SpanHit,
)

__all__ = ["Locant", "files_below", "languages_of", "model_figures"]

ISSUE = "issue"
FILES_SHOWN, FUNCTIONS_SHOWN, HITS_SHOWN = 20, 50, 10
"""What an answer holds by default; its tokens are counted on these, though the ranking is asked for deeper."""


RERANK_DEFAULT: RerankName = "none"
"""What `localize` does when it is not told otherwise."""


class Locant:
    """The product with default settings, told which files may be ranked by its own filters.

    without: signals that are switched off. ranker, rerank: how issues are ranked. The name says so.
    model: arguments of `localize` about a language model; is_told: whether questions look into summaries; name: of a
    system that has either.
    """

    def __init__(
        self,
        without: Sequence[str] = (),
        ranker: RankerName = "learned",
        rerank: RerankName = RERANK_DEFAULT,
        model: Mapping[str, Any] | None = None,
        name: str = "",
        is_told: bool = False,
    ) -> None:
        _check("ranker", ranker, get_args(RankerName))
        _check("rerank", rerank, get_args(RerankName))
        self._without = tuple(without)
        self._ranker: RankerName = ranker
        self._rerank: RerankName = rerank
        self._opened: dict[Path, locant.Index] = {}
        self.name = f"locant:without={'+'.join(without)}" if without else "locant"
        if ranker != "learned":
            self.name = f"locant:ranker={ranker}"
        if rerank != RERANK_DEFAULT:
            self.name = f"locant:rerank={rerank}"
        self._model = dict(model or {})
        self._is_told = is_told
        self.name = name or self.name

    def rank(self, question: Question) -> Ranking:
        """Bring the index up to date, then ask it in the way that the task calls for."""
        began = time.perf_counter()
        try:
            index = self._open(question.tree)
            index.update()
            ready = time.perf_counter()
            answer = self._localize(index, question) if question.task == ISSUE else self._search(index, question)
            done = time.perf_counter()
        except LocantError as error:
            raise SystemFailedError(f"locant: {error}") from error
        ranking = _localized(answer) if isinstance(answer, Localization) else _found(answer, question)
        return replace(ranking, seconds=done - ready, index_seconds=ready - began)

    def _open(self, tree: Path) -> locant.Index:
        """The index of a tree stays open: the next commit is an update, with parsers that already run."""
        if tree not in self._opened:
            self._opened[tree] = locant.open(tree)
        return self._opened[tree]

    def _localize(self, index: locant.Index, question: Question) -> Localization:
        return index.localize(
            question.text,
            files=DEPTH,
            functions=DEPTH,
            languages=languages_of(index, question),
            paths=files_below(question),
            areas=("code",),
            without=self._without,
            ranker=self._ranker,
            rerank=self._rerank,
            **self._model,
        )

    def _search(self, index: locant.Index, question: Question) -> SearchResult:
        """A question gets search, deeper than a person would look; of a model's uses, only rewriting is for it."""
        asked = {name: value for name, value in self._model.items() if name != "strategy"}
        helped = asked if self._model.get("strategy") == "rewrite" else {}
        return index.search(question.text, limit=DEPTH, paths=files_below(question), summaries=self._is_told, **helped)


def _check(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        ways = " or ".join(f"locant:{option}={name}" for name in known)
        raise EvaluationError(f"there is no {option} {value!r}: use {ways}")


def _localized(answer: Localization) -> Ranking:
    hits: list[SpanHit | FunctionHit] = [*answer.spans, *answer.functions]
    lines = (Location(hit.path, hit.start_line, hit.end_line) for hit in hits)
    return Ranking(
        files=tuple(dict.fromkeys(hit.path for hit in answer.files)),
        functions=tuple(dict.fromkeys(f"{hit.path}:{hit.qualified_name}" for hit in answer.functions)),
        spans=tuple(dict.fromkeys(lines)),
        answer_tokens=count_tokens(_shown(answer)),
        **model_figures(answer.model),
    )


def model_figures(use: ModelUse | None) -> dict[str, Any]:
    """What a language model cost, as if no answer had been kept from an earlier run."""
    if use is None:
        return {}
    known = use.cost is not None and use.cached_cost is not None
    return {
        "model_calls": use.calls + use.cached,
        "model_tokens": use.tokens_in + use.tokens_out + use.cached_tokens,
        "model_cost": (use.cost or 0.0) + (use.cached_cost or 0.0) if known else None,
        "model_dropped": use.dropped,
        "model_useful": use.useful,
        "note": "; ".join(use.notes),
    }


def _found(answer: SearchResult, question: Question) -> Ranking:
    """Places in the order in which they are read: those further down a file come after its first one.

    The tokens are those of the hits shown by default.
    """
    hits = answer.hits
    shown = [f"{hit.location.path}:{hit.location.start_line}\n{hit.snippet}" for hit in hits[:HITS_SHOWN]]
    return Ranking(
        files=tuple(dict.fromkeys(hit.location.path for hit in hits)),
        functions=tuple(dict.fromkeys(name for hit in hits for name in _functions(hit, question))),
        spans=tuple(dict.fromkeys(span for hit in hits for span in (hit.location, *hit.also))),
        answer_tokens=count_tokens("\n".join(shown)),
        **model_figures(answer.model),
    )


def _functions(hit: Hit, question: Question) -> Iterator[str]:
    """The symbol of a hit, then the functions and types of its further places, which are given by lines alone."""
    path = hit.location.path
    if hit.symbol is not None:
        yield f"{path}:{hit.symbol.qualified_name}"
    blob = question.files.get(path)
    if blob is not None and hit.also:
        parsed = question.cache.parsed(question.tree, path, blob)
        places = [Change(span.start_line, span.end_line, inserted=False) for span in hit.also]
        for name in functions_changed(parsed, read_text(question.tree, path), places):
            yield f"{path}:{name}"


def languages_of(index: locant.Index, question: Question) -> tuple[str, ...]:
    """Those of the question's family that are there: to ask for any other is an error."""
    present = index.status().languages
    return tuple(sorted(name for name in family(question.language) if name in present)) if question.language else ()


def files_below(question: Question) -> tuple[str, ...]:
    return (f"/{question.within.strip('/')}/**",) if question.within else ()


def _shown(answer: Localization) -> str:
    """What an agent reads of an answer: places and why."""
    files = [f"{hit.path} {'; '.join(e.detail for e in hit.evidence)}" for hit in answer.files[:FILES_SHOWN]]
    functions = [
        f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.qualified_name}" for hit in answer.functions[:FUNCTIONS_SHOWN]
    ]
    spans = [f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.reason}" for hit in answer.spans]
    return "\n".join([*files, *functions, *spans])
