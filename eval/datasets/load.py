"""Reads a dataset, whatever known format it is in; a malformed row costs that row and is reported."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from locant.eval.datasets.beir import beir_folders, read_beir
from locant.eval.datasets.coderag import is_coderag, read_coderag
from locant.eval.datasets.hub import PUBLIC_SETS, files_of_hub
from locant.eval.datasets.jsonlines import Row, read_rows
from locant.eval.datasets.own import from_own
from locant.eval.datasets.public import from_labels, from_multi_swe_bench, from_swe_bench
from locant.eval.datasets.records import Complaint, Dataset, attempt
from locant.eval.datasets.semble import REPOSITORIES, read_semble
from locant.eval.errors import DatasetError
from locant.eval.types import Instance

__all__ = ["FORMATS", "Complaint", "Dataset", "Format", "load_dataset"]


@dataclass(frozen=True, slots=True)
class Format:
    """A row format: known by its fields, turned into an instance by `read`."""

    name: str
    fields: frozenset[str]
    read: Callable[[Row], Instance]


_SUFFIX = re.compile(r"\.(jsonl|json|parquet)(\.gz)?$")
_ISSUE = frozenset({"instance_id", "repo", "base_commit", "problem_statement"})

FORMATS = (
    Format("locant", frozenset({"id", "repository", "base_commit", "text", "gold_files"}), from_own),
    Format("labels", _ISSUE | {"gold_files"}, from_labels),
    Format("multi-swe-bench", frozenset({"org", "repo", "base", "fix_patch", "resolved_issues"}), from_multi_swe_bench),
    Format("swe-bench", _ISSUE | {"patch"}, from_swe_bench),
)
"""Tried in order: a row with labels is taken at its labels even if it also has a patch."""


def load_dataset(source: str | Path, cache: Path | None = None) -> Dataset:
    """Read a file or folder of any known format, or a public set by name; raises only when nothing can be read.

    source: JSON lines, a JSON array or Parquet; a folder of BEIR or semble; or one of `PUBLIC_SETS`.
    cache: where corpora of documents are written; the user's cache folder if not given.
    """
    path = Path(source).expanduser()
    cache = cache or user_cache_path("locant") / "eval"
    if path.is_dir():
        name, files = path.resolve().name, _files_below(path)
        found = _from_folder(path, cache)
    elif str(source) in PUBLIC_SETS and not path.exists():
        name, files = str(source), files_of_hub(str(source))
        found = _from_files(files, cache)
    else:
        name, files = _SUFFIX.sub("", path.name), [path]
        found = _from_files(files, cache)
    items = list(found)
    return Dataset(
        name,
        _fingerprint(files),
        tuple(item for item in items if not isinstance(item, Complaint)),
        tuple(item for item in items if isinstance(item, Complaint)),
    )


def _from_folder(folder: Path, cache: Path) -> Iterator[Instance | Complaint]:
    if (folder / REPOSITORIES).is_file():
        yield from read_semble(folder)
        return
    folders = beir_folders(folder)
    if not folders:
        raise DatasetError(
            f"{folder} is no dataset: a folder needs corpus.jsonl, queries.jsonl and qrels/test.tsv (BEIR), "
            f"or {REPOSITORIES} and annotations (semble)"
        )
    for found in folders:
        yield from read_beir(found, cache, "" if found == folder else f"{found.name}/")


def _from_files(files: Sequence[Path], cache: Path) -> Iterator[Instance | Complaint]:
    rows = [row for file in files for row in read_rows(file)]
    if any(not isinstance(row, str) and is_coderag(row) and not _format_of(row) for _, row in rows):
        yield from read_coderag(rows, cache)
        return
    seen: set[str] = set()
    for number, row in rows:
        found = attempt(_read, row, number)
        if not isinstance(found, Complaint) and found.id in seen:
            found = Complaint(number, f"a second row has the id {found.id!r}")
        elif not isinstance(found, Complaint):
            seen.add(found.id)
        yield found


def _files_below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _fingerprint(files: Sequence[Path]) -> str:
    """Of the content alone: a copy elsewhere is the same dataset."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _format_of(row: Row) -> Format | None:
    return next((known for known in FORMATS if known.fields <= row.keys()), None)


def _read(row: Row) -> Instance:
    if known := _format_of(row):
        return known.read(row)
    nearest = min(FORMATS, key=lambda known: len(known.fields - row.keys()))
    missing = ", ".join(sorted(nearest.fields - row.keys()))
    raise DatasetError(f"no known format; nearest is {nearest.name!r}, which also needs: {missing}")
