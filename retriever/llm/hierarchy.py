"""From the repository to lines in three steps, as Agentless does it: files, then functions, then lines.

Each step shows what locant found by itself, so the model chooses among likely places instead of out of the bare tree;
each is asked several times and voted where that is wanted; and where one fails, locant's own places go on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from locant.retriever.llm.checking import (
    checked_files,
    checked_functions,
    checked_spans,
    files_first,
    functions_first,
)
from locant.retriever.llm.combining import voted
from locant.retriever.llm.parsing import object_of, texts_of
from locant.retriever.llm.places import code_of
from locant.retriever.llm.prompts import FILES, FUNCTIONS, LINES, chat, issue_within, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.rerank import SAMPLE_TEMPERATURE
from locant.retriever.llm.shapes import files_shape, functions_shape, lines_shape
from locant.retriever.models.session import Maker
from locant.retriever.tokens import estimate_tokens
from locant.types import FileHit, FunctionHit, ModelRequest, SpanHit, Symbol

__all__ = ["hierarchical"]

CANDIDATE_FILES = 20
"""Files that a search found, shown beside the map."""

MAP_SHARE = 0.4
"""Of the prompt's tokens: the candidates say more than the map does."""

OUTLINED_FILES = 6
"""Files whose outlines are shown: Agentless takes three, a wrong one costs a few hundred tokens."""

MOST_SYMBOLS = 120
"""Of one outline; files with more are generated, or are cut to what is marked and to types."""

SHOWN_FUNCTIONS = 10
"""Functions whose lines are shown."""

SHOWN_LINES = (120, 60, 25)
"""Lines of each function; the most that the prompt holds."""

ANSWER_TOKENS = 800

LEAST_MAP, MARK_TOKENS = 200, 30
"""Tokens: a smaller map shows a handful of names; and the marks around it."""

Key = TypeVar("Key", bound=Hashable)


def hierarchical(task: Task) -> Found:
    """Files, functions and lines, those that the model chose first."""
    files = _files(task)
    functions = _functions(task, files)
    spans = _lines(task, functions)
    return Found(files, functions, tuple(dict.fromkeys((*spans, *task.base.spans))))


def _files(task: Task) -> tuple[FileHit, ...]:
    """Files as the model chose them from the map and the candidates, then the others."""
    found = [hit.path for hit in task.base.files[:CANDIDATE_FILES]]
    candidates = quoted("found files", code_of(found))

    def made(tokens: int) -> Question:
        issue = issue_within(task.text, tokens)
        left = tokens - estimate_tokens(f"{issue}\n\n{candidates}") - MARK_TOKENS
        if left < LEAST_MAP:
            return Question(f"{issue}\n\n{candidates}", files_shape(found))
        drawn = task.draw_map(min(int(tokens * MAP_SHARE), left))
        paths = dict.fromkeys([*found, *(file.path for file in drawn.files)])
        return Question("\n\n".join((issue, candidates, quoted("map", drawn.text))), files_shape([*paths]))

    answers = [texts_of(value) for value in _asked(task, Step(FILES, "files"), made)]
    return files_first(task, _voted(task, [checked_files(task, answer) for answer in answers]))


def _functions(task: Task, files: Sequence[FileHit]) -> tuple[FunctionHit, ...]:
    """Functions as the model chose them from the outlines of the likeliest files, then the others."""
    marked = {(hit.path, hit.qualified_name) for hit in task.base.functions[: task.options.depth]}

    def made(tokens: int) -> Question:
        for is_short in (False, True):
            outlines = [_outline(task, hit.path, marked, only_marked=is_short) for hit in files[:OUTLINED_FILES]]
            text, shown = _within(task, [outline.text for outline in outlines], tokens)
            if shown and outlines[0].text == shown[0]:
                break  # the likeliest file is there
        names = {outline.path: outline.names for outline in outlines if outline.text in shown and outline.names}
        return Question(text, functions_shape(names))

    answers = _asked(task, Step(FUNCTIONS, "functions"), made)
    return functions_first(task, _voted(task, [checked_functions(task, answer) for answer in answers]))


