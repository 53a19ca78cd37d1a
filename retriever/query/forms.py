"""Forms of an English word: a question says "recovered", the code `recovery`; "panics", `panic`; "parsing", `parser`.

The index holds words as they are written, so that exact names stay exact; the forms are made from the word of the query
and looked up. They are made by rule, without a dictionary, and most of them are no words at all: what the index does
not hold costs one look-up and does nothing else. Other languages than English lose nothing by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

__all__ = ["INFLECTED_WEIGHT", "inflections", "word_forms"]

INFLECTED = ("", "s", "es", "ed", "d", "ing", "e", "ies", "ied")
"""Endings that leave the meaning: `job`, `jobs`; `retry`, `retried`."""

# fmt: off
DERIVED = (
    "er", "ers", "or", "ors", "ion", "ions", "ation", "ations", "ment", "ments", "able", "ible", "al", "y",
    "ate", "ates", "ated", "ating", "ator", "ators", "ive", "ity", "ly", "ant", "ance", "ence", "ize", "izes",
    "ized", "izing", "izer", "ization", "ise", "ised", "ising", "iser", "isation", "ier", "iness",
)
# fmt: on
"""Endings that make another word of the same root: `parse`, `parser`; `valid`, `validation`."""

_STRIPPED = tuple(
    sorted({*INFLECTED, *DERIVED, "ness", "ful", "less"} - {""}, key=lambda ending: (-len(ending), ending))
)
_FROM_Y = frozenset({"ies", "ied", "ier", "iness"})
_DOUBLING = ("ed", "ing", "er", "ers")
_UNDOUBLED = frozenset({*_DOUBLING, "able", "ation"})
_VOWELS = "aeiou"

INFLECTED_WEIGHT = 0.9
"""Of an occurrence of the word itself."""

DERIVED_WEIGHT = 0.35
"""Far less sure: `author` and `authorize` have one root and little else in common."""

MIN_WORD = 4
"""Shorter words have no endings to speak of: `use`, `bus`."""

MIN_STEM = 3
"""At this length only inflection is undone: `logs` is `log`, but `notable` is not `not`."""

REMEMBERED = 1 << 14


@lru_cache(maxsize=REMEMBERED)
def word_forms(word: str) -> dict[str, float]:
    """Forms that a lower-case word may have in code, each with its weight; the word itself first, with 1."""
    forms = {word: 1.0}
    if len(word) < MIN_WORD or not (word.isascii() and word.isalpha()):
        return forms
    for stem, inflected in _stems(word):
        for form, is_inflected in _of_stem(stem):
            weight = INFLECTED_WEIGHT if inflected and is_inflected else DERIVED_WEIGHT
            if len(form) >= MIN_STEM:
                forms[form] = max(forms.get(form, 0.0), weight)
    return forms


def inflections(word: str) -> tuple[str, ...]:
    """The word itself and its plainest forms: `cache`, `caches`, `cached`, `caching`."""
    if len(word) < MIN_WORD:
        return (word, f"{word}s")
    stem = word.removesuffix("e")
    ending = ("ies", "ied") if word.endswith("y") else ("s", "ed") if stem == word else ("s", "d")
    base = word[:-1] if word.endswith("y") else word
    return (word, *(base + last for last in ending), f"{stem}ing")


def _stems(word: str) -> Iterator[tuple[str, bool]]:
    """What may be left without an ending, and whether that ending was inflection."""
    yield word, True
    for ending in _STRIPPED:
        stem = word.removesuffix(ending)
        inflected = ending in INFLECTED
        if stem == word or len(stem) < MIN_STEM or (len(stem) == MIN_STEM and not inflected):
            continue
        yield stem, inflected
        if ending in _UNDOUBLED and len(stem) > MIN_STEM and stem[-1] == stem[-2] and stem[-1] not in _VOWELS:
            yield stem[:-1], inflected  # stopp-ed
        if ending in _FROM_Y:
            yield f"{stem}y", inflected


def _of_stem(stem: str) -> Iterator[tuple[str, bool]]:
    """Stem with every ending, and whether that is inflection."""
    for ending in INFLECTED:
        yield stem + ending, True
    for ending in DERIVED if len(stem) > MIN_STEM else ("er", "or"):
        yield stem + ending, False
    if stem[-1] == "y" and len(stem) > MIN_STEM:
        yield f"{stem[:-1]}ies", True
        yield f"{stem[:-1]}ied", True
    if stem[-1] not in _VOWELS + "wxy" and stem[-2] in _VOWELS and stem[-3] not in _VOWELS:
        for ending in _DOUBLING:
            yield f"{stem}{stem[-1]}{ending}", ending in ("ed", "ing")
