"""A run without its texts and answers: which gold each row has, and at which rank each system found it.

That is all that accuracy, tokens and time are computed from, and small enough to keep beside the documents. It reads
back as a run in which every item that is not gold is a numbered placeholder, so that reports need no second way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from locant.eval.errors import RunFileError
from locant.eval.metrics.levels import overlaps, span_of, span_text
from locant.eval.runs.runfile import Header, Run
from locant.eval.types import Outcome
from locant.types import Location

__all__ = ["FORMAT", "read_summary", "summary_text"]

FORMAT = 1
"""Raised when a field changes its meaning; other versions are refused, not guessed."""

LISTS = {"files": "gold_files", "modules": "gold_modules", "functions": "gold_functions"}
"""Answers and their gold, compared by name; spans are compared by overlap."""

KEPT_META = ("category", "source")
"""What splits need; titles are text of others."""

ROW_FIELDS = ("repository", "language", "task", "named", "candidates")
ANSWER_FIELDS = (
    *("status", "seconds", "index_seconds", "answer_tokens", "tokens_to_gold", "tokens_to_functions"),
    *("peak_bytes", "model_calls", "model_tokens", "model_cost", "model_dropped", "model_useful", "note", "version"),
)
ZERO_SAYS = ("model_cost", "model_useful")
"""None says that it is not known, or that no model was asked; 0 that it is free, or that none said anything of use."""

MAX_NOTE = 200
"""Characters of a note: a foreign program's last words may be long."""

Ranks = list[int | None]


def summary_text(run: Run) -> str:
    """A run as JSON, one row a line, the same for the same run."""
    by_row: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        by_row.setdefault(outcome.instance, []).append(outcome)
    packed = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
    rows = (packed.encode(_row(outcomes)) for _, outcomes in sorted(by_row.items()))
    head = {"locant_summary": FORMAT, "header": asdict(run.header), "systems": run.systems}
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "rows": [\n' + ",\n".join(rows) + "\n]}\n"


def _row(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What is the same for all systems once, then each system's ranks."""
    first = next((outcome for outcome in outcomes if outcome.status == "scored"), outcomes[0])
    gold = {name: getattr(first, name) for name in (*LISTS.values(), "gold_spans")}
    return {
        "id": first.instance,
        **{name: getattr(first, name) for name in ROW_FIELDS},
        "meta": {name: first.meta[name] for name in KEPT_META if name in first.meta},
        "gold": {name: items for name, items in gold.items() if items},
        "answers": {outcome.system: _answer(replace(outcome, **gold)) for outcome in outcomes},
    }


def _answer(outcome: Outcome) -> dict[str, Any]:
    ranks: dict[str, Ranks] = {}
    for name, gold in LISTS.items():
        places = {item: rank for rank, item in reversed(list(enumerate(getattr(outcome, name), start=1)))}
        ranks[name] = [places.get(item) for item in getattr(outcome, gold)]
    spans = [span_of(text) for text in outcome.spans]
    ranks["spans"] = [_first_overlap(spans, span_of(text)) for text in outcome.gold_spans]
    sizes = {name: len(getattr(outcome, name)) for name in (*LISTS, "spans")}
    kept = {name: getattr(outcome, name) for name in ANSWER_FIELDS} | {"note": outcome.note[:MAX_NOTE]}
    return {
        **{
            name: value
            for name, value in kept.items()
            if value or name == "status" or (name in ZERO_SAYS and value == 0)
        },
        "length": {name: size for name, size in sizes.items() if size},
        "ranks": {name: found for name, found in ranks.items() if any(found)},
    }


def _first_overlap(spans: Sequence[Location], gold: Location) -> int | None:
    return next((rank for rank, span in enumerate(spans, start=1) if overlaps(span, gold)), None)


def read_summary(path: Path) -> Run:
    """The run that a summary was made from, as far as any figure goes."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["locant_summary"] != FORMAT:
            raise RunFileError(f"{path} is no summary of version {FORMAT}: record the run anew")
        outcomes = [
            _outcome(row, system, row["answers"][system])
            for system in data["systems"]
            for row in data["rows"]
            if system in row["answers"]
        ]
        return Run(path, Header(**data["header"]), tuple(outcomes))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFileError(f"{path} is no summary of a run ({error}): record the run anew, or remove it") from error


def _outcome(row: Mapping[str, Any], system: str, answer: Mapping[str, Any]) -> Outcome:
    gold = {name: tuple(items) for name, items in row["gold"].items()}
    lists = {
        name: _items(answer["length"].get(name, 0), gold.get(of, ()), answer["ranks"].get(name, ()))
        for name, of in LISTS.items()
    }
    spans = _spans(answer["length"].get("spans", 0), gold.get("gold_spans", ()), answer["ranks"].get("spans", ()))
    fields: dict[str, Any] = {name: row[name] for name in ROW_FIELDS}
    fields.update({name: answer[name] for name in ANSWER_FIELDS if name in answer})
    fields.update(gold | lists)
    return Outcome(instance=row["id"], system=system, meta=row["meta"], spans=spans, **fields)


def _items(length: int, gold: Sequence[str], ranks: Sequence[int | None]) -> tuple[str, ...]:
    """An answer of this length with gold at its ranks."""
    at = {rank: item for item, rank in zip(gold, ranks, strict=False) if rank}
    return tuple(at.get(rank, f"#{rank}") for rank in range(1, length + 1))


def _spans(length: int, gold: Sequence[str], ranks: Sequence[int | None]) -> tuple[str, ...]:
    """Spans of which each covers the gold that was first seen at its rank."""
    covering: dict[int, Location] = {}
    for text, rank in zip(gold, ranks, strict=False):
        if rank:
            span = span_of(text)
            known = covering.get(rank, span)
            lines = min(known.start_line, span.start_line), max(known.end_line, span.end_line)
            covering[rank] = Location(span.path, *lines)
    return tuple(span_text(covering[rank]) if rank in covering else f"#{rank}:0-0" for rank in range(1, length + 1))
