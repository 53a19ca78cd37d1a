"""Finds the clone of a repository: a local path, a URL, or a name inside a folder of mirrors."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from locant.eval.errors import MirrorError
from locant.eval.repositories.git import run_git, try_git

__all__ = ["Mirrors", "git_folder"]

LAYOUTS = ("{owner}/{name}", "{owner}/{name}.git", "{owner}+{name}", "{owner}__{name}", "{name}", "{name}.git")
INSIDE = ("", "repo", ".git", "repo/.git")
"""Ways in which people lay out a folder of clones, tried in order: folder names, then what is inside."""

_URL = re.compile(r"^(https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:")


def git_folder(path: Path) -> Path | None:
    """The git directory of a working tree or of a bare repository; None if the path is neither."""
    for folder in (path / ".git", path):
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
            return folder
    if not (path / ".git").is_file():  # a linked worktree or a submodule keeps its git directory elsewhere
        return None
    done = try_git(path, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(done.stdout.decode("utf-8", "surrogateescape").strip()) if done.returncode == 0 else None


def _name_in(url: str) -> str:
    """`owner/name` of a URL on a forge; a mirror of that name saves cloning it again."""
    return "/".join(re.split(r"[/:]", url.removesuffix("/").removesuffix(".git"))[-2:])


@dataclass(frozen=True, slots=True)
class Mirrors:
    """A folder of clones. URLs that it lacks are cloned into `cache`, names never: a run stays offline."""

    folder: Path | None
    cache: Path

    def find(self, repository: str) -> Path:
        """Git directory of a repository; raises `MirrorError` that says where it was looked for."""
        if _URL.search(repository):
            return self._found(_name_in(repository)) or self._cloned(repository)
        local = Path(repository).expanduser()
        if local.is_absolute() and (found := git_folder(local)):
            return found
        if found := self._found(repository):
            return found
        raise MirrorError(
            f"no clone of {repository!r} under {self.folder}: put one at {repository.replace('/', '+')}, "
            "or name the repository by path or URL in the dataset"
        )

    def _found(self, repository: str) -> Path | None:
        """The clone in the folder of mirrors, if there is one."""
        return next(filter(None, map(git_folder, self._places(repository))), None)

    def _places(self, repository: str) -> list[Path]:
        if self.folder is None or ".." in Path(repository).parts:
            return []
        owner, _, name = repository.rpartition("/")
        layouts = [layout.format(owner=owner, name=name) for layout in LAYOUTS if owner or "{owner}" not in layout]
        return [self.folder / layout / inside for layout in layouts for inside in INSIDE]

    def _cloned(self, url: str) -> Path:
        target = self.cache / "mirrors" / hashlib.sha256(url.encode()).hexdigest()[:16]
        if not (target / "HEAD").is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            run_git(target.parent, "clone", "--quiet", "--mirror", "--", url, str(target))
        return target
