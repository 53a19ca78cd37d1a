"""What an agent is told: how to start the server, in the words of its configuration."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from locant.agent_tools.installer.types import Agent, Entry, Scope, Shape

__all__ = ["NAME", "entry_for", "server_command"]

NAME = "locant"
"""The server's name in every configuration."""

GOOSE_SECONDS = 300
"""Goose wants a limit for a call; the first one may have to index a large repository."""


def server_command(scope: Scope) -> tuple[str, ...]:
    """Command line of the server.

    Editors that are started from a desktop have another PATH than a shell, so a user's own configuration names the
    program in full; a project's is shared with machines where it lies elsewhere.
    """
    if scope is Scope.project:
        return (NAME, "mcp")
    beside = Path(sys.executable).with_name(NAME)
    program = str(beside) if beside.is_file() else shutil.which(NAME)
    return (program, "mcp") if program else (sys.executable, "-m", NAME, "mcp")


def _plain(command: tuple[str, ...]) -> Entry:
    return {"command": command[0], "args": list(command[1:])}


def _typed(command: tuple[str, ...]) -> Entry:
    return {"type": "stdio", **_plain(command)}


def _copilot(command: tuple[str, ...]) -> Entry:
    return {"type": "local", **_plain(command), "tools": ["*"]}


def _opencode(command: tuple[str, ...]) -> Entry:
    return {"type": "local", "command": list(command), "enabled": True}


def _goose(command: tuple[str, ...]) -> Entry:
    head = {"enabled": True, "type": "stdio", "name": NAME, "description": "Finds the place in a codebase"}
    return {**head, "cmd": command[0], "args": list(command[1:]), "envs": {}, "timeout": GOOSE_SECONDS}


def _named(command: tuple[str, ...]) -> Entry:
    return {"name": NAME, **_plain(command)}


_SHAPES: dict[Shape, Callable[[tuple[str, ...]], Entry]] = {
    Shape.plain: _plain,
    Shape.typed: _typed,
    Shape.copilot: _copilot,
    Shape.opencode: _opencode,
    Shape.goose: _goose,
    Shape.named: _named,
}


def entry_for(agent: Agent, scope: Scope, command: tuple[str, ...]) -> Entry:
    """The entry of a server with this command line."""
    is_list = agent.shape is Shape.named and scope is Scope.project
    make = _plain if is_list else _SHAPES[agent.shape]  # Continue's project files have the common form
    return make((*command, *agent.arguments))
