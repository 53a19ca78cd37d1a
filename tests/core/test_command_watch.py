"""`locant watch`: a real process beside real changes of files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import locant

GIVE_UP_SECONDS = 120.0
"""A watcher that says nothing is ended, so that its test fails instead of waiting for ever."""


class Watcher:
    """The command at work; each update that changed the index is one JSON object on its standard output."""

    def __init__(self, repo: Path, cache: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "locant", "watch", "--repo", str(repo), "--json"],
            env={**os.environ, "LOCANT_CACHE_DIR": str(cache), "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._alarm = threading.Timer(GIVE_UP_SECONDS, self._process.kill)
        self._alarm.start()
        self._decoder = json.JSONDecoder()

    def says(self) -> str:
        """The next line that a person reads."""
        assert self._process.stderr is not None
        return self._process.stderr.readline()

    def report(self) -> dict[str, int]:
        """The next update."""
        assert self._process.stdout is not None
        text = ""
        for line in self._process.stdout:
            text += line
            try:
                found: dict[str, dict[str, int]] = self._decoder.decode(text)
            except ValueError:
                continue
            return found["report"]
        raise AssertionError(f"the watcher ended: {text}")

    def end(self, number: int = signal.SIGINT) -> int:
        """Interrupt it, as Ctrl-C does; its exit code."""
        self._process.send_signal(number)
        self._process.communicate()
        self._alarm.cancel()
        return self._process.returncode


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "retry.py").write_text("def retry_delay():\n    return 1\n")
    (folder / "mail.py").write_text("def send_mail():\n    return 2\n")
    return folder


@pytest.fixture
def watcher(repo: Path, tmp_path: Path) -> Iterator[Watcher]:
    watching = Watcher(repo, tmp_path / "cache")
    yield watching
    watching.end(signal.SIGKILL)


def test_every_change_is_in_the_index_when_the_watcher_says_so(watcher: Watcher, repo: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert f"watching {repo}" in watcher.says()
    assert watcher.report()["parsed"] == 2
    (repo / "retry.py").write_text("def retry_after_the_pause():\n    return 1\n")
    assert (watcher.report()["parsed"], is_current(repo, cache)) == (1, True)
    (repo / "new").mkdir()
    (repo / "new" / "folder.py").write_text("def brand_new():\n    return 3\n")
    assert (watcher.report()["files"], is_current(repo, cache)) == (3, True)
    (repo / "mail.py").unlink()
    assert (watcher.report()["removed"], is_current(repo, cache)) == (1, True)
    assert watcher.end() in (0, 130)
    (repo / "retry.py").unlink()
    assert not is_current(repo, cache)


def test_a_change_during_the_first_update_is_not_missed(repo: Path, tmp_path: Path) -> None:
    watcher = Watcher(repo, tmp_path / "cache")
    try:
        assert "watching" in watcher.says()
        (repo / "late.py").write_text("def came_late():\n    return 4\n")  # now it makes its first index
        files = watcher.report()["files"]
        while files < 3:
            files = watcher.report()["files"]
        assert is_current(repo, tmp_path / "cache")
    finally:
        watcher.end(signal.SIGKILL)


def is_current(repo: Path, cache: Path) -> bool:
    """Whether the index on disk is as the tree is; asking does not bring it up to date."""
    with locant.open(repo, cache_dir=cache) as index:
        return not index.status().freshness.stale
