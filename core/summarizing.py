"""The answer of `summaries`: what a file, a folder or the repository is, by itself or by a language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from locant.indexer.snapshot import Snapshot
from locant.retriever.reading.text import TextReader
from locant.types import Freshness, SummaryTree

if TYPE_CHECKING:
    from locant.retriever.llm.assist import Assistance

__all__ = ["Sources", "answer_summaries"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What summaries are made from. family: folder of the index that all trees of the repository share."""

    snapshot: Snapshot
    reader: TextReader
    family: Path
    cache: Path
    freshness: Callable[[], Freshness]


def answer_summaries(sources: Sources, path: str, helped_by: Assistance | None) -> SummaryTree:
    """The summary of what a path names, and those of its parts.

    Raises:
        NotFoundError: there is no such file or folder.

    """
    from locant.retriever.summaries.speaker import Extractive
    from locant.retriever.summaries.tree import Summaries

    folder = sources.family / "summaries"
    if helped_by is None:
        made = Summaries(sources.snapshot, sources.reader, folder, Extractive()).under(path)
        return SummaryTree(path, made, sources.freshness())
    from locant.retriever.llm.summarize import ModelSpeaker
    from locant.retriever.models.session import open_session

    session = open_session(helped_by.model, helped_by.options, sources.cache, "summaries")
    speaker = ModelSpeaker(session, helped_by.model.identity, helped_by.options.prompt_tokens)
    made = Summaries(sources.snapshot, sources.reader, folder, speaker).under(path)
    return SummaryTree(path, made, sources.freshness(), session.use())
