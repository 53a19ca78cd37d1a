"""Records of the evaluation: frozen, slotted, without logic beyond a property.

Paths are POSIX and relative to the repository root; a function is named `path:Outer.method`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from locant.types import Location

__all__ = ["Instance", "Outcome", "Ranking"]


@dataclass(frozen=True, slots=True)
class Instance:
    """One row of a dataset: a text, and the places in a tree that it turned out to be about.

    gold_spans: old lines that the fix changed.
    patch: the fix as a unified diff; where a row has it, gold functions are derived from it at the base commit.
    language: when known, only files of that language are candidates of an issue, as the papers do it.
    task: `issue` (localize it in source code that is no test), `search` (a question about source code, tests
        included), `documents` (a question to a corpus: each file of the tree is one document).
    within: only files below this folder are candidates; empty for the whole tree.
    meta: whatever else the source says, kept for splits in a report.
    """

    id: str
    repository: str
    base_commit: str
    text: str
    gold_files: tuple[str, ...]
    gold_functions: tuple[str, ...] = ()
    gold_spans: tuple[Location, ...] = ()
    patch: str = ""
    language: str = ""
    task: str = "issue"
    within: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a system answers: files, functions and lines, each best first.

    seconds: time from the question to the answer on a ready index; index_seconds: time to get it ready.
    answer_tokens: how much an agent has to read to know this ranking (the answer, or the lines that grep prints).
    peak_bytes: largest resident memory of the system's process while it worked; 0 when it is not known.
    model_calls, model_tokens: calls of a language model and tokens sent and received, kept answers as if they were new.
    model_cost: their price in dollars; None where it is not known. model_dropped: places named that do not exist.
    model_useful: answers that said something of use; with 0 the ranking is the one without a model. None: not asked.
    note: what went otherwise than asked.
    """

    files: tuple[str, ...]
    functions: tuple[str, ...] = ()
    spans: tuple[Location, ...] = ()
    seconds: float = 0.0
    index_seconds: float = 0.0
    answer_tokens: int = 0
    peak_bytes: int = 0
    model_calls: int = 0
    model_tokens: int = 0
    model_cost: float | None = None
    model_dropped: int = 0
    model_useful: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of a run file: one system's answer to one instance, with all that scoring needs.

    status: `scored`; `failed` (the system gave no answer: scores zero); `impossible` (no tree can be had, or the
        gold cannot exist in it: reported, never scored).
    candidates: number of files that could have been ranked, the same for every system.
    modules: outermost types and functions (`path:Outer`) around the functions, in their order; as in LocAgent's paper.
    spans: lines, as `path:12-40`.
    tokens_to_gold: what an agent reads (answer, then files in rank order) until it holds all gold files; None if never.
    tokens_to_functions: the same with functions that are opened one by one, until it holds all gold functions.
    model_calls, model_tokens, model_cost, model_dropped, model_useful: as in `Ranking`.
    named: whether the text already names a gold file.
    version: of locant, whose code all systems but foreign programs are; empty in files from before it was kept.
    """

    instance: str
    system: str
    repository: str
    status: str
    files: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    gold_files: tuple[str, ...] = ()
    gold_functions: tuple[str, ...] = ()
    gold_modules: tuple[str, ...] = ()
    gold_spans: tuple[str, ...] = ()
    seconds: float = 0.0
    index_seconds: float = 0.0
    answer_tokens: int = 0
    tokens_to_gold: int | None = None
    tokens_to_functions: int | None = None
    peak_bytes: int = 0
    model_calls: int = 0
    model_tokens: int = 0
    model_cost: float | None = None
    model_dropped: int = 0
    model_useful: int | None = None
    candidates: int = 0
    language: str = ""
    task: str = "issue"
    named: bool = False
    note: str = ""
    version: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
