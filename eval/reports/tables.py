"""Tables as values, drawn as plain text or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from locant.eval.metrics.measures import Measure
from locant.eval.metrics.statistics import Interval
from locant.eval.reports.compare import Comparison
from locant.eval.reports.scores import SPLITS, Summary, levels_of, split, summarize
from locant.eval.runs.runfile import Run

__all__ = [
    "Table",
    "all_tables",
    "comparison_table",
    "cost_table",
    "markdown",
    "model_tables",
    "percent",
    "plain",
    "score_table",
    "split_table",
    "split_tables",
    "warning",
]

SPLIT_MEASURE = Measure("Acc", 5)
"""The one figure of each split: what an agent is shown at first."""

COST_COLUMNS = (
    *("system", "rows", "failed", "empty", "impossible", "index s", "query s"),
    *("answer tokens", "tokens to files", "tokens to functions", "peak MB"),
)
"""`failed`: no answer; `empty`: an answer without any file that could be right. Both score zero."""

MODEL_MEASURES = (("file", "Acc@1"), ("file", "Acc@5"), ("function", "Acc@5"))
MODEL_COLUMNS = ("rows with its answer", "calls", "tokens", "dollars", "invented places", "median s")

NEVER = "-"
"""In place of a median: most rows never get there."""

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, column names and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def percent(interval: Interval) -> str:
    """`61.7 [55.8, 67.3]`."""
    return f"{100 * interval.value:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def score_table(summaries: Sequence[Summary], level: str) -> Table:
    """Measures down, systems across, with 95 % intervals."""
    figures = [[figure for figure in summary.figures if figure.level == level] for summary in summaries]
    rows = max((figure.rows for column in figures for figure in column), default=0)
    body = tuple((row[0].measure, *(percent(figure.interval) for figure in row)) for row in zip(*figures, strict=True))
    return Table(f"{level} level, {rows} rows, %", ("measure", *(summary.system for summary in summaries)), body)


def cost_table(summaries: Sequence[Summary]) -> Table:
    """Rows, failures, medians of time and tokens."""
    body = tuple(
        (
            summary.system,
            str(summary.rows),
            str(summary.failed),
            str(summary.empty),
            str(summary.impossible),
            f"{summary.index_seconds:.2f}",
            f"{summary.query_seconds:.3f}",
            f"{summary.answer_tokens:.0f}",
            _tokens(summary.tokens_to_gold),
            _tokens(summary.tokens_to_functions),
            f"{summary.peak_bytes / MEGABYTE:.0f}" if summary.peak_bytes else "",
        )
        for summary in summaries
    )
    return Table("cost, medians", COST_COLUMNS, body)


def model_tables(summaries: Sequence[Summary]) -> list[Table]:
    """What language models cost a row beside what they found; no table where none was asked."""
    if not any(summary.model_calls or summary.model_rows is not None for summary in summaries):
        return []
    columns = ("system", *(f"{level} {measure}" for level, measure in MODEL_MEASURES), *MODEL_COLUMNS)
    return [Table("language models beside accuracy (%), means per row", columns, tuple(map(_model_row, summaries)))]


def _model_row(summary: Summary) -> tuple[str, ...]:
    figures = {(figure.level, figure.measure): figure for figure in summary.figures}
    return (
        summary.system,
        *(percent(figures[key].interval) for key in MODEL_MEASURES),
        NEVER if summary.model_rows is None else f"{summary.model_rows} of {summary.rows}",
        f"{summary.model_calls:.1f}",
        f"{summary.model_tokens:.0f}",
        NEVER if summary.model_cost is None else f"{summary.model_cost:.5f}",
        f"{summary.model_dropped:.2f}",
        f"{summary.query_seconds:.3f}",
    )


def _tokens(median: float | None) -> str:
    return NEVER if median is None else f"{median:.0f}"


def split_table(run: Run, by: str) -> Table:
    """Acc@5 of every system on every part of a split."""
    parts: dict[str, dict[str, str]] = {}
    for system in run.systems:
        for value, outcomes in split(run.of(system).values(), by).items():
            figures = summarize(system, outcomes, [SPLIT_MEASURE]).figures
            found = next(figure for figure in figures if figure.level == "file")
            parts.setdefault(f"{value} ({found.rows})", {})[system] = percent(found.interval)
    body = tuple((value, *(cells.get(system, "") for system in run.systems)) for value, cells in sorted(parts.items()))
    return Table(f"file {SPLIT_MEASURE} by {by}, %", (by, *run.systems), body)


def split_tables(run: Run) -> list[Table]:
    """Splits that part the rows; by language always, since that is the first thing to know of a dataset."""
    tables = ((by, split_table(run, by)) for by in SPLITS)
    return [table for by, table in tables if by == "language" or len(table.rows) > 1]


def all_tables(run: Run) -> list[Table]:
    """Everything that a report of a run shows."""
    summaries = [summarize(system, tuple(run.of(system).values())) for system in run.systems]
    return [
        *(score_table(summaries, level) for level in levels_of(run.outcomes)),
        cost_table(summaries),
        *model_tables(summaries),
        *split_tables(run),
    ]


def warning(run: Run) -> str:
    """Says when systems were asked about different rows, so that their columns must not be compared; else empty."""
    asked = {system: set(run.of(system)) for system in run.systems}
    everything = set().union(*asked.values())
    short = [f"{system} {len(rows)}" for system, rows in asked.items() if rows != everything]
    if not short:
        return ""
    return f"Not finished: of {len(everything)} rows, these have fewer: {', '.join(short)}. Columns do not compare yet."


def comparison_table(comparison: Comparison) -> Table:
    """Differences with paired bounds; wins are of the second system."""
    body = tuple(
        (
            row.level,
            row.measure,
            f"{100 * row.first:.1f}",
            f"{100 * row.second:.1f}",
            percent(row.paired.difference),
            f"{row.paired.wins}/{row.paired.losses}/{row.paired.ties}",
            "" if row.paired.p_value is None else f"{row.paired.p_value:.2g}",
        )
        for row in comparison.rows
    )
    columns = ("level", "measure", comparison.first, comparison.second, "difference", "win/loss/tie", "McNemar p")
    rows = comparison.rows[0].rows if comparison.rows else 0
    missing = f", {comparison.missing} of them answered by only one, zero for the other" if comparison.missing else ""
    return Table(f"{comparison.second} against {comparison.first}, {rows} rows{missing}, %", columns, body)


def plain(table: Table) -> str:
    """Columns padded to their widest cell; the first is set left, the others right."""
    grid = [table.columns, *table.rows]
    widths = [max(len(row[i]) for row in grid) for i in range(len(table.columns))]
    lines = [
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(pairs)).rstrip()
        for pairs in (tuple(zip(row, widths, strict=True)) for row in grid)
    ]
    return "\n".join([table.title, lines[0], "-" * len(lines[0]), *lines[1:]]) + "\n"


def markdown(table: Table) -> str:
    """A Markdown table under a heading; a pipe in a cell is escaped."""
    lines = [[cell.replace("|", "\\|") for cell in row] for row in (table.columns, *table.rows)]
    marks = ["---", *("---:" for _ in table.columns[1:])]
    body = "\n".join(f"| {' | '.join(row)} |" for row in (lines[0], marks, *lines[1:]))
    return f"### {table.title}\n\n{body}\n"
