"""Peer of the cold index: rank-bm25 over chunks of 40 lines, with no syntax, no symbols and nothing written to disk."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rank_bm25 import BM25Okapi

CHUNK_LINES = 40
WORD = re.compile(r"\w+")


def main(tree: str) -> None:
    """Index every text file of a tree."""
    chunks: list[list[str]] = []
    for path in sorted(Path(tree).rglob("*")):
        if path.is_file() and ".git" not in path.parts:
            lines = path.read_text("utf-8", "replace").splitlines()
            starts = range(0, len(lines), CHUNK_LINES)
            chunks.extend(WORD.findall("\n".join(lines[i : i + CHUNK_LINES]).lower()) for i in starts)
    sys.stdout.write(f"{len(chunks)} chunks, {len(BM25Okapi(chunks).idf)} words\n")


if __name__ == "__main__":
    main(sys.argv[1])
