"""What the baselines rank on a small real tree, and the contract for external programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from locant.eval.errors import EvaluationError, SystemFailedError
from locant.eval.runs.answer import open_tree
from locant.eval.sources import BlobCache
from locant.eval.systems.command import Command
from locant.eval.systems.protocol import Question
from locant.eval.systems.registry import SYSTEMS, make_system
from locant.eval.types import Instance

FILES = {
    "shop/cart.py": "class Cart:\n    def add_item(self, item):\n        self.items.append(item)\n\n"
    "    def total_price(self):\n        return sum(item.price for item in self.items)\n",
    "shop/users.py": "def load_user(name):\n    return name\n",
    "shop/__init__.py": "",
    "shop/mail.py": "def send_mail(user):\n    # the total of a cart\n    return user\n",
    "tests/test_cart.py": "def test_total_price():\n    assert total_price\n",
    "docs/conf.py": "total_price = 1\n",
    "web/app.js": "function renderCart(cart) {\n  return cart.total_price;\n}\n",
}
ISSUE = "Wrong total\n\n`Cart.total_price()` is wrong when a price is negative, see shop/cart.py"


def instance(language: str = "", **changes: Any) -> Instance:
    return Instance("i", "o/n", "0" * 40, ISSUE, ("shop/cart.py",), language=language, **changes)


@pytest.fixture
def question(new_repository: Any) -> Question:
    repository = new_repository("o/n")
    repository.commit("one", dict(FILES))
    tree = open_tree(repository.root, instance("python"), BlobCache())
    return Question(tree.root, ISSUE, tree.candidates, tree.cache)


def test_candidates_are_source_files_of_the_language_without_tests_and_documents(question: Question) -> None:
    assert set(question.files) == {"shop/cart.py", "shop/users.py", "shop/__init__.py", "shop/mail.py"}


@pytest.mark.parametrize("name", ["grep", "bm25"])
def test_a_baseline_finds_what_the_issue_names(question: Question, name: str) -> None:
    if name == "bm25":
        pytest.importorskip("rank_bm25")
    ranking = make_system(name).rank(question)
    assert ranking.files[0] == "shop/cart.py"
    assert ranking.functions[0] == "shop/cart.py:Cart.total_price"
    assert ranking.answer_tokens > 0


@pytest.mark.parametrize("text", ["", "???", "日本語のみ"])
@pytest.mark.parametrize("name", ["grep", "bm25"])
def test_a_text_without_usable_words_gets_an_answer_without_files(question: Question, name: str, text: str) -> None:
    empty = Question(question.tree, text, question.files, question.cache)
    assert make_system(name).rank(empty).files == ()


@pytest.mark.parametrize("name", ["grep", "bm25"])
def test_a_tree_without_candidates_gets_an_empty_answer(question: Question, name: str) -> None:
    assert make_system(name).rank(Question(question.tree, ISSUE, {}, BlobCache())).files == ()


def test_grep_matches_whole_words_only(question: Question) -> None:
    ranking = make_system("grep").rank(Question(question.tree, "`load_use` and `ad_item`", question.files, BlobCache()))
    assert ranking.files == ()


def program(tmp_path: Path, body: str) -> str:
    script = tmp_path / "tool.py"
    script.write_text(f"import json, os, sys, time\n{body}\n")
    return f"{sys.executable} {script}"


def test_an_external_program_answers_by_json(question: Question, tmp_path: Path) -> None:
    body = """
issue = sys.stdin.read()
assert open(os.environ["LOCANT_EVAL_ISSUE"]).read() == issue
here = os.getcwd()
print(json.dumps({
    "files": ["shop/users.py", {"path": here + "/shop/cart.py"}, "/etc/passwd", "../x.py", 3, "shop/users.py"],
    "functions": ["shop/users.py:load_user", {"path": "shop/cart.py", "qualified_name": "Cart.add_item"}],
    "echo": issue,
}))"""
    ranking = Command(program(tmp_path, body), "tool").rank(question)
    assert ranking.files == ("shop/users.py", "shop/cart.py")
    assert ranking.functions == ("shop/users.py:load_user", "shop/cart.py:Cart.add_item")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("print('no json')", "no JSON object: 'no json"),
        ("print(json.dumps([1]))", "no object with `files`"),
        ("print(json.dumps({'files': 'a.py'}))", "no object with `files`"),
        ("sys.exit('broken: 7')", "ended with 1: broken: 7"),
        ("os.kill(os.getpid(), 9)", "ended with -9"),
    ],
)
def test_a_program_that_fails_says_how(question: Question, tmp_path: Path, body: str, complaint: str) -> None:
    with pytest.raises(SystemFailedError) as caught:
        Command(program(tmp_path, body), "tool").rank(question)
    assert complaint in str(caught.value)


def test_a_program_that_hangs_is_ended_with_all_that_it_started(question: Question, tmp_path: Path) -> None:
    body = "import subprocess\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(SystemFailedError, match="did not answer in 1 s"):
        Command(program(tmp_path, body), "tool", timeout=1).rank(question)


def test_a_program_that_is_not_there_is_named(question: Question) -> None:
    with pytest.raises(SystemFailedError, match="no-such-program"):
        Command("no-such-program --flag").rank(question)


def test_systems_are_made_by_name_and_unknown_ones_are_refused() -> None:
    assert make_system("mine=command:tool --json").name == "mine"
    with pytest.raises(EvaluationError, match=r"nothing.*grep"):
        make_system("nothing")
    assert {"locant", "grep", "bm25"} <= set(SYSTEMS)
