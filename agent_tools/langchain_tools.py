"""The tools as LangChain takes them; needs `langchain-core`, which the extra `langchain` brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace
from locant.agent_tools.registry import tools_of
from locant.agent_tools.schemas import input_schema
from locant.agent_tools.types import Profile, Session

__all__ = ["langchain_tools"]


def langchain_tools(
    workspace: Workspace, profile: Profile = "default", session: Session | None = None
) -> Sequence[BaseTool]:
    """Tools whose content is the text that a model reads, and whose artifact is the same as JSON.

    Args:
        workspace: the repositories that may be asked.
        profile: which tools.
        session: keeps the open file between calls, for `scroll` and `goto`.

    """

    def function(name: str) -> Callable[..., tuple[str, dict[str, Any]]]:
        def ask(**arguments: object) -> tuple[str, dict[str, Any]]:
            answer = call_tool(workspace, name, arguments, session=session)
            return answer.text, dict(answer.data)

        return ask

    return [
        StructuredTool(
            name=tool.name,
            description=tool.description,
            args_schema=input_schema(tool),
            func=function(tool.name),
            response_format="content_and_artifact",
        )
        for tool in tools_of(profile)
    ]
