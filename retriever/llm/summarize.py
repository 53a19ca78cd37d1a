"""Summaries that a language model writes: one call for a file with its definitions, one for a folder from its files.

Where the model has no answer, the sentences that were taken out of the file stand, and it is asked again next time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from locant.retriever.llm.parsing import object_of
from locant.retriever.llm.prompts import FILE_SUMMARY, FOLDER_SUMMARY, chat, cut, quoted
from locant.retriever.llm.shapes import FOLDER_SHAPE, summary_shape
from locant.retriever.map.entries import LISTED
from locant.retriever.models.session import ModelSession
from locant.retriever.summaries.extract import Said, first_sentence
from locant.types import ModelRequest, Symbol

__all__ = ["ModelSpeaker"]

CHARACTERS_PER_TOKEN = 3
SENTENCE_TOKENS, FOLDER_ANSWER = 60, 120
"""Tokens of an answer: for each sentence with the name before it; for the one about a folder."""

MOST_DEFINITIONS = 30
"""As the prompt says; the first of a file are its types and what it offers."""

FOLDER_FILES = 40
"""Sentences about files that a model reads of a folder."""

VERSION = 2
"""Raised when the prompts change."""


class ModelSpeaker:
    """A model that says what files and folders are.

    Args:
        session: the model, under its budget.
        identity: of the model; its sentences are kept under it.

    """

    batch = 1
    """Each file is a call, which may take minutes and money."""

    def __init__(self, session: ModelSession, identity: str) -> None:
        self._session = session
        digest = hashlib.blake2b(f"{identity}\0{VERSION}".encode(), digest_size=8).hexdigest()
        self.maker = f"model-{digest}"

    def file(self, path: str, source: Sequence[str], symbols: Sequence[Symbol], *, is_document: bool) -> Said | None:
        """What the model says of a file; definitions that it invents are dropped."""
        del is_document
        known = dict.fromkeys(symbol.qualified_name for symbol in symbols if symbol.kind in LISTED)
        asked = [*known][:MOST_DEFINITIONS]
        schema, most = summary_shape(asked), SENTENCE_TOKENS * (len(asked) + 1)

        def made(tokens: int) -> ModelRequest:
            shown = quoted(f"file {path}", cut("\n".join(source), CHARACTERS_PER_TOKEN * tokens))
            return ModelRequest(chat(FILE_SUMMARY, shown), most, "summary", schema=schema)

        reply = self._session.ask_fitting(made)
        found = object_of(reply.text, ("file", "definitions")) if reply is not None else {}
        sentence, listed = found.get("file"), found.get("definitions")
        about = _sentence(sentence)
        if not about:
            return None
        named = listed if isinstance(listed, dict) else {}
        kept = {name: said for name, text in named.items() if name in known and (said := _sentence(text))}
        self._session.ledger.drop(sum(name not in known for name in named))
        self._session.ledger.useful()
        return Said(about, kept)

    def folder(self, path: str, files: Sequence[str]) -> str:
        """What the model says of a folder."""
        if not files:
            return ""
        said = "\n".join(files[:FOLDER_FILES])

        def made(tokens: int) -> ModelRequest:
            shown = quoted(f"files of {path or 'the repository'}", cut(said, CHARACTERS_PER_TOKEN * tokens))
            return ModelRequest(chat(FOLDER_SUMMARY, shown), FOLDER_ANSWER, "summary", schema=FOLDER_SHAPE)

        reply = self._session.ask_fitting(made)
        found = object_of(reply.text, ("folder",)).get("folder") if reply is not None else None
        about = _sentence(found)
        self._session.ledger.useful(int(bool(about)))
        return about


def _sentence(text: Any) -> str:  # noqa: ANN401 - as a model wrote it
    """The first sentence, where it is of words: weak models answer with a path, or with the blank to be filled."""
    said = first_sentence(text) if isinstance(text, str) else ""
    return said if len(said.split()) > 1 or said.rstrip(".").isalpha() else ""
