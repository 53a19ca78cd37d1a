"""What the server counts, for Prometheus. Counters of several processes are added up through files that they share."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import locant
from locant.server.store.database import Database

__all__ = ["CONTENT_TYPE", "FOLDER_VARIABLE", "WEBHOOKS", "Measured", "exposition", "prepare_folder"]

log = logging.getLogger("locant.server.requests")

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the library when it is imported, so it is set by whoever starts the processes."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Around the promise that a short search takes 150 ms at most, up to where a question is given up."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Whatever else a client writes there is `other`: labels must not be theirs to make."""

REQUESTS = Counter("locant_http_requests", "Requests that were answered.", ("method", "route", "status"))
DURATIONS = Histogram("locant_http_request_seconds", "Seconds to an answer.", ("route",), buckets=SECONDS)
IN_PROGRESS = Gauge("locant_http_requests_in_progress", "Being answered now.", multiprocess_mode="livesum")
WEBHOOKS = Counter("locant_webhooks", "Deliveries of webhooks.", ("host", "outcome"))


class Measured:
    """Middleware that counts and times each request by the template of its route, and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        IN_PROGRESS.inc()
        try:
            await self._app(scope, receive, answer)
        finally:
            IN_PROGRESS.dec()
            route = str(getattr(scope.get("route"), "path", "") or "none")
            method = scope["method"] if scope["method"] in METHODS else "other"
            seconds = time.perf_counter() - began
            REQUESTS.labels(method, route, str(status)).inc()
            DURATIONS.labels(route).observe(seconds)
            about = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
            log.info("request", extra=about)


class StoreCollector(Collector):
    """What the store knows when it is asked: repositories and jobs by state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        """The families."""
        about = GaugeMetricFamily("locant_info", "Always 1.", labels=("version",))
        about.add_metric((locant.__version__,), 1)
        yield about
        for table, said in (
            ("repositories", "Repositories by state."),
            ("jobs", "Jobs that are remembered, by state."),
        ):
            family = GaugeMetricFamily(f"locant_{table}", said, labels=("state",))
            for row in self._database.read(f"SELECT state, count(*) AS number FROM {table} GROUP BY state"):  # noqa: S608
                family.add_metric((row["state"],), row["number"])
            yield family


def exposition(database: Database) -> bytes:
    """All metrics in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(StoreCollector(database))
    if os.environ.get(FOLDER_VARIABLE):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)


def prepare_folder(folder: Path) -> None:
    """An empty folder for the counters of processes that are started from now on."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[FOLDER_VARIABLE] = str(folder)
