"""A conversation with a model that looks around until it answers, within turns and tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from locant.agent_tools.calling.budget import cut_text
from locant.retriever.llm.checking import (
    checked_files,
    checked_functions,
    checked_spans,
    files_first,
    functions_first,
)
from locant.retriever.llm.parsing import object_of, texts_of
from locant.retriever.llm.places import code_of
from locant.retriever.llm.prompts import cut, issue_within, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.shapes import places_shape
from locant.retriever.tokens import estimate_tokens
from locant.types import ModelMessage, ModelRequest

__all__ = ["CALLS", "TURNS", "Script", "converse"]

TURNS = 6
"""Looking, following and making sure took the published agents three to five; each costs a whole conversation."""

CALLS = 5
"""Tools in one turn."""

ANSWER_TOKENS = 1_000

KEPT_CHARACTERS = 4_000
"""Of what the model said itself, in the turns that follow."""

LEAST_ROOM = 600
"""Tokens: with less left for what a turn finds, the next turn is the last."""

LEAST_MESSAGE = 100
"""Tokens that a message keeps."""

FILES_SHOWN, FUNCTIONS_SHOWN = 10, 15
"""Candidates that the model starts from."""

NEITHER = "That was neither a call nor an answer. Send one of them, in the form that was described."

_PATH = re.compile(r"[\w./+@-]*[\w+@-]\.\w+")

KEYS = ("files", "functions", "lines")


@dataclass(frozen=True, slots=True)
class Script:
    """One way of looking around.

    system: what the model is told first. last: what it is told before its last turn.
    act: does what a reply asks for, within so many tokens; None when it asks for nothing.
    shape: JSON Schema of a turn before the last one; empty where it may be something else than JSON.
    """

    system: str
    last: str
    shape: str
    act: Callable[[str, int], str | None]


def converse(task: Task, script: Script) -> Found:
    """Places as the model answers them after it has looked around, fused with those that locant found."""
    messages = [ModelMessage("system", script.system), ModelMessage("user", _opening(task))]
    for turn in range(1, TURNS + 1):
        room = task.session.room - sum(estimate_tokens(message.content) for message in messages)
        is_last = turn == TURNS or (turn > 1 and room < LEAST_ROOM)
        if is_last:
            messages.append(ModelMessage("user", script.last))
        shape = places_shape(_seen(task, messages)) if is_last else script.shape
        reply = task.session.ask_fitting(partial(_turn, tuple(messages), f"turn {turn}", shape))
        if reply is None or task.options.is_dry_run:
            return task.base
        answer = _answer(reply.text)
        if answer is not None:
            return _checked(task, answer)
        if is_last:
            break
        messages.append(ModelMessage("assistant", cut(reply.text, KEPT_CHARACTERS)))
        messages.append(ModelMessage("user", script.act(reply.text, max(room, LEAST_ROOM)) or NEITHER))
    task.session.ledger.note("the model gave no answer in its turns; locant's own places stand")
    return task.base


def _seen(task: Task, messages: Sequence[ModelMessage]) -> list[str]:
    """Files of the repository whose paths stand in what the model was told."""
    told = "\n".join(message.content for message in messages[1:] if message.role == "user")
    words = dict.fromkeys(word.strip(".") for word in _PATH.findall(told))
    return [path for path in words if task.places.is_path(path)]


def _turn(messages: tuple[ModelMessage, ...], purpose: str, shape: str, tokens: int) -> ModelRequest:
    """A turn of so many tokens: the longest message behind the first loses its end where there are more."""
    sizes = [estimate_tokens(message.content) for message in messages]
    over = sum(sizes) - tokens
    if over > 0:
        longest = max(range(1, len(messages)), key=sizes.__getitem__)
        content = cut_text(messages[longest].content, max(sizes[longest] - over, LEAST_MESSAGE), estimate_tokens)
        cut_one = replace(messages[longest], content=content)
        messages = (*messages[:longest], cut_one, *messages[longest + 1 :])
    return ModelRequest(messages, ANSWER_TOKENS, purpose, schema=shape)


def _opening(task: Task) -> str:
    """The issue and what locant found."""
    files = [hit.path for hit in task.base.files[:FILES_SHOWN]]
    functions = [
        f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.kind} {hit.qualified_name}"
        for hit in task.base.functions[:FUNCTIONS_SHOWN]
    ]
    found = code_of(["likeliest files:", *files, "likeliest functions:", *functions])
    return "\n\n".join((issue_within(task.text, task.session.room), quoted("found", found)))


def _answer(text: str) -> dict[str, Any] | None:
    """The answer in a reply, with its own key or without."""
    found = object_of(text, ("answer", *KEYS))
    inner = found.get("answer", found)
    return inner if isinstance(inner, dict) and any(inner.get(key) for key in KEYS) else None


def _checked(task: Task, answer: dict[str, Any]) -> Found:
    """What exists of an answer, fused with what locant found; files of its functions and lines count as named."""
    functions = checked_functions(task, answer.get("functions") or [])
    spans = checked_spans(task, answer.get("lines") or [])
    files = checked_files(task, texts_of(answer.get("files") or []))
    files += [symbol.location.path for symbol in functions] + [span.path for span in spans]
    task.session.ledger.useful(int(bool(files)))
    return Found(
        files_first(task, list(dict.fromkeys(files))),
        functions_first(task, functions),
        tuple(dict.fromkeys((*spans, *task.base.spans))),
    )
