"""Repositories that no training row may come from: those of the public benchmarks that decide the project's standing.

The list (`heldout.txt`, one `owner/name` a line) ships with the project, so that whoever rebuilds the data keeps to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from locant.eval.errors import DatasetError
from locant.eval.repositories.git import try_git

__all__ = ["HeldOut", "held_out", "remote_names"]

_REMOTE = re.compile(r"^(?:\w+://[^/]+/|[\w.-]+@[\w.-]+:)(?P<path>\S+)$")


class HeldOut:
    """Names that may not be mined, compared without regard to case."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name.strip().lower() for name in names if name.strip())
        self._bare = {name.rpartition("/")[2]: name for name in sorted(self._names, reverse=True)}

    def refuses(self, names: Iterable[str]) -> str:
        """The held-out repository that one of these names is; empty if none is.

        A name without an owner (a folder of a clone that does not say where it came from) is refused if any held-out
        repository is called so: better to lose a repository than to train on a benchmark.
        """
        for name in names:
            lower = name.strip("/").removesuffix(".git").lower()
            if lower in self._names:
                return lower
            if "/" not in lower and lower in self._bare:
                return self._bare[lower]
        return ""

    def plus(self, path: Path) -> HeldOut:
        """The same and the names in a file, one a line; lines that start with `#` are comments."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(
                f"cannot read the list {path}: {error}. Give a text file, one owner/name a line."
            ) from error
        return HeldOut([*self._names, *(line for line in lines if not line.startswith("#"))])


@cache
def held_out() -> HeldOut:
    """The list that ships with the project."""
    return HeldOut((files("locant.eval.training") / "heldout.txt").read_text(encoding="utf-8").splitlines())


def remote_names(git: Path) -> list[str]:
    """`owner/name` of every remote that a clone knows: a fork or a renamed folder still says where it came from."""
    said = try_git(git, "config", "--get-regexp", r"^remote\..*\.url$").stdout.decode("utf-8", "replace")
    found = (_REMOTE.match(line.partition(" ")[2].strip()) for line in said.splitlines())
    paths = (match["path"].rstrip("/").removesuffix(".git") for match in found if match)
    return ["/".join(path.split("/")[-2:]) for path in paths]
