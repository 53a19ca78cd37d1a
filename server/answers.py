"""Answers of the routes: JSON with an ETag, pages of lists with a cursor."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from locant.jsontext import compact_json, to_json
from locant.server.problems import ProblemError
from locant.server.records import Job, Repository
from locant.server.seams import Caller

__all__ = ["Cursor", "Limit", "cursor_of", "decoded", "job_json", "json_answer", "repository_json", "tagged"]

Limit = Annotated[int, Query(ge=1, le=200, description="Items at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]


def json_answer(
    data: Any,  # noqa: ANN401 - records, or JSON values
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Records as JSON."""
    body = compact_json(to_json(data)).encode()
    return Response(body, status, headers=dict(headers or {}), media_type="application/json")


def tagged(request: Request, response: Response) -> Response:
    """An answer to a GET with its ETag, or that nothing changed since the client got it."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    response.headers.update(headers)
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in {part.strip().removeprefix("W/") for part in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return response


def cursor_of(key: str) -> str:
    """A cursor that leads on after an item."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decoded(cursor: str | None) -> str | None:
    """The key of a cursor; a 422 when it is none of ours."""
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise ProblemError(
            422, "bad-cursor", f"{cursor[:80]!r} is no cursor; use `next` of the page before", error="QueryError"
        ) from error


def repository_json(repository: Repository, caller: Caller) -> dict[str, Any]:
    """A repository as a caller may see it."""
    found = dataclasses.asdict(repository)
    path = found.pop("root")
    del found["number"]
    if caller.may("write"):
        found["path"] = path
    return found


def job_json(job: Job) -> dict[str, Any]:
    """A job as everybody may see it who sees its repository."""
    progress = job.progress
    return {
        "id": job.number,
        "repository": job.repository,
        "kind": job.kind,
        "state": job.state,
        "progress": progress and {"phase": progress.stage, "done": progress.done, "total": progress.total},
        "error": job.error,
        "attempts": job.attempts,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }
