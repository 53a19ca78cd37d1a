"""Repositories: list, add, show, refresh, remove."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi import Path as PathParameter
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field, model_validator

from locant.server.answers import Cursor, Limit, cursor_of, decoded, job_json, json_answer, repository_json, tagged
from locant.server.routes.examples import JOB, REPOSITORY, answers
from locant.server.seams import Caller, GitSource, caller, services_of

__all__ = ["Name", "router"]

router = APIRouter(prefix="/v1/repositories", tags=["repositories"])

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

Name = Annotated[
    str, PathParameter(max_length=100, pattern=NAME, description="Name of a repository.", examples=["service"])
]
Reader = Annotated[Caller, Depends(caller("read"))]
Writer = Annotated[Caller, Depends(caller("write"))]


class NewRepository(BaseModel):
    """A repository to serve: a folder of the server's machine, or a git URL."""

    model_config = ConfigDict(extra="forbid")

    path: str | None = Field(
        default=None, min_length=1, max_length=4_096, description="Absolute, inside an allowed folder."
    )
    url: str | None = Field(
        default=None, min_length=1, max_length=2_048, description="Of a git repository on an allowed host."
    )
    branch: str | None = Field(default=None, min_length=1, max_length=255)
    revision: str | None = Field(
        None, min_length=1, max_length=255, description="A commit or a tag; it is not followed."
    )
    submodules: bool = False
    name: str | None = Field(
        default=None, max_length=100, pattern=NAME, description="From the path or the URL if not given."
    )

    @model_validator(mode="after")
    def _one_source(self) -> NewRepository:
        if (self.path is None) == (self.url is None):
            raise ValueError("give either path or url")
        if self.path is not None and (self.branch or self.revision or self.submodules):
            raise ValueError("branch, revision and submodules belong to a url; a folder is indexed as it is")
        return self


_ADD: dict[str, Example] = {
    "folder": {"value": {"path": "/srv/repositories/service"}},
    "git": {"value": {"url": "https://git.example.org/team/service.git", "branch": "main", "name": "service"}},
}


@router.get("", summary="List repositories", responses=answers({"items": [REPOSITORY], "next": None}))
def list_repositories(request: Request, asks: Reader, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Repositories that the caller may ask, by name."""
    after = decoded(cursor)
    found = [one for one in services_of(request).catalog.all(asks) if after is None or one.name > after]
    shown = found[:limit]
    more = cursor_of(shown[-1].name) if len(found) > limit else None
    return tagged(request, json_answer({"items": [repository_json(one, asks) for one in shown], "next": more}))


@router.post(
    "",
    summary="Add a repository",
    status_code=201,
    responses=answers(REPOSITORY, status=201, said="It is served; a job indexes it.", problems=(409,)),
)
def add_repository(
    request: Request, asks: Writer, wanted: Annotated[NewRepository, Body(openapi_examples=_ADD)]
) -> Response:
    """Serve a folder or a git repository; a job begins to index it."""
    catalog = services_of(request).catalog
    if wanted.path is not None:
        made = catalog.add_path(wanted.path, wanted.name)
    else:
        assert wanted.url is not None
        made = catalog.add_git(
            GitSource(wanted.name or "", wanted.url, wanted.branch, wanted.revision, submodules=wanted.submodules)
        )
    return json_answer(repository_json(made, asks), status=201, headers={"Location": f"/v1/repositories/{made.name}"})


@router.get("/{name}", summary="Show a repository", responses=answers(REPOSITORY, problems=(404,)))
def show_repository(request: Request, asks: Reader, name: Name) -> Response:
    """State of a repository and of its index."""
    found = services_of(request).catalog.get(name, asks)
    return tagged(request, json_answer(repository_json(found, asks)))


@router.delete(
    "/{name}",
    summary="Remove a repository",
    status_code=204,
    responses=answers(None, status=204, said="It is not served any more.", problems=(404,)),
)
def remove_repository(request: Request, asks: Writer, name: Name) -> Response:
    """Serve it no more. Its index and its clone are deleted by a job; the folder of a `path` is never touched."""
    services = services_of(request)
    found = services.catalog.get(name, asks)
    services.catalog.remove(name)
    services.pool.forget(found.number)
    return Response(status_code=204)


@router.post(
    "/{name}/refresh",
    summary="Refresh a repository",
    status_code=202,
    responses=answers(JOB, status=202, said="The job that does it.", problems=(404,)),
)
def refresh_repository(request: Request, asks: Writer, name: Name) -> Response:
    """Fetch it, where it comes from elsewhere, and bring its index up to date; answers go on meanwhile."""
    catalog = services_of(request).catalog
    catalog.get(name, asks)
    job = catalog.refresh(name)
    return json_answer(job_json(job), status=202, headers={"Location": f"/v1/jobs/{job.number}"})
