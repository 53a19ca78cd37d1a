"""No path leaves the folders that the server may read: not when it is added, and not while it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locant.server.app import make_app
from locant.server.settings import Settings

SECRET = "TOP-SECRET-TEXT"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An allowed folder with a repository in it, and a secret outside of it."""
    place = tmp_path_factory.mktemp("place")
    (place / "outside").mkdir()
    (place / "outside" / "secret.py").write_text(f"{SECRET} = 1\n")
    (place / "rootsandmore").mkdir()
    service = place / "roots" / "service"
    (service / "src").mkdir(parents=True)
    (service / "src" / "retry.py").write_text("def delay(attempt):\n    return 2**attempt\n")
    (service / "link.py").symlink_to(place / "outside" / "secret.py")
    (service / "out").symlink_to(place / "outside")
    return place


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[TestClient]:
    settings = Settings(state_dir=place / "state", allowed_roots=(place / "roots",), requests_per_minute=0)
    app = make_app(settings, supervise=True)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        made = client.post("/v1/repositories", json={"path": str(place / "roots" / "service")}).json()
        with client.stream("GET", f"/v1/jobs/{made['job']}/events") as events:
            list(events.iter_lines())
        yield client


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/etc",
            "{place}/outside",
            "{place}/rootsandmore",
            "{place}/roots/../outside",
            "{place}/roots/x/../../outside",
        ),
        *(
            "{place}/roots/link",
            "{place}/roots/link/inner",
            "//{place}/outside",
            "/proc/self/root/etc",
            "/proc/self/cwd",
        ),
    ],
)
def test_a_folder_outside_of_the_allowed_ones_is_refused_and_nothing_is_said_of_it(
    client: TestClient, place: Path, path: str
) -> None:
    link = place / "roots" / "link"
    if not link.is_symlink():
        link.symlink_to(place / "outside")
    answer = client.post("/v1/repositories", json={"path": path.format(place=place)})
    assert (answer.status_code, answer.json()["code"]) == (403, "outside-roots")
    absent = client.post("/v1/repositories", json={"path": "/absolutely/not/there"})
    assert answer.json()["detail"] == absent.json()["detail"]


SEGMENTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "src",
        "retry.py",
        "link.py",
        "out",
        "secret.py",
        "etc",
        "passwd",
        "~",
        "%2e%2e",
        "..\\",
        "\0",
        "/",
        "C:",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(SEGMENTS, max_size=6).map("/".join) | st.text(max_size=30),
    st.sampled_from(
        [
            *(("view", "path"), ("outline", "path"), ("related", "target"), ("find", "pattern"), ("summarize", "path")),
            *(("pack", "paths"), ("map", "files"), ("brief", "pin")),
        ]
    ),
)
def test_no_path_in_a_question_leads_out_of_the_tree(client: TestClient, path: str, ask: tuple[str, str]) -> None:
    method, name = ask
    given = [path] if name in ("paths", "files", "pin") else path
    body = {name: given, **({"text": "delay"} if method == "brief" else {})}
    answer = client.post(f"/v1/repositories/service/{method}", json=body)
    assert answer.status_code < 500 and SECRET not in answer.text and "root:" not in answer.text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SEGMENTS.filter(lambda text: "\0" not in text), max_size=5).map("/".join))
def test_no_path_of_a_url_leads_to_a_file(client: TestClient, path: str) -> None:
    answer = client.get(f"/assets/{path}")
    assert answer.status_code < 500 and SECRET not in answer.text and "root:" not in answer.text


def test_what_a_search_finds_is_inside(client: TestClient) -> None:
    for text in (SECRET, "secret.py", "link.py"):
        answer = client.post("/v1/repositories/service/search", json={"text": text})
        assert answer.status_code == 200 and f"{SECRET} = 1" not in answer.text


def test_a_repository_whose_folder_is_swapped_for_a_link_is_not_read(client: TestClient, place: Path) -> None:
    service = place / "roots" / "service"
    service.rename(place / "roots" / "was")
    (place / "outside" / "src").mkdir(exist_ok=True)
    (place / "outside" / "src" / "retry.py").write_text(f"{SECRET} = 2\n")
    service.symlink_to(place / "outside")
    try:
        for method, body in (
            ("view", {"path": "src/retry.py"}),
            ("view", {"path": "secret.py"}),
            ("search", {"text": SECRET}),
            ("grep", {"pattern": "SECRET"}),
        ):
            answer = client.post(f"/v1/repositories/service/{method}", json=body)
            assert answer.status_code in (403, 410) and f"{SECRET} =" not in answer.text
    finally:
        service.unlink()
        (place / "roots" / "was").rename(service)
