"""Figures of a long measurement, kept part by part: a run that was stopped goes on with the part it was in."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from locant.eval.training.crossval import Plan
from locant.eval.training.examples import Examples
from locant.numeric import Ints

__all__ = ["KeptFigures", "key_of"]


def key_of(examples: Examples, plan: Plan, folds: Ints) -> str:
    """Of all that figures depend on: rows, features, gold, how trees grow, and which rows are judged together."""
    digest = blake2b(json.dumps(asdict(plan), sort_keys=True, default=sorted).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(folds).tobytes())
    digest.update("\n".join(examples.row_ids.tolist()).encode())
    for level in (examples.files, examples.functions):
        digest.update("\n".join(level.names).encode())
        for array in (level.values, level.gold, level.sizes, level.totals):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


class KeptFigures:
    """Parts with their figures in one JSON file, replaced whole after each; of other data or settings it holds none.

    Args:
        path: the file; made with the first part.
        key: of what the figures depend on.

    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._parts = self._read()

    def get(self, part: str) -> Any | None:  # noqa: ANN401 - whatever JSON holds
        """Figures of a part, None when they have to be made."""
        return self._parts.get(part)

    def put(self, part: str, figures: Any) -> None:  # noqa: ANN401
        """Keep the figures of a part."""
        self._parts[part] = figures
        temporary = self._path.with_name(f".{self._path.name}.part")
        temporary.write_text(json.dumps({"key": self._key, "parts": self._parts}) + "\n", encoding="utf-8")
        temporary.replace(self._path)

    def _read(self) -> dict[str, Any]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return dict(stored["parts"]) if isinstance(stored, dict) and stored.get("key") == self._key else {}
