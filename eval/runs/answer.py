"""Asks every system about one instance and records what comes, good or bad."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from locant.eval.errors import EvaluationError
from locant.eval.metrics.levels import span_text
from locant.eval.runs.gold import (
    Gold,
    Tree,
    canonical_answer,
    file_size,
    function_size,
    modules_of,
    names_gold,
    settle_gold,
    tokens_until,
)
from locant.eval.runs.version import code_version
from locant.eval.scope import may_be_ranked
from locant.eval.sources import BlobCache, list_blobs
from locant.eval.systems.protocol import DEPTH, Question, System
from locant.eval.types import Instance, Outcome, Ranking

__all__ = ["answer_instance", "failed", "open_tree"]


def open_tree(root: Path, instance: Instance, cache: BlobCache) -> Tree:
    """What is in a working tree, and what of it may be ranked for an instance."""
    files = list_blobs(root)
    return Tree(root, files, {path: blob for path, blob in files.items() if may_be_ranked(path, instance)}, cache)


def answer_instance(instance: Instance, systems: Iterable[System], tree: Tree) -> Iterable[Outcome]:
    """One outcome per system, as soon as it is there."""
    gold = settle_gold(instance, tree)
    base = _base(instance, gold, tree)
    question = Question(
        tree.root, instance.text, tree.candidates, tree.cache, instance.language, instance.task, instance.within
    )
    for system in systems:
        if gold.impossible:
            yield replace(base, system=system.name, status="impossible", note=gold.impossible)
        else:
            yield _ask(system, question, replace(base, system=system.name), tree)


def failed(instance: Instance, system: str, reason: str) -> Outcome:
    """Outcome of an instance that no system could be asked about; it scores zero."""
    return Outcome(
        instance=instance.id,
        system=system,
        repository=instance.repository,
        status="failed",
        gold_files=instance.gold_files,
        gold_functions=instance.gold_functions,
        language=instance.language,
        task=instance.task,
        named=names_gold(instance.text, instance.gold_files),
        note=reason,
        version=code_version(),
        meta=instance.meta,
    )


def _base(instance: Instance, gold: Gold, tree: Tree) -> Outcome:
    common = failed(instance, "", gold.note)
    return replace(
        common,
        gold_files=gold.files,
        gold_functions=gold.functions,
        gold_modules=modules_of(gold.functions, tree),
        gold_spans=tuple(map(span_text, gold.spans)),
        candidates=len(tree.candidates),
    )


def _ask(system: System, question: Question, base: Outcome, tree: Tree) -> Outcome:
    try:
        ranking = system.rank(question)
    except EvaluationError as error:
        return replace(base, note=str(error))
    except Exception as error:  # the edge to foreign systems: one crash must not end a run
        return replace(base, note=f"{system.name} crashed with {type(error).__name__}: {error}")
    return _scored(ranking, base, tree)


def _scored(ranking: Ranking, base: Outcome, tree: Tree) -> Outcome:
    files = tuple(path for path in dict.fromkeys(ranking.files) if path in tree.candidates)[:DEPTH]
    functions = canonical_answer(ranking.functions, tree)[:DEPTH]
    spans = [span for span in dict.fromkeys(ranking.spans) if span.path in tree.candidates][:DEPTH]
    tokens = ranking.answer_tokens
    return replace(
        base,
        status="scored",
        files=files,
        functions=functions,
        modules=modules_of(functions, tree),
        spans=tuple(map(span_text, spans)),
        seconds=round(ranking.seconds, 4),
        index_seconds=round(ranking.index_seconds, 4),
        answer_tokens=tokens,
        tokens_to_gold=tokens_until(files, base.gold_files, tokens, partial(file_size, tree=tree)),
        tokens_to_functions=tokens_until(functions, base.gold_functions, tokens, partial(function_size, tree=tree)),
        peak_bytes=ranking.peak_bytes,
        model_calls=ranking.model_calls,
        model_tokens=ranking.model_tokens,
        model_cost=ranking.model_cost,
        model_dropped=ranking.model_dropped,
        model_useful=ranking.model_useful,
        note="; ".join(filter(None, (base.note, ranking.note))),
    )
