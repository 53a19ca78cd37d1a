"""Running git on a tree that is not trusted: no hook, monitor, pager, prompt, lock or network; a time limit always.

A failure is a value, not an exception: every caller has a way to go on without git.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GitResult", "run_git"]

GIT_TIMEOUT_SECONDS = 120
"""A cold listing of the largest public trees takes seconds; beyond this something hangs (a dead network mount)."""

COULD_NOT_RUN = 127
"""What a shell answers for a command that it cannot start."""

_SAFE_CONFIG = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "protocol.allow=never",
    "core.quotePath=false",
    "submodule.recurse=false",
    "log.showSignature=false",
    "color.ui=false",
)
_KEPT_VARIABLES = ("GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_SSL_CAINFO")
_KEPT_PREFIX = "GIT_CONFIG_"
_DROPPED_CONFIG = "GIT_CONFIG_PARAMETERS"
"""Settings of the user (also given through GIT_CONFIG_COUNT) hold; those of a git command that runs us do not."""


@dataclass(frozen=True, slots=True)
class GitResult:
    """Exit code and output of one git command."""

    code: int
    out: bytes
    error: str

    @property
    def ok(self) -> bool:
        """Whether git said that it succeeded."""
        return self.code == 0


def run_git(folder: Path | str, *arguments: str, data: bytes | None = None, config: tuple[str, ...] = ()) -> GitResult:
    """Run `git <arguments>` in a folder; `data` is its standard input, `config` holds more `name=value` settings."""
    command = ["git", "--no-pager", "--no-optional-locks", "--literal-pathspecs"]
    for setting in (*_SAFE_CONFIG, *config):
        command += ["-c", setting]
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=folder,
            input=b"" if data is None else data,
            capture_output=True,
            timeout=GIT_TIMEOUT_SECONDS,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return GitResult(COULD_NOT_RUN, b"", f"git {arguments[0]} did not finish in {GIT_TIMEOUT_SECONDS} seconds")
    except OSError as error:
        return GitResult(COULD_NOT_RUN, b"", f"git could not be started: {error}")
    return GitResult(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def _environment() -> dict[str, str]:
    """Environment without GIT_DIR, GIT_INDEX_FILE and the like, which a hook that calls us would hand on."""
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    kept.update(
        GIT_OPTIONAL_LOCKS="0",
        GIT_TERMINAL_PROMPT="0",
        GIT_NO_LAZY_FETCH="1",
        GIT_ALLOW_PROTOCOL="none",
        LC_ALL="C",
    )
    return kept


def _is_kept(name: str) -> bool:
    if not name.startswith("GIT_"):
        return True
    return name in _KEPT_VARIABLES or (name.startswith(_KEPT_PREFIX) and name != _DROPPED_CONFIG)
