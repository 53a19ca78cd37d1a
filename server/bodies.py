"""Limits on what clients send: how long a body may be, and how long they may take to send it."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locant.server.problems import Problem, problem_response

__all__ = ["BodyLimits"]


class BodyLimits:
    """Middleware that takes a body in, whole, before anything else is done with the request.

    Args:
        app: gets requests whose bodies are there.
        max_bytes: of a body; more is a 413.
        seconds: in which it has to be there; more is a 408.

    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if not length and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        if length.isdecimal() and int(length) > self._max_bytes:
            await self._refuse(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._read(receive), self._seconds)
        except asyncio.TimeoutError:
            detail = f"the body did not arrive within {self._seconds:g} s"
            problem = Problem(408, "too-slow-body", detail, headers={"Connection": "close"})
            await problem_response(problem)(scope, receive, send)
            return
        if body is None:
            await self._refuse(scope, receive, send)
        else:
            await self._app(scope, _given(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The body; None when it is longer than it may be, or the client has gone."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_bytes:
                return None
            if not message.get("more_body", False):
                return b"".join(parts)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"a body may have {self._max_bytes} bytes (max_body_bytes)"
        problem = Problem(413, "too-large", detail, headers={"Connection": "close"})
        await problem_response(problem)(scope, receive, send)


def _given(body: bytes, receive: Receive) -> Receive:
    is_read = False

    async def read() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read
