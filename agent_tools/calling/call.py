"""One call of a tool, the same for every surface: nothing that is expected to go wrong raises, it is an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from locant.agent_tools.calling.arguments import checked
from locant.agent_tools.calling.budget import LEAST_TOKENS, MOST_TOKENS, RESERVE, cut_text, fit
from locant.agent_tools.registry import tool_named
from locant.agent_tools.signature import COMMON
from locant.agent_tools.types import Answer, Call, Repositories, Session, Tool
from locant.errors import LocantError, QueryError
from locant.retriever.reading.visible import visible
from locant.retriever.tokens import TokenCounter, estimate_tokens

__all__ = ["call_tool"]

_COMMAND = re.compile(r"`locant (?P<name>[a-z]+)(?: [^`]*)?`")

_TOOLS = {"find": "`find_file`", "view": "`open`", "outline": "`outline`", "grep": "`grep`", "search": "`search`"}
"""Commands that an error or a hint may advise, and the tool that a model has for each."""


def call_tool(
    workspace: Repositories,
    name: str,
    arguments: Mapping[str, Any],
    *,
    session: Session | None = None,
    count: TokenCounter = estimate_tokens,
) -> Answer:
    """Answer one call.

    Args:
        workspace: the repositories that may be asked.
        name: of the tool.
        arguments: by name, as the model gave them.
        session: keeps the open file between calls; without one, each call stands for itself.
        count: tokens of a text, by the reader's tokenizer.

    """
    try:
        tool = tool_named(name)
        values = checked(tool, arguments)
        common = {parameter.name: values.pop(parameter.name) for parameter in COMMON}
        max_tokens, notes = _budget(tool, common["max_tokens"])
        session = session or Session()
        index = workspace.index(common["repository"], session)
        draft = tool.function(Call(index, session, max_tokens - RESERVE, count), **values)
        return fit(replace(draft, hint=_for_a_model(draft.hint)), max_tokens, count, notes)
    except LocantError as error:
        return _failed(error, count)
    except OSError as error:  # a file or the repository went away while it was read
        return _failed(
            QueryError(f"cannot read {error.filename or 'the repository'}: {error.strerror or error}"), count
        )


def _budget(tool: Tool, asked: int) -> tuple[int, tuple[str, ...]]:
    """The budget, and what to say when it is not what was asked for."""
    if asked == 0:
        return tool.max_tokens, ()
    if asked < LEAST_TOKENS:
        raise QueryError(
            f"max_tokens has to be at least {LEAST_TOKENS}, not {asked}; leave it out for {tool.max_tokens:,}"
        )
    if asked > MOST_TOKENS:
        return MOST_TOKENS, (f"[max_tokens {asked} is more than one answer may have: {MOST_TOKENS:,} was taken]",)
    return asked, ()


def _failed(error: LocantError, count: TokenCounter) -> Answer:
    message = _for_a_model(str(error))
    text = cut_text(f"Error: {message}", LEAST_TOKENS * 3, count)
    data = {"error": {"type": type(error).__name__, "message": message}}
    return Answer(text, data, count(text), found=False, is_error=True)


def _for_a_model(text: str) -> str:
    """Advice of ours with tools in the place of commands."""
    return visible(_COMMAND.sub(_as_tool, text))


def _as_tool(match: re.Match[str]) -> str:
    """A command that an error advises, as the tool of the same use; other commands are for a person."""
    return _TOOLS.get(match["name"], match[0])
