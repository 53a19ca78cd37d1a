"""Bounds on jobs, indexes and questions."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        assert "64 MB that are allowed (job_memory_mb)" in job["error"]
        assert client.get("/v1/repositories/large").json()["state"] == "failed"


GIT = ("git", "-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "core.compression=1")


def test_a_message_of_a_commit_that_has_no_end_costs_the_history_and_not_the_job(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "roots" / "hostile", 2)

    def git(*arguments: str, data: bytes = b"") -> str:
        return subprocess.run([*GIT, *arguments], cwd=root, input=data, capture_output=True, check=True).stdout.decode()

    git("init", "--quiet")
    git("add", "--all")
    head = f"tree {git('write-tree').strip()}\nauthor n <n> 1700000000 +0000\ncommitter n <n> 1700000000 +0000\n\n"
    commit = git("hash-object", "-t", "commit", "-w", "--stdin", data=head.encode() + b"more words " * 12_500_000)
    git("update-ref", "HEAD", commit.strip())
    with serving(tmp_path / "state", tmp_path / "roots", job_memory_mb=1_500) as client:
        job = outcome(client, root)
        assert (job["state"], job["error"]) == ("done", None)
        notes = client.post("/v1/repositories/hostile/status", json={}).json()["status"]["notes"]
        assert any("no history" in note for note in notes)
        assert client.post("/v1/repositories/hostile/search", json={"text": "step"}).json()["hits"]


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


def test_a_question_that_is_given_up_gives_its_place_to_another() -> None:
    release = threading.Event()

    async def ask() -> None:
        runner = QueryRunner(threads=1, backlog=0, seconds=0.01)
        with pytest.raises(ProblemError) as given_up:
            await runner.run(release.wait, "stuck")
        assert given_up.value.problem.status == 504
        assert (runner.held, await runner.run(lambda: "answer", "other")) == (0, "answer")
        release.set()
        runner.close()

    asyncio.run(ask())


def test_one_repository_never_has_all_threads() -> None:
    release, begun = threading.Event(), threading.Semaphore(0)

    def wait() -> str:
        begun.release()
        release.wait()
        return "slow"

    async def ask() -> None:
        runner = QueryRunner(threads=3, backlog=8, seconds=600)
        slow = [asyncio.create_task(runner.run(wait, "slow")) for _ in range(4)]
        for _ in range(2):
            await asyncio.to_thread(begun.acquire)
        assert [await runner.run(lambda: "quick", "other") for _ in range(3)] == ["quick"] * 3
        assert runner.held == 4
        slow.pop().cancel()  # of who waits for a turn and goes
        release.set()
        assert await asyncio.gather(*slow) == ["slow"] * 3
        runner.close()

    asyncio.run(ask())


def test_a_repository_whose_questions_do_not_end_is_asked_again_once_they_have() -> None:
    release = threading.Event()
    ended: list[str] = []

    def hang() -> None:
        release.wait()
        ended.append("one")

    async def ask() -> None:
        runner = QueryRunner(threads=1, backlog=8, seconds=0.01)
        for expected in ("too-slow", "too-slow", "stuck", "stuck"):
            with pytest.raises(ProblemError) as refused:
                await runner.run(hang, "stuck")
            assert refused.value.problem.code == expected
        release.set()
        while len(ended) < 2:
            await asyncio.sleep(0)
        patient = QueryRunner(threads=1, backlog=8, seconds=600)
        assert await patient.run(lambda: "answer", "stuck") == "answer"
        answer = None
        while answer is None:  # until the threads have told that they ended
            with suppress(ProblemError):
                answer = await runner.run(lambda: "answer", "stuck")
        runner.close()
        patient.close()

    asyncio.run(ask())


def test_a_repository_that_is_stuck_does_not_hold_the_answers_of_the_others(tmp_path: Path) -> None:
    roots = tmp_path / "roots"
    with serving(tmp_path / "state", roots, check_seconds=0, across_seconds=1, query_seconds=60) as client:
        for name in ("stuck", "well"):
            assert outcome(client, write_tree(roots / name, 2))["state"] == "done"
        manifest = next(
            path
            for path in (tmp_path / "state").rglob("manifest.json")
            if str(roots / "stuck") in path.read_text(encoding="utf-8")
        )
        content = manifest.read_bytes()
        manifest.unlink()
        os.mkfifo(manifest)  # as on a disk that does not answer: opening it waits for ever
        try:
            for code in ("too-slow", "too-slow", "stuck"):
                found = client.post("/v1/search", json={"text": "step"}).json()
                assert {hit["repository"] for hit in found["hits"]} == {"well"}
                assert [(one["repository"], one["code"]) for one in found["failed"]] == [("stuck", code)]
            assert client.post("/v1/repositories/well/search", json={"text": "step"}).status_code == 200
            only = client.post("/v1/search", json={"text": "step", "repositories": ["stuck"]})
            assert (only.status_code, only.json()["code"]) == (503, "stuck")
            assert "were given up and do not end" in call(client, "stuck")
            assert "step" in call(client, "well")
        finally:
            release(manifest, content)
        answer = client.post("/v1/repositories/stuck/search", json={"text": "step"})
        while answer.json().get("code") == "stuck":
            answer = client.post("/v1/repositories/stuck/search", json={"text": "step"})
        assert answer.status_code == 200, answer.text


def call(client: TestClient, repository: str) -> str:
    """What a model reads of a search by the Model Context Protocol."""
    asked = {"name": "search", "arguments": {"query": "step", "repository": repository}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
    answer = client.post("/mcp", json=body, headers={"Accept": "application/json, text/event-stream"})
    return str(answer.json()["result"]["content"][0]["text"])


def release(fifo: Path, content: bytes) -> None:
    """Let who waits at a pipe read the file that stood there, and put the file back."""
    again = fifo.with_name("again")
    again.write_bytes(content)
    with suppress(OSError):  # nobody waits
        writer = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        again.replace(fifo)
        os.write(writer, content)
        os.close(writer)
    if again.exists():
        again.replace(fifo)
