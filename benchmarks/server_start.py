"""From the start of `locant serve` to its first answer, with 100 indexed repositories."""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from benchmarks.measure import Figure, cost_of, median
from benchmarks.serving import serving
from benchmarks.trees import fill, standard_library

__all__ = ["arguments", "run"]

QUESTION = "where are mime headers decoded"


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--repositories", type=int, default=100, help="how many there are")
    parser.add_argument("--bytes", type=int, default=100_000, help="of source in each")
    parser.add_argument("--processes", type=int, default=1, help="processes that answer")
    parser.add_argument("--repeat", type=int, default=5, help="starts")


def run(options: Namespace) -> list[Figure]:
    """Index them all once, then start again and again."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        root, state = Path(folder).resolve() / "roots", Path(folder, "state")
        extra = ["--processes", str(options.processes), "--set", "job_workers=2"]
        with serving(root.parent, state, extra) as (_, client):
            for number in range(options.repositories):
                path = root / f"service{number:03}"
                fill(path, [standard_library()], n_bytes=options.bytes)
                (path / "own.py").write_text(f"NUMBER = {number}\n")
                client.add(path=str(path))
            for job in client.jobs():
                client.wait(job.id)
            names = [one.name for one in client.repositories() if one.state == "ready"]
        ready, first, across = [], [], []
        for attempt in range(options.repeat):
            began = time.perf_counter()
            with serving(root.parent, state, extra) as (server, client):
                ready.append(server.seconds)
                client.repository(names[attempt % len(names)]).search(QUESTION)
                first.append(time.perf_counter() - began)
                began = time.perf_counter()
                client.search(QUESTION)
                across.append(time.perf_counter() - began)
    python = median([cost_of([sys.executable, "-c", "import fastapi, numpy"]).wall for _ in range(3)])
    return [
        Figure("indexed repositories", len(names), "", str(options.repositories)),
        Figure("start to ready, median", median(ready), "s"),
        Figure("start to first answer, median", median(first), "s", "<= 2"),
        Figure("start to first answer, slowest", max(first), "s", "<= 2"),
        Figure("first search of all of them, median", median(across), "s"),
        Figure("python that imports fastapi and numpy", python, "s"),
        Figure("RATIO first answer / that", median(first) / python, "x"),
    ]
