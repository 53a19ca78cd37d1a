"""Webhooks: signed deliveries refresh what follows the branch, and nothing else does anything."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from locant.server.app import make_app
from locant.server.records import Repository
from locant.server.remotes.schedule import Fetches
from locant.server.settings import Settings

SECRET = "a secret of twenty-odd"
Send = Callable[..., Any]


def push(url: str, branch: str = "main", host: str = "github", **more: Any) -> bytes:
    """A push as the host tells it, with what we read of it."""
    places = {"git_http_url": url} if host == "gitlab" else {"clone_url": url, "ssh_url": "git@127.0.0.1:x/y.git"}
    about = {("project" if host == "gitlab" else "repository"): {**places, "default_branch": "main"}}
    return json.dumps({"ref": f"refs/heads/{branch}", "after": "1" * 40, **about, **more}).encode()


def proof(host: str, body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "github": {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Event": "push"},
        "gitlab": {"X-Gitlab-Token": secret, "X-Gitlab-Event": "Push Hook"},
        "gitea": {"X-Gitea-Signature": digest, "X-Gitea-Event": "push"},
    }[host]


@pytest.fixture
def settings(host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    return Settings(
        state_dir=tmp_path / "state",
        git_private_hosts=(f"127.0.0.1:{host.port}",),
        git_schemes=("http",),
        webhook_secrets=("env:HOOK_SECRET",),
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A server that runs no jobs: those that a delivery queues stay queued."""
    with TestClient(make_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def add(client: TestClient, url: str, **more: Any) -> str:
    answer = client.post("/v1/repositories", json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["name"])


def refreshed(client: TestClient) -> set[str]:
    jobs = client.get("/v1/jobs").json()["items"]
    return {job["repository"] for job in jobs if job["kind"] == "refresh"}


@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_a_push_refreshes_what_follows_the_branch(host: Any, client: TestClient, kind: str) -> None:
    url = host.url("team/service.git")
    names = {
        "default": add(client, url),
        "main": add(client, url, branch="main", name="main"),
        "next": add(client, url, branch="next", name="next"),
        "fixed": add(client, url, revision="v1", name="fixed"),
        "other": add(client, host.url("team/other.git")),
    }
    body = push(url.removesuffix(".git"), host=kind)
    answer = client.post(f"/v1/webhooks/{kind}", content=body, headers=proof(kind, body))
    assert (answer.status_code, len(answer.json()["jobs"])) == (202, 2)
    assert refreshed(client) == {names["default"], names["main"]}


def test_a_form_of_github_is_read_too(host: Any, client: TestClient) -> None:
    from urllib.parse import urlencode

    add(client, host.url("service.git"))
    body = urlencode({"payload": push(host.url("service.git")).decode()}).encode()
    headers = {**proof("github", body), "Content-Type": "application/x-www-form-urlencoded"}
    assert len(client.post("/v1/webhooks/github", content=body, headers=headers).json()["jobs"]) == 1


def bad_proofs(kind: str, body: bytes) -> list[dict[str, str]]:
    good = proof(kind, body)
    [name] = [name for name in good if not name.endswith("Event")]
    wrong = ("", "sha256=", "sha256=0", "x", good[name][:-1], good[name].upper(), good[name] + "0", "é" * 64)
    others = [proof(kind, body, "another secret, as long")[name], proof(kind, body + b" ")[name]]
    values = [value for value in (*wrong, *others) if value != good[name]]
    event = {key: value for key, value in good.items() if key != name}
    sha1 = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    return [event, {**event, "X-Hub-Signature": f"sha1={sha1}"}, *({**event, name: value} for value in values)]


@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_an_unsigned_or_wrongly_signed_delivery_does_nothing(host: Any, client: TestClient, kind: str) -> None:
    add(client, host.url("service.git"))
    body = push(host.url("service.git"), host=kind)
    for headers in bad_proofs(kind, body):
        raw = [(name, value.encode()) for name, value in headers.items()]
        answer = client.post(f"/v1/webhooks/{kind}", content=body, headers=raw)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (401, "unsigned"), headers
    assert refreshed(client) == set()


@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_a_delivery_is_taken_once(host: Any, client: TestClient, settings: Settings, kind: str) -> None:
    add(client, host.url("service.git"))
    body = push(host.url("service.git"), host=kind)
    headers = {**proof(kind, body), "X-GitHub-Delivery": "1"}
    assert client.post(f"/v1/webhooks/{kind}", content=body, headers=headers).status_code == 202
    for again in (client, TestClient(make_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5))):
        answer = again.post(f"/v1/webhooks/{kind}", content=body, headers={**headers, "X-GitHub-Delivery": "2"})
        assert (answer.status_code, answer.json()["code"]) == (409, "replayed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"{}", 202),
        (b'{"ref": 5, "repository": []}', 202),
        (b'{"ref": "refs/tags/v1", "repository": {"clone_url": 7}}', 202),
    ],
)
def test_a_signed_body_that_makes_no_sense_does_nothing(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/v1/webhooks/github", content=body, headers=proof("github", body))
    assert answer.status_code == status
    assert refreshed(client) == set()


def test_other_events_are_heard_and_do_nothing(host: Any, client: TestClient) -> None:
    add(client, host.url("service.git"))
    body = push(host.url("service.git"))
    headers = {**proof("github", body), "X-GitHub-Event": "ping"}
    answer = client.post("/v1/webhooks/github", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (202, {"jobs": []})


def test_without_a_secret_there_are_no_webhooks_and_a_short_one_is_none(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = make_app(settings.model_copy(update={"webhook_secrets": ()}))
    body = push("https://a.example/b")
    other = TestClient(bare, base_url="http://127.0.0.1", client=("127.0.0.1", 5))
    assert other.post("/v1/webhooks/github", content=body, headers=proof("github", body)).status_code == 404
    monkeypatch.setenv("HOOK_SECRET", "short")
    answer = client.post("/v1/webhooks/github", content=body, headers=proof("github", body, "short"))
    assert answer.json()["code"] == "no-webhook-secret"


def test_a_push_is_searched_seconds_later(host: Any, settings: Settings) -> None:
    work = host.create("service.git", {"a.py": "def first():\n    return 1\n"})
    with TestClient(make_app(settings, supervise=True), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        add(client, host.url("service.git"))
        watch(client, 1)
        host.push(work, {"b.py": "def second_thing():\n    return 2\n"})
        body = push(host.url("service.git"))
        [number] = client.post("/v1/webhooks/github", content=body, headers=proof("github", body)).json()["jobs"]
        watch(client, number)
        found = client.post("/v1/repositories/service/search", json={"text": "second_thing"}).json()
    assert found["hits"][0]["path"] == "b.py"


def watch(client: TestClient, number: int) -> None:
    with client.stream("GET", f"/v1/jobs/{number}/events") as events:
        for _ in events.iter_lines():
            pass


# -- the interval -------------------------------------------------------------------------------------------------


def repository(number: int, **more: Any) -> Repository:
    return Repository(number, f"r{number}", "git", "", f"https://a.example/{number}", more.pop("branch", None), **more)


def test_each_branch_is_fetched_once_in_an_interval_and_fixed_revisions_and_folders_never() -> None:
    now = [0.0]
    queued: list[str] = []
    table = [
        repository(1),
        repository(2, branch="next"),
        repository(3, revision="v1"),
        Repository(4, "p", "path", "/p"),
    ]
    fetches = Fetches(10, lambda: table, lambda one: queued.append(one.name), lambda: now[0])
    for _ in range(240):  # an hour, by quarters of a minute
        fetches.step()
        now[0] += 15
    assert {name: queued.count(name) for name in queued} in ({"r1": a, "r2": b} for a in (5, 6) for b in (5, 6))


def test_without_an_interval_nothing_is_fetched() -> None:
    queued: list[str] = []
    fetches = Fetches(0, lambda: [repository(1)], lambda one: queued.append(one.name))
    fetches.step()
    assert queued == []
