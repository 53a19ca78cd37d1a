"""Encoders, the vectors that are kept for them, and what they bring to a search."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import locant
from locant.errors import EncoderError, QueryError
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.repository import repository_identity
from locant.numeric import Singles
from locant.retriever.dense.choose import make_encoder
from locant.retriever.dense.fake import FakeEncoder
from locant.retriever.dense.index import DenseIndex, passages
from locant.retriever.dense.nearest import Nearest
from locant.retriever.dense.static import StaticEncoder, StaticTable, write_table
from locant.retriever.dense.vectors import VectorStore, document_key, quantise
from locant.retriever.reading.text import TextReader

FILES = {
    "src/retry.py": "class RetryPolicy:\n    def delay(self, attempt):\n        return min(30, 2 ** attempt)\n",
    "src/queue.py": "def push(job):\n    jobs.append(job)\n\n\ndef pop():\n    return jobs.pop()\n",
    "src/config.py": 'KEY = "AKIAIOSFODNN7EXAMPLQ"\n\n\ndef load(path):\n    return path.read_text()\n',
}

Made = tuple[Snapshot, TextReader, Path]


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[], Made]:
    """The tree as it is on disk now: its snapshot, a reader of its text, the folder of its index."""
    root = tmp_path / "tree"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    def look() -> Made:
        with locant.open(root, cache_dir=tmp_path / "cache", workers=1, encoder="none") as index:
            index.update()
        store = TreeStore(index.root, tmp_path / "cache", repository_identity)
        opened = store.open()
        assert opened is not None
        snapshot = Snapshot(opened)
        return snapshot, TextReader(index.root, snapshot), store.family

    return look


def test_a_question_is_nearest_to_the_chunk_that_shares_its_words(tree: Callable[[], Made]) -> None:
    snapshot, reader, family = tree()
    scores = DenseIndex(FakeEncoder(), family).scores(snapshot, reader, "push job jobs append")
    best = int(scores.argmax())
    assert snapshot.paths[int(snapshot.chunk_file[best])] == "src/queue.py"


def test_vectors_are_made_once_for_a_content(tree: Callable[[], Made]) -> None:
    snapshot, reader, family = tree()
    first = FakeEncoder()
    expected = DenseIndex(first, family).scores(snapshot, reader, "retry delay")
    assert first.asked["passage"] == snapshot.chunk_count
    second = FakeEncoder()
    np.testing.assert_array_equal(DenseIndex(second, family).scores(snapshot, reader, "retry delay"), expected)
    assert second.asked["passage"] == 0


def test_an_edit_costs_the_vectors_of_the_edited_file_alone(tree: Callable[[], Made], tmp_path: Path) -> None:
    snapshot, reader, family = tree()
    DenseIndex(FakeEncoder(), family).prepare(snapshot, reader)
    (tmp_path / "tree/src/queue.py").write_text("def push(job):\n    waiting.append(job)\n")
    snapshot, reader, family = tree()
    encoder = FakeEncoder()
    DenseIndex(encoder, family).prepare(snapshot, reader)
    changed = int(snapshot.file_doc[snapshot.file_number["src/queue.py"]])
    assert encoder.asked["passage"] == len(snapshot.chunks_of_doc(changed))


def test_an_encoder_never_reads_a_secret(tree: Callable[[], Made]) -> None:
    snapshot, reader, _ = tree()
    documents = set(snapshot.file_doc.tolist())
    read = "\n".join(text for doc in documents for text in passages(snapshot, reader, doc) or [])
    assert "def load" in read
    assert "AKIAIOSFODNN7" not in read


def test_what_a_killed_run_had_made_is_not_made_again(tree: Callable[[], Made]) -> None:
    snapshot, reader, family = tree()

    class Killed(FakeEncoder):
        def encode(self, texts: object, kind: object) -> Singles:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DenseIndex(Killed(), family).prepare(snapshot, reader)
    store = VectorStore(family / "vectors" / FakeEncoder.fingerprint, FakeEncoder.dimension)
    segment = snapshot.segments[0]
    doc = int(snapshot.file_doc[snapshot.file_number["src/retry.py"]])
    chunks = len(snapshot.chunks_of_doc(doc))
    key = document_key(segment.keys()[doc], segment.strings[int(segment.arrays["doc_variant"][doc])])
    store.add([(key, quantise(np.ones((chunks, FakeEncoder.dimension), dtype=np.float32)))])
    encoder = FakeEncoder()
    DenseIndex(encoder, family).prepare(snapshot, reader)
    assert encoder.asked["passage"] == snapshot.chunk_count - chunks


def test_a_damaged_pack_is_made_again(tree: Callable[[], Made]) -> None:
    snapshot, reader, family = tree()
    expected = DenseIndex(FakeEncoder(), family).scores(snapshot, reader, "retry delay")
    (pack,) = (family / "vectors").rglob("*.vec")
    content = bytearray(pack.read_bytes())
    content[-9] ^= 0xFF
    pack.write_bytes(bytes(content))
    encoder = FakeEncoder()
    np.testing.assert_array_equal(DenseIndex(encoder, family).scores(snapshot, reader, "retry delay"), expected)
    assert encoder.asked["passage"] == snapshot.chunk_count


def test_a_cache_that_cannot_be_written_costs_no_answer(tree: Callable[[], Made]) -> None:
    snapshot, reader, family = tree()
    (family / "vectors").write_text("a file where a folder should be")
    scores = DenseIndex(FakeEncoder(), family).scores(snapshot, reader, "push job")
    assert scores.max() > 0


def test_two_processes_that_make_vectors_at_once_both_get_them(tree: Callable[[], Made], tmp_path: Path) -> None:
    tree()
    script = textwrap.dedent("""
        import sys, locant
        with locant.open(sys.argv[1], cache_dir=sys.argv[2], workers=1, encoder="fake") as index:
            index.update()
            print(index.search("push job").hits[0].location.path)
    """)
    command = [sys.executable, "-c", script, str(tmp_path / "tree"), str(tmp_path / "cache")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0].strip() for process in running] == ["src/queue.py"] * 2


def test_many_packs_become_one_and_none_is_lost(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "packs", 4)
    documents = {document_key(bytes([i]) * 20, ""): i for i in range(1, 12)}
    for key, chunks in documents.items():
        store.add([(key, quantise(np.full((chunks, 4), chunks, dtype=np.float32)))])
    store.tidy(documents)
    assert len(list((tmp_path / "packs").glob("*.vec"))) == 1
    again = VectorStore(tmp_path / "packs", 4)
    again.refresh()
    assert again.missing(documents) == []
    found = again.gather(list(documents), np.array(list(documents.values())))
    wanted = np.repeat(np.arange(1, 12), np.arange(1, 12))
    np.testing.assert_allclose(found.numbers[:, 0] * found.scale, wanted, rtol=1e-6)


def test_above_its_bound_a_store_forgets_what_the_tree_does_not_use(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "packs", 1_000)
    old, new = document_key(b"o" * 20, ""), document_key(b"n" * 20, "")
    store.add([(old, quantise(np.ones((70_000, 1_000), dtype=np.float32)))])
    store.add([(new, quantise(np.ones((10, 1_000), dtype=np.float32)))])
    store.tidy({new: 10})
    assert store.missing({old: 70_000, new: 10}) == [old]
    assert sum(path.stat().st_size for path in (tmp_path / "packs").iterdir()) < 1_000_000


def test_eight_bits_cost_less_than_a_hundredth_of_a_cosine() -> None:
    rows = np.random.default_rng(0).standard_normal((500, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    query = rows[7]
    exact = np.maximum(rows @ query, 0)
    np.testing.assert_allclose(Nearest(quantise(rows)).scores(query), exact, atol=0.01)


def test_faiss_names_the_rows_that_comparing_all_of_them_names() -> None:
    pytest.importorskip("faiss")
    rows = np.random.default_rng(0).standard_normal((5_000, 32)).astype(np.float32)
    vectors = quantise(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    query = rows[3] / np.linalg.norm(rows[3])
    flat = Nearest(vectors, faiss_from=10**9).scores(query)
    fast = Nearest(vectors, faiss_from=1, faiss_asked=0).scores(query)
    best = np.argsort(-flat)[:100]
    np.testing.assert_allclose(fast[best], flat[best], rtol=1e-5)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table in which `job` and `task` mean the same and `delay` something else."""
    words = ("delay", "job", "task")
    vectors = np.array([[0, 1], [1, 0], [0.99, 0.1]], dtype=np.float32)
    ones = np.ones(3, dtype=np.float32)
    write_table(tmp_path / "table.arr", StaticTable(words, vectors, ones, ones, 1.0), {})
    return tmp_path / "table.arr"


