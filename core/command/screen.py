r"""Where text goes: colours only on a terminal, and nothing a repository's file holds may steer that terminal.

File names and source lines are foreign: an ESC sequence in them could rename the window, hide lines or fake a prompt,
and a bidirectional override could show other code than a compiler reads. All such characters are printed as `\xNN`
or `\uNNNN`, in pipes too, since `locant ... | head` ends on a terminal as well.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from locant.indexer.walk.names import display_path
from locant.retriever.reading.visible import visible

__all__ = ["Screen", "make_screen", "visible", "write_lines"]

_STYLES = {
    "path": "1;35",
    "line": "32",
    "symbol": "1",
    "heading": "1;4",
    "good": "32",
    "warning": "33",
    "bad": "1;31",
    "match": "1;31",
    "dim": "2",
    "score": "36",
}

TAB_COLUMNS = 4
"""Eight push deep Go and C code off the screen."""

PIPE_COLUMNS = 100
"""Where no terminal says its width; only rulers and bars use it, lines are never cut in a pipe."""


@dataclass(frozen=True, slots=True)
class Screen:
    """How lines are made for one stream.

    colour: whether to paint. terminal: whether a person looks at it, so that long lines are cut to `columns`.
    base: folder from which shown paths lead, so that a terminal opens them on a click.
    """

    colour: bool
    terminal: bool
    columns: int
    base: Path

    def paint(self, style: str, text: str) -> str:
        """Foreign text in a style, made harmless."""
        shown = visible(text)
        return f"\x1b[{_STYLES[style]}m{shown}\x1b[0m" if self.colour and shown else shown

    def code(self, text: str, room: int = 0) -> str:
        """One line of source as it can be printed after `room` columns."""
        if not self.terminal:
            return visible(text)
        shown = visible(text.expandtabs(TAB_COLUMNS))
        width = max(20, self.columns - room)
        return shown if len(shown) <= width else shown[: width - 1] + "…"

    def path(self, root: Path, path: str) -> str:
        """A file of a repository, relative to the current folder where that is near, else absolute."""
        full = root / path
        near = self.base == root or root in self.base.parents or self.base in root.parents
        return visible(display_path(os.path.relpath(full, self.base) if near else str(full)))

    def place(self, root: Path, path: str, start: int, end: int | None = None) -> str:
        """`path:line` that terminals and editors open, with `-end` when it is a span."""
        span = f"{start}" if end is None or end == start else f"{start}-{end}"
        return f"{self.paint('path', self.path(root, path))}:{self.paint('line', span)}"


def make_screen(stream: TextIO, *, no_color: bool) -> Screen:
    """Screen for a stream: colour needs a terminal that can show it and a user who did not refuse (NO_COLOR)."""
    terminal = stream.isatty()
    refused = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    columns = shutil.get_terminal_size((PIPE_COLUMNS, 24)).columns if terminal else PIPE_COLUMNS
    return Screen(terminal and not refused, terminal, columns, Path.cwd())


def write_lines(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Write lines; what the stream's encoding lacks is spelled out rather than raised."""
    out = stream or sys.stdout
    encoding = getattr(out, "encoding", None) or "utf-8"
    for line in lines:
        out.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
