"""How much of what an issue is about does an opening context show? Shares of gold at equal numbers of tokens.

A file is shown when the text names it, a function when the text names it below its file; its code is shown when it
stands there, whole or folded. Shares are means over rows; rows without gold functions do not count for functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import locant
from locant.eval.datasets.load import Dataset
from locant.eval.errors import EvaluationError
from locant.eval.repositories.provider import Provider
from locant.eval.runs.answer import open_tree
from locant.eval.runs.gold import Gold, Tree, settle_gold
from locant.eval.sources import BlobCache
from locant.eval.types import Instance
from locant.types import Brief, Pack, RankerName, RepoMap

__all__ = [
    "CONTEXTS",
    "USUAL",
    "Maker",
    "Shown",
    "ShownGold",
    "budgets_of",
    "context_table",
    "makers_of",
    "measure_contexts",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a text shows: paths, functions (`path:Outer.method`), functions with their code, and its tokens."""

    files: tuple[str, ...]
    functions: tuple[str, ...]
    code: tuple[str, ...]
    tokens: int


Maker = Callable[[Path, str, Sequence[int]], list[Shown]]
"""(tree, issue, budgets) -> what the context for it shows under each budget."""


@dataclass(frozen=True, slots=True)
class ShownGold:
    """Shares of one row's gold that one context shows; None for functions where the row has none."""

    instance: str
    context: str
    budget: int
    tokens: int
    files: float
    functions: float | None
    code: float | None


def _maps(root: Path, issue: str, budgets: Sequence[int], ranker: RankerName = "learned") -> list[Shown]:
    with locant.open(root) as index:
        return [_of_map(index.repo_map(focus=issue, max_tokens=budget, ranker=ranker)) for budget in budgets]


def _of_map(found: RepoMap) -> Shown:
    functions = tuple(f"{file.path}:{symbol.qualified_name}" for file in found.files for symbol in file.symbols)
    return Shown(tuple(file.path for file in found.files), functions, (), found.tokens)


def _briefs(root: Path, issue: str, budgets: Sequence[int], ranker: RankerName = "learned") -> list[Shown]:
    with locant.open(root) as index:
        return [_of_brief(index.brief(issue, max_tokens=budget, ranker=ranker)) for budget in budgets]


def _of_brief(found: Brief) -> Shown:
    named = [place for place in found.places if place.qualified_name]
    mapped = [(file.path, symbol.qualified_name) for file in found.map_files for symbol in file.symbols]
    return Shown(
        tuple(dict.fromkeys((*(place.path for place in found.places), *(file.path for file in found.map_files)))),
        tuple(f"{path}:{name}" for path, name in (*((p.path, p.qualified_name) for p in named), *mapped)),
        tuple(f"{place.path}:{place.qualified_name}" for place in named if place.section == "code"),
        found.tokens,
    )


def _packs(root: Path, issue: str, budgets: Sequence[int]) -> list[Shown]:
    with locant.open(root) as index:
        return [_of_pack(index, index.pack(issue, max_tokens=budget)) for budget in budgets]


def _of_pack(index: locant.Index, found: Pack) -> Shown:
    """A whole file shows all its functions, a folded one the signatures of all and the code of some."""
    named = [f"{file.path}:{symbol.qualified_name}" for file in found.files for symbol in index.outline(file.path)]
    whole = {file.path for file in found.files if file.form != "folded"}
    code = [name for name in named if name.rpartition(":")[0] in whole]
    matched = [f"{file.path}:{name}" for file in found.files for name in file.functions]
    return Shown(tuple(file.path for file in found.files), tuple(named), (*code, *matched), found.tokens)


CONTEXTS: dict[str, Maker] = {
    "map": lambda root, _, budgets: _maps(root, "", budgets),
    "map-issue": _maps,
    "brief": _briefs,
    "pack": _packs,
    "map-issue:fusion": partial(_maps, ranker="fusion"),
    "brief:fusion": partial(_briefs, ranker="fusion"),
}
"""Contexts by name: the map alone; the map, the brief and the pack for the issue, and two by the plain fusion."""

USUAL = "map,map-issue,brief,pack"
"""Those that are measured unless others are named."""


def makers_of(names: str) -> dict[str, Maker]:
    """Contexts by their names, comma-separated."""
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in CONTEXTS:
            raise EvaluationError(f"no context {name!r}: use {', '.join(CONTEXTS)}")
    return {name: CONTEXTS[name] for name in wanted}


def budgets_of(text: str) -> list[int]:
    """Numbers of tokens, comma-separated."""
    try:
        budgets = [int(part) for part in text.split(",")]
    except ValueError:
        budgets = []
    if not budgets or min(budgets) < 1:
        raise EvaluationError(f"budgets {text!r} are no numbers of tokens; give some as 1000,2000")
    return budgets


def measure_contexts(
    dataset: Dataset, provider: Provider, makers: dict[str, Maker], budgets: Sequence[int]
) -> Iterator[ShownGold]:
    """Shares for every row that can be scored, context and budget; rows of one repository one after another."""
    for instance in sorted(dataset.instances, key=lambda row: (row.repository, row.id)):
        with provider.tree(instance.repository, instance.base_commit) as root:
            tree = open_tree(root, instance, BlobCache())
            gold = settle_gold(instance, tree)
            if not gold.impossible:
                yield from _row(instance, gold, tree, makers, budgets)


def _row(
    instance: Instance, gold: Gold, tree: Tree, makers: dict[str, Maker], budgets: Sequence[int]
) -> Iterator[ShownGold]:
    for name, make in makers.items():
        for budget, shown in zip(budgets, make(tree.root, instance.text, budgets), strict=True):
            if shown.tokens > budget and not name.startswith("aider"):
                raise EvaluationError(f"{name} used {shown.tokens} of {budget} tokens for {instance.id}: a defect")
            yield ShownGold(
                instance.id,
                name,
                budget,
                shown.tokens,
                _share(gold.files, shown.files) or 0.0,
                _share(_names(gold.functions), _names(shown.functions)),
                _share(_names(gold.functions), _names(shown.code)),
            )


def _names(functions: Iterable[str]) -> list[str]:
    """Files with the last part of each function's name: what any text that names it shows."""
    return [f"{path}:{name.rpartition('.')[2]}" for path, _, name in (label.rpartition(":") for label in functions)]


def _share(gold: Sequence[str], shown: Iterable[str]) -> float | None:
    return len({*gold}.intersection(shown)) / len({*gold}) if gold else None


def context_table(found: Iterable[ShownGold]) -> str:
    """Means by context and budget, in percent."""
    groups: dict[tuple[str, int], list[ShownGold]] = {}
    for row in found:
        groups.setdefault((row.context, row.budget), []).append(row)
    lines = [f"{'context':<16} {'budget':>7} {'rows':>5} {'tokens':>7} {'files':>6} {'functions':>9} {'code':>6}"]
    for (name, budget), rows in groups.items():
        tokens = sum(row.tokens for row in rows) / len(rows)
        shares = (_mean([getattr(row, column) for row in rows]) for column in ("files", "functions", "code"))
        files, functions, code = (f"{100 * share:.1f}" for share in shares)
        lines.append(f"{name:<16} {budget:>7} {len(rows):>5} {tokens:>7.0f} {files:>6} {functions:>9} {code:>6}")
    return "\n".join(lines)


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
