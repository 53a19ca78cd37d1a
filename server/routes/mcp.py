"""The Model Context Protocol in the same process: POST /mcp, or /mcp?repository=NAME for one repository alone."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from locant.agent_tools.calling.plain import PlainIndex
from locant.agent_tools.mcp_server import make_server
from locant.agent_tools.registry import tools_of
from locant.agent_tools.types import Session
from locant.server.hosts import allowed_hosts
from locant.server.problems import ProblemError, problem_of, problem_response
from locant.server.repositories.workspace import ServedWorkspace
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
    """ASGI application of the protocol; `application` has to be started and ended with the server's."""

    def __init__(self, services: Services) -> None:
        self._services = services
        server = make_server(_Workspace(services), tools_of(services.settings.mcp_tools), instructions=NAMING)
        self.application: Starlette = server.streamable_http_app(
            stateless_http=True, json_response=True, transport_security=_security(services)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            caller = await self._services.authorizer.authorize(request, "read")
            request.state.caller = caller
        except ProblemError as error:
            await problem_response(problem_of(error))(scope, receive, send)
            return
        token = _asking.set(_Asking(caller, request.query_params.get("repository")))
        try:
            await self.application({**scope, "path": "/mcp", "root_path": ""}, receive, send)
        finally:
            _asking.reset(token)


def _security(services: Services) -> TransportSecuritySettings:
    names = allowed_hosts(services.settings)
    if "*" in names:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    hosts = [name if port is None else f"{name}:{port}" for name in names for port in (None, "*")]
    origins = [f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")]
    return TransportSecuritySettings(enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=origins)
