"""Where a repository keeps its parts, read from files: a subprocess would cost more than the whole no-change check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from locant.errors import RepositoryError
from locant.indexer.walk.git import run_git
from locant.indexer.walk.presence import exists, is_file, is_folder

__all__ = ["GitLayout", "find_layout", "head_commit", "refuse_bare", "resolve_root"]

MAX_REF_HOPS = 8
"""Symbolic refs point at symbolic refs seldom; a cycle of them must end."""

_REFTABLE_HEAD = "refs/heads/.invalid"
"""What HEAD names when refs are in a reftable, which only git reads."""

_WORKTREE_REFS = ("refs/bisect/", "refs/worktree/", "refs/rewritten/")


@dataclass(frozen=True, slots=True)
class GitLayout:
    """Top of the work tree, its own git folder, and the folder that all worktrees share."""

    top: Path
    git_dir: Path
    common_dir: Path


def resolve_root(root: Path | str) -> Path:
    """Absolute root without symbolic links; refuse what is not a folder or is a bare repository."""
    given = Path(root)
    try:
        resolved = given.expanduser().resolve(strict=True)
        is_folder = resolved.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise RepositoryError(f"cannot open {str(given)!r}: {error}. Give the path of an existing folder.") from error
    if not is_folder:
        raise RepositoryError(f"{str(given)!r} is a file. Give the folder that holds it.")
    refuse_bare(resolved)
    return resolved


def refuse_bare(root: Path) -> None:
    """Raise for a bare repository or the inside of `.git`: there are no files to index."""
    if _is_git_dir(root, root) and not exists(root / ".git"):
        raise RepositoryError(
            f"{str(root)!r} is a bare git repository (or a .git folder): it has no files to index. "
            f"Make a checkout with `git clone {root} FOLDER` and index that."
        )


def find_layout(root: Path) -> GitLayout | None:
    """Layout of the repository that holds `root`; None outside git, and where `.git` is damaged."""
    for folder in (root, *root.parents):
        dot_git = folder / ".git"
        if exists(dot_git):
            return _layout_at(folder, dot_git)
    return None


def head_commit(root: Path | str) -> str | None:
    """Commit that HEAD names, read without starting git; None outside git and before the first commit."""
    layout = find_layout(Path(root))
    return None if layout is None else _resolve_ref(layout, "HEAD")


def _layout_at(folder: Path, dot_git: Path) -> GitLayout | None:
    git_dir = dot_git if is_folder(dot_git) else _follow_git_file(dot_git)
    if git_dir is None:
        return None
    shared = _read_text(git_dir / "commondir")
    common = (git_dir / shared).resolve() if shared else git_dir
    return GitLayout(folder, git_dir, common) if _is_git_dir(git_dir, common) else None


def _follow_git_file(dot_git: Path) -> Path | None:
    content = _read_text(dot_git) or ""
    if not content.startswith("gitdir:"):
        return None
    return (dot_git.parent / content.removeprefix("gitdir:").strip()).resolve()


def _is_git_dir(git_dir: Path, common: Path) -> bool:
    """Apply git's own test for a usable git folder."""
    head = git_dir / "HEAD"
    return is_file(head) and is_folder(common / "objects") and is_folder(common / "refs")


def _resolve_ref(layout: GitLayout, name: str) -> str | None:
    for _ in range(MAX_REF_HOPS):
        value = _read_ref(layout, name)
        if value is None or not value.startswith("ref:"):
            return value
        name = value.removeprefix("ref:").strip()
        if name == _REFTABLE_HEAD:
            answer = run_git(layout.top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
            return answer.out.decode("ascii", "replace").strip() if answer.ok else None
    return None


def _read_ref(layout: GitLayout, name: str) -> str | None:
    own = name == "HEAD" or name.startswith(_WORKTREE_REFS)
    folder = layout.git_dir if own else layout.common_dir
    return _read_text(folder / name) or _packed_ref(layout.common_dir, name)


def _packed_ref(common: Path, name: str) -> str | None:
    for line in (_read_text(common / "packed-refs") or "").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return None


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape").strip() or None
    except (OSError, ValueError):
        return None
