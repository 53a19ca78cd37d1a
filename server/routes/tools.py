"""The tools of the registry, one route for each: the answers that agents get, for programs that call them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response

from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.registry import TOOLS
from locant.agent_tools.schemas import input_schema
from locant.agent_tools.types import Tool
from locant.jsontext import compact_json
from locant.server.answers import json_answer, tagged
from locant.server.problems import ProblemError
from locant.server.repositories.workspace import ServedWorkspace
from locant.server.routes.examples import answers, body
from locant.server.routes.repositories import Name
from locant.server.seams import Caller, caller, services_of

if TYPE_CHECKING:
    pass

__all__ = ["router"]

router = APIRouter(tags=["tools"])

Reader = Annotated[Caller, Depends(caller("read"))]

ISSUE = "Retries wait for hours\n\nRetryPolicy.delay ignores MAX_DELAY."

_BODIES: dict[str, dict[str, Any]] = {
    "brief": {"issue": ISSUE},
    "localize": {"issue": ISSUE},
    "search": {"query": "where is the retry delay computed", "limit": 5},
    "grep": {"pattern": "MAX_DELAY", "paths": ["src/**"]},
    "open": {"path": "src/retry.py", "line": 4},
    "outline": {"path": "src/retry.py"},
    "references": {"name": "delay"},
    "find_file": {"pattern": "retry"},
    "repo_map": {"focus": "retry delay"},
    "pack": {"issue": ISSUE, "paths": ["src/**"]},
    "scroll": {"path": "src/retry.py", "line": 1},
    "goto": {"path": "src/retry.py", "line": 40},
    "definitions": {"name": "delay"},
    "callers": {"name": "delay"},
    "related": {"target": "src/retry.py"},
}

_ANSWER: dict[str, Any] = {
    "text": "1 file for 'retry'\nsrc/retry.py\n[state: commit 5d41402abc; 1 files left out on purpose]",
    "data": {
        "files": [{"path": "src/retry.py"}],
        "shortened": "",
        "hint": "",
        "freshness": {
            "commit": "5d41402abc4b2a76b9719d911017c592ae8f1c07",
            "dirty": False,
            "indexed_at": 1795305813.370403,
            "checked_at": 1795305813.388469,
            "coverage": 1.0,
            "left_out": {"binary": 1},
            "stale": [],
        },
    },
    "tokens": 44,
    "found": True,
    "is_error": False,
}


def tool_json(tool: Tool) -> dict[str, Any]:
    """A tool as it is listed; `is_default`: offered to agents unless they ask for all."""
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": input_schema(tool),
        "max_tokens": tool.max_tokens,
        "is_default": tool.is_default,
    }


@router.get("/v1/tools", summary="List the tools", responses=answers({"items": [tool_json(TOOLS[0])], "next": None}))
async def list_tools(request: Request, asks: Reader) -> Response:
    """The tools with the schemas of their arguments."""
    del asks
    return tagged(request, json_answer({"items": [tool_json(tool) for tool in TOOLS], "next": None}))


def _add_route(tool: Tool) -> None:
    async def answer(request: Request, asks: Reader, name: Name, arguments: Annotated[Any, Body()]) -> Response:  # noqa: ANN401
        return await _call(request, asks, name, tool, arguments)

    answer.__doc__ = tool.description
    router.add_api_route(
        f"/v1/repositories/{{name}}/tools/{tool.name}",
        answer,
        methods=["POST"],
        operation_id=f"tool_{tool.name}",
        summary=f"Call the tool {tool.name}",
        responses=answers(
            _ANSWER,
            said="The answer as an agent reads it; `is_error`: its text says what was wrong with the call.",
            problems=(404, 409, 410, 504),
        ),
        openapi_extra=body(input_schema(tool), _BODIES[tool.name]),
    )


async def _call(request: Request, asks: Caller, name: str, tool: Tool, arguments: object) -> Response:
    if not isinstance(arguments, dict):
        raise ProblemError(422, "bad-arguments", "the arguments of a tool are a JSON object", error="QueryError")
    services = services_of(request)

    def question() -> Response:
        workspace = ServedWorkspace(services, asks, name)
        workspace.index()  # one that is unknown or gone is a problem of the request, not an answer
        found = call_tool(workspace, tool.name, arguments)
        return Response(compact_json(dataclasses.asdict(found)), media_type="application/json")

    return await services.runner.run(question, name)


for _tool in TOOLS:
    _add_route(_tool)
