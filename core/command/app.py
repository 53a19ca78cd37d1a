"""The `locant` command: which commands there are, and nothing else.

Start-up counts, since agents call it hundreds of times: whatever a command needs is imported inside it, and rich help
is off (importing rich costs more than answering a warm query).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from locant.command.command_doctor import doctor
from locant.command.command_pack import pack
from locant.command.command_serve import serve
from locant.command.command_summarize import summarize
from locant.command.command_watch import watch
from locant.command.commands_context import brief, map_command
from locant.command.commands_find import localize, search
from locant.command.commands_index import clear, index, status
from locant.command.commands_install import install, uninstall
from locant.command.commands_keys import keys
from locant.command.commands_read import definitions, find, grep, outline, references, related, view
from locant.command.commands_tools import mcp, tool, tools
from locant.command.evaluation import EvaluationGroup
from locant.command.examples import EXAMPLES
from locant.command.exits import INTERRUPTED

__all__ = ["app", "main"]

_COMMANDS: tuple[Callable[..., None], ...] = (
    *(index, status, search, localize),
    *(brief, map_command, pack, summarize),
    *(view, outline, find, grep, definitions, references, related),
    *(install, uninstall),
    *(mcp, tools, tool, serve, keys),
    *(watch, doctor, clear),
)

app = typer.Typer(
    name="locant",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _epilog(name: str) -> str:
    """Examples as they are typed; the mark keeps the help from joining their lines."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in EXAMPLES[name])))


def _show_version(wanted: bool) -> None:
    if wanted:
        import locant

        typer.echo(f"locant {locant.__version__}")
        raise typer.Exit


@app.callback(epilog=_epilog("locant"))
def locant_command(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Find the place in a codebase that a question or an issue is about. Offline, read-only, no set-up."""


for _command in _COMMANDS:
    _name = _command.__name__.removesuffix("_command")  # `map` is Python's
    app.command(_name, epilog=_epilog(_name))(_command)
app.add_typer(
    typer.Typer(cls=EvaluationGroup, no_args_is_help=True, rich_markup_mode=None),
    name="eval",
    help="Measure whether locant finds the right place, against grep and any other tool.",
    epilog=_epilog("eval"),
)


def main() -> None:
    """Entry point."""
    # One thread is enough for the small matrices of a query; starting a pool of them costs more than the query.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except KeyboardInterrupt:  # before a command began; `running` handles all later ones
        sys.exit(INTERRUPTED)
