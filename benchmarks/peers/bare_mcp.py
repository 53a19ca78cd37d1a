"""Peer of `locant mcp`: the official SDK's own server with one tool that does nothing, over stdin and stdout."""

from __future__ import annotations

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server


async def nothing(_: object, __: object) -> types.ListToolsResult:
    """One tool."""
    return types.ListToolsResult(tools=[types.Tool(name="nothing", input_schema={"type": "object"})])


async def main() -> None:
    """Answer one client."""
    server: Server[dict[str, object]] = Server("bare", on_list_tools=nothing)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


anyio.run(main)
