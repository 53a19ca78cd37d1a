"""Metrics and logs: what is counted, over all processes, and that no secret comes along."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from locant.server.app import make_app
from locant.server.observe.logs import start_logging
from locant.server.observe.metrics import FOLDER_VARIABLE
from locant.server.observe.redacting import Redactor
from locant.server.settings import Settings


@contextmanager
def serving(state: Path) -> Iterator[TestClient]:
    app = make_app(Settings(state_dir=state))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, frozenset(sample.labels.items())] = sample.value
    return found


def value(text: str, name: str, **labels: str) -> float:
    return samples(text).get((name, frozenset(labels.items())), 0.0)


def test_requests_are_counted_by_the_template_of_their_route(tmp_path: Path) -> None:
    with TestClient(
        make_app(Settings(state_dir=tmp_path)), base_url="http://127.0.0.1", client=("127.0.0.1", 5)
    ) as client:
        route = {"method": "GET", "route": "/v1/repositories/{name}", "status": "404"}
        before = value(client.get("/metrics").text, "locant_http_requests_total", **route)
        for name in ("a", "b", "c"):
            client.get(f"/v1/repositories/{name}")
        client.request("EVIL\x7b", "/v1/nothing/at/all")
        answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert value(answer.text, "locant_http_requests_total", **route) == before + 3
    assert "nothing/at/all" not in answer.text and "EVIL" not in answer.text
    assert 'locant_info{version="' in answer.text and "locant_http_request_seconds_bucket" in answer.text


def test_metrics_take_a_key_once_there_are_keys(tmp_path: Path) -> None:
    with TestClient(
        make_app(Settings(state_dir=tmp_path)), base_url="http://127.0.0.1", client=("127.0.0.1", 5)
    ) as client:
        key = client.post("/v1/keys", json={"name": "a", "scope": "admin"}).json()["key"]
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 200


SCRIPT = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from locant.server.app import make_app
from locant.server.settings import Settings
app = make_app(Settings(state_dir=Path(sys.argv[1])))
with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
    for _ in range(5):
        client.get("/v1/about")
    print(client.get("/metrics").text)
"""


def test_counters_of_several_processes_are_added_up(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    environment = {**os.environ, FOLDER_VARIABLE: str(folder)}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "state")]
    texts = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)
    ]
    labels = {"method": "GET", "route": "/v1/about", "status": "200"}
    assert [value(text, "locant_http_requests_total", **labels) for text in texts] == [5, 10]


@pytest.fixture
def logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged while this stands, with a token and a secret of a webhook that the server knows."""
    monkeypatch.setenv("GIT_TOKEN_HERE", "plain-token-12345")
    (tmp_path / "hook").write_text("the secret of the hook\n")
    settings = Settings(
        state_dir=tmp_path,
        log_level="info",
        git_credentials=("git.example.org me env:GIT_TOKEN_HERE",),
        webhook_secrets=(f"file:{tmp_path / 'hook'}",),
    )
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    start_logging(settings, stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)


def test_a_line_is_json_with_level_logger_and_time(logged: io.StringIO) -> None:
    logging.getLogger("locant.server.jobs").warning("job %d\nis tried again", 7)
    [line] = logged.getvalue().splitlines()
    found = json.loads(line)
    assert (found["event"], found["level"], found["logger"]) == (
        "job 7\nis tried again",
        "warning",
        "locant.server.jobs",
    )
    assert found["at"].endswith("Z")


def test_each_request_is_a_line_with_its_id_and_the_template_of_its_route(logged: io.StringIO, tmp_path: Path) -> None:
    with serving(tmp_path / "state") as client:
        client.get("/v1/repositories/none", headers={"X-Request-Id": "abc-7"})
    [found] = [json.loads(line) for line in logged.getvalue().splitlines() if '"request"' in line and "abc-7" in line]
    assert (found["event"], found["request"], found["route"]) == ("request", "abc-7", "/v1/repositories/{name}")
    assert (found["method"], found["status"]) == ("GET", 404) and found["seconds"] >= 0


@pytest.mark.parametrize(
    "text",
    [
        "key lct_9f2c1a7be043_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG was used",
        "Authorization: Bearer eyJhbGciOi.secretsecret",
        "{'authorization': 'Basic c2VjcmV0OnNlY3JldA=='}",
        "cloning https://me:secretsecret@git.example.org/a",
        "the host said plain-token-12345",
        "it was the secret of the hook",
        "ghp_secretsecretsecret1234 and glpat-secretsecretsecret",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nsecretsecret\n",
    ],
)
def test_no_secret_is_logged(logged: io.StringIO, text: str) -> None:
    log = logging.getLogger("locant.server")
    log.error(text)
    log.error("said %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    shown = logged.getvalue()
    assert shown.count("[hidden]") >= 3
    for secret in ("secretsecret", "plain-token", "c2VjcmV0", "of the hook", "abcdefghijklmno"):
        assert secret not in shown


@given(st.text(), st.text())
def test_redacting_twice_changes_nothing_more_and_plain_text_stays(before: str, after: str) -> None:
    redact = Redactor(["a known secret"])
    once = redact(f"{before} a known secret {after}")
    assert "a known secret" not in once
    assert redact(once) == once
    assert redact("job 17 of service runs in process 4711") == "job 17 of service runs in process 4711"
