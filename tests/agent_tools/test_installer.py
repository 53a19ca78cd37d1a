"""`locant install` and `locant uninstall` on configuration files in the form that the agents' documentation gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from locant.agent_tools.installer.agents import AGENTS
from locant.agent_tools.installer.edit_toml import read as read_toml
from locant.agent_tools.installer.editing import added, entry_in, taken_out
from locant.agent_tools.installer.jsonc import read_json
from locant.agent_tools.installer.types import Place, Syntax
from locant.command.app import app

Run = Callable[..., Result]

CODEX = """\
# my settings
model = "gpt-5"  # the good one

[mcp_servers.context7]
command = "npx"
args = ["-y", "@upstash/context7-mcp"]

[mcp_servers.context7.env]
KEY = 'a "quoted" value'
"""
ZED = """\
// Zed settings
{
  "theme": "One Dark", // dark, always
  /* servers */
  "context_servers": {
    // local
    "local-mcp-server": {
      "command": "some-command",
      "args": ["arg-1", "arg-2"],
      "env": {},
    },
  },
  "vim_mode": true,
}
"""
CURSOR = '{"mcpServers": {"github": {"command": "npx", "args": ["-y", "server"], "env": {"TOKEN": "s3cret"}}}}'
GOOSE = """\
GOOSE_PROVIDER: "anthropic"   # provider
extensions:
  # built in
  developer:
    bundled: true
    enabled: true
    type: builtin
    instructions: |
      many lines

      of text
GOOSE_MODE: smart_approve
"""
CONTINUE = """\
name: Local Config
version: 1.0.0
schema: v1
mcpServers:
- name: sqlite   # a database
  command: npx
  args:
    - -y
    - mcp-sqlite
