"""A bare repository with one commit: another's HEAD with some files changed.

It borrows the other's objects (`objects/info/alternates`), so it holds only the files that differ. Author and date
are fixed: the same content gives the same commit id, on which mined rows stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from locant.eval.repositories.git import run_git

__all__ = ["write_copy"]

BRANCH = "refs/heads/main"
WHO = "locant <locant@localhost> 946684800 +0000"
"""Any fixed name and second."""

CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n[gc]\n\tauto = 0\n"


def write_copy(original: Path, copy: Path, changed: Mapping[str, bytes]) -> str:
    """Write the copy and return its commit; `changed` maps paths that HEAD has to their new content."""
    for folder in ("objects/info", "objects/pack", "refs/heads"):
        (copy / folder).mkdir(parents=True)
    (copy / "HEAD").write_text(f"ref: {BRANCH}\n")
    (copy / "config").write_text(CONFIG)
    (copy / "objects/info/alternates").write_text(f"{(original / 'objects').resolve()}\n")
    run_git(copy, "fast-import", "--quiet", given=b"".join(_stream(original, changed)))
    return run_git(copy, "rev-parse", BRANCH).strip()


def _stream(original: Path, changed: Mapping[str, bytes]) -> list[bytes]:
    """For `git fast-import`, one process for all files: the whole tree first, then what differs."""
    modes = _modes(original)
    tree = run_git(original, "rev-parse", "HEAD^{tree}").strip()
    parts = [f"commit {BRANCH}\nauthor {WHO}\ncommitter {WHO}\ndata 0\nM 040000 {tree} \n".encode()]
    for path, content in sorted(changed.items()):
        parts.append(b"M %b inline %b\ndata %d\n%b\n" % (modes[path], _quoted(path), len(content), content))
    return parts


def _modes(original: Path) -> dict[str, bytes]:
    """Path -> mode of every file, since an executable stays one."""
    entries = run_git(original, "ls-tree", "-r", "-z", "--full-tree", "HEAD").split("\0")[:-1]
    return {path: head[:6].encode() for head, _, path in (entry.partition("\t") for entry in entries)}


def _quoted(path: str) -> bytes:
    """A path as fast-import reads it, whatever characters it has."""
    raw = path.encode("utf-8", "surrogateescape")
    return b'"%b"' % raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
