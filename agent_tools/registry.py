"""The tools: each stands here once, and every surface is made from this table.

Few are offered by default. Agents that are offered many tools use them worse, so `default` has what they need from the
first look at an issue to reading code; `all` adds the rest.
"""

from __future__ import annotations

from locant.agent_tools.functions.context import brief, localize, pack, repo_map
from locant.agent_tools.functions.find import find_file, grep, search
from locant.agent_tools.functions.names import callers, definitions, references, related
from locant.agent_tools.functions.read import goto, open_file, outline, scroll
from locant.agent_tools.signature import make_tool
from locant.agent_tools.types import Profile, Tool
from locant.errors import QueryError

__all__ = ["TOOLS", "tool_named", "tools_of"]

SHORT, MEDIUM, LONG, WINDOW = 1_000, 2_000, 4_000, 20_000
"""Tokens of an answer: a list of names, a list of places with code, a window of 100 lines or a whole brief, as much as
clients take."""

TOOLS: tuple[Tool, ...] = (
    make_tool("brief", brief, max_tokens=LONG, is_default=True),
    make_tool("localize", localize, max_tokens=MEDIUM, is_default=True),
    make_tool("search", search, max_tokens=MEDIUM, is_default=True),
    make_tool("grep", grep, max_tokens=MEDIUM, is_default=True),
    make_tool("open", open_file, max_tokens=LONG, is_default=True),
    make_tool("outline", outline, max_tokens=MEDIUM, is_default=True),
    make_tool("references", references, max_tokens=MEDIUM, is_default=True),
    make_tool("find_file", find_file, max_tokens=SHORT, is_default=False),
    make_tool("repo_map", repo_map, max_tokens=MEDIUM, is_default=False),
    make_tool("pack", pack, max_tokens=WINDOW, is_default=False),
    make_tool("scroll", scroll, max_tokens=LONG, is_default=False),
    make_tool("goto", goto, max_tokens=LONG, is_default=False),
    make_tool("definitions", definitions, max_tokens=SHORT, is_default=False),
    make_tool("callers", callers, max_tokens=SHORT, is_default=False),
    make_tool("related", related, max_tokens=SHORT, is_default=False),
)

_BY_NAME = {tool.name: tool for tool in TOOLS}


def tools_of(profile: Profile = "default") -> tuple[Tool, ...]:
    """The tools of a profile, in the order in which they are offered."""
    return tuple(tool for tool in TOOLS if tool.is_default or profile == "all")


def tool_named(name: str) -> Tool:
    """One tool; a QueryError that names all when there is none of that name."""
    if name not in _BY_NAME:
        raise QueryError(f"there is no tool {name[:80]!r}; the tools are {', '.join(_BY_NAME)}")
    return _BY_NAME[name]
