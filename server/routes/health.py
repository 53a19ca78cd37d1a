"""Is the server alive, can it answer, and what is it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

import locant
from locant.server.answers import json_answer, tagged
from locant.server.problems import ProblemError
from locant.server.routes.examples import answers
from locant.server.seams import Caller, caller, services_of

__all__ = ["router"]

router = APIRouter(tags=["operations"])

Reader = Annotated[Caller, Depends(caller("read"))]

_ABOUT: dict[str, Any] = {
    "version": "0.1.0",
    "keys": False,
    "caller": {"name": "local", "scope": "admin", "repositories": None},
    "limits": {"max_body_bytes": 4_000_000, "query_seconds": 30.0},
}


@router.get("/healthz", summary="Is it alive", responses=answers({"status": "alive"}))
async def healthz() -> Response:
    """Answers as long as the process does."""
    return json_answer({"status": "alive"})


@router.get("/readyz", summary="Can it answer", responses=answers({"status": "ready"}))
def readyz(request: Request) -> Response:
    """Whether the store can be read and there is room for questions; a 503 says what is wrong."""
    services = services_of(request)
    if request.app.state.is_stopping:
        raise ProblemError(503, "stopping", "the server ends")
    services.jobs.latest_change()
    return json_answer({"status": "ready"})


@router.get("/v1/about", summary="What is this server", responses=answers(_ABOUT))
def about(request: Request, asks: Reader) -> Response:
    """Version, limits, whether keys are asked for, and what the caller may do."""
    services = services_of(request)
    seen = None if asks.repositories is None else sorted(asks.repositories)
    found = {
        "version": locant.__version__,
        "keys": services.authorizer.asks_for_keys(),
        "caller": {"name": asks.name, "scope": asks.scope, "repositories": seen},
        "limits": {
            "max_body_bytes": services.settings.max_body_bytes,
            "query_seconds": services.settings.query_seconds,
        },
    }
    return tagged(request, json_answer(found))
