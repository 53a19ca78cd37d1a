"""Every error as `application/problem+json` (RFC 9457): what happened, what to do, and the id of the request.

    {"type": "about:blank", "title": "Not Found", "status": 404, "code": "unknown-repository",
     "detail": "there is no repository 'x'; ...", "error": "NotFoundError", "request_id": "..."}

`code` is what programs branch on; `error` is the class of `locant.errors` where the error is one of those.
"""

from __future__ import annotations

import errno
import http
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from locant.errors import (
    EncoderError,
    LocantError,
    ModelError,
    NotFoundError,
    QueryError,
    RepositoryError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreReadOnlyError,
)
from locant.retriever.reading.visible import visible
from locant.server.requests import request_id

__all__ = ["MEDIA_TYPE", "Problem", "ProblemError", "install_handlers", "problem_of", "problem_response"]

MEDIA_TYPE = "application/problem+json"

RETRY_SECONDS = 2
"""When to come back for what is only busy now: an index job writes for seconds, not for minutes."""

log = logging.getLogger("locant.server")


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as clients get it; `error` names a class of `locant.errors`, or is empty."""

    status: int
    code: str
    detail: str
    error: str = ""
    headers: Mapping[str, str] | None = None
    more: Mapping[str, Any] | None = None


class ProblemError(LocantError):
    """An error of the server with its own status and code."""

    def __init__(
        self, status: int, code: str, detail: str, *, error: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.problem = Problem(status, code, detail, error, headers)


_KINDS: tuple[tuple[type[LocantError], int, str], ...] = (
    (NotFoundError, 404, "not-found"),
    (QueryError, 422, "bad-question"),
    (RepositoryError, 409, "repository"),
    (StoreBusyError, 503, "busy"),
    (StoreReadOnlyError, 507, "no-storage"),
    (StoreCorruptError, 503, "damaged-index"),
    (StoreError, 503, "store"),
    (EncoderError, 503, "encoder"),
    (ModelError, 503, "model"),
    (LocantError, 400, "refused"),
)
"""Errors of the engine; the first row that fits counts."""

_BUSY = frozenset({503})


def problem_of(error: LocantError) -> Problem:
    """An expected error as a problem."""
    if isinstance(error, ProblemError):
        return error.problem
    status, code = next((status, code) for kind, status, code in _KINDS if isinstance(error, kind))
    headers = {"Retry-After": str(RETRY_SECONDS)} if status in _BUSY else None
    return Problem(status, code, visible(str(error)), type(error).__name__, headers)


def problem_response(problem: Problem) -> Response:
    """The answer that says it."""
    body = {
        "type": "about:blank",
        "title": http.HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "error": problem.error,
        "request_id": request_id(),
        **(problem.more or {}),
    }
    return Response(json.dumps(body), problem.status, headers=dict(problem.headers or {}), media_type=MEDIA_TYPE)


def install_handlers(app: FastAPI) -> None:
    """Answer every error of an application as a problem."""
    app.add_exception_handler(LocantError, _expected)
    app.add_exception_handler(OSError, _system)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _expected(_: Request, error: Exception) -> Response:
    assert isinstance(error, LocantError)
    return problem_response(problem_of(error))


async def _system(request: Request, error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return problem_response(Problem(507, "no-storage", "no space is left on a disk of the server"))
    return await _unexpected(request, error)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem_response(Problem(400, "bad-json", f"the body is no JSON: {found[0]['ctx']['error']}"))
    errors = [{"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]} for one in found]
    detail = "; ".join(f"{one['where']}: {one['what']}" for one in errors)
    return problem_response(Problem(422, "bad-arguments", detail[:2_000], "QueryError", more={"errors": errors[:50]}))


_CODES = {400: "bad-json", 404: "no-such-path", 405: "method-not-allowed", 413: "too-large"}


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "refused")
    return problem_response(Problem(error.status_code, code, str(error.detail), headers=error.headers))


async def _unexpected(_: Request, error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    detail = "something went wrong in the server; its log has the details under this request id"
    return problem_response(Problem(500, "internal", detail))
