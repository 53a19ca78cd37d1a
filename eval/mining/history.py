"""Streams commits with their patches out of git: one process for the whole history, nothing kept."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from locant.eval.errors import MirrorError
from locant.eval.repositories.git import git_command, git_environment

__all__ = ["Commit", "read_commits"]

_FIELDS = ("%H", "%P", "%an <%ae>", "%ct", "%B")
_START, _END = b"\x00\x01", b"\x00\x02"
_FORMAT = f"%x00%x01{'%x00'.join(_FIELDS)}%x00%x02"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that has a parent, and what it changed (`git diff -U0`)."""

    id: str
    parent: str
    author: str
    time: int
    message: str
    patch: str


def read_commits(git_directory: Path, revision: str = "HEAD", limit: int = 0) -> Iterator[Commit]:
    """Commits without merges, newest first; `limit` 0 for all."""
    options = ["--no-merges", "-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames"]
    count = [f"--max-count={limit}"] if limit else []
    command = git_command(git_directory, "log", *options, *count, f"--format={_FORMAT}", revision, "--")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=git_environment()
    ) as process:
        try:
            yield from filter(None, map(_commit, _records(process)))
        finally:
            process.stdout.close() if process.stdout else None
            process.terminate()
        errors = process.stderr.read().decode("utf-8", "replace").strip() if process.stderr else ""
    if errors.startswith("fatal:"):
        raise MirrorError(f"git log failed in {git_directory}: {errors}. Give a repository with commits.")


def _records(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Output cut at the mark that starts each commit."""
    held: list[bytes] = []
    for line in process.stdout or ():
        if line.startswith(_START) and held:
            yield b"".join(held)
            held = []
        held.append(line)
    if held:
        yield b"".join(held)


def _commit(record: bytes) -> Commit | None:
    head, _, patch = record.removeprefix(_START).partition(_END)
    fields = head.decode("utf-8", "replace").split("\x00")
    if len(fields) != len(_FIELDS) or not fields[1]:
        return None
    id_, parents, author, time, message = fields
    return Commit(id_, parents.split(" ")[0], author, int(time), message, patch.decode("utf-8", "replace").lstrip("\n"))
