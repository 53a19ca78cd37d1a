"""What the server counts, for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from locant.server.observe.metrics import CONTENT_TYPE, exposition
from locant.server.routes.examples import answers
from locant.server.seams import Caller, caller, services_of

__all__ = ["router"]

router = APIRouter(tags=["operations"])

Reader = Annotated[Caller, Depends(caller("read"))]

_TEXT = {"text/plain": {"schema": {"type": "string"}, "example": 'locant_jobs{state="done"} 12.0\n'}}

_ANSWERS = {**answers(None), 200: {"description": "All.", "content": _TEXT}}


@router.get("/metrics", summary="Counters for Prometheus", responses=_ANSWERS)
def metrics(request: Request, asks: Reader) -> Response:
    """Requests, durations, jobs and repositories, over all processes; takes any key once there are keys."""
    del asks
    return Response(exposition(services_of(request).database), headers={"Content-Type": CONTENT_TYPE})