def _within(task: Task, pieces: Sequence[str], tokens: int) -> tuple[str, list[str]]:
    """The issue and, in their order, the pieces that the prompt holds; and these pieces."""
    issue = issue_within(task.text, tokens)
    parts: list[str] = []
    for piece in pieces:
        if estimate_tokens("\n\n".join((issue, *parts, piece))) <= tokens:
            parts.append(piece)
    return "\n\n".join((issue, *parts)), parts


@dataclass(frozen=True, slots=True)
class _Outline:
    path: str
    names: tuple[str, ...]
    text: str


def _outline(task: Task, path: str, marked: set[tuple[str, str]], *, only_marked: bool = False) -> _Outline:
    symbols = task.places.outline(path)
    if only_marked:
        symbols = tuple(s for s in symbols if (path, s.qualified_name) in marked)
    elif len(symbols) > MOST_SYMBOLS:
        symbols = tuple(s for s in symbols if s.parent is None or (path, s.qualified_name) in marked)[:MOST_SYMBOLS]
    lines = [_symbol_line(symbol, is_marked=(path, symbol.qualified_name) in marked) for symbol in symbols]
    names = tuple(dict.fromkeys(symbol.qualified_name for symbol in symbols))
    return _Outline(path, names, quoted("outline", code_of([path, *lines])))


def _symbol_line(symbol: Symbol, *, is_marked: bool) -> str:
    mark = "*" if is_marked else " "
    return f"{mark} {symbol.location.start_line:>5} {symbol.kind} {symbol.qualified_name}  {symbol.signature}".rstrip()


def _lines(task: Task, functions: Sequence[FunctionHit]) -> list[SpanHit]:
    """Spans as the model chose them from the code of the likeliest functions."""
    likeliest = functions[:SHOWN_FUNCTIONS]

    def made(tokens: int) -> Question:
        text = ""
        for room in SHOWN_LINES:
            code = [_code(task, hit, room) for hit in likeliest]
            text, shown = _within(task, code, tokens)
            if len(shown) == len(code):
                break
        return Question(text, lines_shape([*dict.fromkeys(hit.path for hit in likeliest)]))

    answers = _asked(task, Step(LINES, "lines"), made)
    return _voted(task, [checked_spans(task, answer) for answer in answers])


def _code(task: Task, hit: FunctionHit, room: int) -> str:
    lines = task.places.numbered(hit.path, hit.start_line, hit.end_line, room)
    return quoted("code", code_of([f"{hit.path} {hit.kind} {hit.qualified_name}", *lines]))


@dataclass(frozen=True, slots=True)
class Step:
    """One of the three steps: what the model is told, and the key that counts in its answer."""

    system: str
    key: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is shown in a step, and the form of its answer, which can name what is shown and nothing else."""

    prompt: str
    shape: str


def _asked(task: Task, step: Step, prompt: Callable[[int], Question]) -> list[Any]:
    """What stands under the key in the answers to one question, of all samples."""
    prompt = cache(prompt)
    makers = [_maker(step, prompt, sample) for sample in range(task.options.samples)]
    replies = [reply for reply in task.session.ask_all(makers) if reply is not None]
    found = [object_of(reply.text, (step.key,)).get(step.key) for reply in replies]
    if replies and not task.options.is_dry_run and not any(found):
        task.session.ledger.note(f"{step.key}: the answer names none; locant's own stand")
    return [value for value in found if value]


def _maker(step: Step, prompt: Callable[[int], Question], sample: int) -> Maker:
    temperature = SAMPLE_TEMPERATURE if sample else 0.0

    def made(tokens: int) -> ModelRequest:
        question = prompt(tokens)
        messages = chat(step.system, question.prompt)
        return ModelRequest(messages, ANSWER_TOKENS, step.key, temperature, sample=sample, schema=question.shape)

    return made


def _voted(task: Task, answers: Sequence[Sequence[Key]]) -> list[Key]:
    """What the answers name, by their votes; those that name something that exists are of use."""
    task.session.ledger.useful(sum(map(bool, answers)))
    return voted(answers)
