"""What every answer has: headers that keep browsers from doing more than show it, and a bound on its length."""

from __future__ import annotations

from contextlib import ExitStack

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locant.server.access.authorizing import LEASES
from locant.server.problems import Problem, problem_response

__all__ = ["AnswerLimits", "Leases", "SecurityHeaders"]

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        # The page makes no markup from strings, but for the map, which is read by a parser and never inserted.
        "require-trusted-types-for 'script'",
        "trusted-types locant-map",
    )
)
"""The page loads from its own server and from nowhere else, and no text of a repository becomes a script or a style."""

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TRANSPORT = "max-age=31536000"
"""For clients that came by TLS, which a proxy in front ends."""


class SecurityHeaders:
    """Middleware that gives every answer the headers; answers of the API are in no cache unless they say so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = TRANSPORT
                if scope["path"].startswith(("/v1/", "/mcp", "/metrics")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, answer)


class Leases:
    """Middleware that gives back, once a request is answered, what was held for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with ExitStack() as leases:
            scope[LEASES] = leases
            await self._app(scope, receive, send)


class AnswerLimits:
    """Middleware that sends no answer that is longer than the limit; streams of events are not counted."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        is_refused = False

        async def answer(message: Message) -> None:
            nonlocal start, is_refused
            if is_refused:
                return
            if message["type"] == "http.response.start":
                start = message  # sent with the first part: until then it can still become another answer
                return
            if start is not None and len(message.get("body", b"")) > self._max_bytes:
                is_refused = True
                await self._refuse(scope, receive, send)
                return
            if start is not None:
                first, start = start, None
                await send(first)
            await send(message)

        await self._app(scope, receive, answer)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"the answer has more than {self._max_bytes} bytes (max_answer_bytes); ask for less"
        await problem_response(Problem(422, "too-much", detail))(scope, receive, send)
