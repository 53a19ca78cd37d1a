"""Why an answer is where it is, in words that a person or an agent can use; true to the scores.

A signal's share is its weight times its value; what a file is for multiplies the sum, and is shown as what it adds or
takes away. So the weights of all evidence of an answer add up to its score. The words say what a signal saw in this
file, not what it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context, Floats
from locant.types import Evidence

__all__ = [
    "DIGITS",
    "FUNCTION_DETAILS",
    "file_detail",
    "file_evidence",
    "function_evidence",
    "in_order",
    "plain_shares",
    "purpose_evidence",
    "purposes",
]

MIN_SHARE = 0.02
"""A smaller share explains nothing by itself: such shares are added up as `other`."""

DIGITS = 4
"""Digits of a weight that are shown."""

NAMED = 4
"""Names listed in one detail."""


def file_evidence(context: Context, shares: Mapping[str, float], file: int, prior: float = 1.0) -> tuple[Evidence, ...]:
    """Evidence of one file, largest share first; `prior` is the factor for what the file is for."""
    found = in_order(shares, lambda name: file_detail(context, name, file))
    return (*found, *purpose_evidence(context.snapshot, file, prior, sum(shares.values())))


def function_evidence(shares: Mapping[str, float]) -> tuple[Evidence, ...]:
    """Evidence of one definition, largest share first."""
    return in_order(shares, lambda name: FUNCTION_DETAILS.get(name, name))


def purpose_evidence(
    snapshot: Snapshot, file: int, prior: float, before: float, also: Iterable[str] = ()
) -> tuple[Evidence, ...]:
    """What the file's purpose adds to a score `before` it, or takes away; nothing when its factor is 1.

    `also` says in words what else the factor is for.
    """
    share = round((prior - 1.0) * before, DIGITS)
    if not share:
        return ()
    return (Evidence("purpose", f"{purposes(snapshot, file, also)}: weighs {prior:.2g} of what code weighs", share),)


def purposes(snapshot: Snapshot, file: int, also: Iterable[str] = ()) -> str:
    """What a file is for, other than code of the project; `also` says what else is true of it."""
    area = AREAS[int(snapshot.file_column("area")[file])]
    found = (
        (area, area != "code"),
        ("example or script", bool(snapshot.file_column("example")[file])),
        ("vendored", bool(snapshot.file_column("vendored")[file])),
    )
    return " and ".join((*(word for word, holds in found if holds), *also)) or "this kind of file"


def plain_shares(
    signals: Mapping[str, Floats], weights: Mapping[str, float], rows: Sequence[int], factor: float = 1.0
) -> list[dict[str, float]]:
    """What each signal adds to the plain sum of each of some rows, times `factor`; signals are not scaled yet."""
    found: list[dict[str, float]] = [{} for _ in rows]
    for name, weight in weights.items():
        values = signals.get(name)
        top = float(values.max()) if values is not None and len(values) else 0.0
        if values is not None and top > 0:
            for shares, row in zip(found, rows, strict=True):
                shares[name] = factor * weight * float(values[row]) / top
    return found


def in_order(shares: Mapping[str, float], detail: Callable[[str], str]) -> tuple[Evidence, ...]:
    """Shares as evidence, largest first; the small ones as one."""
    kept = sorted((name for name in shares if shares[name] >= MIN_SHARE), key=lambda name: (-shares[name], name))
    small = sum(share for share in shares.values() if share < MIN_SHARE)
    found = tuple(Evidence(name, detail(name), round(shares[name], DIGITS)) for name in kept)
    return (*found, Evidence("other", "weak signs together", round(small, DIGITS))) if small >= MIN_OTHER else found


MIN_OTHER = 0.001


def file_detail(context: Context, name: str, file: int) -> str:
    """What a signal saw in a file, in words."""
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
    "linked": "the text links to this file",
    "imported": "an example in the text imports it",
    "scope": "the title begins with its name, or with that of its folder",
    "imports": "files that it imports, or that import it, match the text",
    "recency": "it was changed recently",
    "changes": "it is changed often",
    "centrality": "much of the code imports it",
    "errors": "its words match the error message",
    "prose": "its words match what the text says in plain words",
    "function_code": "one of its functions matches the code in the text",
    "functions_title": "several of its functions match the title",
    "names_title": "names that it defines occur in the title",
    "names_all": "its names together have many words of the text",
    "fields": "a signature or comment in it matches the text",
    "mentions": "it defines names that the text mentions",
    "mentions_code": "it defines a name that the text shows as code",
    "import_forward": "files that import it match the text",
    "import_backward": "files that it imports match the text",
    "import_mentions": "a file that it imports, or that imports it, defines what the text mentions",
    "from_tests": "tests that import it match the text",
    "calls": "what it calls, or what calls it, matches the text",
    "cochange": "it changed together with files that match the text",
    "folder": "other files of its folder match the text",
    "past": "an earlier commit that changed it said what the text says",
    "past_title": "an earlier commit that changed it said what the title says",
    "past_near": "commits most like the text changed it",
    "past_words": "what commits said when they changed it matches the text",
    "past_words_title": "what commits said when they changed it matches the title",
    "title_forms": "it has the words of the title, in these or other forms",
    "function_title_forms": "one of its functions has the words of the title, in these or other forms",
    "names_title_forms": "names that it defines say the title in other forms",
    "title_covered": "one of its functions has most words of the title",
    "path_title_forms": "its path says the title in these or other forms",
    "salient_forms": "it has the rarest words of the text, in these or other forms",
    "function_salient_forms": "one of its functions has the rarest words of the text",
    "quoted": "it has the words of a message that the text quotes",
    "definitions": "the likeliest functions are in it",
    "agreement": "several signs put it among the first",
    "kind": "files of its size and place are the ones that get changed",
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
    "named_line": "the text names a line of it",
    "calls": "what it calls, or what calls it, matches the text",
    "file": "its file matches the text",
    "errors": "its words match the error message",
    "names_title": "its name occurs in the title",
    "mentions_code": "the text shows its name as code",
    "owner": "the text mentions what it is defined in",
    "owner_text": "what it is defined in matches the text",
    "callers": "what calls it matches the text",
    "callees": "what it calls matches the text",
    "near_mentions": "what calls it, or what it calls, is mentioned in the text",
    "usage": "it is used in many places",
    "title_forms": "it has the words of the title, in these or other forms",
    "names_title_forms": "its name says the title in other forms",
    "title_covered": "it has most words of the title",
    "salient_forms": "it has the rarest words of the text, in these or other forms",
    "quoted": "it has the words of a message that the text quotes",
    "past": "an earlier commit that changed its file said what the text says",
    "past_near": "commits most like the text changed its file",
    "past_words": "what commits said when they changed its file matches the text",
    "past_words_title": "what commits said when they changed its file matches the title",
    "recency": "its file was changed recently",
    "changes": "its file is changed often",
    "kind": "definitions of its kind and size are the ones that get changed",
}
