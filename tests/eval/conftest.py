"""Real repositories, built with real git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass
class Repository:
    """A working tree whose commits are a day apart."""

    root: Path
    day: int = 0

    def git(self, *arguments: str) -> str:
        date = {f"GIT_{who}_DATE": f"2024-01-{1 + self.day:02d}T12:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        environment = os.environ | IDENTITY | date
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()

    def commit(self, message: str, files: dict[str, str | None]) -> str:
        """Write files (None removes one) and commit them; returns the commit id."""
        self.day += 1
        for path, text in files.items():
            file = self.root / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes of a test go where it can see them, and never to the user's cache."""
    monkeypatch.setenv("LOCANT_CACHE_DIR", str(tmp_path / "locant-cache"))


@pytest.fixture
def new_repository(tmp_path: Path) -> Callable[[str], Repository]:
    """Makes an empty repository below `clones`, where a provider finds it by name."""

    def make(name: str) -> Repository:
        root = tmp_path / "clones" / name
        root.mkdir(parents=True)
        repository = Repository(root)
        repository.git("init", "--quiet", "--initial-branch=main")
        return repository

    return make


History = Sequence[tuple[str, Mapping[str, str]]]
"""Messages, and the files that each writes."""


@pytest.fixture
def new_history(tmp_path: Path) -> Callable[[str, History], Path]:
    """Makes a bare repository below `mirrors` with many commits at once, an hour apart; the same give the same ids."""

    def make(name: str, commits: History, folder: str = "mirrors") -> Path:
        root = tmp_path / folder / name
        root.mkdir(parents=True)
        environment = os.environ | IDENTITY
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", root], check=True, env=environment)
        stream = "".join(imported(i, message, files) for i, (message, files) in enumerate(commits))
        subprocess.run(
            ["git", "-C", root, "fast-import", "--quiet"], check=True, env=environment, input=stream.encode()
        )
        return root

    return make


def imported(number: int, message: str, files: Mapping[str, str]) -> str:
    """One commit as `git fast-import` reads it."""
    lines = [f"commit refs/heads/main\ncommitter A <a@example.org> {1_700_000_000 + 3_600 * number} +0000\n"]
    lines.append(f"data {len(message.encode())}\n{message}\n")
    for path, text in files.items():
        lines.append(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
    return "".join(lines)
