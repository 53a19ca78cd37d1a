"""Which share of the gold a brief and a map show, measured as a person measures it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from locant.eval.cli_parts import provider_of
from locant.eval.context import CONTEXTS, Shown, budgets_of, context_table, makers_of, measure_contexts
from locant.eval.datasets.load import load_dataset
from locant.eval.errors import EvaluationError

CART = "class Cart:\n    def total_price(self):\n        return 0\n\n\ndef empty_cart():\n    return Cart()\n"


@pytest.fixture
def rows(tmp_path: Path, new_repository: Callable[[str], Any]) -> Path:
    commit = new_repository("o/n").commit("one", {"cart.py": CART, "mail.py": "def send_mail():\n    return 1\n"})
    row = {"instance_id": "r1", "repo": "o/n", "base_commit": commit, "problem_statement": "Cart.total_price is 0"}
    labels = {"gold_files": ["cart.py"], "gold_functions": ["cart.py:Cart.total_price", "cart.py:empty_cart"]}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row | labels) + "\n")
    return path


def test_what_the_real_brief_and_map_show_is_compared_with_the_gold(rows: Path, tmp_path: Path) -> None:
    provider = provider_of(tmp_path / "clones", tmp_path / "trees")
    found = list(measure_contexts(load_dataset(rows), provider, CONTEXTS, [1, 2_000]))
    by_name = {(row.context, row.budget): row for row in found}
    assert by_name["brief", 2_000].files == by_name["brief", 2_000].functions == 1.0
    assert by_name["brief", 2_000].code == 1.0
    assert (by_name["brief", 1].files, by_name["brief", 1].tokens) == (0.0, 0)
    assert by_name["map-issue", 2_000].functions == by_name["map-issue:fusion", 2_000].functions == 1.0
    assert context_table(found).count("\n") == len(found)


def test_a_function_counts_when_its_name_stands_below_its_file(rows: Path, tmp_path: Path) -> None:
    shown = Shown(("mail.py",), ("cart.py:total_price", "mail.py:empty_cart"), (), 10)
    made = measure_contexts(
        load_dataset(rows), provider_of(tmp_path / "clones", tmp_path / "t"), {"mine": lambda *_: [shown]}, [10]
    )
    assert [(row.files, row.functions, row.code) for row in made] == [(0.0, 0.5, 0.0)]


def test_contexts_and_budgets_that_make_no_sense_are_refused() -> None:
    with pytest.raises(EvaluationError, match="no context 'mapp'"):
        makers_of("map,mapp")
    for text in ("", "a", "0", "100,-1"):
        with pytest.raises(EvaluationError, match="no numbers of tokens"):
            budgets_of(text)
