"""What a ranker is trained on: the feature tables of many rows, one after the other, with their gold marked.

Only candidates are there. Gold that the first stage does not bring among them is in no group, since keeping it would
teach that what stands last is right; `gold_files` and `gold_functions` still count it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from locant.eval.runs.gold import Gold, Tree
from locant.eval.types import Instance
from locant.indexer.snapshot import Snapshot
from locant.retriever.learning.tables import Tables

__all__ = ["RowTables", "code_digest", "mark_gold", "write_arrays"]

DEFAULT_SOURCE = "issue"
"""Of rows that do not say where their text is from: public datasets hold issues."""


@dataclass(frozen=True, slots=True, eq=False)
class RowTables:
    """One row's tables, its candidates' paths, which candidates are gold, and how much gold there is in all."""

    row: Instance
    tables: Tables
    paths: tuple[str, ...]
    file_gold: NDArray[np.bool_]
    function_gold: NDArray[np.bool_]
    gold_files: int
    gold_functions: int


def mark_gold(row: Instance, tables: Tables, snapshot: Snapshot, gold: Gold, tree: Tree) -> RowTables:
    """Compare candidates with gold under the names that evaluation compares."""
    paths = tuple(snapshot.paths[number] for number in tables.files.rows.tolist())
    wanted = frozenset(gold.files)
    return RowTables(
        row,
        tables,
        paths,
        np.array([path in wanted for path in paths], dtype=np.bool_),
        _gold_functions(tables, snapshot, gold, tree),
        len(gold.files),
        len(gold.functions),
    )


def _gold_functions(tables: Tables, snapshot: Snapshot, gold: Gold, tree: Tree) -> NDArray[np.bool_]:
    """Candidates in gold files whose canonical name is gold; a class and its constructor share one."""
    symbols = tables.functions.rows
    found = np.zeros(len(symbols), dtype=np.bool_)
    functions = frozenset(gold.functions)
    for path in {function.rpartition(":")[0] for function in functions}:
        number = snapshot.file_number.get(path)
        if number is None:
            continue
        canonical = tree.names(path).canonical
        for at in np.flatnonzero(snapshot.symbol_doc[symbols] == snapshot.file_doc[number]).tolist():
            name = snapshot.symbol(int(symbols[at]), path).qualified_name
            found[at] = f"{path}:{canonical.get(name, name)}" in functions
    return found


def write_arrays(file: Path, rows: Sequence[RowTables], development: bool, left_out: Sequence[str]) -> None:
    """Write the tables of some rows of one repository; the file is whole or not there.

    left_out: ids of rows that have no tables, each with its reason.
    """
    arrays = _columns(rows) | _names(rows) | {"development": np.full(len(rows), development)}
    arrays["meta"] = np.array(json.dumps(_meta(rows, left_out)))
    save: Callable[..., None] = np.savez_compressed  # its stubs take no mapping of names
    temporary = file.with_name(f".{file.name}.part")
    with temporary.open("wb") as stream:
        save(stream, **arrays)
    temporary.replace(file)


def _columns(rows: Sequence[RowTables]) -> dict[str, NDArray[Any]]:
    return {
        "file_values": _joined([row.tables.files.values for row in rows]),
        "file_group": np.array([len(row.paths) for row in rows], dtype=np.int64),
        "file_gold": _joined([row.file_gold for row in rows]),
        "function_values": _joined([row.tables.functions.values for row in rows]),
        "function_group": np.array([len(row.function_gold) for row in rows], dtype=np.int64),
        "function_gold": _joined([row.function_gold for row in rows]),
        "function_file": _joined([row.tables.function_file for row in rows]),
        "gold_files": np.array([row.gold_files for row in rows], dtype=np.int64),
        "gold_functions": np.array([row.gold_functions for row in rows], dtype=np.int64),
    }


def _names(rows: Sequence[RowTables]) -> dict[str, NDArray[Any]]:
    return {
        "file_path": np.array([path for row in rows for path in row.paths], dtype=np.str_),
        "row_id": np.array([row.row.id for row in rows], dtype=np.str_),
        "repository": np.array([row.row.repository for row in rows], dtype=np.str_),
        "language": np.array([row.row.language for row in rows], dtype=np.str_),
        "source": np.array([row.row.meta.get("source", DEFAULT_SOURCE) for row in rows], dtype=np.str_),
    }


def _meta(rows: Sequence[RowTables], left_out: Sequence[str]) -> dict[str, object]:
    """What is true of all rows: the names of the columns, and which rows are missing."""
    first = rows[0].tables if rows else None
    return {
        "file_features": list(first.files.names) if first else [],
        "function_features": list(first.functions.names) if first else [],
        "left_out": list(left_out),
        "code": code_digest(),
    }


@cache
def code_digest() -> str:
    """Of all modules that tables come from: files with different ones may differ in what a feature means."""
    digest = hashlib.sha256()
    for package in ("locant.indexer", "locant.retriever"):
        folder = Path(str(files(package)))
        for module in sorted(folder.rglob("*.py")):
            digest.update(f"{package}/{module.relative_to(folder).as_posix()}\0".encode())
            digest.update(module.read_bytes())
    return digest.hexdigest()[:16]


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0)
