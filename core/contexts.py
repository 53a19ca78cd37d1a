"""Answers that prepare a reader for an issue: the brief, the repository map, and the map as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from locant.refresh import Look
from locant.retriever.context import Context, read_query
from locant.retriever.map.focus import FOCUS_FILES, FOCUS_FUNCTIONS, Focus, focus_of
from locant.retriever.reading.files import file_of
from locant.retriever.reading.text import TextReader
from locant.retriever.tokens import TokenCounter
from locant.types import Brief, Freshness, Localization, Pack, RepoMap

if TYPE_CHECKING:
    from locant.retriever.pack.records import PackRequest
    from locant.retriever.summaries.told import Sentences

__all__ = [
    "BRIEF_TOKENS",
    "MAP_TOKENS",
    "PACK_TOKENS",
    "Asked",
    "Grounds",
    "answer_brief",
    "answer_map",
    "answer_pack",
    "answer_picture",
]

BRIEF_TOKENS = 4_000
"""Of a brief by default: where most of what is to be found is shown (docs/context.md)."""

MAP_TOKENS = 2_000
"""Of a map by default: what an agent can spare for knowing its way about."""

PACK_TOKENS = 100_000
"""Of a pack by default: half of the window that models commonly have, so that there is room to think."""

NO_FILES = "there is no file to pack: the filters match none, or all are left out (`locant index` says why)"

Localize = Callable[[str, int, int], Localization]
"""(issue, files at most, functions at most) -> where it is about."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What such an answer is made from: the index, its texts, and how to localize in it."""

    look: Look
    reader: TextReader
    localize: Localize

    def freshness(self) -> Freshness:
        """State of the index, with the files that were seen to have changed meanwhile."""
        return self.look.freshness(frozenset(self.reader.changed))


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, files as they were named, a budget and the tokenizer that counts it."""

    text: str
    files: tuple[str, ...]
    max_tokens: int
    count: TokenCounter


def answer_brief(grounds: Grounds, asked: Asked) -> Brief:
    """The brief; `asked.files` are pinned."""
    from locant.retriever.brief.answer import BRIEF_FILES, BRIEF_FUNCTIONS, BriefRequest, compose_brief, with_pinned
    from locant.retriever.brief.candidates import Found

    snapshot = grounds.look.snapshot
    pinned = tuple(snapshot.paths[file_of(snapshot, path)] for path in asked.files)
    more = 2 if pinned else 1  # functions of pinned files may stand further down
    answer = grounds.localize(asked.text, BRIEF_FILES, more * BRIEF_FUNCTIONS)
    files, functions = with_pinned(answer.files, answer.functions, pinned)
    context = Context(snapshot, grounds.look.lexicon, read_query(snapshot, asked.text, "auto"))
    found = Found(files, functions, frozenset(pinned), context.text_terms)
    request = BriefRequest(asked.max_tokens, asked.count)
    made = compose_brief(snapshot, grounds.reader, found, request, answer.freshness, answer.hint)
    return Brief(
        text=made.text,
        tokens=made.tokens,
        max_tokens=asked.max_tokens,
        places=made.places,
        map_files=made.map_files,
        left_out=made.left_out,
        freshness=grounds.freshness(),
        hint=answer.hint,
    )


def answer_map(grounds: Grounds, asked: Asked, told: Sentences | None = None) -> RepoMap:
    """The map; `asked.files` are those that the reader has already; `told` is what it says of things, if anything."""
    from locant.retriever.map.answer import draw_map

    focus = _focus(grounds, asked.text, asked.files)
    found = draw_map(grounds.look.snapshot, grounds.reader, focus, asked.max_tokens, asked.count, told)
    if told is not None:
        told.keep()
    return RepoMap(
        text=found.drawn.text,
        tokens=found.drawn.tokens,
        max_tokens=asked.max_tokens,
        files=found.drawn.files,
        total_files=found.total_files,
        freshness=grounds.freshness(),
    )


def answer_pack(grounds: Grounds, text: str, request: PackRequest) -> Pack:
    """The repository in one text, for the text that was asked or by importance without one."""
    from locant.retriever.pack.answer import pack_files

    found = grounds.localize(text, FOCUS_FILES, FOCUS_FUNCTIONS) if text.strip() else None
    hits = (found.files, found.functions) if found is not None else ((), ())
    made = pack_files(grounds.look.snapshot, grounds.reader, hits, request, grounds.freshness())
    return Pack(
        text=made.text,
        tokens=made.tokens,
        max_tokens=request.max_tokens,
        files=made.files,
        named=made.named,
        freshness=grounds.freshness(),
        hint=(found.hint if found is not None else "") or ("" if made.files or made.named else NO_FILES),
    )


def answer_picture(grounds: Grounds, text: str, files: tuple[str, ...]) -> str:
    """SVG of the repository; what the text is about, and the files, are highlighted."""
    from locant.retriever.map.answer import rank_map
    from locant.retriever.map.picture import picture_of

    focus = _focus(grounds, text, files)
    sizes = rank_map(grounds.look.snapshot, Focus()).files
    return picture_of(grounds.look.snapshot, sizes, focus, grounds.reader.name)


def _focus(grounds: Grounds, text: str, files: tuple[str, ...]) -> Focus:
    """What a map is to show: what a text is about, and what hangs together with files."""
    snapshot = grounds.look.snapshot
    known = frozenset(file_of(snapshot, path) for path in files)
    if not text.strip():
        return focus_of(snapshot, (), (), known)
    found = grounds.localize(text, FOCUS_FILES, FOCUS_FUNCTIONS)
    return focus_of(snapshot, found.files, found.functions, known)
