"""Records of the installer: where an agent keeps its servers, and what would change there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

__all__ = ["Agent", "Change", "Edit", "Entry", "Machine", "Outcome", "Place", "Scope", "Shape", "Syntax"]

Entry = Mapping[str, object]
"""What an agent wants to know of one server, in its own words."""


class Scope(str, Enum):
    user = "user"
    project = "project"


class Syntax(str, Enum):
    """json: with comments and trailing commas, which several agents allow and none forbids to keep."""

    json = "json"
    toml = "toml"
    yaml = "yaml"
    yaml_list = "yaml_list"


class Shape(str, Enum):
    """How an agent writes down a server that is started as a process; `entries.py` makes them."""

    plain = "plain"
    typed = "typed"
    copilot = "copilot"
    opencode = "opencode"
    goose = "goose"
    named = "named"


@dataclass(frozen=True, slots=True)
class Place:
    """A configuration file.

    paths: the names that it may have, each with `{root}` in front (`places.py` knows the roots); the first that exists
        counts, or the first of all when none does.
    keys: from the top of the file to the table or list of servers.
    syntax: of the file.
    seed: what a file that has to be made begins with.
    """

    paths: tuple[str, ...]
    keys: tuple[str, ...]
    syntax: Syntax = Syntax.json
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A coding agent.

    marks: paths of which one exists where the agent is installed.
    programs: names of its commands.
    source: the page of its documentation that says so.
    arguments: what it has to add to the server's command line, as the variable for the folder that is open: editors
        start servers anywhere.
    """

    name: str
    title: str
    marks: tuple[str, ...]
    programs: tuple[str, ...]
    user: Place | None
    project: Place | None
    shape: Shape
    source: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look: the system's name (as `sys.platform`), home, environment, and the project's folder."""

    platform: str
    home: Path
    environment: Mapping[str, str]
    project: Path


@dataclass(frozen=True, slots=True)
class Edit:
    """A text with `inserted` put in at `start`, and nothing else changed."""

    text: str
    start: int
    inserted: str


class Outcome(str, Enum):
    """What is to be done with a file; `blocked`: nothing, and the change says why."""

    write = "write"
    remove = "remove"
    nothing = "nothing"
    blocked = "blocked"


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one file.

    path: of the file as the agent names it. before, after: its bytes; None where there is no file.
    inserted: the text that is put in (install) or taken out (uninstall), "" when it has no exact form.
    reason: a sentence for outcomes without a change.
    """

    agents: tuple[str, ...]
    path: Path
    outcome: Outcome
    before: bytes | None = None
    after: bytes | None = None
    inserted: str = ""
    reason: str = ""
