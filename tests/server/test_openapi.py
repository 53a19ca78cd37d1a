"""The OpenAPI document: it says all that there is, with examples, and nothing in it breaks the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok

ROOT = Path(__file__).parents[2]
METHODS = ("get", "post", "put", "patch", "delete")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((method, path, item[method]) for method in METHODS if method in item)


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/v1/openapi.json").json())


def test_every_operation_says_what_it_does_with_examples(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        for status, answer in operation["responses"].items():
            for media, content in answer.get("content", {}).items():
                assert "example" in content or "examples" in content, (where, status, media)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content or "examples" in content, where
        assert {"422", "503"} <= operation["responses"].keys(), where


def test_the_page_about_the_server_has_every_path(document: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    named = {re.sub(r"\{[^}]*\}", "{}", path) for path in re.findall(r"`(?:GET|POST|DELETE) (/[^`? ]*)", text)}
    for method, path, _ in operations(document):
        plain = re.sub(r"\{[^}]*\}", "{}", path)
        of_tool = re.sub(r"/tools/\w+$", "/tools/{}", plain)
        of_method = re.sub(r"^(/v1/repositories/\{\})/\w+$", r"\1/{}", plain)
        assert {plain, of_tool, of_method} & named, f"{method} {path}"


EXAMPLES = 10
"""Requests for each operation and mode: enough to find what is not checked at all, and all of them in some seconds."""

LONGEST_QUERY = 4_000
"""Characters; no client sends longer addresses, and that of these tests refuses to."""

MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)

BUSY = frozenset({503, 504, 507})
"""What a server says that is busy or full; every other 5xx is a mistake in it."""

WHOLE = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    phases=[Phase.generate],
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", MODES)
def test_no_request_breaks_the_server_whether_the_document_allows_it_or_not(
    mode: schemathesis.GenerationMode, client: TestClient, add: Callable[[str], Any], document: dict[str, Any]
) -> None:
    name = add(f"asked_{mode.value}")["name"]
    statuses: dict[str, set[int]] = {}
    broken: list[str] = []
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.endswith("/events") or operation.method == "delete":
            continue  # a stream without an end; and what would take the repository away
        if (operation.method, operation.path) == ("post", "/v1/keys"):
            continue  # the first key would turn all others away
        for path in ({"name": name}, {}):
            cases = operation.as_strategy(generation_mode=mode, path_parameters=path)

            @seed(20_260_601)
            @WHOLE
            @given(case=cases)
            def check(case: schemathesis.Case[Any]) -> None:
                if len(str(case.query)) > LONGEST_QUERY:
                    return
                answer = send(client, case)
                statuses.setdefault(case.operation.label, set()).add(answer.status_code)
                if answer.status_code >= 500 and answer.status_code not in BUSY:
                    broken.append(f"{case.as_curl_command()}: {answer.status_code} {answer.text[:500]}")

            with suppress(Unsatisfiable):  # an operation without arguments has no wrong ones
                check()
    assert broken == []
    assert 200 in statuses["POST /v1/repositories/{name}/search"] or mode is MODES[1]


def send(client: TestClient, case: schemathesis.Case[Any]) -> Any:
    wanted = case.as_transport_kwargs(base_url="http://127.0.0.1")
    return client.request(**{key: value for key, value in wanted.items() if key != "data"}, content=wanted.get("data"))
