"""State of an index in text: what there is, what an update did, what one would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from locant.command.screen import Screen
from locant.command.wording import age, count, freshness_line, megabytes, more_line
from locant.indexer.walk.reasons import explain_reason
from locant.indexer.walk.records import Plan
from locant.types import LeftOut, Status, UpdateReport

__all__ = ["plan_json", "plan_lines", "report_json", "report_lines", "status_lines"]

BAR_COLUMNS = 24

TELLING = 5_000_000
"""Bytes from which on speed says something; below, it is the time that workers take to start."""


def status_lines(screen: Screen, status: Status) -> Iterator[str]:
    """Text of `locant status`."""
    yield screen.paint("path", status.root)
    for name, value in _status_rows(status):
        yield f"  {name:<10} {screen.paint('symbol', value)}"
    yield from _language_lines(screen, status.languages, "files")
    for note in status.notes:
        yield screen.paint("warning", f"note: {note}")
    yield freshness_line(screen, status.freshness)


def _status_rows(status: Status) -> Iterator[tuple[str, str]]:
    yield "files", f"{status.files:,} ({megabytes(status.source_bytes)})"
    yield "chunks", f"{status.chunks:,}"
    yield "symbols", f"{status.symbols:,}"
    yield "index", f"{megabytes(status.index_bytes)} in {count(status.segments, 'segment')}"
    yield "updated", age(status.freshness.indexed_at) if status.freshness.indexed_at else "never"
    yield "stored in", status.store


def _language_lines(screen: Screen, languages: Mapping[str, int], unit: str) -> Iterator[str]:
    if not languages:
        return
    yield f"  languages, {unit}"
    largest = max(languages.values())
    wide = max(len(name) for name in languages)
    for name, number in sorted(languages.items(), key=lambda item: (-item[1], item[0])):
        bar = "█" * max(1, round(BAR_COLUMNS * number / largest))
        yield f"    {name:<{wide}} {number:>7,}  {screen.paint('line', bar)}"


def report_json(report: UpdateReport, status: Status) -> dict[str, object]:
    """The answer of `locant index`."""
    return {"dry_run": False, "report": report, "status": status}


def report_lines(screen: Screen, root: Path, report: UpdateReport, status: Status, limit: int) -> Iterator[str]:
    """Text of `locant index`."""
    yield from left_out_lines(screen, root, report.left_out, limit)
    if not report.changed:
        yield screen.paint("good", "Up to date: ") + f"{count(report.files, 'file')}, nothing has changed."
    else:
        speed = f", {report.bytes_parsed / report.seconds / 1e6:.1f} MB/s" if report.bytes_parsed > TELLING else ""
        yield screen.paint("good", "Indexed ") + (
            f"{count(report.files, 'file')} in {report.seconds:.2f} s: {report.parsed:,} parsed{speed}, "
            f"{report.reused:,} reused, {report.removed:,} removed."
        )
    yield f"{status.chunks:,} chunks, {status.symbols:,} symbols; {megabytes(status.index_bytes)} in {status.store}"
    yield freshness_line(screen, status.freshness)


def left_out_lines(screen: Screen, root: Path, left_out: Sequence[LeftOut], limit: int) -> Iterator[str]:
    """What was left out, by reason, the most frequent reason first."""
    ordered = sorted(left_out, key=lambda item: (item.reason, item.path))
    groups = [(reason, list(items)) for reason, items in groupby(ordered, key=lambda item: item.reason)]
    if groups:
        yield screen.paint("heading", f"Left out: {count(len(left_out), 'path')}")
    for reason, items in sorted(groups, key=lambda group: -len(group[1])):
        name = screen.paint("warning", reason.replace("_", " "))
        yield f"  {name} ({len(items):,}): {explain_reason(reason)}"
        for item in items[: limit or None]:
            detail = f"  {screen.paint('dim', item.detail)}" if item.detail else ""
            yield f"    {screen.path(root, item.path)}{detail}"
        yield from (
            f"    {line}" for line in more_line(screen, len(items) - limit if limit else 0, "--limit 0 lists all")
        )
    if groups:
        yield ""


def plan_json(plan: Plan) -> dict[str, object]:
    """The answer of `locant index --dry-run`."""
    return {
        "dry_run": True,
        "files": plan.files,
        "left_out": plan.left_out,
        "total_bytes": plan.total_bytes,
        "languages": plan.languages,
        "estimated_seconds": plan.estimated_seconds,
        "notes": plan.notes,
    }


def plan_lines(screen: Screen, plan: Plan, limit: int) -> Iterator[str]:
    """Text of `locant index --dry-run`: the files, what not and why, and what it would take."""
    root = Path(plan.root)
    yield screen.paint("heading", f"To be indexed: {count(len(plan.files), 'file')}, largest first")
    by_size = sorted(plan.files, key=lambda file: (-file.size, file.path))
    for file in by_size[: limit or None]:
        notes = f"  {screen.paint('dim', '; '.join(file.notes))}" if file.notes else ""
        path = screen.paint("path", screen.path(root, file.path))
        yield f"  {megabytes(file.size):>9}  {file.language:<12} {path}{notes}"
    yield from (f"  {line}" for line in more_line(screen, len(by_size) - limit if limit else 0, "--limit 0 lists all"))
    yield ""
    yield from left_out_lines(screen, root, plan.left_out, limit)
    yield from _language_lines(screen, plan.languages, "files")
    for note in plan.notes:
        yield screen.paint("warning", f"note: {note}")
    total = f"{count(len(plan.files), 'file')}, {megabytes(plan.total_bytes)} of text"
    seconds = max(1, round(plan.estimated_seconds))
    yield f"Would index {screen.paint('symbol', total)} in about {seconds} s; nothing was written."
