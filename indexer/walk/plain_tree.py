"""Walk of a folder outside git: nested gitignore rules, and known folders of dependencies and caches pruned."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from locant.indexer.walk import reasons
from locant.indexer.walk.collector import LOCANTIGNORE, Collector
from locant.indexer.walk.name_tables import (
    CACHE_FOLDERS,
    DEPENDENCY_FOLDERS,
    VENV_FOLDERS,
    VENV_MARKER,
    VERSION_CONTROL_FOLDERS,
)
from locant.indexer.walk.presence import exists, is_file
from locant.indexer.walk.rules import IgnoreRules

__all__ = ["Descend", "collect_plain", "is_pruned", "scan"]

Descend = Callable[[Collector, str], None]
"""Lists a tree of its own (submodule, nested repository) under a prefix that ends with a slash."""

GITIGNORE = ".gitignore"


def collect_plain(collector: Collector, prefix: str, descend: Descend) -> None:
    """Add all files under `prefix` ('' or ending with a slash); folders that are repositories go to `descend`."""
    ignored = IgnoreRules()
    exclude = collector.root / prefix / ".git" / "info" / "exclude"
    if is_file(exclude):
        collector.watch_control(exclude)
        ignored.add(prefix, exclude)
    pending = [prefix]
    while pending:
        folder = pending.pop()
        pending.extend(_collect_folder(collector, folder, ignored, descend))
    collector.notes.extend(ignored.notes)


def scan(collector: Collector, folder: str) -> list[os.DirEntry[str]]:
    """Names in a folder; one that cannot be opened is left out with its reason and has none."""
    try:
        with os.scandir(f"{collector.root}/{folder}") as found:
            return list(found)
    except FileNotFoundError:
        return []
    except OSError as error:
        too_long = error.errno == errno.ENAMETOOLONG
        collector.leave_out(folder, reasons.BAD_NAME if too_long else reasons.UNREADABLE, str(error.strerror))
        return []


def is_pruned(collector: Collector, path: str) -> bool:
    """Whether a folder holds dependencies or caches, and no rule asks for it; dependencies are listed as left out."""
    name = path[path.rfind("/") + 1 :]
    is_cache = name in CACHE_FOLDERS
    if not is_cache and name not in DEPENDENCY_FOLDERS and not _is_environment(collector.root / path, name):
        return False
    if collector.rules.verdict(path, is_folder=True) is False:
        return False
    if not is_cache:
        collector.leave_out(f"{path}/", reasons.PRUNED_FOLDER)
    return True


def _is_environment(folder: Path, name: str) -> bool:
    return name in VENV_FOLDERS and exists(folder / VENV_MARKER)


def _collect_folder(collector: Collector, folder: str, ignored: IgnoreRules, descend: Descend) -> Iterator[str]:
    collector.watch_folder(folder.rstrip("/"))
    found = scan(collector, folder)
    names = {item.name for item in found}
    if GITIGNORE in names:
        file = collector.root / folder / GITIGNORE
        collector.watch_control(file)
        ignored.add(folder, file)
    if LOCANTIGNORE in names:
        collector.add_rules(folder)
    for item in found:
        path = folder + item.name
        if item.is_dir(follow_symlinks=False):
            if item.name not in VERSION_CONTROL_FOLDERS and _enters(collector, path, ignored, descend):
                yield f"{path}/"
        elif not ignored.verdict(path):
            collector.add_file(path, collector.rules.verdict_with_parents(path))


def _enters(collector: Collector, path: str, ignored: IgnoreRules, descend: Descend) -> bool:
    """Whether the walk goes on in a folder; what is a tree of its own is listed at once."""
    if ignored.verdict(path, is_folder=True):
        return False
    if collector.rules.verdict(path, is_folder=True):
        collector.leave_out(f"{path}/", reasons.IGNORED_BY_LOCANTIGNORE)
        return False
    if is_pruned(collector, path):
        return False
    if exists(collector.root / path / ".git"):
        descend(collector, f"{path}/")
        return False
    return True
