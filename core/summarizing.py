"""The answer of `summaries`: what a file, a folder or the repository is, by itself or by a language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from locant.indexer.snapshot import Snapshot
from locant.retriever.reading.text import TextReader
from locant.types import Freshness, SummaryTree, Symbol

if TYPE_CHECKING:
    from locant.retriever.llm.assist import Assistance
    from locant.retriever.summaries.search import SummaryIndex
    from locant.retriever.summaries.told import Sentences
    from locant.retriever.summaries.tree import Summaries

__all__ = ["Sources", "answer_summaries", "outlined", "sentences", "told_of_files"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What summaries are made from. family: folder of the index that all trees of the repository share."""

    snapshot: Snapshot
    reader: TextReader
    family: Path
    cache: Path
    freshness: Callable[[], Freshness]


def sentences(sources: Sources) -> Sentences:
    """What is kept, by models before what was taken out of the files; where nothing is, that is done now."""
    from locant.retriever.summaries.told import Sentences

    return Sentences(_kept(sources))


def outlined(sources: Sources, number: int, symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """The definitions of a file, each with its sentence."""
    told = sentences(sources)
    found = told.outlined(number, symbols)
    told.keep()
    return found


MAKES = 20_000
"""Files of which a search takes sentences out, if none are kept: some seven seconds of CPU, once."""


def told_of_files(sources: Sources) -> tuple[SummaryIndex | None, str]:
    """The summaries of files and folders, to be searched, and what is to be said of them; None where too few are kept.

    A few alone would lift the files that they are about, whatever was asked.
    """
    from locant.retriever.summaries.search import index_summaries

    folder, snapshot = sources.family / "summaries", sources.snapshot
    state = _state(folder)  # before it is read: what others write meanwhile is seen next time
    ready = _ready.get(snapshot)
    if ready is not None and ready[0] == state:
        return ready[1], ""
    kept = _kept(sources)
    if not kept.complete(MAKES):
        return None, "most files have no summary yet, so none was looked into; `locant summarize` makes them"
    index = index_summaries(kept, len(snapshot.paths))
    _ready[snapshot] = (state, index)
    return index, ""


_State = frozenset[tuple[str, int, int]]

_ready: WeakKeyDictionary[Snapshot, tuple[_State, SummaryIndex]] = WeakKeyDictionary()
"""Summaries of a snapshot as they can be searched, with the state of the files that they were read from."""


def _state(folder: Path) -> _State:
    """Name, size and time of the files in which summaries are kept."""
    try:
        found = [(path.name, path.stat()) for path in folder.glob("*.sqlite")]
    except OSError:  # one was removed meanwhile: it is looked at again
        return frozenset()
    return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)


def _kept(sources: Sources) -> Summaries:
    from locant.retriever.summaries.speaker import Extractive
    from locant.retriever.summaries.store import Kept
    from locant.retriever.summaries.tree import Summaries

    speaker = Extractive()
    return Summaries(sources.snapshot, sources.reader, Kept(sources.family / "summaries", speaker.maker), speaker)


def answer_summaries(
    sources: Sources, path: str, helped_by: Assistance | None, *, is_kept: bool = False
) -> SummaryTree:
    """The summary of what a path names, and those of its parts; of what is kept, whoever said it, if that is wanted.

    Raises:
        NotFoundError: there is no such file or folder.

    """
    from locant.retriever.summaries.speaker import Extractive
    from locant.retriever.summaries.store import SummaryStore
    from locant.retriever.summaries.tree import Summaries

    if is_kept:
        return SummaryTree(path, _kept(sources).under(path), sources.freshness())
    folder, speaker = sources.family / "summaries", Extractive()
    if helped_by is None:
        store = SummaryStore(folder, speaker.maker)
        made = Summaries(sources.snapshot, sources.reader, store, speaker).under(path)
        return SummaryTree(path, made, sources.freshness())
    from locant.retriever.llm.summarize import ModelSpeaker
    from locant.retriever.models.session import open_session

    session = open_session(helped_by.model, helped_by.options, sources.cache, "summaries")
    written = ModelSpeaker(session, helped_by.model.identity)
    store = SummaryStore(folder, written.maker)
    made = Summaries(sources.snapshot, sources.reader, store, written).under(path)
    return SummaryTree(path, made, sources.freshness(), session.use())
