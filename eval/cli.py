"""`locant eval`: what a person types. Each command reads its input, calls one function, and prints what came.

The application is also run by `python -m locant.eval`; `locant eval` mounts it lazily, so that nothing of the
evaluation is imported by any other command.
"""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from locant.errors import LocantError
from locant.eval.ablation import SIGNALS, ablation_systems, ablation_table
from locant.eval.agents.simulate import agent_names, simulate
from locant.eval.agents.table import agents_table
from locant.eval.agents.walks import WalkFile
from locant.eval.cli_parts import (
    AUTO,
    EXAMPLES,
    choose,
    combined,
    find_run_and_system,
    mined_of,
    provider_of,
    require_rows,
)
from locant.eval.context import CONTEXTS, USUAL, budgets_of, context_table, makers_of, measure_contexts
from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.errors import EvaluationError
from locant.eval.here import run_here
from locant.eval.mining.mine import DEFAULT_COMMITS
from locant.eval.reports.compare import compare as compare_outcomes
from locant.eval.reports.record import record_page, write_summary
from locant.eval.reports.render import RENDERERS
from locant.eval.reports.tables import comparison_table, markdown, plain
from locant.eval.runs.runfile import Run, RunFile, merge_runs
from locant.eval.runs.runner import Plan, execute, plan_run
from locant.eval.training.cli import train

__all__ = ["app", "main"]

app = typer.Typer(
    name="eval",
    help="Measure whether locant finds the right place: against grep, BM25 and any other tool.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.add_typer(train)
_errors = Console(stderr=True, soft_wrap=True)

EXIT_ERROR = 3
"""As `locant` itself says "cannot be used"."""

HERE_COMMITS = 2_000
"""Newest commits that `here` looks at: reading the patches of more takes longer than a person waits."""

DatasetName = Annotated[
    str, typer.Argument(metavar="DATASET", help="File or folder of a known format, or the name of a public set.")
]
RunPaths = Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run files over one dataset.")]
MirrorsFolder = Annotated[
    Path | None, typer.Option("--mirrors", metavar="FOLDER", help="Folder of clones, as owner/name, owner+name, ...")
]
Scratch = Annotated[
    Path | None, typer.Option("--scratch", metavar="FOLDER", help="For working trees; in the cache if not given.")
]
Systems = Annotated[
    str, typer.Option("--systems", metavar="NAMES", help="Comma-separated; LABEL=command:PROGRAM for others.")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Repositories worked on at a time.")]
Repositories = Annotated[str, typer.Option("--repositories", metavar="NAMES", help="Only these, comma-separated.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Only so many rows; 0 for all.")]
RunOut = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Run file to write, or to go on with.")]
Timeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="For one answer; then it failed.")
]
Seed = Annotated[int, typer.Option("--seed", help="Another seed, another sample.")]
Queries = Annotated[
    str,
    typer.Option("--queries", metavar="KIND", help="commits: what changes say; docstrings: what functions say."),
]


def _epilog(name: str) -> str:
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in EXAMPLES[name])))


def _command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return app.command(name, epilog=_epilog(name))


@_command("run")
def run(
    dataset: DatasetName,
    out: RunOut,
    mirrors: MirrorsFolder = None,
    systems: Systems = "locant,grep",
    jobs: Jobs = 1,
    scratch: Scratch = None,
    repositories: Repositories = "",
    limit: Limit = 0,
    timeout: Timeout = 600.0,
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="Every use of this language model, too; NAME+SETTING=VALUE.")
    ] = "",
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try again what was not scored.")] = False,
) -> None:
    """Ask systems about every row; stop at any time, the same command goes on."""
    rows = load_dataset(dataset)
    for complaint in rows.complaints:
        _errors.print(f"[yellow]{rows.name}, line {complaint.line} left out:[/] {escape(complaint.reason)}")
    chosen = choose(rows, repositories, limit)
    provider = provider_of(mirrors, scratch)
    asked = [*systems.split(","), *_uses(model)]
    plan = plan_run(chosen, provider, asked, out, retry_failed=retry_failed, timeout=timeout)
    typer.echo(RENDERERS["text"](_execute(plan, jobs)))


