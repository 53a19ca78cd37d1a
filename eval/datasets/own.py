"""Our own row format, the one that mining writes and every other format is turned into."""

from __future__ import annotations

from collections.abc import Mapping

from locant.eval.datasets.fields import TASKS, commit_of, paths_of, spans_of, strings_of, task_of, text_of
from locant.eval.types import Instance

__all__ = ["from_own", "to_own"]


def from_own(row: Mapping[str, object]) -> Instance:
    """Read a row that `to_own` wrote."""
    meta = row.get("meta")
    return Instance(
        id=text_of(row, "id"),
        repository=text_of(row, "repository"),
        base_commit=commit_of(row),
        text=text_of(row, "text"),
        gold_files=paths_of(row, "gold_files"),
        gold_functions=strings_of(row, "gold_functions"),
        gold_spans=spans_of(row, "gold_spans"),
        patch=text_of(row, "patch", default=""),
        language=text_of(row, "language", default=""),
        task=task_of(row),
        within=text_of(row, "within", default=""),
        meta={str(key): str(value) for key, value in meta.items()} if isinstance(meta, dict) else {},
    )


def to_own(instance: Instance) -> dict[str, object]:
    """A row; empty optional fields are left out."""
    row: dict[str, object] = {
        "id": instance.id,
        "repository": instance.repository,
        "base_commit": instance.base_commit,
        "text": instance.text,
        "gold_files": list(instance.gold_files),
        "gold_functions": list(instance.gold_functions),
    }
    optional: dict[str, object] = {
        "gold_spans": [[span.path, span.start_line, span.end_line] for span in instance.gold_spans],
        "patch": instance.patch,
        "language": instance.language,
        "task": "" if instance.task == TASKS[0] else instance.task,
        "within": instance.within,
        "meta": dict(instance.meta),
    }
    return row | {name: value for name, value in optional.items() if value}
