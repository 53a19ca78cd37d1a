"""The evaluation's commands: `python -m locant.eval`, later also `locant eval`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.markup import escape

from locant.errors import LocantError
from locant.eval.ablation import SIGNALS, ablation_systems, ablation_table
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
from locant.eval.runs.runfile import Run, RunFile, merge_runs
from locant.eval.runs.runner import Plan, execute, plan_run
from locant.eval.types import Instance

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
RunPaths = Annotated[list[Path], typer.Argument(help="Run files over one dataset, that `run` wrote.")]


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
    rows = load_dataset(dataset)
    for complaint in rows.complaints:
        _errors.print(f"[yellow]{dataset.name}, line {complaint.line} left out:[/] {escape(complaint.reason)}")
    chosen = _chosen(rows, repositories, limit)
    plan = plan_run(chosen, _provider(mirrors, scratch), systems.split(","), out, retry_failed=retry_failed)
    typer.echo(RENDERERS["text"](_execute(plan, jobs)))


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
    rows = _mined(path, count, seed, commits)
    write_rows(out, map(to_own, rows))
    typer.echo(f"{len(rows)} rows written to {out}")


@app.command()
def here(
    path: Annotated[Path, typer.Argument(help="A git repository.")] = Path(),
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("locant-eval.html"),
    systems: Annotated[str, typer.Option(help="Comma-separated.")] = "locant,grep",
    count: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 50,
    show: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Does it beat grep on this repository? Mines its history, runs both, and opens the report.

    Example: python -m locant.eval here .
    """
    rows = _mined(path, count)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{path.resolve().name}.jsonl"
        write_rows(file, map(to_own, rows))
        plan = plan_run(load_dataset(file), _provider(None), systems.split(","), Path(folder) / "run.jsonl")
        out.write_text(RENDERERS["html"](_execute(plan, jobs=1)), encoding="utf-8")
    typer.echo(f"{len(rows)} commits of {path.resolve().name}: the report is in {out}")
    if show:
        typer.launch(str(out))


@app.command()
def report(
    runs: RunPaths,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(RENDERERS)}.")] = "text",
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")] = None,
) -> None:
    """Accuracy with intervals, cost, splits, and what could not be scored; `--format html` is one page with plots.

    Example: python -m locant.eval report run.jsonl --format html --out report.html
    """
    if form not in RENDERERS:
        raise EvaluationError(f"no format {form!r}: use {', '.join(RENDERERS)}")
    text = RENDERERS[form](merge_runs([RunFile(path).read() for path in runs]))
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


@app.command()
def ablate(
    dataset: DatasetPath,
    out: Annotated[Path, typer.Option(help="Run file to write, or to go on with.")],
    mirrors: Annotated[Path | None, typer.Option(help="Folder of clones, as owner/name, owner+name, name, ...")] = None,
    signals: Annotated[str, typer.Option(help="Comma-separated; all signals if not given.")] = "",
    repositories: Annotated[str, typer.Option(help="Only these, comma-separated.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only so many rows; 0 for all.")] = 0,
    jobs: Annotated[int, typer.Option(min=1, help="Repositories worked on at a time.")] = 1,
) -> None:
    """Remove each signal of locant in turn, on the same rows, and print what that costs.

    Example: python -m locant.eval ablate rows.jsonl --mirrors clones --signals bm25,path --out ablation.jsonl
    """
    chosen = _chosen(load_dataset(dataset), repositories, limit)
    systems = ablation_systems(signals.split(",") if signals else SIGNALS)
    done = _execute(plan_run(chosen, _provider(mirrors), systems, out), jobs)
    typer.echo(plain(ablation_table(done)))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="RUN.jsonl:SYSTEM, or RUN.jsonl if it holds one system.")],
    second: Annotated[str, typer.Argument(help="The same; or only a system of the first file.")],
    form: Annotated[str, typer.Option("--format", help="text or markdown.")] = "text",
    common: Annotated[bool, typer.Option(help="Only rows that both answered, for unfinished runs.")] = False,
) -> None:
    """Compare two systems row by row: differences with paired intervals, exact McNemar.

    Example: python -m locant.eval compare run.jsonl:grep run.jsonl:locant
    """
    one, name_one = _run_and_system(first, None)
    two, name_two = _run_and_system(second, one)
    if one.header.fingerprint != two.header.fingerprint:
        _errors.print("[yellow]The two runs are over different dataset files; rows are matched by id.[/]")
    table = comparison_table(
        compare_outcomes((name_one, one.of(name_one)), (name_two, two.of(name_two)), common=common)
    )
    typer.echo(markdown(table) if form == "markdown" else plain(table))


def _provider(mirrors: Path | None, scratch: Path | None = None) -> Provider:
    cache = user_cache_path("locant") / "eval"
    return Provider(Mirrors(mirrors, cache), scratch or cache / "trees")


def _mined(path: Path, count: int, seed: int = 0, commits: int = DEFAULT_COMMITS) -> tuple[Instance, ...]:
    """Rows of a repository's history; says which commits were left out."""
    mined = mine_history(path, count, seed, commits)
    for reason, number in mined.left_out.most_common():
        _errors.print(f"{number:6} commits left out: {reason}")
    if not mined.rows:
        raise EvaluationError(f"no commit of {path} makes a row: its messages say too little, or touch no source file")
    return mined.rows


def _execute(plan: Plan, jobs: int) -> Run:
    with _errors.status(f"0 of {plan.total} answers") as status:
        return execute(plan, jobs, lambda count: status.update(f"{count} of {plan.total} answers"))


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