def test_a_static_table_finds_code_that_shares_no_word_with_the_question(tree: Callable[[], Made], table: Path) -> None:
    snapshot, reader, family = tree()
    scores = DenseIndex(StaticEncoder(table), family).scores(snapshot, reader, "task")
    assert snapshot.paths[int(snapshot.chunk_file[int(scores.argmax())])] == "src/queue.py"


def test_vectors_out_of_postings_are_those_of_the_text(tree: Callable[[], Made], table: Path) -> None:
    snapshot, reader, _ = tree()
    encoder = StaticEncoder(table)
    chunk = next(
        chunk for chunk in range(snapshot.chunk_count) if "pop" in (passages_of(snapshot, reader, chunk) or "")
    )
    of_postings = np.concatenate([block for s in snapshot.segments for block in encoder.of_segment(s)])[chunk]
    of_text = encoder.encode(["jobs job jobs job"], "passage")[0]
    assert of_postings.shape == of_text.shape
    assert np.linalg.norm(of_postings) == pytest.approx(1.0, abs=1e-5) or not of_postings.any()


def passages_of(snapshot: Snapshot, reader: TextReader, chunk: int) -> str:
    doc = int(snapshot.chunk_doc[chunk])
    texts = passages(snapshot, reader, doc) or []
    return texts[chunk - snapshot.chunks_of_doc(doc).start]


