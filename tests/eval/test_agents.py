"""What scripted agents read until the gold is on screen: on real repositories, with real briefs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import locant
from locant.eval.agents.policies import code_lines
from locant.eval.agents.screen import Goals, Screen
from locant.eval.agents.simulate import agent_names, simulate
from locant.eval.agents.table import agents_table
from locant.eval.agents.walks import Reached, Walk, WalkFile
from locant.eval.cli import app
from locant.eval.cli_parts import provider_of
from locant.eval.datasets.load import load_dataset
from locant.eval.errors import EvaluationError, RunFileError
from locant.eval.systems.protocol import count_tokens
from locant.types import Location

STEPS = "".join(f"def step_{n}(order):\n    total = order.total + {n}\n    return total * 2\n\n\n" for n in range(200))
CART = f"{STEPS}class Cart:\n    def total_price(self):\n        price = 0\n        return price\n"
MAIL = "def send_mail(order):\n    total_price = order.total\n    return total_price\n"
ISSUE = "Cart.total_price is always 0\n\nThe total price of a cart is 0 whatever is in it."


@pytest.fixture
def rows(tmp_path: Path, new_repository: Callable[[str], Any]) -> Path:
    commit = new_repository("o/n").commit("one", {"shop/cart.py": CART, "shop/mail.py": MAIL})
    row = {"instance_id": "r1", "repo": "o/n", "base_commit": commit, "problem_statement": ISSUE}
    labels = {"gold_files": ["shop/cart.py"], "gold_functions": ["shop/cart.py:Cart.total_price"]}
    gone = {**row, "instance_id": "r2", "repo": "o/gone"}
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(one | labels) + "\n" for one in (row, gone)))
    return path


def walks_of(rows: Path, tmp_path: Path, cap: int = 100_000) -> dict[tuple[str, str], Walk]:
    provider = provider_of(tmp_path / "clones", tmp_path / "trees")
    found = simulate(load_dataset(rows), provider, agent_names([1_500], "fusion"), cap)
    return {(walk.agent, walk.instance): walk for walk in found}


def test_an_agent_that_greps_opens_what_it_finds_and_one_with_a_brief_may_have_it_in_the_prompt(
    rows: Path, tmp_path: Path
) -> None:
    walks = walks_of(rows, tmp_path)
    grep, brief = walks["grep", "r1"].reached, walks["brief 1500 fusion", "r1"].reached
    assert grep["functions"] is not None and brief["functions"] is not None
    assert grep["functions"].calls >= 2  # a grep, then a window
    assert brief["functions"] == brief["files"]
    assert (brief["functions"].calls, brief["functions"].tokens <= 1_500) == (0, True)


def test_a_row_without_a_clone_is_told_and_not_walked(rows: Path, tmp_path: Path) -> None:
    walks = walks_of(rows, tmp_path)
    assert walks["grep", "r2"].reached == {}
    assert "no clone of 'o/gone'" in walks["grep", "r2"].note
    assert agents_table(list(walks.values())).endswith("1 rows could not be walked")


def test_nothing_is_reached_beyond_the_cap(rows: Path, tmp_path: Path) -> None:
    walks = walks_of(rows, tmp_path, cap=5)
    assert walks["grep", "r1"].reached == {"files": None, "functions": None}
    assert "over cap" in agents_table(list(walks.values()))


def test_lines_of_code_in_a_brief_are_those_of_the_file_and_folded_ones_do_not_count(
    tmp_path: Path, new_repository: Callable[[str], Any]
) -> None:
    body = "".join(f"    value_{n} = order.total + {n}\n" for n in range(300))
    text = f"def total_price(order):\n{body}    return price_of_the_cart(order)\n"
    new_repository("o/long").commit("one", {"cart.py": text})
    root = tmp_path / "clones" / "o/long"
    with locant.open(root) as index:
        brief = index.brief("total_price: price_of_the_cart is wrong", max_tokens=800, count_tokens=count_tokens)
    [(path, numbers)] = list(code_lines(brief.text))
    lines = text.split("\n")
    assert path == "cart.py"
    assert {1, 302} <= set(numbers)
    assert len(numbers) < 300
    shown = brief.text.split("```python\n")[1].split("\n```")[0].split("\n")
    assert [lines[n - 1] for n in numbers] == [line for line in shown if "… line" not in line]


def test_a_look_into_a_file_is_more_than_its_name_and_half_of_a_function_is_seen_as_it() -> None:
    goals = Goals({"a.py": 100}, (Location("a.py", 11, 20),))
    screen = Screen()
    screen.show("a.py", [12, 13, 14, 15])
    assert (goals.met("files", screen), goals.met("functions", screen)) == (False, False)
    screen.show("a.py", [16])
    assert (goals.met("files", screen), goals.met("functions", screen)) == (False, True)
    screen.show("a.py", range(30, 35))
    assert goals.met("files", screen)
    long = Goals({}, (Location("a.py", 100, 1_000),))
    screen.show("a.py", range(100, 149))
    assert not long.met("functions", screen)
    screen.show("a.py", [149])
    assert long.met("functions", screen)


def test_the_table_compares_tokens_at_equal_recall() -> None:
    def walk(agent: str, row: int, tokens: int | None) -> Walk:
        return Walk(f"r{row}", "o/n", agent, 9_000, {"files": None if tokens is None else Reached(tokens, 2)})

    grep = [walk("grep", row, tokens) for row, tokens in enumerate([1_000, 2_000, 4_000, 6_000, 8_000])]
    brief = [walk("brief", row, tokens) for row, tokens in enumerate([500, 1_000, 2_000, 3_000, None])]
    table = agents_table([*grep, *brief, walk("grep", 9, 10)])  # a row that only one agent walked does not count
    [head, _, first, second] = table.split("\n")
    assert head == "all gold files on screen: 5 rows of 1 repositories, cap 9,000 tokens"
    assert first.split()[:2] == ["grep", "100.0"]
    assert first.split()[-4:] == ["4,000", "6,000", "6,000", "2"]
    assert second.split()[:2] == ["brief", "80.0"]
    assert "0.50 [0.50, " in second
    with pytest.raises(EvaluationError, match="no walk of the agent with grep"):
        agents_table(brief)


def test_a_run_goes_on_where_it_was_killed_and_never_with_other_rows(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "walks.jsonl"
    arguments = ["agents", str(rows), "--mirrors", str(tmp_path / "clones"), "--scratch", str(tmp_path / "trees")]
    arguments += ["--budgets", "1500", "--ranker", "fusion", "--out", str(out)]
    first = CliRunner().invoke(app, arguments)
    assert "all gold functions on screen: 1 rows of 1 repositories" in first.stdout
    whole = out.read_bytes()
    out.write_bytes(whole[:-30])  # killed while it wrote
    assert CliRunner().invoke(app, arguments).stdout == first.stdout
    assert sorted(out.read_bytes().splitlines()) == sorted(whole.splitlines())
    with pytest.raises(RunFileError, match="another --cap"):
        WalkFile(out, "other", 100_000)
    out.write_text("no walks\n")
    with pytest.raises(RunFileError, match="is no file of walks"):
        WalkFile(out, "other", 100_000)


def test_a_ranker_that_is_not_there_is_refused() -> None:
    with pytest.raises(EvaluationError, match="there is no ranker 'best'"):
        agent_names([1_000], "best")
