"""What docs/agents.md and the README say about the tools is so."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from typer.main import get_command

from locant.agent_tools.registry import TOOLS, tools_of
from locant.command.app import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
COMMAND: Any = get_command(app)


def commands() -> list[list[str]]:
    """Words of each command line of the page."""
    lines = re.findall(r"^locant .*", PAGE, re.M)
    inline = re.findall(r"`(locant [^`]+)`", PAGE)
    return [shlex.split(line, comments=True)[1:] for line in (*lines, *inline)]


def test_every_command_line_names_a_command_and_options_that_exist() -> None:
    assert len(commands()) > 10
    for name, *words in commands():
        known = {option for parameter in COMMAND.commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, (name, words)


def test_every_tool_call_names_a_tool_and_arguments_that_exist() -> None:
    calls = [words[1:] for words in commands() if words[0] == "tool" and words[1] != "NAME"]
    assert len(calls) >= 2
    by_name = {tool.name: tool for tool in TOOLS}
    for name, *pairs in calls:
        known = {parameter.name for parameter in by_name[name].parameters}
        assert {pair.partition("=")[0] for pair in pairs} <= known


def test_the_table_has_every_tool_and_marks_those_of_the_default_profile() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \| [^|]* \| (yes)? ?\|$", PAGE, re.M)
    listed = {name: mark == "yes" for names, mark in rows for name in re.findall(r"`(\w+)`", names)}
    defaults = {tool.name for tool in tools_of("default")}
    assert listed == {tool.name: tool.name in defaults for tool in TOOLS}


def test_the_readme_names_the_default_tools() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = ", ".join(f"`{tool.name}`" for tool in tools_of("default"))
    assert f"({names})" in " ".join(readme.split())


def test_the_configuration_on_the_page_is_json() -> None:
    [block] = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    server = json.loads(block)["mcpServers"]["locant"]
    assert [server["command"], *server["args"]] == ["locant", "mcp"]
