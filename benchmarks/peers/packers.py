"""Programs that put a repository into one text: how each is run, and where files begin in what it writes.

None of them has a budget or a question; all of a repository is what they write, in their own order.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["OURS", "PACKERS", "Packer", "command_of", "sections"]


@dataclass(frozen=True, slots=True)
class Packer:
    """Arguments behind the executable, with `{tree}` and `{out}`, and what heads a file: group 1 is its path."""

    arguments: tuple[str, ...]
    head: str


_REPOMIX = ("{tree}", "--output", "{out}", "--style", "xml", "--quiet")
_XML_HEAD = r'^<file path="([^"]*)">$'

PACKERS: dict[str, Packer] = {
    "repomix": Packer(_REPOMIX, _XML_HEAD),
    "repomix-compress": Packer((*_REPOMIX, "--compress"), _XML_HEAD),
    "code2prompt": Packer(("--path", "{tree}", "--output", "{out}"), r"^## File: (.+)$"),
    "files-to-prompt": Packer(("{tree}", "--cxml", "--output", "{out}"), r"^<source>(.+)</source>$"),
    "gitingest": Packer(("{tree}", "--output", "{out}"), r"^FILE: (.+)$"),
}
"""By name; the executable is named by whoever measures. `--quiet` only keeps repomix from drawing its progress."""

OURS = r'^<file(?:-\d+)? path="([^"]*)" lines="\d+"(?: [^>]*)?>$'
"""What heads a file in a pack of locant's own style."""


def sections(text: str, head: str, tree: Path) -> dict[str, list[str]]:
    """Path below the tree -> the lines that stand below its head, without spaces at their ends."""
    found: dict[str, list[str]] = {}
    matches = list(re.finditer(head, text, re.MULTILINE))
    ends = [*(match.start() for match in matches), len(text)][1:]
    for match, end in zip(matches, ends, strict=True):
        lines = [line.rstrip() for line in text[match.end() : end].split("\n")]
        found.setdefault(_below(tree, html.unescape(match[1])), lines)
    return found


def _below(tree: Path, path: str) -> str:
    for root in (f"{tree}/", f"{tree.resolve()}/", f"{str(tree).lstrip('/')}/"):
        path = path.removeprefix(root)
    return path.removeprefix("./")


def command_of(packer: Packer, executable: str, tree: Path, out: Path) -> Sequence[str]:
    """What is run to pack a tree into a file."""
    return [executable, *(part.format(tree=tree, out=out) for part in packer.arguments)]
