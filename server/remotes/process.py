"""Runs one git command against a remote: bounded in time, in what it prints and in what it writes, never waited for.

What a remote says ends in messages that people and models read, so of its words one short line is kept, without
control characters.
"""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from locant.errors import RemoteError
from locant.server.remotes.complaints import explain
from locant.server.remotes.types import GitLimits

__all__ = ["OnProgress", "run_git", "too_large"]

OnProgress = Callable[[str, int, int], None]
"""Phase in git's words, done, total."""

MAX_OUTPUT = 64 * 2**20
"""Of standard output: a list of a million refs or of half a million files."""
KEPT_ERRORS = 65_536
"""Of standard error, the end."""
KEPT_PROGRESS = 400
"""Bytes from the end in which the newest line of progress is."""
LOOK_SECONDS = 1.0
"""Between two looks at what is on disk; a look that takes long makes the next one wait ten times as long."""
PART = 65_536
BLOCK, KILOBYTE = 512, 1024
"""`ulimit` counts files in the one, memory in the other."""
LIMITED = 'ulimit -c 0; ulimit -f "$1" && ulimit -v "$2" || exit 1; shift 2; exec git "$@"'
"""Limits that the processes which git starts inherit."""
_PROGRESS = re.compile(rb"(?:remote: )?([A-Z][a-z]+(?: [a-z]+)*): +\d+% \((\d+)/(\d+)\)")


@dataclass(slots=True)
class _Run:
    process: subprocess.Popen[bytes]
    limits: GitLimits
    watched: Path | None
    on_progress: OnProgress | None
    output: bytearray = field(default_factory=bytearray)
    errors: bytearray = field(default_factory=bytearray)
    next_look: float = 0.0


def run_git(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: Path,
    limits: GitLimits,
    data: str = "",
    watched: Path | None = None,
    on_progress: OnProgress | None = None,
    max_output: int = MAX_OUTPUT,
) -> bytes:
    """What git prints.

    Args:
        arguments: after `git`.
        environment: all variables that it gets.
        folder: where it runs.
        limits: time, memory, and bytes of one file or of `watched`.
        data: its standard input.
        watched: a folder that must not outgrow the limit while git runs.
        on_progress: told what git says of its progress.
        max_output: bytes after which git is stopped.

    Raises:
        RemoteError: it failed, or reached a limit.

    """
    sizes = (str(max(1, limits.max_bytes // BLOCK)), str(limits.max_memory // KILOBYTE))
    command = ["sh", "-c", LIMITED, "git", *sizes, *arguments]
    process = _start(command, environment, folder, data)
    run = _Run(process, limits, watched, on_progress)
    try:
        _attend(run, max_output)
    finally:
        _end(process)
    if process.returncode != 0:
        if watched is not None and _size(watched) >= limits.max_bytes:  # a program that writes on just dies
            raise too_large(limits)
        name = next(word for word in arguments if not word.startswith("-") and "=" not in word)
        raise explain(name, process.returncode, bytes(run.errors))
    return bytes(run.output)


def _start(command: Sequence[str], environment: Mapping[str, str], folder: Path, data: str) -> subprocess.Popen[bytes]:
    try:
        with tempfile.TemporaryFile() as stdin:
            stdin.write(data.encode())
            stdin.seek(0)
            return subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
    except OSError as error:
        raise RemoteError(f"git could not be started: {error.strerror}; is it installed?") from error


def _attend(run: _Run, max_output: int) -> None:
    """Read both pipes until they close; raises at a limit."""
    assert run.process.stdout is not None and run.process.stderr is not None
    stop = time.monotonic() + run.limits.seconds
    with selectors.DefaultSelector() as selector:
        selector.register(run.process.stdout, selectors.EVENT_READ, run.output)
        selector.register(run.process.stderr, selectors.EVENT_READ, run.errors)
        while selector.get_map():
            if time.monotonic() > stop:
                raise RemoteError(
                    f"git took longer than {run.limits.seconds:g} s; the limit is a setting of the server"
                )
            for key, _ in selector.select(LOOK_SECONDS):
                part = os.read(key.fd, PART)
                if not part:
                    selector.unregister(key.fileobj)
                key.data.extend(part)
            if len(run.output) > max_output:
                raise RemoteError(f"the remote's list is longer than {max_output:,} bytes, which no repository needs")
            _report(run)
            _look(run)
    run.process.wait()


def _report(run: _Run) -> None:
    """Tell of the latest progress, and keep the end of what was said."""
    said = _PROGRESS.findall(run.errors, max(0, len(run.errors) - KEPT_PROGRESS))
    if said and run.on_progress is not None:
        phase, done, total = said[-1]
        run.on_progress(phase.decode(), int(done), int(total))
    if len(run.errors) > 2 * KEPT_ERRORS:
        del run.errors[:-KEPT_ERRORS]


def _look(run: _Run) -> None:
    now = time.monotonic()
    if run.watched is None or now < run.next_look:
        return
    size = _size(run.watched)
    run.next_look = time.monotonic() + max(LOOK_SECONDS, 10 * (time.monotonic() - now))
    if size > run.limits.max_bytes:
        raise too_large(run.limits)


def too_large(limits: GitLimits) -> RemoteError:
    """What is said of a repository that outgrows its place."""
    return RemoteError(
        f"the repository takes more than {limits.max_bytes:,} bytes; the limit is a setting of the server"
    )


def _size(folder: Path) -> int:
    """Bytes of the files below a folder; those that vanish meanwhile count as none."""
    total = 0
    for top, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(f"{top}/{name}").st_size
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop git and all that it started, if any of it still runs.

    They are in the group of the job, so that whoever ends the job ends them too.
    """
    if process.poll() is None:
        family: list[psutil.Process] = []
        with suppress(psutil.Error):
            family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in family:
            with suppress(psutil.Error):
                child.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
