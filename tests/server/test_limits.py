"""Bounds on jobs, indexes and questions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from locant.server.app import make_app
from locant.server.problems import ProblemError
from locant.server.records import Repository
from locant.server.repositories.pool import IndexPool
from locant.server.running import QueryRunner
from locant.server.settings import Settings


@contextmanager
def serving(state: Path, roots: Path, **given: Any) -> Iterator[TestClient]:
    app = make_app(Settings(state_dir=state, allowed_roots=(roots,), **given), supervise=True)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as client:
        yield client


def write_tree(root: Path, files: int) -> Path:
    root.mkdir(parents=True)
    for number in range(files):
        (root / f"module_{number}.py").write_text(f"def step_{number}():\n    return {number}\n" * 40)
    return root


def outcome(client: TestClient, root: Path) -> dict[str, Any]:
    made = client.post("/v1/repositories", json={"path": str(root)}).json()
    with client.stream("GET", f"/v1/jobs/{made['job']}/events") as events:
        list(events.iter_lines())
    return dict(client.get(f"/v1/jobs/{made['job']}").json())


def test_a_job_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "roots" / "slow", 300)
    with serving(tmp_path / "state", tmp_path / "roots", job_seconds=0.01) as client:
        job = outcome(client, root)
        assert (job["state"], job["attempts"]) == ("failed", 1)
        assert "more than 0.01 s (job_seconds)" in job["error"]


def test_a_job_that_needs_too_much_memory_is_ended(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "roots" / "large", 1_500)
    with serving(tmp_path / "state", tmp_path / "roots", job_memory_mb=64) as client:
        job = outcome(client, root)
        assert (job["state"], job["attempts"]) == ("failed", 1)
        assert "64 are allowed (job_memory_mb)" in job["error"]
        assert client.get("/v1/repositories/large").json()["state"] == "failed"


def test_only_the_latest_ended_jobs_are_remembered(tmp_path: Path) -> None:
    with serving(tmp_path / "state", tmp_path / "roots", job_history=2) as client:
        numbers = [outcome(client, write_tree(tmp_path / "roots" / f"r{n}", 1))["id"] for n in range(4)]
        left = numbers
        while len(left) > 2:  # they are forgotten once the process of the last one has ended
            left = [job["id"] for job in client.get("/v1/jobs", params={"state": "done"}).json()["items"]]
        assert left == numbers[:1:-1]


def test_a_pool_keeps_so_many_indexes_and_lets_the_least_used_go(tmp_path: Path) -> None:
    pool = IndexPool(tmp_path / "cache", 2, 1.0, lambda _: None)
    known = [Repository(n, f"r{n}", "path", str(write_tree(tmp_path / f"r{n}", 1))) for n in range(3)]
    first = pool.index(known[0])
    second = pool.index(known[1])
    assert pool.index(known[0]) is first
    pool.index(known[2])
    assert pool.size == 2
    assert pool.index(known[0]) is first
    assert pool.index(known[1]) is not second


def test_questions_beyond_the_bound_are_told_to_come_back() -> None:
    release, begun = threading.Event(), threading.Event()

    def wait() -> str:
        begun.set()
        release.wait()
        return "done"

    async def ask() -> None:
        runner = QueryRunner(threads=1, backlog=1, seconds=600)
        first = asyncio.create_task(runner.run(wait))
        second = asyncio.create_task(runner.run(lambda: "second"))
        await asyncio.to_thread(begun.wait)
        with pytest.raises(ProblemError) as refused:
            await runner.run(lambda: "third")
        assert refused.value.problem.status == 503
        release.set()
        assert [await first, await second] == ["done", "second"]
        assert await runner.run(lambda: "third") == "third"
        runner.close()

    asyncio.run(ask())


def test_a_question_that_takes_too_long_is_given_up_and_counts_until_it_ends() -> None:
    release = threading.Event()

    async def ask() -> None:
        runner = QueryRunner(threads=1, backlog=0, seconds=0.01)
        with pytest.raises(ProblemError) as given_up:
            await runner.run(release.wait)
        assert given_up.value.problem.status == 504
        assert runner.held == 1
        with pytest.raises(ProblemError):
            await runner.run(lambda: "more")
        release.set()
        runner.close()

    asyncio.run(ask())
