from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.agent_tools.calling.workspace import Workspace

POLICY = '''\
"""How often a request is sent again."""

MAX_DELAY = 30.0


class RetryPolicy:
    """Waits longer after each failure."""

    def delay(self, attempt):
        """Seconds before the next attempt."""
        return min(MAX_DELAY, 2**attempt)


def is_final(status):
    return status < 500
'''

CLIENT = """\
from src.retry import RetryPolicy, is_final


def fetch(url):
    policy = RetryPolicy()
    for attempt in range(5):
        if is_final(200):
            return url
        policy.delay(attempt)
    return None
"""

LONG = 600.0
"""Seconds in which a first index is made on any machine."""

ISSUE = "Retries wait for hours\n\nRetryPolicy.delay ignores MAX_DELAY and the client never gives up."

CASES: dict[str, dict[str, Any]] = {
    "brief": {"issue": ISSUE, "pin": ["src/client.py"]},
    "localize": {"issue": ISSUE},
    "search": {"query": "how long to wait before the next attempt"},
    "grep": {"pattern": "delay", "paths": ["src/**", "tests/**"]},
    "open": {"path": "src/retry.py"},
    "outline": {"path": "src/retry.py"},
    "references": {"name": "RetryPolicy"},
    "find_file": {"pattern": "retry"},
    "repo_map": {"focus": ISSUE},
    "pack": {"issue": ISSUE, "style": "markdown"},
    "scroll": {"path": "src/steps.py", "line": 1},
    "goto": {"path": "src/steps.py", "line": 200},
    "definitions": {"name": "RetryPolicy"},
    "callers": {"name": "is_final"},
    "related": {"target": "src/retry.py"},
}
"""Arguments with which each tool finds something in the small service."""


def commit_all(root: Path) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)


def write_repository(root: Path) -> None:
    """A small service: code, a test, a document, a long file, a picture, and links that lead out."""
    for folder in ("src", "tests", "docs"):
        (root / folder).mkdir(parents=True)
    (root / "src" / "__init__.py").write_text("")
    (root / "src" / "retry.py").write_text(POLICY)
    (root / "src" / "client.py").write_text(CLIENT)
    (root / "tests" / "test_retry.py").write_text(
        "from src.retry import RetryPolicy\n\n\ndef test_delay():\n    assert RetryPolicy().delay(1) == 2\n"
    )
    (root / "docs" / "guide.md").write_text("# Guide\n\nA request is sent again after a delay.\n")
    long = "".join(f"def step_{number}():\n    return {number}\n" for number in range(150))
    (root / "src" / "steps.py").write_text(long)
    (root / "logo.png").write_bytes(b"\x89PNG\x00\x01")
    (root / "outside.txt").symlink_to("/etc/hostname")


@pytest.fixture(scope="package")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("work") / "service"
    write_repository(root)
    commit_all(root)
    return root


@pytest.fixture(scope="package")
def workspace(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace([root], tmp_path_factory.mktemp("cache"), first_wait=LONG) as workspace:
        yield workspace


@pytest.fixture(scope="package")
def environment(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a process that a test starts needs: where locant is, and a cache that holds the index of `root`."""
    cache = tmp_path_factory.mktemp("process_cache")
    with locant.open(root, cache_dir=cache, workers=1) as index:
        index.update()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return {**kept, "LOCANT_CACHE_DIR": str(cache)}


@pytest.fixture
def cases() -> dict[str, dict[str, Any]]:
    """For each tool, a call that finds something in `root`."""
    return CASES
