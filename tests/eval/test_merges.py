"""Merged pull requests are one row; what they brought is none."""

from __future__ import annotations

from typing import Any

import pytest

from locant.eval.mining.merges import pull_request_text
from locant.eval.mining.mine import mine

CART = "def total(items):\n    return sum(items)\n\n\ndef count(items):\n    return len(items)\n"
MESSAGE = "Merge pull request #7 from someone/fix-total\n\nTotals of empty carts are refused\n\nThey are zero.\n"


def merged(repository: Any, message: str) -> None:
    """A branch of two commits in two files, merged while the main line moves on."""
    repository.commit("start", {"cart.py": CART, "mail.py": "def send():\n    return 0\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    changed = CART.replace("sum(items)", "sum(items, 0.0)")
    repository.commit("Sum begins with a float of zero", {"cart.py": changed})
    repository.commit("Mail says how many items were sent", {"mail.py": "def send():\n    return 1\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit("Readme explains what carts are for", {"README.md": "carts\n"})
    repository.git("merge", "--quiet", "--no-ff", "-m", message, "work")


def test_a_merged_pull_request_is_a_row_with_gold_from_its_first_parent(new_repository: Any) -> None:
    repository = new_repository("shop")
    merged(repository, MESSAGE)
    mined = mine(repository.root)
    (row,) = mined.rows
    assert row.text == "Totals of empty carts are refused\n\nThey are zero."
    assert set(row.gold_files) == {"cart.py", "mail.py"}
    assert set(row.gold_functions) == {"cart.py:total", "mail.py:send"}
    assert row.base_commit == repository.git("rev-parse", "HEAD^1")
    assert mined.left_out["part of a merged pull request"] == 2


def test_a_merge_that_says_nothing_leaves_the_rows_to_its_commits(new_repository: Any) -> None:
    repository = new_repository("shop")
    merged(repository, "Merge branch 'work'")
    mined = mine(repository.root)
    assert {row.text for row in mined.rows} == {"Sum begins with a float of zero", "Mail says how many items were sent"}
    assert mined.left_out["merge"] == 1


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (MESSAGE, "Totals of empty carts are refused\n\nThey are zero."),
        ("Merge pull request #7 from someone/fix-total", ""),
        ("Merge branch 'x' into 'main'\n\nTotals are wrong\n\nSee merge request shop/cart!12", "Totals are wrong"),
        ("Merged in x (pull request #3)\n\nTotals are wrong", "Totals are wrong"),
        ("Merge branch 'main' of git@host:shop", ""),
        ("Merge the lists of items and of prices", ""),
    ],
)
def test_only_merges_of_pull_requests_have_a_text(message: str, text: str) -> None:
    assert pull_request_text(message) == text
