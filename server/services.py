"""The parts of a running server, as routes find them."""

from __future__ import annotations

from dataclasses import dataclass

from locant.server.access.keys import KeyTable
from locant.server.jobs.feed import Feed
from locant.server.repositories.catalog import Catalog
from locant.server.repositories.pool import IndexPool
from locant.server.running import QueryRunner
from locant.server.seams import Authorizer
from locant.server.settings import Settings
from locant.server.store.database import Database
from locant.server.store.jobs import JobTable

__all__ = ["Services"]


@dataclass(frozen=True, slots=True)
class Services:
    """All parts; one object for each application."""

    settings: Settings
    database: Database
    jobs: JobTable
    catalog: Catalog
    pool: IndexPool
    runner: QueryRunner
    feed: Feed
    authorizer: Authorizer
    keys: KeyTable
