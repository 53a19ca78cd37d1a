"""Why an answer is where it is, in words that a person or an agent can use; true to the scores.

A signal's share is its weight times its value. The words say what it saw in this file, not what it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from locant.retriever.context import Context, Floats
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS
from locant.types import Evidence

__all__ = ["file_evidence", "function_evidence"]

MIN_SHARE = 0.02
"""A share this small explains nothing."""

NAMED = 4
"""Names listed in one detail."""


def file_evidence(context: Context, signals: Mapping[str, Floats], file: int) -> tuple[Evidence, ...]:
    """Evidence of one file, largest share first."""
    return _evidence(signals, FILE_WEIGHTS, file, lambda name: _file_detail(context, name, file))


def function_evidence(context: Context, signals: Mapping[str, Floats], symbol: int) -> tuple[Evidence, ...]:
    """Evidence of one definition, largest share first."""
    return _evidence(signals, FUNCTION_WEIGHTS, symbol, lambda name: FUNCTION_DETAILS.get(name, name))


def _evidence(
    signals: Mapping[str, Floats], weights: Mapping[str, float], row: int, detail: Callable[[str], str]
) -> tuple[Evidence, ...]:
    shares = {name: weights.get(name, 0.0) * float(values[row]) for name, values in signals.items()}
    kept = sorted((name for name in shares if shares[name] >= MIN_SHARE), key=lambda name: (-shares[name], name))
    return tuple(Evidence(name, detail(name), round(shares[name], 4)) for name in kept)


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
        if any(int(snapshot.symbol_doc[symbol]) == doc for symbol in snapshot.symbols_named(mention.text))
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
