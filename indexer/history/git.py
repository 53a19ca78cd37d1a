"""Running git so that a repository can neither run code, nor ask for anything, nor be changed by it."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["GitError", "GitProcess"]

SAFE_CONFIG = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "diff.external=",
    "log.showSignature=false",
    "log.showRoot=true",
    "protocol.allow=never",
)
"""A repository's own configuration may name programs to run; these are the keys that a log would look at."""

KEPT_VARIABLES = ("GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
KEPT_PREFIX = "GIT_CONFIG_"
DROPPED_CONFIG = "GIT_CONFIG_PARAMETERS"
"""A git hook that runs us sets GIT_DIR and more, which would lead to another repository; the user's settings hold."""

ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""A partial clone answers from what it has: with a git too old for the second line, the third stops the fetch."""


MAX_OUTPUT = 128 * 2**20
"""Bytes that are read. Ten thousand commits take 5 to 10 million; a message of a gigabyte is small in a pack."""


class GitError(Exception):
    """Git is missing, refused, failed or took too long; caught in this folder and turned into a note."""


class GitProcess:
    """One git command that runs while others work; its output goes to a temporary file, so it never waits for us."""

    def __init__(self, root: Path, arguments: Sequence[str], stdin: bytes = b"") -> None:
        self._output: IO[bytes] | None = None
        self._errors: IO[bytes] | None = None
        try:
            self._output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115
            with tempfile.TemporaryFile() as input_file:
                input_file.write(stdin)
                input_file.seek(0)
                self._process = subprocess.Popen(
                    _command(root, arguments),
                    stdin=input_file,
                    stdout=self._output,
                    stderr=self._errors,
                    env=_environment(),
                )
        except OSError as error:
            self._close_files()
            raise GitError(f"git could not be started: {error.strerror or error}") from error
        _bound_output(self._process.pid)

    def output(self, seconds: float) -> bytes:
        """Wait for the end and return what was printed; raises GitError when it failed or took too long."""
        assert self._output is not None and self._errors is not None
        try:
            code = _wait(self._process, seconds)
            if self._output.seek(0, os.SEEK_END) >= MAX_OUTPUT:
                raise GitError(f"git says more than {MAX_OUTPUT // 2**20} MB")
            self._output.seek(0)
            self._errors.seek(0)
            printed, complaint = self._output.read(), self._errors.read()
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git took longer than {seconds:g} s") from error
        finally:
            self.close()
        if code != 0:
            raise GitError(_first_line(complaint) or f"git ended with code {code}")
        return printed

    def close(self) -> None:
        """Stop git if it still runs. May be called again."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._close_files()

    def _close_files(self) -> None:
        for file in (self._output, self._errors):
            if file is not None:
                file.close()


def _bound_output(pid: int) -> None:
    """End a git that writes on; where the system cannot, `output` still reads no more."""
    if hasattr(resource, "prlimit"):
        with suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Its exit code; `Popen.wait` with a limit looks every 50 ms, which is longer than most of our commands take."""
    if hasattr(os, "pidfd_open") and process.poll() is None:
        with suppress(OSError):  # a kernel or a sandbox without it
            handle = os.pidfd_open(process.pid)
            try:
                poller = select.poll()
                poller.register(handle, select.POLLIN)
                if not poller.poll(seconds * 1000):
                    raise subprocess.TimeoutExpired(process.args, seconds)
            finally:
                os.close(handle)
            return process.wait()
    return process.wait(seconds)


def _command(root: Path, arguments: Sequence[str]) -> list[str]:
    settings = [part for setting in SAFE_CONFIG for part in ("-c", setting)]
    return ["git", "--no-pager", "-C", str(root), *settings, *arguments]


def _environment() -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if _is_kept(name)}, **ENVIRONMENT}


def _is_kept(name: str) -> bool:
    if not name.startswith("GIT_"):
        return True
    return name in KEPT_VARIABLES or (name.startswith(KEPT_PREFIX) and name != DROPPED_CONFIG)


def _first_line(complaint: bytes) -> str:
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    return lines[0].strip() if lines else ""
