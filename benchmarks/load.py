"""Short searches over HTTP by 1, 8 and 64 clients, quiet and while another repository is indexed and removed.

The peer is the same question asked of a local index in this process, on one core: what is lost between the two is HTTP,
JSON and the processes. CPU time per answer tells more than the rates do when the machine is not idle.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import locant
from benchmarks.driving import Driven, drive
from benchmarks.measure import Figure
from benchmarks.serving import Running, add_and_wait, serving
from benchmarks.trees import copy_standard_library, fill, standard_library
from locant.refresh import Policy
from locant.remote.client import Server

__all__ = ["arguments", "run"]

QUESTIONS = (
    "where are mime headers decoded",
    "retry delay",
    "parse command line arguments",
    "urlsplit",
    "how is a thread pool shut down",
    "gzip header checksum",
    "json decoder string escapes",
    "socket timeout error",
)
"""Short searches, as people and agents ask them."""

LIMIT = 10
TREE_BYTES = 19_000_000
"""Of the standard library: about 30,000 chunks."""

OTHER_BYTES = 1_500_000
"""Of the repository that is indexed and removed meanwhile: a job of some seconds, again and again."""

CLIENTS = (1, 8, 64)

PATIENCE = 60.0
"""Seconds: as if there were so many questions that comparisons with the tree cost nothing."""

ROUNDS = 10
"""Of all questions, in process."""


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--tree", type=Path, help="what is searched [default: 19 MB of the standard library]")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="processes that answer")
    parser.add_argument("--seconds", type=float, default=10, help="of each run")
    parser.add_argument("--driver", choices=("wrk", "python"), help="what asks [default: wrk where there is one]")
    parser.add_argument("--clients", type=int, action="append", help="clients at once; repeatable [default: 1, 8, 64]")
    parser.add_argument("--set", action="append", default=[], help="a setting of the server; repeatable")


def run(options: Namespace) -> list[Figure]:
    """Start the server, have it index, and drive it."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        root = Path(folder).resolve()
        tree = root / "roots" / "main"
        if options.tree is not None:
            tree.parent.mkdir()
            tree.symlink_to(options.tree.resolve())
            root = Path("/")
        else:
            _trim(copy_standard_library(tree))
        fill(Path(folder).resolve() / "roots" / "other", [standard_library()], n_bytes=OTHER_BYTES)
        settings = [part for value in options.set for part in ("--set", value)]
        extra = ["--processes", str(options.processes), *settings]
        with serving(root, Path(folder, "state"), extra) as (server, client):
            return _measured(options, server, client, Path(folder).resolve() / "roots")


def _trim(tree: Path) -> None:
    """Keep files until there are enough bytes."""
    total = 0
    for path in sorted(tree.rglob("*.py")):
        total += path.stat().st_size
        if total > TREE_BYTES:
            path.unlink()


def _measured(options: Namespace, server: Running, client: Server, roots: Path) -> list[Figure]:
    name = add_and_wait(client, (roots / "main").resolve())
    figures = [Figure("chunks", client.repository(name).status().chunks, "", "30,000")]
    bodies = [{"text": text, "limit": LIMIT} for text in QUESTIONS]
    path = f"/v1/repositories/{name}/search"
    drive(server.url, path, bodies, 8, 2, options.driver or "")  # indexes are opened, mapped and warm
    ask = partial(drive, server.url, path, bodies, seconds=options.seconds, driver=options.driver or "")
    for clients in options.clients or CLIENTS:
        figures += _figures(server, clients, "quiet", ask)
    for clients in options.clients or CLIENTS[1:]:
        with _busy(client, roots / "other") as rounds:
            figures += _figures(server, clients, "indexing", ask)
        figures.append(Figure(f"{clients} clients, indexing: times indexed and removed", len(rounds), ""))
    return [*figures, *_local(roots / "main", figures)]


def _figures(server: Running, clients: int, what: str, ask: Callable[..., Driven]) -> list[Figure]:
    before = server.cpu()
    driven = ask(clients=clients)
    spent = server.cpu() - before
    head = f"{clients} clients, {what}"
    return [
        Figure(f"{head}: searches a second ({driven.driver})", driven.rate, "/s", ">= 150" if clients > 1 else ""),
        Figure(f"{head}: p50", driven.p50, "ms"),
        Figure(f"{head}: p95", driven.p95, "ms"),
        Figure(f"{head}: p99", driven.p99, "ms", "<= 150" if clients == CLIENTS[1] else ""),
        Figure(f"{head}: failed", driven.failed, "", "0"),
        Figure(f"{head}: CPU of the server per answer", spent / max(driven.answered, 1) * 1e3, "ms"),
    ]


@contextmanager
def _busy(client: Server, path: Path) -> Iterator[list[str]]:
    """Another repository is indexed, refreshed and removed, again and again."""
    stop, rounds = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            name = add_and_wait(client, path)
            client.wait(client.refresh(name).id)
            client.remove(name)
            rounds.append(name)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield rounds
    finally:
        stop.set()
        thread.join()


def _local(tree: Path, figures: list[Figure]) -> list[Figure]:
    """The peer: the same questions to a local index, which trusts a comparison with its tree as the server does."""
    policy = Policy(patience=PATIENCE)
    with (
        tempfile.TemporaryDirectory(prefix="locant-bench-") as cache,
        locant.open(tree, cache_dir=cache, policy=policy) as index,
    ):
        index.update()
        for text in QUESTIONS:
            index.search(text, limit=LIMIT)
        began = time.process_time()
        for _ in range(ROUNDS):
            for text in QUESTIONS:
                index.search(text, limit=LIMIT)
        own = (time.process_time() - began) / (ROUNDS * len(QUESTIONS)) * 1e3
    served = next(figure.value for figure in figures if figure.name.endswith("CPU of the server per answer"))
    return [
        Figure("CPU of the same question in process", own, "ms"),
        Figure("RATIO CPU of the server per answer / in process", served / own, "x"),
    ]
