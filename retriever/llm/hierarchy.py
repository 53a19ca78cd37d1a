"""From the repository to lines in three steps, as Agentless does it: files, then functions, then lines.

Each step shows what locant found by itself, so the model chooses among likely places instead of out of the bare tree;
each is asked several times and voted where that is wanted; and where one fails, locant's own places go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from locant.retriever.llm.prompts import FILES, FUNCTIONS, LINES, chat, cut, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.rerank import SAMPLE_TEMPERATURE
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


def hierarchical(task: Task) -> Found:
    """Files, functions and lines, those that the model chose first."""
    files = _files(task)
    functions = _functions(task, files)
    spans = _lines(task, functions)
    return Found(files, functions, tuple(dict.fromkeys((*spans, *task.base.spans))))


def _files(task: Task) -> tuple[FileHit, ...]:
    """Files as the model chose them from the map and the candidates, then the others."""
    candidates = "\n".join(hit.path for hit in task.base.files[:CANDIDATE_FILES])
    drawn = task.draw_map(int(task.options.prompt_tokens * MAP_SHARE))
    prompt = "\n\n".join((_issue(task), quoted("found files", code_of([candidates])), quoted("map", drawn)))
    answers = [texts_of(found) for found in _asked(task, FILES, prompt, "files")]
    chosen = voted([checked_files(task, answer) for answer in answers])
    return files_first(task, chosen)


def _functions(task: Task, files: Sequence[FileHit]) -> tuple[FunctionHit, ...]:
    """Functions as the model chose them from the outlines of the likeliest files, then the others."""
    marked = {(hit.path, hit.qualified_name) for hit in task.base.functions[: task.options.depth]}
    outlines = [_outline(task, hit.path, marked) for hit in files[:OUTLINED_FILES]]
    answers = _asked(task, FUNCTIONS, _within(task, outlines), "functions")
    return functions_first(task, voted([checked_functions(task, answer) for answer in answers]))


def _within(task: Task, pieces: Sequence[str]) -> str:
    """The issue and, in their order, the pieces that the prompt holds."""
    parts = [_issue(task)]
    for piece in pieces:
        if estimate_tokens("\n\n".join((*parts, piece))) <= task.options.prompt_tokens:
            parts.append(piece)
    return "\n\n".join(parts)


def _outline(task: Task, path: str, marked: set[tuple[str, str]]) -> str:
    symbols = task.places.outline(path)
    if len(symbols) > MOST_SYMBOLS:
        symbols = tuple(s for s in symbols if s.parent is None or (path, s.qualified_name) in marked)[:MOST_SYMBOLS]
    lines = [_symbol_line(symbol, is_marked=(path, symbol.qualified_name) in marked) for symbol in symbols]
    return quoted("outline", code_of([path, *lines]))


def _symbol_line(symbol: Symbol, *, is_marked: bool) -> str:
    mark = "*" if is_marked else " "
    return f"{mark} {symbol.location.start_line:>5} {symbol.kind} {symbol.qualified_name}  {symbol.signature}".rstrip()


def _lines(task: Task, functions: Sequence[FunctionHit]) -> list[SpanHit]:
    """Spans as the model chose them from the code of the likeliest functions."""
    code: list[str] = []
    for room in SHOWN_LINES:
        code = [_code(task, hit, room) for hit in functions[:SHOWN_FUNCTIONS]]
        if estimate_tokens("\n\n".join((_issue(task), *code))) <= task.options.prompt_tokens:
            break
    answers = _asked(task, LINES, _within(task, code), "lines")
    return voted([checked_spans(task, answer) for answer in answers])


def _code(task: Task, hit: FunctionHit, room: int) -> str:
    lines = task.places.numbered(hit.path, hit.start_line, hit.end_line, room)
    return quoted("code", code_of([f"{hit.path} {hit.kind} {hit.qualified_name}", *lines]))


def _issue(task: Task) -> str:
    return quoted("issue", cut(task.text))


def _asked(task: Task, system: str, prompt: str, key: str) -> list[Any]:
    """What stands under a key in the answers to one question, of all samples."""
    requests = [
        ModelRequest(
            chat(system, prompt),
            ANSWER_TOKENS,
            key,
            temperature=SAMPLE_TEMPERATURE if sample else 0.0,
            sample=sample,
        )
        for sample in range(task.options.samples)
    ]
    replies = [reply for reply in task.session.ask_all(requests) if reply is not None]
    found = [object_of(reply.text, (key,)).get(key) for reply in replies]
    if replies and not task.options.is_dry_run and not any(found):
        task.session.ledger.note(f"{key}: the answer names none; locant's own stand")
    return [value for value in found if value]
