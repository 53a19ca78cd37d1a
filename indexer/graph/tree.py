"""The paths of a repository, ready for the questions that import resolution asks.

Two ways lead from a module to a file. *Ancestors*: the path as written below the importing folder or one of
the folders above it. *Suffix*: the one place in the tree whose path ends that way, for source roots that no
file declares (`src/main/java`, `lib/`, `packages/x/src`). A suffix that fits many places tells nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from locant.indexer.graph.manifests import Manifests, read_manifests

__all__ = ["MAX_AMBIGUITY", "FileTree"]

MAX_AMBIGUITY = 3
"""A suffix found in more places than this gives no edge: most of its edges would be wrong."""


class FileTree:
    """Files and folders of one snapshot, looked up by path, by folder and by suffix."""

    def __init__(self, paths: Sequence[str], manifests: Manifests | None = None) -> None:
        self.paths = tuple(paths)
        self.ids = {path: i for i, path in enumerate(self.paths)}
        self.manifests = manifests if manifests is not None else read_manifests({})
        self._files_in: dict[str, list[int]] = {}
        self._by_name: dict[str, list[str]] = {}
        for path, i in self.ids.items():
            folder, _, name = path.rpartition("/")
            self._files_in.setdefault(folder, []).append(i)
            self._by_name.setdefault(name, []).append(path)
        self._folders = _all_folders(self._files_in)
        self._by_folder_name: dict[str, list[str]] = {}
        for folder in self._folders:
            self._by_folder_name.setdefault(folder.rpartition("/")[2], []).append(folder)
        self._stems = {name.partition(".")[0] for name in self._by_name} | self._by_folder_name.keys()
        self._by_tail: dict[str, list[str]] = {}
        self._indexed_names: set[str] = set()
        self._above: dict[str, tuple[str, ...]] = {}
        self._stripped: dict[tuple[str, ...], dict[str, int]] = {}

    def has_folder(self, folder: str) -> bool:
        """Whether a file of the snapshot stands in or below the folder."""
        return folder in self._folders

    def has_name(self, name: str) -> bool:
        """Whether any file has this base name. Most imports are of other projects: this ends the search for them."""
        return name in self._by_name

    def has_stem(self, stem: str) -> bool:
        """Whether any file has this base name up to its first dot, or any folder this name."""
        return stem in self._stems

    def is_package(self, folder: str) -> bool:
        """Whether the folder is a regular Python package; its files are then no top-level modules."""
        return f"{folder}/__init__.py" in self.ids if folder else "__init__.py" in self.ids

    def files_in(self, folder: str) -> Sequence[int]:
        """Files that stand directly in the folder."""
        return self._files_in.get(folder, ())

    def above(self, folder: str) -> tuple[str, ...]:
        """The folder itself and those above it, nearest first, the root (`""`) last."""
        known = self._above.get(folder)
        if known is None:
            known = self._above[folder] = tuple(_upwards(folder))
        return known

    def stripped(self, endings: tuple[str, ...]) -> dict[str, int]:
        """Files by their path without one of the endings; of several such files the one whose ending comes first."""
        known = self._stripped.get(endings)
        if known is None:
            known = self._stripped[endings] = {
                path[: -len(ending)]: i
                for ending in reversed(endings)
                for path, i in self.ids.items()
                if path.endswith(ending)
            }
        return known

    def first(self, paths: Iterable[str]) -> tuple[int, ...]:
        """The first of the paths that exists."""
        for path in paths:
            found = self.ids.get(path)
            if found is not None:
                return (found,)
        return ()

    def below_ancestor(self, suffix: str, folder: str) -> tuple[int, ...]:
        """`suffix` below the folder, or the nearest folder above it where it exists."""
        if suffix.rpartition("/")[2] not in self._by_name:
            return ()
        return self.first(join(base, suffix) for base in self.above(folder))

    def ending(self, suffix: str) -> Sequence[str]:
        """Paths that end with `suffix`, at a folder border."""
        name = suffix.rpartition("/")[2]
        if name == suffix:
            return self._by_name.get(name, ())
        self._index_tails(name)
        tail = "/".join(suffix.split("/")[-2:])
        places = self._by_tail.get(tail, ())
        return places if tail == suffix else [path for path in places if ends_with(path, suffix)]

    def find(self, suffix: str, folder: str) -> tuple[int, ...]:
        """`suffix` as an ancestor path, else the places that end with it which are nearest to the folder."""
        if suffix.rpartition("/")[2] not in self._by_name:
            return ()
        return self.below_ancestor(suffix, folder) or self.nearest(self.ending(suffix), folder)

    def find_folder(self, suffix: str, folder: str) -> str | None:
        """The one folder that ends with `suffix` and is nearest, or None."""
        places = [
            place for place in self._by_folder_name.get(suffix.rpartition("/")[2], ()) if ends_with(place, suffix)
        ]
        near = _nearest(places, folder)
        return near[0] if len(near) == 1 else None

    def nearest(self, places: Sequence[str], folder: str) -> tuple[int, ...]:
        """Files among `places` that share most folders with `folder`; none when there are too many places."""
        return tuple(self.ids[path] for path in _nearest(places, folder))

    def _index_tails(self, name: str) -> None:
        """Group the files of one name by their last two parts: `__init__.py` alone is in thousands of folders."""
        if name in self._indexed_names:
            return
        self._indexed_names.add(name)
        for path in self._by_name.get(name, ()):
            self._by_tail.setdefault("/".join(path.split("/")[-2:]), []).append(path)


def join(folder: str, path: str) -> str:
    """`folder/path`, where the root is the empty string."""
    return f"{folder}/{path}" if folder else path


def relative(folder: str, path: str) -> str | None:
    """`path` as seen from `folder`, `.` and `..` worked out; None when it leads out of the repository."""
    joined = posixpath.normpath(join(folder, path))
    if joined == ".":
        return ""
    return None if joined.startswith(("../", "/")) or joined == ".." else joined


def ends_with(path: str, suffix: str) -> bool:
    """Whether `path` ends with `suffix` at a folder border."""
    return path == suffix or path.endswith("/" + suffix)


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _all_folders(folders: Iterable[str]) -> set[str]:
    known: set[str] = set()
    for folder in folders:
        for above in _upwards(folder):
            if above in known:
                break
            known.add(above)
    return known


def _nearest(places: Sequence[str], folder: str) -> list[str]:
    if not 0 < len(places) <= MAX_AMBIGUITY:
        return []
    if len(places) == 1:
        return list(places)
    shared = [_shared_folders(place, folder) for place in places]
    best = max(shared)
    return [place for place, count in zip(places, shared, strict=True) if count == best]


def _shared_folders(path: str, folder: str) -> int:
    count = 0
    for mine, other in zip(path.split("/")[:-1], folder.split("/"), strict=False):
        if mine != other:
            break
        count += 1
    return count
