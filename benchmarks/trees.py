"""Source trees to measure on, made from what every machine has: the standard library and installed packages."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["copy_standard_library", "fill", "make_many_files", "source_files", "standard_library"]

SLASH_COMMENTS = frozenset(
    {".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".go", ".java", ".js", ".jsx", ".kt"}
    | {".php", ".rs", ".scala", ".swift", ".ts", ".tsx", ".zig"}
)
HASH_COMMENTS = frozenset({".py", ".pyi", ".rb", ".sh", ".bats", ".ex", ".exs"})
DASH_COMMENTS = frozenset({".lua", ".hs", ".sql"})
"""Languages in which a line of comment can be put at the end of a file."""

SKIPPED_FOLDERS = frozenset({".git", "__pycache__", "node_modules", "site-packages", "dist-packages"})
MAX_FILE_BYTES = 1_000_000


def standard_library() -> Path:
    """Where the running Python keeps it."""
    return Path(sysconfig.get_paths()["stdlib"])


def copy_standard_library(target: Path) -> Path:
    """The running Python's standard library, only its Python files, without installed packages."""
    root = standard_library()
    for path in source_files([root], frozenset({".py"})):
        place = target / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


def make_many_files(target: Path, count: int) -> Path:
    """A committed git repository of `count` files of the standard library, each different from all others."""
    root = standard_library()
    fill(target, [root], files=count)
    commit = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"]
    for command in (["init", "-q"], ["add", "-A"], commit):
        subprocess.run(["git", "-C", str(target), *command], check=True)
    return target


def fill(target: Path, sources: Sequence[Path], *, n_bytes: int | None = None, files: int | None = None) -> int:
    """Copy source files until there are so many bytes or files; return the bytes.

    Round after round over the sources: from the second round on each copy ends with a line of comment of its own, so
    that no content occurs twice and nothing is saved by recognising it.
    """
    total = 0
    copied = 0
    for path, number, place in _copies(sources):
        if (n_bytes is not None and total >= n_bytes) or (files is not None and copied >= files):
            break
        data = path.read_bytes() + (_comment(path.suffix, number) if number else b"")
        copied += 1
        total += len(data)
        target_file = target / place
        if target_file.exists() and target_file.stat().st_size == len(data):
            continue  # a larger tree grows out of the smaller one
        target_file.parent.mkdir(parents=True, exist_ok=True)
        target_file.write_bytes(data)
    return total


def _copies(sources: Sequence[Path]) -> Iterator[tuple[Path, int, Path]]:
    roots = [(root, list(source_files([root], SLASH_COMMENTS | HASH_COMMENTS | DASH_COMMENTS))) for root in sources]
    if not any(paths for _, paths in roots):
        raise SystemExit(f"no source files under {', '.join(map(str, sources))}")
    for number in itertools.count():
        for order, (root, paths) in enumerate(roots):
            for path in paths:
                yield path, number, Path(f"copy{number}", f"{order}-{root.name}", path.relative_to(root))


def _comment(suffix: str, number: int) -> bytes:
    mark = "//" if suffix in SLASH_COMMENTS else "#" if suffix in HASH_COMMENTS else "--"
    return f"\n{mark} copy {number}\n".encode()


def source_files(roots: Sequence[Path], suffixes: frozenset[str]) -> Iterator[Path]:
    """Files with these suffixes, in order."""
    for root in roots:
        for parent, folders, names in os.walk(root):
            folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
            for name in sorted(names):
                path = Path(parent, name)
                if path.suffix in suffixes and not path.is_symlink() and path.stat().st_size <= MAX_FILE_BYTES:
                    yield path
