"""Which parts a server is made of. Whoever brings another authorizer or fetcher changes a line here."""

from __future__ import annotations

from locant.server.access.authorizing import KeyAuthorizer
from locant.server.access.keys import KeyTable
from locant.server.access.limiting import CallerLimits
from locant.server.jobs.feed import Feed
from locant.server.remotes.fetcher import make_git_fetcher
from locant.server.repositories.catalog import Catalog
from locant.server.repositories.pool import IndexPool
from locant.server.running import QueryRunner
from locant.server.seams import Authorizer, SourceFetcher
from locant.server.services import Services
from locant.server.settings import Settings
from locant.server.store.database import Database
from locant.server.store.jobs import JobTable
from locant.server.store.repositories import RepositoryTable

__all__ = ["make_authorizer", "make_fetcher", "make_services"]


def make_authorizer(settings: Settings, database: Database) -> Authorizer:
    """Who says who asks."""
    at_once = -(-settings.concurrent_requests // settings.processes)  # rounded up: 0 alone is no limit
    limits = CallerLimits(settings.state_dir / "limits.sqlite", settings.requests_per_minute, at_once)
    return KeyAuthorizer(KeyTable(database), limits)


def make_fetcher(settings: Settings, database: Database) -> SourceFetcher:
    """Who brings git repositories; made in each process that answers and in that of each job."""
    return make_git_fetcher(settings, RepositoryTable(database))


def make_services(settings: Settings) -> Services:
    """All parts of an application."""
    database = Database(settings.database)
    jobs = JobTable(database)
    fetcher = make_fetcher(settings, database)
    catalog = Catalog(RepositoryTable(database), jobs, settings.allowed_roots, fetcher)
    return Services(
        settings=settings,
        database=database,
        jobs=jobs,
        catalog=catalog,
        pool=IndexPool(settings.cache_dir, settings.open_indexes, settings.check_seconds, catalog.behind),
        runner=QueryRunner(settings.query_threads, settings.query_backlog, settings.query_seconds),
        feed=Feed(jobs),
        authorizer=make_authorizer(settings, database),
        keys=KeyTable(database),
    )
