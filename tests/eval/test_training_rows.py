"""Training rows from histories: what they hold, and the traps that they avoid."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from locant.eval.datasets.load import load_dataset
from locant.eval.errors import DatasetError
from locant.eval.mining.history import list_commits
from locant.eval.mining.merges import brought_by
from locant.eval.training.anchors import STRIDE, YOUNG, choose_anchors
from locant.eval.training.clones import find_clones
from locant.eval.training.heldout import HeldOut, held_out
from locant.eval.training.mine import Settings, Task, drop_repeated, mine_clone, write_repositories
from locant.eval.training.rows import NEW_FILE, NEW_LINES, RELEASE, asked

History = list[tuple[str, dict[str, str]]]
NOBODY = HeldOut(())
CART = "def total(items):\n    return sum(items)\n\n\ndef count(items):\n    return len(items)\n"
LONGER = f"import os\n\n\ndef first():\n    return os.sep\n\n\n{CART}"
"""The same two functions, seven lines further down."""


def young(files: dict[str, str] | None = None) -> History:
    """A start of four commits, of which the last one is the first that may be an anchor in a history of ten."""
    start: dict[str, str] = {"cart.py": CART, "mail.py": "def send():\n    pass\n"}
    return [("Start of the shop with its cart", start | (files or {})), *[("wip", {"n.txt": f"{i}"}) for i in range(3)]]


def filled(commits: History) -> History:
    """The same with commits that say nothing, so that the history has ten."""
    return [*commits, *[("wip", {"m.txt": f"{i}"}) for i in range(10 - len(commits))]]


def mined(root: Path, out: Path, settings: Settings | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rows by text, and the record."""
    [clone] = find_clones([root], NOBODY)
    task = Task(clone, out, settings or Settings())
    mine_clone(task)
    rows = {row.text: row for row in load_dataset(task.rows_file).instances} if task.rows_file.stat().st_size else {}
    return rows, json.loads(task.record_file.read_text())


def test_rows_are_asked_on_the_anchor_with_gold_in_its_lines(new_history: Any, tmp_path: Path) -> None:
    fixed = LONGER.replace("len(items)", "len(set(items))")
    root = new_history(
        "o/shop",
        filled(
            [
                *young(),
                ("Bring in a function that is first", {"cart.py": LONGER}),
                ("Counting the same item twice is wrong", {"cart.py": fixed}),
            ]
        ),
    )
    rows, record = mined(root, tmp_path / "rows")
    row = rows["Counting the same item twice is wrong"]
    assert row.base_commit in record["anchors"]
    assert row.gold_functions == ("cart.py:count",)
    assert [(span.start_line, span.end_line) for span in row.gold_spans] == [(6, 6)]  # line 13 when it was changed
    assert row.patch == ""


def test_what_came_after_the_anchor_is_no_gold(new_history: Any, tmp_path: Path) -> None:
    later = "def later():\n    return 1\n"
    root = new_history(
        "o/shop",
        filled(
            [
                *young(),
                ("Add a file and a function that are later", {"late.py": later, "cart.py": f"{CART}\n\n{later}"}),
                ("The new file gives a number that is wrong", {"late.py": later.replace("1", "2")}),
                ("The new function gives a number that is wrong", {"cart.py": f"{CART}\n\n{later.replace('1', '2')}"}),
            ]
        ),
    )
    rows, record = mined(root, tmp_path / "rows")
    assert [text for text in rows if "wrong" in text] == []
    assert (record["left_out"][NEW_FILE], record["left_out"][NEW_LINES]) == (1, 1)


def test_tests_and_documents_are_no_gold(new_history: Any, tmp_path: Path) -> None:
    more = {"tests/test_cart.py": "x = 1\n", "docs/conf.py": "y = 1\n"}
    changed = {"tests/test_cart.py": "x = 2\n", "docs/conf.py": "y = 2\n", "mail.py": "def send():\n    return 1\n"}
    root = new_history("o/shop", filled([*young(more), ("Sending a mail says nothing at all", changed)]))
    rows, _ = mined(root, tmp_path / "rows")
    assert [row.gold_files for row in rows.values()] == [("mail.py",)]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Sum is wrong for carts (#12)", "Sum is wrong for carts"),
        ("Sum is wrong (fixes gh-7), see #8 and o/n#9 there", "Sum is wrong, see and there"),
        ("Sum is wrong\n\nSee https://github.com/o/n/issues/3#issue-1 for more", "Sum is wrong\n\nSee for more"),
        ("Sum is wrong\n\n* Sum is wrong\n\n* Typo\n\n---------", "Sum is wrong\n\n* Typo"),
        ("Colour `#fff` and C#7x stay, as does a1#b", "Colour `#fff` and C#7x stay, as does a1#b"),
    ],
)
def test_texts_hold_no_numbers_that_nobody_who_asks_knows(message: str, text: str) -> None:
    assert asked(message) == text


def test_no_text_lists_its_files_and_no_release_is_a_row(new_history: Any, tmp_path: Path) -> None:
    message = "The total of a cart is off by one\n\nM src/cart.py\n cart.py | 4 ++--\n 1 file changed, 2 insertions(+)"
    root = new_history(
        "o/shop",
        filled(
            [
                *young(),
                (message, {"cart.py": CART.replace("sum(items)", "sum(items) + 1")}),
                ("We bumped the version of the whole shop", {"cart.py": CART}),
            ]
        ),
    )
    rows, record = mined(root, tmp_path / "rows")
    assert list(rows) == ["The total of a cart is off by one"]
    assert record["left_out"][RELEASE] == 1


