"""A second, weak query in the words of the code, which a model writes: names to grep for, files, code as it may be.

Hypothetical code is what HyDE (Gao et al., 2022) makes of a question. The model's wording never takes the place of the
text: what it finds is added to what the text found, with a small weight. Names and files that it invents are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from locant.indexer.snapshot import Snapshot
from locant.indexer.terms import words_of
from locant.retriever.llm.combining import fused, reordered
from locant.retriever.llm.parsing import object_of, texts_of
from locant.retriever.llm.prompts import REWORDING, chat, issue_within, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.shapes import REWORDING_SHAPE
from locant.retriever.models.session import ModelSession
from locant.types import FileHit, FunctionHit, Hit, ModelRequest

__all__ = ["Names", "has_name", "reworded", "rewriting", "with_reworded"]

MAP_TOKENS = 1_500
"""Of the map that the model sees, so that it names what there is."""

MOST_NAMES, MOST_FILES = 10, 5
CODE_CHARACTERS = 1_500
"""Of an answer that are looked at."""

ANSWER_TOKENS = 500

WEIGHT = 0.3
"""Of the rank that the model's wording gives, beside that of the text itself.

No strong model could be reached where this was made, so it is not tuned: with this weight a hit that only the wording
finds enters behind the third place of the text, and a hit that both find rises.
"""

DEPTH = 20
"""Hits of the model's wording that count: deeper ones are noise with the words of an invention."""

SAID = "the model's wording of the text finds it, place {}"

AnyHit = TypeVar("AnyHit", bound=FileHit | FunctionHit | Hit)


@dataclass(frozen=True, slots=True)
class Names:
    """What a wording is checked against, and drawn from.

    has_name: whether a name is defined or used. file: the path that is meant, or None. draw_map: of so many tokens.
    """

    has_name: Callable[[str], bool]
    file: Callable[[str], str | None]
    draw_map: Callable[[int], str]


def has_name(snapshot: Snapshot, name: str) -> bool:
    """Whether the last part of a name is defined or used anywhere."""
    parts = words_of(name)
    if not parts:
        return False
    return bool(snapshot.symbols_named(parts[-1])) or len(snapshot.chunks_using(parts[-1])) > 0


def reworded(session: ModelSession, text: str, index: Names) -> str:
    """The second query; empty when the model has nothing to say, or failed."""

    def made(tokens: int) -> ModelRequest:
        drawn = index.draw_map(min(MAP_TOKENS, tokens // 2))
        shown = f"{issue_within(text, tokens, 'text')}\n\n{quoted('map of the repository', drawn)}"
        return ModelRequest(chat(REWORDING, shown), ANSWER_TOKENS, "rewording", schema=REWORDING_SHAPE)

    reply = session.ask_fitting(made)
    found = object_of(reply.text, ("identifiers", "files", "code")) if reply is not None else {}
    names = texts_of(found.get("identifiers", []), "name")[:MOST_NAMES]
    files = texts_of(found.get("files", []))[:MOST_FILES]
    code = found.get("code", "")
    kept_names = [name for name in names if index.has_name(name)]
    kept_files = [path for name in files if (path := index.file(name)) is not None]
    session.ledger.drop(len(names) + len(files) - len(kept_names) - len(kept_files))
    parts = [" ".join(f"`{name.strip('`')}`" for name in kept_names), "\n".join(kept_files)]
    if isinstance(code, str) and code.strip():
        parts.append(f"```\n{code.replace('```', '')[:CODE_CHARACTERS]}\n```")
    wording = "\n".join(part for part in parts if part)
    session.ledger.useful(int(bool(wording)))
    if reply is not None and reply.text and not wording:
        session.ledger.note("rewording: the answer names nothing that is in the index; the text stands alone")
    return wording


def rewriting(task: Task) -> Found:
    """What the issue finds, with what the model's wording of it finds."""
    wording = reworded(
        task.session, task.text, Names(task.has_name, task.places.file, lambda tokens: task.draw_map(tokens).text)
    )
    if not wording:
        return task.base
    other = task.again(wording)
    weight = WEIGHT if task.options.weight is None else task.options.weight
    return replace(
        task.base,
        files=_merged(task.base.files, other.files, lambda hit: hit.path, weight),
        functions=_merged(task.base.functions, other.functions, lambda hit: (hit.path, hit.start_line), weight),
    )


def with_reworded(
    session: ModelSession, text: str, index: Names, hits: Sequence[Hit], again: Callable[[str], Sequence[Hit]]
) -> tuple[Hit, ...]:
    """Hits of a question with those of the model's wording of it.

    Args:
        session: the model.
        text: the question.
        index: what the wording is checked against.
        hits: what the question found.
        again: what another question finds.

    """
    wording = reworded(session, text, index)
    return _merged(hits, again(wording), lambda hit: hit.location.path) if wording else tuple(hits)


def _merged(
    base: Sequence[AnyHit], other: Sequence[AnyHit], key: Callable[[AnyHit], Hashable], weight: float = WEIGHT
) -> tuple[AnyHit, ...]:
    """Both lists as one; a hit that only the wording found has no score of its own."""
    other = other[:DEPTH]
    known = {key(hit) for hit in base}
    hits = [*base, *(replace(hit, score=0.0) for hit in other if key(hit) not in known)]
    place_of = {key(hit): place for place, hit in enumerate(hits)}
    named = list(dict.fromkeys(place_of[key(hit)] for hit in other))
    ranks = {place: rank for rank, place in enumerate(named, 1)}
    order = fused(len(hits), named, weight)
    return reordered(hits, order, lambda place: SAID.format(ranks[place]) if place in ranks else "")
