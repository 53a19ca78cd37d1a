"""The tools as plain functions, for agents that write Python and for notebooks.

    from locant.skills import use_repository, brief, open_file

    use_repository("path/to/repository")  # else the one around the current folder
    brief("KeyError in load_config when the file is empty")
    open_file("src/config.py:load_config")

Each returns a string that shows as it is, with the same as JSON in `.data`. What goes wrong is a sentence that begins
with "Error:". The open file is remembered, for `scroll` and `goto`.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace
from locant.agent_tools.registry import tool_named
from locant.agent_tools.types import REQUIRED, Kind, Parameter, Session, Tool
from locant.errors import QueryError
from locant.indexer.walk.layout import find_layout

__all__ = [
    "Text",
    "brief",
    "callers",
    "definitions",
    "find_file",
    "goto",
    "grep",
    "localize",
    "open_file",
    "outline",
    "pack",
    "references",
    "related",
    "repo_map",
    "scroll",
    "search",
    "use_repository",
]

_TYPES: dict[Kind, Any] = {"string": str, "integer": int, "boolean": bool, "strings": list[str]}


class Text(str):
    """An answer: a string that a notebook shows as it is; `data` is the same as JSON values."""

    __slots__ = ("data",)

    data: Mapping[str, Any]

    def __repr__(self) -> str:
        return str(self)


class _Desk:
    """The repositories in use and the open file, made when they are first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workspace: Workspace | None = None
        self.session = Session()

    def workspace(self) -> Workspace:
        with self._lock:
            if self._workspace is None:
                here = Path.cwd()
                layout = find_layout(here)
                self._workspace = Workspace([layout.top if layout else here])
            return self._workspace

    def use(self, roots: tuple[Path, ...]) -> None:
        with self._lock:
            if self._workspace is not None:
                self._workspace.close()
            self._workspace, self.session = Workspace(roots), Session()


_desk = _Desk()


def use_repository(*paths: str | Path) -> None:
    """Ask about these repositories from now on; the first one where a call names none.

    Raises:
        QueryError: no path is given, or one is no folder.

    """
    roots = tuple(Path(path).expanduser() for path in paths)
    missing = next((root for root in roots if not root.is_dir()), None)
    if missing is not None or not roots:
        raise QueryError(f"{str(missing) if missing else 'nothing'!r} is no folder; give the path of a repository")
    _desk.use(roots)


def _skill(name: str, called: str = "") -> Callable[..., Text]:
    """A tool as a function with its own signature and documentation."""
    tool = tool_named(name)
    signature = inspect.Signature([_parameter(found) for found in tool.parameters], return_annotation=Text)

    names = list(signature.parameters)

    def skill(*args: object, **kwargs: object) -> Text:
        if len(args) > len(names):
            raise TypeError(f"{called or name} takes at most {len(names)} arguments, not {len(args)}")
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        answer = call_tool(_desk.workspace(), name, given, session=_desk.session)
        text = Text(answer.text)
        text.data = answer.data
        return text

    skill.__name__ = skill.__qualname__ = called or name
    skill.__doc__ = _documentation(tool)
    skill.__signature__ = signature  # type: ignore[attr-defined]
    return skill


def _parameter(found: Parameter) -> inspect.Parameter:
    default = inspect.Parameter.empty if found.default is REQUIRED else found.default
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(found.name, kind, default=default, annotation=_TYPES[found.kind])


def _documentation(tool: Tool) -> str:
    lines = [f"    {found.name}: {found.description}" for found in tool.parameters]
    return "\n".join([tool.description, "", "Args:", *lines])


brief = _skill("brief")
callers = _skill("callers")
definitions = _skill("definitions")
find_file = _skill("find_file")
goto = _skill("goto")
grep = _skill("grep")
localize = _skill("localize")
open_file = _skill("open", "open_file")
pack = _skill("pack")
outline = _skill("outline")
references = _skill("references")
related = _skill("related")
repo_map = _skill("repo_map")
scroll = _skill("scroll")
search = _skill("search")
