"""Systems by name, as the command line gives them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from locant.eval.errors import EvaluationError
from locant.eval.extras import EXTRAS
from locant.eval.systems.command import Command
from locant.eval.systems.protocol import DEFAULT_TIMEOUT, System

__all__ = ["SYSTEMS", "is_command", "make_system"]

SYSTEMS: dict[str, tuple[str, str]] = {
    "locant": ("locant.eval.systems.locant_index", "Locant"),
    "grep": ("locant.eval.systems.grep", "Grep"),
    "ripgrep-words": ("locant.eval.systems.ripgrep", "RipgrepWords"),
    "bm25": ("locant.eval.systems.bm25", "RankBm25"),
    "dense": ("locant.eval.systems.dense", "Dense"),
}
"""Name -> module and class. Imported on use: a baseline's library is needed only by those who run it."""

COMMAND = "command:"
DENSE = "dense:"
WITHOUT = "locant:without="
SUMMARIES = "locant:summaries"
RANKER, RERANK = "locant:ranker=", "locant:rerank="
MODEL = "locant:model="
PACK = "pack:model="


FORMS = (
    f"{WITHOUT}SIGNAL+SIGNAL",
    f"{RANKER}fusion",
    f"{RERANK}neural",
    SUMMARIES,
    f"{MODEL}NAME+strategy=STRATEGY",
    f"{MODEL}NAME+rewrite=true",
    f"{PACK}NAME+pack_tokens=N",
    f"{DENSE}MODEL",
    f"LABEL={COMMAND}PROGRAM",
)
"""What else may be asked for, as the error says it."""


def is_command(spec: str) -> bool:
    """Whether a specification names an external program: `command:...` or `LABEL=command:...`."""
    return spec.startswith(COMMAND) or spec.partition("=")[2].startswith(COMMAND)


def make_system(spec: str, timeout: float = DEFAULT_TIMEOUT) -> System:
    """One of `SYSTEMS`, or of `FORMS`.

    timeout: seconds that an external program gets for each answer.
    """
    if is_command(spec):
        label, _, command = spec.partition(COMMAND)
        return Command(command, label.removesuffix("=") or "command", timeout)
    if spec.startswith(DENSE):
        return _load(*SYSTEMS["dense"])(spec[len(DENSE) :])
    if spec.startswith(WITHOUT):
        return _load(*SYSTEMS["locant"])(spec[len(WITHOUT) :].split("+"))
    if spec.startswith(RANKER):
        return _load(*SYSTEMS["locant"])((), spec[len(RANKER) :])
    if spec.startswith(RERANK):
        return _load(*SYSTEMS["locant"])(rerank=spec[len(RERANK) :])
    if spec == SUMMARIES:
        return _load(*SYSTEMS["locant"])(is_told=True, name=SUMMARIES)
    if spec.startswith(MODEL):
        return _load("locant.eval.systems.locant_model", "locant_with_model")(spec)
    if spec.startswith(PACK):
        return _load("locant.eval.systems.packed", "pack_for_model")(spec)
    if spec not in SYSTEMS:
        raise EvaluationError(f"no system {spec!r}: use {', '.join((*SYSTEMS, *FORMS))}")
    return _load(*SYSTEMS[spec])()


def _load(module: str, name: str) -> Callable[..., System]:
    try:
        made: Callable[..., System] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        how = f"pip install 'locant[{EXTRAS[missing]}]'" if missing in EXTRAS else f"pip install {missing}"
        raise EvaluationError(f"{module} needs {missing}, which is not installed: {how}") from error
    return made
