"""Runs git by name, without a shell, with nothing of the user's configuration that could change what it does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from locant.eval.errors import MirrorError

__all__ = ["git_command", "git_environment", "run_git", "try_git"]

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
"""No hooks or filters of the user, no password prompt in the middle of a run, messages in one language."""

UNWANTED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
"""Set inside git hooks: they would silently move every command to another repository."""


def git_environment() -> dict[str, str]:
    """The environment in which git runs."""
    return {name: value for name, value in os.environ.items() if name not in UNWANTED} | ENVIRONMENT


def git_command(folder: Path, *arguments: str) -> list[str]:
    """A git command line for a folder (a working tree, a git directory or a bare repository)."""
    return ["git", "-c", "safe.directory=*", "-C", str(folder), *arguments]


def try_git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder (a working tree or a bare repository) and return what came, good or bad.

    given: its standard input.
    """
    command = git_command(folder, *arguments)
    return subprocess.run(command, capture_output=True, check=False, env=git_environment(), input=given)


def run_git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    """Run git and return its output; a failure is a `MirrorError` with git's own words."""
    done = try_git(folder, *arguments, given=given)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise MirrorError(f"git {arguments[0]} failed in {folder}: {said[-1] if said else 'no message'}")
    return done.stdout.decode("utf-8", "surrogateescape")
