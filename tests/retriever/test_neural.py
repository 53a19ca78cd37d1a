"""The small encoder that ranks functions once more: what it reads, what it computes, what it keeps, what it changes."""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import locant
from locant.errors import ModelError, QueryError
from locant.retriever.neural.cache import VectorCache, key_of
from locant.retriever.neural.encoder import Encoder
from locant.retriever.neural.records import FunctionText
from locant.retriever.neural.reranker import BiEncoder, SharedWords, blended, encoder_file
from locant.retriever.neural.texts import function_words, query_words
from locant.retriever.neural.weights import HEADS, layer_name, read_weights, write_weights
from locant.retriever.neural.wordpiece import WordPiece
from locant.retriever.query.analyse import analyse

MakeIndex = Callable[..., locant.Index]
WIDTH, LAYERS = 2 * HEADS, 2
PIECES = ["[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]
ISSUE = "Total of the cart is wrong\n\nWith a coupon, `discounted_total` gives the price without tax."


def random_weights() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(7)

    def some(*shape: int) -> np.ndarray:
        return chance.normal(0, 0.3, shape).astype(np.float32)

    weights = {"words": some(len(PIECES), WIDTH), "places": some(64, WIDTH)}
    weights |= {"norm.weight": 1 + some(WIDTH), "norm.bias": some(WIDTH)}
    sizes = {"mix": (WIDTH, 3 * WIDTH), "out": (WIDTH, WIDTH), "up": (WIDTH, 4 * WIDTH), "down": (4 * WIDTH, WIDTH)}
    for layer in range(LAYERS):
        for part, (inputs, outputs) in sizes.items():
            weights |= {f"{layer_name(layer, part)}.weight": some(inputs, outputs)}
            weights |= {f"{layer_name(layer, part)}.bias": some(outputs)}
        for part in ("norm_mix", "norm_down"):
            weights |= {f"{layer_name(layer, part)}.weight": 1 + some(WIDTH)}
            weights |= {f"{layer_name(layer, part)}.bias": some(WIDTH)}
    return weights


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.npz"
    write_weights(path, PIECES, random_weights())
    return path


def by_the_book(weights: dict[str, np.ndarray], text: list[int]) -> np.ndarray:
    """The same model written as in the papers: one text, one head at a time, in 64 bits."""
    w = {name: array.astype(np.float64) for name, array in weights.items()}

    def norm(name: str, x: np.ndarray) -> np.ndarray:
        found: np.ndarray = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
        return found * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(layer: int, part: str, x: np.ndarray) -> np.ndarray:
        return x @ w[f"layer{layer}.{part}.weight"] + w[f"layer{layer}.{part}.bias"]

    x = norm("norm", w["words"][text] + w["places"][: len(text)])
    for layer in range(LAYERS):
        q, k, v = np.split(linear(layer, "mix", x), 3, axis=1)
        heads = []
        for head in range(HEADS):
            of = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
            scores = np.exp(q[:, of] @ k[:, of].T / math.sqrt(WIDTH // HEADS))
            heads.append(scores / scores.sum(1, keepdims=True) @ v[:, of])
        x = norm(f"layer{layer}.norm_mix", x + linear(layer, "out", np.concatenate(heads, axis=1)))
        inner = linear(layer, "up", x)
        inner = 0.5 * inner * (1 + np.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner**3)))
        x = norm(f"layer{layer}.norm_down", x + linear(layer, "down", inner))
    mean: np.ndarray = x.mean(0)
    mean /= np.linalg.norm(mean)
    return mean


def as_stored(path: Path) -> dict[str, np.ndarray]:
    """What an 8-bit file stands for."""
    stored = read_weights(path)
    return {"words": stored.words * stored.words_scale, **stored.arrays}


def test_vectors_are_those_of_the_model_as_the_papers_write_it(model: Path) -> None:
    texts = [[1, 5, 9, 33, 2], [1, 2], [1, *range(3, 40), 2]]
    expected = [by_the_book(as_stored(model), text) for text in texts]
    np.testing.assert_allclose(Encoder(read_weights(model)).encode(texts), expected, atol=1e-5)


def test_a_vector_does_not_depend_on_what_is_encoded_beside_it(model: Path) -> None:
    encoder = Encoder(read_weights(model))
    chance = np.random.default_rng(1)
    texts = [[1, *chance.integers(3, 50, size=chance.integers(1, 60)).tolist(), 2] for _ in range(70)]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_eight_bits_move_no_vector_by_much(model: Path) -> None:
    text = [1, 7, 8, 9, 30, 31, 2]
    assert Encoder(read_weights(model)).encode([text])[0] @ by_the_book(random_weights(), text) > 0.999


def test_torch_computes_the_same_in_training(model: Path) -> None:
    torch = pytest.importorskip("torch")
    from locant.eval.training.encoder_torch import embed

    texts = [[1, 5, 9, 33, 2], [1, 2], [1, *range(3, 40), 2]]
    weights = {name: torch.tensor(np.asarray(array)) for name, array in as_stored(model).items()}
    np.testing.assert_allclose(
        embed(torch, weights, LAYERS, texts).numpy(), Encoder(read_weights(model)).encode(texts), atol=1e-5
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"text"])
def test_a_damaged_model_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.npz holds no encoder"):
        read_weights(path)


