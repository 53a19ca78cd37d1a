"""Arguments as models, shells and programs give them, checked against a tool's parameters."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from locant.agent_tools.text import one_line
from locant.agent_tools.types import REQUIRED, Parameter, Tool
from locant.errors import QueryError

__all__ = ["checked"]

SHOWN = 80
"""Characters of a wrong value that are repeated."""

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def checked(tool: Tool, given: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments of a call by name, defaults filled in; text is read as a number, a truth value or a list.

    Raises:
        QueryError: an argument is missing, unknown, of another type, or out of bounds.

    """
    known = {parameter.name: parameter for parameter in tool.parameters}
    for name in given:
        if name not in known:
            raise QueryError(f"{tool.name} has no argument {one_line(str(name))[:SHOWN]!r}{_nearest(str(name), known)}")
    return {parameter.name: _value(tool, parameter, given) for parameter in tool.parameters}


def _nearest(name: str, known: Mapping[str, Parameter]) -> str:
    near = difflib.get_close_matches(name[:SHOWN], known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; it takes {', '.join(known)}"


def _value(tool: Tool, parameter: Parameter, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as the kind says
    value = given.get(parameter.name)
    if value is None:
        if parameter.default is REQUIRED:
            raise QueryError(f"{tool.name} needs {parameter.name}: {parameter.description}")
        return parameter.default
    read = {"string": _string, "integer": _integer, "boolean": _boolean, "strings": _strings}[parameter.kind](value)
    if read is None:
        raise QueryError(f"{parameter.name} has to be {_NAMES[parameter.kind]}, not {_shown(value)}")
    if read == "" and parameter.default is REQUIRED:
        raise QueryError(f"{parameter.name} is empty; {tool.name} needs it: {parameter.description}")
    _check(parameter, read)
    return read


_NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "boolean": "true or false",
    "strings": "a list of strings",
}


def _check(parameter: Parameter, value: Any) -> None:  # noqa: ANN401
    if parameter.choices and value not in parameter.choices:
        raise QueryError(f"{parameter.name} has to be one of {', '.join(parameter.choices)}, not {_shown(value)}")
    bounds = parameter.bounds
    if bounds is not None and not bounds.least <= value <= bounds.most:
        raise QueryError(f"{parameter.name} has to be between {bounds.least} and {bounds.most}, not {_shown(value)}")


def _shown(value: object) -> str:
    return one_line(repr(value))[:SHOWN]


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        return int(value) if digits.isdecimal() and digits.isascii() and len(digits) < SHOWN else None
    return value if isinstance(value, int) else None


def _boolean(value: object) -> bool | None:
    if isinstance(value, str):
        return _WORDS.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _strings(value: object) -> tuple[str, ...] | None:
    """A list; a string that is a JSON list; or a single string."""
    if isinstance(value, str):
        try:
            parsed = json.loads(value) if value.lstrip().startswith("[") else [value]
        except (ValueError, RecursionError):
            parsed = [value]  # `[id].tsx` is a glob
        value = parsed if isinstance(parsed, list) else [value]
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None
