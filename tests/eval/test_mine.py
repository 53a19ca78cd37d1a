"""A dataset from a repository's own history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.errors import DatasetError, MirrorError
from locant.eval.mining.message import is_chore, issue_text
from locant.eval.mining.mine import mine
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runner import execute, plan_run

CART = "def total(items):\n    return sum(items)\n\n\ndef count(items):\n    return len(items)\n"


GO = "package a\n\nfunc F() int {\n\treturn 1\n}\n"
FIXED = CART.replace("sum(items)", "sum(items, 0.0)")

HISTORY: tuple[tuple[str, dict[str, str]], ...] = (
    ("Start of the shop with a cart", {"cart.py": CART, "go/a.go": GO}),
    ("Sum of prices is wrong for an empty cart (#12)\n\nFixes #3\nSigned-off-by: A <a@b>", {"cart.py": FIXED}),
    ("Bump left-pad from 1.0 to 1.1 in all places", {"cart.py": f"{FIXED}# bumped\n"}),
    ("wip", {"cart.py": FIXED}),
    ("Return two from the function in Go code", {"go/a.go": GO.replace("1", "2")}),
    ("Add tests for the cart and its total", {"tests/test_cart.py": "x = 1\n"}),
    ("Split the shop into many small files", {f"f{i}.py": "x = 1\n" for i in range(5)} | {"cart.py": CART}),
)


@pytest.fixture
def shop(new_repository: Any) -> Any:
    repository = new_repository("shop")
    for message, files in HISTORY:
        repository.commit(message, files)
    return repository


def test_a_row_is_a_message_and_what_its_commit_changed_before_it(shop: Any) -> None:
    rows = {row.text: row for row in mine(shop.root).rows}
    assert set(rows) == {"Sum of prices is wrong for an empty cart", "Return two from the function in Go code"}
    row = rows["Sum of prices is wrong for an empty cart"]
    assert row.gold_files == ("cart.py",)
    assert row.base_commit == shop.git("rev-parse", ":/^Start of the shop")
    assert row.language == "python"


def test_every_commit_that_is_left_out_is_counted_with_its_reason(shop: Any) -> None:
    assert dict(mine(shop.root).left_out) == {
        "first commit": 1,
        "chore": 1,
        "message says too little": 1,
        "no source file that was there before": 1,
        "bulk edit": 1,
    }


def test_mining_is_the_same_for_the_same_seed(shop: Any) -> None:
    assert mine(shop.root, count=1, seed=3).rows == mine(shop.root, count=1, seed=3).rows
    picked = {mine(shop.root, count=1, seed=seed).rows[0].id for seed in range(20)}
    assert len(picked) == 2


def test_mined_rows_can_be_run_at_once_with_their_functions(shop: Any, tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", map(to_own, mine(shop.root).rows))
    provider = Provider(Mirrors(None, tmp_path / "cache"), tmp_path / "trees")
    run = execute(plan_run(load_dataset(tmp_path / "rows.jsonl"), provider, ["grep"], tmp_path / "run.jsonl"))
    assert sorted(outcome.gold_functions for outcome in run.outcomes) == [("cart.py:total",), ("go/a.go:F",)]


def test_a_folder_without_git_or_commits_is_a_clear_error(tmp_path: Path, new_repository: Any) -> None:
    with pytest.raises(DatasetError, match="no git repository"):
        mine(tmp_path)
    with pytest.raises(MirrorError, match="with commits"):
        mine(new_repository("empty").root)


@pytest.mark.parametrize(
    ("author", "message"),
    [
        ("dependabot[bot] <x>", "Update the parser of dates in the library"),
        ("A <a>", "Upgrade example.org/yaml to v3 everywhere"),
        ("A <a@b>", 'Revert "Make the parser of dates faster"'),
        ("A <a@b>", "chore(deps): use the newer version of requests"),
        ("A <a@b>", "docs: say how the parser of dates works"),
        ("A <a@b>", "Release 2.0 with a new parser"),
        ("A <a@b>", "Faster\n\nThis reverts commit 0123."),
    ],
)
def test_commits_that_are_about_no_place_are_chores(author: str, message: str) -> None:
    assert is_chore(author, message)


@pytest.mark.parametrize("message", ["Fix the format of dates in the parser", "Robot arm moves to the wrong place"])
def test_ordinary_messages_are_no_chores(message: str) -> None:
    assert not is_chore("Abbot <abbot@example.org>", message)


def test_lists_of_files_and_trailers_are_taken_out_of_the_text() -> None:
    files = "* src/date.py (parse): sign\nM src/x.c\n a/b.py | 4 ++--"
    message = f"Dates before 1970 are refused\n\n{files}\n\nThey are valid.\n\nCc: B <b@c>\n"
    assert issue_text(message) == "Dates before 1970 are refused\n\nThey are valid."


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Fixes wrong rounding of prices in carts", "Fixes wrong rounding of prices in carts"),
        ("BUG: mean of an empty list is wrong", "BUG: mean of an empty list is wrong"),
        ("Link flags to the command that owns them", "Link flags to the command that owns them"),
        ("Closes #63, #64. Setting of ignored tags is lost", "Setting of ignored tags is lost"),
        ("Fix bug #51 - Loader needs no selector for text", "Loader needs no selector for text"),
        ("[MRG+2] [WIP] Clear cookies with optional arguments", "Clear cookies with optional arguments"),
        ("[example] Make the basic example buildable again", "[example] Make the basic example buildable again"),
    ],
)
def test_a_title_keeps_its_words_and_loses_numbers_and_the_state_of_review(title: str, kept: str) -> None:
    assert issue_text(title) == kept
    assert issue_text(f"{title}\n\nFixes #3, closes o/n#4\nSee also https://example.org/1\nLink: x") == kept


def test_a_change_of_a_generated_file_makes_no_row(new_repository: Any) -> None:
    repository = new_repository("o/n")
    head = "# Code generated by tables.py. DO NOT EDIT.\n"
    repository.commit("start", {"a.py": "def a():\n    return 1\n", "table.py": f"{head}X = 1\n"})
    repository.commit("Answer two instead of one everywhere", {"a.py": "def a():\n    return 2\n"})
    repository.commit("Answer three instead of two in tables", {"table.py": f"{head}X = 2\n"})
    mined = mine(repository.root)
    assert [row.gold_files for row in mined.rows] == [("a.py",)]
    assert mined.left_out["generated file"] == 1


def test_a_shallow_clone_gives_the_rows_that_it_has(shop: Any, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    shop.git("clone", "--quiet", "--depth", "4", shop.root.as_uri(), str(shallow))
    mined = mine(shallow)
    assert [row.text for row in mined.rows] == ["Return two from the function in Go code"]
    assert mined.left_out["first commit"] == 1


def test_a_commit_whose_content_is_not_in_the_clone_costs_only_itself(shop: Any) -> None:
    fix = shop.git("rev-parse", ":/^Sum of prices")
    blob = shop.git("rev-parse", f"{fix}:cart.py")
    (shop.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    mined = mine(shop.root)
    assert [row.text for row in mined.rows] == ["Return two from the function in Go code"]
    assert mined.left_out["content not in this clone"] >= 1