def test_words_are_cut_into_the_longest_pieces_and_no_text_grows_beyond_its_limit() -> None:
    pieces = WordPiece(["[UNK]", "[CLS]", "[SEP]", "read", "##er", "##s", "re"])
    assert pieces.numbers(["readers"], 10) == [1, 3, 4, 5, 2]
    assert pieces.numbers(["readerx", "re"], 10) == [1, 0, 6, 2]
    assert pieces.numbers(["readers"] * 9, 6) == [1, 3, 4, 5, 3, 2]


def test_a_function_is_read_as_its_path_its_name_and_every_further_word_once() -> None:
    function = FunctionText(
        "shop/lib/priceList.py",
        "Cart.get_total",
        "",
        "Sum of the prices.",
        "def get_total(self):\n    total = sumOf(self.prices)\n    return total  # HTTPServer",
    )
    assert " ".join(function_words(function)) == (
        "shop lib price list cart get total sum of the prices def self return http server"
    )


def test_a_query_is_read_as_its_title_and_what_its_body_adds() -> None:
    words = query_words(analyse(ISSUE))
    assert words[:6] == ["total", "of", "the", "cart", "is", "wrong"]
    assert {"coupon", "discounted", "tax"} <= set(words[6:])
    assert len(words[6:]) == len(set(words[6:]))


def test_a_text_of_code_alone_is_read_all_the_same() -> None:
    assert "discounted" in query_words(analyse("```\nself.discounted_total(1)\n```"))


def test_vectors_are_kept_on_disk_and_the_oldest_go_first(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "deep" / "vectors.sqlite", WIDTH, limit=10)
    keys = [key_of([number]) for number in range(15)]
    for place, key in enumerate(keys):
        cache.write({key: np.full(WIDTH, place / 8, dtype=np.float32)})
    found = VectorCache(tmp_path / "deep" / "vectors.sqlite", WIDTH, limit=10).read(keys)
    assert set(found) == set(keys[5:])
    assert found[keys[14]].tolist() == [14 / 8] * WIDTH


def test_a_cache_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    cache = VectorCache(path, WIDTH)
    key = key_of([1])
    assert cache.read([key]) == {}
    cache.write({key: np.zeros(WIDTH, dtype=np.float32)})
    assert set(cache.read([key])) == {key}


