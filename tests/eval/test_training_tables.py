"""Feature tables of training rows: whole, resumable, without the future, and without gold beyond the cut."""

from __future__ import annotations

import importlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.own import to_own
from locant.eval.errors import DatasetError
from locant.eval.training.collect import States, collect_repository, in_turn, plan_states
from locant.eval.training.processes import Failure, run_each
from locant.eval.types import Instance
from locant.retriever.learning.tables import FILE_CANDIDATES

History = list[tuple[str, dict[str, str]]]

CART = """class Cart:
    def __init__(self, items):
        self.items = items

    def total(self):
        return sum(self.items)
"""


def history(later: int = 0) -> History:
    """A shop, an anchor, and changes of `mail.py` alone that come after it."""
    start: dict[str, str] = {
        "cart.py": CART,
        "mail.py": "def send(cart):\n    return cart.total()\n",
        "tests/test_cart.py": "def test_total():\n    assert total\n",
    }
    before = [
        ("Start", start),
        ("Total is wrong", {"cart.py": CART.replace("sum", "max")}),
        ("Mend", {"cart.py": CART}),
    ]
    return [*before, *[(f"Later {i}", {"mail.py": f"def send(cart):\n    return {i}\n"}) for i in range(later)]]


def head(git: Path, back: int = 0) -> str:
    command = ["git", "-C", str(git), "rev-parse", f"main~{back}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def instance(commit: str, id_: str = "o/shop@1", **values: Any) -> Instance:
    common: dict[str, Any] = {
        "repository": "o/shop",
        "text": "Total of the cart is wrong\n\n`Cart.total` adds prices twice when mail is sent",
        "gold_files": ("cart.py",),
        "gold_functions": ("cart.py:Cart", "cart.py:Cart.total"),
        "language": "python",
    }
    return Instance(id=id_, base_commit=commit, **(common | values))


def collected(rows: list[Instance], tmp_path: Path, name: str = "tables", mirrors: str = "mirrors") -> list[Path]:
    source = tmp_path / f"{name}.jsonl"
    write_rows(source, map(to_own, rows))
    out = tmp_path / name
    for states in plan_states([source], out, tmp_path / mirrors, tmp_path / "scratch", frozenset(), 0, 0):
        collect_repository(states)
    return sorted(out.glob("*/*.npz"))


def test_a_state_gives_one_file_in_which_gold_is_marked(new_history: Any, tmp_path: Path) -> None:
    commit = head(new_history("o/shop", history()))
    rows = [instance(commit), instance(commit, "o/shop@2", gold_functions=(), meta={"source": "pull request"})]
    [file] = collected(rows, tmp_path)
    assert (file.parent.name, file.stem) == ("o+shop", commit[:12])
    found = np.load(file)
    meta = json.loads(str(found["meta"]))
    assert found["file_values"].shape == (found["file_group"].sum(), len(meta["file_features"]))
    assert found["function_values"].shape == (found["function_group"].sum(), len(meta["function_features"]))
    assert found["file_values"].dtype == np.float32
    assert found["row_id"].tolist() == ["o/shop@1", "o/shop@2"]
    assert found["source"].tolist() == ["issue", "pull request"]
    first = slice(0, int(found["file_group"][0]))
    assert dict(zip(found["file_path"][first].tolist(), found["file_gold"][first].tolist(), strict=True)) == {
        "cart.py": True,
        "mail.py": False,  # and no test
    }
    functions = int(found["function_group"][0])
    assert found["function_gold"][:functions].sum() == 3  # the class, its constructor, which counts as it, its method
    assert found["function_gold"][functions:].sum() == 0
    assert set(found["file_path"][found["function_file"][:functions][found["function_gold"][:functions]]]) == {
        "cart.py"
    }
    assert (found["gold_files"].tolist(), found["gold_functions"].tolist()) == ([1, 1], [2, 0])


def test_nothing_that_came_after_a_state_is_in_its_tables(new_history: Any, tmp_path: Path) -> None:
    new_history("o/shop", history(), "before")
    commit = head(new_history("o/shop", history(later=20)), back=20)
    [with_future] = collected([instance(commit)], tmp_path, "now")
    [without] = collected([instance(commit)], tmp_path, "then", mirrors="before")
    one, other = np.load(with_future), np.load(without)
    for name in one.files:
        np.testing.assert_array_equal(one[name], other[name])


def test_gold_beyond_the_cut_is_in_no_group_but_is_counted(new_history: Any, tmp_path: Path) -> None:
    many: dict[str, str] = {
        f"total/cart{i}.py": "def total_of_cart():\n    return 'cart total'\n" + "#\n" * i
        for i in range(FILE_CANDIDATES + 10)
    }
    commit = head(new_history("o/shop", [("Start", many | {"z/far.py": "x = 1\n"})]))
    row = instance(commit, text="total of cart", gold_files=("z/far.py", "total/cart3.py"), gold_functions=())
    found = np.load(collected([row], tmp_path)[0])
    assert found["file_group"].tolist() == [FILE_CANDIDATES]
    assert found["file_path"][found["file_gold"]].tolist() == ["total/cart3.py"]
    assert found["gold_files"].tolist() == [2]


def test_states_that_were_collected_are_not_collected_again(new_history: Any, tmp_path: Path) -> None:
    mirror = new_history("o/shop", history(later=2))
    rows = [instance(head(mirror, back), f"o/shop@{back}") for back in (2, 1, 0)]
    files = collected(rows, tmp_path)
    before = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}
    lost = files[1]
    lost.unlink()
    assert collected(rows, tmp_path) == files
    assert [file for file in files if file.stat().st_mtime_ns != before[file][0]] == [lost]
    for name, array in np.load(lost).items():
        np.testing.assert_array_equal(array, np.load(files[1])[name])
    assert not list((tmp_path / "scratch").glob("*/*"))


