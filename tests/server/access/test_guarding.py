"""Limits, headers and the audit log of the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse, StreamingResponse

from locant.server.access.guarding import AnswerLimits
from locant.server.access.limiting import CallerLimits
from locant.server.app import make_app
from locant.server.problems import ProblemError
from locant.server.remotes.webhooks import Deliveries
from locant.server.settings import Settings
from locant.server.store.database import Database
from locant.server.store.jobs import Ended, JobTable

Lines = Callable[[], list[dict[str, Any]]]


@contextmanager
def serving(state: Path, **settings: Any) -> Iterator[TestClient]:
    with TestClient(
        make_app(Settings(state_dir=state, **settings)), base_url="http://127.0.0.1", client=("127.0.0.1", 5)
    ) as client:
        yield client


# -- limits -------------------------------------------------------------------------------------------------------


def test_a_key_has_so_many_requests_a_minute_over_all_processes(tmp_path: Path) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(serving(tmp_path, requests_per_minute=10)) for _ in range(2)]
        key = clients[0].post("/v1/keys", json={"name": "a", "scope": "admin"}).json()["key"]
        headers = {"Authorization": f"Bearer {key}"}
        statuses = [clients[number % 2].get("/v1/about", headers=headers).status_code for number in range(24)]
        assert statuses[:10] == [200] * 10 and 429 in statuses
        last = clients[0].get("/v1/about", headers=headers)
        assert last.json()["code"] == "too-many" and 1 <= int(last.headers["Retry-After"]) <= 60
        assert clients[0].get("/healthz").status_code == 200


def test_without_keys_this_machine_is_not_limited(tmp_path: Path) -> None:
    with serving(tmp_path, requests_per_minute=3, concurrent_requests=1) as client:
        assert {client.get("/v1/about").status_code for _ in range(8)} == {200}


def test_callers_do_not_use_up_each_others_requests(tmp_path: Path) -> None:
    limits = CallerLimits(tmp_path / "limits.sqlite", 3, 0)
    for _ in range(3):
        limits.count("one")
    with pytest.raises(ProblemError, match="3 requests a minute"):
        limits.count("one")
    limits.count("two")


def test_requests_are_counted_by_a_clock_that_is_never_set_and_may_begin_anew(tmp_path: Path) -> None:
    now = [1_000_000.0]
    limits = CallerLimits(tmp_path / "limits.sqlite", 2, 0, clock=lambda: now[0])

    def is_refused() -> bool:
        try:
            limits.count("one")
        except ProblemError as error:
            assert 1 <= int((error.problem.headers or {})["Retry-After"]) <= 120
            return True
        return False

    assert [is_refused() for _ in range(3)] == [False, False, True]
    now[0] += 120
    assert [is_refused() for _ in range(3)] == [False, False, True]
    now[0] = 5.0  # the machine began anew: what is counted for later times is of before
    assert [is_refused() for _ in range(3)] == [False, False, True]
    now[0] = 1_000_000.0
    assert [is_refused() for _ in range(3)] == [False, False, True]


def test_a_clock_that_is_set_changes_nothing_about_who_is_refused(tmp_path: Path) -> None:
    wall = [1_800_000_000.0]
    database = Database(tmp_path / "store.sqlite")
    deliveries = Deliveries(database, clock=lambda: wall[0])
    deliveries.take("github", b"one")
    for moved in (-86_400.0, 2 * 86_400.0):
        wall[0] += moved
        with pytest.raises(ProblemError, match="taken before"):
            deliveries.take("github", b"one")
    deliveries.take("github", b"two")


def test_the_times_of_a_job_never_go_backwards_also_when_the_clock_does(tmp_path: Path) -> None:
    wall = [1_800_000_000.0]
    jobs = JobTable(Database(tmp_path / "store.sqlite"), clock=lambda: wall[0])
    done, cancelled = jobs.add("service", "index").number, jobs.add("other", "index").number
    wall[0] -= 3_600
    running = jobs.claim()
    assert running is not None and running.number == done
    wall[0] -= 3_600
    jobs.end(done, Ended("done"))
    jobs.cancel(cancelled)
    for number in (done, cancelled):
        job = jobs.get(number)
        assert job is not None and job.ended_at is not None
        assert job.created_at <= (job.started_at or job.created_at) <= job.ended_at
    wall[0] += 10 * 86_400
    third = jobs.add("service", "refresh")
    assert next(job.number for job in jobs.latest()) == third.number  # their order is that of their coming


def test_no_more_than_so_many_requests_of_a_caller_are_answered_at_once(tmp_path: Path) -> None:
    limits = CallerLimits(tmp_path / "limits.sqlite", 0, 2)
    with ExitStack() as held:
        for name in ("one", "one", "two"):
            held.enter_context(limits.slot(name))
        with pytest.raises(ProblemError, match="2 requests at the same time"):
            held.enter_context(limits.slot("one"))
    with limits.slot("one"), limits.slot("one"):
        pass


def test_places_are_given_back_after_each_answer_also_of_an_error(tmp_path: Path) -> None:
    with serving(tmp_path, concurrent_requests=1) as client:
        key = client.post("/v1/keys", json={"name": "a", "scope": "admin"}).json()["key"]
        client.headers["Authorization"] = f"Bearer {key}"
        for path in ("/v1/about", "/v1/repositories/none", "/v1/jobs/999", "/v1/about"):
            assert client.get(path).status_code != 429


def test_a_store_of_counts_that_is_broken_turns_nobody_away(tmp_path: Path) -> None:
    (tmp_path / "limits.sqlite").write_bytes(b"not a database at all, but long enough to be looked at as one" * 100)
    CallerLimits(tmp_path / "limits.sqlite", 1, 0).count("one")


def test_an_answer_that_is_too_long_is_not_sent_and_a_stream_is_not_cut() -> None:
    app = FastAPI()
    app.add_middleware(AnswerLimits, max_bytes=10_000)
    app.add_api_route("/long", lambda: PlainTextResponse("x" * 10_001))
    app.add_api_route("/short", lambda: PlainTextResponse("x" * 10_000))
    app.add_api_route("/stream", lambda: StreamingResponse(iter(["y" * 6_000] * 3)))
    with TestClient(app) as client:
        answer = client.get("/long")
        assert (answer.status_code, answer.json()["code"]) == (422, "too-much")
        assert len(client.get("/short").content) == 10_000
        assert len(client.get("/stream").content) == 18_000


# -- headers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/about", "/healthz", "/", "/absent", "/v1/repositories/none"])
def test_every_answer_keeps_browsers_to_its_own_server(tmp_path: Path, path: str) -> None:
    with serving(tmp_path) as client:
        headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'" and "unsafe" not in str(policy) and "http" not in str(policy)
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    assert "server" not in headers and not [name for name in headers if name.startswith("access-control")]


def test_answers_of_the_api_stay_in_no_shared_cache(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        assert client.get("/v1/repositories/none").headers["Cache-Control"] == "no-store"
        assert client.get("/v1/about").headers["Cache-Control"] in ("no-store", "private, no-cache")


@pytest.mark.parametrize("given", ["a\r\nX-Evil: 1", "<script>", "x" * 500, "\x00"])
def test_a_request_id_cannot_bring_headers_or_markup_along(tmp_path: Path, given: str) -> None:
    with serving(tmp_path) as client:
        answer = client.get("/v1/about", headers=[(b"X-Request-Id", given.encode())])
    assert answer.headers["X-Request-Id"] != given and "X-Evil" not in answer.headers


# -- the audit log ------------------------------------------------------------------------------------------------


def lines_of(state: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (state / "audit.jsonl").read_text().splitlines()]


def test_it_says_who_asked_what_of_which_repository_and_holds_no_key(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        key = client.post("/v1/keys", json={"name": "admins", "scope": "admin"}).json()["key"]
        headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "abc-1"}
        client.post("/v1/repositories/none/search", json={"text": "a secret question"}, headers=headers)
        client.get("/v1/about")
        client.post("/v1/repositories", json={"url": "https://u:tok_9@evil.example/x"}, headers=headers)
        client.get("/healthz")
    lines = lines_of(tmp_path)
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/v1/keys", 201),
        ("/v1/repositories/none/search", 404),
        ("/v1/about", 401),
        ("/v1/repositories", 403),
    ]
    asked = lines[1]
    assert (asked["key"], asked["name"], asked["repository"]) == (key.split("_")[1], "admins", "none")
    assert (asked["request"], asked["client"]) == ("abc-1", "127.0.0.1")
    assert lines[0]["name"] == "local" and lines[2]["name"] is None
    text = (tmp_path / "audit.jsonl").read_text()
    assert key.rsplit("_", 1)[1] not in text and "tok_9" not in text and "secret question" not in text
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_texts_of_questions_are_noted_by_choice(tmp_path: Path) -> None:
    with serving(tmp_path, audit_questions=True) as client:
        client.post("/v1/repositories/none/search", json={"text": "where is\nthe delay\u2028"})
        client.post("/v1/search", json={"text": "x" * 5_000, "repositories": ["a", "b"]})
    first, second = lines_of(tmp_path)
    assert first["question"] == {"text": "where is\nthe delay\u2028"}
    assert len(second["question"]["text"]) == 2_000 and second["asked_repositories"] == ["a", "b"]


def test_a_call_over_mcp_is_noted_with_its_tool_and_repository(tmp_path: Path) -> None:
    params = {"name": "search", "arguments": {"query": "delay", "repository": "one"}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    with serving(tmp_path) as client:
        client.post("/mcp", json=call, headers={"Accept": "application/json, text/event-stream"})
    [line] = lines_of(tmp_path)
    assert (line["rpc"], line["tool"], line["asked_repositories"]) == ("tools/call", "search", "one")


def test_a_log_that_was_moved_away_is_made_anew_and_one_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        client.get("/v1/about")
        (tmp_path / "audit.jsonl").rename(tmp_path / "audit.jsonl.1")
        client.get("/v1/about")
        assert len(lines_of(tmp_path)) == 1
        (tmp_path / "audit.jsonl").unlink()
        (tmp_path / "audit.jsonl").mkdir()
        assert client.get("/v1/about").status_code == 200


def test_it_can_be_turned_off(tmp_path: Path) -> None:
    with serving(tmp_path, audit=False) as client:
        client.get("/v1/about")
    assert not (tmp_path / "audit.jsonl").exists()
