"""One self-contained HTML page: no script, no request, everything from the run file."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from locant.eval.reports.compare import compare
from locant.eval.reports.page_rows import rows_section, wins_section
from locant.eval.reports.page_style import STYLE
from locant.eval.reports.plots import accuracy_plot, split_plot, time_plot, tokens_plot
from locant.eval.reports.scores import SPLITS, Summary, levels_of, scorable, split, summarize
from locant.eval.reports.tables import (
    Table,
    comparison_table,
    cost_table,
    model_tables,
    score_table,
    split_tables,
    warning,
)
from locant.eval.reports.verdict import VERDICT, printable, verdicts
from locant.eval.runs.runfile import Run

__all__ = ["render_html"]

COLOURS = 6
"""Series that the style has colours for."""

PLOTTED_LEVELS = ("file", "function")
"""Levels with a plot of their own; the tables have all."""

MAX_PARTS = 16
"""Parts of a split that a plot can show; the table has all."""


def render_html(run: Run) -> str:
    """The whole page."""
    summaries = [summarize(system, tuple(run.of(system).values())) for system in run.systems]
    title = escape(f"{run.header.dataset}: {', '.join(run.systems) or 'no system yet'}")
    sections = [_lead(run, summaries), _plots(run), wins_section(run), _tables(run, summaries), rows_section(run)]
    body = "\n".join([f"<h1>{title}</h1>", *sections, _notes(run)])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _lead(run: Run, summaries: list[Summary]) -> str:
    rows = {outcome.instance: outcome for outcome in scorable(run.outcomes)}
    repositories = sorted({outcome.repository.rstrip("/").rsplit("/", 1)[-1] for outcome in rows.values()})
    where = f" of {escape(', '.join(repositories[:4]))}{' and others' if len(repositories) > 4 else ''}" if rows else ""
    caution = f'<p class="caution">{escape(found)}</p>' if (found := warning(run)) else ""
    said = "<br>".join(map(escape, verdicts(run)))
    tiles = "".join(_tile(summary, number) for number, summary in enumerate(summaries))
    return (
        f'<p class="said">{said}</p>{caution}<div class="tiles">{tiles}</div>'
        f"<p>{len(rows)} rows{where} whose gold exists at their base commit. A row counts in Acc@k when <em>all</em> "
        "its gold is among the first k. Brackets and bars are 95&nbsp;% intervals.</p>"
    )


def _tile(summary: Summary, number: int) -> str:
    """One system in three figures."""
    found = next(f for f in summary.figures if f.level == "file" and f.measure == str(VERDICT)).interval
    return (
        f'<div class="tile" style="--c: var(--c{number % COLOURS})"><h2>{escape(summary.system)}</h2>'
        f"<p><b>{100 * found.value:.0f}&nbsp;%</b> file {VERDICT}"
        f" <small>[{100 * found.low:.0f}, {100 * found.high:.0f}]</small></p>"
        f"<p><b>{_short(summary.tokens_to_gold)}</b> tokens until all gold files are read <small>median</small></p>"
        f"<p><b>{summary.query_seconds:.2g}&nbsp;s</b> for an answer <small>median</small></p></div>"
    )


def _short(tokens: float | None) -> str:
    if tokens is None:
        return "no number of"
    return f"{tokens / 1000:.1f}k" if tokens >= 1000 else f"{tokens:.0f}"


def _plots(run: Run) -> str:
    levels = [level for level in levels_of(run.outcomes) if level in PLOTTED_LEVELS]
    figures = [
        *((f"How often the first k {level}s hold all gold", accuracy_plot(run, level)) for level in levels),
        ("Share of rows whose gold files an agent holds after reading so much", tokens_plot(run)),
        ("Time: median, 10th to 90th percentile", time_plot(run)),
        *((f"File {VERDICT} by {by}", split_plot(run, by)) for by in _splits(run)),
    ]
    drawn = "".join(
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="scroll">{drawing}</div></figure>'
        for caption, drawing in figures
        if drawing
    )
    return f'<h2>At a glance</h2><div class="grid2">{drawn}</div>'


def _splits(run: Run) -> list[str]:
    """Splits that say something: the rows are parted, in few enough parts."""
    sizes = {by: len(split(run.outcomes, by)) for by in SPLITS}
    return [by for by, size in sizes.items() if size <= MAX_PARTS and (size > 1 or (by == "language" and size))]


def _tables(run: Run, summaries: list[Summary]) -> str:
    scores = [score_table(summaries, level) for level in levels_of(run.outcomes)]
    tables = [*scores, cost_table(summaries), *model_tables(summaries), *_comparisons(run), *split_tables(run)]
    return f"<h2>Tables</h2>{''.join(map(_table, tables))}"


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
        f'<h3>{escape(table.title)}</h3><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _notes(run: Run) -> str:
    """Rows without a score, and rows that could not even be read."""
    notes: Iterable[str] = dict.fromkeys(
        f"{o.instance}{'' if o.status == 'impossible' else f' ({o.system})'}: {o.note}" for o in run.outcomes if o.note
    )
    left_out = [f"{run.header.left_out} rows of the dataset could not be read"] if run.header.left_out else []
    items = "".join(f"<li>{escape(printable(note))}</li>" for note in [*left_out, *notes])
    return f'<h2>Not scored, or not as it stood</h2><ul class="notes">{items}</ul>' if items else ""
