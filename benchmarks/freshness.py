"""What keeping up costs: looking at 5,000 unchanged files, and finding what was just written into one of them."""

from __future__ import annotations

import subprocess
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

import locant
from benchmarks.measure import Figure, median, timed
from benchmarks.trees import make_many_files

__all__ = ["arguments", "run"]

DEFAULT_FILES = 5_000


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--files", type=int, default=DEFAULT_FILES, help="files of the repository")
    parser.add_argument("--repeat", type=int, default=11, help="times that each is measured")


def run(options: Namespace) -> list[Figure]:
    """Make a committed repository, index it, then look and edit."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree = make_many_files(Path(folder, "tree"), options.files)
        with locant.open(tree, cache_dir=Path(folder, "cache")) as index:
            index.update()
            checks = [timed(index.update) for _ in range(options.repeat + 1)][1:]
            edits = [_edit(index, tree, number) for number in range(options.repeat + 1)][1:]
            files = index.status().files
        status = [timed(lambda: _git_status(tree)) for _ in range(options.repeat)]
    return [
        Figure("files", files, ""),
        Figure("check, nothing changed, median", median(checks) * 1e3, "ms", "<= 100"),
        Figure("edit until found, median", median(edits) * 1e3, "ms", "<= 200"),
        Figure("edit until found, slowest", max(edits) * 1e3, "ms"),
        Figure("git status, median", median(status) * 1e3, "ms"),
        Figure("RATIO git status / check", median(status) / median(checks), "x"),
    ]


def _edit(index: locant.Index, tree: Path, number: int) -> float:
    """Seconds from the end of writing a new function into a file until a search finds it."""
    files = sorted(tree.glob("copy0/**/*.py"))
    path = files[number * len(files) // 100]
    name = f"freshly_written_{number}_times"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef {name}():\n    return {number}\n")

    def look() -> None:
        index.update()
        hits = index.search(name).hits
        if not hits or hits[0].location.path != path.relative_to(tree).as_posix():
            raise SystemExit(f"{name} was written to {path} and is not found")

    return timed(look)


def _git_status(tree: Path) -> None:
    subprocess.run(["git", "-C", str(tree), "status", "--porcelain"], stdout=subprocess.DEVNULL, check=True)
