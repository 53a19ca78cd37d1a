"""How a route asks one repository: who may, whether it is there, in a thread, and what to do about a broken index."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from starlette.requests import Request

from locant.server.records import Repository
from locant.server.seams import Caller, services_of
from locant.server.services import Services

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["ask", "ask_now"]

Answer = TypeVar("Answer")


async def ask(
    request: Request, caller: Caller, name: str, question: Callable[[Index, Repository, Services], Answer]
) -> Answer:
    """The answer of a repository that the caller may ask."""
    services = services_of(request)
    return await services.runner.run(lambda: ask_now(services, services.catalog.get(name, caller), question), name)


def ask_now(
    services: Services, repository: Repository, question: Callable[[Index, Repository, Services], Answer]
) -> Answer:
    """The same in the thread that is there already."""
    return question(services.catalog.opened(repository, services.pool), repository, services)
