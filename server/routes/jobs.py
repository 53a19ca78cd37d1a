"""Jobs: list, show, cancel, and watch as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from locant.jsontext import compact_json, to_json
from locant.server.answers import Cursor, Limit, cursor_of, decoded, job_json, json_answer, tagged
from locant.server.problems import ProblemError
from locant.server.records import Job, JobState
from locant.server.routes.examples import JOB, answers
from locant.server.seams import Caller, caller, services_of

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["jobs"])

Reader = Annotated[Caller, Depends(caller("read"))]
Writer = Annotated[Caller, Depends(caller("write"))]
MOST_NUMBER = 2**63 - 1
Id = Annotated[int, PathParameter(ge=1, le=MOST_NUMBER, description="Number of a job.", examples=[17])]
LastEvent = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=40, description="`id` of the last event that was seen.")
]

PING_SECONDS = 15.0
"""Proxies close a connection on which nothing is said; most wait 60 seconds."""

_EVENT = f"id: 42\nevent: job\ndata: {compact_json(JOB)}\n\n"


@router.get("/jobs", summary="List jobs", responses=answers({"items": [JOB], "next": None}))
def list_jobs(
    request: Request,
    asks: Reader,
    repository: Annotated[str | None, Query(max_length=100, description="Only of this repository.")] = None,
    state: Annotated[JobState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Jobs of the repositories that the caller may ask, latest first; ended ones are remembered for a while."""
    before = _number(decoded(cursor))
    found: list[Job] = []
    while len(found) <= limit:
        page = services_of(request).jobs.latest(repository=repository, state=state, before=before, limit=limit + 1)
        found += [job for job in page if asks.sees(job.repository)]
        if len(page) <= limit:
            break
        before = page[-1].number
    shown = found[:limit]
    more = cursor_of(str(shown[-1].number)) if len(found) > limit else None
    return tagged(request, json_answer({"items": [job_json(job) for job in shown], "next": more}))


def _number(key: str | None) -> int | None:
    if key is None:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise ProblemError(422, "bad-cursor", "this is no cursor of a list of jobs", error="QueryError")
    return int(key)


def _job(request: Request, asks: Caller, number: int) -> Job:
    found = services_of(request).jobs.get(number)
    if found is None or not asks.sees(found.repository):
        raise ProblemError(
            404, "unknown-job", f"there is no job {number}; GET /v1/jobs lists those that are remembered"
        )
    return found


@router.get("/jobs/{number}", summary="Show a job", responses=answers(JOB, problems=(404,)))
def show_job(request: Request, asks: Reader, number: Id) -> Response:
    """State of a job."""
    return tagged(request, json_answer(job_json(_job(request, asks, number))))


@router.post("/jobs/{number}/cancel", summary="Cancel a job", responses=answers(JOB, problems=(404, 409)))
def cancel_job(request: Request, asks: Writer, number: Id) -> Response:
    """End a job: one that waits at once, one that runs within a second or so; its index stays as it was."""
    found = _job(request, asks, number)
    if found.state not in ("queued", "running"):
        raise ProblemError(409, "has-ended", f"job {number} has ended already: {found.state}")
    if found.kind == "remove":
        raise ProblemError(409, "not-cancelled", "what a removed repository left cannot be kept")
    return json_answer(job_json(services_of(request).jobs.cancel(number) or found))


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `event: job`, and as `data` the job as JSON.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EVENT}},
    },
}


@router.get("/events", summary="Watch all jobs", responses={**answers(None), **_STREAM})
async def watch_jobs(request: Request, asks: Reader, last_event: LastEvent = None) -> Response:
    """Changes of jobs as they happen; with `Last-Event-ID`, those since then first."""
    return _stream(request, asks, None, _since(last_event))


@router.get("/jobs/{number}/events", summary="Watch a job", responses={**answers(None, problems=(404,)), **_STREAM})
async def watch_job(request: Request, asks: Reader, number: Id) -> Response:
    """The job as it is, then its changes until it has ended."""
    found = await run_in_threadpool(_job, request, asks, number)
    return _stream(request, asks, found, None)


def _since(last_event: str | None) -> int | None:
    is_ours = last_event is not None and last_event.isascii() and last_event.isdecimal() and len(last_event) < 19
    return int(last_event) if is_ours and last_event is not None else None


def _stream(request: Request, asks: Caller, job: Job | None, since: int | None) -> Response:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, asks, job, since), media_type="text/event-stream", headers=headers)


async def _events(request: Request, asks: Caller, job: Job | None, since: int | None) -> AsyncIterator[str]:
    """Events until the client goes, the one job ends, or the server does."""
    async with services_of(request).feed.listening(since if job is None else job.change) as queue:
        yield ": listening\n\n"
        if job is not None:
            yield _event(job)
        while job is None or job.state in ("queued", "running"):
            try:
                changed = await asyncio.wait_for(queue.get(), PING_SECONDS)
            except asyncio.TimeoutError:
                yield ": still here\n\n"
                continue
            if changed is None:
                return
            if job is not None and changed.number == job.number:
                job = changed
                yield _event(job)
            elif job is None and asks.sees(changed.repository):
                yield _event(changed)


def _event(job: Job) -> str:
    return f"id: {job.change}\nevent: job\ndata: {compact_json(to_json(job_json(job)))}\n\n"
