"""The GitHub Action: its script, run on event files against an API on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

ACTION = Path(__file__).parents[2] / "agent_tools" / "github_action" / "action.yml"

ISSUE = {"number": 7, "title": "Retries wait for hours", "body": "`RetryPolicy.delay` ignores MAX_DELAY. @everyone"}


class Api(ThreadingHTTPServer):
    """Keeps what it is sent; `comments` are what the issue has."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        api = self.server
        assert isinstance(api, Api)
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        api.requests.append((self.command, self.path, body))
        assert self.headers["Authorization"] == "Bearer secret"
        payload = json.dumps(api.comments if self.command == "GET" else {}).encode()
        self.send_response(api.status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PATCH = answer  # noqa: N815 - names of http.server

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as api:
        thread = threading.Thread(target=api.serve_forever)
        thread.start()
        yield api
        api.shutdown()
        thread.join()


def run(
    api: Api, root: Path, environment: dict[str, str], folder: Path, event: object, **more: str
) -> subprocess.CompletedProcess[str]:
    path = folder / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event))
    settings = {
        **environment,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_WORKSPACE": str(root),
        "GITHUB_REPOSITORY": "owner/service",
        "GITHUB_API_URL": f"http://127.0.0.1:{api.server_port}",
        "LOCANT_TOKEN": "secret",
        **more,
    }
    command = [sys.executable, "-m", "locant.agent_tools.github_action.comment"]
    return subprocess.run(command, env=settings, cwd=folder, capture_output=True, text=True)


def test_a_new_issue_gets_one_comment_with_links(
    api: Api, root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    done = run(api, root, environment, tmp_path, {"action": "opened", "issue": ISSUE})
    assert done.returncode == 0, done.stderr
    [(_, looked, _), (method, posted, body)] = api.requests
    assert looked == "/repos/owner/service/issues/7/comments?per_page=100"
    assert (method, posted) == ("POST", "/repos/owner/service/issues/7/comments")
    assert "- [`src/retry.py`](https://github.com/owner/service/blob/" in body["body"]
    assert "RetryPolicy.delay`](https://github.com/owner/service/blob/" in body["body"]
    assert "@everyone" not in body["body"]


def test_an_edited_issue_changes_the_comment_of_before_and_nobody_elses(
    api: Api, root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    mark = "<!-- locant: likely places -->"
    api.comments = [
        {"id": 1, "body": mark, "user": {"type": "User"}},
        {"id": 2, "body": f"{mark}\nbefore", "user": {"type": "Bot"}},
    ]
    assert run(api, root, environment, tmp_path, {"action": "edited", "issue": ISSUE}).returncode == 0
    assert api.requests[1][:2] == ("PATCH", "/repos/owner/service/issues/comments/2")


@pytest.mark.parametrize(
    "event",
    [
        {"action": "closed", "issue": ISSUE},
        {"action": "opened", "issue": {**ISSUE, "pull_request": {}}},
        {"action": "opened"},
    ],
)
def test_other_events_get_no_comment(
    event: object, api: Api, root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    assert run(api, root, environment, tmp_path, event).returncode == 0
    assert api.requests == []


@pytest.mark.parametrize(
    ("event", "more", "said"),
    [
        ("no json", {}, "is no event of GitHub"),
        ([1], {}, "is no event of GitHub"),
        ({"action": "opened", "issue": ISSUE}, {"LOCANT_TOKEN": ""}, "LOCANT_TOKEN is not set"),
        ({"action": "opened", "issue": ISSUE}, {"LOCANT_FILES": "$(id)"}, "has to be a number"),
        ({"action": "opened", "issue": ISSUE}, {"GITHUB_API_URL": "file:///etc"}, "is no address of an API"),
    ],
)
def test_what_is_wrong_is_one_line_of_the_log(
    event: object, more: dict[str, str], said: str, api: Api, root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    done = run(api, root, environment, tmp_path, event, **more)
    assert done.returncode == 1
    assert done.stderr.startswith("::error::")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_without_rights_is_said(api: Api, root: Path, environment: dict[str, str], tmp_path: Path) -> None:
    api.status = 403
    done = run(api, root, environment, tmp_path, {"action": "opened", "issue": ISSUE})
    assert done.returncode == 1
    assert "issues: write" in done.stderr


def test_names_of_files_cannot_steer_the_comment() -> None:
    from locant.agent_tools.github_action.comment import Place, comment_text
    from locant.types import Evidence, FileHit, Freshness, Localization

    path = "a`](http://evil)<img src=x>\n# @team.py"
    evidence = (Evidence("words", "[click](http://evil) @team <b>`x`", 1.0),)
    fresh = Freshness(None, None, 0.0, 0.0, 1.0, {})
    text = comment_text(
        Localization((FileHit(path, 1.0, evidence),), (), (), fresh), Place("https://github.com", "o/r", "HEAD")
    )
    line = next(line for line in text.split("\n") if line.startswith("- ["))
    assert line.count("`") - line.count("\\`") == 2  # one code span, nothing opens another
    assert "(http://evil)" not in line.split("`")[2]
    assert "<b>" not in line
    assert "@team" not in line.split("`")[2]


def test_the_action_puts_no_text_of_the_event_into_a_command() -> None:
    action = yaml.safe_load(ACTION.read_text())
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert all("github.event" not in value for value in step.get("env", {}).values())
