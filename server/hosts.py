"""Which names the server answers to: a page on the web that has its own name resolved to this address gets nothing."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from locant.server.problems import Problem, problem_response
from locant.server.settings import Settings

__all__ = ["HostCheck", "allowed_hosts"]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Names in the header `Host`, without a port."""
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    return tuple(dict.fromkeys((*LOOPBACK, own.lower(), *(name.lower() for name in settings.hosts))))


class HostCheck:
    """Middleware that refuses requests for other hosts."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "*" not in self._names:
            host = _name(Headers(scope=scope).get("host", ""))
            if host not in self._names:
                detail = f"this server is not called {host[:100]!r}; name it in the setting `hosts`"
                await problem_response(Problem(421, "wrong-host", detail))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
