"""`locant eval`, mounted without importing it: the evaluation is read only when one of its commands is looked for.

Its errors become one line and an exit code here, as those of all other commands do in `run.py`.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup

from locant.command.exits import FAILED, INTERRUPTED, exit_code
from locant.command.screen import visible, write_lines
from locant.errors import LocantError

__all__ = ["EvaluationGroup"]

Click = Any
"""Classes of click: which package it is depends on typer's release, some bring their own."""


@cache
def _commands() -> Click:
    from locant.eval.cli import app

    return typer.main.get_command(app)


class EvaluationGroup(TyperGroup):
    """Stands for the evaluation's own group of commands."""

    def list_commands(self, ctx: Click) -> list[str]:
        """Names for the help and for completion."""
        names: list[str] = _commands().list_commands(ctx)
        return names

    def get_command(self, ctx: Click, cmd_name: str) -> Click:
        """One of the commands."""
        return _commands().get_command(ctx, cmd_name)

    def invoke(self, ctx: Click) -> Click:
        """Run a command; what it says when it fails is one line."""
        try:
            return super().invoke(ctx)
        except LocantError as error:
            _end(str(error), exit_code(error))
        except OSError as error:
            _end(f"{error.strerror or error}: {error.filename or 'no file'}; check the path", FAILED)
        except KeyboardInterrupt:
            _end("interrupted; what was answered is kept, and the same command goes on", INTERRUPTED)


def _end(message: str, code: int) -> None:
    write_lines([f"locant: {visible(message)}"], sys.stderr)
    raise typer.Exit(code)
