"""One run of a command: which repository, how to print, and what every kind of failure looks like.

Commands only compute and hand over a JSON answer and a maker of text lines; errors become one line and an exit code
here and nowhere else.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from locant.command.exits import FAILED, FOUND, INTERNAL, INTERRUPTED, NOTHING, exit_code
from locant.command.progress import ProgressMode, Sink, reporting
from locant.command.screen import Screen, make_screen, visible, write_lines
from locant.errors import LocantError, NotFoundError, QueryError
from locant.jsontext import SCHEMA, envelope, json_text

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["Run", "running"]

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

Lines = Iterable[str]


@dataclass
class Run:
    """What a command works with.

    repo: the folder that `--repo` names, or None; with a server, the name of a repository there.
    code: what the process will exit with. server: address of the server that is asked instead of a local index.
    """

    command: str
    repo: Path | None
    as_json: bool
    screen: Screen
    code: int = FOUND
    server: str | None = None

    @property
    def root(self) -> Path:
        """Folder to answer about: `--repo`, else the repository around the current folder, else that folder."""
        if self.repo is not None:
            return self.repo
        from locant.indexer.walk.layout import find_layout

        here = Path.cwd()
        layout = find_layout(here)
        return layout.top if layout else here

    @contextmanager
    def index(self, root: Path | None = None, **settings: Any) -> Iterator[Index]:  # noqa: ANN401 - as `locant.open`
        """Open the index of a folder, or of a repository of the server, and close it at the end."""
        import locant

        if self.server is None:
            with locant.open(root or self.root, **settings) as index:
                yield index
            return
        if chosen := [name for name, value in settings.items() if value is not None]:
            raise QueryError(f"--{chosen[0]} is for a local index; the server has its own")
        with locant.connect(self.server) as server:
            name = root or self.repo
            yield cast("Index", server.repository(str(name) if name else None))  # it has the same methods

    def roots(self) -> list[Path]:
        """What is searched when nothing is named: the repository here, or all that the server lets us ask."""
        if self.server is None:
            return [self.root]
        import locant

        with locant.connect(self.server) as server:
            found = [Path(one.name) for one in server.repositories() if one.indexed_at is not None]
        if not found:
            raise NotFoundError(f"{self.server} has no repository that can be asked yet, or none that this key may ask")
        return found

    @contextmanager
    def progress(self, mode: ProgressMode = ProgressMode.auto) -> Iterator[Sink]:
        """Show progress while the block runs."""
        with reporting(mode, colour=self.screen.colour) as sink:
            yield sink

    def inside(self, index: Index, given: str) -> str:
        """A path as the index names it: what a person types leads from the current folder (or from `--repo`)."""
        if self.server is not None:
            return given
        base = self.repo or Path.cwd()
        try:
            full = Path(os.path.normpath(Path(os.path.abspath(base)) / given))  # noqa: PTH100 - links stay as typed
            parent = full.parent.resolve() / full.name
            return parent.relative_to(index.root).as_posix() if os.path.lexists(parent) else given
        except (OSError, ValueError):
            return given

    def answer(
        self, repository: Path | None, payload: Mapping[str, Any], text: Callable[[], Lines], *, found: bool = True
    ) -> None:
        """Print an answer in the form that was asked for."""
        self.code = FOUND if found else NOTHING
        if self.as_json:
            write_lines([json_text(envelope(self.command, repository, payload))])
        else:
            write_lines(text())

    def note(self, message: str) -> None:
        """One line for a person, on stderr."""
        write_lines([f"locant: {visible(message)}"], sys.stderr)


@contextmanager
def running(
    command: str, repo: Path | None, as_json: bool, no_color: bool, debug: bool, server: str | None = None
) -> Iterator[Run]:
    """Run a command's body; leaves through `typer.Exit` unless all is well and something was found."""
    if as_json and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    run = Run(command, repo, as_json, make_screen(sys.stdout, no_color=no_color), server=server or None)
    try:
        yield run
        sys.stdout.flush()
    except LocantError as error:
        run.code = _report(run, error, exit_code(error), str(error))
    except BrokenPipeError:
        _silence_stdout()
    except (KeyboardInterrupt, typer.Abort):  # at a prompt, the one comes as the other
        write_lines(["locant: interrupted"], sys.stderr)
        run.code = INTERRUPTED
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:  # the edge of the process: a person gets a line, not a stack
        if debug:
            traceback.print_exc()
        is_full = isinstance(error, OSError) and error.errno in NO_SPACE
        told = (FAILED, _full(error)) if is_full else (INTERNAL, _unexpected(error))
        run.code = _report(run, error, *told)
    if run.code != FOUND:
        raise typer.Exit(run.code)


def _report(run: Run, error: Exception, code: int, message: str) -> int:
    if run.as_json:
        problem = {"type": type(error).__name__, "message": visible(message), "exit_code": code}
        write_lines([json_text({"schema": SCHEMA, "command": run.command, "repository": None, "error": problem})])
    else:
        run.note(message)
    return code


def _full(error: Exception) -> str:
    """What the index could not store has an error of its own; this is the answer, on its way to a file."""
    return f"the answer cannot be written: {getattr(error, 'strerror', error)}; make room, or write it elsewhere"


def _unexpected(error: Exception) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"unexpected error: {what}. Please report it with the output of the same command with --debug"


def _silence_stdout() -> None:
    """The reader has gone (`| head`): nothing more can be said, also not by the interpreter when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def choice(value: str, allowed: Iterable[str], what: str) -> str:
    """A value of a fixed set, or a QueryError that names the set."""
    options = tuple(allowed)
    if value not in options:
        raise QueryError(f"{what} {value!r} is not known; choose from {', '.join(options)}")
    return value
