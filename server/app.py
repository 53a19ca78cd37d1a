"""The application: its parts, its routes, its middleware, its start and its end, each as a list."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route

import locant
from locant.server.access.audit import Audit, AuditLog
from locant.server.access.guarding import AnswerLimits, Leases, SecurityHeaders
from locant.server.assembly import make_services
from locant.server.bodies import BodyLimits
from locant.server.hosts import HostCheck, allowed_hosts
from locant.server.jobs.supervisor import Supervisor
from locant.server.observe.metrics import Measured
from locant.server.page.sending import page_routes
from locant.server.problems import install_handlers
from locant.server.requests import RequestIds
from locant.server.routes import (
    across,
    health,
    jobs,
    keys,
    methods,
    metrics,
    repositories,
    tools,
    webhooks,
)
from locant.server.routes.mcp import McpEndpoint
from locant.server.services import Services
from locant.server.settings import Settings

__all__ = ["make_app"]

ROUTERS = (
    health.router,
    repositories.router,
    jobs.router,
    tools.router,
    methods.router,
    across.router,
    keys.router,
    metrics.router,
    webhooks.router,
)

GZIP_LEAST = 1_000
"""Bytes of an answer that is worth compressing."""

GZIP_LEVEL = 5
"""Answers are made while somebody waits: higher levels take twice the time for a few percent."""

DESCRIPTION = """\
Finds the place in a codebase that a question or an issue is about. Errors are `application/problem+json`; lists have \
`next`, a cursor for the following page; every answer has an `X-Request-Id`."""


def middleware(settings: Settings) -> list[Middleware]:
    """What a request passes before it comes to its route, outermost first."""
    audit_log = AuditLog(settings.state_dir / "audit.jsonl") if settings.audit else None
    return [
        Middleware(RequestIds),
        Middleware(Measured),
        Middleware(SecurityHeaders),
        Middleware(GZipMiddleware, minimum_size=GZIP_LEAST, compresslevel=GZIP_LEVEL),
        Middleware(HostCheck, names=allowed_hosts(settings)),
        Middleware(BodyLimits, max_bytes=settings.max_body_bytes, seconds=settings.body_seconds),
        Middleware(Audit, audit_log=audit_log, with_questions=settings.audit_questions),
        Middleware(Leases),
        Middleware(AnswerLimits, max_bytes=settings.max_answer_bytes),
    ]


def make_app(settings: Settings, *, supervise: bool = False) -> FastAPI:
    """The server as an ASGI application.

    Args:
        settings: of the server.
        supervise: run jobs from a thread of this process; `locant serve` has a process for that.

    Raises:
        StoreError: the store cannot be opened.

    """
    services = make_services(settings)
    mcp = McpEndpoint(services)
    app = FastAPI(
        title="locant",
        version=locant.__version__,
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        default_response_class=Response,  # routes make their own JSON, and say so in `responses`
        docs_url=None,  # they would have the browser load scripts from elsewhere
        redoc_url=None,
        middleware=middleware(settings),
        lifespan=_lifespan(services, mcp, supervise=supervise),
    )
    app.state.services = services
    app.state.is_stopping = False
    install_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.append(Route("/mcp", endpoint=mcp))
    app.router.routes.extend(page_routes())
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _lifespan(services: Services, mcp: McpEndpoint, *, supervise: bool) -> Any:  # noqa: ANN401 - as FastAPI takes it
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(mcp.running())
            if supervise:
                stack.callback(_supervised(services))
            stack.callback(services.runner.close)
            stack.callback(services.feed.close)
            yield
            app.state.is_stopping = True

    return lifespan


def _supervised(services: Services) -> Any:  # noqa: ANN401 - a function without arguments
    stop = threading.Event()
    thread = threading.Thread(target=Supervisor(services.settings, services.database).run, args=(stop,))
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    return end


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the schema of problems."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        fields = {name: {"type": "string"} for name in ("type", "title", "code", "detail", "error", "request_id")}
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = {
            "type": "object",
            "required": ["type", "title", "status", "code", "detail", "request_id"],
            "properties": {**fields, "status": {"type": "integer"}},
        }
        app.openapi_schema = schema
    return app.openapi_schema
