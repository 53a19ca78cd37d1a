"""`locant serve` as it runs: real processes, real sockets, and what is done to them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

PATIENCE = 300.0
"""Seconds until a test gives up on a server: only one that hangs takes as long."""


def write_files(root: Path, count: int) -> Path:
    """A folder of so many different source files."""
    root.mkdir()
    for number in range(count):
        body = "".join(f"def step_{number}_{part}(value):\n    return value * {part}\n\n\n" for part in range(20))
        (root / f"module_{number}.py").write_text(body)
    return root


@dataclass
class Running:
    """A server with a client of it."""

    process: subprocess.Popen[str]
    url: str
    client: httpx.Client
    state: Path

    def add(self, root: Path) -> dict[str, Any]:
        answer = self.client.post("/v1/repositories", json={"path": str(root)})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def ready(self, root: Path) -> str:
        """Have a folder served and wait for its index; its name."""
        made = self.add(root)
        assert self.ended(made["job"])["state"] == "done"
        return str(made["name"])

    def states(self, job: int) -> Iterator[dict[str, Any]]:
        """The job as it changes, until it has ended."""
        with self.client.stream("GET", f"/v1/jobs/{job}/events") as events:
            yield from (json.loads(line[5:]) for line in events.iter_lines() if line.startswith("data:"))

    def ended(self, job: int) -> dict[str, Any]:
        return list(self.states(job))[-1]

    def search(self, name: str, text: str = "step value") -> httpx.Response:
        return self.client.post(f"/v1/repositories/{name}/search", json={"text": text})

    def processes(self, module: str) -> list[psutil.Process]:
        """Those below the server that run a module."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if child.is_running() and module in self._words(child)]

    @staticmethod
    def _words(process: psutil.Process) -> list[str]:
        """Its command line; none of one that has ended meanwhile."""
        try:
            return process.cmdline()
        except psutil.Error:
            return []

    def end(self) -> str:
        """End it as a service manager does; what it said meanwhile."""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=PATIENCE)[1]
        assert self.process.returncode == 0, said
        return said


Start = Callable[..., Running]


@contextmanager
def started(state: Path, roots: Path, *options: str, shell: str = "") -> Iterator[Running]:
    command = [sys.executable, "-m", "locant", "serve", "--port", "0", "--state-dir", str(state), "--root", str(roots)]
    for option in options:
        command += ["--set", option]
    if shell:
        command = ["bash", "-c", f'{shell}; exec "$@"', "bash", *command]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "serving http://" in line, line + process.stderr.read()
        url = line.split()[-1]
        with httpx.Client(base_url=url, timeout=PATIENCE) as client:
            yield Running(process, url, client, state)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roots")


@pytest.fixture(scope="module")
def small(roots: Path) -> Path:
    return write_files(roots / "small", 3)


