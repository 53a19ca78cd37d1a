"""The client against a server that says what a test wrote down: what it sends, when it asks again, what it raises."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import locant
from locant.errors import LocantError, NotFoundError, QueryError, ServerError
from locant.remote.index import RemoteIndex
from locant.remote.records import RemoteJob

STATUS = {
    "status": {
        "root": "service",
        "store": "",
        "files": 4,
        "chunks": 5,
        "symbols": 6,
        "source_bytes": 540,
        "index_bytes": 12736,
        "segments": 1,
        "languages": {"python": 3},
        "freshness": {
            "commit": None,
            "dirty": None,
            "indexed_at": 1.5,
            "checked_at": 2,
            "coverage": 1.0,
            "left_out": {},
            "stale": [],
        },
        "notes": [],
    }
}


@dataclass
class Script:
    """Answers in the order in which they are given, and the requests that came."""

    url: str = ""
    answers: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    seen: list[tuple[str, str, Any, dict[str, str]]] = field(default_factory=list)

    def say(self, status: int, body: object, **headers: str) -> None:
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    def problem(self, status: int, detail: str, error: str = "", **headers: str) -> None:
        self.say(status, {"status": status, "detail": detail, "error": error, "request_id": "r-1"}, **headers)


@pytest.fixture
def script() -> Iterator[Script]:
    told = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            told.seen.append((self.command, self.path, body, dict(self.headers)))
            status, document, headers = told.answers.pop(0)
            data = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that the library calls

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def service(script: Script) -> Iterator[RemoteIndex]:
    with locant.connect(script.url, key="lct_1_secret", timeout=20) as server:
        yield server.repository("service")


def test_a_question_is_sent_with_the_key_and_answered_with_records(script: Script, service: RemoteIndex) -> None:
    script.say(200, STATUS)
    assert service.status().languages == {"python": 3}
    method, path, body, headers = script.seen[0]
    assert (method, path, body) == ("POST", "/v1/repositories/service/status", {})
    assert headers["Authorization"] == "Bearer lct_1_secret"


def test_a_question_is_asked_again_when_the_server_is_busy(script: Script, service: RemoteIndex) -> None:
    script.problem(503, "the index is being written", "StoreBusyError", Retry_After="0")
    script.problem(429, "too many at once", Retry_After="0")
    script.say(200, STATUS)
    assert service.status().files == 4
    assert len(script.seen) == 3


def test_what_changes_something_is_not_sent_twice(script: Script) -> None:
    script.problem(503, "the store is busy; try again in a moment", "StoreBusyError", Retry_After="0")
    with locant.connect(script.url) as server, pytest.raises(LocantError, match="try again in a moment"):
        server.remove("service")
    assert [request[:2] for request in script.seen] == [("DELETE", "/v1/repositories/service")]


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (404, "NotFoundError", NotFoundError),
        (422, "QueryError", QueryError),
        (401, "", ServerError),
        (500, "", ServerError),
    ],
)
def test_a_problem_is_raised_as_the_error_that_it_names(
    script: Script, service: RemoteIndex, status: int, error: str, kind: type[LocantError]
) -> None:
    script.problem(status, "there is no indexed file 'x'; did you mean y?", error)
    with pytest.raises(kind, match="did you mean y") as raised:
        service.view("x")
    assert type(raised.value) is kind


@pytest.mark.parametrize("error", ["__doc__", "KeyError", "annotations"])
def test_an_error_of_a_name_that_is_none_of_ours_is_one_of_the_server(
    script: Script, service: RemoteIndex, error: str
) -> None:
    script.problem(418, "no", error)
    with pytest.raises(ServerError, match="no"):
        service.view("x")


def test_a_request_that_went_wrong_in_the_server_is_told_with_its_id(script: Script, service: RemoteIndex) -> None:
    script.problem(500, "something went wrong in the server")
    with pytest.raises(ServerError, match=r"in the server \(request r-1\)"):
        service.view("x")


@pytest.mark.parametrize(("status", "body"), [(404, b"<h1>nginx</h1>"), (200, b"<h1>hello</h1>"), (302, b"")])
def test_something_else_that_listens_there_is_told_from_a_server(
    script: Script, service: RemoteIndex, status: int, body: bytes
) -> None:
    script.say(status, body, Location="http://127.0.0.1:9/elsewhere")
    with pytest.raises(ServerError, match=r"not as a locant server|is no locant server"):
        service.view("x")
    assert len(script.seen) == 1, "the key is sent nowhere else"


def test_an_address_where_nobody_listens_is_named() -> None:
    with locant.connect("http://127.0.0.1:9") as server, pytest.raises(ServerError, match=r"127\.0\.0\.1:9.*refused"):
        server.about()


@pytest.mark.parametrize("url", ["127.0.0.1:8777", "ftp://x", "http://", "http://me:secret@x", "http://x/?key=1"])
def test_what_is_no_address_of_a_server_is_refused_at_once(url: str) -> None:
    with pytest.raises(QueryError, match="address"):
        locant.connect(url)


@pytest.mark.parametrize("key", ["lct 1", "lct_1\r\nX-Other: 1", "schlüssel"])
def test_a_key_that_can_be_none_is_refused_at_once(key: str) -> None:
    with pytest.raises(QueryError, match="key"):
        locant.connect("http://127.0.0.1:9", key=key)


def test_lists_are_read_page_by_page(script: Script) -> None:
    one = {"name": "a", "source": "path", "state": "ready"}
    script.say(200, {"items": [one], "next": "cursor+1"})
    script.say(200, {"items": [{**one, "name": "b"}], "next": None})
    with locant.connect(script.url) as server:
        assert [repository.name for repository in server.repositories()] == ["a", "b"]
    assert [path for _, path, _, _ in script.seen] == ["/v1/repositories", "/v1/repositories?cursor=cursor%2B1"]


def test_without_a_name_the_only_repository_is_meant(script: Script) -> None:
    one = {"name": "a", "source": "path", "state": "ready"}
    with locant.connect(script.url) as server:
        script.say(200, {"items": [one], "next": None})
        assert server.repository().name == "a"
        script.say(200, {"items": [one, {**one, "name": "b"}], "next": None})
        with pytest.raises(QueryError, match="a, b"):
            server.repository()
        script.say(200, {"items": [], "next": None})
        with pytest.raises(NotFoundError, match="no repository"):
            server.repository()


def test_a_job_is_followed_to_its_end(script: Script) -> None:
    job = {"id": 7, "repository": "a", "kind": "index", "state": "running", "created_at": 1}
    script.say(200, {**job, "progress": {"phase": "parsing", "done": 1, "total": 2}})
    script.say(200, {**job, "state": "done"})
    seen: list[RemoteJob] = []
    with locant.connect(script.url) as server:
        assert server.wait(7, progress=seen.append).state == "done"
    assert [one.progress and one.progress.phase for one in seen] == ["parsing", None]


def text_of(tokens: int, budget: int) -> dict[str, Any]:
    """A brief of so many words, each of which the server takes for a token."""
    lists: dict[str, Any] = {"places": [], "map_files": [], "left_out": []}
    said = {"text": "word " * tokens, "tokens": tokens, "max_tokens": budget, "hint": ""}
    return {**said, **lists, "freshness": STATUS["status"]["freshness"]}


def words(text: str) -> int:
    return len(text.split())


def asked_for(script: Script) -> list[int | None]:
    return [body.get("max_tokens") for _, _, body, _ in script.seen]


def test_a_text_that_is_too_long_by_the_callers_count_is_asked_for_again_until_it_fits(
    script: Script, service: RemoteIndex
) -> None:
    for tokens in (1_000, 485, 180):
        script.say(200, text_of(tokens, tokens))
    brief = service.brief("retry", max_tokens=1_000, count_tokens=lambda text: 2 * words(text) + 100)
    assert (brief.tokens, brief.max_tokens, words(brief.text)) == (460, 1_000, 180)
    assert asked_for(script) == [1_000, 461, 439]


def test_a_text_that_leaves_room_by_the_callers_count_is_asked_for_once_more(
    script: Script, service: RemoteIndex
) -> None:
    script.say(200, text_of(1_000, 1_000))
    script.say(200, text_of(1_940, 1_940))
    brief = service.brief("retry", count_tokens=lambda text: words(text) // 2)
    assert (brief.tokens, brief.max_tokens) == (970, 1_000)
    assert asked_for(script) == [None, 1_940]


def test_the_shorter_text_stays_where_the_server_gives_no_longer_one(script: Script, service: RemoteIndex) -> None:
    script.say(200, text_of(1_000, 1_000))
    script.problem(422, "max_tokens: less than or equal to 1000", "QueryError")
    assert service.brief("retry", max_tokens=1_000, count_tokens=lambda text: words(text) // 2).tokens == 500


def test_nothing_is_shown_where_nothing_fits(script: Script, service: RemoteIndex) -> None:
    for _ in range(5):
        script.say(200, text_of(10, 10))
    script.say(200, text_of(0, 0))
    brief = service.brief("retry", max_tokens=10, count_tokens=lambda text: 1_000 * words(text))
    assert (brief.text, brief.tokens, asked_for(script)[-1]) == ("", 0, 0)


ONLY_LOCAL = {"update", "clear"}
"""What changes an index: on a server, `Server.refresh` and `Server.remove` have a job do it."""


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_a_remote_index_has_every_method_of_a_local_one_with_the_same_arguments() -> None:
    assert public(locant.Index) - public(RemoteIndex) == ONLY_LOCAL
    assert public(RemoteIndex) <= public(locant.Index)
    for name in public(RemoteIndex):
        local, ours = getattr(locant.Index, name), getattr(RemoteIndex, name)
        assert isinstance(local, property) == isinstance(ours, property), name
        if not isinstance(local, property):
            assert list(inspect.signature(local).parameters) == list(inspect.signature(ours).parameters), name


def test_a_language_model_is_of_the_callers_process_and_the_client_says_so(
    script: Script, service: RemoteIndex
) -> None:
    asked: Any = service  # who does not check types
    for ask in (asked.search, asked.localize, asked.summaries):
        with pytest.raises(QueryError, match=r"asks no language model.*locant\.open"):
            ask("retry delay", model="openai/gpt-4o-mini")
    assert script.seen == []
