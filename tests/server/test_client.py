"""The client and the command line against a real server: they answer what a local index of the same folder answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner

import locant
from locant.command.app import app
from locant.errors import LocantError, NotFoundError, QueryError
from locant.facade import Index
from locant.remote.client import Server
from locant.remote.index import RemoteIndex
from locant.server.app import make_app
from locant.server.settings import Settings

POLICY = '''\
"""How often a request is sent again."""

MAX_DELAY = 30.0


class RetryPolicy:
    """Waits longer after each failure."""

    def delay(self, attempt):
        """Seconds before the next attempt."""
        return min(MAX_DELAY, 2**attempt)
'''

CLIENT = "from src.retry import RetryPolicy\n\n\ndef fetch(url):\n    return RetryPolicy().delay(3)\n"

ISSUE = "Retries wait for hours\n`RetryPolicy.delay` grows without a limit"


def write(root: Path) -> Path:
    (root / "src").mkdir(parents=True)
    (root / "src" / "retry.py").write_text(POLICY)
    (root / "src" / "client.py").write_text(CLIENT)
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that serves `service` and `other`, over a real socket."""
    roots = tmp_path_factory.mktemp("roots").resolve()
    settings = Settings(state_dir=tmp_path_factory.mktemp("state"), allowed_roots=(roots,))
    running = uvicorn.Server(uvicorn.Config(make_app(settings, supervise=True), port=0, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        while not running.started:
            assert thread.is_alive()
        port = running.servers[0].sockets[0].getsockname()[1]
        with locant.connect(f"http://127.0.0.1:{port}") as found:
            for name in ("service", "other"):
                made = found.add(path=str(write(roots / name)))
                assert made.job is not None
                assert found.wait(made.job).state == "done"
            yield found
    finally:
        running.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def service(server: Server) -> RemoteIndex:
    return server.repository("service")


@pytest.fixture(scope="module")
def local(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A local index of the same folder."""
    path = next(one.path for one in server.repositories() if one.name == "service")
    assert path is not None
    with locant.open(path, cache_dir=tmp_path_factory.mktemp("cache")) as index:
        yield index


QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "search": lambda index: index.search("retry delay", limit=3),
    "filtered": lambda index: index.search("delay", kinds=("method",), paths=("src/**",), languages=("python",)),
    "regex": lambda index: index.search(r"def \w+", mode="regex"),
    "localize": lambda index: index.localize(ISSUE, files=2, functions=3),
    "brief": lambda index: index.brief(ISSUE, max_tokens=900),
    "map": lambda index: index.repo_map(focus="retry", max_tokens=300),
    "map with summaries": lambda index: index.repo_map(summaries=True, max_tokens=300),
    "search with summaries": lambda index: index.search("how often is something sent again", summaries=True),
    "pack": lambda index: index.pack(ISSUE, max_tokens=2_000, style="markdown", paths=("src/**",)),
    "pack of all": lambda index: index.pack(line_numbers=True, tree=False),
    "summaries": lambda index: index.summaries(),
    "summaries of a file": lambda index: index.summaries("src/retry.py", kept=True),
    "vocabulary": lambda index: index.vocabulary("where is the retry delay computed"),
    "picture of files": lambda index: index.map_picture(focus="retry delay", files=("src/client.py",)),
    "picture": lambda index: index.map_picture(focus="retry delay"),
    "view": lambda index: index.view("src/retry.py", 6, 9),
    "outline": lambda index: index.outline("src/retry.py"),
    "outline with summaries": lambda index: index.outline("src/retry.py", summaries=True),
    "find": lambda index: index.find("retry"),
    "grep": lambda index: index.grep("MAX_DELAY", fixed=True),
    "definitions": lambda index: index.definitions("delay"),
    "references": lambda index: index.references("RetryPolicy"),
    "related": lambda index: index.related("src/retry.py"),
}


def still(answer: Any) -> Any:
    """An answer without what differs from one moment to the next, with the digits that JSON has."""
    from locant.jsontext import to_json

    document = json.loads(json.dumps(to_json(answer)))
    if isinstance(document, dict):
        document.pop("freshness", None)
    return document


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_server_answers_what_a_local_index_answers(service: RemoteIndex, local: Index, name: str) -> None:
    remote, own = QUESTIONS[name](service), QUESTIONS[name](local)
    assert type(remote) is type(own)
    assert still(remote) == still(own)


def test_an_answer_calls_a_repository_as_the_server_does(server: Server) -> None:
    folder = next(one.path for one in server.repositories() if one.name == "other")
    server.remove("other")
    made = server.add(path=str(folder), name="renamed")
    assert made.job is not None
    assert server.wait(made.job).state == "done"
    renamed = server.repository("renamed")
    assert renamed.is_made
    assert "renamed" in renamed.pack(max_tokens=500).text.splitlines()[0]
    assert renamed.summaries().summaries[0].name == "renamed"
    assert "renamed" in renamed.map_picture()
    server.remove("renamed")
    made = server.add(path=str(folder))
    assert made.job is not None
    assert server.wait(made.job).state == "done"


def test_a_budget_holds_by_the_callers_own_count(service: RemoteIndex) -> None:
    for ask in (
        lambda: service.brief(ISSUE, max_tokens=900, count_tokens=len),
        lambda: service.pack(max_tokens=900, count_tokens=len),
    ):
        made = ask()
        assert 0 < made.tokens == len(made.text) <= made.max_tokens == 900
    drawn = service.repo_map(max_tokens=40, count_tokens=len)
    assert len(drawn.text) == drawn.tokens <= 40


def test_the_state_of_a_remote_index_is_that_of_the_folder(service: RemoteIndex, local: Index) -> None:
    local.update()
    here, there = local.status(), service.status()
    assert (there.files, there.chunks, there.symbols, there.languages) == (2, here.chunks, here.symbols, here.languages)
    assert service.freshness().coverage == 1.0


def test_several_repositories_are_asked_at_once(server: Server) -> None:
    found = server.search("retry delay", limit=10)
    assert {hit.repository for hit in found.hits} == {"service", "other"}
    told = server.search("how often is a request sent again", summaries=True)
    assert {one.signal for hit in told.hits for one in hit.evidence} >= {"summary"}
    only = server.search("retry delay", repositories=("other",), share=1)
    assert [hit.repository for hit in only.hits] == ["other"]
    issue = server.localize(ISSUE, limit=4)
    assert {hit.repository for hit in issue.functions} == {"service", "other"}
    assert {one.repository for one in issue.repositories} == {"service", "other"}


def test_errors_of_the_server_are_those_of_a_local_index(server: Server, service: RemoteIndex, local: Index) -> None:
    asked: tuple[tuple[Callable[[Any], Any], type[LocantError]], ...] = (
        (lambda one: one.view("src/none.py"), NotFoundError),
        (lambda one: one.grep("("), QueryError),
    )
    for ask, kind in asked:
        with pytest.raises(kind) as there:
            ask(service)
        with pytest.raises(kind) as here:
            ask(local)
        assert str(there.value) == str(here.value)
    with pytest.raises(NotFoundError, match="absent"):
        server.repository("absent").status()


def test_repositories_and_jobs_are_managed(server: Server) -> None:
    job = server.wait(server.refresh("other").id)
    assert (job.repository, job.kind, job.state) == ("other", "refresh", "done")
    assert job.id in {one.id for one in server.jobs(repository="other")}
    assert server.about().caller is not None
    with pytest.raises(QueryError):
        server.add(path="/etc", name="../x")


COMMANDS = (
    ("search", "retry delay", "--limit", "2"),
    ("localize", "--text", ISSUE),
    ("brief", "--text", ISSUE, "--max-tokens", "500"),
    ("map", "--max-tokens", "200"),
    ("map", "--max-tokens", "200", "--summaries"),
    ("search", "retry delay", "--summaries"),
    ("pack", "--text", ISSUE, "--max-tokens", "2000", "--path", "src/**"),
    ("summarize",),
    ("summarize", "src/retry.py"),
    ("outline", "src/retry.py", "--summaries"),
    ("view", "src/retry.py:RetryPolicy.delay"),
    ("outline", "src/retry.py"),
    ("find", "retry"),
    ("grep", "MAX_DELAY"),
    ("definitions", "delay"),
    ("references", "delay"),
    ("related", "src/retry.py"),
    ("status",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_asks_a_server_as_it_asks_a_local_index(
    server: Server, local: Index, command: tuple[str, ...]
) -> None:
    local.update()
    run = CliRunner(env={"LOCANT_SERVER_URL": server.url})
    there = run.invoke(app, [*command, "--repo", "service", "--json"])
    assert there.exit_code == 0, there.output
    document = json.loads(there.stdout)
    assert document["repository"] == "service"
    plain = run.invoke(app, [*command, "--repo", "service"])
    assert plain.exit_code == 0
    assert plain.stdout.strip()
    assert set(document) == set(
        json.loads(CliRunner().invoke(app, [*command, "--repo", str(local.root), "--json"]).stdout)
    )


def test_a_command_that_names_no_repository_searches_all_and_else_asks_for_one(server: Server) -> None:
    run = CliRunner()
    both = json.loads(run.invoke(app, ["search", "retry delay", "--server", server.url, "--json"]).stdout)
    assert {hit["repository"] for hit in both["hits"]} == {"service", "other"}
    refused = run.invoke(app, ["outline", "src/retry.py", "--server", server.url])
    assert refused.exit_code == 2
    assert "other, service" in refused.stderr


def test_a_pack_of_a_server_is_written_to_a_file_here(server: Server, tmp_path: Path) -> None:
    command = ["pack", "--server", server.url, "-C", "service", "--output", str(tmp_path / "pack.xml")]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0, said.output
    assert "RetryPolicy" in (tmp_path / "pack.xml").read_text()


LOCAL_ONLY = (
    ("search", "x", "--encoder", "static"),
    ("search", "x", "--rewrite", "--model", "openai/gpt-4o-mini"),
    ("localize", "--text", "x", "--model", "openai/gpt-4o-mini"),
    ("summarize", "--model", "openai/gpt-4o-mini"),
)


@pytest.mark.parametrize("command", LOCAL_ONLY, ids=" ".join)
def test_what_only_a_local_index_can_do_is_refused_for_a_server(server: Server, command: tuple[str, ...]) -> None:
    refused = CliRunner().invoke(app, [*command, "--server", server.url, "-C", "service"])
    assert refused.exit_code == 2
    assert "local index" in refused.stderr


def test_a_server_that_is_asked_for_a_model_says_why_it_asks_none(server: Server) -> None:
    import urllib3

    path = f"{server.url}/v1/repositories/service/localize"
    answer = urllib3.request("POST", path, json={"text": "x", "model": "openai/gpt-4o-mini"})
    assert answer.status == 422
    assert "asks no language model" in answer.json()["detail"]
