"""Examples of answers for the OpenAPI document, and how a route says what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["JOB", "REPOSITORY", "answers", "body"]

REPOSITORY: dict[str, Any] = {
    "name": "service",
    "source": "path",
    "url": None,
    "branch": None,
    "revision": None,
    "submodules": False,
    "state": "ready",
    "commit": "5d41402abc4b2a76b9719d911017c592ae8f1c07",
    "dirty": False,
    "files": 412,
    "chunks": 5120,
    "indexed_at": 1795305813.370403,
    "error": None,
    "job": 17,
    "created_at": 1795305801.120001,
    "path": "/srv/repositories/service",
}

JOB: dict[str, Any] = {
    "id": 17,
    "repository": "service",
    "kind": "index",
    "state": "running",
    "progress": {"phase": "parsing", "done": 120, "total": 412},
    "error": None,
    "attempts": 1,
    "created_at": 1795305801.120001,
    "started_at": 1795305801.320001,
    "ended_at": None,
}

_PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: ("bad-json", "Bad Request", "the body is no JSON: Expecting value"),
    401: ("no-key", "Unauthorized", "this server asks for a key: Authorization: Bearer lct_..."),
    403: ("forbidden", "Forbidden", "this key may not do that"),
    404: (
        "unknown-repository",
        "Not Found",
        "no repository 'x' is served here; GET /v1/repositories lists those that are",
    ),
    409: ("not-ready", "Conflict", "repository 'service' is being indexed; GET /v1/jobs/17 tells more"),
    410: ("gone", "Gone", "the folder of repository 'service' is not there any more"),
    413: ("too-large", "Content Too Large", "a body may have 4000000 bytes"),
    422: ("bad-arguments", "Unprocessable Content", "body.limit: Input should be greater than or equal to 1"),
    429: ("too-many", "Too Many Requests", "this key may ask 600 times a minute; come back in 3 s"),
    503: ("overloaded", "Service Unavailable", "132 questions are being answered or wait here; come back in a moment"),
    504: ("too-slow", "Gateway Timeout", "the answer took more than 30 s and was given up; ask for less"),
    507: ("no-storage", "Insufficient Storage", "no space is left on a disk of the server"),
}


def _problem(status: int) -> dict[str, Any]:
    code, title, detail = _PROBLEMS[status]
    example = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "error": "",
        "request_id": "f3a9c1d2e4b5a697",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": title, "content": {"application/problem+json": {"schema": schema, "example": example}}}


def answers(
    example: Any,  # noqa: ANN401 - JSON
    *,
    status: int = 200,
    said: str = "The answer.",
    problems: tuple[int, ...] = (),
) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route: its answer by example, and the problems that it may have.

    `default` stands for the problems that every route may have.
    """
    found: dict[int | str, dict[str, Any]] = {status: {"description": said}}
    if example is not None:
        schema = {"type": "object"} if isinstance(example, Mapping) else {}
        found[status]["content"] = {"application/json": {"schema": schema, "example": example}}
    for problem in (400, 401, 403, *problems, 413, 422, 429, 503, 507):
        found[problem] = _problem(problem)
    return found


def body(schema: Mapping[str, Any], example: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """`openapi_extra` of a route whose body is checked by somebody else than its signature."""
    content = {"application/json": {"schema": dict(schema), "example": example}}
    return {"requestBody": {"required": True, "content": content}}
