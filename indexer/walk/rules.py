"""Ignore rules in gitignore syntax, nested: the deepest folder that says anything about a path decides.

`verdict` is true for left out, false for asked for by a `!` rule, None when no rule speaks. Within one file the last
rule that matches wins. As in git, what lies in a folder that is left out cannot be brought back.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

__all__ = ["IgnoreRules"]

MAX_IGNORE_BYTES = 1_000_000
"""Beyond this it is no ignore file, and compiling it would take minutes."""

_BOM = "\ufeff"


class IgnoreRules:
    """Ignore files of one kind found so far, by the folder they stand in."""

    def __init__(self) -> None:
        self._specs: dict[str, GitIgnoreSpec] = {}
        self.notes: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._specs)

    def add(self, folder: str, file: Path) -> None:
        """Read an ignore file whose rules are relative to `folder` ('' is the root, else it ends with a slash)."""
        try:
            with file.open("rb") as stream:
                text = os.fsdecode(stream.read(MAX_IGNORE_BYTES))
        except OSError as error:
            self.notes.append(f"{file} was not read ({error.strerror}); its rules do not hold")
            return
        spec = self._compile(text.removeprefix(_BOM).splitlines(), file)
        if spec is not None:
            known = self._specs.get(folder)
            self._specs[folder] = spec if known is None else known + spec

    def verdict(self, path: str, is_folder: bool = False) -> bool | None:
        """Whether the rules leave out this one path; parents are the caller's to ask first."""
        if not self._specs:
            return None
        shown = f"{path}/" if is_folder else path
        end = len(path)
        while end >= 0:
            end = path.rfind("/", 0, end) if end else -1
            spec = self._specs.get(path[: end + 1])
            if spec is not None:
                include = spec.check_file(shown[end + 1 :]).include
                if include is not None:
                    return include
        return None

    def verdict_with_parents(self, path: str, is_folder: bool = False) -> bool | None:
        """Whether the rules leave out a path that was reached without walking: parents are asked from the top."""
        if not self._specs:
            return None
        forced: bool | None = None
        slash = path.find("/")
        while slash >= 0:
            answer = self.verdict(path[:slash], is_folder=True)
            if answer:
                return True
            forced = answer if answer is not None else forced
            slash = path.find("/", slash + 1)
        own = self.verdict(path, is_folder)
        return own if own is not None else forced

    def _compile(self, lines: list[str], file: Path) -> GitIgnoreSpec | None:
        try:
            spec = _spec(lines)
        except ValueError:
            spec = _spec([line for line in lines if self._is_valid(line, file)])
        return spec if any(pattern.include is not None for pattern in spec.patterns) else None

    def _is_valid(self, line: str, file: Path) -> bool:
        try:
            _spec([line])
        except ValueError:
            self.notes.append(f"{file}: the rule {line!r} is no gitignore pattern and does not hold")
            return False
        return True


def _spec(lines: list[str]) -> GitIgnoreSpec:
    """Rules of one file; the library is loaded only where there are any."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)
