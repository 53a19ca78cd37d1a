"""Title and text in other forms of their words, and messages that somebody quoted whole.

A title says "panics", the code `panic`; `Wording` looks a word up in all its forms and with words that stand for it in
code, as `search` does. Only the title and the words of the text that say most are looked up so: forms are many.

chunk arrays (chunks,), from which signals of files and of definitions are made:

title_words       BM25 over bodies for the title's words in all forms, as a share
title_names       the same over names of definitions
title_covered     share of the title's words that one chunk has in any form
salient_words     BM25 over bodies for the words of the text that say most, in all forms
quoted            of the error messages and quotations in the text, the one that the chunk has most of: share of its
                  words by rarity, squared, since half of the words of a message is chance
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from locant.indexer.terms import terms_of
from locant.numeric import Floats
from locant.retriever.context import Context
from locant.retriever.stopwords import STOPWORDS
from locant.retriever.wording import Wording

__all__ = ["Worded", "worded"]

SALIENT = 15
"""Words of the text that are looked up in all forms: those with the largest weight times rarity."""

QUOTES = 8
"""Messages and quotations that are looked for: an issue seldom quotes more that differ."""

MIN_WORDS, MAX_WORDS = 3, 40
"""Different terms of a quotation: fewer are an identifier, more are a paragraph."""

_QUOTED = re.compile(r"\"([^\"\n]{12,200})\"|'([^'\n]{12,200})'|`([^`\n]{12,200})`|“([^”\n]{12,200})”")


@dataclass
class Worded:
    """What one context's words are worth in other forms; parts are computed once, on first use."""

    context: Context

    @cached_property
    def _title(self) -> Wording:
        context = self.context
        return Wording(context.snapshot, context.lexicon, context.title_terms)

    @cached_property
    def _salient(self) -> Wording:
        context = self.context
        terms = context.text_terms
        idf = context.lexicon.doc_idf
        kept = sorted(terms, key=lambda term: (-terms[term] * idf(term), term))[:SALIENT]
        return Wording(context.snapshot, context.lexicon, {term: terms[term] for term in kept})

    @cached_property
    def title_words(self) -> Floats:
        """Of chunks, over bodies."""
        return self._title.chunks("body")

    @cached_property
    def title_names(self) -> Floats:
        """Of chunks, over names."""
        return self._title.chunks("name")

    @cached_property
    def title_covered(self) -> Floats:
        """Of chunks."""
        return self._title.covered(("body",))

    @cached_property
    def title_documents(self) -> Floats:
        """Of whole documents (documents,)."""
        return self._title.documents()

    @cached_property
    def title_paths(self) -> Floats:
        """Share of the title that paths say (files,)."""
        return self._title.paths()

    @cached_property
    def salient_words(self) -> Floats:
        """Of chunks, over bodies."""
        return self._salient.chunks("body")

    @cached_property
    def salient_documents(self) -> Floats:
        """Of whole documents (documents,)."""
        return self._salient.documents()

    @cached_property
    def quoted(self) -> Floats:
        """Of chunks."""
        context = self.context
        best = np.zeros(context.snapshot.chunk_count)
        for terms in self._quotations:
            held = {term: context.snapshot.postings("body", term)[0] for term in terms}
            index = context.lexicon.field("body")
            rarity = {term: index.idf(len(chunks)) for term, chunks in held.items() if len(chunks)}
            if len(rarity) < MIN_WORDS:
                continue
            share = np.zeros(len(best))
            for term, weight in rarity.items():
                share[held[term]] += weight
            np.maximum(best, (share / sum(rarity.values())) ** 2, out=best)
        return best

    @cached_property
    def _quotations(self) -> list[frozenset[str]]:
        """Terms of what the text quotes, once each, error messages first."""
        query = self.context.query
        found = _QUOTED.findall(f"{query.title}\n{query.body}"[:MAX_QUOTED_CHARACTERS])
        spoken = [*query.errors, *("".join(groups) for groups in found)]
        quotations: dict[frozenset[str], None] = {}
        for text in spoken:
            terms = frozenset(terms_of(text)) - STOPWORDS
            if MIN_WORDS <= len(terms) <= MAX_WORDS:
                quotations.setdefault(terms)
        return list(quotations)[:QUOTES]


MAX_QUOTED_CHARACTERS = 50_000
"""Of a text: what comes later is a log."""


def worded(context: Context) -> Worded:
    """The forms of a context's words, made once."""
    found = context.kept.get("worded")
    if not isinstance(found, Worded):
        found = context.kept["worded"] = Worded(context)
    return found
