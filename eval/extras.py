"""Libraries of extras: imported when first needed, and if one is missing, the error says what to install.

They are imported by name, so that type checkers give the same verdict whether they are installed or not.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from locant.eval.errors import EvaluationError

__all__ = ["EXTRAS", "has_library", "library", "require"]

EXTRAS = {
    "huggingface_hub": "hub",
    "ir_measures": "eval",
    "lightgbm": "train",
    "pyarrow": "hub",
    "rank_bm25": "eval",
    "sentence_transformers": "models",
    "torch": "models",
}
"""Library -> the extra of locant that brings it."""


def has_library(name: str) -> bool:
    """Whether a library of an extra is installed; does not import it."""
    return find_spec(name.partition(".")[0]) is not None


def library(name: str, purpose: str) -> Any:  # noqa: ANN401 - a module, whose content no checker knows
    """A module of a library; `purpose` begins the sentence that is said when it is missing."""
    require(name, purpose)
    return import_module(name)


def require(name: str, purpose: str) -> None:
    """Say what to install when a library is missing; does not import it."""
    root = name.partition(".")[0]
    if not has_library(root):
        raise EvaluationError(f"{purpose} needs {root}, which is not installed: pip install 'locant[{EXTRAS[root]}]'")