def test_the_memory_of_making_vectors_does_not_grow_with_the_postings_of_a_segment(
    tree: Callable[[], Made], table: Path
) -> None:
    snapshot, _, _ = tree()
    blocks = [len(block) for segment in snapshot.segments for block in StaticEncoder(table).of_segment(segment)]
    assert sum(blocks) == snapshot.chunk_count


@pytest.mark.parametrize("spec", ["", "word2vec", "st:", "litellm:", "none:x", "fake:x"])
def test_an_unknown_encoder_is_refused_with_the_known_ones(spec: str) -> None:
    with pytest.raises(QueryError, match="use none, static"):
        make_encoder(spec)


def test_a_table_that_is_not_there_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"no table of vectors at .*absent\.arr"):
        make_encoder(f"static:{tmp_path / 'absent.arr'}")


def test_a_model_whose_library_is_missing_says_what_to_install(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        sys.modules["sentence_transformers"] = sys.modules["litellm"] = None
        from locant.errors import EncoderError
        from locant.retriever.dense.choose import make_encoder
        for spec in ("st:some-model", "litellm:openai/some-model"):
            try:
                make_encoder(spec).encode(["text"], "query")
            except EncoderError as error:
                print(error)
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'locant[models]'" in run.stdout
    assert "pip install 'locant[llm]'" in run.stdout


def test_a_folder_without_a_model_is_an_error_that_names_it(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    encoder = make_encoder(f"st:{tmp_path}")
    assert encoder is not None
    with pytest.raises(EncoderError, match="cannot load the model"):
        encoder.encode(["text"], "query")


def test_search_finds_by_meaning_and_says_so(tmp_path: Path) -> None:
    """Both files have the word of the question; one does what it asks for."""
    for path, text in FILES.items():
        (tmp_path / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / path).write_text(text)
    (tmp_path / "tree/empty.py").write_text("")
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache", workers=1, encoder="static") as index:
        (hit, *_) = index.search("append a job to the waiting jobs").hits
        words_alone = locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache", workers=1, encoder="none")
        (other, *_) = words_alone.search("append a job to the waiting jobs").hits
    assert hit.location.path == "src/queue.py"
    assert "meaning" in {evidence.signal for evidence in hit.evidence}
    assert "meaning" not in {evidence.signal for evidence in other.evidence}
    assert hit.score > other.score
