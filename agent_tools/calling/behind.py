"""Bringing an index up to date in a process of its own, while answers come from what there is.

The process is started where a lock says that none is at work, and ends when it is done: there is no daemon. It says how
far it is in a small file beside the lock.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from locant.errors import LocantError
from locant.types import Progress

__all__ = ["is_at_work", "progress_of", "start", "wait"]

_started: dict[Path, subprocess.Popen[bytes]] = {}
"""Children of this process, kept so that they are reaped."""


@atexit.register
def _let_go() -> None:
    """Children go on when this process ends: nobody has to wait for them, and no warning has to say so."""
    for child in _started.values():
        if child.poll() is None:
            child.returncode = 0


def start(root: Path, cache: Path) -> None:
    """Start an update of the index of `root`; nothing when one that was started here is still at work."""
    child = _started.get(root)
    if child is not None and child.poll() is None:
        return
    cache.mkdir(parents=True, exist_ok=True)
    _started[root] = subprocess.Popen(
        [sys.executable, "-m", "locant.agent_tools.calling.behind", str(root), str(cache)],
        cwd=cache,  # `-m` imports from the current folder first: that has to be none of a repository
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it goes on when the one who asked is gone
    )


def wait(root: Path, seconds: float) -> bool:
    """Wait for an update that was started here; whether it has ended."""
    child = _started.get(root)
    if child is None:
        return True
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def is_at_work(root: Path, cache: Path) -> bool:
    """Whether any process updates the index of `root` behind the answers."""
    from filelock import FileLock, Timeout

    path = _base(root, cache).with_suffix(".lock")
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def progress_of(root: Path, cache: Path) -> Progress | None:
    """How far the update is; None before it has said anything."""
    try:
        found = json.loads(_base(root, cache).with_suffix(".json").read_text(encoding="ascii"))
        return Progress(str(found["stage"]), int(found["done"]), int(found["total"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _base(root: Path, cache: Path) -> Path:
    return cache / "behind" / hashlib.sha256(os.fsencode(root)).hexdigest()[:24]


def _update(root: Path, cache: Path) -> None:
    """Update the index unless another process is at it."""
    from filelock import FileLock, Timeout

    import locant

    base = _base(root, cache)
    base.parent.mkdir(parents=True, exist_ok=True)
    told = base.with_suffix(".json")

    def tell(progress: Progress) -> None:
        fields = {"stage": progress.stage, "done": progress.done, "total": progress.total}
        temporary = base.with_suffix(".new")
        temporary.write_text(json.dumps(fields), encoding="ascii")
        temporary.replace(told)

    try:
        with FileLock(base.with_suffix(".lock"), timeout=0), locant.open(root, cache_dir=cache) as index:
            index.update(progress=tell)
    except Timeout:
        return
    except LocantError:
        sys.exit(1)  # whoever asks next finds the same error and shows it
    finally:
        told.unlink(missing_ok=True)


if __name__ == "__main__":
    _update(Path(sys.argv[1]), Path(sys.argv[2]))
