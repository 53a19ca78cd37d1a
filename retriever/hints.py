"""What to try when nothing, or hardly anything, matched."""

from __future__ import annotations

from locant.indexer.terms import split_identifier
from locant.retriever.context import Context
from locant.retriever.near_names import near_names
from locant.retriever.stopwords import STOPWORDS

__all__ = ["hint_for", "line_hint"]

HINT_WORDS = 5
NEAR_WORDS = 3


def hint_for(context: Context, found: int) -> str:
    """Hint for an answer with so many places; empty when the answer speaks for itself."""
    query = context.query
    if query.is_blank:
        return "the text is empty; describe what you look for in a few words, or give the name of a symbol"
    if found and context.query.file_names and context.query.shape == "question":
        return ""  # a path: its parts need not be words of any text
    known, missing = _known_and_missing(context)
    if query.shape == "symbol" and query.mentions and not _is_defined(context):
        near = _meant(context, [query.mentions[0].text])
        other = "these places have its parts" if found else "a part of it may be found by `locant grep`"
        return f"no definition is called {query.mentions[0].text!r}{near or f'; {other}'}"
    if not known:
        return _nothing_known(context, missing, found)
    if not found:
        return "nothing matched with these filters; try fewer of them, or other words"
    if len(missing) > len(known):
        return f"not in the index: {_listed(missing)}; results rest on the other words alone{_meant(context, missing)}"
    return ""


def _nothing_known(context: Context, missing: list[str], found: int) -> str:
    order = ", and the order is only by how central and how often changed files are" if found else ""
    if not missing:
        return f"the text has no word to look for{order}; describe the place in a few words, or use `locant grep`"
    rest = _meant(context, missing) or "; other words, or `locant grep` with a part of one, may help"
    return f"no indexed file has any of these words ({_listed(missing)}){order}{rest}"


def _known_and_missing(context: Context) -> tuple[list[str], list[str]]:
    """Words of the query that say something, by whether the index has them."""
    known: list[str] = []
    missing: list[str] = []
    for word in context.words:
        terms = split_identifier(word)
        if terms and terms[0] not in STOPWORDS:
            held = any(len(context.lexicon.doc_postings(term)[0]) for term in terms if term not in STOPWORDS)
            (known if held else missing).append(word)
    return known, missing


def _is_defined(context: Context) -> bool:
    return any(context.snapshot.symbols_named(mention.text) for mention in context.query.mentions)


def _meant(context: Context, words: list[str]) -> str:
    names = [name for word in words[:NEAR_WORDS] for name in near_names(context.snapshot, word)]
    return f"; did you mean {_listed(list(dict.fromkeys(names)))}?" if names else ""


def _listed(words: list[str]) -> str:
    return ", ".join(words[:HINT_WORDS])


def line_hint(pattern: str, found: int, *, is_slow: bool) -> str:
    """Hint for a search for lines."""
    if is_slow:
        return (
            f"{pattern!r} takes too long on some files, and was stopped there; "
            "repeat no group that repeats itself, and name more of the line"
        )
    return "" if found else f"no line has {pattern!r}; try it with other case, or as plain words"
