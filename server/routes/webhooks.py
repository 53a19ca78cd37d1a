"""Webhooks: a host of repositories tells of a push, and the repositories that follow it are refreshed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool

from locant.server.answers import json_answer
from locant.server.observe.metrics import WEBHOOKS
from locant.server.problems import ProblemError
from locant.server.remotes.schedule import moved_by
from locant.server.remotes.webhooks import Deliveries, read_push, secrets_at
from locant.server.routes.examples import answers, body
from locant.server.seams import Caller, services_of

__all__ = ["router"]

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

Host = Annotated[Literal["github", "gitlab", "gitea"], PathParameter(description="Kind of host; Forgejo is gitea.")]

_PUSH = {"ref": "refs/heads/main", "after": "5d41402abc4b2a76b9719d911017c592ae8f1c07", "repository": {}}


@router.post(
    "/{host}",
    summary="Hear of a push",
    status_code=202,
    responses=answers({"jobs": [17]}, status=202, said="The jobs that follow.", problems=(404, 409)),
    openapi_extra=body({"type": "object"}, _PUSH),
)
async def hear(request: Request, host: Host) -> Response:
    """Takes the place of a key: the signature of the host. Unsigned and repeated deliveries are refused."""
    try:
        numbers = await run_in_threadpool(_heard, request, host, await request.body())
    except ProblemError as error:
        WEBHOOKS.labels(host, error.problem.code).inc()
        raise
    WEBHOOKS.labels(host, "taken").inc()
    return json_answer({"jobs": numbers}, status=202)


def _heard(request: Request, host: str, content: bytes) -> list[int]:
    services = services_of(request)
    places = services.settings.webhook_secrets
    if not places:
        raise ProblemError(
            404, "no-webhooks", "this server hears no webhooks; the setting webhook_secrets turns them on"
        )
    push = read_push(host, request.headers, content, secrets_at(places))
    asks = Caller(f"webhook of {host}", "write")
    request.scope["locant.caller"] = ("webhook", asks)
    if push is None:
        return []
    Deliveries(services.database).take(host, content)
    moved = moved_by(push, services.catalog.all(asks))
    return [services.catalog.refresh(repository.name).number for repository in moved]
