"""Corpora of documents and annotated questions: CodeRAG-Bench's tasks, BEIR folders, semble's annotations."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.records import Dataset
from locant.eval.errors import DatasetError
from locant.eval.metrics.levels import score
from locant.eval.metrics.measures import Measure
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runfile import Run
from locant.eval.runs.runner import execute, plan_run
from locant.types import Location

CORPUS = [
    {"_id": "d1", "title": "has_close", "text": "def has_close(numbers, limit):\n    return min(numbers) < limit\n"},
    {"_id": "d2", "title": "reverse_words", "text": "def reverse_words(text):\n    return text.split()[::-1]\n"},
    {"_id": "d3", "title": "DataFrame.merge", "text": "Join columns of another DataFrame, by index or by key columns."},
]
QUERIES = [
    {"_id": "q1", "text": "reverse the words of a text"},
    {"_id": "q2", "text": "join a DataFrame by key columns"},
    {"_id": "q3", "text": "nobody judged this"},
]


def lines(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def beir(folder: Path, qrels: str = "q1\td2\t1\nq2\td3\t1\nq2\td1\t0\n", extra: list[Any] | None = None) -> Path:
    lines(folder / "corpus.jsonl", CORPUS + (extra or []))
    lines(folder / "queries.jsonl", QUERIES)
    lines(folder / "qrels/test.tsv", [f"query-id\tcorpus-id\tscore\n{qrels}"])
    return folder


def evaluated(dataset: Dataset, folder: Path, *systems: str) -> Run:
    provider = Provider(Mirrors(folder / "clones", folder / "cache"), folder / "trees")
    return execute(plan_run(dataset, provider, systems, folder / "run.jsonl"))


def text_of(dataset: Dataset, number: int) -> str:
    row = dataset.instances[number]
    show = ["git", "-C", row.repository, "show", f"{row.base_commit}:{row.gold_files[0]}"]
    return subprocess.run(show, check=True, capture_output=True, text=True).stdout


def test_a_folder_of_beir_becomes_questions_to_a_corpus(tmp_path: Path) -> None:
    dataset = load_dataset(beir(tmp_path / "odex_en"), tmp_path / "cache")
    assert (dataset.name, dataset.complaints) == ("odex_en", ())
    assert [row.id for row in dataset.instances] == ["q1", "q2"]
    assert {row.task for row in dataset.instances} == {"documents"}
    assert dataset.instances[0].gold_files[0].endswith(".py")
    assert dataset.instances[1].gold_files[0].endswith(".txt")
    assert text_of(dataset, 1).startswith("DataFrame.merge\n\nJoin columns")


def test_the_same_documents_are_the_same_commit_everywhere(tmp_path: Path) -> None:
    one = load_dataset(beir(tmp_path / "a"), tmp_path / "cache")
    two = load_dataset(beir(tmp_path / "b"), tmp_path / "other")
    assert one.instances[0].base_commit == two.instances[0].base_commit
    assert one.fingerprint == two.fingerprint


def test_each_folder_in_a_folder_is_a_corpus_of_its_own(tmp_path: Path) -> None:
    beir(tmp_path / "repoeval/a")
    beir(tmp_path / "repoeval/b", extra=[{"_id": "d4", "text": "more"}])
    dataset = load_dataset(tmp_path / "repoeval", tmp_path / "cache")
    assert [row.id for row in dataset.instances] == ["a/q1", "a/q2", "b/q1", "b/q2"]
    assert len({row.repository for row in dataset.instances}) == 2


def test_malformed_documents_and_judgements_cost_only_themselves(tmp_path: Path) -> None:
    folder = beir(tmp_path / "d", qrels="q1\td2\t1\nq2\tlost\t1\n", extra=["{no json", {"_id": "d9"}])
    dataset = load_dataset(folder, tmp_path / "cache")
    assert [row.id for row in dataset.instances] == ["q1"]
    reasons = " | ".join(complaint.reason for complaint in dataset.complaints)
    assert "corpus.jsonl: not JSON" in reasons
    assert "'text' is missing" in reasons
    assert "'lost'" in reasons


def test_systems_rank_documents_and_are_scored_by_ndcg(tmp_path: Path) -> None:
    dataset = load_dataset(beir(tmp_path / "d"), tmp_path / "cache")
    run = evaluated(dataset, tmp_path, "ripgrep-words", "locant")
    for system in run.systems:
        outcomes = run.of(system)
        assert {outcome.status for outcome in outcomes.values()} == {"scored"}, system
        assert [score(outcome, Measure("nDCG", 10), "file") for outcome in outcomes.values()] == [1.0, 1.0], system
        assert outcomes["q1"].candidates == 3


def test_humaneval_and_mbpp_are_read_from_the_rows_of_their_sources(tmp_path: Path) -> None:
    prompt = 'def add(a, b):\n    """Add two numbers."""\n'
    human = {
        "task_id": "HumanEval/0",
        "prompt": prompt,
        "canonical_solution": "    return a + b\n",
        "entry_point": "add",
    }
    dataset = load_dataset(lines(tmp_path / "h.jsonl", [human, human | {"task_id": "HumanEval/1"}]), tmp_path / "cache")
    assert [(row.id, row.text) for row in dataset.instances] == [("HumanEval/0", prompt), ("HumanEval/1", prompt)]
    assert text_of(dataset, 0) == f"# add\n{prompt}    return a + b\n\n"

    rows = [
        {"task_id": task, "text": f"Do {task}.", "code": f"def do{task}():\n    pass"} for task in (10, 11, 510, 601)
    ]
    dataset = load_dataset(lines(tmp_path / "m.json", [json.dumps(rows)]), tmp_path / "cache")
    assert [row.id for row in dataset.instances] == ["11", "510"]
    assert text_of(dataset, 0) == "# do11\n# Do 11.\ndef do11():\n    pass\n"


def test_canonical_files_carry_their_documents(tmp_path: Path) -> None:
    docs = [{"title": "a.b", "text": "first"}, {"title": "a.c", "text": "second"}]
    rows = [
        {"task_id": 7, "intent": "do b", "docs": docs},
        {"intent": "do c", "docs": docs[1:]},
        {"intent": "x", "docs": 3},
    ]
    dataset = load_dataset(lines(tmp_path / "odex_docs.json", rows), tmp_path / "cache")
    assert [(row.text, len(row.gold_files)) for row in dataset.instances] == [("do b", 2), ("do c", 1)]
    assert dataset.instances[1].gold_files[0] in dataset.instances[0].gold_files
    assert [complaint.line for complaint in dataset.complaints] == [3]


def test_a_folder_of_nothing_known_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"corpus\.jsonl.*repos\.json"):
        load_dataset(tmp_path)


@pytest.fixture
def annotated(tmp_path: Path, new_repository: Any) -> Path:
    repository = new_repository("o/shop")
    code = "def load_user(name):\n    return name\n\n\ndef total_price(cart):\n    return sum(cart)\n"
    commit = repository.commit(
        "one", {"src/cart.py": code, "src/test_cart.py": "def test_it():\n    pass\n", "x.py": code}
    )
    spec = {"name": "shop", "language": "python", "url": "https://github.com/o/shop", "revision": commit}
    folder = tmp_path / "semble"
    lines(folder / "repos.json", [json.dumps([spec | {"benchmark_root": "src"}])])
    tasks = [
        {
            "query": "how is the price of a cart computed",
            "relevant": [{"path": "src/cart.py", "start_line": 5, "end_line": 6}],
            "secondary": ["test_cart.py"],
            "category": "architecture",
        },
        {"query": "no answer", "relevant": []},
        {"query": "elsewhere", "relevant": ["a.py"], "repo": "unknown"},
        {"query": "bad lines", "relevant": [{"path": "cart.py", "start_line": "x", "end_line": 6}]},
        {"relevant": ["cart.py"]},
    ]
    lines(folder / "annotations/shop.json", [json.dumps(tasks)])
    return folder


def test_annotations_of_semble_are_questions_with_files_and_spans(annotated: Path) -> None:
    dataset = load_dataset(annotated)
    (row,) = dataset.instances
    assert (row.task, row.within, row.meta["category"]) == ("search", "src", "architecture")
    assert row.gold_files == ("src/cart.py", "src/test_cart.py")
    assert row.gold_spans == (Location("src/cart.py", 5, 6),)
    reasons = [complaint.reason for complaint in dataset.complaints]
    assert [complaint.line for complaint in dataset.complaints] == [2, 3, 4, 5]
    for reason, words in zip(
        reasons, ("'relevant' is empty", "'unknown'", "numbers", "'query' is missing"), strict=True
    ):
        assert words in reason


def test_a_question_is_answered_by_search_inside_the_part_that_is_asked_about(annotated: Path, tmp_path: Path) -> None:
    outcome = next(iter(evaluated(load_dataset(annotated), tmp_path, "locant").outcomes))
    assert (outcome.status, outcome.candidates, outcome.task) == ("scored", 2, "search")
    assert outcome.files[0] == "src/cart.py"
    assert outcome.functions[0] == "src/cart.py:total_price"
    assert "x.py" not in outcome.files
    assert score(outcome, Measure("nDCG", 10), "line") == 1.0
