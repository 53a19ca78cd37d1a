"""The best candidates once more, by a language model: all in one list (as SweRank and RankGPT do), or one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from statistics import fmean
from typing import TypeVar

from locant.retriever.llm.combining import MODEL_WEIGHT, counts_up, fused, reordered, voted
from locant.retriever.llm.parsing import labels_of, number_of
from locant.retriever.llm.places import Places, code_of
from locant.retriever.llm.prompts import LISTWISE, POINTWISE, chat, issue_within, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.shapes import SCORE_SHAPE, labels_shape
from locant.retriever.models.session import Maker
from locant.retriever.tokens import estimate_tokens
from locant.types import FileHit, FunctionHit, ModelRequest

__all__ = ["listwise", "pointwise"]

WINDOW = 20
"""Functions in one call: as many as the published rerankers take, and as a prompt of 12,000 tokens holds."""

STEP = 10
"""How far windows are apart: half of one, so that a good candidate climbs from window to window."""

FILES = 10
"""Files in a call; an agent opens no more."""

LEAST_SHOWN = 4
"""Functions: fewer are no list to order."""

ROOMS = (30, 15, 6, 0)
"""Lines of code of each candidate; the most that the prompt holds are shown."""

ANSWER_TOKENS = 600
"""Thirty labels and some words around them."""

SCORE_TOKENS = 64
MOST_SCORE = 10

SAMPLE_TEMPERATURE = 0.8
"""Of all samples but the first, as in Agentless."""

FILE, FUNCTION = "F", "S"
RANKED = "the model ranks it {}"
SCORED = "the model gave it {:g} of 10"


Hit = TypeVar("Hit", bound=FileHit | FunctionHit)


@dataclass(frozen=True, slots=True)
class _Window:
    """Candidates of one call."""

    files: Sequence[FileHit]
    functions: Sequence[FunctionHit]


def listwise(task: Task) -> Found:
    """Files and functions reordered by one call, or by overlapping ones from the last candidates to the first."""
    base = task.base
    files = base.files[:FILES]
    order = list(range(min(task.options.depth, len(base.functions))))
    weight = _weight(task)
    file_ranks: dict[int, int] = {}
    ranks: dict[int, int] = {}
    for start in _starts(len(order)):
        places = order[start : start + WINDOW]
        named_files, named = _asked(task, _Window(files, [base.functions[place] for place in places]))
        order[start : start + WINDOW] = [places[i] for i in fused(len(places), named, weight)]
        ranks |= {places[i]: rank for rank, i in enumerate(named, 1)}
        file_ranks = {place: rank for rank, place in enumerate(named_files, 1)} or file_ranks
    file_order = fused(len(files), list(file_ranks), weight)
    return replace(
        base,
        files=reordered(base.files, _whole(file_order, base.files), lambda place: _said(file_ranks, place)),
        functions=reordered(base.functions, _whole(order, base.functions), lambda place: _said(ranks, place)),
    )


def _weight(task: Task) -> float:
    return MODEL_WEIGHT if task.options.weight is None else task.options.weight


def _whole(order: Sequence[int], hits: Sequence[object]) -> list[int]:
    """An order of the first places, with the others behind."""
    return [*order, *range(len(order), len(hits))]


def _said(ranks: Mapping[int, int], place: int) -> str:
    return RANKED.format(ranks[place]) if place in ranks else ""


def _starts(count: int) -> list[int]:
    """Where windows begin, the last one first; one at 0 when all fit."""
    starts = [0]
    while starts[-1] + WINDOW < count:
        starts.append(starts[-1] + STEP)
    return starts[::-1]


def _asked(task: Task, window: _Window) -> tuple[list[int], list[int]]:
    """Places of files and functions in a window as the model orders them, voted over its samples."""
    prompt = cache(lambda tokens: _listwise_prompt(task, window, tokens))
    shape = labels_shape(len(window.files), len(window.functions))
    makers = [_maker(prompt, shape, sample) for sample in range(task.options.samples)]
    replies = [reply.text for reply in task.session.ask_all(makers) if reply is not None]
    sizes = {FILE: len(window.files), FUNCTION: len(window.functions)}
    found: dict[str, list[list[int]]] = {FILE: [], FUNCTION: []}
    for text in replies:
        orders = _orders(task, text, sizes)
        task.session.ledger.useful(int(any(orders.values())))
        for kind, order in orders.items():
            found[kind].append(order)
    if not task.options.is_dry_run and not any(found[FILE]) and not any(found[FUNCTION]) and replies:
        task.session.ledger.note("rerank: the answer orders no candidate; locant's own order stands")
    return voted(found[FILE]), voted(found[FUNCTION])


def _maker(prompt: Callable[[int], str], shape: str, sample: int) -> Maker:
    temperature = SAMPLE_TEMPERATURE if sample else 0.0
    return lambda tokens: ModelRequest(
        chat(LISTWISE, prompt(tokens)), ANSWER_TOKENS, "rerank", temperature=temperature, sample=sample, schema=shape
    )


def _orders(task: Task, text: str, sizes: Mapping[str, int]) -> dict[str, list[int]]:
    """Places in the order of one answer, by kind; labels that were not given out are dropped, and counting is none."""
    labels = labels_of(text)
    known = [(kind, number) for kind, number in labels if 1 <= number <= sizes[kind]]
    task.session.ledger.drop(len(labels) - len(known))
    orders = {kind: [number - 1 for label, number in known if label == kind] for kind in sizes}
    return {kind: [] if counts_up(order) else order for kind, order in orders.items()}


def _listwise_prompt(task: Task, window: _Window, tokens: int) -> str:
    """As much code of each candidate as fits; where not even their names fit, the first half of them, and so on."""
    issue = issue_within(task.text, tokens)
    text = _fitting(tokens, lambda room: _listwise_text(task, window, issue, room))
    if estimate_tokens(text) <= tokens or len(window.functions) <= LEAST_SHOWN:
        return text
    half = _Window(window.files[: len(window.files) // 2], window.functions[: len(window.functions) // 2])
    return _listwise_prompt(task, half, tokens)


def _fitting(tokens: int, made: Callable[[int], str]) -> str:
    text = ""
    for room in ROOMS:
        text = made(room)
        if estimate_tokens(text) <= tokens:
            break
    return text


def _listwise_text(task: Task, window: _Window, issue: str, room: int) -> str:
    files = [f"{FILE}{number} {hit.path}" for number, hit in enumerate(window.files, 1)]
    parts = [issue, quoted("files", code_of(files))]
    functions = [
        "\n".join((f"{FUNCTION}{number} {_title(hit)}", *_body(task.places, hit, room)))
        for number, hit in enumerate(window.functions, 1)
    ]
    return "\n\n".join((*parts, quoted("functions", code_of(functions))))


def _title(hit: FunctionHit) -> str:
    return f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.kind} {hit.qualified_name}"


def _body(places: Places, hit: FunctionHit, room: int) -> list[str]:
    """Lines that matter, or the signature alone."""
    return [f"    {line}" for line in places.folded(hit, room)] or ([f"    {hit.signature}"] if hit.signature else [])


def pointwise(task: Task) -> Found:
    """Files and functions reordered by a score for each, from a call for each."""
    functions = task.base.functions[: task.options.depth]
    files = task.base.files[:FILES]
    shown = [
        *(partial(_file_prompt, task, hit) for hit in files),
        *(partial(_function_prompt, task, hit) for hit in functions),
    ]
    replies = task.session.ask_all([_scoring(task, prompt) for prompt in shown])
    scores = [_score(reply.text) if reply is not None else None for reply in replies]
    _tell(task, scores)
    return replace(
        task.base,
        files=_by_score(task.base.files, scores[: len(files)], _weight(task)),
        functions=_by_score(task.base.functions, scores[len(files) :], _weight(task)),
    )


def _tell(task: Task, scores: Sequence[float | None]) -> None:
    """What there is to be said about the scores: those that are missing, and that they tell nothing apart."""
    if task.options.is_dry_run:
        return
    known = [score for score in scores if score is not None]
    if len(known) < len(scores):
        task.session.ledger.note(f"score: {len(scores) - len(known)} of {len(scores)} answers have no score")
    if len(known) > 1 and len(set(known)) == 1:
        task.session.ledger.note(f"score: all are {known[0]:g}; locant's own order stands")
    else:
        task.session.ledger.useful(len(known))


def _scoring(task: Task, shown: Callable[[int], str]) -> Maker:
    """The question about one candidate; the issue comes first, so that a server reads it once for all of them."""

    def made(tokens: int) -> ModelRequest:
        issue = issue_within(task.text, tokens)
        text = shown(tokens - estimate_tokens(issue))
        return ModelRequest(chat(POINTWISE, f"{issue}\n\n{text}"), SCORE_TOKENS, "score", schema=SCORE_SHAPE)

    return made


def _score(text: str) -> float | None:
    """From 0 to 10; a number beyond that is one of something else."""
    score = number_of(text, "score")
    return score if score is not None and 0 <= score <= MOST_SCORE else None


def _by_score(hits: Sequence[Hit], scores: Sequence[float | None], weight: float) -> tuple[Hit, ...]:
    """Hits by their scores; one without a score stands where the mean of the others would put it."""
    known = {place: score for place, score in enumerate(scores) if score is not None}
    middle = fmean(known.values()) if known else 0.0
    named = sorted(range(len(scores)), key=lambda place: (-known.get(place, middle), place))
    order = _whole(fused(len(scores), named, weight), hits)
    return reordered(hits, order, lambda place: SCORED.format(known[place]) if place in known else "")


def _file_prompt(task: Task, hit: FileHit, tokens: int) -> str:
    def made(room: int) -> str:
        names = [
            f"{symbol.kind} {symbol.signature or symbol.qualified_name}" for symbol in task.places.outline(hit.path)
        ]
        return quoted("file", code_of([hit.path, *names[: room * 2]]))

    return _fitting(tokens, made)


def _function_prompt(task: Task, hit: FunctionHit, tokens: int) -> str:
    return _fitting(tokens, lambda room: quoted("function", code_of([_title(hit), *_body(task.places, hit, room * 2)])))
