"""Listing of a git work tree: git decides what belongs to it, so every ignore rule is git's own.

One `ls-files` names the files. Folders are then looked through, because git does not name empty ones, where a file
may appear later; which of those are ignored is asked of git in one batch per level (most trees: one batch).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from locant.indexer.walk import reasons
from locant.indexer.walk.collector import LOCANTIGNORE, Collector
from locant.indexer.walk.git import run_git
from locant.indexer.walk.layout import GitLayout
from locant.indexer.walk.name_tables import VERSION_CONTROL_FOLDERS
from locant.indexer.walk.plain_tree import Descend, is_pruned, scan
from locant.indexer.walk.presence import exists

__all__ = ["collect_git"]

GITLINK_MODE = b"160000"
_LIST = ("ls-files", "-z", "-t", "-s", "--cached", "--others", "--exclude-standard")
_IGNORE_FILES = frozenset({".gitignore", ".gitmodules"})


@dataclass(frozen=True, slots=True)
class _Names:
    """What `ls-files` answered, prefixed: files, and folders that are trees of their own."""

    tracked: list[str]
    untracked: list[str]
    submodules: list[str]
    nested: list[str]


def collect_git(collector: Collector, prefix: str, layout: GitLayout, descend: Descend) -> str:
    """Add all files of the work tree at `prefix`; answer '' when it worked, else why git did not list it."""
    top = collector.root / prefix
    _watch_controls(collector, top, layout)
    listed = run_git(top, *_LIST)
    if not listed.ok:
        return listed.error.splitlines()[0] if listed.error else f"git ls-files failed with code {listed.code}"
    names = _parse(listed.out, prefix)
    if not names.tracked and not names.untracked and not names.submodules and not names.nested and top != layout.top:
        return "git lists nothing here; if the folder is ignored by the repository around it, that rule is passed over"
    collector.add_rules(prefix)
    pruned = _pruned_folders(collector, names.untracked)
    untracked = [path for path in names.untracked if not _is_below(path, pruned)]
    own_trees = {path.rstrip("/") for path in (*names.submodules, *names.nested)}
    _watch_folders(collector, prefix, _parents(prefix, names.tracked, untracked, own_trees), own_trees | pruned)
    for path in (*names.tracked, *untracked):
        collector.add_file(path, collector.rules.verdict_with_parents(path))
    _descend_all(collector, names, descend)
    return ""


def _watch_controls(collector: Collector, top: Path, layout: GitLayout) -> None:
    collector.watch_control(layout.git_dir / "index")
    collector.watch_control(layout.common_dir / "config")
    collector.watch_control(layout.common_dir / "info" / "exclude")
    collector.watch_control(layout.git_dir / "info" / "sparse-checkout")
    collector.watch_control(_global_excludes(top))
    for folder in top.parents:
        if folder.is_relative_to(layout.top):
            collector.watch_control(folder / ".gitignore")


def _global_excludes(top: Path) -> Path:
    answer = run_git(top, "config", "--type=path", "--get", "core.excludesFile")
    if answer.ok and answer.out.strip():
        return top / os.fsdecode(answer.out.strip())
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(os.path.expanduser(home), "git", "ignore")  # noqa: PTH111 - Path.expanduser raises without a home


def _parse(out: bytes, prefix: str) -> _Names:
    names = _Names([], [], [], [])
    for record in os.fsdecode(out).split("\0"):
        if record.startswith("? "):
            path = prefix + record[2:]
            (names.nested if path.endswith("/") else names.untracked).append(path)
        elif record:
            fields, _, path = record.partition("\t")
            is_link = fields.split(" ", 2)[1].encode() == GITLINK_MODE
            (names.submodules if is_link else names.tracked).append(prefix + path)
    return names


def _pruned_folders(collector: Collector, untracked: list[str]) -> set[str]:
    """Folders of dependencies and caches that nobody ignored; what git tracks is never pruned."""
    judged: dict[str, bool] = {}
    for path in untracked:
        slash = path.find("/")
        while slash >= 0:
            folder = path[:slash]
            if folder not in judged:
                judged[folder] = is_pruned(collector, folder)
            if judged[folder]:
                break
            slash = path.find("/", slash + 1)
    return {folder for folder, yes in judged.items() if yes}


def _is_below(path: str, folders: set[str]) -> bool:
    slash = path.find("/") if folders else -1
    while slash >= 0:
        if path[:slash] in folders:
            return True
        slash = path.find("/", slash + 1)
    return False


def _parents(prefix: str, *groups: list[str] | set[str]) -> set[str]:
    """All folders above the paths, down from the top of this tree."""
    found = {prefix.rstrip("/")}
    for group in groups:
        for path in group:
            end = path.rfind("/")
            while end > 0 and path[:end] not in found:
                found.add(path[:end])
                end = path.rfind("/", 0, end)
    return found


def _watch_folders(collector: Collector, prefix: str, known: set[str], skipped: set[str]) -> None:
    """Watch the known folders and, level by level, those below them that are not ignored."""
    level = sorted(known)
    while level:
        unknown = [path for folder in level for path in _look_through(collector, folder) if path not in known]
        level = _not_ignored(collector, prefix, [path for path in unknown if path not in skipped])
        known = known | set(level)


def _look_through(collector: Collector, folder: str) -> list[str]:
    """Watch one folder, take in its ignore files, and name the folders in it."""
    if folder and collector.rules.verdict_with_parents(folder, is_folder=True):
        return []
    collector.watch_folder(folder)
    prefix = f"{folder}/" if folder else ""
    inside: list[str] = []
    for item in scan(collector, prefix):
        if item.name == LOCANTIGNORE:
            collector.add_rules(prefix)
        elif item.name in _IGNORE_FILES:
            collector.watch_control(item.path)
        elif item.is_dir(follow_symlinks=False) and item.name not in VERSION_CONTROL_FOLDERS:
            inside.append(prefix + item.name)
    return inside


def _not_ignored(collector: Collector, prefix: str, folders: list[str]) -> list[str]:
    """Those of the folders that git does not ignore and no table prunes; all of them when git cannot tell."""
    folders = [path for path in folders if not is_pruned(collector, path)]
    if not folders:
        return []
    data = b"".join(os.fsencode(f"{path[len(prefix) :]}/") + b"\0" for path in folders)
    answer = run_git(collector.root / prefix, "check-ignore", "-z", "--stdin", data=data)
    ignored = {prefix + path.rstrip("/") for path in os.fsdecode(answer.out).split("\0")}
    return [path for path in folders if path not in ignored]


def _descend_all(collector: Collector, names: _Names, descend: Descend) -> None:
    for path in names.nested:
        if collector.rules.verdict_with_parents(path.rstrip("/"), is_folder=True):
            collector.leave_out(path, reasons.IGNORED_BY_LOCANTIGNORE)
        else:
            descend(collector, path)
    for path in names.submodules:
        if collector.rules.verdict_with_parents(path, is_folder=True):
            collector.leave_out(f"{path}/", reasons.IGNORED_BY_LOCANTIGNORE)
        elif exists(collector.root / path / ".git"):
            descend(collector, f"{path}/")
        else:
            collector.watch_folder(path)
            collector.leave_out(f"{path}/", reasons.SUBMODULE_ABSENT)
