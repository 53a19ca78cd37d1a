"""Words of the files of a tree, as `grep -w` would match them, counted once per blob."""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from locant.eval.sources import read_text
from locant.eval.systems.protocol import Question

__all__ = ["word_counts"]

_WORD = re.compile(r"\w+")


def word_counts(question: Question) -> dict[str, Counter[str]]:
    """Path -> how often each whole word occurs in the file, case kept."""
    return {
        path: question.cache.get("words", blob, partial(_count, question.tree, path))
        for path, blob in question.files.items()
    }


def _count(tree: Path, path: str) -> Counter[str]:
    """Strings are shared between files: the same names occur everywhere, and each would be a copy."""
    return Counter(map(sys.intern, _WORD.findall(read_text(tree, path))))
