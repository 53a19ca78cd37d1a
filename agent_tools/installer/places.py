"""Where agents are on a machine: their folders per system, and whether they are there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from locant.agent_tools.installer.agents import AGENTS
from locant.agent_tools.installer.types import Agent, Machine, Place, Scope
from locant.errors import QueryError

__all__ = ["chosen", "file_of", "is_present", "place_of", "this_machine"]


def this_machine(project: Path) -> Machine:
    """The machine that this runs on."""
    return Machine(sys.platform, Path.home(), dict(os.environ), project)


def _folder(machine: Machine, variable: str, otherwise: Path) -> Path:
    """The folder that a variable names; a relative one is ignored, as the XDG specification wants it."""
    value = machine.environment.get(variable, "")
    return Path(value) if value and Path(value).is_absolute() else otherwise


def _roots(machine: Machine) -> dict[str, Path]:
    home, windows = machine.home, machine.platform == "win32"
    config = _folder(machine, "XDG_CONFIG_HOME", home / ".config")
    roaming = _folder(machine, "APPDATA", home / "AppData" / "Roaming")
    library = home / "Library" / "Application Support"
    return {
        "home": home,
        "project": machine.project,
        "config": config,
        "appdata": roaming if windows else library if machine.platform == "darwin" else config,
        "claude": _folder(machine, "CLAUDE_CONFIG_DIR", home),
        "codex": _folder(machine, "CODEX_HOME", home / ".codex"),
        "copilot": _folder(machine, "COPILOT_HOME", home / ".copilot"),
        "zed": roaming / "Zed" if windows else config / "zed",
        "goose": roaming / "Block" / "goose" / "config" if windows else config / "goose",
    }


def _resolve(template: str, roots: dict[str, Path]) -> Path:
    root, _, rest = template.removeprefix("{").partition("}")
    return roots[root] / rest.lstrip("/") if rest else roots[root]


def file_of(place: Place, machine: Machine) -> Path:
    """The file of a place: the first of its names that exists, else the first."""
    roots = _roots(machine)
    paths = [_resolve(template, roots) for template in place.paths]
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def place_of(agent: Agent, scope: Scope) -> Place | None:
    """Where an agent keeps the servers of a scope; None when it has no such file."""
    return agent.user if scope is Scope.user else agent.project


def is_present(agent: Agent, machine: Machine) -> bool:
    """Whether an agent is installed: one of its folders or programs is there."""
    roots = _roots(machine)
    if any(_resolve(mark, roots).exists() for mark in agent.marks):
        return True
    path = machine.environment.get("PATH", "")
    return any(shutil.which(program, path=path) for program in agent.programs)


def chosen(names: tuple[str, ...], machine: Machine) -> tuple[Agent, ...]:
    """The agents of these names, or those that are installed when there are no names.

    Raises:
        QueryError: no agent has a name.

    """
    known = {agent.name: agent for agent in AGENTS}
    for name in names:
        if name not in known:
            raise QueryError(f"agent {name!r} is not known; choose from {', '.join(known)}")
    if names:
        return tuple(known[name] for name in dict.fromkeys(names))
    return tuple(agent for agent in AGENTS if is_present(agent, machine))
