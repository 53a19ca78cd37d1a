"""Rows of files: JSON lines and JSON arrays, plain or gzipped, and Parquet. The one place that opens dataset files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from locant.eval.errors import DatasetError
from locant.eval.extras import library

__all__ = ["SUFFIXES", "Row", "read_rows", "write_rows"]

Row = Mapping[str, object]

SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".parquet")
"""Names of files that hold rows."""


def read_rows(path: Path) -> Iterator[tuple[int, Row | str]]:
    """(line or row number, object) of everything that is there; what is no object comes as its complaint."""
    if path.suffix == ".parquet":
        yield from _read_parquet(path)
        return
    text = _read_text(path)
    rows = _array(text)
    if rows is not None:
        yield from enumerate((row if isinstance(row, dict) else _no_object(row) for row in rows), start=1)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _parse(line)


def _read_text(path: Path) -> str:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return raw.decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"cannot read the dataset {path}: {error}. Give a file of JSON lines, a JSON array, or Parquet."
        ) from error


def _array(text: str) -> list[object] | None:
    """The rows of a JSON array; None for lines, even if the first of them happens to be an array."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _read_parquet(path: Path) -> Iterator[tuple[int, Row | str]]:
    arrow, parquet = (library(name, f"reading {path}") for name in ("pyarrow", "pyarrow.parquet"))
    try:
        rows = parquet.read_table(path).to_pylist()
    except (OSError, arrow.ArrowException) as error:
        raise DatasetError(f"cannot read the dataset {path}: {error}. Is it Parquet, and whole?") from error
    yield from enumerate(rows, start=1)


def _parse(line: str) -> Row | str:
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    return row if isinstance(row, dict) else _no_object(row)


def _no_object(row: object) -> str:
    return f"a JSON object was expected, not {type(row).__name__}"


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write rows in order, byte for byte the same for the same rows; returns their number."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    data = "".join(lines).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return len(lines)
