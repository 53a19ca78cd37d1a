"""`tool`, `tools` and `mcp`: the tools for agents, called from a shell, described for an API, served to a client."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from locant.command.exits import FOUND, NOTHING, USAGE
from locant.command.options import AsJson, Debug, NoColor, Repo
from locant.command.run import choice, running
from locant.errors import QueryError

if TYPE_CHECKING:
    from locant.agent_tools.bundles import BundleForm
    from locant.agent_tools.schemas import SchemaForm
    from locant.agent_tools.types import Profile, Session, Tool

__all__ = ["mcp", "tool", "tools"]

FORMS = ("openai", "anthropic", "json")
BUNDLES = ("swe-agent", "openhands")
PROFILES = ("default", "all")

ProfileOption = Annotated[
    str, typer.Option("--profile", help="Which tools: default, the few that agents use best, or all.")
]


def tool(
    name: Annotated[str, typer.Argument(help="A tool of `locant tools`.", show_default=False)],
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE]...", help="Arguments of the tool.", show_default=False),
    ] = None,
    args: Annotated[
        str | None,
        typer.Option("--args", metavar="JSON", help="Arguments as a JSON object; - reads stdin.", show_default=False),
    ] = None,
    session: Annotated[
        Path | None,
        typer.Option(
            "--session",
            metavar="FILE",
            help="Keep the open file and its line here, for scroll and goto.",
            envvar="LOCANT_SESSION",
            show_default=False,
        ),
    ] = None,
    repo: Repo = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Call one tool as an agent would, and print the answer that it would read."""
    from locant.agent_tools.calling.call import call_tool
    from locant.agent_tools.calling.sessions import load_session, save_session
    from locant.agent_tools.calling.workspace import Workspace

    with running("tool", repo, as_json, no_color, debug) as run:
        arguments = _arguments(args, values or [])
        kept: Session | None = load_session(session) if session else None
        with Workspace([run.root]) as workspace:
            answer = call_tool(workspace, name, arguments, session=kept)
        if session is not None and kept is not None:
            save_session(session, kept)
        fields = {
            "tool": name,
            "text": answer.text,
            "tokens": answer.tokens,
            "found": answer.found,
            "is_error": answer.is_error,
            "answer": answer.data,
        }
        run.answer(run.root.absolute(), fields, lambda: answer.text.split("\n"))
        run.code = USAGE if answer.is_error else FOUND if answer.found else NOTHING


def _arguments(text: str | None, pairs: list[str]) -> dict[str, Any]:
    """Arguments of a JSON object, and of words `name=value`; a name that comes again makes a list."""
    found = _object(sys.stdin.read() if text == "-" else text) if text is not None else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise QueryError(f"{pair!r} is no NAME=VALUE; `locant tools` lists the arguments of each tool")
        if name in found:
            before = found[name] if isinstance(found[name], list) else [found[name]]
            found[name] = [*before, value]
        else:
            found[name] = value
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError(f'--args is no JSON: {error}; give an object, as \'{{"query": "retry delay"}}\'') from error
    if not isinstance(found, dict):
        raise QueryError('--args has to be a JSON object, as \'{"query": "retry delay"}\'')
    return found


def tools(
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORM",
            help="Schemas: openai, anthropic, json. Folders: swe-agent, openhands.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where a folder is written.", show_default=False),
    ] = None,
    profile: ProfileOption = "default",
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """List the tools for agents, or print their schemas for function calling."""
    from locant.agent_tools.registry import tools_of
    from locant.agent_tools.schemas import schemas

    with running("tools", None, as_json, no_color, debug) as run:
        chosen = tools_of(cast("Profile", choice(profile, PROFILES, "profile")))
        known = choice(form or "json", (*FORMS, *BUNDLES), "format")
        if known in BUNDLES:
            written = _write(chosen, cast("BundleForm", known), output)
            run.answer(None, {"tools": [], "written": written}, lambda: [str(path) for path in written])
            return
        made = schemas(chosen, cast("SchemaForm", known))
        run.answer(
            None,
            {"tools": made, "written": []},
            lambda: json.dumps(made, indent=2).split("\n") if form else _tool_lines(chosen),
        )


def _write(chosen: tuple[Tool, ...], form: BundleForm, output: Path | None) -> tuple[Path, ...]:
    from locant.agent_tools.bundles import write_bundle

    if output is None:
        raise QueryError(f"--format {form} writes a folder; say where by --output DIR")
    return write_bundle(chosen, form, output)


def _tool_lines(chosen: tuple[Tool, ...]) -> Iterator[str]:
    for found in chosen:
        yield f"{found.name}({', '.join(parameter.name for parameter in found.parameters)})"
        yield f"  {found.description}"


def mcp(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Repositories to serve, instead of --repo.", show_default=False),
    ] = None,
    http: Annotated[bool, typer.Option("--http", help="Serve streamable HTTP on this machine, not stdio.")] = False,
    host: Annotated[str, typer.Option("--host", help="Loopback address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes a free port.")] = 8321,
    profile: ProfileOption = "default",
    structured: Annotated[
        bool, typer.Option("--structured", help="Send the JSON of each answer beside its text.")
    ] = False,
    repo: Repo = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Serve the tools to coding agents by the Model Context Protocol, over stdin and stdout."""
    with running("mcp", repo, as_json, no_color, debug) as run:
        from locant.agent_tools.calling.workspace import Workspace
        from locant.agent_tools.registry import tools_of
        from locant.agent_tools.types import Session

        chosen = tools_of(cast("Profile", choice(profile, PROFILES, "profile")))
        try:
            from locant.agent_tools.mcp_server import make_server, serve_http, serve_stdio
        except ModuleNotFoundError as error:
            raise QueryError(f"`locant mcp` needs {error.name}: pip install 'locant[mcp]'") from error
        with Workspace(paths or [run.root]) as workspace:
            workspace.warm()  # the first call then finds an index, or one that is nearly there
            if http:
                server = make_server(workspace, chosen, structured=structured)
                serve_http(server, host, port, lambda url: run.note(f"serving {url}"))
            else:
                serve_stdio(make_server(workspace, chosen, session=Session(), structured=structured))
