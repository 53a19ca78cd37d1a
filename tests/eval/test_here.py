"""From a repository to a report, within a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from locant.eval.here import Here, run_here
from locant.eval.mining.mine import mine
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider

ROWS = 9


def run(repository: Any, folder: Path, seconds: float) -> tuple[Here, list[int]]:
    repository.commit("start", {"cart.py": "def total():\n    return 0\n", "mail.py": "def send():\n    pass\n"})
    for number in range(ROWS):
        change = {"cart.py": f"def total():\n    return {number + 1}\n"}
        repository.commit(f"The total of the cart is not {number}", change)
    told: list[int] = []
    provider = Provider(Mirrors(None, folder / "cache"), folder / "trees")
    return run_here(mine(repository.root), provider, ["grep"], folder, "shop", seconds, told.append), told


def test_all_rows_are_answered_when_there_is_time(new_repository: Any, tmp_path: Path) -> None:
    done, told = run(new_repository("shop"), tmp_path, 600)
    assert len(done.run.of("grep")) == done.wanted == ROWS
    assert {outcome.status for outcome in done.run.outcomes} == {"scored"}
    assert told[-1] == ROWS


def test_when_time_is_up_the_rows_so_far_are_the_report(new_repository: Any, tmp_path: Path) -> None:
    done, _ = run(new_repository("shop"), tmp_path, 0)
    assert 0 < len(done.run.of("grep")) < done.wanted
