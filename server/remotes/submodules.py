"""What a commit says of its submodules.

Git's own `submodule` command is not used: what stands in `.gitmodules` was written by whoever wrote the repository,
and its `update = !command`, options in URLs and paths through links have all run code before. Path and URL are read
from the commit, and nothing else.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from locant.errors import RemoteError, RemoteRefusedError
from locant.server.remotes.clone import Git
from locant.server.remotes.types import GitUrl
from locant.server.remotes.urls import shown

__all__ = ["Submodule", "list_submodules", "submodule_url"]

_LINK = "160000 commit "
_KEY = re.compile(r"submodule\.(?P<name>.+)\.(?P<what>path|url)", re.DOTALL)
_RELATIVE = ("./", "../")


@dataclass(frozen=True, slots=True)
class Submodule:
    """A place in a tree where another repository's commit belongs; the URL as written, None where there is none."""

    path: str
    commit: str
    url: str | None


def list_submodules(git: Git, bare: Path, commit: str) -> Iterator[Submodule]:
    """The submodules of a commit, by path."""
    listing = git.here(bare, "ls-tree", "-r", "-z", "--full-tree", commit)
    links = [record.removeprefix(_LINK).split("\t", 1) for record in listing.split("\0") if record.startswith(_LINK)]
    urls = _urls(git, bare, commit) if links else {}
    for found, path in links:
        yield Submodule(path, found, urls.get(path))


def submodule_url(parent: GitUrl, written: str) -> str:
    """The address that a URL of `.gitmodules` means; `../other` is beside the parent.

    Raises:
        RemoteRefusedError: it leads above the host.

    """
    if not written.startswith(_RELATIVE):
        return written
    parts = parent.path.strip("/").split("/")
    for part in written.rstrip("/").split("/"):
        if part == ".." and not parts:
            raise RemoteRefusedError(f"the submodule's URL {shown(written)!r} leads above its host")
        parts = parts[:-1] if part == ".." else parts if part == "." else [*parts, part]
    return replace(parent, path=posixpath.join("/", *parts)).text


def _urls(git: Git, bare: Path, commit: str) -> dict[str, str]:
    """Path -> URL."""
    names = r"^submodule\..*\.(path|url)$"
    try:
        said = git.here(bare, "config", "--no-includes", "--blob", f"{commit}:.gitmodules", "-z", "--get-regexp", names)
    except RemoteError:
        return {}
    found: dict[str, dict[str, str]] = {}
    for record in said.split("\0"):
        key, _, value = record.partition("\n")
        match = _KEY.fullmatch(key)
        if match:
            found.setdefault(match["name"], {})[match["what"]] = value
    return {row["path"]: row["url"] for row in found.values() if "path" in row and "url" in row}
