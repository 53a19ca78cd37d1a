"""What a tool's function says about itself: parameters from its annotations, descriptions from its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from locant.agent_tools.types import REQUIRED, Draft, Kind, Parameter, Range, Tool

__all__ = ["COMMON", "make_tool"]

_ARGUMENT = re.compile(r"(\w+): (.*)")

_KINDS: dict[Any, Kind] = {str: "string", int: "integer", bool: "boolean", tuple[str, ...]: "strings"}

COMMON: tuple[Parameter, ...] = (
    Parameter(
        "repository",
        "string",
        "which repository, by name or path, where several are served; empty is the first.",
        "",
    ),
    Parameter(
        "max_tokens",
        "integer",
        "tokens of the answer at most; it is shortened in steps that it names. 0 is the tool's own limit.",
        0,
    ),
)
"""Arguments that every tool takes besides its own."""


def make_tool(name: str, function: Callable[..., Draft], *, max_tokens: int, is_default: bool) -> Tool:
    """Read a function as a tool.

    Raises:
        TypeError: an annotation that no schema can say, or an argument without a description: a mistake in the code.

    """
    description, said = _docstring(function)
    own = tuple(_parameters(function, said))
    return Tool(name, function, max_tokens, is_default, description, (*own, *COMMON))


def _docstring(function: Callable[..., Draft]) -> tuple[str, dict[str, str]]:
    """The first paragraph on one line, and what is said about each argument."""
    text = inspect.getdoc(function) or ""
    description, _, arguments = text.partition("\n\nArgs:\n")
    said: dict[str, str] = {}
    name = ""
    for line in arguments.split("\n"):
        match = _ARGUMENT.fullmatch(line.removeprefix("    "))
        if match is not None:
            name, said[match[1]] = match[1], match[2]
        elif line.strip():
            said[name] += f" {line.strip()}"
    return " ".join(description.split()), said


def _parameters(function: Callable[..., Draft], said: dict[str, str]) -> Iterator[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:  # the first is the call
        if name not in said:
            raise TypeError(f"the docstring of {function.__name__} says nothing about {name}")
        kind, choices, bounds = _read(hints[name])
        default = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
        yield Parameter(name, kind, said[name], default, choices, bounds)


def _read(hint: Any) -> tuple[Kind, tuple[str, ...], Range | None]:  # noqa: ANN401 - an annotation
    bounds = None
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        bounds = next((extra for extra in extras if isinstance(extra, Range)), None)
    if get_origin(hint) is Literal:
        return "string", get_args(hint), bounds
    if hint not in _KINDS:
        raise TypeError(f"no schema for arguments of type {hint}")
    return _KINDS[hint], (), bounds
