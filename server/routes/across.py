"""Questions to several repositories at once: one ranking, each hit with its repository."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi.openapi.models import Example
from pydantic import Field

from locant.errors import LocantError
from locant.facade import LINE_SHAPES
from locant.merging import Comparable, Found, merged_files, merged_hits
from locant.payloads import Searched
from locant.retriever.reading.snippets import SNIPPET_LINES
from locant.server.answers import json_answer
from locant.server.problems import ProblemError, problem_of
from locant.server.records import Repository
from locant.server.routes import arguments as given
from locant.server.routes.asking import ask
from locant.server.routes.examples import answers
from locant.server.seams import Caller, caller, services_of
from locant.server.services import Services
from locant.types import SearchMode, Vocabulary

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["questions"])

Reader = Annotated[Caller, Depends(caller("read"))]
Chosen = Annotated[
    tuple[given.Short, ...] | None,
    Field(max_length=1_000, description="Names of repositories; null: all that the caller may ask."),
]
Share = Annotated[int, Field(ge=1, le=given.MOST, description="Hits of one repository at most.")]


class SearchAcross(given.Arguments):
    text: given.Text
    repositories: Chosen = None
    limit: given.Count = 10
    share: Share = 5
    mode: SearchMode = "auto"
    languages: given.Names = ()
    paths: given.Names = ()
    kinds: given.Names = ()
    areas: given.Names = ()
    snippet_lines: Annotated[int, Field(ge=1, le=200)] = SNIPPET_LINES
    summaries: bool = False


class LocalizeAcross(given.Arguments):
    text: given.Text
    repositories: Chosen = None
    limit: given.Count = 20
    share: Share = 10


_SEARCH: dict[str, Example] = {
    "example": {"value": {"text": "retry delay", "repositories": None, "limit": 10, "share": 5}}
}
_LOCALIZE: dict[str, Example] = {
    "example": {"value": {"text": "Retries wait for hours", "repositories": ["service"], "limit": 10}}
}
_FRESH = {
    "commit": "5d41402abc4b2a76b9719d911017c592ae8f1c07",
    "dirty": False,
    "indexed_at": 1795305813.370403,
    "checked_at": 1795305813.388469,
    "coverage": 1.0,
    "left_out": {"binary": 1},
    "stale": [],
}
_HIT = {
    "repository": "service",
    "path": "src/retry.py",
    "start_line": 4,
    "end_line": 6,
    "symbol": None,
    "language": "python",
    "score": 0.91,
    "evidence": [],
    "snippet": "class RetryPolicy:",
    "stale": False,
    "also": [],
}
_FAILED = [
    {"repository": "old", "status": 410, "code": "gone", "detail": "the folder of repository 'old' is not there"}
]
_ASKED = [{"repository": "service", "freshness": _FRESH}]
_SEARCHED = {"query": "retry delay", "hits": [_HIT], "truncated": False, "repositories": _ASKED, "failed": _FAILED}
_LOCALIZED = {
    "files": [{"repository": "service", "path": "src/retry.py", "score": 0.91, "evidence": []}],
    "functions": [],
    "repositories": _ASKED,
    "failed": _FAILED,
}


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Answer]):
    """What several repositories answered, and the problems of those that did not."""

    answers: list[Answer]
    failed: list[dict[str, Any]]


async def _each(
    request: Request,
    asks: Caller,
    names: tuple[str, ...] | None,
    question: Callable[[Index, Repository, Services], Answer],
) -> _Asked[Answer]:
    """Ask several repositories, a few at a time; one that is gone, broken or slow does not spoil the others' answers.

    Raises:
        LocantError: none could be asked, all for one reason.

    """
    services = services_of(request)
    turns = asyncio.Semaphore(services.settings.query_threads)

    async def one(name: str) -> Answer:
        async with turns:
            return await ask(request, asks, name, question)

    chosen = dict.fromkeys(await services.runner.run(lambda: _chosen(services, asks)) if names is None else names)
    done = await _in_time({name: one(name) for name in chosen}, services.settings.across_seconds)
    errors = {name: found for name, found in done.items() if isinstance(found, LocantError)}
    if errors and len(errors) == len(done) and len({problem_of(error).code for error in errors.values()}) == 1:
        raise next(iter(errors.values()))
    answered = [found for found in done.values() if not isinstance(found, LocantError)]
    return _Asked(answered, [_failed(name, error) for name, error in errors.items()])


async def _in_time(questions: Mapping[str, Awaitable[Answer]], seconds: float) -> dict[str, Answer | LocantError]:
    """What each is answered within a time for all of them, or its error."""
    tasks = {name: asyncio.ensure_future(question) for name, question in questions.items()}
    try:
        if tasks:
            await asyncio.wait(tasks.values(), timeout=seconds)
    finally:
        late = [name for name, task in tasks.items() if task.cancel()]
    answers = await asyncio.gather(*tasks.values(), return_exceptions=True)
    found: dict[str, Answer | LocantError] = {}
    for name, answer in zip(tasks, answers, strict=True):
        if name in late:
            detail = f"it gave no answer within {seconds:g} s (across_seconds), so the others answered without it"
            found[name] = ProblemError(504, "too-slow", detail)
        elif isinstance(answer, BaseException) and not isinstance(answer, LocantError):
            raise answer
        else:
            found[name] = answer
    return found


def _chosen(services: Services, asks: Caller) -> list[str]:
    """All that can be asked; who names none does not want to hear of those that are gone."""
    return [one.name for one in services.catalog.all(asks) if one.state != "gone"]


def _failed(name: str, error: LocantError) -> dict[str, Any]:
    problem = problem_of(error)
    return {"repository": name, "status": problem.status, "code": problem.code, "detail": problem.detail}


@router.post(
    "/search", summary="Search in several repositories", responses=answers(_SEARCHED, problems=(404, 409, 410, 504))
)
async def search(
    request: Request, asks: Reader, wanted: Annotated[SearchAcross, Body(openapi_examples=_SEARCH)]
) -> Response:
    """Places in any of the repositories, best first, at most `share` of each."""

    def question(index: Index, repository: Repository, _: Services) -> Comparable[Searched]:
        result = index.search(
            wanted.text,
            limit=wanted.share + 1,
            mode=wanted.mode,
            languages=wanted.languages,
            paths=wanted.paths,
            kinds=wanted.kinds,
            areas=wanted.areas,
            snippet_lines=wanted.snippet_lines,
            summaries=wanted.summaries,
        )
        is_words = result.mode not in LINE_SHAPES  # lines match or do not: nothing makes them more or less
        words = index.vocabulary(wanted.text) if is_words else Vocabulary(0, {})
        return Comparable(Searched(repository.name, result), words)

    found = await _each(request, asks, wanted.repositories, question)
    return json_answer(merged_hits(wanted.text, found.answers, wanted.share, wanted.limit) | {"failed": found.failed})


@router.post(
    "/localize",
    summary="Localize an issue in several repositories",
    responses=answers(_LOCALIZED, problems=(404, 409, 410, 504)),
)
async def localize(
    request: Request, asks: Reader, wanted: Annotated[LocalizeAcross, Body(openapi_examples=_LOCALIZE)]
) -> Response:
    """Files and functions of any of the repositories that an issue is about, best first, at most `share` of each."""

    def question(index: Index, repository: Repository, _: Services) -> Comparable[Found]:
        found = Found(repository.name, index.localize(wanted.text, files=wanted.share, functions=wanted.share))
        return Comparable(found, index.vocabulary(wanted.text))

    found = await _each(request, asks, wanted.repositories, question)
    return json_answer(merged_files(found.answers, wanted.limit) | {"failed": found.failed})
