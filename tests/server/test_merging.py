"""Answers of several repositories as one ranking."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from locant.merging import shares_known
from locant.types import Vocabulary

SCHEDULER = '''\
def run_quantum_scheduler(jobs):
    """Give each job a quantum of time, in turn."""
    while jobs:
        jobs.append(jobs.pop(0))
'''
OTHER = "def walk(the, tree):\n    return the, tree\n\n\nthe = [the for the in range(3)]\n"


@pytest.fixture(scope="module", autouse=True)
def two(client: TestClient, roots: Path) -> None:
    """One repository that the question is about, and one that only has its most common word, often."""
    for name, text in (("about", SCHEDULER), ("aside", OTHER)):
        (roots / name).mkdir()
        for number in range(4):
            (roots / name / f"part_{number}.py").write_text(text if not number else f"# the {number}\nx = {number}\n")
        made = client.post("/v1/repositories", json={"path": str(roots / name)}).json()
        with client.stream("GET", f"/v1/jobs/{made['job']}/events") as events:
            assert [line for line in events.iter_lines() if '"done"' in line]


def test_the_repository_that_has_the_words_comes_first(client: TestClient) -> None:
    found = client.post("/v1/search", json={"text": "walk the quantum scheduler jobs", "share": 2}).json()
    assert found["hits"][0]["repository"] == "about"
    assert found["failed"] == []
    assert {one["repository"] for one in found["repositories"]} == {"about", "aside"}
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    for hit in found["hits"]:
        assert hit["score"] == pytest.approx(sum(reason["weight"] for reason in hit["evidence"]), abs=1e-3)


def test_no_repository_gives_more_than_its_share(client: TestClient) -> None:
    found = client.post("/v1/search", json={"text": "the", "share": 1, "limit": 10}).json()
    names = [hit["repository"] for hit in found["hits"]]
    assert sorted(names) == sorted(set(names))
    assert found["truncated"] is True


def test_an_issue_is_localized_in_the_repository_that_it_is_about(client: TestClient) -> None:
    issue = {"text": "Jobs starve\n\nrun_quantum_scheduler never gives the quantum to the last job.", "limit": 5}
    found = client.post("/v1/localize", json=issue).json()
    assert found["files"][0]["repository"] == "about"
    assert found["functions"][0]["qualified_name"] == "run_quantum_scheduler"


def test_one_that_cannot_be_asked_is_told_beside_the_answers_of_the_others(client: TestClient) -> None:
    found = client.post("/v1/search", json={"text": "quantum", "repositories": ["about", "nothing"]}).json()
    assert [(one["repository"], one["status"]) for one in found["failed"]] == [("nothing", 404)]
    assert found["hits"]
    assert client.post("/v1/search", json={"text": "quantum", "repositories": ["nothing"]}).status_code == 404
    assert client.post("/v1/search", json={"text": "quantum", "repositories": []}).json()["hits"] == []


def test_rare_words_say_more_about_where_a_question_belongs() -> None:
    has_rare = Vocabulary(100, {"rare": 1, "common": 0})
    has_common = Vocabulary(100, {"rare": 0, "common": 90})
    rare, common = shares_known([has_rare, has_common])
    assert rare > 0.7 > 0.3 > common
    assert rare + common == pytest.approx(1.0)
    assert shares_known([Vocabulary(5, {"x": 0}), Vocabulary(5, {})]) == [1.0, 1.0]
