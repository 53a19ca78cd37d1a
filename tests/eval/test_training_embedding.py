"""Training of the static embedding: what is read, that it learns, that it goes on where it was."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from locant.eval.errors import DatasetError
from locant.eval.training.bags import Bags, read_bags
from locant.eval.training.embedding import Settings
from locant.eval.training.embedding_run import run_embedding
from locant.eval.training.embedding_score import held_out_scores
from locant.retriever.dense.static import StaticTable

TOPICS = ("queue", "parse", "socket", "colour", "cache", "retry")
SYNONYMS = ("waiting", "grammar", "network", "palette", "memory", "again")
REPOSITORIES = ("one/first", "two/second", "three/third", "four/fourth")
SETTINGS = Settings(dimension=16, epochs=2, batch=64, group=32)


@pytest.fixture
def pairs(tmp_path: Path) -> list[Path]:
    """Four repositories whose questions have none of the words of their answers, but always the same other ones."""
    chance = np.random.default_rng(0)
    files = []
    for repository in REPOSITORIES:
        rows = []
        for number in range(48):
            topic = number % len(TOPICS)
            filler = " ".join(f"filler{i}" for i in chance.integers(0, 9, 4))
            body = f"def {TOPICS[topic]}_{number}(): {TOPICS[topic]} {TOPICS[topic]} {filler}"
            function = ["a.py", f"{TOPICS[topic]}_{number}", "", "", body]
            text = f"where is the {SYNONYMS[topic]} thing handled in {repository.split('/')[1]}"
            row = {"repository": repository, "source": "commit", "language": "python", "text": text}
            rows.append({**row, "positives": [function], "negatives": []})
        path = tmp_path / f"{repository.replace('/', '+')}.jsonl.gz"
        with gzip.open(path, "wt") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
        files.append(path)
    return files


def test_words_of_one_repository_alone_are_not_learned(pairs: list[Path]) -> None:
    words = set(read_bags(pairs, 0).words)
    assert {"queue", "waiting", "where"} <= words
    assert "first" not in words


def test_bags_are_the_same_in_every_process(pairs: list[Path]) -> None:
    script = (
        "import sys; from pathlib import Path; from locant.eval.training.bags import read_bags;"
        "print(read_bags([Path(p) for p in sys.argv[1:]], 0).words)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script, *map(str, pairs)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]


def test_a_file_that_holds_no_pairs_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl.gz"
    with gzip.open(path, "wt") as out:
        out.write('{"repository": "a/b"}\n')
    with pytest.raises(DatasetError, match=r"broken\.jsonl\.gz holds no pairs"):
        read_bags([path], 0)


def test_to_leave_out_everything_is_refused(pairs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nothing is left to train on"):
        run_embedding(pairs, tmp_path / "out", "", frozenset(REPOSITORIES), 0.0, SETTINGS, lambda _: None)


def _table_of_synonyms(bags: Bags) -> StaticTable:
    """Each topic and the word that asks for it have one direction, all other words none."""
    vectors = np.zeros((len(bags.words), len(TOPICS)), dtype=np.float32)
    for direction, names in enumerate(zip(TOPICS, SYNONYMS, strict=True)):
        for name in names:
            vectors[bags.words.index(name), direction] = 1.0
    ones = np.ones(len(bags.words), dtype=np.float32)
    return StaticTable(bags.words, vectors, ones, ones, 1.0)


def test_a_table_that_knows_synonyms_beats_words_where_answers_have_other_words(pairs: list[Path]) -> None:
    bags = read_bags(pairs, 0)
    (score,) = held_out_scores(bags, _table_of_synonyms(bags), bags.repository == "one/first", seed=0)
    assert (score.repository, score.questions, score.functions) == ("one/first", 48, 48)
    assert score.dense > score.bm25


class StoppedError(Exception):
    """Somebody stopped the training."""


def _stop(line: str) -> None:
    if line.startswith("round 1"):
        raise StoppedError


def test_training_that_was_stopped_ends_as_if_it_had_not_been(pairs: list[Path], tmp_path: Path) -> None:
    pytest.importorskip("torch")
    left_out = frozenset({"one/first"})
    with pytest.raises(StoppedError):
        run_embedding(pairs, tmp_path / "stopped", "", left_out, 0.0, SETTINGS, _stop)
    told: list[str] = []
    run_embedding(pairs, tmp_path / "stopped", "", left_out, 0.0, SETTINGS, told.append)
    run_embedding(pairs, tmp_path / "whole", "", left_out, 0.0, SETTINGS, lambda _: None)
    assert [line for line in told if line.startswith("round 1")] == []
    assert (tmp_path / "stopped/static.arr").read_bytes() == (tmp_path / "whole/static.arr").read_bytes()
