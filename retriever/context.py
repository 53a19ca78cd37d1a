"""What all signals of one query share: the snapshot, its lexicon, the evidence, and the weighted terms of each part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.indexer.terms import words_of
from locant.numeric import Floats, Ints, Mask, Singles
from locant.retriever.bm25 import Lexicon
from locant.retriever.query.analyse import analyse
from locant.retriever.query.records import Mention, Query
from locant.retriever.weights import term_weights
from locant.types import SearchMode

__all__ = ["Context", "Floats", "Ints", "common_tail", "read_query", "scaled"]


MAX_WORDS = 50
"""Words looked up as names of definitions; a question has fewer."""


MEANING_CHARACTERS = 1_500
"""Of a text that an encoder reads: what a report says first is what it is about; encoders were trained on as much."""


def scaled(values: Floats) -> Floats:
    """Values divided by their maximum, so that signals of any unit can be added; all zero stays zero."""
    top = float(values.max()) if len(values) else 0.0
    return values / top if top > 0 else values


def read_query(snapshot: Snapshot, text: str, mode: SearchMode) -> Query:
    """The query; one word that is no file here but the name of a definition is a symbol, whatever its shape.

    `Context.JSON` has the shape of a file name, `route!` and `valid?` that of a sentence; only the index tells.
    """
    query = analyse(text, mode=mode)
    word = text.strip().removesuffix("()")
    if query.shape not in ("question", "symbol") or len(word.split()) != 1 or word in snapshot.files_by_name:
        return query
    *owners, name = [part for part in _SEPARATORS.split(word) if part] or [""]
    if not snapshot.symbols_named(name) or (query.shape == "question" and name == word.lower() and name.isalnum()):
        return query
    bare = name.rstrip("!?=")  # what the reader of identifiers made of `call!`: another method
    mentions = [mention for mention in query.mentions if mention.text not in (name, bare)]
    pairs = [pair for pair in query.pairs if pair[1] not in (name, bare)]
    return replace(
        query,
        shape="symbol",
        pattern=word,
        mentions=(Mention(name, "code", 1.0), *mentions),
        pairs=(*([(owners[-1], name)] if owners else ()), *pairs),
    )


_SEPARATORS = re.compile(r"::|->|[.#]")


@dataclass
class Context:
    """One query against one snapshot; parts are computed once, on first use.

    meaning: how near every chunk is to a text by an encoder (chunks,); None when there is none.
    summaries: how much of weighted words the summaries of each file have, 0 to 1 (files,); None when not asked for.
    kept: what signals work out once for this query, under the name of their module.
    """

    snapshot: Snapshot
    lexicon: Lexicon
    query: Query
    meaning: Callable[[str], Singles] | None = None
    summaries: Callable[[Mapping[str, float]], Floats] | None = None
    kept: dict[str, object] = field(default_factory=dict)
    _impacts: dict[tuple[str, str], tuple[Ints, Floats]] = field(default_factory=dict)

    @cached_property
    def text_terms(self) -> dict[str, float]:
        """Terms of everything that was said: title, body, code, errors."""
        return self._weights(f"{self.query.title}\n{self.query.body}")

    @cached_property
    def words(self) -> list[str]:
        """Words of the title and body as written, distinct, in order; enough of them for a short query."""
        return list(dict.fromkeys(words_of(f"{self.query.title}\n{self.query.body}")))[:MAX_WORDS]

    @cached_property
    def title_terms(self) -> dict[str, float]:
        """Terms of the title alone."""
        return self._weights(self.query.title)

    @cached_property
    def code_terms(self) -> dict[str, float]:
        """Terms of code blocks, inline code, mentioned identifiers and error messages."""
        mentioned = " ".join(mention.text for mention in self.query.mentions)
        return self._weights("\n".join((*self.query.code, *self.query.errors, mentioned)))

    @cached_property
    def error_terms(self) -> dict[str, float]:
        """Terms of error messages alone; none when the text has none."""
        return self._weights("\n".join(self.query.errors)) if self.query.errors else {}

    @cached_property
    def prose_terms(self) -> dict[str, float]:
        """Terms of what was said in plain words, without title, code, traces and dumps."""
        return self._weights(self.query.prose) if self.query.prose.strip() else {}

    def _weights(self, text: str) -> dict[str, float]:
        return term_weights(text, self.lexicon.doc_idf)

    @cached_property
    def chunk_text(self) -> Floats:
        """Body BM25 of each chunk for the whole text."""
        return self.chunk_scores("body", self.text_terms)

    @cached_property
    def chunk_title(self) -> Floats:
        """Body BM25 of each chunk for the title."""
        return self.chunk_scores("body", self.title_terms)

    @cached_property
    def chunk_name(self) -> Floats:
        """BM25 of each chunk's definition names for the whole text."""
        return self.chunk_scores("name", self.text_terms)

    @cached_property
    def chunk_code(self) -> Floats:
        """Body BM25 of each chunk for code, error messages and identifiers."""
        return self.chunk_scores("body", self.code_terms)

    @cached_property
    def chunk_name_title(self) -> Floats:
        """BM25 of each chunk's definition names for the title."""
        return self.chunk_scores("name", self.title_terms)

    @cached_property
    def chunk_callers(self) -> Floats:
        """Mean `chunk_text` of the chunks that call each chunk."""
        edges = self.snapshot.calls
        return self._mean_over(edges.target, edges.source, self.snapshot.callers)

    @cached_property
    def chunk_callees(self) -> Floats:
        """Mean `chunk_text` of the chunks that each chunk calls."""
        edges = self.snapshot.calls
        return self._mean_over(edges.source, edges.target, self.snapshot.callees)

    def _mean_over(self, own: Ints, other: Ints, degree: Ints) -> Floats:
        sums = np.bincount(own, weights=self.chunk_text[other], minlength=len(self.chunk_text))
        mean: Floats = sums / np.maximum(degree, 1)
        return mean

    @cached_property
    def seed(self) -> Floats:
        """How likely each file is by words alone: best function and title, each scaled (files,)."""
        function = scaled(self.of_files(self.of_docs(self.chunk_text)))
        return function + scaled(self.of_files(self.lexicon.doc_scores(self.title_terms)))

    @cached_property
    def chunk_fields(self) -> Floats:
        """BM25 of signature and doc comment for the whole text, added."""
        terms = self.text_terms
        return self.chunk_scores("signature", terms) + self.chunk_scores("comment", terms)

    def chunk_scores(self, field: str, weights: Mapping[str, float]) -> Floats:
        """BM25 of each chunk in one field; what a term adds is worked out once per query, whichever parts have it."""
        scores = np.zeros(self.snapshot.chunk_count)
        for term, weight in weights.items():
            key = (field, term)
            if key not in self._impacts:
                self._impacts[key] = self.lexicon.impact(field, term)
            chunks, impact = self._impacts[key]
            scores[chunks] += weight * impact
        return scores

    @cached_property
    def chunk_meaning(self) -> Floats:
        """How near each chunk is in meaning to the whole text, 0 to 1; all 0 without an encoder."""
        if self.meaning is None:
            return np.zeros(self.snapshot.chunk_count)
        near = self.meaning(f"{self.query.title}\n{self.query.body}"[:MEANING_CHARACTERS])
        return near.astype(np.float64)

    def of_docs(self, chunk_values: Floats) -> Floats:
        """Largest value of each document's chunks (documents,)."""
        best = np.zeros(len(self.snapshot.doc_live))
        docs, first = self.snapshot.chunk_runs
        if len(docs):
            best[docs] = np.maximum(np.maximum.reduceat(chunk_values, first), 0.0)
        return best

    def of_files(self, doc_values: Floats) -> Floats:
        """Values of documents, laid out by file."""
        return doc_values[self.snapshot.file_doc]

    def files_with_stem(self, name: str, *, stem_only: bool = False) -> list[tuple[int, tuple[str, ...]]]:
        """Files whose last component is `name`, or is that up to its first dot, with their folders.

        With `stem_only`, a package counts under its folder's name too: `a/b/__init__.py` answers to `b`.
        """
        by_name = self.snapshot.files_by_name
        found = list(by_name.get(name, ()))
        if stem_only:
            packages = by_name.get("__init__", ())
            found.extend((file, folders[:-1]) for file, folders in packages if folders and folders[-1] == name)
        return found

    def files_named(self, path: str) -> list[int]:
        """Files that a path in the text can mean: with the longest tail in common, a folder at least if it has any."""
        *folders, name = [part for part in path.split("/") if part] or [""]
        if not name:
            return []
        found = [(file, common_tail(folders, own), own) for file, own in self.files_with_stem(name)]
        longest = max((shared for _, shared, _ in found), default=0)
        return [file for file, shared, own in found if shared == longest and (shared or not folders or not own)]

    def names_exactly(self) -> Mask:
        """Files that the text names by a path with at least one folder, or by a whole path."""
        mask = np.zeros(len(self.snapshot.paths), dtype=np.bool_)
        for path in self.query.paths:
            parts = [part for part in path.split("/") if part]
            for file, folders in self.files_with_stem(parts[-1]) if parts else ():
                mask[file] |= common_tail(parts[:-1], folders) >= min(1, len(folders))
        return mask

    def chunks_of_symbol(self, symbol: int) -> list[int]:
        """Chunks that belong to a symbol, or else the one in which it begins."""
        first = int(self.snapshot.symbol_chunk[symbol])
        doc = int(self.snapshot.symbol_doc[symbol])
        owned = [c for c in self.snapshot.chunks_of_doc(doc) if int(self.snapshot.chunk_symbol[c]) == symbol]
        return owned or [first]


def common_tail(left: Sequence[str], right: Sequence[str]) -> int:
    """How many last components two lists of folders share."""
    common = 0
    for a, b in zip(reversed(left), reversed(right), strict=False):
        if a != b:
            break
        common += 1
    return common
