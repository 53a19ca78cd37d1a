"""How files are marked in a pack, so that nothing in a file can end its marks.

xml        <file path="src/retry.py" lines="40"> ... </file>
markdown   ## src/retry.py (40 lines), and the text between fences
plain      a rule, `File: src/retry.py (40 lines)`, a rule, the text

A tag, a fence or a rule is made longer where a packed file has it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import count as numbers
from typing import Protocol

from locant.retriever.brief.candidates import fenced
from locant.retriever.pack.records import Block
from locant.types import PackStyle

__all__ = ["Marks", "marks_for"]

RULE = 16
"""Characters of a rule in the plain style, where no file has a longer one."""

_RULES = re.compile(r"^=+", re.MULTILINE)


class Marks(Protocol):
    """A way of marking: what stands around the tree and the files, and what is said about it."""

    @property
    def told(self) -> str:
        """Where files begin and end, in words."""
        ...

    def file(self, block: Block, path: str, language: str) -> str:
        """A file with its marks."""
        ...

    def tree(self, text: str) -> str:
        """The tree with its marks."""
        ...


def marks_for(style: PackStyle, blocks: Iterable[Block]) -> Marks:
    """Marks that none of these blocks can end."""
    return _STYLES[style](list(blocks))


class _Xml:
    def __init__(self, blocks: Sequence[Block]) -> None:
        names = ("file" if number == 1 else f"file-{number}" for number in numbers(1))
        self._tag = next(name for name in names if not _holds(blocks, f"</{name}>"))

    @property
    def told(self) -> str:
        return f"A file stands between <{self._tag} ...> and </{self._tag}>"

    def file(self, block: Block, path: str, language: str) -> str:
        name = path.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        shown = "" if block.form == "whole" else f' shown="{block.form}"'
        head = f'<{self._tag} path="{name}" lines="{block.total_lines}"{shown}>'
        return "\n".join((head, *block.lines, f"</{self._tag}>"))

    def tree(self, text: str) -> str:
        return f"<tree>\n{text}\n</tree>"


class _Markdown:
    def __init__(self, blocks: Sequence[Block]) -> None:
        del blocks  # each file has a fence of its own length

    @property
    def told(self) -> str:
        return "A file stands in a fence below its heading"

    def file(self, block: Block, path: str, language: str) -> str:
        return "\n".join((f"## {_named(block, path)}", *fenced(block.lines, language)))

    def tree(self, text: str) -> str:
        return "\n".join(("## Tree", *fenced(text.split("\n"), "")))


class _Plain:
    def __init__(self, blocks: Sequence[Block]) -> None:
        longest = max((len(run) for block in blocks for line in block.lines for run in _RULES.findall(line)), default=0)
        self._rule = "=" * max(RULE, longest + 1)

    @property
    def told(self) -> str:
        return f"A file stands below two lines of {len(self._rule)} equals signs, up to the next one"

    def file(self, block: Block, path: str, language: str) -> str:
        return "\n".join((self._rule, f"File: {_named(block, path)}", self._rule, *block.lines))

    def tree(self, text: str) -> str:
        return "\n".join((self._rule, "Tree", self._rule, text))


_STYLES: dict[PackStyle, Callable[[Sequence[Block]], Marks]] = {"xml": _Xml, "markdown": _Markdown, "plain": _Plain}


def _named(block: Block, path: str) -> str:
    """`src/retry.py (40 lines, folded)`."""
    lines = f"{block.total_lines} line{'' if block.total_lines == 1 else 's'}"
    return f"{path} ({lines}{'' if block.form == 'whole' else f', {block.form}'})"


def _holds(blocks: Sequence[Block], text: str) -> bool:
    return any(text in line for block in blocks for line in block.lines)
