"""Examples of the methods for the OpenAPI document: what is asked, and the answer as docs/json.md has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["EXAMPLES", "MethodExample"]


@dataclass(frozen=True, slots=True)
class MethodExample:
    """A body, and its answer."""

    body: dict[str, Any]
    answer: dict[str, Any]


def _read() -> dict[str, MethodExample]:
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    return {name: MethodExample(one["body"], one["answer"]) for name, one in json.loads(text).items()}


EXAMPLES = _read()
