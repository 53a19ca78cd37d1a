"""Which git may fetch: those that can be kept from fetching what a host withholds again and again.

git learned `GIT_NO_LAZY_FETCH`, on which that rests (`environment.py`), with the security releases of May 2024; those
also closed ways for a clone to run code.
"""

from __future__ import annotations

import re
import subprocess

from locant.errors import ConfigurationError
from locant.server.settings import Settings

__all__ = ["refuse_old_git"]

OLDEST = (2, 39)

PATCHES = {(2, 39): 4, (2, 40): 2, (2, 41): 1, (2, 42): 2, (2, 43): 4, (2, 44): 1, (2, 45): 1}
"""The first release of each line that has it; later lines have it from the start."""

SECONDS = 10.0


def refuse_old_git(settings: Settings) -> None:
    """Check git where repositories may be fetched by URL.

    Raises:
        ConfigurationError: there is none, or one that is too old.

    """
    if not (settings.git_hosts or settings.git_private_hosts or settings.git_file_roots):
        return
    said = _said()
    found = re.search(r"git version (\d+)\.(\d+)(?:\.(\d+))?", said)
    if found is None:
        raise ConfigurationError(
            f"repositories may be added by URL (git_hosts), and `git --version` says {said[:80]!r}; install git 2.39.4 "
            "or later, or take git_hosts, git_private_hosts and git_file_roots out of the settings"
        )
    line, patch = (int(found[1]), int(found[2])), int(found[3] or 0)
    if line < OLDEST or patch < PATCHES.get(line, 0):
        wanted = f"{line[0]}.{line[1]}.{PATCHES[line]}" if line in PATCHES else "2.39.4"
        raise ConfigurationError(
            f"repositories may be added by URL (git_hosts), and git {line[0]}.{line[1]}.{patch} cannot be kept from "
            f"fetching without end and has known holes; update it to {wanted} or later, or take git_hosts, "
            "git_private_hosts and git_file_roots out of the settings"
        )


def _said() -> str:
    """What git says of itself; why there is nothing, else."""
    try:
        return subprocess.run(
            ["git", "--version"], capture_output=True, timeout=SECONDS, check=False, encoding="utf-8", errors="replace"
        ).stdout.strip()
    except OSError as error:
        return f"nothing: {error.strerror}"
    except subprocess.TimeoutExpired:
        return "nothing in 10 s"
