"""The agent that calls tools by JSON: as any provider and any local model can write it, several calls a turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from locant.agent_tools.agent.turns import CALLS, TURNS, Script, converse
from locant.agent_tools.calling.budget import LEAST_TOKENS
from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace
from locant.agent_tools.registry import tool_named
from locant.agent_tools.schemas import input_schema
from locant.agent_tools.types import REQUIRED, Tool
from locant.retriever.llm.parsing import object_of
from locant.retriever.llm.prompts import AGENT, AGENT_LAST, quoted
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.shapes import calls_or_places

__all__ = ["OFFERED", "by_tools", "described"]

OFFERED = ("search", "grep", "open", "outline", "definitions", "references", "callers", "find_file")
"""Tools for looking around; what `localize` and `brief` would say stands in the first message already."""

MOST_RESULT = 1_500
"""Tokens of one result: a function or two, or a list of places."""


HIDDEN = ("repository", "max_tokens")
"""Arguments that are no business of the model."""

MOST_ARGUMENT = 200
"""Characters of one text: a pattern, a path, a question."""


@dataclass(frozen=True, slots=True)
class _Call:
    tool: str
    arguments: dict[str, Any]


def by_tools(task: Task) -> Found:
    """Places as an agent answers them."""
    tools = "\n".join(described(tool_named(name)) for name in OFFERED)
    shape = calls_or_places({name: _arguments(tool_named(name)) for name in OFFERED}, CALLS)
    with Workspace([task.root], task.cache) as workspace:

        def act(text: str, room: int) -> str | None:
            """Results of the calls in a reply, made side by side."""
            calls = list(_calls(text))
            if not calls:
                return None
            each = max(LEAST_TOKENS, min(MOST_RESULT, room // len(calls)))
            with ThreadPoolExecutor(len(calls)) as pool:
                results = list(pool.map(lambda call: _result(workspace, call, each), calls))
            return "\n\n".join(results)

        system = AGENT % {"turns": TURNS, "calls": CALLS, "tools": tools}
        return converse(task, Script(system, AGENT_LAST, shape, act))


def described(tool: Tool, name: str = "") -> str:
    """A tool in two lines: how it is called, and what for."""
    own = [found for found in tool.parameters if found.name not in HIDDEN]
    shown = (found.name if found.default is REQUIRED else f"{found.name}={found.default!r}" for found in own)
    return f"- {name or tool.name}({', '.join(shown)}): {tool.description}"


def _arguments(tool: Tool) -> dict[str, Any]:
    """JSON Schema of what a model gives: bounded, since a model that has nothing to say fills a text for ever."""
    schema = input_schema(tool)
    own = {name: _bounded(found) for name, found in schema["properties"].items() if name not in HIDDEN}
    return {**schema, "properties": own}


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in schema.items() if key not in ("description", "default")}
    text = {"type": "string", "maxLength": MOST_ARGUMENT}
    if found.get("type") == "array":
        return {**found, "items": text, "maxItems": CALLS}
    return text if found == {"type": "string"} else found


def _calls(text: str) -> Iterator[_Call]:
    """Names and arguments of the calls in a reply, as many as one turn may have."""
    found = object_of(text, ("calls", "tool"))
    calls = found.get("calls", [found] if "tool" in found else [])
    for call in (calls if isinstance(calls, list) else [calls])[:CALLS]:
        if isinstance(call, Mapping):
            arguments = call.get("arguments", {})
            name = str(call.get("tool") or call.get("name"))
            yield _Call(name, dict(arguments) if isinstance(arguments, Mapping) else {})


def _result(workspace: Workspace, call: _Call, max_tokens: int) -> str:
    """What a tool says, as data; other tools than the offered ones are there as little as other repositories."""
    if call.tool not in OFFERED:
        return f"There is no tool {call.tool[:80]!r}; the tools are {', '.join(OFFERED)}."
    given = {key: value for key, value in call.arguments.items() if key != "repository"}
    answer = call_tool(workspace, call.tool, {**given, "max_tokens": max_tokens})
    return quoted(f"result of {call.tool}", answer.text)
