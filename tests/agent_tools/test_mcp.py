"""The MCP server as agents meet it: the official client, real pipes, a real port."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent

import locant
from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace
from locant.agent_tools.registry import tools_of
from locant.agent_tools.schemas import input_schema

ISSUE = "Retries wait for hours\n\nRetryPolicy.delay ignores MAX_DELAY and the client never gives up."


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def stdio(root: Path, environment: dict[str, str], *options: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=["-m", "locant", "mcp", str(root), *options], env=environment
    )


async def ask(server: Any, *calls: tuple[str, dict[str, Any]]) -> list[CallToolResult]:
    async with Client(server) as client:
        return [await client.call_tool(name, arguments) for name, arguments in calls]


@pytest.fixture(scope="module")
def url(root: Path, environment: dict[str, str]) -> Iterator[str]:
    """Address of a server on a free port."""
    command = [sys.executable, "-m", "locant", "mcp", str(root), "--http", "--port", "0", "--profile", "all"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as server:
        assert server.stderr is not None
        yield server.stderr.readline().split()[-1]
        server.terminate()


def test_over_stdio_it_lists_the_default_tools_and_answers_as_the_registry_does(
    root: Path, environment: dict[str, str], workspace: Workspace
) -> None:
    async def talk() -> None:
        async with Client(stdio(root, environment)) as client:
            listed = (await client.list_tools()).tools
            assert [tool.name for tool in listed] == [tool.name for tool in tools_of("default")]
            for offered, tool in zip(listed, tools_of("default"), strict=True):
                assert offered.description == tool.description
                assert offered.input_schema == input_schema(tool)
                assert offered.annotations is not None
                assert offered.annotations.read_only_hint
            result = await client.call_tool("localize", {"issue": ISSUE})
            assert text_of(result) == call_tool(workspace, "localize", {"issue": ISSUE}).text
            assert not result.is_error
            assert result.structured_content is None
            wrong = await client.call_tool("open", {"path": "../secret"})
            assert wrong.is_error
            assert "is outside the repository" in text_of(wrong)
            hidden = await client.call_tool("callers", {"name": "fetch"})
            assert hidden.is_error
            assert "there is no tool 'callers'" in text_of(hidden)

    asyncio.run(talk())


def test_over_stdio_the_open_file_is_remembered(root: Path, environment: dict[str, str]) -> None:
    server = stdio(root, environment, "--profile", "all", "--structured")
    opened, scrolled = asyncio.run(ask(server, ("open", {"path": "src/steps.py"}), ("scroll", {})))
    assert 'lines="1-100"' in text_of(opened)
    assert 'lines="99-198"' in text_of(scrolled)
    assert scrolled.structured_content["windows"][0]["start_line"] == 99


def test_over_http_each_call_stands_for_itself_and_answers_are_the_same(
    url: str, root: Path, workspace: Workspace
) -> None:
    calls = [("search", {"query": "seconds before the next attempt"}), ("open", {"path": "src/retry.py"})]
    found, opened, scrolled = asyncio.run(ask(url, *calls, ("scroll", {})))
    assert [text_of(found), text_of(opened)] == [call_tool(workspace, name, given).text for name, given in calls]
    assert scrolled.is_error
    assert "no file is open" in text_of(scrolled)


def test_a_server_of_several_repositories_names_them(root: Path, environment: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.py").write_text("def elsewhere():\n    pass\n")
    locant.open(other, cache_dir=environment["LOCANT_CACHE_DIR"], workers=1).update()

    async def talk() -> None:
        async with Client(stdio(root, environment, str(other))) as client:
            assert "service, other" in str(client.instructions)
            result = await client.call_tool("open", {"path": "b.py", "repository": "other"})
            assert "def elsewhere" in text_of(result)

    asyncio.run(talk())


def test_only_this_machine_is_served(root: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "locant", "mcp", str(root), "--http", "--host", "0.0.0.0"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert run.returncode == 2
    assert "is not a loopback address" in run.stderr
