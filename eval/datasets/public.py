"""Public issue benchmarks: SWE-bench and its kin, Multi-SWE-bench, Loc-Bench, and localization rows with labels.

Gold files are the files that the fix changes and that are there before it; new files and tests are left out,
as the papers do it. Gold functions of rows with a patch are derived later, at the base commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from locant.eval.datasets.diff import FileDiff, parse_diff
from locant.eval.datasets.fields import commit_of, paths_of, strings_of, text_of
from locant.eval.errors import DatasetError
from locant.eval.scope import is_candidate, language_of
from locant.eval.types import Instance
from locant.types import Location

__all__ = ["changed_spans", "from_labels", "from_multi_swe_bench", "from_swe_bench", "gold_changes"]


def from_swe_bench(row: Mapping[str, object]) -> Instance:
    """SWE-bench (full, Lite, Verified, Multilingual, Live) and Loc-Bench as the hub has them."""
    return _from_patch(
        row,
        repository=text_of(row, "repo"),
        commit=commit_of(row),
        text=text_of(row, "problem_statement"),
        patch=text_of(row, "patch"),
    )


def from_multi_swe_bench(row: Mapping[str, object]) -> Instance:
    """Multi-SWE-bench: organisation and name apart, the commit under `base`, the text in resolved issues."""
    base = row.get("base")
    if not isinstance(base, dict):
        raise DatasetError("field 'base' must be an object with 'sha'")
    return _from_patch(
        row,
        repository=f"{text_of(row, 'org')}/{text_of(row, 'repo')}",
        commit=commit_of(base, "sha"),
        text=_issues_text(row.get("resolved_issues")),
        patch=text_of(row, "fix_patch"),
    )


def from_labels(row: Mapping[str, object]) -> Instance:
    """Rows that carry gold files and functions as labels instead of a patch."""
    files = paths_of(row, "gold_files")
    return Instance(
        id=text_of(row, "instance_id"),
        repository=text_of(row, "repo"),
        base_commit=commit_of(row),
        text=text_of(row, "problem_statement"),
        gold_files=files,
        gold_functions=strings_of(row, "gold_functions"),
        language=_language(row, files),
        meta=_meta(row),
    )


def gold_changes(patch: str) -> list[FileDiff]:
    """Files of a fix that can be gold: there before it, source, not tests."""
    return [file for file in parse_diff(patch) if file.old_path is not None and is_candidate(file.old_path)]


def changed_spans(files: Iterable[FileDiff]) -> Iterator[Location]:
    """Old lines that were changed; for inserted text, the line that it follows (0 at the top of a file)."""
    for file in files:
        if file.old_path is not None:
            yield from (Location(file.old_path, change.start, change.end) for change in file.changes)


def _from_patch(row: Mapping[str, object], repository: str, commit: str, text: str, patch: str) -> Instance:
    gold = gold_changes(patch)
    files = tuple(dict.fromkeys(file.old_path for file in gold if file.old_path is not None))
    return Instance(
        id=text_of(row, "instance_id"),
        repository=repository,
        base_commit=commit,
        text=text,
        gold_files=files,
        gold_spans=tuple(changed_spans(gold)),
        patch=patch,
        language=_language(row, files),
        meta=_meta(row),
    )


def _issues_text(issues: object) -> str:
    if not isinstance(issues, list):
        raise DatasetError("field 'resolved_issues' must be a list of issues")
    texts = [f"{issue.get('title') or ''}\n{issue.get('body') or ''}" for issue in issues if isinstance(issue, dict)]
    return "\n\n".join(texts)


def _language(row: Mapping[str, object], files: tuple[str, ...]) -> str:
    """As the row says; else the one language of its gold files, since each benchmark searches one language."""
    said = text_of(row, "language", default="")
    found = {language_of(path) for path in files}
    return said or (found.pop() if len(found) == 1 else "")


def _meta(row: Mapping[str, object]) -> dict[str, str]:
    names = ("category", "created_at", "difficulty")
    return {name: str(row[name]) for name in names if row.get(name)}
