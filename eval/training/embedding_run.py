"""What `locant eval train embedding` does: read pairs, start, train, score, write. It goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from locant.eval.errors import DatasetError
from locant.eval.extras import library
from locant.eval.training.bags import Bags, read_bags
from locant.eval.training.embedding import Settings, train_embedding
from locant.eval.training.embedding_score import MIXES, Score, held_out_scores
from locant.numeric import Mask, Singles
from locant.retriever.dense.static import write_table

__all__ = ["TABLE", "run_embedding"]

TABLE = "static.arr"

WORDS_AT_ONCE = 256


def run_embedding(
    pairs: Sequence[Path],
    out: Path,
    start: str,
    left_out: frozenset[str],
    test_share: float,
    settings: Settings,
    told: Callable[[str], None],
) -> list[str]:
    """Train a table and write it to `out` with its metrics; lines of a summary.

    Args:
        pairs: files of pairs, one for each repository.
        out: folder of the table, its checkpoint and `metrics.json`.
        start: a sentence-transformers model, by name or folder, whose words are where training starts; empty for none.
        left_out: repositories, in lower case, that are never trained on and always scored.
        test_share: share of the other repositories that is scored instead of trained on.
        settings: of the training.
        told: told how far it is.

    """
    began = time.process_time()
    out.mkdir(parents=True, exist_ok=True)
    bags = read_bags(pairs, settings.seed)
    test = _tested(bags, left_out, test_share, settings.seed)
    told(f"{len(bags.repository)} rows, {len(bags.words)} words, {len(np.unique(bags.repository[~test]))} repositories")
    table = train_embedding(bags, _start(bags, start, settings, out), ~test, settings, out, told)
    path = out / TABLE
    path.unlink(missing_ok=True)
    write_table(path, table, {"trained": asdict(settings), "start": start})
    scores = held_out_scores(bags, table, test, settings.seed) if test.any() else []
    metrics = {
        "settings": asdict(settings),
        "start": start,
        "rows": len(bags.repository),
        "words": len(bags.words),
        "repositories": sorted(np.unique(bags.repository[~test]).tolist()),
        "cpu_seconds": round(time.process_time() - began),
        "bytes": path.stat().st_size,
        "scores": [asdict(score) for score in scores],
        "mean": {source: _means(scores, source) for source in sorted({score.source for score in scores})},
    }
    (out / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    return [f"{path} written, {path.stat().st_size / 1e6:.1f} MB", *_lines(metrics["mean"])]


def _tested(bags: Bags, left_out: frozenset[str], share: float, seed: int) -> Mask:
    """Rows of repositories that are scored."""
    repositories = np.unique(bags.repository)
    named = np.array([name.lower() in left_out for name in repositories])
    others = np.random.default_rng(seed).permutation(repositories[~named])
    chosen = {*repositories[named].tolist(), *others[: int(share * len(others))].tolist()}
    if len(chosen) == len(repositories):
        raise DatasetError(f"all {len(chosen)} repositories are left out: nothing is left to train on")
    return np.isin(bags.repository, sorted(chosen))


def _start(bags: Bags, model: str, settings: Settings, out: Path) -> Singles:
    """First vectors of the words: a model's own, on their main axes, or random ones. Kept, as a model is slow."""
    kept = out / "start.npz"
    if kept.is_file():
        with np.load(kept) as found:
            if found["words"].tolist() == list(bags.words) and str(found["model"]) == model:
                first: Singles = found["vectors"][:, : settings.dimension].astype(np.float32)
                return first
    if not model:
        shape = (len(bags.words), settings.dimension)
        return np.random.default_rng(settings.seed).standard_normal(shape).astype(np.float32)
    vectors = _words_of(model, bags.words)
    np.savez(kept, words=np.array(bags.words), model=model, vectors=vectors)
    return vectors[:, : settings.dimension]


def _words_of(model: str, words: Sequence[str]) -> Singles:
    loaded: Any = library("sentence_transformers", "--start").SentenceTransformer(model, device="cpu")
    spelled = [word.replace("_", " ") for word in words]
    found = loaded.encode(spelled, batch_size=WORDS_AT_ONCE, convert_to_numpy=True, show_progress_bar=False)
    centred = np.asarray(found, dtype=np.float32) - np.asarray(found, dtype=np.float32).mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    axes: Singles = (left * sizes).astype(np.float32)
    return axes


def _means(scores: Sequence[Score], source: str) -> dict[str, object]:
    """Means over repositories."""
    of_source = [score for score in scores if score.source == source]
    mixed = np.mean([score.mixed for score in of_source], axis=0)
    return {
        "repositories": len(of_source),
        "questions": sum(score.questions for score in of_source),
        "bm25": round(float(np.mean([score.bm25 for score in of_source])), 4),
        "dense": round(float(np.mean([score.dense for score in of_source])), 4),
        "mixed": {str(weight): round(float(value), 4) for weight, value in zip(MIXES, mixed, strict=True)},
    }


def _lines(means: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [
        f"{source}, MRR@10 over {mean['repositories']} repositories not trained on: BM25 {mean['bm25']}, "
        f"embedding {mean['dense']}, both {mean['mixed']}"
        for source, mean in means.items()
    ]
