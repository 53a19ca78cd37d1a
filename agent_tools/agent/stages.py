"""The strategies that look around with tools, for `Index.localize(..., strategy=AGENT_STAGES["agent"])`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from locant.agent_tools.agent.by_code import by_code
from locant.agent_tools.agent.by_tools import by_tools
from locant.retriever.llm.records import Found, Task
from locant.retriever.llm.stages import Stage

__all__ = ["AGENT_STAGES", "AgentStage"]


@dataclass(frozen=True, slots=True)
class AgentStage:
    """A stage under the name by which an account shows it."""

    name: str
    run: Stage

    def __call__(self, task: Task) -> Found:
        """Places that the agent answers."""
        return self.run(task)


AGENT_STAGES: Mapping[str, AgentStage] = {
    "agent": AgentStage("agent", by_tools),
    "codeact": AgentStage("codeact", by_code),
}