def test_rows_that_cannot_be_asked_are_told_and_cost_no_other_row(new_history: Any, tmp_path: Path) -> None:
    commit = head(new_history("o/shop", history()))
    rows = [
        instance(commit, "good"),
        instance(commit, "gone", gold_files=("gone.py",), gold_functions=()),
        instance("0" * 40, "unknown commit"),
    ]
    source = tmp_path / "rows.jsonl"
    write_rows(source, map(to_own, rows))
    out, marked = tmp_path / "tables", frozenset({"o/shop"})
    [states] = plan_states([source], out, tmp_path / "mirrors", tmp_path / "scratch", marked, 0, 0)
    told = collect_repository(states)
    assert (told.rows, told.files) == (1, 1)
    found = np.load(states.file(commit))
    assert json.loads(str(found["meta"]))["left_out"] == ["gone: gold file gone.py is not there at the base commit"]
    assert found["development"].tolist() == [True]
    assert any("0000000 is not in" in reason for reason in told.left_out)


def states_of(name: str, language: str) -> States:
    row = instance("c", repository=name, language=language)
    return States(name, {"c": (row,)}, Path("o"), Path("m"), Path("s"))


def test_repositories_take_turns_by_language_so_that_a_part_is_balanced() -> None:
    plans = [states_of(name, name[0]) for name in ("a1", "a2", "a3", "b1", "c1", "c2")]
    assert [plan.repository for plan in in_turn(plans)] == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_states_and_rows_can_be_limited(tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    rows = [instance(f"{state}" * 40, f"{state}.{i}") for state in range(8) for i in range(5)]
    write_rows(source, map(to_own, rows))
    [plan] = plan_states([source], tmp_path, tmp_path, tmp_path, frozenset(), 2, 4)
    assert [commit[0] for commit in plan.rows] == ["1", "3", "5", "7"]
    assert [row.id for row in plan.rows["1" * 40]] == ["1.0", "1.1"]
    with pytest.raises(DatasetError, match="no rows in"):
        (tmp_path / "empty").mkdir()
        plan_states([tmp_path / "empty"], tmp_path, tmp_path, tmp_path, frozenset(), 0, 0)


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A function of a module that a fresh interpreter finds too: it is given our search path, not pytest's modules."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    found: Callable[[str], str] = importlib.import_module("process_targets").task
    return found


def test_what_dies_or_fails_costs_itself_alone(task: Callable[[str], str]) -> None:
    done = dict(run_each(task, ["die", "good", "fail"], jobs=3, seconds=300.0))
    assert done == {
        "die": Failure("its process died with exit code 7"),
        "good": "GOOD",
        "fail": Failure("said why"),
    }


def test_what_hangs_is_ended(task: Callable[[str], str]) -> None:
    assert list(run_each(task, ["hang"], jobs=1, seconds=0.1)) == [("hang", Failure("not done within 0.1 seconds"))]
