"""`locant eval train`: makes the data that the ranking models learn from. docs/training.md tells how it is used."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from locant.eval.cli_parts import EXAMPLES
from locant.eval.datasets.load import load_dataset
from locant.eval.errors import DatasetError
from locant.eval.training.card import model_card
from locant.eval.training.cli_encoders import encoder, pairs
from locant.eval.training.clones import find_clones
from locant.eval.training.collect import collect_repository, plan_states
from locant.eval.training.crossval import Plan
from locant.eval.training.fit import Fitting
from locant.eval.training.fit import fit as fit_rankers
from locant.eval.training.heldout import held_out
from locant.eval.training.lightgbm_trees import Settings as Growth
from locant.eval.training.mine import Settings, Task, drop_repeated, mine_clone, write_repositories
from locant.eval.training.processes import Failure, run_each
from locant.retriever.learning.tables import FILE_CANDIDATES, FUNCTION_CANDIDATES

__all__ = ["train"]

train = typer.Typer(
    name="train",
    help="Make training data from histories of clones, and train the ranking models.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MINING_SECONDS = 1_800.0
"""For one repository; the largest take two minutes."""

COLLECTING_SECONDS = 7_200.0
"""For one repository: a large one has to be indexed anew for each row of an issue dataset."""

MOST_REASONS = 3
"""Why rows of one repository were left out, as told on the screen; their files hold all."""

Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Repositories worked on at a time.")]


def _command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    examples = (f"  {line}" for line in EXAMPLES[f"train {name}"])
    return train.command(name, epilog="\n".join(("\b", "Examples:", *examples)))


def _repositories_of(dataset: str) -> frozenset[str]:
    """Repositories that occur in a dataset, in lower case."""
    return frozenset(row.repository.lower() for row in load_dataset(dataset).instances) if dataset else frozenset()


@_command("mine")
def mine(
    clones: Annotated[list[Path], typer.Argument(metavar="CLONES...", help="Clones, or folders of clones.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="One dataset for each repository.")],
    anchors: Annotated[int, typer.Option("--anchors", min=1, help="States of each repository, at most.")] = 8,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Rows asked on each state, at most.")] = 40,
    seed: Annotated[int, typer.Option("--seed", help="Other states of the same repositories.")] = 0,
    exclude: Annotated[
        Path | None, typer.Option("--exclude", metavar="LIST", help="More repositories to leave out, one a line.")
    ] = None,
    mark: Annotated[
        str, typer.Option("--mark", metavar="DATASET", help="Mark repositories that occur in this dataset.")
    ] = "",
    jobs: Jobs = 2,
) -> None:
    """Rows from what commits say and change, asked on earlier states; run it again to go on."""
    found = find_clones(clones, held_out().plus(exclude) if exclude else held_out())
    marked = _repositories_of(mark)
    tasks = [Task(clone, out, Settings(anchors, rows, seed), clone.name.lower() in marked) for clone in found]
    for task in tasks:
        if task.clone.held_out:
            typer.echo(f"{task.clone.name}: held out")
    waiting = [task for task in tasks if not task.clone.held_out and not task.is_done()]
    failures = 0
    for task, result in run_each(mine_clone, waiting, jobs, MINING_SECONDS):
        if isinstance(result, Failure):
            failures += 1
            typer.echo(f"{task.clone.name}: FAILED, {result.reason}", err=True)
        else:
            typer.echo(f"{result.repository}: {result.rows} rows at {len(result.anchors)} anchors")
    if not any(task.is_done() for task in tasks):
        raise DatasetError("nothing was mined: give clones with a history that are not held out")
    typer.echo(f"{drop_repeated(out)} rows dropped whose text another repository has")
    typer.echo(f"{write_repositories(out)} written" + (f"; {failures} repositories failed" if failures else ""))


@_command("collect")
def collect(
    sources: Annotated[list[Path], typer.Argument(metavar="ROWS...", help="Datasets, or folders of them.")],
    mirrors: Annotated[Path, typer.Option("--mirrors", metavar="FOLDER", help="Folder of clones.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="One file for each state.")],
    mark: Annotated[
        str, typer.Option("--mark", metavar="DATASET", help="Mark repositories that occur in this dataset.")
    ] = "",
    limit_per_anchor: Annotated[int, typer.Option("--limit-per-anchor", min=0, help="Rows of each state.")] = 0,
    anchors: Annotated[int, typer.Option("--anchors", min=0, help="States of each repository; 0 for all.")] = 0,
    scratch: Annotated[
        Path | None, typer.Option("--scratch", metavar="FOLDER", help="For working trees and indexes.")
    ] = None,
    jobs: Jobs = 2,
) -> None:
    """Feature tables of every row, for training; run it again to go on."""
    plans = plan_states(
        sources, out, mirrors, scratch or out / ".scratch", _repositories_of(mark), limit_per_anchor, anchors
    )
    rows = failures = 0
    for at, (states, result) in enumerate(run_each(collect_repository, plans, jobs, COLLECTING_SECONDS), start=1):
        if isinstance(result, Failure):
            failures += 1
            typer.echo(f"{at}/{len(plans)} {states.repository}: FAILED, {result.reason}", err=True)
        else:
            rows += result.rows
            typer.echo(f"{at}/{len(plans)} {states.repository}: {result.rows} rows in {result.files} files")
            for reason, number in result.left_out.most_common(MOST_REASONS):
                typer.echo(f"  {number} left out: {reason}", err=True)
    typer.echo(f"{rows} rows collected" + (f"; {failures} repositories failed" if failures else ""))


@_command("fit")
def fit(
    data: Annotated[list[Path], typer.Argument(metavar="TABLES...", help="Collected tables, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the models go.")],
    card: Annotated[Path | None, typer.Option("--card", metavar="FILE", help="Model card to write.")] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, help="Of the cross-validation by repository.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Of draws, folds and trees.")] = 0,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Of each repository at most, issues apart.")] = 50,
    trees: Annotated[int, typer.Option("--trees", min=1, help="Of each forest.")] = Growth().trees,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Leave out each group of features in turn; run it again to go on.")
    ] = False,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Threads that train.")] = 2,
) -> None:
    """Train the two rankers, and measure them on repositories and languages that they have not seen."""
    growth = Growth(trees=trees, seed=seed, threads=threads)
    fitting = Fitting(tuple(data), out, Plan(growth, growth), folds, rows, ablate)
    figures = fit_rankers(fitting, lambda text: typer.echo(text, err=True))
    (out / "metrics.json").write_text(json.dumps(figures) + "\n", encoding="utf-8")
    if card is not None:
        command = shlex.join(["locant", *sys.argv[1:]])
        card.write_text(model_card(figures, command, (FILE_CANDIDATES, FUNCTION_CANDIDATES)), encoding="utf-8")
    sizes = ", ".join(f"{model['file']} ({model['bytes']:,} bytes)" for model in figures["models"])
    typer.echo(f"{sizes} written to {out}")


@_command("embedding")
def embedding(
    pairs: Annotated[list[Path], typer.Argument(metavar="PAIRS...", help="Files of pairs, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For the table and its metrics.")],
    start: Annotated[
        str, typer.Option("--start", metavar="MODEL", help="A sentence-transformers model to take first vectors from.")
    ] = "",
    leave_out: Annotated[
        str, typer.Option("--leave-out", metavar="DATASET", help="Score its repositories, never train on them.")
    ] = "",
    test_share: Annotated[float, typer.Option("--test-share", min=0, max=0.9, help="Of the others, to score.")] = 0.0,
    dimension: Annotated[int, typer.Option("--dimension", min=8, max=384, help="Length of a vector.")] = 128,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="Rounds over the questions.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another sample and start.")] = 0,
) -> None:
    """Train the static embedding on pairs of a text and the functions that it is about; run it again to go on."""
    from locant.eval.training.embedding import Settings
    from locant.eval.training.embedding_run import run_embedding

    files = [file for path in pairs for file in (sorted(path.glob("*.jsonl.gz")) if path.is_dir() else [path])]
    settings = Settings(dimension=dimension, epochs=epochs, seed=seed)
    told = run_embedding(files, out, start, _repositories_of(leave_out), test_share, settings, typer.echo)
    for line in told:
        typer.echo(line)


_command("pairs")(pairs)
_command("encoder")(encoder)
