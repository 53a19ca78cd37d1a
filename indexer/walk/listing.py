"""The files of a tree that are candidates for the index, by name, type and size; no content is read."""

from __future__ import annotations

from pathlib import Path

from locant.indexer.walk.collector import Collector
from locant.indexer.walk.git_tree import collect_git
from locant.indexer.walk.layout import find_layout, head_commit, resolve_root
from locant.indexer.walk.plain_tree import collect_plain
from locant.indexer.walk.presence import exists
from locant.indexer.walk.records import TreeListing, WalkOptions

__all__ = ["list_tree"]


def list_tree(root: Path | str, options: WalkOptions | None = None) -> TreeListing:
    """List a folder as git sees it, or by its own gitignore files where git cannot.

    Raises RepositoryError when the root is no folder or is a bare repository.
    """
    folder = resolve_root(root)
    head = head_commit(folder)  # before the files: a commit made meanwhile is then noticed by the next check
    collector = Collector(folder, options or WalkOptions())
    is_git = _collect(collector, "")
    return collector.finish(is_git, head if is_git else None)


def _collect(collector: Collector, prefix: str) -> bool:
    """List the tree at a prefix, through git when it is one of git's; answer whether git listed it."""
    top = collector.root / prefix
    layout = find_layout(top)
    if layout is not None and (not prefix or layout.top == top):
        problem = collect_git(collector, prefix, layout, _descend)
        if not problem:
            return True
    elif prefix or any(exists(folder / ".git") for folder in (top, *top.parents)):
        problem = "the .git here is damaged"
    else:
        problem = ""
    if problem:
        collector.notes.append(f"{top} is walked without git: {problem}")
    collect_plain(collector, prefix, _descend)
    return False


def _descend(collector: Collector, prefix: str) -> None:
    _collect(collector, prefix)
