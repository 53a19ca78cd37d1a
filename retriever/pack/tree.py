"""The tree of a repository as text: every file while there is room, then fewer of each folder, then folders alone.

    src/retry/
      policy.py
      client.py ~
      errors.py -
      … 12 more files

Folders stand before files, both by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from locant.indexer.walk.names import display_path
from locant.retriever.tokens import TokenCounter
from locant.types import PackForm

__all__ = ["MARKS_TOLD", "Folder", "draw_tree", "folder_of"]

FOLDED, NAMED = "~", "-"
MARKS_TOLD = f"In the tree, {FOLDED} marks a folded file and {NAMED} one of which only the name is shown"

INDENT = "  "

ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class _Fullness:
    """How much is said: files of one folder that are only named, whether those that are shown stand, and how deep."""

    named: int
    shown: bool
    depth: int


ATTEMPTS = (
    *(_Fullness(named, True, ALL) for named in (ALL, 50, 12, 3, 0)),
    *(_Fullness(0, False, depth) for depth in (ALL, 4, 3, 2, 1)),
)
"""Fullest first; the last ones only count what is in a folder."""


@dataclass(slots=True)
class Folder:
    """A folder: what is in it by name, and the number of files below it."""

    folders: dict[str, Folder] = field(default_factory=dict)
    files: list[tuple[str, int]] = field(default_factory=list)
    total: int = 0


def folder_of(paths: Iterable[tuple[int, str]]) -> Folder:
    """The root of the tree that files, by number and path, stand in."""
    root = Folder()
    for number, path in paths:
        *names, last = path.split("/")
        folder = root
        folder.total += 1
        for name in names:
            folder = folder.folders.setdefault(name, Folder())
            folder.total += 1
        folder.files.append((last, number))
    return root


def draw_tree(
    root: Folder, forms: Mapping[int, PackForm], empty: Collection[int], room: int, count: TokenCounter
) -> str:
    """The fullest form of at most `room` tokens; empty when there is none.

    Args:
        root: as `folder_of` gives it.
        forms: in which form a file is shown, of those that are.
        empty: files without content.
        room: tokens at most.
        count: the tokenizer.

    """
    for fullness in ATTEMPTS:
        lines = _Lines(forms, empty, fullness, room)
        text = "\n".join(lines.of(root, 0))
        if lines.left >= 0 and count(text) <= room:
            return text
    return ""


@dataclass(slots=True)
class _Lines:
    """Lines of one attempt; `left` falls below 0 when it has more lines than there is room for tokens."""

    forms: Mapping[int, PackForm]
    empty: Collection[int]
    fullness: _Fullness
    left: int

    def of(self, folder: Folder, depth: int) -> Iterator[str]:
        """What is in a folder."""
        indent = INDENT * depth
        for name, inner in sorted(folder.folders.items()):
            path, inner = _chain(name, inner)
            if self.left < 0:
                return
            self.left -= 1
            total = "" if self.fullness.shown else f" ({inner.total:,} file{'' if inner.total == 1 else 's'})"
            yield f"{indent}{display_path(path)}/{total}"
            if depth + 1 < self.fullness.depth:
                yield from self.of(inner, depth + 1)
        if self.fullness.shown:
            yield from self._files(folder, indent)

    def _files(self, folder: Folder, indent: str) -> Iterator[str]:
        hidden, room = 0, self.fullness.named
        for name, number in sorted(folder.files):
            form = self.forms.get(number)
            if form is None and room <= 0:
                hidden += 1
                continue
            room -= form is None
            self.left -= 1
            yield f"{indent}{display_path(name)}{self._mark(number)}"
        if hidden:
            self.left -= 1
            yield f"{indent}… {hidden:,} more file{'' if hidden == 1 else 's'}"

    def _mark(self, number: int) -> str:
        if number in self.empty:
            return " (empty)"
        form = self.forms.get(number)
        return f" {NAMED}" if form is None else f" {FOLDED}" if form == "folded" else ""


def _chain(name: str, folder: Folder) -> tuple[str, Folder]:
    """A folder with nothing in it but another one, and so on: their names in one."""
    while len(folder.folders) == 1 and not folder.files:
        inner, folder = next(iter(folder.folders.items()))
        name = f"{name}/{inner}"
    return name, folder