@_command("mine")
def mine(
    repositories: Annotated[list[str], typer.Argument(metavar="PATH...", help="Repositories, or names in --mirrors.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Dataset to write: .jsonl or .jsonl.gz.")],
    queries: Queries = "commits",
    count: Annotated[int, typer.Option("--count", min=1, help="Rows of each repository at most, sampled.")] = 100,
    seed: Seed = 0,
    commits: Annotated[int, typer.Option("--commits", min=1, help="Newest commits to look at.")] = DEFAULT_COMMITS,
    mirrors: MirrorsFolder = None,
) -> None:
    """Make a dataset from history: what commits and pull requests say, and the places that they changed."""
    copies = out.with_name(f"{out.name.partition('.')[0]}.trees")
    parts = [mined_of(name, queries, count, seed, commits, mirrors, copies) for name in repositories]
    mined = combined(parts)
    _tell_left_out(mined.left_out.most_common())
    rows = require_rows(mined, ", ".join(repositories)).rows
    write_rows(out, map(to_own, rows))
    typer.echo(f"{len(rows)} rows written to {out}")


@_command("here")
def here(
    path: Annotated[Path, typer.Argument(help="A git repository.")] = Path(),
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Page to write.")] = Path("locant-eval.html"),
    systems: Systems = "locant,grep",
    queries: Queries = AUTO,
    count: Annotated[int, typer.Option("--count", min=1, help="Rows at most.")] = 50,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="Time for the systems; then the report.")] = 90.0,
    show: Annotated[bool, typer.Option("--show/--no-show", help="Open the page, on a terminal.")] = True,
) -> None:
    """Does it beat grep on this repository? Mines its history, runs both, and opens the report."""
    name = path.resolve().name
    with tempfile.TemporaryDirectory() as temporary, _errors.status("reading the history") as status:
        folder = Path(temporary)
        mined = mined_of(str(path), queries, count, 0, HERE_COMMITS, None, folder / "trees")
        source = require_rows(mined, str(path)).rows[0].meta["source"]
        if queries == AUTO and source == "docstring":
            _errors.print("Few commits here say what was wrong: the first sentences of doc comments ask instead.")
        done = run_here(
            mined,
            provider_of(None, folder / "scratch"),
            systems.split(","),
            folder,
            name,
            seconds,
            lambda answers: status.update(f"{answers} of up to {len(mined.rows) * len(systems.split(','))} answers"),
        )
    out.write_text(RENDERERS["html"](done.run), encoding="utf-8")
    answered = len({outcome.instance for outcome in done.run.outcomes})
    cut = f" ({done.wanted - answered} more did not fit into {seconds:g} s)" if answered < done.wanted else ""
    typer.echo(RENDERERS["brief"](done.run))
    typer.echo(f"{answered} rows of {name}{cut}: the report is in {out}")
    if show and sys.stdout.isatty():
        webbrowser.open(out.resolve().as_uri())


@_command("report")
def report(
    runs: RunPaths,
    form: Annotated[
        str, typer.Option("--format", "-f", metavar="FORM", help=f"One of {', '.join(RENDERERS)}.")
    ] = "text",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="File to write; else it is printed.")
    ] = None,
) -> None:
    """Accuracy with intervals, cost, splits, and what could not be scored; html is one page with plots."""
    if form not in RENDERERS:
        raise EvaluationError(f"no format {form!r}: use {', '.join(RENDERERS)}")
    text = RENDERERS[form](merge_runs([RunFile(path).read() for path in runs]))
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


@_command("compare")
def compare(
    first: Annotated[str, typer.Argument(help="RUN.jsonl:SYSTEM, or RUN.jsonl if it holds one system.")],
    second: Annotated[str, typer.Argument(help="The same; or only a system of the first file.")],
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORM", help="text or markdown.")] = "text",
    common: Annotated[bool, typer.Option("--common", help="Only rows that both answered.")] = False,
) -> None:
    """Compare two systems row by row: differences with paired intervals, exact McNemar."""
    one, name_one = find_run_and_system(first, None)
    two, name_two = find_run_and_system(second, one)
    if one.header.fingerprint != two.header.fingerprint:
        _errors.print("[yellow]The two runs are over different dataset files; rows are matched by id.[/]")
    table = comparison_table(
        compare_outcomes((name_one, one.of(name_one)), (name_two, two.of(name_two)), common=common)
    )
    typer.echo(markdown(table) if form == "markdown" else plain(table))


