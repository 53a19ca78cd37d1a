"""Questions from documentation, over a tree that no longer holds the answer in words."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from locant.eval.errors import DatasetError, MirrorError
from locant.eval.mining.docstrings import mine_docstrings, question_of
from locant.eval.mining.strip import without_docs
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import Definition

PYTHON = '''"""Carts of a shop."""


def total(items):
    """Add up the prices of all items.

    Empty carts are free.
    """
    return sum(items)  # floats


def count(items):
    """count_all is not what this sentence names."""
    # one by one
    return len(items)
'''
GO = "package a\n\n// Drop removes the items that nobody wanted.\n// Slow.\nfunc Drop(n int) int {\n\treturn n\n}\n"
JAVA = "class A {\n    /** Sends the invoice to the customer. */\n    void send() {\n        run();\n    }\n}\n"
SHOP = {"cart.py": PYTHON, "a.go": GO, "A.java": JAVA}


def git(copy: Path, *arguments: str) -> str:
    return subprocess.run(["git", f"--git-dir={copy}", *arguments], capture_output=True, text=True, check=True).stdout


def content(copy: Path, path: str) -> str:
    return git(copy, "show", f"main:{path}")


def test_the_question_is_in_no_file_and_code_and_other_comments_stay(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("shop")
    repository.commit("start", SHOP)
    copy = tmp_path / "copy.git"
    rows = {row.gold_functions[0]: row for row in mine_docstrings(repository.root, copy).rows}
    assert {name: row.text for name, row in rows.items()} == {
        "cart.py:total": "Add up the prices of all items.",
        "cart.py:count": "count_all is not what this sentence names.",
        "a.go:Drop": "removes the items that nobody wanted.",
        "A.java:A.send": "Sends the invoice to the customer.",
    }
    for row in rows.values():
        assert row.text not in content(copy, row.gold_files[0])
        assert (
            row.base_commit
            == subprocess.check_output(["git", f"--git-dir={copy}", "rev-parse", "main"], text=True).strip()
        )
    python = content(copy, "cart.py")
    assert "return sum(items)  # floats" in python
    assert "# one by one" in python
    assert "Empty carts" not in python
    assert len(python) == len(PYTHON)
    assert repository.git("status", "--porcelain") == ""


def test_the_copy_has_no_past_in_which_the_comments_could_be_read(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("shop")
    repository.commit("start", SHOP)
    repository.commit("more", {"mail.py": "x = 1\n"})
    mine_docstrings(repository.root, tmp_path / "copy.git")
    assert git(tmp_path / "copy.git", "rev-list", "--all", "--count").strip() == "1"


def test_the_same_tree_gives_the_same_rows(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("shop")
    repository.commit("start", SHOP)
    once, again = (mine_docstrings(repository.root, tmp_path / "copy.git", count=2, seed=5).rows for _ in range(2))
    assert once == again
    picked = {mine_docstrings(repository.root, tmp_path / "copy.git", 1, seed).rows[0].id for seed in range(12)}
    assert len(picked) > 1


def test_functions_that_make_no_question_are_counted_by_reason(new_repository: Any, tmp_path: Path) -> None:
    twice = "".join(f'def f{i}(a):\n    """Give back what came in here."""\n    return a\n\n\n' for i in range(2))
    short = 'def g(a):\n    """Gives it."""\n    return a\n\n\ndef h(a): "Says a lot of words here."\n'
    names = 'def read_all(a):\n    """Use read_all for all of it."""\n    return a\n'
    repository = new_repository("shop")
    repository.commit("start", {"a.py": twice + short + names})
    mined = mine_docstrings(repository.root, tmp_path / "copy.git")
    assert mined.rows == ()
    assert dict(mined.left_out) == {
        "several functions have this question": 2,
        "doc comment says too little or too much": 1,
        "function too short": 1,
        "question names the function": 1,
    }


def test_a_path_with_quotes_and_blanks_is_written_as_it_is(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("shop")
    repository.commit("start", {'a "b" é/c d.py': PYTHON})
    copy = tmp_path / "copy.git"
    paths = {row.gold_files[0] for row in mine_docstrings(repository.root, copy).rows}
    assert paths == {'a "b" é/c d.py'}
    assert "Add up" not in content(copy, 'a "b" é/c d.py')


def test_what_is_no_repository_with_commits_is_a_clear_error(new_repository: Any, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no git repository"):
        mine_docstrings(tmp_path, tmp_path / "copy.git")
    with pytest.raises(MirrorError, match="has no commit yet"):
        mine_docstrings(new_repository("empty").root, tmp_path / "copy.git")


@pytest.mark.parametrize(
    ("doc", "question"),
    [
        ("Read all rows of a file. Then close it.", "Read all rows of a file."),
        ("parse reads all rows of a file.", "reads all rows of a file."),
        ("@return the last row of a file", "the last row of a file"),
        ("Reads {@code Row} objects <b>from</b> a file.\n@param x the file", "Reads Row objects from a file."),
        ("Reads all rows\nof a file\n\nArgs:\n    x: file", "Reads all rows of a file"),
        ("TODO: read all rows of a file", ""),
        ("Returns it.", ""),
    ],
)
def test_the_question_is_the_first_sentence_without_markup_or_name(doc: str, question: str) -> None:
    assert question_of(Definition("parse", "parse", "function", 1, 9, 0, 9, doc=doc)) == question


def test_a_function_of_nothing_but_its_docstring_stays_a_function() -> None:
    source = b'class A:\n    def f(self):\n        """Does nothing at all, on purpose."""\n'
    bare = without_docs("a.py", source, parse_file("a.py", source))
    assert b"purpose" not in bare
    assert [item.qualified_name for item in parse_file("a.py", bare).definitions] == ["A", "A.f"]
