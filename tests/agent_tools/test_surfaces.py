"""Every surface gives the answer of the registry."""

from __future__ import annotations

import asyncio
import inspect
import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from locant import skills
from locant.agent_tools.bundles import bundle_files, write_bundle
from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace
from locant.agent_tools.langchain_tools import langchain_tools
from locant.agent_tools.registry import TOOLS, tools_of
from locant.agent_tools.schemas import SchemaForm, schemas
from locant.agent_tools.types import Answer
from locant.command.app import app
from locant.errors import QueryError
from locant.server.app import make_app
from locant.server.settings import Settings

Surface = Callable[[str, Mapping[str, Any]], tuple[str, Mapping[str, Any]]]
"""A tool and its arguments, to the text and the JSON that the surface gives."""

WRONG: dict[str, dict[str, Any]] = {
    "open": {"path": "../../etc/passwd"},
    "search": {"query": "delay", "limit": 10**9},
    "grep": {"pattern": "("},
    "outline": {"path": "src/retri.py"},
}
"""Calls that get a sentence; it is the same everywhere, too."""


@pytest.fixture(scope="module")
def surfaces(root: Path, workspace: Workspace, environment: dict[str, str]) -> Iterator[dict[str, Surface]]:
    """All surfaces that answer in this process or by a command."""
    by_name = {tool.name: tool for tool in langchain_tools(workspace, "all")}
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("LOCANT_CACHE_DIR", environment["LOCANT_CACHE_DIR"])
        skills.use_repository(root)

        def from_langchain(name: str, arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
            call = {"type": "tool_call", "id": "1", "name": name, "args": dict(arguments)}
            message = by_name[name].invoke(call)
            return message.content, message.artifact

        def from_skills(name: str, arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
            text = getattr(skills, "open_file" if name == "open" else name)(**arguments)
            return str(text), text.data

        def from_command(name: str, arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
            words = ["tool", name, "--args", json.dumps(arguments), "--json", "--repo", str(root)]
            found = json.loads(CliRunner().invoke(app, words).stdout)
            return found["text"], found["answer"]

        def from_mcp(name: str, arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
            return asyncio.run(ask_mcp(workspace, name, arguments))

        with served(root, Path(environment["LOCANT_CACHE_DIR"])) as from_http:
            yield {
                "langchain": from_langchain,
                "skills": from_skills,
                "command": from_command,
                "mcp": from_mcp,
                "http": from_http,
            }


@contextmanager
def served(root: Path, state: Path) -> Iterator[Surface]:
    """A server that has the repository, and answers once it is indexed."""
    server = make_app(Settings(state_dir=state / "server", allowed_roots=(root.parent,)), supervise=True)
    with TestClient(server, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as client:
        made = client.post("/v1/repositories", json={"path": str(root)}).json()
        with client.stream("GET", f"/v1/jobs/{made['job']}/events") as events:
            assert '"state":"done"' in list(events.iter_lines())[-2]

        def ask(name: str, arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
            answer = client.post(f"/v1/repositories/{made['name']}/tools/{name}", json=dict(arguments)).json()
            return answer["text"], answer["data"]

        yield ask


async def ask_mcp(workspace: Workspace, name: str, arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    from mcp import Client
    from mcp_types import TextContent

    from locant.agent_tools.mcp_server import make_server

    async with Client(make_server(workspace, TOOLS, structured=True)) as client:
        result = await client.call_tool(name, dict(arguments))
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text, result.structured_content


def comparable(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """JSON of an answer without the moments at which it was made."""
    plain = json.loads(json.dumps(data))
    for moment in ("checked_at", "indexed_at"):
        plain.get("freshness", {}).pop(moment, None)
    return dict(plain)


@pytest.mark.parametrize("name", [tool.name for tool in TOOLS])
def test_all_surfaces_give_the_same_answer(
    name: str, cases: dict[str, dict[str, Any]], surfaces: dict[str, Surface], workspace: Workspace
) -> None:
    for arguments in [cases[name], {**cases[name], "max_tokens": 150}, *([WRONG[name]] if name in WRONG else [])]:
        expected: Answer = call_tool(workspace, name, arguments)
        for surface, ask in surfaces.items():
            text, data = ask(name, arguments)
            assert text == expected.text, surface
            assert comparable(data) == comparable(expected.data), surface


def test_skills_say_what_they_take_and_return_text_that_shows_as_it_is(surfaces: dict[str, Surface]) -> None:
    del surfaces  # they set the repository
    signature = inspect.signature(skills.open_file)
    assert list(signature.parameters)[:2] == ["path", "line"]
    assert str(inspect.getdoc(skills.open_file)).startswith("Show lines of a file")
    text = skills.open_file("src/steps.py", 120)
    assert repr(text) == str(text)
    assert 'lines="104-203"' in text
    assert 'lines="202-300"' in skills.scroll()
    assert skills.open_file("nothing.py").startswith("Error: ")
    assert skills.search(qery="x").startswith("Error: search has no argument 'qery'; did you mean query?")
    with pytest.raises(QueryError, match="is no folder"):
        skills.use_repository("/nonexistent/place")


def test_skills_work_in_a_notebook(root: Path, environment: dict[str, str]) -> None:
    jupyter = pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("ipykernel")
    manager, client = jupyter.start_new_kernel(kernel_name="python3", env=environment, cwd=str(root))
    try:
        shown: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            shown.append(content.get("text") or content.get("data", {}).get("text/plain", ""))

        code = "from locant.skills import search, open_file\nopen_file('src/retry.py:RetryPolicy')"
        reply = client.execute_interactive(code, output_hook=keep, timeout=300)
        assert reply["content"]["status"] == "ok"
        assert "6| class RetryPolicy:\n" in "".join(shown)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_an_agent_of_langchain_calls_the_tools(workspace: Workspace) -> None:
    agents = pytest.importorskip("langchain.agents")
    models = pytest.importorskip("langchain_core.language_models.fake_chat_models")
    messages = pytest.importorskip("langchain_core.messages")

    class Scripted(models.GenericFakeChatModel):  # type: ignore[misc, name-defined]
        """A model that says what it was told to; it takes any tools."""

        def bind_tools(self, tools: object, **_: object) -> Any:
            return self

    calls = [
        {"type": "tool_call", "id": "1", "name": "outline", "args": {"path": "src/retry.py"}},
        {"type": "tool_call", "id": "2", "name": "open", "args": {"path": "../secret"}},
    ]
    script = iter([messages.AIMessage("", tool_calls=calls), messages.AIMessage("found it")])
    agent = agents.create_agent(Scripted(messages=script), langchain_tools(workspace))
    said = agent.invoke({"messages": [("user", "where are retries?")]})["messages"]
    answers = {message.tool_call_id: message for message in said if message.type == "tool"}
    assert answers["1"].content == call_tool(workspace, "outline", {"path": "src/retry.py"}).text
    assert answers["1"].artifact["path"] == "src/retry.py"
    assert "is outside the repository" in answers["2"].content


@pytest.mark.parametrize(
    ("form", "module", "name"),
    [("openai", "openai.types.chat", "ChatCompletionToolParam"), ("anthropic", "anthropic.types", "ToolParam")],
)
def test_schemas_are_what_the_vendors_own_types_want(form: SchemaForm, module: str, name: str) -> None:
    types: Any = pytest.importorskip(module)
    pydantic: Any = pytest.importorskip("pydantic")
    made = schemas(TOOLS, form)
    param: Any = getattr(types, name)
    assert pydantic.TypeAdapter(list[param]).validate_python(made, strict=True)


# -- folders for other agents -------------------------------------------------------------------------------------


def test_a_swe_agent_bundle_has_commands_as_it_reads_them(root: Path, tmp_path: Path) -> None:
    files = bundle_files(tools_of("all"), "swe-agent")
    config = yaml.safe_load(files["config.yaml"])
    assert set(config) == {"tools"}
    for name, command in config["tools"].items():
        assert f"bin/{name}" in files
        required = [argument["required"] for argument in command["arguments"]]
        assert required == sorted(required, reverse=True)  # those that have to be given come first
        for argument in command["arguments"]:
            assert f"<{argument['name']}>" in command["signature"]
            assert argument["argument_format"].count("{{value}}") == 1


def test_the_commands_of_a_swe_agent_bundle_answer_and_keep_the_open_file(
    root: Path, tmp_path: Path, environment: dict[str, str], workspace: Workspace
) -> None:
    write_bundle(tools_of("all"), "swe-agent", tmp_path / "bundle")
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "locant").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m locant "$@"\n')
    (commands / "locant").chmod(0o755)
    path = f"{tmp_path / 'bundle' / 'bin'}:{commands}:{environment['PATH']}"
    settings = {**environment, "PATH": path, "LOCANT_SESSION": str(tmp_path / "session.json")}

    def run(command: str) -> tuple[int, str]:
        done = subprocess.run(["bash", "-c", command], cwd=root / "src", env=settings, capture_output=True, text=True)
        return done.returncode, done.stdout

    assert run("locant_open path='src/steps.py' line=120")[0] == 0
    assert 'lines="202-300"' in run("locant_scroll")[1]
    code, said = run("locant_open path='src/retri.py'")
    assert code == 0
    assert "did you mean src/retry.py" in said


def test_an_openhands_folder_has_the_server_and_a_skill(tmp_path: Path) -> None:
    written = write_bundle(tools_of("default"), "openhands", tmp_path / "openhands")
    assert json.loads((tmp_path / "openhands" / "mcp.json").read_text())["mcpServers"]["locant"]["args"] == ["mcp"]
    skill = (tmp_path / "openhands" / "skills" / "locant" / "SKILL.md").read_text()
    head = yaml.safe_load(skill.split("---")[1])
    assert head["name"] == "locant"
    assert "traceback" in head["triggers"]
    assert all(f"`{tool.name}`" in skill for tool in tools_of("default"))
    with pytest.raises(QueryError, match="is there already"):
        write_bundle(tools_of("default"), "openhands", tmp_path / "openhands")
    assert len(written) == 3


def test_schemas_are_printed_as_the_apis_take_them() -> None:
    for form, key in (("openai", "function"), ("anthropic", "input_schema"), ("json", "inputSchema")):
        result = CliRunner().invoke(app, ["tools", "--format", form])
        assert result.exit_code == 0
        assert all(key in entry for entry in json.loads(result.stdout))
    assert CliRunner().invoke(app, ["tools", "--format", "swe-agent"]).exit_code == 2
