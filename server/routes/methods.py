"""The methods of an index, a route for each: arguments as `locant.Index` takes them, answers as in docs/json.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from locant.jsontext import compact_json, envelope
from locant.payloads import (
    Searched,
    brief_json,
    definitions_json,
    find_json,
    grep_json,
    localization_json,
    map_json,
    merge,
    outline_json,
    pack_json,
    references_json,
    related_json,
    search_json,
    summaries_json,
    view_json,
    vocabulary_json,
    window,
    with_freshness,
)
from locant.server.answers import tagged
from locant.server.records import Repository
from locant.server.routes import arguments as given
from locant.server.routes.asking import ask
from locant.server.routes.examples import answers
from locant.server.routes.method_examples import EXAMPLES
from locant.server.routes.repositories import Name
from locant.server.seams import Caller, caller
from locant.server.services import Services

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["METHODS", "router"]

router = APIRouter(prefix="/v1/repositories/{name}", tags=["questions"])

Reader = Annotated[Caller, Depends(caller("read"))]

MAX_FOCUS = 2_000
"""Characters of a question in a URL, which proxies and clients cut or refuse when it is long."""


MAX_FILES = 20
"""Files that a URL names, for the same reason."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An index, what it is called, and who asks."""

    index: Index
    name: str
    caller: Caller


def _search(asked: _Asked, wanted: given.SearchArguments) -> Mapping[str, Any]:
    result = asked.index.search(
        wanted.text,
        limit=wanted.offset + wanted.limit + 1,  # one more than is shown tells whether there is more
        mode=wanted.mode,
        languages=wanted.languages,
        paths=wanted.paths,
        kinds=wanted.kinds,
        areas=wanted.areas,
        snippet_lines=wanted.snippet_lines,
        summaries=wanted.summaries,
    )
    found = [Searched(asked.name, result)]
    return search_json(found, *merge(found, wanted.offset, wanted.limit))


def _localize(asked: _Asked, wanted: given.LocalizeArguments) -> Mapping[str, Any]:
    return localization_json(
        asked.index.localize(
            wanted.text,
            files=wanted.files,
            functions=wanted.functions,
            languages=wanted.languages,
            paths=wanted.paths,
            areas=wanted.areas,
            without=wanted.without,
            ranker=wanted.ranker,
            rerank=wanted.rerank,
        )
    )


def _brief(asked: _Asked, wanted: given.BriefArguments) -> Mapping[str, Any]:
    brief = asked.index.brief(wanted.text, max_tokens=wanted.max_tokens, pin=wanted.pin, ranker=wanted.ranker)
    return brief_json(brief)


def _map(asked: _Asked, wanted: given.MapArguments) -> Mapping[str, Any]:
    drawn = asked.index.repo_map(
        focus=wanted.focus,
        files=wanted.files,
        max_tokens=wanted.max_tokens,
        ranker=wanted.ranker,
        summaries=wanted.summaries,
    )
    return map_json(drawn)


def _pack(asked: _Asked, wanted: given.PackArguments) -> Mapping[str, Any]:
    return pack_json(
        asked.index.pack(
            wanted.text,
            max_tokens=wanted.max_tokens,
            style=wanted.style,
            order=wanted.order,
            detail=wanted.detail,
            line_numbers=wanted.line_numbers,
            tree=wanted.tree,
            languages=wanted.languages,
            paths=wanted.paths,
            areas=wanted.areas,
            ranker=wanted.ranker,
        )
    )


def _summarize(asked: _Asked, wanted: given.SummarizeArguments) -> Mapping[str, Any]:
    return summaries_json(asked.index.summaries(wanted.path, kept=wanted.kept))


def _view(asked: _Asked, wanted: given.ViewArguments) -> Mapping[str, Any]:
    return _fresh(asked, view_json(asked.index.view(wanted.path, wanted.start, wanted.end)))


def _outline(asked: _Asked, wanted: given.OutlineArguments) -> Mapping[str, Any]:
    symbols = asked.index.outline(wanted.path, summaries=wanted.summaries)
    told = asked.index.summaries(wanted.path, kept=True).summaries[0].text if wanted.summaries else ""
    return _fresh(asked, outline_json(wanted.path, symbols, told))


def _find(asked: _Asked, wanted: given.FindArguments) -> Mapping[str, Any]:
    found = asked.index.find(wanted.pattern, limit=wanted.offset + wanted.limit + 1)
    return _fresh(asked, find_json(wanted.pattern, window(found, wanted.offset, wanted.limit)))


def _grep(asked: _Asked, wanted: given.GrepArguments) -> Mapping[str, Any]:
    return grep_json(
        asked.index.grep(
            wanted.pattern,
            fixed=wanted.fixed,
            ignore_case=wanted.ignore_case,
            languages=wanted.languages,
            paths=wanted.paths,
            areas=wanted.areas,
            limit=wanted.limit,
        )
    )


def _definitions(asked: _Asked, wanted: given.DefinitionsArguments) -> Mapping[str, Any]:
    found = asked.index.definitions(wanted.name, limit=wanted.offset + wanted.limit + 1)
    return _fresh(asked, definitions_json(wanted.name, window(found, wanted.offset, wanted.limit)))


