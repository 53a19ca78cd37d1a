"""Lines of a newer version carried back to an older one."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from locant.eval.datasets.diff import Change
from locant.eval.training.lines import line_map


def blob(root: Path, lines: list[str]) -> str:
    text = "".join(f"{line}\n" for line in lines)
    command = ["git", "-C", str(root), "hash-object", "-w", "--stdin"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.strip()


def test_lines_that_both_versions_have_are_found_and_others_are_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path], check=True)
    for seed in range(12):
        chooser = random.Random(seed)
        old = [f"line {i}" for i in range(60)]
        new = [line for line in old if chooser.random() > 0.2]
        for at in sorted((chooser.randrange(len(new) + 1) for _ in range(6)), reverse=True):
            new[at:at] = [f"inserted {at} {i}" for i in range(chooser.randrange(1, 4))]
        carried = line_map(tmp_path, blob(tmp_path, old), blob(tmp_path, new))
        for number, line in enumerate(new, start=1):
            found = carried.line(number)
            if line in old:
                assert found == old.index(line) + 1
            elif found is not None:  # it stands where lines were taken out
                assert old[found - 1] not in new


def test_a_change_is_carried_back_in_runs_so_that_lines_gone_since_are_not_in_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path], check=True)
    old, new = ["a", "gone", "gone too", "b", "c"], ["a", "b", "new", "c"]
    carried = line_map(tmp_path, blob(tmp_path, old), blob(tmp_path, new))
    changes = carried.changes([Change(1, 4, inserted=False, indent=0)])
    assert [(change.start, change.end) for change in changes] == [(1, 1), (4, 5)]
    assert carried.changes([Change(3, 3, inserted=False), Change(3, 3, inserted=True)]) == []
    assert carried.changes([Change(0, 0, inserted=True), Change(4, 4, inserted=True)]) == [
        Change(0, 0, inserted=True),
        Change(5, 5, inserted=True),
    ]
