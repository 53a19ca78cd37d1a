"""Pairs for training encoders: what they hold, and that training on them can be stopped and gone on with."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from locant.eval.cli import app
from locant.eval.errors import DatasetError
from locant.eval.training.contrast import batch_of, draw, grouped
from locant.eval.training.pairs import Pair, mine_pairs, parse_pair, read_lines
from locant.eval.training.start import read_start
from locant.retriever.neural.wordpiece import WordPiece

CART = (
    "def total(items):\n"
    '    """Sum of the prices of everything in the cart."""\n'
    "    found = sum(items)\n"
    "    return found\n\n\n"
    "def count(items):\n"
    "    size = len(items)\n"
    "    return size\n"
)
FIXED = CART.replace("sum(items)", "sum(item.price for item in items)")
MESSAGE = "Prices of a cart with coupons add up wrong (#12)\n\nSigned-off-by: A <a@example.org>"
Repository = Any


@pytest.fixture
def shop(new_repository: Callable[[str], Repository]) -> Repository:
    repository = new_repository("ann+shop")
    repository.commit(
        "Start of the shop with its cart", {"cart.py": CART, "test_cart.py": "def test_it():\n    pass\n"}
    )
    repository.commit(MESSAGE, {"cart.py": FIXED})
    repository.commit("Bump version to 2.0 for the release now", {"cart.py": FIXED + "\n\nVERSION = 2\n"})
    return repository


def pairs_of(repository: Repository) -> list[Pair]:
    return mine_pairs(repository.root / ".git", "ann/shop", 10, 10, 0)


def test_a_commit_is_paired_with_its_functions_as_they_were_and_others_of_the_file(shop: Repository) -> None:
    [pair] = [pair for pair in pairs_of(shop) if pair.source == "commit"]
    assert pair.text == "Prices of a cart with coupons add up wrong"
    [right] = pair.positives
    assert (right.path, right.name) == ("cart.py", "total")
    assert "sum(items)" in right.body
    assert [wrong.name for wrong in pair.negatives] == ["count"]


def test_a_doc_comment_is_paired_with_its_function_without_any(shop: Repository) -> None:
    [pair] = [pair for pair in pairs_of(shop) if pair.source == "docstring"]
    assert pair.text == "Sum of the prices of everything in the cart."
    [right] = pair.positives
    assert right.name == "total"
    assert right.doc == ""
    assert "price for item" in right.body
    assert "everything" not in right.body


def test_mining_goes_on_where_it_was_and_leaves_out_what_is_measured_on(
    shop: Repository, new_repository: Callable[[str], Repository], tmp_path: Path
) -> None:
    for name in ("django+django", "bob+lib"):
        new_repository(name).commit("Start of a library of functions", {"a.py": CART})
    issues = tmp_path / "issues.jsonl"
    row = {"id": "1", "repository": "bob/lib", "base_commit": "0" * 40, "text": "It fails", "gold_files": ["a.py"]}
    issues.write_text(json.dumps(row) + "\n")
    out = tmp_path / "pairs"
    command = ["train", "pairs", str(tmp_path / "clones"), "--out", str(out), "--apart", str(issues), "--jobs", "1"]
    first = CliRunner().invoke(app, command)
    assert first.exit_code == 0, first.output
    assert "ann/shop: 2 pairs, 1 from commits" in first.output
    assert "django/django: left out" in first.output
    assert "bob/lib: left out" in first.output
    assert [path.name for path in out.iterdir()] == ["ann+shop.jsonl.gz"]
    assert "ann/shop: 2" not in CliRunner().invoke(app, command).output


def test_a_line_that_is_no_pair_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no pair .*Mine the repository again"):
        parse_pair('{"repository": "a/b"}')
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(DatasetError, match="holds no pairs"):
        read_lines(path)


def stored(count: int, repository: str) -> list[str]:
    function = ["a.py", "same", "", "", "def same(): pass"]
    return [
        json.dumps(
            {
                "repository": repository,
                "source": "commit",
                "language": "python",
                "text": f"What is said number {n}",
                "positives": [function if n < 2 else ["a.py", f"name{n}", "", "", f"def name{n}(): pass"]],
                "negatives": [function] if n >= 2 else [],
            }
        )
        for n in range(count)
    ]


PIECES = WordPiece(["[UNK]", "[CLS]", "[SEP]", "same", "what", "is", "said", "number"])


def test_what_is_right_for_a_text_is_never_counted_wrong_for_it() -> None:
    batch = batch_of(stored(2, "a/b") + stored(3, "c/d")[2:], PIECES, random.Random(1))
    assert {(0, 1), (1, 0)} <= set(batch.masked)
    assert all(row != column for row, column in batch.masked)
    assert not any(row == 2 for row, _ in batch.masked), "another repository's function of that name is another one"


def test_groups_are_of_one_repository_and_the_same_for_the_same_seed() -> None:
    repositories = [stored(40, "a/b"), stored(20, "c/d")]
    groups = grouped(repositories, 3, 0)
    assert all(len({json.loads(line)["repository"] for line in group}) == 1 for group in groups)
    assert groups == grouped(repositories, 3, 0)
    assert groups != grouped(repositories, 3, 1)


def test_an_example_is_drawn_from_what_a_pair_holds() -> None:
    example = draw(stored(3, "a/b")[2], PIECES, random.Random(0), negative_share=1.0)
    assert example.text == (1, 4, 5, 6, 7, 0, 2)
    assert example.negative_name == "a/b:a.py:same"


def write_start(folder: Path) -> Path:
    """Weights of the smallest model of the family, as they are published."""
    names: dict[str, tuple[int, ...]] = {
        "word_embeddings": (9, 24),
        "position_embeddings": (64, 24),
        "token_type_embeddings": (2, 24),
    }
    shapes = {f"embeddings.{name}.weight": shape for name, shape in names.items()}
    for kind in ("weight", "bias"):
        shapes[f"embeddings.LayerNorm.{kind}"] = (24,)
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes[f"encoder.layer.0.{part}.{kind}"] = (24, 24) if kind == "weight" else (24,)
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.layer.0.{part}.{kind}"] = (24,)
        shapes[f"encoder.layer.0.intermediate.dense.{kind}"] = (96, 24) if kind == "weight" else (96,)
        shapes[f"encoder.layer.0.output.dense.{kind}"] = (24, 96) if kind == "weight" else (24,)
    chance = np.random.default_rng(0)
    table, body = {}, b""
    for name, shape in shapes.items():
        raw = chance.normal(0, 0.3, shape).astype("<f4").tobytes()
        table[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    head = json.dumps(table).encode()
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "!", "cart", "##s", "é", "sum"]))
    return folder


def test_a_start_loses_the_pieces_that_no_text_can_have(tmp_path: Path) -> None:
    pieces, weights = read_start(write_start(tmp_path / "start"), (0,))
    assert pieces == ["[UNK]", "[CLS]", "[SEP]", "cart", "##s", "sum"]
    assert weights["words"].shape == (6, 24)
    assert weights["layer0.mix.weight"].shape == (24, 72)
    with pytest.raises(DatasetError, match="holds no encoder to start from"):
        read_start(tmp_path, (0,))
    with pytest.raises(DatasetError, match="holds no encoder to start from"):
        read_start(tmp_path / "start", (7,))


def test_training_that_was_stopped_comes_to_the_same_as_training_in_one_go(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from locant.eval.training.reranker import Settings, train_reranker

    start, pairs = write_start(tmp_path / "start"), tmp_path / "pairs"
    pairs.mkdir()
    for name in ("a+b", "c+d"):
        with gzip.open(pairs / f"{name}.jsonl.gz", "wt") as out:
            out.write("".join(f"{line}\n" for line in stored(80, name)))
    settings = Settings(layers=(0,), groups=1, validation=("c+d",), checkpoint_seconds=0, epochs=2)
    whole = train_reranker(pairs, start, tmp_path / "whole", settings, lambda _text: None)

    def stop(text: str) -> None:
        if text.startswith("step"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_reranker(pairs, start, tmp_path / "parts", settings, stop)
    parts = train_reranker(pairs, start, tmp_path / "parts", settings, lambda _text: None)
    first, second = np.load(whole), np.load(parts)
    assert all(np.array_equal(first[name], second[name]) for name in first.files)
    begun = read_start(start, (0,))[1]
    assert not np.array_equal(first["layer0.up.weight"], begun["layer0.up.weight"])
