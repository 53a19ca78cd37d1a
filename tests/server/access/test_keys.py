"""Keys, and what the server does without any: who is answered, who is not, and what they learn from it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from locant.command.app import app as command
from locant.errors import QueryError
from locant.server.access.keys import KeyTable, parse_key
from locant.server.app import make_app
from locant.server.settings import Settings
from locant.server.store.database import Database

Connect = Callable[..., TestClient]
POLICY = "def delay(attempt):\n    return 2**attempt\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A server's state with two indexed repositories and no key; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(state_dir=folder / "state", allowed_roots=(folder / "roots",), hosts=("git.example.org",))
    with TestClient(make_app(settings, supervise=True), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        for name in ("one", "two"):
            (folder / "roots" / name).mkdir(parents=True)
            (folder / "roots" / name / f"{name}.py").write_text(POLICY)
            made = client.post("/v1/repositories", json={"path": str(folder / "roots" / name)}).json()
            with client.stream("GET", f"/v1/jobs/{made['job']}/events") as events:
                list(events.iter_lines())
    return settings


@pytest.fixture
def settings(served: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(served.state_dir, tmp_path / "state")
    return served.model_copy(update={"state_dir": tmp_path / "state"})


@pytest.fixture
def connect(settings: Settings) -> Iterator[Connect]:
    """A client: with a key or without, from an address."""
    app = make_app(settings)
    with TestClient(app):

        def make(key: str | None = None, address: str = "127.0.0.1", base: str = "http://127.0.0.1") -> TestClient:
            headers = {} if key is None else {"Authorization": f"Bearer {key}"}
            return TestClient(app, base_url=base, client=(address, 5), headers=headers)

        yield make


def create(client: TestClient, **wanted: Any) -> str:
    answer = client.post("/v1/keys", json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


@pytest.fixture
def admin(connect: Connect) -> TestClient:
    """Holds the first key."""
    return connect(create(connect(), name="admins", scope="admin"))


# -- without keys -------------------------------------------------------------------------------------------------


def test_without_keys_this_machine_may_do_all(connect: Connect) -> None:
    about = connect().get("/v1/about").json()
    assert (about["keys"], about["caller"]["scope"]) == (False, "admin")


@pytest.mark.parametrize(
    ("address", "headers", "code"),
    [
        ("203.0.113.9", {}, "loopback-only"),
        ("10.0.0.2", {}, "loopback-only"),
        ("", {}, "loopback-only"),
        ("testclient", {}, "loopback-only"),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, "loopback-only"),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, "loopback-only"),
        ("127.0.0.1", {"Origin": "https://evil.example"}, "foreign-page"),
        ("127.0.0.1", {"Origin": "null"}, "foreign-page"),
        ("127.0.0.1", {"Origin": "http://127.0.0.1:9999"}, "foreign-page"),
        ("127.0.0.1", {"Origin": "http://127.0.0.1.evil.example"}, "foreign-page"),
        ("127.0.0.1", {"Origin": "file://127.0.0.1"}, "foreign-page"),
        ("127.0.0.1", {"Sec-Fetch-Site": "cross-site"}, "foreign-page"),
        ("127.0.0.1", {"Sec-Fetch-Site": "same-site"}, "foreign-page"),
        ("127.0.0.1", {"Host": "evil.example"}, "wrong-host"),
        ("127.0.0.1", {"Host": "127.0.0.1.evil.example"}, "wrong-host"),
        ("127.0.0.1", {"Host": ""}, "wrong-host"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/repositories", "/mcp"])
def test_without_keys_nobody_else_is_answered(
    connect: Connect, settings: Settings, address: str, headers: dict[str, str], code: str, path: str
) -> None:
    body = {"path": str(settings.allowed_roots[0])}
    answer = connect(address=address).post(path, json=body, headers=headers)
    assert answer.status_code in (403, 421) and answer.json()["code"] == code
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_own_page_may_ask(connect: Connect) -> None:
    headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert connect().post("/v1/repositories/one/search", json={"text": "delay"}, headers=headers).status_code == 200


def test_a_form_of_a_foreign_page_cannot_change_anything(connect: Connect) -> None:
    """What a browser sends without asking first: plain text, and no header that tells it apart in an old one."""
    body = json.dumps({"name": "x", "scope": "admin"})
    answer = connect().post("/v1/keys", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code in (403, 415, 422)
    assert connect().get("/v1/about").json()["keys"] is False


def test_the_first_key_has_to_be_one_that_can_make_others(connect: Connect) -> None:
    answer = connect().post("/v1/keys", json={"name": "ci", "scope": "read"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no-admin-key")


# -- with keys ----------------------------------------------------------------------------------------------------


def test_from_the_first_key_on_nobody_is_answered_without_one(connect: Connect, admin: TestClient) -> None:
    assert admin.get("/v1/about").json()["keys"] is True
    answer = connect().get("/v1/about")
    assert (answer.status_code, answer.json()["code"]) == (401, "no-key")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert connect().post("/mcp", json={}).status_code == 401


def test_revoking_the_last_key_does_not_open_the_server(connect: Connect, admin: TestClient) -> None:
    [key] = admin.get("/v1/keys").json()["items"]
    assert admin.delete(f"/v1/keys/{key['id']}").status_code == 204
    assert admin.get("/v1/about").status_code == 401
    assert connect().get("/v1/about").status_code == 401


SCOPED = {
    ("GET", "/v1/repositories"): "read",
    ("GET", "/v1/about"): "read",
    ("GET", "/v1/jobs"): "read",
    ("POST", "/v1/repositories/one/search"): "read",
    ("POST", "/v1/repositories/one/refresh"): "write",
    ("POST", "/v1/repositories"): "write",
    ("GET", "/v1/keys"): "admin",
    ("POST", "/v1/keys"): "admin",
}


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_a_scope_allows_what_it_says_and_no_more(connect: Connect, admin: TestClient, scope: str) -> None:
    client = connect(create(admin, name="k", scope=scope))
    order = ("read", "write", "admin")
    for (method, path), needed in SCOPED.items():
        status = client.request(method, path, json={"text": "x"} if method == "POST" else None).status_code
        assert (status == 403) is (order.index(scope) < order.index(needed)), (method, path, status)


def test_a_key_sees_its_repositories_and_does_not_learn_of_others(connect: Connect, admin: TestClient) -> None:
    client = connect(create(admin, name="k", repositories=["one"]))
    assert [item["name"] for item in client.get("/v1/repositories").json()["items"]] == ["one"]
    other = client.post("/v1/repositories/two/search", json={"text": "delay"})
    absent = client.post("/v1/repositories/none/search", json={"text": "delay"})
    assert other.status_code == absent.status_code == 404
    assert other.json()["detail"].replace("two", "X") == absent.json()["detail"].replace("none", "X")
    across = client.post("/v1/search", json={"text": "delay"}).json()
    assert {hit["repository"] for hit in across["hits"]} == {"one"}
    assert client.post("/v1/search", json={"text": "delay", "repositories": ["two"]}).status_code == 404
    assert {job["repository"] for job in client.get("/v1/jobs").json()["items"]} == {"one"}
    assert "path" not in client.get("/v1/repositories/one").json()


def test_a_restricted_key_stays_restricted_over_mcp(connect: Connect, admin: TestClient) -> None:
    client = connect(create(admin, name="k", repositories=["one"]))
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "delay", "repository": "two"}},
    }
    headers = {"Accept": "application/json, text/event-stream"}
    answer = client.post("/mcp", json=call, headers=headers)
    assert answer.status_code == 200 and answer.json()["result"]["isError"] is True
    assert "two.py" not in answer.text


WRONG = (
    *("", "Bearer", "Bearer ", "Basic bGN0Og==", "Bearer lct_", "Bearer lct_000000000000_" + "A" * 43),
    *("Bearer x" * 1000, "bearer\tlct", "Token lct_000000000000_x", "Bearer lct_%27%20OR%201=1_" + "A" * 43),
)


@pytest.mark.parametrize("header", WRONG)
def test_what_is_no_key_is_a_401_that_repeats_nothing_of_it(connect: Connect, admin: TestClient, header: str) -> None:
    answer = connect().get("/v1/about", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "AAAA" not in answer.text and "OR" not in answer.text


def test_two_authorization_headers_are_none(connect: Connect, admin: TestClient) -> None:
    key = str(admin.headers["Authorization"])
    headers = [("Authorization", key), ("Authorization", "Bearer x")]
    assert connect().get("/v1/about", headers=headers).status_code == 401


def test_a_key_with_another_secret_or_of_another_id_does_not_count(connect: Connect, admin: TestClient) -> None:
    one, two = create(admin, name="one"), create(admin, name="two")
    _, first, secret = one.split("_", 2)
    _, second, _ = two.split("_", 2)
    for text in (f"lct_{second}_{secret}", f"lct_{first}_{secret[:-1]}-", f"lct_{first}_{secret[::-1]}", one.lower()):
        assert connect(text).get("/v1/about").status_code == 401
    assert connect(one).get("/v1/about").status_code == 200


@given(st.text(max_size=80))
def test_only_the_exact_form_is_read_as_a_key(text: str) -> None:
    parts = parse_key(text)
    assert parts is None or f"lct_{parts[0]}_{parts[1]}" == text


def test_the_store_has_no_secret(admin: TestClient, settings: Settings) -> None:
    secret = str(admin.headers["Authorization"]).rsplit("_", 1)[1].encode()
    files = [path for path in settings.state_dir.rglob("*") if path.is_file()]
    assert files and not [path for path in files if secret in path.read_bytes()]
    assert settings.database.stat().st_mode & 0o077 == 0
    rows = sqlite3.connect(settings.database).execute("SELECT digest FROM keys").fetchall()
    assert [len(row[0]) for row in rows] == [64]


def test_many_wrong_keys_from_an_address_are_slowed_and_others_are_not(connect: Connect, admin: TestClient) -> None:
    guessing = connect(f"lct_000000000000_{'A' * 43}", address="203.0.113.9")
    statuses = [guessing.get("/v1/about").status_code for _ in range(70)]
    assert statuses[0] == 401 and statuses[-1] == 429
    assert admin.get("/v1/about").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"name": "", "scope": "read"}, "names no key|no name"),
        ({"name": "a\nb", "scope": "read"}, "names no key|no name"),
        ({"name": "x", "scope": "root"}, "no scope"),
        ({"name": "x", "scope": "admin", "repositories": ["one"]}, "every repository"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(tmp_path: Path, wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        KeyTable(Database(tmp_path / "s.sqlite")).create(**wanted)


# -- the command --------------------------------------------------------------------------------------------------


def test_keys_are_made_listed_and_revoked_by_command_while_the_server_runs(
    connect: Connect, admin: TestClient, settings: Settings
) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(command, ["keys", *arguments, "--state-dir", str(settings.state_dir)])
        assert done.exit_code == 0, done.output
        return done.stdout

    text = run("create", "--name", "ci", "--scope", "read", "--repository", "one").splitlines()[0]
    client = connect(text)
    assert client.get("/v1/about").json()["caller"] == {"name": "ci", "scope": "read", "repositories": ["one"]}
    identity = text.split("_")[1]
    listed = run("list")
    assert identity in listed and text.rsplit("_", 1)[1] not in listed
    run("revoke", identity)
    assert client.get("/v1/about").status_code == 401
