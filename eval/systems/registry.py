"""Systems by name, as the command line gives them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from locant.eval.errors import EvaluationError
from locant.eval.systems.command import Command
from locant.eval.systems.protocol import System

__all__ = ["SYSTEMS", "make_system"]

SYSTEMS: dict[str, tuple[str, str]] = {
    "locant": ("locant.eval.systems.locant_index", "Locant"),
    "grep": ("locant.eval.systems.grep", "Grep"),
    "bm25": ("locant.eval.systems.bm25", "RankBm25"),
}
"""Name -> module and class. Imported on use: a baseline's library is needed only by those who run it."""

COMMAND = "command:"
WITHOUT = "locant:without="


def make_system(spec: str) -> System:
    """`grep`, `bm25`, `locant`, `locant:without=SIGNAL+SIGNAL`; `LABEL=command:PROGRAM ARGUMENTS`."""
    label, equals, rest = spec.partition("=")
    if equals and rest.startswith(COMMAND):
        return Command(rest[len(COMMAND) :], label)
    if spec.startswith(COMMAND):
        return Command(spec[len(COMMAND) :])
    if spec.startswith(WITHOUT):
        return _load(*SYSTEMS["locant"])(spec[len(WITHOUT) :].split("+"))
    if spec not in SYSTEMS:
        raise EvaluationError(f"no system {spec!r}: use {', '.join(SYSTEMS)} or command:PROGRAM")
    return _load(*SYSTEMS[spec])()


def _load(module: str, name: str) -> Callable[..., System]:
    try:
        made: Callable[..., System] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise EvaluationError(f"{module} needs {error.name}, which is not installed: pip install it") from error
    return made
