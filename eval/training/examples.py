"""Collected tables, as `locant eval train collect` writes them, read as one set of rows to learn from.

A row is one text with its candidates. Totals of gold count what is not among the candidates too: it counts as missed
wherever accuracy is reported, and for nothing in training, where candidates and gold are cut alike.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from locant.eval.errors import DatasetError
from locant.numeric import Ints, Mask, Singles

__all__ = ["ISSUE", "Candidates", "Examples", "read_examples"]

ISSUE = "issue"
"""Source of rows that people filed; the others are commits and pull requests."""

ARRAYS = (
    *("file_values", "file_group", "file_gold", "function_values", "function_group", "function_gold", "function_file"),
    *("gold_files", "gold_functions", "row_id", "repository", "language", "source", "meta"),
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates of one level, row after row.

    names: of the features. values: (n, features). gold: which are right (n,). sizes: candidates of each row (rows,).
    totals: gold of each row, that outside its candidates included (rows,).
    """

    names: tuple[str, ...]
    values: Singles
    gold: Mask
    sizes: Ints
    totals: Ints

    @property
    def starts(self) -> Ints:
        """Where each row's candidates begin, and the last ones end (rows + 1,)."""
        return np.concatenate(([0], np.cumsum(self.sizes)))

    def column(self, name: str) -> Singles:
        """One feature of all candidates."""
        return self.values[:, self.names.index(name)]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows with their candidates; `function_file` is each function's file among its row's files, or -1.

    row_ids, repositories, languages, sources: of each row, as text (rows,).
    """

    files: Candidates
    functions: Candidates
    function_file: Ints
    row_ids: Ints
    repositories: Ints
    languages: Ints
    sources: Ints

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.row_ids)

    @property
    def issues(self) -> Mask:
        """Which rows are issues (rows,)."""
        found: Mask = self.sources == ISSUE
        return found


def read_examples(paths: Iterable[Path], cap: int, seed: int = 0) -> Examples:
    """Read tables; of each repository at most `cap` rows that are no issues, drawn by `seed`.

    Args:
        paths: files, or folders of them as they are collected: `NAME/STATE.npz`.
        cap: rows of one repository, issues apart.
        seed: of the draw.

    Raises:
        DatasetError: a file is damaged or has other features than the first; or there is none.

    """
    found = sorted({file for path in paths for file in ([path] if path.is_file() else path.glob("[!.]*/*.npz"))})
    if not found:
        raise DatasetError(
            "no collected tables are there: give files or folders that `locant eval train collect` wrote"
        )
    kept = _drawn({path: _rows_of(path) for path in found}, cap, seed)
    parts = {path: _part(path, rows) for path, rows in kept.items() if len(rows)}
    if not parts:
        raise DatasetError(f"the {len(found)} collected tables have no rows: collect again")
    _check_names(parts)
    return _joined(list(parts.values()))


def _rows_of(path: Path) -> tuple[Ints, Ints]:
    """Repository and source of each row of a file."""
    stored = _open(path, ("repository", "source"))
    return stored["repository"], stored["source"]


def _drawn(rows: Mapping[Path, tuple[Ints, Ints]], cap: int, seed: int) -> dict[Path, Ints]:
    """Rows of each file to keep."""
    free: defaultdict[str, list[tuple[Path, int]]] = defaultdict(list)
    kept: dict[Path, list[int]] = {path: [] for path in rows}
    for path, (repositories, sources) in rows.items():
        for row, (repository, source) in enumerate(zip(repositories.tolist(), sources.tolist(), strict=True)):
            if source == ISSUE:
                kept[path].append(row)
            else:
                free[repository].append((path, row))
    generator = np.random.default_rng(seed)
    for repository in sorted(free):
        places = free[repository]
        for number in generator.permutation(len(places))[:cap]:
            path, row = places[number]
            kept[path].append(row)
    return {path: np.array(sorted(chosen), dtype=np.int64) for path, chosen in kept.items()}


def _open(path: Path, wanted: Sequence[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as source, np.load(source, allow_pickle=False) as stored:
            return {name: stored[name] for name in wanted}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path} is no collected table ({error}): remove it and collect again") from error


def _part(path: Path, rows: Ints) -> Examples:
    stored = _open(path, ARRAYS)
    meta = json.loads(str(stored["meta"]))
    files, _ = _candidates(stored, "file", meta["file_features"], rows, path)
    functions, inside = _candidates(stored, "function", meta["function_features"], rows, path)
    texts = (stored[name][rows] for name in ("row_id", "repository", "language", "source"))
    return Examples(files, functions, stored["function_file"][inside].astype(np.int32), *texts)


def _candidates(
    stored: Mapping[str, Any], level: str, names: Sequence[str], rows: Ints, path: Path
) -> tuple[Candidates, Mask]:
    sizes = stored[f"{level}_group"].astype(np.int64)
    values = stored[f"{level}_values"]
    if values.shape != (sizes.sum(), len(names)) or len(stored[f"{level}_gold"]) != len(values):
        raise DatasetError(f"{path} is no collected table (its {level} arrays do not match): collect it again")
    chosen = np.zeros(len(sizes), dtype=np.bool_)
    chosen[rows] = True
    inside = np.repeat(chosen, sizes)
    totals = stored[f"gold_{level}s"][rows]
    part = Candidates(tuple(names), values[inside], stored[f"{level}_gold"][inside].astype(bool), sizes[rows], totals)
    return part, inside


def _check_names(parts: Mapping[Path, Examples]) -> None:
    (first, expected), *others = parts.items()
    for path, part in others:
        if (part.files.names, part.functions.names) != (expected.files.names, expected.functions.names):
            raise DatasetError(f"{path} has other features than {first}: collect all tables with one version")


def _joined(parts: Sequence[Examples]) -> Examples:
    def both(level: str) -> Candidates:
        own = [getattr(part, level) for part in parts]
        arrays = ([getattr(one, name) for one in own] for name in ("values", "gold", "sizes", "totals"))
        return Candidates(own[0].names, *(np.concatenate(array) for array in arrays))

    texts = ("function_file", "row_ids", "repositories", "languages", "sources")
    return Examples(
        both("files"), both("functions"), *(np.concatenate([getattr(part, name) for part in parts]) for name in texts)
    )
