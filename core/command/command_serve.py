"""`serve`: the repositories of a team behind one address."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from locant.command.options import AsJson, Debug, NoColor
from locant.command.run import running
from locant.errors import QueryError

__all__ = ["serve"]


def serve(
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings as TOML (docs/server.md).", show_default=False),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on [default: 127.0.0.1]", show_default=False)
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="0 takes a free port [default: 8320]", show_default=False)
    ] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", help="Processes that answer [default: 1]", show_default=False)
    ] = None,
    root: Annotated[
        list[Path] | None,
        typer.Option(
            "--root", metavar="DIR", help="Folder in which repositories may be added; repeatable.", show_default=False
        ),
    ] = None,
    state_dir: Annotated[
        Path | None, typer.Option("--state-dir", metavar="DIR", help="Store, indexes and clones.", show_default=False)
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Any other setting; repeatable.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Serve repositories to people and agents: HTTP API, MCP and a page, until it is told to end."""
    with running("serve", None, as_json, no_color, debug) as run:
        try:
            from locant.server.serving import serve as serve_forever
            from locant.server.settings import load_settings
        except ModuleNotFoundError as error:
            raise QueryError(f"`locant serve` needs {error.name}: pip install 'locant[server]'") from error
        named = {"host": host, "port": port, "processes": processes, "allowed_roots": root, "state_dir": state_dir}
        flags = {name: value for name, value in named.items() if value is not None}
        settings = load_settings(config, {**flags, **_pairs(setting or [])})
        serve_forever(settings, lambda url: run.note(f"serving {url}"))


def _pairs(settings: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in settings:
        name, equals, value = pair.partition("=")
        if not equals:
            raise QueryError(f"--set {pair!r} is no NAME=VALUE; docs/server.md lists the settings")
        found[name.strip().replace("-", "_")] = value
    return found
