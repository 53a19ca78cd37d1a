"""Which clones a person named: each alone, or a folder of them, laid out as owner/name, owner+name, owner+name/repo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from locant.eval.errors import DatasetError
from locant.eval.repositories.mirrors import git_folder
from locant.eval.training.heldout import HeldOut, remote_names

__all__ = ["Clone", "find_clones"]

INSIDE = ("", "repo")
"""Where the git directory is below a mirror's folder, as in `Mirrors`."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone, the name by which rows call it, and the held-out repository that it turns out to be (else empty)."""

    name: str
    git: Path
    held_out: str = ""

    @property
    def file_name(self) -> str:
        """Its name as one path component."""
        return self.name.replace("/", "+")


def find_clones(paths: Iterable[Path], held_out: HeldOut) -> list[Clone]:
    """Every clone at or below the paths, once each, by name.

    Raises:
        DatasetError: a path holds no clone.

    """
    found: dict[str, Clone] = {}
    for path in paths:
        here = list(_clones_at(path.expanduser().resolve(), held_out))
        if not here:
            raise DatasetError(f"{path} is no git repository and holds none: give clones, or a folder of clones")
        for clone in here:
            found.setdefault(clone.name.lower(), clone)
    return [found[name] for name in sorted(found)]


def _clones_at(path: Path, held_out: HeldOut) -> Iterator[Clone]:
    """The clone at a path; else those one or two folders below it."""
    if clone := _clone(path, path.name, held_out):
        yield clone
        return
    for folder in _folders(path):
        if clone := _clone(folder, folder.name, held_out):
            yield clone
        else:
            for inner in _folders(folder):
                if clone := _clone(inner, f"{folder.name}/{inner.name}", held_out):
                    yield clone


def _clone(path: Path, called: str, held_out: HeldOut) -> Clone | None:
    git = next(filter(None, (git_folder(path / inside) for inside in INSIDE)), None)
    if git is None:
        return None
    folder = path.parent.name if path.name == "repo" and git == path else called
    by_folder = folder.removesuffix(".git").replace("__", "/", 1).replace("+", "/", 1)
    remotes = remote_names(git)
    name = by_folder if "/" in by_folder or not remotes else remotes[0]
    claimed = [name, *remotes] if "/" in name else [by_folder, *remotes]
    return Clone(name, git, held_out.refuses(claimed))


def _folders(path: Path) -> list[Path]:
    return sorted(folder for folder in path.iterdir() if folder.is_dir()) if path.is_dir() else []
