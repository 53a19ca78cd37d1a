"""Writes a run's report as JSON, Markdown, plain text or one HTML page; every figure in it comes from the run file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

from locant.eval.reports.labels import labelled
from locant.eval.reports.page import render_html
from locant.eval.reports.scores import SPLITS, split, summarize
from locant.eval.reports.tables import all_tables, markdown, plain, warning
from locant.eval.reports.verdict import printable, verdicts
from locant.eval.runs.runfile import Run

__all__ = ["RENDERERS", "render_brief", "render_json", "render_markdown", "render_text"]


def render_text(run: Run) -> str:
    """Tables for a terminal."""
    run = labelled(run)
    return "\n".join([_title(run), "", *_warnings(run), *map(plain, all_tables(run)), _notes(run)])


def render_markdown(run: Run) -> str:
    """Tables for a page."""
    run = labelled(run)
    return "\n".join([f"## {_title(run)}", "", *_warnings(run), *map(markdown, all_tables(run)), _notes(run)])


def render_json(run: Run) -> str:
    """All figures, whole and by split, for other programs."""
    systems = {
        system: {
            "all": asdict(summarize(system, tuple(run.of(system).values()))),
            "splits": {
                by: {
                    value: asdict(summarize(system, outcomes))
                    for value, outcomes in split(run.of(system).values(), by).items()
                }
                for by in SPLITS
            },
        }
        for system in run.systems
    }
    return json.dumps({"header": asdict(run.header), "systems": systems}, indent=2, ensure_ascii=False) + "\n"


def _title(run: Run) -> str:
    return f"{run.header.dataset}: {', '.join(run.systems) or 'no system yet'}"


def _warnings(run: Run) -> list[str]:
    return [f"{found}\n"] if (found := warning(run)) else []


def _notes(run: Run) -> str:
    """Rows that were not scored, or not as they stood; told once, not per system."""
    notes = dict.fromkeys(
        f"- {outcome.instance} ({outcome.status if outcome.status == 'impossible' else outcome.system}): {outcome.note}"
        for outcome in run.outcomes
        if outcome.note
    )
    left_out = [f"- {run.header.left_out} rows could not be read"] if run.header.left_out else []
    lines = [*left_out, *map(printable, notes)]
    return "\n".join(["Notes", "", *lines]) + "\n" if lines else ""


def render_brief(run: Run) -> str:
    """A few lines: how often each system has all gold files in view, and who is ahead where."""
    run = labelled(run)
    return "\n".join([_title(run), *_warnings(run), *verdicts(run)])


RENDERERS: dict[str, Callable[[Run], str]] = {
    "text": render_text,
    "brief": render_brief,
    "markdown": render_markdown,
    "json": render_json,
    "html": lambda run: render_html(labelled(run)),
}
