"""JSON lines, plain or gzipped: the one place that opens dataset files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from locant.eval.errors import DatasetError

__all__ = ["read_rows", "write_rows"]

Row = Mapping[str, object]


def read_rows(path: Path) -> Iterator[tuple[int, Row | str]]:
    """(line number, object) of every line that is not blank; a line that is no object comes as its complaint."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw.decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read the dataset {path}: {error}. Give a JSON-lines file, plain or .gz.") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _parse(line)


def _parse(line: str) -> Row | str:
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    return row if isinstance(row, dict) else f"a JSON object was expected, not {type(row).__name__}"


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write rows in order, byte for byte the same for the same rows; returns their number."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    data = "".join(lines).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return len(lines)
