from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from locant.server.app import make_app
from locant.server.settings import Settings

HERE = ("127.0.0.1", 50_000)

POLICY = '''\
"""How often a request is sent again."""

MAX_DELAY = 30.0


class RetryPolicy:
    """Waits longer after each failure."""

    def delay(self, attempt):
        """Seconds before the next attempt."""
        return min(MAX_DELAY, 2**attempt)
'''

CLIENT = """\
from src.retry import RetryPolicy


def fetch(url):
    policy = RetryPolicy()
    return policy.delay(3)
"""


def write_service(root: Path) -> Path:
    """A small repository in git."""
    (root / "src").mkdir(parents=True)
    (root / "src" / "retry.py").write_text(POLICY)
    (root / "src" / "client.py").write_text(CLIENT)
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


@pytest.fixture(scope="session", autouse=True)
def impatient() -> Iterator[None]:
    """Jobs do not give way to whatever else keeps this machine busy, unless a test says so."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOCANT_SERVER_JOB_NICENESS", "0")
        yield


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which repositories may be added."""
    return tmp_path_factory.mktemp("roots")


@contextmanager
def serving(settings: Settings) -> Iterator[TestClient]:
    """A client of an application that runs its jobs itself."""
    app = make_app(settings, supervise=True)
    with TestClient(app, base_url="http://127.0.0.1", client=HERE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def client(roots: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    state = tmp_path_factory.mktemp("state")
    settings = Settings(state_dir=state, allowed_roots=(roots,), check_seconds=0, requests_per_minute=0)
    with serving(settings) as client:
        yield client


def job_of(client: TestClient, number: int) -> dict[str, Any]:
    """A job once it has ended: its events end with it."""
    with client.stream("GET", f"/v1/jobs/{number}/events") as events:
        for _ in events.iter_lines():
            pass
    return dict(client.get(f"/v1/jobs/{number}").json())


@pytest.fixture(scope="module")
def add(client: TestClient, roots: Path) -> Callable[[str], dict[str, Any]]:
    """Makes a small repository of that name, has it served, and waits until it can be asked."""

    def make(name: str) -> dict[str, Any]:
        root = write_service(roots / name)
        made = client.post("/v1/repositories", json={"path": str(root)})
        assert made.status_code == 201, made.text
        assert job_of(client, made.json()["job"])["state"] == "done"
        return dict(client.get(f"/v1/repositories/{name}").json())

    return make
