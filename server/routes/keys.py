"""Keys: list, make, revoke; for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from locant.server.access.keys import Key
from locant.server.answers import Cursor, Limit, cursor_of, decoded, json_answer, tagged
from locant.server.problems import ProblemError
from locant.server.routes.examples import answers
from locant.server.seams import Caller, Scope, caller, services_of

__all__ = ["router"]

router = APIRouter(prefix="/v1/keys", tags=["keys"])

Admin = Annotated[Caller, Depends(caller("admin"))]
Id = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{12}$", description="Of a key.", examples=["9f2c1a7be043"])]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=1_000)]

KEY: dict[str, Any] = {
    "id": "9f2c1a7be043",
    "name": "continuous integration",
    "scope": "read",
    "repositories": ["service"],
    "created_at": 1795305801.120001,
    "used_at": None,
    "revoked_at": None,
}


class NewKey(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="Whose it is; stands in the audit log.")
    scope: Scope = Field(default="read", description="`read` asks, `write` adds and removes, `admin` makes keys.")
    repositories: Names | None = Field(default=None, description="Those that it sees; none given: all.")


_MAKE: Any = {
    "reader": {"value": {"name": "continuous integration", "scope": "read", "repositories": ["service"]}},
    "admin": {"value": {"name": "admins", "scope": "admin"}},
}


@router.get("", summary="List keys", responses=answers({"items": [KEY], "next": None}))
def list_keys(request: Request, asks: Admin, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """All keys, oldest first, without their secrets; those that were revoked stay, since the audit log names them."""
    del asks
    found = services_of(request).keys.all()
    after = decoded(cursor)
    names = [key.id for key in found]
    start = names.index(after) + 1 if after in names else 0
    shown = found[start : start + limit]
    more = cursor_of(shown[-1].id) if len(found) > start + limit else None
    return tagged(request, json_answer({"items": [_shown(key) for key in shown], "next": more}))


@router.post(
    "",
    summary="Make a key",
    status_code=201,
    responses=answers({**KEY, "key": "lct_9f2c1a7be043_..."}, status=201, said="The key, this once.", problems=(409,)),
)
def create_key(request: Request, asks: Admin, wanted: Annotated[NewKey, Body(openapi_examples=_MAKE)]) -> Response:
    """Make a key; `key` is shown this once and kept nowhere. From the first one on, the server asks for keys."""
    del asks
    keys = services_of(request).keys
    if wanted.scope != "admin" and not keys.are_there():
        detail = "the first key has to be one of scope admin: from then on nobody is answered without a key"
        raise ProblemError(409, "no-admin-key", detail)
    made, text = keys.create(wanted.name, wanted.scope, wanted.repositories)
    headers = {"Location": f"/v1/keys/{made.id}", "Cache-Control": "no-store"}
    return json_answer({**_shown(made), "key": text}, status=201, headers=headers)


@router.delete(
    "/{id}",
    summary="Revoke a key",
    status_code=204,
    responses=answers(None, status=204, said="It counts no more.", problems=(404,)),
)
def revoke_key(request: Request, asks: Admin, id: Id) -> Response:
    """Take a key back: at once, in every process, and for good."""
    del asks
    if not services_of(request).keys.revoke(id):
        raise ProblemError(404, "unknown-key", f"there is no key {id!r} that counts; GET /v1/keys lists all")
    return Response(status_code=204)


def _shown(key: Key) -> dict[str, Any]:
    return asdict(key)
