from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    with Workspace([root], tmp_path_factory.mktemp("cache")) as workspace:
        yield workspace
