"""Repositories by URL through the API: a job clones and indexes them, a refresh follows pushes, removal leaves none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from locant.errors import ConfigurationError
from locant.server.app import make_app
from locant.server.settings import Settings, load_settings

FILES = {"src/retry.py": "def delay(attempt):\n    return 2**attempt\n"}


@pytest.fixture
def client(host: Any, tmp_path: Path) -> Iterator[TestClient]:
    """A client of a server that allows the host."""
    settings = Settings(
        state_dir=tmp_path / "state", git_private_hosts=(f"127.0.0.1:{host.port}",), git_schemes=("http",)
    )
    app = make_app(settings, supervise=True)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as client:
        yield client


def finished(client: TestClient, number: int) -> dict[str, Any]:
    with client.stream("GET", f"/v1/jobs/{number}/events") as events:
        for _ in events.iter_lines():
            pass
    return dict(client.get(f"/v1/jobs/{number}").json())


def test_a_repository_is_added_by_url_refreshed_and_removed(host: Any, client: TestClient, tmp_path: Path) -> None:
    work = host.create("service.git", FILES)
    made = client.post("/v1/repositories", json={"url": host.url("service.git")})
    assert made.status_code == 201, made.text
    assert finished(client, made.json()["job"])["state"] == "done"
    host.push(work, {"src/poll.py": "def poll_interval():\n    return 5\n"})
    job = client.post("/v1/repositories/service/refresh").json()
    assert finished(client, job["id"])["state"] == "done"
    found = client.post("/v1/repositories/service/search", json={"text": "poll_interval"}).json()
    assert found["hits"][0]["path"] == "src/poll.py"
    assert client.delete("/v1/repositories/service").status_code == 204
    finished(client, job["id"] + 1)
    assert list((tmp_path / "state/clones").iterdir()) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "http://127.0.0.1:9/a.git"}, 403, "url-refused"),
        ({"url": "https://github.com/a/b"}, 403, "url-refused"),
        ({"url": "ext::sh -c id"}, 403, "url-refused"),
        ({"url": "file:///etc"}, 403, "url-refused"),
        ({"url": "--upload-pack=id"}, 403, "url-refused"),
    ],
)
def test_a_url_that_is_not_allowed_is_refused_at_once(
    client: TestClient, body: dict[str, str], status: int, code: str
) -> None:
    answer = client.post("/v1/repositories", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get("/v1/repositories").json()["items"] == []


def test_what_goes_wrong_in_a_job_is_told_to_whoever_asks_for_it(host: Any, client: TestClient) -> None:
    host.create("service.git", FILES)
    made = client.post("/v1/repositories", json={"url": host.url("service.git"), "branch": "absent"}).json()
    job = finished(client, made["job"])
    assert job["state"] == "failed" and "has no 'absent'" in job["error"]
    answer = client.post("/v1/repositories/service/search", json={"text": "x"})
    assert answer.status_code == 409 and "has no 'absent'" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["git_credentials", "webhook_secrets"])
def test_a_secret_that_was_written_into_the_settings_is_refused_and_not_shown(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        load_settings(None, {name: "ghp_5f3c9a1e77"})
    assert "ghp_" not in str(caught.value)
