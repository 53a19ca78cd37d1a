"""The HTTP interface in this process: what it answers, and what it says when it cannot."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import locant
from locant.retriever.models.fake import ScriptedModel
from locant.server.routes.methods import METHODS
from locant.server.services import Services

Add = Callable[[str], dict[str, Any]]

CALLS: dict[str, dict[str, Any]] = {
    "search": {"text": "retry delay"},
    "localize": {"text": "RetryPolicy.delay waits for hours"},
    "brief": {"text": "RetryPolicy.delay waits for hours"},
    "map": {},
    "pack": {"text": "RetryPolicy.delay waits for hours", "max_tokens": 2_000},
    "summarize": {"path": "src"},
    "view": {"path": "src/retry.py", "start": 4, "end": 6},
    "outline": {"path": "src/retry.py"},
    "find": {"pattern": "retry"},
    "grep": {"pattern": "MAX_DELAY ="},
    "definitions": {"name": "delay"},
    "references": {"name": "delay"},
    "related": {"target": "src/retry.py"},
    "status": {},
}


@pytest.fixture(scope="module", autouse=True)
def service(add: Add) -> dict[str, Any]:
    """A repository that all tests here ask."""
    return add("service")


def ask(client: TestClient, method: str, **arguments: Any) -> Any:
    return client.post(f"/v1/repositories/service/{method}", json=arguments)


def test_an_added_repository_is_indexed_and_can_be_asked(client: TestClient, service: dict[str, Any]) -> None:
    assert service["state"] == "ready"
    assert service["files"] == 2
    assert len(service["commit"]) == 40
    found = ask(client, "search", text="retry delay").json()
    assert found["repository"] == "service"
    assert found["hits"][0]["path"] == "src/retry.py"
    assert ask(client, "search", text="retry delay", limit=1, offset=1).json()["hits"] == found["hits"][1:2]


def without_moments(value: Any) -> Any:
    plain = json.loads(json.dumps(value))
    for fresh in [plain.get("freshness") or {}, *(one["freshness"] for one in plain.get("repositories", []))]:
        fresh.pop("checked_at", None)
        fresh.pop("indexed_at", None)
    return plain


@pytest.mark.parametrize("method", [method.name for method in METHODS if method.has_command])
def test_every_method_answers_as_the_command_does(
    method: str, client: TestClient, roots: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from typer.testing import CliRunner

    from locant.command.app import app

    words = {
        "search": ["retry delay"],
        "localize": ["--text", CALLS["localize"]["text"]],
        "brief": ["--text", CALLS["brief"]["text"]],
        "map": [],
        "pack": ["--text", CALLS["pack"]["text"], "--max-tokens", "2000"],
        "summarize": ["src"],
        "view": ["src/retry.py:4-6"],
        "outline": ["src/retry.py"],
        "find": ["retry"],
        "grep": ["MAX_DELAY ="],
        "definitions": ["delay"],
        "references": ["delay"],
        "related": ["src/retry.py"],
        "status": [],
    }
    cache = tmp_path_factory.getbasetemp() / "command_cache"
    root = str(roots / "service")
    environment = {"LOCANT_CACHE_DIR": str(cache)}
    CliRunner().invoke(app, ["index", root], env=environment)
    said = CliRunner().invoke(app, [method, *words[method], "--json", "--repo", root], env=environment)
    expected = without_moments(json.loads(said.stdout.replace(os.path.realpath(root), "service")))
    found = without_moments(ask(client, method, **CALLS[method]).json())
    if method == "status":
        for answer in (expected, found):
            for name in ("store", "root", "freshness", "index_bytes"):
                answer["status"].pop(name)
    assert found == expected


def test_what_an_operator_had_a_model_write_about_files_is_shown_to_everybody(
    client: TestClient, add: Add, roots: Path
) -> None:
    add("written")
    state: Services = client.app.state.services  # type: ignore[attr-defined]
    model = ScriptedModel(['{"file": "Decides how long to wait.", "definitions": {"RetryPolicy": "Grows."}}'])
    with locant.open(roots / "written", cache_dir=state.settings.cache_dir) as index:  # as `locant summarize` does
        index.summaries("src/retry.py", model=model)
    written = "/v1/repositories/written"
    told = client.post(f"{written}/summarize", json={"path": "src/retry.py", "kept": True}).json()
    assert told["summaries"][0]["text"].startswith("Decides how long to wait.")
    outline = client.post(f"{written}/outline", json={"path": "src/retry.py", "summaries": True}).json()
    assert outline["summary"].startswith("Decides how long to wait.")
    assert {one["name"]: one.get("summary") for one in outline["symbols"]}["RetryPolicy"] == "Grows."
    found = client.post(f"{written}/search", json={"text": "what decides waiting", "summaries": True}).json()
    assert "summary" in {one["signal"] for one in found["hits"][0]["evidence"]}


def test_what_is_wrong_comes_as_a_problem_with_the_id_of_the_request(client: TestClient) -> None:
    answer = client.get("/v1/repositories/nothing", headers={"X-Request-Id": "mine"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "mine"
    assert answer.json()["code"] == "unknown-repository"
    made = client.get("/v1/about", headers={"X-Request-Id": "a\tb" * 40}).headers["x-request-id"]
    assert made.isalnum()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/repositories/service/search", b"{", 400, "bad-json"),
        ("POST", "/v1/repositories/service/search", b"\xff", 400, "bad-json"),
        ("POST", "/v1/repositories/service/search", b"[]", 422, "bad-arguments"),
        ("POST", "/v1/repositories/service/search", b"{}", 422, "bad-arguments"),
        ("POST", "/v1/repositories/service/search", b'{"text": "x", "limit": 0}', 422, "bad-arguments"),
        ("POST", "/v1/repositories/service/search", b'{"text": "x", "limt": 1}', 422, "bad-arguments"),
        ("POST", "/v1/repositories/service/search", b'{"text": "(", "mode": "regex"}', 422, "bad-question"),
        ("POST", "/v1/repositories/service/view", b'{"path": "src/none.py"}', 404, "not-found"),
        ("POST", "/v1/repositories/service/view", b'{"path": "../../etc/passwd"}', 404, "not-found"),
        ("POST", "/v1/repositories/service/tools/nothing", b"{}", 404, "no-such-path"),
        ("POST", "/v1/repositories/service/tools/search", b"[1]", 422, "bad-arguments"),
        ("POST", "/v1/repositories/nothing/tools/search", b'{"query": "x"}', 404, "unknown-repository"),
        ("POST", "/v1/repositories", b'{"path": "/etc"}', 403, "outside-roots"),
        ("POST", "/v1/repositories", b'{"path": "relative"}', 422, "bad-path"),
        ("POST", "/v1/repositories", b'{"path": "/a", "url": "https://b"}', 422, "bad-arguments"),
        ("GET", "/v1/repositories?cursor=%21", b"", 422, "bad-cursor"),
        ("GET", "/v1/jobs?cursor=YWJj", b"", 422, "bad-cursor"),
        ("GET", "/v1/jobs/99999", b"", 404, "unknown-job"),
        ("GET", "/v1/nothing", b"", 404, "no-such-path"),
        ("PUT", "/v1/jobs", b"", 405, "method-not-allowed"),
    ],
)
def test_bad_input_is_told_what_is_wrong(
    method: str, path: str, body: bytes, status: int, code: str, client: TestClient
) -> None:
    answer = client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_lists_come_in_pages(client: TestClient, add: Add) -> None:
    for name in ("page_a", "page_b"):
        add(name)
    seen: list[str] = []
    cursor = None
    while True:
        page = client.get("/v1/repositories", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["name"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [one["name"] for one in client.get("/v1/repositories").json()["items"]]
    assert {"page_a", "page_b", "service"} <= set(seen)
    first = client.get("/v1/jobs", params={"limit": 1}).json()
    second = client.get("/v1/jobs", params={"limit": 1, "cursor": first["next"]}).json()
    assert second["items"][0]["id"] < first["items"][0]["id"]


def test_what_did_not_change_is_not_sent_again(client: TestClient) -> None:
    for path in ("/v1/repositories/service", "/v1/tools", "/v1/repositories/service/map.svg?focus=retry"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_long_answers_are_compressed_for_who_takes_them(client: TestClient) -> None:
    assert client.get("/v1/tools", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/v1/tools", headers={"Accept-Encoding": "identity"}).headers


def test_other_names_for_this_host_are_refused(client: TestClient) -> None:
    answer = client.get("/v1/about", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (421, "wrong-host")
    assert client.get("/v1/about", headers={"Host": "localhost:8320"}).status_code == 200


def test_a_folder_is_served_once_and_a_name_is_given_once(client: TestClient, roots: Path) -> None:
    again = client.post("/v1/repositories", json={"path": str(roots / "service")})
    assert (again.status_code, again.json()["code"]) == (409, "served-already")
    (roots / "deeper" / "service").mkdir(parents=True)
    other = {"path": str(roots / "deeper" / "service")}
    assert client.post("/v1/repositories", json={**other, "name": "service"}).json()["code"] == "name-taken"
    assert client.post("/v1/repositories", json=other).json()["name"] == "service-2"


def test_a_removed_repository_is_unknown_at_once_and_its_index_goes(client: TestClient, add: Add, roots: Path) -> None:
    add("brief_life")
    assert client.delete("/v1/repositories/brief_life").status_code == 204
    assert client.get("/v1/repositories/brief_life").status_code == 404
    [job] = client.get("/v1/jobs", params={"repository": "brief_life", "limit": 1}).json()["items"]
    assert job["kind"] == "remove"
    with client.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
        assert '"done"' in list(events.iter_lines())[-2]
    assert (roots / "brief_life" / "src" / "retry.py").is_file()
    assert add_again(client, roots / "brief_life").status_code == 201


def add_again(client: TestClient, root: Path) -> Any:
    return client.post("/v1/repositories", json={"path": str(root)})


def test_an_edit_is_named_as_stale_until_a_job_has_indexed_it(client: TestClient, add: Add, roots: Path) -> None:
    add("edited")
    file = roots / "edited" / "src" / "retry.py"
    file.write_text(file.read_text() + "\n\ndef brand_new():\n    return 1\n")
    asked = {"name": "brand_new"}
    first = client.post("/v1/repositories/edited/definitions", json=asked).json()
    assert first["freshness"]["stale"] == ["src/retry.py"]
    [job] = client.get("/v1/jobs", params={"repository": "edited", "limit": 1}).json()["items"]
    with client.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
        assert '"done"' in list(events.iter_lines())[-2]
    found = client.post("/v1/repositories/edited/definitions", json=asked).json()
    assert found["definitions"][0]["path"] == "src/retry.py"


def test_mcp_answers_in_the_same_process(client: TestClient, service: dict[str, Any]) -> None:
    def call(address: str, tool: str, **arguments: Any) -> str:
        asked = {"name": tool, "arguments": arguments}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
        headers = {"Accept": "application/json, text/event-stream"}
        return str(client.post(address, json=body, headers=headers).json()["result"]["content"][0]["text"])

    assert "RetryPolicy" in call("/mcp?repository=service", "outline", path="src/retry.py")
    assert "RetryPolicy" in call("/mcp", "outline", path="src/retry.py", repository="service")
    assert "no repository 'nothing' is served here; there are " in call(
        "/mcp", "outline", path="x", repository="nothing"
    )
    assert client.post("/mcp", json={}, headers={"Host": "evil.example"}).status_code == 421


def test_the_server_says_what_it_is(client: TestClient) -> None:
    about = client.get("/v1/about").json()
    assert about["version"] == locant.__version__
    assert about["caller"] == {"name": "local", "scope": "admin", "repositories": None}
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


PARTS = st.sampled_from(["..", ".", "service", "etc", "", "link", "a\x00b", "%2e%2e", "~", "é"])


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    parts=st.lists(st.sampled_from(["..", ".", "service", "etc", "", "link", "a\x00b", "%2e%2e", "~", "é"]), max_size=7)
)
def test_no_path_leads_out_of_the_allowed_roots(client: TestClient, roots: Path, parts: list[str]) -> None:
    link = roots / "link"
    if not link.is_symlink():
        link.symlink_to("/etc")
    path = "/".join([str(roots), *parts])
    answer = client.post("/v1/repositories", json={"path": path})
    if answer.status_code == 201:
        made = answer.json()
        assert Path(made["path"]).is_relative_to(roots.resolve())
        client.delete(f"/v1/repositories/{made['name']}")
    else:
        assert answer.status_code in (403, 409, 422), answer.text
    if "\0" not in path and not Path(os.path.realpath(path)).is_relative_to(roots.resolve()):
        assert answer.status_code == 403
