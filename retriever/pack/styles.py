"""How files are marked in a pack, so that nothing in a file can end its marks.

xml        <file path="src/retry.py" lines="40"> ... </file>
markdown   ## src/retry.py (40 lines), and the text between fences
plain      a rule, `File: src/retry.py (40 lines)`, a rule, the text

A tag, a fence or a rule is made longer where a packed file, or a name in the tree, has it too. So a reader who takes a
file's lines from below its mark to its end gets what is in it, whatever that is.
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


def marks_for(style: PackStyle, blocks: Iterable[Block], tree: str = "") -> Marks:
    """Marks that none of these blocks, and no name in the tree, can end or imitate."""
    return _STYLES[style](list(blocks), tree)


class _Xml:
    def __init__(self, blocks: Sequence[Block], tree: str) -> None:
        self._tag = _free("file", lambda name: _holds(blocks, name))
        self._tree_tag = _free("tree", lambda name: f"</{name}" in tree)

    @property
    def told(self) -> str:
        return f"A file stands between <{self._tag} ...> and </{self._tag}>"

    def file(self, block: Block, path: str, language: str) -> str:
        name = path.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        shown = "" if block.form == "whole" else f' shown="{block.form}"'
        altered = f' altered="{block.altered}"' if block.altered else ""
        head = f'<{self._tag} path="{name}" lines="{block.total_lines}"{shown}{altered}>'
        return "\n".join((head, *block.lines, f"</{self._tag}>"))

    def tree(self, text: str) -> str:
        return f"<{self._tree_tag}>\n{text}\n</{self._tree_tag}>"


class _Markdown:
    def __init__(self, blocks: Sequence[Block], tree: str) -> None:
        del blocks, tree  # each has a fence of its own length

    @property
    def told(self) -> str:
        return "A file stands in a fence below its heading"

    def file(self, block: Block, path: str, language: str) -> str:
        return "\n".join((f"## {_named(block, path)}", *fenced(block.lines, language)))

    def tree(self, text: str) -> str:
        return "\n".join(("## Tree", *fenced(text.split("\n"), "")))


class _Plain:
    def __init__(self, blocks: Sequence[Block], tree: str) -> None:
        texts = (tree, *("\n".join(block.lines) for block in blocks))
        longest = max((len(run) for text in texts for run in _RULES.findall(text)), default=0)
        self._rule = "=" * max(RULE, longest + 1)

    @property
    def told(self) -> str:
        return f"A file stands below two lines of {len(self._rule)} equals signs, up to the next one"

    def file(self, block: Block, path: str, language: str) -> str:
        return "\n".join((self._rule, f"File: {_named(block, path)}", self._rule, *block.lines))

    def tree(self, text: str) -> str:
        return "\n".join((self._rule, "Tree", self._rule, text))


_STYLES: dict[PackStyle, Callable[[Sequence[Block], str], Marks]] = {
    "xml": _Xml,
    "markdown": _Markdown,
    "plain": _Plain,
}


def _named(block: Block, path: str) -> str:
    """`src/retry.py (40 lines, folded)`."""
    lines = f"{block.total_lines} line{'' if block.total_lines == 1 else 's'}"
    notes = [lines, *([block.form] if block.form != "whole" else []), *([block.altered] if block.altered else [])]
    return f"{path} ({', '.join(notes)})"


def _free(name: str, is_taken: Callable[[str], bool]) -> str:
    """A tag that does not occur: the usual one, or that with a number."""
    names = (name if number == 1 else f"{name}-{number}" for number in numbers(1))
    return next(name for name in names if not is_taken(name))


def _holds(blocks: Sequence[Block], tag: str) -> bool:
    """Whether any line could be taken for the beginning or the end of a tag."""
    return any(f"<{tag} " in line or f"</{tag}" in line for block in blocks for line in block.lines)
