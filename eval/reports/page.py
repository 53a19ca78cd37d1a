"""One self-contained HTML page: no script, no request, everything from the run file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from locant.eval.reports.compare import compare
from locant.eval.reports.page_style import STYLE
from locant.eval.reports.plots import accuracy_plot, split_plot, time_plot, tokens_plot
from locant.eval.reports.scores import LEVELS, SPLITS, summarize
from locant.eval.reports.tables import Table, comparison_table, cost_table, score_table, warning
from locant.eval.runs.runfile import Run
from locant.eval.types import Outcome

__all__ = ["render_html"]

SHOWN = 10
"""Files of each answer that a row of the list shows."""

NOWHERE = 10**9
"""Rank of gold that is not in the answer, for sorting."""


def render_html(run: Run) -> str:
    """The whole page."""
    title = escape(f"{run.header.dataset}: {', '.join(run.systems) or 'no system yet'}")
    body = "\n".join([f"<h1>{title}</h1>", _lead(run), _plots(run), _tables(run), _rows(run), _notes(run)])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _lead(run: Run) -> str:
    rows = len({outcome.instance for outcome in run.outcomes if outcome.status != "impossible"})
    keys = "".join(
        f'<li style="--c: var(--c{number % 6})">{escape(name)}</li>' for number, name in enumerate(run.systems)
    )
    caution = f'<p class="caution">{escape(found)}</p>' if (found := warning(run)) else ""
    return (
        f"<p>{rows} rows with gold that exists at their base commit. A row counts in Acc@k when all its gold is among "
        f'the first k. Bars are 95&nbsp;% intervals.</p>{caution}<ul class="key">{keys}</ul>'
    )


def _plots(run: Run) -> str:
    figures = [
        *((f"How often the first k {level}s hold all gold", accuracy_plot(run, level)) for level in LEVELS),
        ("Rows whose gold an agent holds after reading so much", tokens_plot(run)),
        ("Time: median, 10th to 90th percentile", time_plot(run)),
        *((f"File Acc@5 by {by}", split_plot(run, by)) for by in SPLITS),
    ]
    drawn = "".join(
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="scroll">{drawing}</div></figure>'
        for caption, drawing in figures
        if drawing
    )
    return f'<h2>At a glance</h2><div class="grid2">{drawn}</div>'


def _tables(run: Run) -> str:
    summaries = [summarize(system, tuple(run.of(system).values())) for system in run.systems]
    tables = [*(score_table(summaries, level) for level in LEVELS), cost_table(summaries)]
    return "".join(map(_table, [*tables, *_comparisons(run)]))


def _comparisons(run: Run) -> list[Table]:
    """The first system against each other one that shares rows with it."""
    if not run.systems:
        return []
    name, mine = run.systems[0], run.of(run.systems[0])
    others = ((other, run.of(other)) for other in run.systems[1:])
    return [
        comparison_table(compare((other, found), (name, mine))) for other, found in others if set(found) & set(mine)
    ]


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return (
        f'<h2>{escape(table.title)}</h2><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _rows(run: Run) -> str:
    """Every row with all answers; those where the systems differ most come first."""
    by_instance: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        if outcome.status != "impossible":
            by_instance.setdefault(outcome.instance, []).append(outcome)
    ordered = sorted(by_instance.values(), key=lambda found: (-_gap(found), found[0].instance))
    return f"<h2>Row by row, largest difference first</h2>{''.join(map(_row, ordered))}" if ordered else ""


def _gap(outcomes: Sequence[Outcome]) -> float:
    worth = [1 / _rank(outcome) for outcome in outcomes]
    return max(worth) - min(worth)


def _rank(outcome: Outcome) -> int:
    """Rank at which the last gold file is found."""
    places = {path: rank for rank, path in enumerate(outcome.files, start=1)}
    return max((places.get(path, NOWHERE) for path in outcome.gold_files), default=NOWHERE)


def _row(outcomes: Sequence[Outcome]) -> str:
    ranks = ", ".join(f"{escape(o.system)} {'not found' if _rank(o) == NOWHERE else f'@{_rank(o)}'}" for o in outcomes)
    answers = "".join(f"<div><h3>{escape(o.system)}</h3>{_answer(o)}</div>" for o in outcomes)
    gold = ", ".join(outcomes[0].gold_files)
    return (
        f"<details><summary>{escape(outcomes[0].instance)} <span>{ranks}</span></summary>"
        f'<p>Gold: {escape(gold)}</p><div class="answers">{answers}</div></details>'
    )


def _answer(outcome: Outcome) -> str:
    if outcome.status == "failed":
        return f"<p>{escape(outcome.note)}</p>"
    marks = ((path, ' class="gold"' if path in outcome.gold_files else "") for path in outcome.files[:SHOWN])
    return f"<ol>{''.join(f'<li{mark}>{escape(path)}</li>' for path, mark in marks)}</ol>"


def _notes(run: Run) -> str:
    notes: Iterable[str] = dict.fromkeys(f"{o.instance}: {o.note}" for o in run.outcomes if o.note)
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<h2>Not scored, or not as it stood</h2><ul>{items}</ul>" if items else ""
