"""A corpus of documents as a git repository with one commit, so that every system can rank it like any other tree.

The alternative, a second kind of candidate in every system and in the run files, would touch all of them for what is a
folder of files after all. Files are numbered: a name that tells what is inside would be evidence that the corpus lacks.
"""

from __future__ import annotations

import ast
import hashlib
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from locant.eval.repositories.git import run_git

__all__ = ["Corpus", "Document", "write_corpus"]

PER_FOLDER = 1000
"""Files in one folder: more make every listing of it slow."""

BRANCH = "refs/heads/corpus"


@dataclass(frozen=True, slots=True)
class Document:
    """One document; its title is its first line, as BEIR's protocol has it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """A written corpus: bare repository, its commit, and document id -> path."""

    repository: Path
    commit: str
    paths: dict[str, str]


def write_corpus(documents: Sequence[Document], cache: Path) -> Corpus:
    """Write documents below `cache`, once for the same documents."""
    files = {document.id: _file(number, document) for number, document in enumerate(documents)}
    stream = _fast_import(list(files.values()))
    target = cache.absolute() / "corpora" / hashlib.sha256(stream).hexdigest()[:16]
    if not (target / "HEAD").is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as made:
            fresh = Path(made) / "corpus"
            fresh.mkdir()
            run_git(fresh, "init", "--quiet", "--bare")
            run_git(fresh, "fast-import", "--quiet", given=stream)
            if not target.exists():
                fresh.rename(target)
    commit = run_git(target, "rev-parse", "--verify", BRANCH).strip()
    return Corpus(target, commit, {id_: path for id_, (path, _) in files.items()})


def _file(number: int, document: Document) -> tuple[str, str]:
    """Path and content; what is Python is written as Python, so that it is parsed as such."""
    stem = f"{number // PER_FOLDER:03d}/{number:06d}"
    if _is_python(document.text):
        title = "".join(f"# {line}\n" for line in document.title.splitlines())
        return f"{stem}.py", f"{title}{document.text}\n"
    return f"{stem}.txt", f"{document.title}\n\n{document.text}\n".lstrip("\n")


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return any(not isinstance(node, ast.Expr) for node in ast.parse(text).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False


def _fast_import(files: Sequence[tuple[str, str]]) -> bytes:
    """One commit with fixed date and author: the same documents give the same commit on every machine."""
    parts = [f"commit {BRANCH}\ncommitter locant <locant@localhost> 0 +0000\ndata 6\ncorpus\n".encode()]
    for path, content in files:
        data = content.encode("utf-8", "replace")
        parts.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    return b"".join(parts)
