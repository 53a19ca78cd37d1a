"""Why an answer is where it is, in words that a person or an agent can use; true to the scores.

A signal's share is its weight times its value; what a file is for multiplies the sum, and is shown as what it adds or
takes away. So the weights of all evidence of an answer add up to its score. The words say what a signal saw in this
file, not what it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context, Floats
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS
from locant.types import Evidence

__all__ = ["DIGITS", "file_evidence", "function_evidence", "in_order", "purpose_evidence"]

MIN_SHARE = 0.02
"""A smaller share explains nothing by itself: such shares are added up as `other`."""

DIGITS = 4
"""Digits of a weight that are shown."""

NAMED = 4
"""Names listed in one detail."""


def file_evidence(
    context: Context, signals: Mapping[str, Floats], file: int, prior: float = 1.0
) -> tuple[Evidence, ...]:
    """Evidence of one file, largest share first; `prior` is the factor for what the file is for."""
    shares = _shares(signals, FILE_WEIGHTS, file)
    found = in_order(shares, lambda name: _file_detail(context, name, file))
    return (*found, *purpose_evidence(context.snapshot, file, prior, sum(shares.values())))


def function_evidence(context: Context, signals: Mapping[str, Floats], symbol: int) -> tuple[Evidence, ...]:
    """Evidence of one definition, largest share first."""
    shares = _shares(signals, FUNCTION_WEIGHTS, symbol)
    return in_order(shares, lambda name: FUNCTION_DETAILS.get(name, name))


def purpose_evidence(snapshot: Snapshot, file: int, prior: float, before: float) -> tuple[Evidence, ...]:
    """What the file's purpose adds to a score `before` it, or takes away; nothing when its factor is 1."""
    share = round((prior - 1.0) * before, DIGITS)
    if not share:
        return ()
    purposes = [word for word, holds in _purposes(snapshot, file) if holds]
    what = " and ".join(purposes) or "this kind of file"
    return (Evidence("purpose", f"{what}: weighs {prior:.2g} of what code weighs", share),)


def _purposes(snapshot: Snapshot, file: int) -> Iterable[tuple[str, bool]]:
    area = AREAS[int(snapshot.file_column("area")[file])]
    return (
        (area, area != "code"),
        ("example or script", bool(snapshot.file_column("example")[file])),
        ("vendored", bool(snapshot.file_column("vendored")[file])),
    )


def _shares(signals: Mapping[str, Floats], weights: Mapping[str, float], row: int) -> dict[str, float]:
    return {name: weights.get(name, 0.0) * float(values[row]) for name, values in signals.items()}


def in_order(shares: Mapping[str, float], detail: Callable[[str], str]) -> tuple[Evidence, ...]:
    """Shares as evidence, largest first; the small ones as one."""
    kept = sorted((name for name in shares if shares[name] >= MIN_SHARE), key=lambda name: (-shares[name], name))
    small = sum(share for share in shares.values() if share < MIN_SHARE)
    found = tuple(Evidence(name, detail(name), round(shares[name], DIGITS)) for name in kept)
    return (*found, Evidence("other", "weak signs together", round(small, DIGITS))) if small >= MIN_OTHER else found


MIN_OTHER = 0.001


def _file_detail(context: Context, name: str, file: int) -> str:
    if name == "mentioned":
        names = _mentioned_here(context, file)
        return f"defines {', '.join(names)}, which the text mentions"
    if name in ("path", "path_title"):
        return f"its path shares words with the {'title' if name == 'path_title' else 'text'}"
    return FILE_DETAILS.get(name, name)


def _mentioned_here(context: Context, file: int) -> list[str]:
    snapshot = context.snapshot
    doc = int(snapshot.file_doc[file])
    found = [
        mention.text
        for mention in context.query.mentions
        if (snapshot.symbol_doc[snapshot.symbols_named(mention.text)] == doc).any()
    ]
    return list(dict.fromkeys(found))[:NAMED]


FILE_DETAILS = {
    "bm25": "its words match the text",
    "title": "its words match the title",
    "function": "one of its functions matches the text",
    "function_title": "one of its functions matches the title",
    "functions": "several of its functions match the text",
    "code": "its words match the code in the text",
    "names": "names that it defines occur in the text",
    "pairs": "defines a Class.method that the text names",
    "named_path": "the text names this file or module",
    "frame": "a stack frame of the text is in this file",
    "imports": "files that it imports, or that import it, match the text",
    "recency": "it was changed recently",
    "changes": "it is changed often",
    "centrality": "much of the code imports it",
}

FUNCTION_DETAILS = {
    "text": "its words match the text",
    "title": "its words match the title",
    "code": "its words match the code in the text",
    "names": "its name occurs in the text",
    "fields": "its signature or comment matches the text",
    "mentioned": "the text mentions its name",
    "pairs": "the text names it with its class",
    "frame": "a stack frame of the text is in it",
    "calls": "what it calls, or what calls it, matches the text",
    "file": "its file matches the text",
}
