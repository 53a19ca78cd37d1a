"""Reads commits and what they changed out of git: first the messages, then the patches of those that say enough.

Patches are most of the cost, and a merge of two long branches may have one of many megabytes: reading messages
alone first spares those that no row would be made of. A merge's patch is the difference from its first parent.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from locant.eval.errors import MirrorError
from locant.eval.repositories.git import git_command, git_environment, run_git, try_git

__all__ = ["Commit", "list_commits", "read_blobs", "read_patches"]

_FIELDS = ("%H", "%P", "%an <%ae>", "%ct", "%B")
_START, _END = "\x01", "\x02"
_PATCH = (
    *("--no-walk=unsorted", "--stdin", "--diff-merges=first-parent", "-p", "-U0", "--find-renames"),
    *("--no-color", "--no-ext-diff", "--no-textconv"),
)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, without what it changed."""

    id: str
    parents: tuple[str, ...]
    author: str
    time: int
    message: str


def list_commits(git_directory: Path, revision: str = "HEAD", limit: int = 0) -> list[Commit]:
    """Commits, newest first; `limit` 0 for all."""
    count = [f"--max-count={limit}"] if limit else []
    form = f"--format={_START}{'%x00'.join(_FIELDS)}"
    done = try_git(git_directory, "log", *count, form, revision, "--")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise MirrorError(f"git log failed in {git_directory}: {said}. Give a repository with commits.")
    records = done.stdout.decode("utf-8", "replace").split(_START)[1:]
    fields = (record.split("\x00") for record in records)
    return [Commit(f[0], tuple(f[1].split()), f[2], int(f[3]), f[4]) for f in fields if len(f) == len(_FIELDS)]


def read_patches(git_directory: Path, commits: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """(commit, `git diff -U0` from its first parent), in the given order; None where the clone lacks content.

    git ends at the first object that is not there, as in partial clones; it is started again after that commit.
    """
    left = list(commits)
    while left:
        count = 0
        for id_, patch in _stream(git_directory, left):
            count += 1
            yield id_, patch
        if count < len(left):
            yield left[count], None
        left = left[count + 1 :]


def _stream(git_directory: Path, commits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Patches up to the first that cannot be read; the last one counts only if git ended well."""
    command = git_command(git_directory, "log", *_PATCH, f"--format={_START}%H{_END}")
    with tempfile.TemporaryFile() as wanted:
        wanted.write("\n".join(commits).encode())
        wanted.seek(0)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=wanted, env=git_environment()
        ) as process:
            held: tuple[str, str] | None = None
            for found in _records(process):
                if held:
                    yield held
                held = found
            if held and process.wait() == 0:
                yield held


def _records(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, str]]:
    """Output cut at the mark that starts each commit; no line of a patch starts with it."""
    lines: list[bytes] = []
    for line in process.stdout or ():
        if line.startswith(_START.encode()) and lines:
            yield _record(b"".join(lines))
            lines = []
        lines.append(line)
    if lines:
        yield _record(b"".join(lines))


def _record(raw: bytes) -> tuple[str, str]:
    head, _, patch = raw.decode("utf-8", "replace").partition(_END)
    return head.removeprefix(_START), patch.lstrip("\n")


def read_blobs(git_directory: Path, names: Sequence[str]) -> list[bytes]:
    """Content of objects named `COMMIT:PATH` or by id; empty for what is not there."""
    asked = [name if "\n" not in name else "missing" for name in names]
    done = try_git(git_directory, "cat-file", "--batch", given="\n".join(asked).encode("utf-8", "surrogateescape"))
    if done.returncode:
        run_git(git_directory, "rev-parse", "--git-dir")
    found: list[bytes] = []
    at = 0
    for _ in names:
        end = done.stdout.find(b"\n", at)
        head = done.stdout[at:end].rsplit(b" ", 2)
        at = end + 1
        if len(head) == 3 and head[1] == b"blob":
            size = int(head[2])
            found.append(done.stdout[at : at + size])
            at += size + 1
        else:
            found.append(b"")
    return found
