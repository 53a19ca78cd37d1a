"""Gathers a listing file by file: type, rules, name and size are judged here, whoever found the path."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from locant.indexer.walk import reasons
from locant.indexer.walk.names import classify_name
from locant.indexer.walk.presence import is_file
from locant.indexer.walk.records import Entry, Signature, TreeListing, WalkOptions, WatchedFile, WatchedFolder
from locant.indexer.walk.rules import IgnoreRules
from locant.types import LeftOut

__all__ = ["LOCANTIGNORE", "Collector", "is_racy", "signature_of", "watch_file"]

LOCANTIGNORE = ".locantignore"

FINE_TICK_NS = 20_000_000
"""Kernels stamp files with the time of the last timer tick, 1 to 10 ms ago; doubled for safety."""

COARSE_TICK_NS = 2_000_000_000
"""Stamps in whole seconds come from FAT (2 s), HFS+ and old network mounts."""

SECOND_NS = 1_000_000_000

FORCED_MAX_BYTES = 20_000_000
"""Even a file that .locantignore asks for has to fit in the parser's memory."""

LOOK_AGAIN = -1
"""Stored time of a folder that changed as it was listed: no real time equals it."""


def signature_of(status: os.stat_result) -> Signature:
    """Signature of a file that was just looked at."""
    return Signature(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def is_racy(stamp_ns: int, looked_ns: int) -> bool:
    """Whether a later write could leave the same time stamp, given the clock before the look."""
    tick = COARSE_TICK_NS if stamp_ns % SECOND_NS == 0 else FINE_TICK_NS
    return stamp_ns + tick >= looked_ns


def watch_file(path: Path | str) -> WatchedFile:
    """Present state of a file that decides what is listed."""
    try:
        status = os.stat(path)  # noqa: PTH116 - half the cost of Path.stat in a hot loop
    except OSError:
        return WatchedFile(str(path), 0, 0, 0)
    return WatchedFile(str(path), status.st_size, status.st_mtime_ns, status.st_ino)


class Collector:
    """A listing in the making. Paths are relative to `root`; sub-trees add theirs with a prefix."""

    def __init__(self, root: Path, options: WalkOptions) -> None:
        self.root = root
        self.options = options
        self.rules = IgnoreRules()
        self.notes: list[str] = []
        self.left_out: list[LeftOut] = []
        self._base = f"{root}/"
        self._entries: dict[str, Entry] = {}
        self._folders: dict[str, WatchedFolder] = {}
        self._controls: dict[str, WatchedFile] = {}
        self._ruled: set[str] = set()
        self._started_ns = time.time_ns()

    def leave_out(self, path: str, reason: str, detail: str = "") -> None:
        """Count a path as not indexed."""
        self.left_out.append(LeftOut(path, reason, detail))

    def watch_control(self, path: Path | str) -> None:
        """Re-list when this file changes, appears or goes; it is looked at now, so before it is used."""
        key = str(path)
        if key not in self._controls:
            watched = watch_file(key)
            if is_racy(watched.mtime_ns, self._started_ns):
                watched = WatchedFile(key, watched.size, LOOK_AGAIN, watched.inode)
            self._controls[key] = watched

    def watch_folder(self, path: str) -> None:
        """Re-list when this folder ('' is the root) gains or loses a name."""
        try:
            stamp = os.stat(self._base + path).st_mtime_ns  # noqa: PTH116 - hot loop
        except OSError:
            stamp = LOOK_AGAIN
        self._folders[path] = WatchedFolder(path, LOOK_AGAIN if is_racy(stamp, self._started_ns) else stamp)

    def add_rules(self, folder: str) -> None:
        """Take in the .locantignore of a folder ('' or ending with a slash), and watch it."""
        file = self.root / folder / LOCANTIGNORE
        if folder not in self._ruled and is_file(file):
            self._ruled.add(folder)
            self.watch_control(file)
            self.rules.add(folder, file)

    def add_file(self, path: str, verdict: bool | None) -> None:
        """Judge one file by rules, type, name and size; one that is not there is passed over."""
        if path in self._entries:
            return
        try:
            status = os.lstat(self._base + path)
        except FileNotFoundError:
            return
        except OSError as error:
            self.leave_out(path, reasons.BAD_NAME if _too_long(error) else reasons.UNREADABLE, str(error.strerror))
            return
        left_out = self._judge(path, verdict, status)
        if left_out is not None:
            self.left_out.append(left_out)
            return
        racy = is_racy(max(status.st_mtime_ns, status.st_ctime_ns), self._started_ns)
        self._entries[path] = Entry(path, signature_of(status), racy, verdict is False)

    def finish(self, is_git: bool, head: str | None) -> TreeListing:
        """Freeze what was gathered."""
        return TreeListing(
            root=str(self.root),
            entries=tuple(self._entries[path] for path in sorted(self._entries)),
            left_out=tuple(sorted(set(self.left_out), key=lambda item: (item.path, item.reason))),
            folders=tuple(self._folders[path] for path in sorted(self._folders)),
            controls=tuple(self._controls[path] for path in sorted(self._controls)),
            is_git=is_git,
            head=head,
            options=self.options,
            notes=tuple(dict.fromkeys((*self.notes, *self.rules.notes))),
        )

    def _judge(self, path: str, verdict: bool | None, status: os.stat_result) -> LeftOut | None:
        if verdict:
            return LeftOut(path, reasons.IGNORED_BY_LOCANTIGNORE)
        if not stat.S_ISREG(status.st_mode):
            return self._judge_type(path, status.st_mode)
        by_name = None if verdict is False else classify_name(path, self.options.include_generated)
        if by_name is not None:
            return by_name
        limit = max(FORCED_MAX_BYTES, self.options.max_file_bytes) if verdict is False else self.options.max_file_bytes
        if status.st_size > limit:
            self.watch_control(self._base + path)  # it may shrink in place, which no folder shows
            return LeftOut(path, reasons.OVERSIZED, f"{status.st_size:,} bytes, the limit is {limit:,}")
        return None

    def _judge_type(self, path: str, mode: int) -> LeftOut:
        if stat.S_ISLNK(mode):
            return LeftOut(path, reasons.SYMLINK, self._describe_link(path))
        if stat.S_ISDIR(mode):
            return LeftOut(path, reasons.SPECIAL_FILE, "a folder stands where git has a file")
        return LeftOut(path, reasons.SPECIAL_FILE, _TYPE_NAMES.get(stat.S_IFMT(mode), "no regular file"))

    def _describe_link(self, path: str) -> str:
        try:
            target = (self.root / path).resolve(strict=True)
        except FileNotFoundError:
            return "the link is broken"
        except (OSError, RuntimeError):
            return "the link leads in a circle"
        return "leads inside the folder" if target.is_relative_to(self.root) else "leads out of the folder"


_TYPE_NAMES = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _too_long(error: OSError) -> bool:
    return error.errno == errno.ENAMETOOLONG
