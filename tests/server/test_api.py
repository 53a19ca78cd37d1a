"""The HTTP interface in this process: what it answers, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

Add = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def service(add: Add) -> dict[str, Any]:
    """A repository that all tests here ask."""
    return add("service")


def test_an_added_repository_is_indexed_and_can_be_asked(client: TestClient, service: dict[str, Any]) -> None:
    assert service["state"] == "ready"
    assert service["files"] == 2
    found = client.post("/v1/repositories/service/search", json={"text": "retry delay"}).json()
    assert found["repository"] == "service"
    assert found["hits"][0]["path"] == "src/retry.py"
    answer = client.post("/v1/repositories/service/tools/outline", json={"path": "src/retry.py"}).json()
    assert "RetryPolicy" in answer["text"]


def test_what_is_wrong_comes_as_a_problem_with_the_id_of_the_request(client: TestClient) -> None:
    answer = client.get("/v1/repositories/nothing", headers={"X-Request-Id": "mine"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "mine"
    assert answer.json()["code"] == "unknown-repository"