def test_a_cache_that_another_process_holds_costs_the_keeping_alone(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    function = FunctionText("a.py", "f", "", "", "def f(): pass")
    free = BiEncoder(read_weights(model)).score(analyse(ISSUE), [function])
    VectorCache(path, WIDTH).write({key_of([1]): np.zeros(WIDTH, dtype=np.float32)})
    with sqlite3.connect(path) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        held = BiEncoder(read_weights(model), VectorCache(path, WIDTH)).score(analyse(ISSUE), [function])
    assert held.tolist() == free.tolist()


def test_what_was_scored_once_is_scored_the_same_from_the_cache(tmp_path: Path, model: Path) -> None:
    functions = [FunctionText("a.py", name, "", "", f"def {name}(): pass") for name in ("alpha", "beta", "gamma")]
    plain = BiEncoder(read_weights(model)).score(analyse(ISSUE), functions)
    path = tmp_path / "vectors.sqlite"
    for _ in range(2):
        cached = BiEncoder(read_weights(model), VectorCache(path, WIDTH)).score(analyse(ISSUE), functions)
        np.testing.assert_allclose(cached, plain, atol=2e-3)  # kept in 16 bits
    assert sqlite3.connect(path).execute("SELECT count(*) FROM vectors").fetchone() == (3,)


def test_blending_hands_out_the_same_scores_in_another_order() -> None:
    ranked = np.array([9.0, 8.0, 3.0, 1.0])
    assert blended(ranked, np.array([0.1, 0.9, 0.5, 0.2]), 1.0).tolist() == [1.0, 9.0, 8.0, 3.0]
    assert blended(ranked, np.array([0.1, 0.9, 0.5, 0.2]), 0.0).tolist() == ranked.tolist()
    assert blended(ranked, np.zeros(4), 0.5).tolist() == ranked.tolist()


def test_the_last_stage_orders_functions_anew_with_reasons_that_add_up(
    shop: locant.Index, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCANT_RERANKER", str(model))
    before = shop.localize(ISSUE)
    after = shop.localize(ISSUE, rerank="neural")
    names = [f"{hit.path}:{hit.qualified_name}" for hit in after.functions]
    assert sorted(names) == sorted(f"{hit.path}:{hit.qualified_name}" for hit in before.functions)
    assert names != [f"{hit.path}:{hit.qualified_name}" for hit in before.functions]
    scores = [hit.score for hit in after.functions]
    assert scores == sorted(scores, reverse=True)
    assert scores == [hit.score for hit in before.functions]
    explained = [(hit.score, hit.evidence) for hit in after.functions] + [
        (hit.score, hit.evidence) for hit in after.files
    ]
    for score, evidence in explained:
        assert score == pytest.approx(sum(item.weight for item in evidence), abs=1e-3)


def test_a_file_whose_best_function_reads_like_the_text_comes_before_one_that_has_its_words(
    make_index: MakeIndex,
) -> None:
    index = make_index(
        {
            "names.py": "def wrong_letters(text):\n    return text\n\n\ndef sort_wrong(wrong):\n    return wrong\n",
            "mailer.py": "def deliver_wrong(message, smtp):\n    smtp.sendmail(message.sender, message.to)\n\n\n"
            "def connect(host, wrong):\n    return smtplib.SMTP(host, timeout=wrong)\n",
            "shapes.py": "def area(width, height):\n    return width * height\n",
            "colors.py": "def mix(red, blue):\n    return red + blue\n",
        }
    )
    issue = "Sending e-mail through the wrong server"
    before, after = index.localize(issue), index.localize(issue, rerank="neural")
    assert [hit.path for hit in before.files][:2] == ["names.py", "mailer.py"]
    assert [hit.path for hit in after.files][:2] == ["mailer.py", "names.py"]
    assert "its best function reads like the text" in [item.detail for item in after.files[0].evidence]
    assert [hit.score for hit in after.files] == [hit.score for hit in before.files]


def test_few_hits_are_the_first_of_many(shop: locant.Index, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCANT_RERANKER", str(model))
    many = shop.localize(ISSUE, rerank="neural")
    few = shop.localize(ISSUE, rerank="neural", files=1, functions=2)
    assert few.files == many.files[:1]
    assert few.functions == many.functions[:2]
    assert {span.path for span in few.spans} <= {hit.path for hit in many.functions[:2]}


def test_without_an_encoder_the_last_stage_says_what_to_do(shop: locant.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCANT_RERANKER", "nowhere.npz")
    with pytest.raises(ModelError, match=r"nowhere\.npz holds no encoder .*give the model\.npz"):
        shop.localize(ISSUE, rerank="neural")
    with pytest.raises(QueryError, match="no last stage 'other'; use none or neural"):
        shop.localize(ISSUE, rerank="other")  # type: ignore[arg-type]


def test_a_stand_in_fits_the_same_seam() -> None:
    functions = [FunctionText("a.py", "other", "", "", "x"), FunctionText("cart.py", "total", "", "", "coupon")]
    assert SharedWords().score(analyse(ISSUE), functions).argmax() == 1


def test_a_plain_answer_loads_neither_the_model_nor_its_cache() -> None:
    code = "import locant, sys; print([name for name in sys.modules if 'neural' in name or name == 'sqlite3'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_model_that_ships_tells_what_a_title_means_from_what_it_does_not(
    shop: locant.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCANT_RERANKER", raising=False)
    functions = [
        FunctionText("net/http.py", "open_socket", "", "", "def open_socket(host): return connect(host)"),
        FunctionText("shop/price.py", "sum_up", "", "", "def sum_up(items): return sum(item.price for item in items)"),
        FunctionText("text/font.py", "draw_glyph", "", "", "def draw_glyph(canvas): canvas.paint(self.outline)"),
    ]
    model = BiEncoder(read_weights(encoder_file()))
    assert model.score(analyse("Total amount is calculated wrong"), functions).argmax() == 1
    assert model.score(analyse("Letters are rendered blurry"), functions).argmax() == 2
    assert any(
        item.signal == "neural" for hit in shop.localize(ISSUE, rerank="neural").functions for item in hit.evidence
    )


def test_the_shipped_model_is_small_enough() -> None:
    assert encoder_file().stat().st_size < 25_000_000