def _references(asked: _Asked, wanted: given.ReferencesArguments) -> Mapping[str, Any]:
    found = asked.index.references(wanted.name, limit=wanted.offset + wanted.limit + 1)
    return _fresh(asked, references_json(wanted.name, window(found, wanted.offset, wanted.limit)))


def _related(asked: _Asked, wanted: given.RelatedArguments) -> Mapping[str, Any]:
    return _fresh(asked, related_json(wanted.target, asked.index.related(wanted.target, limit=wanted.limit)))


def _vocabulary(asked: _Asked, wanted: given.VocabularyArguments) -> Mapping[str, Any]:
    return vocabulary_json(asked.index.vocabulary(wanted.text))


def _status(asked: _Asked, _: given.StatusArguments) -> Mapping[str, Any]:
    """Where things are on the disk of the server is for those who may put them there."""
    found = asked.index.status()
    if not asked.caller.may("write"):
        found = replace(found, root=asked.name, store="")
    return {"status": found}


def _fresh(asked: _Asked, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return with_freshness(payload, asked.index.freshness())


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what it takes, how it is answered, and a line about it. has_command: whether `locant` has it, too."""

    name: str
    arguments: type[given.Arguments]
    answer: Callable[[_Asked, Any], Mapping[str, Any]]
    summary: str
    has_command: bool = True


METHODS: tuple[Method, ...] = (
    Method("search", given.SearchArguments, _search, "Find places by words, a symbol, a literal or a regex"),
    Method("localize", given.LocalizeArguments, _localize, "Find files, functions and lines that an issue is about"),
    Method("brief", given.BriefArguments, _brief, "Prepare the opening context for an issue"),
    Method("map", given.MapArguments, _map, "Show the most important files and definitions"),
    Method("pack", given.PackArguments, _pack, "Pack the repository into one text for a model with a large window"),
    Method("summarize", given.SummarizeArguments, _summarize, "Say what the repository, a folder or a file is"),
    Method("view", given.ViewArguments, _view, "Show lines of a file as they are on disk"),
    Method("outline", given.OutlineArguments, _outline, "List the definitions of a file"),
    Method("find", given.FindArguments, _find, "Find files by name"),
    Method("grep", given.GrepArguments, _grep, "Find lines by a regular expression"),
    Method("definitions", given.DefinitionsArguments, _definitions, "Show where a name is defined"),
    Method("references", given.ReferencesArguments, _references, "Show where a name is used"),
    Method("related", given.RelatedArguments, _related, "Show files that have to do with a file"),
    Method("vocabulary", given.VocabularyArguments, _vocabulary, "Count files that have each word", has_command=False),
    Method("status", given.StatusArguments, _status, "Show what the index holds and whether it is fresh"),
)


def _add_route(method: Method) -> None:
    example = EXAMPLES[method.name]

    async def answer(request: Request, asks: Reader, name: Name, wanted: Any) -> Response:  # noqa: ANN401 - see below
        def question(index: Index, repository: Repository, _: Services) -> bytes:
            found = method.answer(_Asked(index, repository.name, asks), wanted)
            document = envelope(method.name, None, found) | {"repository": repository.name}
            return compact_json(document).encode()

        return Response(await ask(request, asks, name, question), media_type="application/json")

    printed = f" what `locant {method.name} --json` prints," if method.has_command else ""
    answer.__doc__ = (
        f"{method.summary}. The body is the keyword arguments, the answer{printed} with the name of the repository "
        "instead of its folder."
    )
    shown = {"example": {"value": example.body}}
    answer.__annotations__["wanted"] = Annotated[method.arguments, Body(openapi_examples=shown)]  # type: ignore[arg-type]
    router.add_api_route(
        f"/{method.name}",
        answer,
        methods=["POST"],
        name=method.name,
        operation_id=method.name,
        summary=method.summary,
        responses=answers(example.answer, problems=(404, 409, 410, 504)),
    )


for _method in METHODS:
    _add_route(_method)


@router.get(
    "/map.svg",
    summary="Draw a repository",
    responses={
        **answers(None, problems=(404, 409, 410, 504)),
        200: {
            "description": "A picture.",
            "content": {"image/svg+xml": {"schema": {"type": "string"}, "example": "<svg/>"}},
        },
    },
)
async def map_picture(
    request: Request,
    asks: Reader,
    name: Name,
    focus: Annotated[str, Query(max_length=MAX_FOCUS, description="What it is about.", examples=["retry"])] = "",
    file: Annotated[
        tuple[given.Short, ...],
        Query(max_length=MAX_FILES, description="Files to highlight.", examples=["src/retry.py"]),
    ] = (),
) -> Response:
    """The repository as a picture: folders as areas, files sized by importance; what `focus` is about stands out."""

    def question(index: Index, _: Repository, __: Services) -> str:
        return index.map_picture(focus=focus, files=file)

    return tagged(request, Response(await ask(request, asks, name, question), media_type="image/svg+xml"))
