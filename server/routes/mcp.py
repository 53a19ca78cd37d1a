"""The Model Context Protocol in the same process: POST /mcp, or /mcp?repository=NAME for one repository alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from locant.agent_tools.calling.plain import PlainIndex
from locant.agent_tools.registry import tools_of
from locant.agent_tools.types import Answer, Session
from locant.server.hosts import allowed_hosts
from locant.server.problems import ProblemError, problem_of, problem_response
from locant.server.repositories.workspace import ServedWorkspace
from locant.server.running import QueryRunner
from locant.server.seams import Caller
from locant.server.services import Services

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["McpEndpoint"]

NAMING = (
    "Several repositories may be served: name one by the argument `repository`; a call that names none says which "
    "there are."
)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks in this request, and the one repository that it is about, if it says so."""

    caller: Caller
    repository: str | None


_asking: ContextVar[_Asking] = ContextVar("asking")


class _Workspace:
    """The repositories of whoever asks now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def _of_caller(self) -> ServedWorkspace:
        asking = _asking.get()
        return ServedWorkspace(self._services, asking.caller, asking.repository)

    @property
    def names(self) -> tuple[str, ...]:
        return self._of_caller().names

    def index(self, repository: str = "", session: Session | None = None) -> Index | PlainIndex:
        return self._of_caller().index(repository, session)


class McpEndpoint:
    """ASGI application of the protocol.

    Its library takes as long to import as all the rest of the server: it is made while the server answers already, and
    requests that come before wait for it.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ready = asyncio.Event()
        self._stop = asyncio.Event()
        self._application: Starlette | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be there for requests."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stop.set()
            await task

    async def _run(self) -> None:
        """One task from start to end: the library's own tasks belong to it."""
        application = await asyncio.to_thread(_application, self._services)
        async with application.router.lifespan_context(application):
            self._application = application
            self._ready.set()
            await self._stop.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            caller = await self._services.authorizer.authorize(request, "read")
        except ProblemError as error:
            await problem_response(problem_of(error))(scope, receive, send)
            return
        request.state.caller = caller
        await self._ready.wait()
        assert self._application is not None
        token = _asking.set(_Asking(caller, request.query_params.get("repository")))
        try:
            await self._application({**scope, "path": "/mcp", "root_path": ""}, receive, send)
        finally:
            _asking.reset(token)


async def _run(runner: QueryRunner, call: Callable[[], Answer], arguments: Mapping[str, Any]) -> Answer:
    """The answer of a call under the bounds of all questions; what they refuse is told to the model."""
    try:
        return await runner.run(call, str(_asking.get().repository or arguments.get("repository") or ""))
    except ProblemError as error:
        return Answer(f"Error: {error.problem.detail}", {}, 0, is_error=True)


def _application(services: Services) -> Starlette:
    from mcp.server.transport_security import TransportSecuritySettings

    from locant.agent_tools.mcp_server import make_server

    names = allowed_hosts(services.settings)
    hosts = [name if port is None else f"{name}:{port}" for name in names for port in (None, "*")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection="*" not in names,
        allowed_hosts=hosts,
        allowed_origins=[f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")],
    )
    tools = tools_of(services.settings.mcp_tools)
    server = make_server(_Workspace(services), tools, instructions=NAMING, runner=partial(_run, services.runner))
    return server.streamable_http_app(stateless_http=True, json_response=True, transport_security=security)
