"""The commands, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "locant.eval", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def rows(tmp_path: Path, new_repository: Any) -> Path:
    commit = new_repository("o/n").commit("one", {"cart.py": "def total():\n    return 0\n", "mail.py": "x = 1\n"})
    row = {"instance_id": "r1", "repo": "o/n", "base_commit": commit, "problem_statement": "`total` is wrong"}
    labels = {"gold_files": ["cart.py"], "gold_functions": ["cart.py:total"]}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row | labels) + "\nnot json\n")
    return path


def test_run_report_and_compare_work_on_one_file(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    common = ["--mirrors", tmp_path / "clones", "--scratch", tmp_path / "trees", "--out", out]
    done = call("run", rows, *common, "--systems", 'grep,none=command:echo {"files":[]}')
    assert done.returncode == 0, done.stderr
    assert "line 2 left out" in done.stderr
    assert "100.0 [20.7, 100.0]" in done.stdout
    report = call("report", out, "--format", "markdown")
    assert "| Acc@1 | 100.0 [20.7, 100.0] |" in report.stdout
    compared = call("compare", f"{out}:none", "grep")
    assert "grep against none, 1 rows" in compared.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["run", "missing.jsonl", "--out", "o.jsonl"], "missing.jsonl"),
        (["report", "missing.jsonl"], "missing.jsonl"),
        (["compare", "missing.jsonl:grep", "grep"], "missing.jsonl"),
    ],
)
def test_an_expected_error_is_one_line_and_exit_code_2(arguments: list[str], complaint: str) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_here_mines_runs_and_writes_one_page(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("o/n")
    repository.commit("Start with a cart of items", {"cart.py": "def total():\n    return 0\n", "mail.py": "x = 1\n"})
    repository.commit("The total of a cart is one too low", {"cart.py": "def total():\n    return 1\n"})
    page = tmp_path / "page.html"
    done = call("here", repository.root, "--out", page, "--systems", "grep", "--no-show")
    assert done.returncode == 0, done.stderr
    assert "1 commits" in done.stdout
    assert "<svg" in page.read_text()
    assert repository.git("status", "--porcelain") == ""


def test_mine_says_what_it_left_out(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("o/n")
    repository.commit("wip", {"cart.py": "x = 1\n"})
    repository.commit("wip again", {"cart.py": "x = 2\n"})
    done = call("mine", repository.root, "--out", tmp_path / "rows.jsonl")
    assert done.returncode == 2
    assert "message says too little" in done.stderr
    assert "no commit of" in done.stderr