@_command("ablate")
def ablate(
    dataset: DatasetName,
    out: RunOut,
    mirrors: MirrorsFolder = None,
    signals: Annotated[str, typer.Option("--signals", metavar="NAMES", help="Comma-separated; all if not given.")] = "",
    repositories: Repositories = "",
    limit: Limit = 0,
    jobs: Jobs = 1,
    scratch: Scratch = None,
    timeout: Timeout = 600.0,
) -> None:
    """Remove each signal of locant in turn, on the same rows, and print what that costs."""
    chosen = choose(load_dataset(dataset), repositories, limit)
    systems = ablation_systems(signals.split(",") if signals else SIGNALS)
    done = _execute(plan_run(chosen, provider_of(mirrors, scratch), systems, out, timeout=timeout), jobs)
    typer.echo(plain(ablation_table(done)))


@_command("context")
def context(
    dataset: DatasetName,
    mirrors: MirrorsFolder = None,
    contexts: Annotated[
        str, typer.Option("--contexts", metavar="NAMES", help=f"Comma-separated: {', '.join(CONTEXTS)}.")
    ] = USUAL,
    budgets: Annotated[str, typer.Option("--budgets", metavar="TOKENS", help="Comma-separated.")] = "1000,2000,4000",
    repositories: Repositories = "",
    limit: Limit = 0,
    scratch: Scratch = None,
) -> None:
    """Which share of the gold do the brief and the map show, at equal numbers of tokens?"""
    chosen = choose(load_dataset(dataset), repositories, limit)
    makers, sizes = makers_of(contexts), budgets_of(budgets)
    with _errors.status("reading") as status:
        found = []
        for row in measure_contexts(chosen, provider_of(mirrors, scratch), makers, sizes):
            found.append(row)
            status.update(f"{len(found)} of {len(chosen.instances) * len(makers) * len(sizes)}")
    typer.echo(context_table(found))


@_command("agents")
def agents(
    dataset: DatasetName,
    out: RunOut,
    mirrors: MirrorsFolder = None,
    budgets: Annotated[str, typer.Option("--budgets", metavar="TOKENS", help="Of briefs, comma-separated.")] = "2000",
    ranker: Annotated[str, typer.Option("--ranker", metavar="NAME", help="Of briefs: learned or fusion.")] = "learned",
    cap: Annotated[int, typer.Option("--cap", metavar="TOKENS", min=1, help="An agent gives up then.")] = 100_000,
    repositories: Repositories = "",
    each: Annotated[int, typer.Option("--each", min=0, help="Only so many rows of each repository.")] = 0,
    limit: Limit = 0,
    scratch: Scratch = None,
) -> None:
    """How much does an agent with grep read until the gold is on screen, and how much with a brief in its prompt?"""
    rows = load_dataset(dataset)
    chosen = choose(rows, repositories, limit, each)
    briefs = agent_names(budgets_of(budgets), ranker)
    walks = WalkFile(out, rows.fingerprint, cap)
    done = frozenset((walk.agent, walk.instance) for walk in walks.read())
    with _errors.status("reading") as status:
        for count, walk in enumerate(simulate(chosen, provider_of(mirrors, scratch), briefs, cap, done), start=1):
            walks.append(walk)
            status.update(f"{count} of {len(chosen.instances) * (1 + len(briefs)) - len(done)}")
    typer.echo(agents_table(walks.read()))


@_command("record")
def record(
    runs: Annotated[list[Path] | None, typer.Argument(metavar="[RUN]...", help="Run files to add.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Page to write.")] = Path(
        "docs/evaluation.md"
    ),
) -> None:
    """Write the standing record from run files; their ranks are kept in `runs/` beside it, without any text."""
    folder = out.parent / "runs"
    for path in runs or ():
        typer.echo(f"{write_summary(RunFile(path).read(), folder)} written")
    out.write_text(record_page(folder), encoding="utf-8")
    typer.echo(f"{out} written")


def _uses(model: str) -> list[str]:
    if not model:
        return []
    from locant.eval.systems.locant_model import uses_of_model  # only who asks for a model loads its strategies

    return uses_of_model(model)


def _tell_left_out(reasons: Iterable[tuple[str, int]]) -> None:
    for reason, number in reasons:
        _errors.print(f"{number:6} left out: {reason}")


def _execute(plan: Plan, jobs: int) -> Run:
    with _errors.status(f"0 of {plan.total} answers") as status:
        return execute(plan, jobs, lambda count: status.update(f"{count} of {plan.total} answers"))


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except LocantError as error:
        _errors.print(f"[red]error:[/] {escape(str(error))}")
        raise SystemExit(EXIT_ERROR) from None


def main() -> None:
    """Run the command; expected errors become one clear line."""
    with _one_line_errors():
        app(prog_name="python -m locant.eval")
