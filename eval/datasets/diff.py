"""Old line numbers that a unified diff changes, whatever context it was written with.

Context lines are never counted: public labels that count them blame functions that a patch only shows.
A pure insertion changes no old line; it is kept as the line that it follows, with the indentation of
what is inserted, so that a new method after the last line of another is not blamed on that other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Change", "FileDiff", "parse_diff"]

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NO_FILE = "/dev/null"


@dataclass(frozen=True, slots=True)
class Change:
    """Old lines `start`..`end` were replaced or removed; or, if `inserted`, text was put in after line `start`.

    indent: columns before the first inserted word, -1 when nothing is inserted.
    """

    start: int
    end: int
    inserted: bool
    indent: int = -1


@dataclass(frozen=True, slots=True)
class FileDiff:
    """Changes of one file; a path is None where the file does not exist (created or deleted)."""

    old_path: str | None
    new_path: str | None
    changes: tuple[Change, ...]


@dataclass
class _Open:
    """A file under construction; `awaits_names` from its `diff --git` line until its `---` and `+++`."""

    old_path: str | None
    new_path: str | None
    awaits_names: bool = False
    changes: list[Change] = field(default_factory=list)

    def close(self) -> FileDiff:
        return FileDiff(self.old_path, self.new_path, tuple(self.changes))


def parse_diff(text: str) -> list[FileDiff]:
    """Files of a unified diff, in order; binary files and pure renames are there without changes."""
    lines = text.split("\n")
    files: list[_Open] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("diff --git "):
            files.append(_Open(*_paths_of_header(line), awaits_names=True))
        elif line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
            _name(files, _path(line[4:], "a/"), _path(lines[at + 1][4:], "b/"))
            at += 1
        elif files and (hunk := _HUNK.match(line)):
            at = _read_hunk(lines, at + 1, hunk, files[-1].changes)
            continue
        elif files:
            _read_mode(line, files[-1])
        at += 1
    return [file.close() for file in files]


def _name(files: list[_Open], old: str | None, new: str | None) -> None:
    """`---` and `+++` name the file that `diff --git` opened, or open one in a plain diff."""
    if files and files[-1].awaits_names:
        files[-1].old_path, files[-1].new_path, files[-1].awaits_names = old, new, False
    else:
        files.append(_Open(old, new))


def _read_mode(line: str, file: _Open) -> None:
    if line.startswith("new file mode"):
        file.old_path = None
    elif line.startswith("deleted file mode"):
        file.new_path = None
    elif line.startswith("rename from "):
        file.old_path = _unquote(line[len("rename from ") :])
    elif line.startswith("rename to "):
        file.new_path = _unquote(line[len("rename to ") :])


def _paths_of_header(line: str) -> tuple[str | None, str | None]:
    """Paths of `diff --git a/x b/x`; with blanks in a name only the symmetric split is certain."""
    rest = line[len("diff --git ") :]
    if rest.startswith('"'):
        return None, None
    half = len(rest) // 2
    old, new = rest[:half], rest[half + 1 :]
    if old[2:] != new[2:]:
        old, _, new = rest.partition(" b/")
        new = "b/" + new
    return _path(old, "a/"), _path(new, "b/")


def _path(raw: str, prefix: str) -> str | None:
    name = _unquote(raw.split("\t")[0].rstrip("\r"))
    if name == _NO_FILE:
        return None
    return name[len(prefix) :] if name.startswith(prefix) else name


def _unquote(name: str) -> str:
    """Undo git's quoting of names that are not plain ASCII: octal escapes of UTF-8 bytes."""
    if not (name.startswith('"') and name.endswith('"')):
        return name
    raw = name[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


def _read_hunk(lines: list[str], at: int, hunk: re.Match[str], changes: list[Change]) -> int:
    """Append the hunk's changes and return the index of the line after it."""
    old, old_left = int(hunk[1]), int(hunk[2] or 1)
    new_left = int(hunk[4] or 1)
    if old_left == 0:
        old += 1  # "-n,0" means after line n
    body = list(_body(lines, at, old_left, new_left))
    for block_start, removed, added in _blocks(body, old):
        if any(line.strip() for line in removed):
            changes.append(Change(block_start, block_start + len(removed) - 1, inserted=False, indent=_indent(added)))
        elif any(line.strip() for line in added):
            changes.append(Change(block_start + len(removed) - 1, block_start + len(removed) - 1, True, _indent(added)))
    return at + len(body)


def _body(lines: list[str], at: int, old_left: int, new_left: int) -> Iterator[str]:
    """Lines of a hunk by the counts in its header, so that a removed `-- x` is never taken for a file name."""
    while at < len(lines) and (old_left > 0 or new_left > 0 or lines[at].startswith("\\")):
        mark = lines[at][:1]
        old_left -= mark in ("-", " ", "")
        new_left -= mark in ("+", " ", "")
        yield lines[at]
        at += 1


def _blocks(body: list[str], old: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """Runs of changed lines: (first old line, removed, added)."""
    removed: list[str] = []
    added: list[str] = []
    for line in [*body, " "]:
        mark = line[:1]
        if mark == "-":
            removed.append(line[1:])
        elif mark == "+":
            added.append(line[1:])
        elif mark != "\\":
            if removed or added:
                yield old, removed, added
            old += len(removed) + 1
            removed, added = [], []


def _indent(lines: list[str]) -> int:
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return -1
    expanded = first.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())
