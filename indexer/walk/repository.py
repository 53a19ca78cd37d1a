"""Which repository a folder belongs to, and whether it differs from its commit. Asked rarely, so git may be started."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from locant.indexer.walk.git import run_git
from locant.indexer.walk.layout import GitLayout, find_layout
from locant.indexer.walk.presence import exists

__all__ = ["is_dirty", "repository_identity"]

IDENTITY_DIGITS = 32
"""128 bits: no two repositories of one user meet by chance."""

_GITLINK_PREFIX = "160000 "
_URL_CREDENTIALS = re.compile(r"^(?:[a-z+]+://)?(?:[^/@]*@)?", re.IGNORECASE)


def repository_identity(root: Path | str) -> str:
    """Key that worktrees, branches and clones of one repository share.

    The root commit on the first-parent line of HEAD: unlike the set of all root commits it does not change when a
    foreign history is merged in, and it is found without walking merged branches. A shallow clone does not know it,
    so its origin's address stands in. Without commits it is the shared git folder; outside git, the resolved path.
    """
    folder = Path(root).resolve()
    layout = find_layout(folder)
    if layout is None:
        return _key("path", os.fsencode(folder))
    if exists(layout.common_dir / "shallow"):
        origin = run_git(layout.top, "config", "--get", "remote.origin.url").out.decode("utf-8", "replace").strip()
        if origin:
            return _key("origin", _normalize_url(origin).encode())
    roots = run_git(folder, "rev-list", "--first-parent", "--max-parents=0", "HEAD", "--")
    commits = roots.out.split() if roots.ok else []
    return _key("git", commits[-1]) if commits else _key("path", os.fsencode(layout.common_dir))


def is_dirty(root: Path | str) -> bool | None:
    """Whether tracked files under the root (and in its submodules) differ from HEAD; None where git cannot tell."""
    folder = Path(root).resolve()
    layout = find_layout(folder)
    if layout is None:
        return None
    status = run_git(
        folder,
        *("status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=dirty", "--", "."),
        config=_without_local_filters(layout),
    )
    if not status.ok:
        return None
    return bool(status.out) or any(is_dirty(inner) for inner in _submodules(folder, layout))


def _without_local_filters(layout: GitLayout) -> tuple[str, ...]:
    """Settings that switch off clean filters of the repository's own configuration: comparing would run them."""
    listed = run_git(layout.top, "config", "--local", "--includes", "--name-only", "--get-regexp", r"^filter\.")
    drivers = {name.rsplit(".", 1)[0] for name in listed.out.decode("utf-8", "replace").splitlines()}
    return tuple(
        f"{driver}.{setting}"
        for driver in sorted(drivers)
        for setting in ("clean=", "smudge=", "process=", "required=false")
    )


def _submodules(folder: Path, layout: GitLayout) -> list[Path]:
    if not exists(layout.top / ".gitmodules"):
        return []
    records = os.fsdecode(run_git(folder, "ls-files", "-z", "-s").out).split("\0")
    paths = [record.partition("\t")[2] for record in records if record.startswith(_GITLINK_PREFIX)]
    return [folder / path for path in paths if exists(folder / path / ".git")]


def _normalize_url(url: str) -> str:
    """`git@host:a/b.git` and `https://user@host/a/b` are one address."""
    bare = _URL_CREDENTIALS.sub("", url).replace(":", "/", 1)
    return bare.rstrip("/").removesuffix(".git").lower()


def _key(kind: str, data: bytes) -> str:
    return f"{kind}-{hashlib.sha256(data).hexdigest()[:IDENTITY_DIGITS]}"
