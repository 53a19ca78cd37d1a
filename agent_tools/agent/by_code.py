"""The agent that writes Python against the tools (CodeAct), in a jail; docs/models-llm.md has the threat model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from locant.agent_tools.agent.by_tools import MOST_RESULT, OFFERED, described
from locant.agent_tools.agent.sandbox import Sandbox, SandboxError, Tool
from locant.agent_tools.agent.turns import TURNS, Script, converse
from locant.agent_tools.calling.budget import cut_text
from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace
from locant.agent_tools.registry import tool_named
from locant.retriever.llm.prompts import CODEACT, CODEACT_LAST, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.tokens import estimate_tokens

__all__ = ["by_code"]

_CODE = re.compile(r"```(?:python|py)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)

NAMES = {"open": "open_file"}
"""As `locant.skills` calls them: `open` is Python's."""

MOST_CODE = 20_000
"""Characters of one piece of code."""

MOST_PRINTED = 3_000
"""Tokens of what one piece of code printed."""


def by_code(task: Task) -> Found:
    """Places as an agent answers them that looks around by code; locant's own where no code can be run safely."""
    with Workspace([task.root], task.cache) as workspace:
        tools = {NAMES.get(name, name): _tool(workspace, name) for name in OFFERED}
        shown = "\n".join(described(tool_named(name), NAMES.get(name, name)) for name in OFFERED)
        try:
            with Sandbox(tools) as sandbox:
                script = Script(CODEACT % {"turns": TURNS, "tools": shown}, CODEACT_LAST, "", _Runner(sandbox))
                return converse(task, script)
        except SandboxError as error:
            task.session.ledger.note(str(error))
            return task.base


class _Runner:
    """Runs the code of replies; after a piece that had to be ended, none is run any more."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ended = ""

    def __call__(self, text: str, room: int) -> str | None:
        match = _CODE.search(text)
        if match is None:
            return None
        if self._ended:
            return f"No code is run any more: {self._ended}. Answer now."
        try:
            ran = self._sandbox.run(match[1][:MOST_CODE])
        except SandboxError as error:
            self._ended = str(error)
            return f"The code was ended: {error}. No more code is run; answer now."
        shown = "\n".join(part for part in (ran.output, ran.error) if part) or "(nothing was printed)"
        return quoted("output", cut_text(shown, min(room, MOST_PRINTED), estimate_tokens))


def _tool(workspace: Workspace, name: str) -> Tool:
    """A tool as code calls it: by position or by name."""
    names = [found.name for found in tool_named(name).parameters]

    def tool(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[str, Any]:
        given = {**dict(zip(names, args, strict=False)), **kwargs, "max_tokens": MOST_RESULT}
        given.pop("repository", None)
        answer = call_tool(workspace, name, given)
        return answer.text, answer.data

    return tool
