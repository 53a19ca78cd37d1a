"""Places that a model named, checked against the index; what it invented is dropped and counted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from locant.retriever.llm.combining import MODEL_WEIGHT, fused, reordered
from locant.retriever.llm.parsing import texts_of
from locant.retriever.llm.records import Task
from locant.types import FileHit, FunctionHit, SpanHit, Symbol

__all__ = ["checked_files", "checked_functions", "checked_spans", "files_first", "functions_first"]

MOST_NAMED = 50
"""Places of one answer that are looked at: a model that names more has not chosen."""

CHOSEN = "the model chose it, place {}"

Hit = TypeVar("Hit", bound=FileHit | FunctionHit)


def checked_files(task: Task, named: Sequence[str]) -> list[str]:
    """Paths that exist and may be answered, each once."""
    return _kept(task, [task.places.file(name) for name in named[:MOST_NAMED]])


def checked_functions(task: Task, named: Any) -> list[Symbol]:  # noqa: ANN401 - as a model wrote it
    """Definitions that exist: of objects with `path` and `name`, or of texts `path:name`."""
    return _kept(task, [_symbol(task, item) for item in _items(named)])


def checked_spans(task: Task, named: Any) -> list[SpanHit]:  # noqa: ANN401 - as a model wrote it
    """Lines that exist: of objects with `path`, `start`, and perhaps `end` and `why`."""
    return _kept(task, [_span(task, item) for item in _items(named)])


def _items(named: Any) -> list[Any]:  # noqa: ANN401 - as a model wrote it
    return (named if isinstance(named, list) else [named])[:MOST_NAMED]


Item = TypeVar("Item", bound=Hashable)


def _kept(task: Task, found: Sequence[Item | None]) -> list[Item]:
    kept = [item for item in found if item is not None]
    task.session.ledger.drop(len(found) - len(kept))
    return list(dict.fromkeys(kept))


def _symbol(task: Task, item: Any) -> Symbol | None:  # noqa: ANN401 - as a model wrote it
    if isinstance(item, str):
        path, _, name = item.partition(":")
    elif isinstance(item, dict):
        path, name = str(item.get("path", "")), str(item.get("name", ""))
    else:
        return None
    known = task.places.file(path)
    return task.places.function(known, name) if known is not None and name else None


def _span(task: Task, item: Any) -> SpanHit | None:  # noqa: ANN401 - as a model wrote it
    if not isinstance(item, dict):
        return None
    known = next((path for text in texts_of(item) if (path := task.places.file(text)) is not None), None)
    if known is None:
        return None
    return task.places.span(known, item.get("start"), item.get("end"), item.get("why"))


def files_first(task: Task, chosen: Sequence[str]) -> tuple[FileHit, ...]:
    """Files in the order of those that were chosen, fused with locant's own."""
    hits = [task.places.file_hit(path) for path in chosen]
    return _fused(task, task.base.files, hits, lambda hit: hit.path)


def functions_first(task: Task, chosen: Sequence[Symbol]) -> tuple[FunctionHit, ...]:
    """Functions in the order of those that were chosen, fused with locant's own."""
    hits = [task.places.function_hit(symbol) for symbol in chosen]
    return _fused(task, task.base.functions, hits, lambda hit: (hit.path, hit.start_line, hit.qualified_name))


def _fused(task: Task, base: Sequence[Hit], chosen: Sequence[Hit], key: Callable[[Hit], Hashable]) -> tuple[Hit, ...]:
    weight = MODEL_WEIGHT if task.options.weight is None else task.options.weight
    known = {key(hit): hit for hit in base}
    hits = [*base, *(hit for hit in chosen if key(hit) not in known)]
    place_of = {key(hit): place for place, hit in enumerate(hits)}
    named = {place: rank for rank, place in enumerate(dict.fromkeys(place_of[key(hit)] for hit in chosen), 1)}
    order = fused(len(hits), list(named), weight)
    return reordered(hits, order, lambda place: CHOSEN.format(named[place]) if place in named else "")
