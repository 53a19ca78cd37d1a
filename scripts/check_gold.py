"""Compare gold functions with what Python's own parser says, over real commits.

    python -m scripts.check_gold --commits 200 CLONE [CLONE ...]

For every Python file that a commit changes, the functions that the change touches are derived twice: by the evaluation,
from its syntax trees, and here, from `ast`. Files that `ast` cannot read (another Python version) are counted apart.
Commits are the newest ones without merges, spread evenly over the clones. Exit code 1 when a file differs.
"""

from __future__ import annotations

import argparse
import ast
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from locant.eval.datasets.diff import Change, FileDiff, parse_diff
from locant.eval.datasets.gold import functions_changed
from locant.eval.mining.history import list_commits, read_blobs, read_patches
from locant.indexer.syntax.parse import parse_file

LOOKED_AT = 5
"""Commits read for each one that is wanted: many change no Python."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Named:
    """A definition as `ast` has it: canonical name, lines, and column of its head."""

    name: str
    start: int
    end: int
    indent: int


def definitions(node: ast.AST, outer: str = "", function: str = "") -> Iterator[Named]:
    """All definitions below a node; what is defined inside a function goes by that function's name."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Definition):
            yield from definitions(child, outer, function)
            continue
        qualified = f"{outer}.{child.name}" if outer else child.name
        name = function or qualified
        yield Named(name.removesuffix(".__init__"), child.lineno, child.end_lineno or child.lineno, child.col_offset)
        inside = name if function or not isinstance(child, ast.ClassDef) else ""
        yield from definitions(child, qualified, inside)


def touched(source: str, changes: Sequence[Change]) -> list[str]:
    """The innermost definition around each changed line, by `ast`, in order of first touch."""
    known = list(definitions(ast.parse(source)))
    lines = source.split("\n")
    found: dict[str, None] = {}
    for change in changes:
        last = change.start if change.inserted else min(change.end, len(lines))
        for line in range(change.start, last + 1):
            if not change.inserted and not lines[line - 1].strip():
                continue
            around = [item for item in known if item.start <= line <= item.end]
            if change.inserted:  # after the last line of a definition: in it only when indented deeper than its head
                around = [item for item in around if line < item.end or change.indent > item.indent]
            if around:
                found.setdefault(max(around, key=lambda item: (item.start, -item.end)).name)
    return list(found)


def python_files(clone: Path, commits: int) -> Iterator[tuple[str, FileDiff, bytes]]:
    """(commit, changes, old content) of the Python files of so many commits that change one."""
    listed = [commit for commit in list_commits(clone, limit=commits * LOOKED_AT) if len(commit.parents) == 1]
    parents = {commit.id: commit.parents[0] for commit in listed}
    taken = 0
    for commit, patch in read_patches(clone, list(parents)):
        files = [file for file in parse_diff(patch or "") if (file.old_path or "").endswith(".py") and file.changes]
        blobs = read_blobs(clone, [f"{parents[commit]}:{file.old_path}" for file in files])
        yield from ((commit, file, blob) for file, blob in zip(files, blobs, strict=True))
        taken += bool(files)
        if taken == commits:
            return


def compare(clone: Path, commits: int, seen: dict[str, set[str]]) -> Iterator[str]:
    """Yield a line for each file that differs; `seen` gets the files that agreed, differed, or could not be read."""
    for commit, file, blob in python_files(clone, commits):
        label = f"{clone.name} {commit[:12]} {file.old_path}"
        try:
            source = blob.decode("utf-8")
            expected = touched(source, file.changes)
        except (SyntaxError, ValueError):
            seen["unreadable"].add(label)
            continue
        found = functions_changed(parse_file(str(file.old_path), blob), source, file.changes)
        seen["same" if found == expected else "different"].add(label)
        seen["commits"].add(commit)
        if found != expected:
            yield f"{label}: ast {expected}, ours {found}"


def main() -> int:
    """Check and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+", type=Path, help="git repositories with Python in them, bare or not")
    parser.add_argument("--commits", type=int, default=200, help="commits in all")
    options = parser.parse_args()
    warnings.simplefilter("ignore", SyntaxWarning)  # about string literals of the files that are read
    seen: dict[str, set[str]] = {name: set() for name in ("commits", "same", "different", "unreadable")}
    share = -(-options.commits // len(options.clones))
    for clone in options.clones:
        for line in compare(clone, min(share, options.commits - len(seen["commits"])), seen):
            sys.stdout.write(f"{line}\n")
    counts = {name: len(found) for name, found in seen.items()}
    sys.stdout.write(
        f"{counts['commits']} commits, {counts['same'] + counts['different']} files: "
        f"{counts['different']} differ ({counts['unreadable']} could not be read by ast)\n"
    )
    return 1 if counts["different"] or not counts["commits"] else 0


if __name__ == "__main__":
    sys.exit(main())