models: []
"""
OPENCODE = '{\r\n\t"$schema": "https://opencode.ai/config.json",\r\n\t"mcp": {\r\n\t}\r\n}\r\n'

FILES = {
    "codex": (".codex/config.toml", CODEX),
    "zed": (".config/zed/settings.json", ZED),
    "cursor": (".cursor/mcp.json", CURSOR),
    "goose": (".config/goose/config.yaml", GOOSE),
    "continue": (".continue/config.yaml", CONTINUE),
    "opencode": (".config/opencode/opencode.jsonc", OPENCODE),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def environment(home: Path) -> dict[str, str | None]:
    moved = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "CODEX_HOME", "CLAUDE_CONFIG_DIR", "COPILOT_HOME", "APPDATA")
    return {"HOME": str(home), "PATH": str(home / "bin"), **dict.fromkeys(moved)}


@pytest.fixture
def run(home: Path) -> Run:
    def call(*arguments: str) -> Result:
        project = home / "project"
        project.mkdir(exist_ok=True)
        return CliRunner().invoke(app, [*arguments, "--repo", str(project)], env=environment(home))

    return call


def put(home: Path, name: str, text: str) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def tree(home: Path) -> dict[str, bytes | None]:
    paths = [path for path in sorted(home.rglob("*")) if ".local" not in path.parts and path.name != "project"]
    return {str(path.relative_to(home)): path.read_bytes() if path.is_file() else None for path in paths}


def test_what_is_installed_is_found_and_uninstall_leaves_every_byte_as_it_was(home: Path, run: Run) -> None:
    for name, text in FILES.values():
        put(home, name, text)
    (home / ".gemini").mkdir()
    before = tree(home)
    assert run("install", "--yes").exit_code == 0
    changed = tree(home)
    assert {name for name in changed if changed[name] != before.get(name)} == {
        *(name for name, _ in FILES.values()),
        ".gemini/settings.json",
    }
    assert run("uninstall", "--yes").exit_code == 0
    assert tree(home) == before
    assert list((home / ".local/state/locant/backups").iterdir()) == []


def test_each_agent_gets_the_server_in_the_words_of_its_documentation(home: Path, run: Run) -> None:
    for name, text in FILES.values():
        put(home, name, text)
    run("install", "--yes")

    def said(agent: str) -> str:
        return (home / FILES[agent][0]).read_text()

    codex: Any = read_toml(said("codex"))
    assert codex["mcp_servers"]["locant"]["args"][-1] == "mcp"
    zed: Any = read_json(said("zed")).value
    assert list(zed["context_servers"]) == ["locant", "local-mcp-server"]
    assert json.loads(said("cursor"))["mcpServers"]["locant"]["args"][-3:] == ["mcp", "--repo", "${workspaceFolder}"]
    assert yaml.safe_load(said("goose"))["extensions"]["locant"]["type"] == "stdio"
    assert [one["name"] for one in yaml.safe_load(said("continue"))["mcpServers"]] == ["locant", "sqlite"]
    assert json.loads(said("opencode"))["mcp"]["locant"]["command"][-1] == "mcp"
    assert said("zed").replace(" ", "").count("//") == ZED.replace(" ", "").count("//")


def test_installing_again_changes_nothing(home: Path, run: Run) -> None:
    put(home, *FILES["zed"])
    run("install", "--yes")
    once = tree(home)
    again = run("install", "--yes")
    assert again.exit_code == 0
    assert "is there already" in again.stdout
    assert tree(home) == once


def test_a_dry_run_and_a_run_that_nobody_agreed_to_write_nothing(home: Path, run: Run) -> None:
    put(home, *FILES["codex"])
    before = tree(home)
    shown = run("install", "--dry-run")
    assert "+[mcp_servers.locant]" in shown.stdout
    assert "1 file would change." in shown.stdout
    refused = run("install")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert tree(home) == before
    assert not (home / ".local").exists()


@pytest.mark.parametrize(
    ("agent", "text", "why"),
    [
        ("cursor", '{\n "mcpServers": {,}\n}', "line 2"),
        ("cursor", '{"mcpServers": []}', "not an object"),
        ("cursor", '["mcpServers"]', "not an object"),
        ("cursor", '{"a": 1} trailing', "after the end"),
        ("codex", "model = \n", "line 1"),
        ("codex", "mcp_servers = {}\n", "left alone"),
        ("goose", "extensions: [\n", "left alone"),
        ("goose", "extensions: text\n", "left alone"),
        ("goose", "a: 1\n---\nb: 2\n", "left alone"),
        ("cursor", '{"a": ' * 5000, "too deeply"),
    ],
)
def test_a_file_that_cannot_be_changed_safely_is_left_alone(
    home: Path, run: Run, agent: str, text: str, why: str
) -> None:
    path = put(home, FILES[agent][0], text)
    result = run("install", "--agent", agent, "--agent", "kiro", "--yes")
    assert result.exit_code == 1
    assert why in result.stdout
    assert path.read_text() == text
    assert (home / ".kiro/settings/mcp.json").is_file()  # the others are done


def test_a_file_that_is_no_utf8_is_left_alone(home: Path, run: Run) -> None:
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_bytes(b'{"a": "\xff"}')
    assert "not UTF-8" in run("install", "--agent", "cursor", "--yes").stdout
    assert path.read_bytes() == b'{"a": "\xff"}'


def test_an_entry_of_someone_else_is_neither_replaced_nor_removed(home: Path, run: Run) -> None:
    path = put(home, ".cursor/mcp.json", '{"mcpServers": {"locant": {"command": "mine"}}}')
    before = path.read_bytes()
    assert "another entry named locant" in run("install", "--yes").stdout
    run("uninstall", "--yes")
    assert path.read_bytes() == before


def test_an_entry_that_was_changed_by_hand_stays(home: Path, run: Run) -> None:
    path = put(home, ".cursor/mcp.json", CURSOR)
    run("install", "--yes")
    path.write_text(path.read_text().replace("${workspaceFolder}", "/other"))
    result = run("uninstall", "--yes")
    assert result.exit_code == 1
    assert "changed by someone" in result.stdout
    assert "/other" in path.read_text()


@pytest.mark.parametrize("indent", [None, 4])
def test_only_the_entry_goes_when_the_agent_wrote_its_file_anew(home: Path, run: Run, indent: int | None) -> None:
    path = put(home, ".cursor/mcp.json", CURSOR)
    run("install", "--yes")
    value = json.loads(path.read_text())
    value["mcpServers"]["locant"] = value["mcpServers"].pop("locant")  # now it is the last
    value["mcpServers"]["late"] = {"command": "x"}
    path.write_text(json.dumps(value, indent=indent))
    assert run("uninstall", "--yes").exit_code == 0
    assert json.loads(path.read_text()) == {
        "mcpServers": {**json.loads(CURSOR)["mcpServers"], "late": {"command": "x"}}
    }


def test_a_link_stays_a_link_and_permissions_stay(home: Path, run: Run) -> None:
    real = put(home, "dotfiles/mcp.json", CURSOR)
    real.chmod(0o640)
    link = home / ".cursor" / "mcp.json"
    link.parent.mkdir()
    link.symlink_to(real)
    run("install", "--yes")
    assert link.is_symlink()
    assert "locant" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
    run("uninstall", "--yes")
    assert link.is_symlink()
    assert real.read_text() == CURSOR
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_place_that_cannot_be_written_is_a_clear_error(home: Path, run: Run) -> None:
    put(home, ".kiro", "a file where a folder should be")
    result = run("install", "--agent", "kiro", "--yes")
    assert result.exit_code in (1, 3)
    assert "Not a directory" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_project_gets_its_own_files_with_a_command_that_works_on_any_machine(home: Path, run: Run) -> None:
    assert run("install", "--scope", "project", "--agent", "claude-code", "--agent", "zed", "--yes").exit_code == 0
    shared = json.loads((home / "project/.mcp.json").read_text())
    assert shared == {"mcpServers": {"locant": {"type": "stdio", "command": "locant", "args": ["mcp"]}}}
    assert (home / "project/.zed/settings.json").is_file()
    run("uninstall", "--yes", "--scope", "user")
    assert (home / "project/.mcp.json").is_file()
    run("uninstall", "--yes")
    assert list((home / "project").iterdir()) == []


def test_another_project_keeps_its_files_also_when_they_are_links(home: Path, run: Run) -> None:
    shared = put(home, "shared/mcp.json", CURSOR)
    link = home / "project" / ".mcp.json"
    link.parent.mkdir()
    link.symlink_to(shared)
    run("install", "--scope", "project", "--agent", "claude-code", "--yes")
    other = ["uninstall", "--yes", "--repo", str(home)]
    assert "Nothing to change." in CliRunner().invoke(app, other, env=environment(home)).stdout
    assert "locant" in shared.read_text()
    run("uninstall", "--yes")
    assert shared.read_text() == CURSOR


def test_variables_that_move_a_configuration_are_respected(home: Path) -> None:
    moved = {**environment(home), "XDG_CONFIG_HOME": str(home / "xdg"), "CODEX_HOME": str(home / "cx")}
    arguments = ["install", "--agent", "codex", "--agent", "goose", "--agent", "vscode", "--yes", "--repo", str(home)]
    assert CliRunner().invoke(app, arguments, env=moved).exit_code == 0
    for name in ("cx/config.toml", "xdg/goose/config.yaml", "xdg/Code/User/mcp.json"):
        assert (home / name).is_file()


def test_an_unknown_agent_or_scope_and_a_machine_without_agents_are_told(run: Run) -> None:
    assert "claude-code" in run("install", "--agent", "clippy").stderr
    assert run("uninstall", "--agent", "clippy").exit_code == 2
    assert "user, project" in run("install", "--scope", "world").stderr
    assert "no coding agent" in run("install").stderr


def test_damaged_notes_are_a_clear_error(home: Path, run: Run) -> None:
    put(home, ".local/state/locant/installed.json", "[{]")
    result = run("uninstall", "--yes")
    assert result.exit_code == 3
    assert "is damaged" in result.stderr


def test_runs_at_the_same_time_do_not_lose_each_others_notes(home: Path, run: Run) -> None:
    agents = ("cursor", "kiro", "zed", "goose")
    variables = {key: value for key, value in {**os.environ, **environment(home)}.items() if value is not None}

    def install(agent: str) -> None:
        script = "from locant.command.app import main; main()"
        command = [sys.executable, "-c", script, "install", "--agent", agent, "--yes", "--repo", str(home)]
        subprocess.run(command, env=variables, check=True, capture_output=True)

    threads = [threading.Thread(target=install, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run("uninstall", "--yes").exit_code == 0
    assert tree(home) == {}


def test_an_entry_that_points_to_an_old_place_is_replaced_and_still_undone(home: Path, run: Run) -> None:
    path = put(home, ".cursor/mcp.json", CURSOR)
    run("install", "--yes")
    notes = home / ".local/state/locant/installed.json"
    command = json.loads(path.read_text())["mcpServers"]["locant"]["command"]
    for file in (path, notes):  # as an installation elsewhere would have written it
        file.write_text(file.read_text().replace(command, "/old/locant"))
    assert run("install", "--yes").exit_code == 0
    assert json.loads(path.read_text())["mcpServers"]["locant"]["command"] == command
    run("uninstall", "--yes")
    assert path.read_text() == CURSOR


def test_the_page_lists_every_agent() -> None:
    text = (Path(__file__).parents[2] / "docs" / "installer.md").read_text(encoding="utf-8")
    assert [agent.name for agent in AGENTS if f"| `{agent.name}` ({agent.title}) |" not in text] == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
SERVERS = st.dictionaries(st.text(min_size=1, max_size=6).filter(lambda name: name != "locant"), VALUES, max_size=3)
ENTRY = {"command": "/usr/bin/locant", "args": ["mcp"]}


@given(
    rest=st.dictionaries(st.text(max_size=5), VALUES, max_size=3),
    servers=st.none() | SERVERS,
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    comments=st.booleans(),
    crlf=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_any_json_file_comes_back_byte_for_byte(
    rest: dict[str, object], servers: dict[str, object] | None, indent: int | str | None, comments: bool, crlf: bool
) -> None:
    place = Place((), ("mcpServers",))
    value = rest if servers is None else {**rest, "mcpServers": servers}
    if servers is None:
        value.pop("mcpServers", None)
    text = json.dumps(value, indent=indent)
    if comments and indent is not None:
        text = (
            "// head, {\n" + text.replace("{\n", '{ // here, "too" }\n').replace("}", "/* , */ }")
            if '"' not in text
            else text
        )
    text = text.replace("\n", "\r\n") if crlf else text
    edit = added(text, place, "locant", ENTRY)
    assert entry_in(edit.text, place, "locant") == ENTRY
    assert taken_out(edit.text, edit.inserted, place, "locant") == text


@given(servers=SERVERS, flow=st.booleans(), lead=st.sampled_from(["", "# head\n", "a: 1\n\n"]), tail=st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_yaml_file_comes_back_byte_for_byte_or_is_refused(
    servers: dict[str, object], flow: bool, lead: str, tail: bool
) -> None:
    place = Place((), ("extensions",), Syntax.yaml)
    text = lead + yaml.safe_dump({"extensions": servers}, default_flow_style=flow) + ("# end" if tail else "")
    try:
        edit = added(text, place, "locant", ENTRY)
    except ValueError:
        assert flow  # a file of one line in braces is not one that people write
        return
    assert taken_out(edit.text, edit.inserted, place, "locant") == text