def test_a_text_counts_once_whatever_repository_has_it(new_history: Any, tmp_path: Path) -> None:
    fix = {"cart.py": CART.replace("sum(items)", "sum(items, 0.0)")}
    own = {"mail.py": "def send():\n    return 1\n"}
    out = tmp_path / "rows"
    for name, message in (("a+shop", "Sum of prices is wrong (#3)"), ("b+fork", "sum of  prices is Wrong")):
        history = [*young(), (f"{message} for carts", fix), (f"Sending mails fails in {name}", own)]
        mined(new_history(name, filled(history)), out)
    assert drop_repeated(out) == 1
    left = {file.name: len(file.read_text().splitlines()) for file in out.glob("*.jsonl")}
    assert left == {"a+shop.jsonl": 2, "b+fork.jsonl": 1}
    listed = json.loads(write_repositories(out).read_text())
    assert [(row["repository"], row["rows"], row["languages"]) for row in listed] == [
        ("a/shop", 2, {"python": 2}),
        ("b/fork", 1, {"python": 1}),
    ]
    assert drop_repeated(out) == 0


def long_history(length: int) -> History:
    start: dict[str, str] = {f"f{i}.py": "def f():\n    return 0\n" for i in range(7)}
    changes = [
        (f"Number {i} comes out wrong from its file", {f"f{i % 7}.py": f"def f():\n    return {i}\n"})
        for i in range(1, length)
    ]
    return [("Start of all files of this tree", start), *changes]


def test_anchors_are_spread_over_the_history_without_its_youth_and_without_overlap(new_history: Any) -> None:
    commits = list_commits(new_history("o/long", long_history(700)))
    anchors = choose_anchors(commits, brought_by(commits), 4, seed=1)
    place = {commit.id: i for i, commit in enumerate(reversed(commits))}
    at = [place[anchor.commit.id] for anchor in anchors]
    assert len(at) == 4
    assert min(at) >= min(YOUNG, int(0.3 * 700))
    assert min(b - a for a, b in pairwise(at)) >= STRIDE
    windows = [{place[commit.id] for step in anchor.following for commit in step} for anchor in anchors]
    for start, window, end in zip(at, windows, [*at[1:], 699], strict=True):
        assert window == set(range(start + 1, end + 1))


def test_the_same_seed_gives_the_same_rows_and_another_one_others(new_history: Any, tmp_path: Path) -> None:
    root = new_history("o+long", long_history(400))
    some = {}
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        mined(root, tmp_path / name, Settings(anchors=2, rows=5, seed=seed))
        some[name] = (tmp_path / name / "o+long.jsonl").read_bytes()
    assert some["one"] == some["again"] != some["other"]
    assert len(some["one"].splitlines()) == 10


def test_a_text_counts_once_whatever_anchor_has_it(new_history: Any, tmp_path: Path) -> None:
    commits = long_history(400)
    again = [(commits[i % 150][0] if i > 150 else message, files) for i, (message, files) in enumerate(commits)]
    mined(new_history("o+long", again), tmp_path, Settings(anchors=3, rows=200))
    texts = [row.text for row in load_dataset(tmp_path / "o+long.jsonl").instances]
    assert len(texts) == len(set(texts)) == 151  # numbers 1 to 150, and what the start says


def test_what_was_mined_is_mined_again_only_if_it_would_differ(new_history: Any, tmp_path: Path) -> None:
    root = new_history("o/shop", filled([*young(), ("Sending a mail says nothing", {"mail.py": "x = 1\n"})]))
    [clone] = find_clones([root], NOBODY)
    task = Task(clone, tmp_path / "rows", Settings())
    assert not task.is_done()
    mine_clone(task)
    assert task.is_done()
    assert not Task(clone, tmp_path / "rows", Settings(seed=1)).is_done()
    task.record_file.write_text("{")  # as after a crash of something else
    assert not task.is_done()


@pytest.mark.parametrize("folder", ["Django+Django/repo", "django/DJANGO", "django__django", "django", "django.git"])
def test_held_out_repositories_are_known_by_their_folder(new_history: Any, tmp_path: Path, folder: str) -> None:
    root = new_history(folder, filled(young()))
    [clone] = find_clones([root if "/" not in folder else tmp_path / "mirrors"], held_out())
    assert clone.held_out == "django/django"
    with pytest.raises(DatasetError, match="django/django is held out"):
        mine_clone(Task(clone, tmp_path / "rows", Settings()))
    assert not (tmp_path / "rows").exists()


@pytest.mark.parametrize(
    "url", ["https://github.com/Django/django.git", "git@github.com:django/Django", "ssh://g@h/a/django/django/"]
)
def test_held_out_repositories_are_known_by_their_remote(new_history: Any, url: str) -> None:
    root = new_history("mine+renamed", filled(young()))
    subprocess.run(["git", "-C", root, "remote", "add", "upstream", url], check=True)
    [clone] = find_clones([root], held_out())
    assert clone.held_out == "django/django"


def test_other_repositories_are_not_held_out_and_lists_can_be_added(new_history: Any, tmp_path: Path) -> None:
    new_history("someone/django-shop", filled(young()))
    [clone] = find_clones([tmp_path / "mirrors"], held_out())
    assert (clone.name, clone.held_out) == ("someone/django-shop", "")
    names = tmp_path / "names.txt"
    names.write_text("# mine\nSomeone/Django-Shop\n")
    [clone] = find_clones([tmp_path / "mirrors"], held_out().plus(names))
    assert clone.held_out == "someone/django-shop"
    with pytest.raises(DatasetError, match=r"absent\.txt"):
        held_out().plus(tmp_path / "absent.txt")
    with pytest.raises(DatasetError, match="holds none"):
        find_clones([tmp_path / "nothing"], held_out())
