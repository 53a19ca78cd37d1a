"""A small real evaluation: real commits of this repository's own history, real systems.

A fresh or shallow clone, and a source archive, have too little history to mine. Then the same is done on a repository
that is built here from this repository's own source files, in which some of them are changed one by one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.metrics.levels import score
from locant.eval.metrics.measures import Measure
from locant.eval.mining.mine import Mined, mine
from locant.eval.reports.render import RENDERERS
from locant.eval.repositories.mirrors import Mirrors, git_folder
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runfile import Run
from locant.eval.runs.runner import execute, plan_run

ROOT = Path(__file__).parents[2]
ENOUGH = 8
"""Rows below which the history says nothing."""

SYSTEMS = ("locant", "grep")

CHANGES = {
    "eval/metrics/statistics.py": (
        "RESAMPLES = 10_000",
        "RESAMPLES = 20_000",
        "Bootstrap bounds wander between seeds",
    ),
    "eval/scope.py": ('"e2e"', '"e2e", "spec"', "Folders of specifications are tests and no candidates"),
    "eval/mining/message.py": ("MIN_WORDS = 5", "MIN_WORDS = 6", "Commit messages of five words say too little"),
    "eval/repositories/mirrors.py": (
        '"repo/.git"',
        '"repo/.git", "git"',
        "Mirrors in a folder git are not found",
    ),
    "indexer/syntax/doc_comments.py": (
        "MAX_DOC_CHARS = 2_000",
        "MAX_DOC_CHARS = 3_000",
        "Long doc comments are cut",
    ),
    "core/command/exits.py": ("INTERNAL = 70", "INTERNAL = 71", "Exit code of an internal error of the command"),
}
"""File -> what is changed in it, and the message of the commit."""

AROUND = ("eval/metrics", "eval/mining", "eval/reports", "core/command")
"""Folders whose other files are there to be told apart."""


def own_history() -> Mined | None:
    """Rows of this repository; None where its history is too short."""
    if git_folder(ROOT) is None:
        return None
    mined = mine(ROOT, count=ENOUGH)
    return mined if len(mined.rows) >= ENOUGH else None


def rebuilt_history(repository: Any) -> Mined:
    """Rows of a history made from this repository's files."""
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in CHANGES}
    others = {
        f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "eval").glob("*/*.py")
    }
    repository.commit("start", others | texts)
    for path, (old, new, message) in CHANGES.items():
        assert old in texts[path], f"{path} no longer has {old!r}: change the table"
        repository.commit(message, {path: texts[path].replace(old, new)})
    return mine(repository.root)


@pytest.fixture
def run(tmp_path: Path, new_repository: Any) -> Run:
    mined = own_history() or rebuilt_history(new_repository("locant"))
    write_rows(tmp_path / "own.jsonl", map(to_own, mined.rows))
    provider = Provider(Mirrors(None, tmp_path / "cache"), tmp_path / "trees")
    return execute(plan_run(load_dataset(tmp_path / "own.jsonl"), provider, SYSTEMS, tmp_path / "run.jsonl"))


def test_locant_finds_what_this_repositorys_commits_are_about(run: Run) -> None:
    for system in SYSTEMS:
        outcomes = run.of(system).values()
        assert {outcome.status for outcome in outcomes} == {"scored"}, [outcome.note for outcome in outcomes]
        found = [score(outcome, Measure("Any", 10), "file") for outcome in outcomes]
        assert sum(found) >= len(found) / 2, f"{system} found {sum(found)} of {len(found)}"
    assert all(system in RENDERERS["html"](run) for system in SYSTEMS)