@pytest.fixture(scope="module")
def server(roots: Path, small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of two processes with one repository that can be asked."""
    with started(
        tmp_path_factory.mktemp("state"),
        roots,
        "processes=2",
        "job_retries=1",
        "body_seconds=2",
        "max_body_bytes=10000",
        "check_seconds=0",
        "requests_per_minute=0",
    ) as running:
        running.ready(small)
        yield running


def test_progress_of_a_job_comes_from_whichever_process_is_asked(server: Running, roots: Path) -> None:
    made = server.add(write_files(roots / "watched", 40))
    seen = list(server.states(made["job"]))
    assert [state["state"] for state in seen][-1] == "done"
    assert {"running", "done"} <= {state["state"] for state in seen}
    assert any(state["progress"] and state["progress"]["total"] == 40 for state in seen)
    assert len(server.processes("locant.server.process")) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="what a process may do is read as Linux tells it")
def test_a_job_gives_way_to_questions_and_may_not_take_more_memory_than_it_is_told(roots: Path, tmp_path: Path) -> None:
    with started(tmp_path, roots, "job_niceness=19", "job_memory_mb=2000") as server:
        made = server.add(write_files(roots / "patient", 800))
        seen: set[tuple[int, str, str]] = set()
        while (19, "2256000000", "nice 19") not in seen:
            seen |= {told_of(job) for job in server.processes("locant.server.jobs.worker")}
            state = server.client.get(f"/v1/jobs/{made['job']}").json()["state"]
            assert state in ("queued", "running"), f"the job ran with {seen}"
        [answering] = server.processes("locant.server.process")
        assert answering.nice() == psutil.Process().nice()


def told_of(process: psutil.Process) -> tuple[int, str, str]:
    """Niceness, bytes of data at most, and niceness of the session where sessions have one."""
    limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
    session = Path(f"/proc/{process.pid}/autogroup")
    given = session.read_text().rpartition(" ")[0::2] if session.exists() else ("", "19")
    data = next(line for line in limits if "Max data size" in line).split()[3]
    return process.nice(), data, f"nice {given[1].strip()}"


def test_a_killed_job_is_tried_again_and_then_given_up_with_the_reason(server: Running, roots: Path) -> None:
    made = server.add(write_files(roots / "killed", 800))
    killed = 0
    last: dict[str, Any] = {}
    for last in server.states(made["job"]):
        if last["state"] == "running" and last["attempts"] > killed:
            [worker] = server.processes("locant.server.jobs.worker")
            worker.kill()
            killed += 1
    assert killed == 2
    assert last["state"] == "failed"
    assert "SIGKILL" in last["error"]
    assert server.client.get("/v1/repositories/killed").json()["state"] == "failed"
    assert server.search("killed").json()["code"] == "not-ready"
    assert server.search("small").status_code == 200


def test_a_running_job_is_cancelled(server: Running, roots: Path) -> None:
    made = server.add(write_files(roots / "cancelled", 800))
    last: dict[str, Any] = {}
    for last in server.states(made["job"]):
        if last["state"] == "running":
            assert server.client.post(f"/v1/jobs/{made['job']}/cancel").status_code in (200, 409)
    assert last["state"] == "cancelled"
    assert server.processes("locant.server.jobs.worker") == []


def test_a_killed_process_is_started_again_and_nothing_is_lost(server: Running) -> None:
    before = {process.pid for process in server.processes("locant.server.process")}
    for process in server.processes("locant.server.process"):
        process.kill()
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:  # waits on the socket that is still open
        assert client.post("/v1/repositories/small/search", json={"text": "step"}).status_code == 200
    assert before.isdisjoint(process.pid for process in server.processes("locant.server.process"))


def test_a_repository_that_is_deleted_on_disk_is_an_error_of_its_own(
    server: Running, roots: Path, small: Path, tmp_path: Path
) -> None:
    root = write_files(roots / "lost", 2)
    server.ready(root)
    shutil.move(root, tmp_path / "elsewhere")
    answer = server.search("lost")
    assert answer.status_code == 410
    assert answer.json()["code"] == "gone"
    assert str(roots) not in answer.text
    assert server.client.get("/v1/repositories/lost").json()["state"] == "gone"
    across = server.client.post("/v1/search", json={"text": "step value", "repositories": ["lost", "small"]}).json()
    assert [one["code"] for one in across["failed"]] == ["gone"]
    assert {hit["repository"] for hit in across["hits"]} == {"small"}
    shutil.move(tmp_path / "elsewhere", root)
    assert server.search("lost").status_code == 200
    [job] = server.client.get("/v1/jobs", params={"repository": "lost", "limit": 1}).json()["items"]
    assert server.ended(job["id"])["state"] == "done"
    assert server.client.get("/v1/repositories/lost").json()["state"] == "ready"


def test_an_edit_is_found_once_a_job_has_seen_it(server: Running, roots: Path) -> None:
    root = write_files(roots / "edited", 2)
    server.ready(root)
    (root / "new.py").write_text("def brand_new_thing():\n    return 1\n")
    job = server.client.post("/v1/repositories/edited/refresh").json()
    assert server.ended(job["id"])["state"] == "done"
    for _ in range(4):  # connections, so that both processes are asked
        with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
            answer = client.post("/v1/repositories/edited/definitions", json={"name": "brand_new_thing"})
            assert answer.json()["definitions"], answer.text


def test_no_question_fails_while_others_are_indexed_refreshed_and_removed(server: Running, roots: Path) -> None:
    root = write_files(roots / "changing", 60)
    asked = 0
    for step in ("add", "refresh", "remove"):
        if step == "add":
            job = server.add(root)["job"]
        elif step == "refresh":
            (root / "more.py").write_text("def more():\n    return 1\n")
            job = server.client.post("/v1/repositories/changing/refresh").json()["id"]
        else:
            assert server.client.delete("/v1/repositories/changing").status_code == 204
            job = server.client.get("/v1/jobs", params={"repository": "changing"}).json()["items"][0]["id"]
        with httpx.Client(base_url=server.url, timeout=PATIENCE) as other:
            while other.get(f"/v1/jobs/{job}").json()["state"] in ("queued", "running"):
                answer = server.search("small")
                assert answer.status_code == 200, answer.text
                assert answer.json()["hits"]
                asked += 1
    assert asked


def raw(server: Running, text: bytes) -> bytes:
    """What the server says to bytes on a connection until it closes it."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(text)
        said = b""
        while True:
            try:
                part = connection.recv(65_536)
            except ConnectionResetError:
                return said
            if not part:
                return said
            said += part


def test_slow_clients_are_let_go(server: Running) -> None:
    head = b"POST /v1/repositories/small/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert raw(server, b"GET /healthz HTTP/1.1\r\nHost: loc") == b""  # the rest of the head never comes
    assert raw(server, head + b"Content-Length: 100\r\n\r\n{").startswith(b"HTTP/1.1 408")
    assert raw(server, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""


def test_bodies_that_are_too_long_are_refused_before_they_are_read(server: Running) -> None:
    head = b"POST /v1/repositories/small/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert raw(server, head + b"Content-Length: 999999999999\r\n\r\n{").startswith(b"HTTP/1.1 413")
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    assert raw(server, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3).startswith(b"HTTP/1.1 413")


def test_a_second_server_is_refused_its_state_and_its_port(server: Running, roots: Path, tmp_path: Path) -> None:
    serve = [sys.executable, "-m", "locant", "serve", "--root", str(roots)]
    same = subprocess.run([*serve, "--port", "0", "--state-dir", str(server.state)], capture_output=True, text=True)
    assert same.returncode == 3
    assert "another server uses" in same.stderr
    port = server.url.rsplit(":", 1)[1]
    taken = subprocess.run([*serve, "--port", port, "--state-dir", str(tmp_path)], capture_output=True, text=True)
    assert taken.returncode == 3
    assert f"cannot listen on 127.0.0.1:{port}" in taken.stderr


# -- starts and ends -------------------------------------------------------------------------------------------------


def test_what_ran_when_the_server_ended_is_done_by_the_next_one(roots: Path, tmp_path: Path) -> None:
    root = write_files(roots / "interrupted", 800)
    with started(tmp_path, roots) as first:
        made = state = first.add(root)
        for state in first.states(made["job"]):
            if state["state"] == "running":
                first.process.send_signal(signal.SIGTERM)  # the stream ends by itself then
        first.process.wait(PATIENCE)
        assert state["state"] in ("running", "queued")
    with started(tmp_path, roots) as second:
        job = second.ended(made["job"])
        assert (job["state"], job["attempts"]) == ("done", 1)
        assert second.search("interrupted").status_code == 200


def test_everything_ends_with_the_server_also_when_it_is_killed(roots: Path, tmp_path: Path) -> None:
    with started(tmp_path, roots) as server:
        made = server.add(write_files(roots / "orphaned", 800))
        below: list[psutil.Process] = []
        for state in server.states(made["job"]):
            if state["state"] == "running":
                below = psutil.Process(server.process.pid).children(recursive=True)
                os.kill(server.process.pid, signal.SIGKILL)
                break
        _, alive = psutil.wait_procs(below, timeout=PATIENCE)
        assert below
        assert alive == []
    with started(tmp_path, roots) as second:
        assert second.ended(made["job"])["state"] == "done"


def test_a_damaged_index_is_made_anew(roots: Path, small: Path, tmp_path: Path) -> None:
    with started(tmp_path, roots) as server:
        server.ready(small)
        server.end()
    for file in (tmp_path / "indexes").rglob("*.seg"):
        file.write_bytes(b"nonsense")
    with started(tmp_path, roots) as server:
        answer = server.search("small")
        assert (answer.status_code, answer.json()["code"]) == (503, "damaged-index")
        assert str(tmp_path) not in answer.text
        [job] = server.client.get("/v1/jobs", params={"repository": "small", "limit": 1}).json()["items"]
        assert server.ended(job["id"])["state"] == "done"
        assert server.search("small").status_code == 200


def test_an_index_that_is_lost_is_made_again(roots: Path, small: Path, tmp_path: Path) -> None:
    with started(tmp_path, roots) as server:
        server.ready(small)
        shutil.rmtree(tmp_path / "indexes")  # as an update to another format leaves it
        server.end()
    with started(tmp_path, roots) as server:
        answer = server.search("small")
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        [job] = server.client.get("/v1/jobs", params={"repository": "small", "limit": 1}).json()["items"]
        assert server.ended(job["id"])["state"] == "done"
        assert server.search("small").status_code == 200


def test_a_full_disk_is_said_and_ends_nothing_else(roots: Path, small: Path, tmp_path: Path) -> None:
    big = write_files(roots / "does_not_fit", 600)
    with started(tmp_path, roots, shell="ulimit -f 400") as server:  # blocks of 1,024 bytes, for each file
        server.ready(small)
        failed = server.ended(server.add(big)["job"])
        assert failed["state"] == "failed"
        assert failed["attempts"] == 1
        assert "written" in failed["error"] or "space" in failed["error"]
        assert server.search("small").status_code == 200
        answer = server.client.post("/v1/repositories/small/refresh")
        while answer.status_code == 202:  # until the store has no room either
            answer = server.client.post("/v1/repositories/small/refresh")
        assert (answer.status_code, answer.json()["code"]) == (507, "no-storage")
        assert server.search("small").status_code == 200
