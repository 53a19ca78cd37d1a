"""The id of a request: taken from its header `X-Request-Id` or made here, in every answer, log line and problem."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADER", "RequestIds", "request_id"]

HEADER = "X-Request-Id"

_current: ContextVar[str] = ContextVar("request_id", default="")

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What is taken from a client: it goes into logs."""


def request_id() -> str:
    """Id of the request that is being answered; empty outside of one."""
    return _current.get()


class RequestIds:
    """Middleware that gives each request its id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        identity = given if _PLAIN.fullmatch(given) else secrets.token_hex(8)
        token = _current.set(identity)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = identity
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            _current.reset(token)
