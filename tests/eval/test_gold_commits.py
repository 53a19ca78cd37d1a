"""Gold functions of this repository's own commits; `scripts/check_gold.py` compares as many commits of any clone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from locant.eval.repositories.git import try_git

ROOT = Path(__file__).parents[2]
COMMITS = 15


def check(clone: Path, commits: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.check_gold", "--commits", str(commits), str(clone)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_gold_functions_of_real_commits_are_those_that_ast_names() -> None:
    counted = try_git(ROOT, "rev-list", "--count", "--no-merges", "HEAD")
    if counted.returncode or int(counted.stdout) <= COMMITS:
        pytest.skip("no checkout with history: there are no commits to compare")
    done = check(ROOT, COMMITS)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert f"{COMMITS} commits, " in done.stdout
    assert ": 0 differ" in done.stdout
