"""Which locant made an outcome: figures of a development version are worth nothing without its commit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import locant
from locant.eval.repositories.git import try_git

__all__ = ["code_version"]

COMMIT_DIGITS = 12


@lru_cache(maxsize=1)
def code_version() -> str:
    """Version of the package and, in a checkout, its commit: `0.1.0 at 1a2b3c4d5e6f, changed since`."""
    commit = _commit(Path(locant.__file__).resolve().parents[1])
    return f"{locant.__version__} at {commit}" if commit else locant.__version__


def _commit(folder: Path) -> str:
    """Commit of a checkout, and whether tracked files differ from it; empty when the folder is none."""
    if not (folder / ".git").exists():  # an installed package may lie somewhere below another project's checkout
        return ""
    head = try_git(folder, "rev-parse", "--verify", "--quiet", f"--short={COMMIT_DIGITS}", "HEAD")
    if head.returncode:
        return ""
    changed = try_git(folder, "status", "--porcelain", "--untracked-files=no").stdout
    return head.stdout.decode("ascii").strip() + (", changed since" if changed else "")
