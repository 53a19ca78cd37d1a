"""`install` and `uninstall`: tell coding agents of locant, and take it back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from locant.command.options import AsJson, Debug, NoColor, Repo
from locant.command.run import Run, choice, running
from locant.errors import ConfigurationError, QueryError

if TYPE_CHECKING:
    from locant.agent_tools.installer.types import Change

__all__ = ["install", "uninstall"]

AgentNames = Annotated[
    list[str] | None,
    typer.Option(
        "--agent", "-a", metavar="NAME", help="Only this agent, found or not; repeatable.", show_default=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

_SCOPES = ("user", "project")


def install(
    agent: AgentNames = None,
    scope: Annotated[
        str, typer.Option("--scope", metavar="SCOPE", help="The user's configuration, or this project's.")
    ] = "user",
    dry_run: DryRun = False,
    yes: Yes = False,
    repo: Repo = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Tell the coding agents on this machine of locant's tools."""
    with running("install", repo, as_json, no_color, debug) as run:
        from locant.agent_tools.installer.entries import server_command
        from locant.agent_tools.installer.install import apply_install, plan_install
        from locant.agent_tools.installer.ledger import Ledger, state_folder
        from locant.agent_tools.installer.places import chosen, this_machine
        from locant.agent_tools.installer.types import Scope

        wanted = Scope(choice(scope, _SCOPES, "scope"))
        machine, ledger = this_machine(run.root.absolute()), Ledger(state_folder())
        command = server_command(wanted)
        if find_spec("mcp") is None:
            run.note("agents can start the server once its extra is there: pip install 'locant[mcp]'")
        changes = plan_install(chosen(tuple(agent or ()), machine), wanted, machine, command, ledger)
        if not changes:
            message = "no coding agent with such a configuration was found; name one with --agent"
            raise ConfigurationError(message)
        _carry_out(run, changes, dry_run, yes, lambda: apply_install(changes, wanted, machine, command, ledger))


def uninstall(
    agent: AgentNames = None,
    scope: Annotated[
        str | None, typer.Option("--scope", metavar="SCOPE", help="Only user or project.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    repo: Repo = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Take back what `install` wrote, and nothing else."""
    with running("uninstall", repo, as_json, no_color, debug) as run:
        from locant.agent_tools.installer.install import apply_uninstall, plan_uninstall
        from locant.agent_tools.installer.ledger import Ledger, state_folder
        from locant.agent_tools.installer.places import chosen, this_machine
        from locant.agent_tools.installer.types import Scope

        wanted = Scope(choice(scope, _SCOPES, "scope")) if scope else None
        if agent:
            chosen(tuple(agent), this_machine(run.root.absolute()))
        ledger = Ledger(state_folder())
        changes = plan_uninstall(tuple(agent or ()), wanted, run.root.absolute(), ledger)
        _carry_out(run, changes, dry_run, yes, lambda: apply_uninstall(changes, ledger))


def _carry_out(run: Run, changes: Sequence[Change], dry_run: bool, yes: bool, act: Callable[[], None]) -> None:
    """Show the changes, ask, make them, answer."""
    real = [change for change in changes if change.outcome.value in ("write", "remove")]
    if not run.as_json:
        _show(run, changes)
    written = bool(changes) and not dry_run and (not real or yes or _agreed(run, len(real)))
    if written:
        act()
    payload = {"written": bool(real) and written, "changes": [_row(change) for change in changes]}
    blocked = any(change.outcome.value == "blocked" for change in changes)
    run.answer(None, payload, lambda: _summary(real, written, dry_run), found=not blocked)


def _show(run: Run, changes: Sequence[Change]) -> None:
    from locant.command.screen import write_lines

    write_lines(line for change in changes for line in _lines(run, change))
    sys.stdout.flush()


def _lines(run: Run, change: Change) -> Iterator[str]:
    from locant.agent_tools.installer.install import difference

    screen = run.screen
    names = ", ".join(change.agents)
    if change.reason:
        style = "bad" if change.outcome.value == "blocked" else "dim"
        path = screen.paint("path", str(change.path))
        yield f"{screen.paint('symbol', names)}: {path} {screen.paint(style, change.reason)}"
        return
    yield f"{screen.paint('symbol', names)}:"
    for line in difference(change):
        style = "good" if line.startswith("+") else "bad" if line.startswith("-") else "dim"
        yield screen.paint(style, line)


def _agreed(run: Run, files: int) -> bool:
    from locant.command.wording import count

    question = f"Change {count(files, 'file', 'files')}?"
    if run.as_json or not sys.stdin.isatty():
        raise QueryError(f"{question} Nobody can be asked here: add --yes, or --dry-run to only look")
    return typer.confirm(question)


def _row(change: Change) -> dict[str, object]:
    outcome = change.outcome.value
    return {"agents": change.agents, "path": str(change.path), "outcome": outcome, "reason": change.reason}


def _summary(real: Sequence[Change], written: bool, dry_run: bool) -> Iterator[str]:
    from locant.command.wording import count

    files = count(len(real), "file", "files")
    if not real:
        yield "Nothing to change."
    elif written:
        yield f"Changed {files}. Restart the agents to let them see it."
    else:
        yield f"{files} would change." if dry_run else "Nothing was changed."
