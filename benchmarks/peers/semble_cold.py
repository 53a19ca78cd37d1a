"""Peer of the cold index: semble 0.7.0, run by the Python in which it is installed.

    SEMBLE_PYTHON benchmarks/peers/semble_cold.py {tree} [--vocabulary tokenizer.json] [--model FOLDER]

semble embeds each chunk with a static model from a hub. Offline there are three ways, cheapest first:
without an option the embedding stage gives constant vectors at once, so that only walking, parsing, chunking and BM25
are timed; `--vocabulary` takes a tokenizer and random vectors of 256 numbers, which cost what a distilled model costs;
`--model` takes a model2vec folder.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

DIMENSIONS = 256
"""Of the models that semble is made for."""


class ConstantModel:
    """Vectors for nothing."""

    dim = DIMENSIONS

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        """One constant vector for each text."""
        return np.full((len(texts), DIMENSIONS), DIMENSIONS**-0.5, dtype=np.float32)


def load_model(vocabulary: Path | None, folder: Path | None) -> Any:  # noqa: ANN401 - semble is not installed here
    """The model that the options ask for."""
    if vocabulary is None and folder is None:
        return ConstantModel()
    from model2vec import StaticModel  # type: ignore[import-not-found,unused-ignore]

    if folder is not None:
        return StaticModel.from_pretrained(str(folder))
    from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]

    tokenizer = Tokenizer.from_file(str(vocabulary))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vectors = np.random.default_rng(1).standard_normal((tokenizer.get_vocab_size(), DIMENSIONS), dtype=np.float32)
    return StaticModel(vectors, tokenizer)


def main() -> None:
    """Index a tree as `semble` does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    from semble.index.create import create_index_from_path  # type: ignore[import-not-found,unused-ignore]

    model = load_model(options.vocabulary, options.model)
    began = time.perf_counter()
    root = options.tree.resolve()
    _, _, chunks, manifest = create_index_from_path(root, model, display_root=root)
    seconds = time.perf_counter() - began
    sys.stdout.write(f"{len(manifest)} files, {len(chunks)} chunks in {seconds:.2f} s\n")


if __name__ == "__main__":
    main()
