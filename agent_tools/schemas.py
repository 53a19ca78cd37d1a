"""Schemas of the tools for function calling: plain JSON schema, OpenAI's form, Anthropic's form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from locant.agent_tools.types import REQUIRED, Parameter, Tool

__all__ = ["SchemaForm", "input_schema", "schemas"]

SchemaForm = Literal["openai", "anthropic", "json"]
"""Whose form a schema has: that of the `tools` of OpenAI's or Anthropic's API, or as MCP and others take it."""


def schemas(tools: Iterable[Tool], form: SchemaForm) -> list[dict[str, Any]]:
    """The tools as a model's API takes them."""
    makers = {"openai": _openai, "anthropic": _anthropic, "json": _plain}
    return [makers[form](tool) for tool in tools]


def input_schema(tool: Tool) -> dict[str, Any]:
    """JSON schema of a tool's arguments."""
    return {
        "type": "object",
        "properties": {parameter.name: _property(parameter) for parameter in tool.parameters},
        "required": [parameter.name for parameter in tool.parameters if parameter.default is REQUIRED],
        "additionalProperties": False,
    }


def _property(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"description": parameter.description}
    if parameter.kind == "strings":
        found |= {"type": "array", "items": {"type": "string"}}
    else:
        found["type"] = parameter.kind
    if parameter.choices:
        found["enum"] = list(parameter.choices)
    if parameter.bounds is not None:
        found |= {"minimum": parameter.bounds.least, "maximum": parameter.bounds.most}
    if parameter.default is not REQUIRED:
        found["default"] = list(parameter.default) if parameter.kind == "strings" else parameter.default
    return found


def _openai(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": input_schema(tool)}
    return {"type": "function", "function": function}


def _anthropic(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": input_schema(tool)}


def _plain(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "inputSchema": input_schema(tool)}
