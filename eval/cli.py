"""The evaluation's commands: `python -m locant.eval`, later also `locant eval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.markup import escape

from locant.errors import LocantError
from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import Dataset, load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.errors import EvaluationError
from locant.eval.mining.mine import DEFAULT_COMMITS
from locant.eval.mining.mine import mine as mine_history
from locant.eval.reports.compare import compare as compare_outcomes
from locant.eval.reports.render import RENDERERS
from locant.eval.reports.tables import comparison_table, markdown, plain
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runfile import Run, RunFile
from locant.eval.runs.runner import execute, plan_run

__all__ = ["app", "main"]

app = typer.Typer(
    name="eval",
    help="Measure whether locant finds the right place: against grep, BM25 and any other tool.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_errors = Console(stderr=True, soft_wrap=True)

EXIT_ERROR = 2

DatasetPath = Annotated[Path, typer.Argument(help="JSON lines, plain or .gz, of any format that is known.")]
RunPath = Annotated[Path, typer.Argument(help="A run file that `run` wrote.")]


@app.command()
def run(
    dataset: DatasetPath,
    out: Annotated[Path, typer.Option(help="Run file to write, or to go on with.")],
    mirrors: Annotated[Path | None, typer.Option(help="Folder of clones, as owner/name, owner+name, name, ...")] = None,
    systems: Annotated[str, typer.Option(help="Comma-separated; LABEL=command:PROGRAM for others.")] = "locant,grep",
    jobs: Annotated[int, typer.Option(min=1, help="Repositories worked on at a time.")] = 1,
    scratch: Annotated[
        Path | None, typer.Option(help="Folder for working trees; the cache folder if not given.")
    ] = None,
    repositories: Annotated[str, typer.Option(help="Only these, comma-separated.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only so many rows; 0 for all.")] = 0,
    retry_failed: Annotated[bool, typer.Option(help="Try again what was not scored.")] = False,
) -> None:
    """Ask systems about every row; stop at any time, the same command goes on.

    Example: python -m locant.eval run rows.jsonl --mirrors clones --systems locant,grep,bm25 --out run.jsonl
    """
    cache = user_cache_path("locant") / "eval"
    provider = Provider(Mirrors(mirrors, cache), scratch or cache / "trees")
    rows = load_dataset(dataset)
    for complaint in rows.complaints:
        _errors.print(f"[yellow]{dataset.name}, line {complaint.line} left out:[/] {escape(complaint.reason)}")
    chosen = _chosen(rows, repositories, limit)
    plan = plan_run(chosen, provider, systems.split(","), out, retry_failed=retry_failed)
    with _errors.status(f"0 of {plan.total} answers") as status:
        done = execute(plan, jobs, lambda count: status.update(f"{count} of {plan.total} answers"))
    typer.echo(RENDERERS["text"](done))


@app.command()
def mine(
    path: Annotated[Path, typer.Argument(help="A git repository with history: working tree or bare clone.")],
    out: Annotated[Path, typer.Option(help="Dataset to write: .jsonl or .jsonl.gz.")],
    count: Annotated[int, typer.Option(min=1, help="Rows at most, sampled.")] = 100,
    seed: Annotated[int, typer.Option(help="Another seed, another sample.")] = 0,
    commits: Annotated[int, typer.Option(min=1, help="Newest commits to look at.")] = DEFAULT_COMMITS,
) -> None:
    """Make a dataset from a repository's own history: messages, and the places that their commits changed.

    Example: python -m locant.eval mine . --out mine.jsonl
    """
    mined = mine_history(path, count, seed, commits)
    write_rows(out, map(to_own, mined.rows))
    for reason, number in mined.left_out.most_common():
        _errors.print(f"{number:6} commits left out: {reason}")
    if not mined.rows:
        raise EvaluationError(f"no commit of {path} makes a row: its messages say too little, or touch no source file")
    typer.echo(f"{len(mined.rows)} rows written to {out}")


@app.command()
def report(
    runs: RunPath,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(RENDERERS)}.")] = "text",
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")] = None,
) -> None:
    """Tables of one run: accuracy with intervals, cost, splits, and what could not be scored."""
    if form not in RENDERERS:
        raise EvaluationError(f"no format {form!r}: use {', '.join(RENDERERS)}")
    text = RENDERERS[form](RunFile(runs).read())
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="RUN.jsonl:SYSTEM, or RUN.jsonl if it holds one system.")],
    second: Annotated[str, typer.Argument(help="The same; or only a system of the first file.")],
    form: Annotated[str, typer.Option("--format", help="text or markdown.")] = "text",
) -> None:
    """Compare two systems row by row: differences with paired intervals, exact McNemar.

    Example: python -m locant.eval compare run.jsonl:grep run.jsonl:locant
    """
    one, name_one = _run_and_system(first, None)
    two, name_two = _run_and_system(second, one)
    if one.header.fingerprint != two.header.fingerprint:
        _errors.print("[yellow]The two runs are over different dataset files; rows are matched by id.[/]")
    table = comparison_table(compare_outcomes((name_one, one.of(name_one)), (name_two, two.of(name_two))))
    typer.echo(markdown(table) if form == "markdown" else plain(table))


def _chosen(rows: Dataset, repositories: str, limit: int) -> Dataset:
    wanted = set(filter(None, repositories.split(",")))
    unknown = wanted - {row.repository for row in rows.instances}
    if unknown:
        raise EvaluationError(f"the dataset has no rows of {', '.join(sorted(unknown))}: check --repositories")
    kept = [row for row in rows.instances if not wanted or row.repository in wanted]
    return Dataset(rows.name, rows.fingerprint, tuple(kept[: limit or None]), rows.complaints)


def _run_and_system(text: str, other: Run | None) -> tuple[Run, str]:
    """`FILE:SYSTEM`, `FILE`, or a system of the other file."""
    if other is not None and text in other.systems:
        return other, text
    name, colon, system = text.rpartition(":")
    path = Path(name) if colon and Path(name).is_file() else Path(text)
    found = RunFile(path).read()
    if path == Path(text):
        system = found.systems[0] if len(found.systems) == 1 else ""
    if system not in found.systems:
        raise EvaluationError(f"{path} has no system {system!r}: give {path}:NAME with {', '.join(found.systems)}")
    return found, system


def main() -> None:
    """Run the command; expected errors become one clear line."""
    try:
        app(prog_name="python -m locant.eval")
    except LocantError as error:
        _errors.print(f"[red]error:[/] {escape(str(error))}")
        raise SystemExit(EXIT_ERROR) from None
