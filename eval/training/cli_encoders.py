"""`locant eval train pairs` and `encoder`: the commands that make the small neural encoder."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from locant.eval.datasets.load import load_dataset
from locant.eval.errors import DatasetError
from locant.eval.training.clones import Clone, find_clones
from locant.eval.training.heldout import held_out
from locant.eval.training.pairs import mine_pairs, write_pairs
from locant.eval.training.processes import Failure, run_each
from locant.eval.training.reranker import Settings, train_reranker

__all__ = ["encoder", "pairs"]

MINING_SECONDS = 1_800.0
"""For one repository; the largest take two minutes on a free core."""


@dataclass(frozen=True, slots=True)
class PairsTask:
    """A clone, the file that its pairs go to, and how many of each kind at most."""

    clone: Clone
    file: Path
    commits: int
    docstrings: int
    seed: int


def mine_task(task: PairsTask) -> tuple[int, int]:
    """Write one repository's pairs; how many there are, and how many of them are from commits."""
    found = mine_pairs(task.clone.git, task.clone.name, task.commits, task.docstrings, task.seed)
    write_pairs(task.file, found)
    return len(found), sum(pair.source == "commit" for pair in found)


def pairs(
    clones: Annotated[list[Path], typer.Argument(metavar="CLONES...", help="Clones, or folders of clones.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="One file for each repository.")],
    commits: Annotated[int, typer.Option("--commits", min=0, help="Pairs from commits, of one repository.")] = 800,
    docstrings: Annotated[int, typer.Option("--docstrings", min=0, help="Pairs from doc comments, of one.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another sample.")] = 0,
    exclude: Annotated[
        Path | None, typer.Option("--exclude", metavar="LIST", help="More repositories to leave out, one a line.")
    ] = None,
    apart: Annotated[
        str, typer.Option("--apart", metavar="DATASET", help="Leave out repositories that occur in this dataset.")
    ] = "",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Repositories worked on at a time.")] = 2,
) -> None:
    """Texts with the functions that they are about, from histories and doc comments; run it again to go on."""
    measured = {row.repository.lower() for row in load_dataset(apart).instances} if apart else set[str]()
    tasks = []
    for clone in find_clones(clones, held_out().plus(exclude) if exclude else held_out()):
        if clone.held_out or clone.name.lower() in measured:
            typer.echo(f"{clone.name}: left out, since it is measured on")
        else:
            tasks.append(PairsTask(clone, out / f"{clone.file_name}.jsonl.gz", commits, docstrings, seed))
    for task, result in run_each(mine_task, [task for task in tasks if not task.file.exists()], jobs, MINING_SECONDS):
        if isinstance(result, Failure):
            typer.echo(f"{task.clone.name}: FAILED, {result.reason}", err=True)
        else:
            typer.echo(f"{task.clone.name}: {result[0]} pairs, {result[1]} from commits")
    if not any(task.file.exists() for task in tasks):
        raise DatasetError("nothing was mined: give clones with a history that are not held out")


def encoder(
    folder: Annotated[Path, typer.Argument(metavar="PAIRS", help="Folder that `train pairs` wrote.")],
    start: Annotated[
        Path, typer.Option("--start", metavar="FOLDER", help="Weights to start from: model.safetensors, vocab.txt.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Checkpoints, and what comes out.")],
    layers: Annotated[str, typer.Option("--layers", metavar="NUMBERS", help="Layers of the start to keep.")] = "0,1,2",
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="Passes over the pairs.")] = 1,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate at its height.")] = 3e-4,
    per_repository: Annotated[int, typer.Option("--per-repository", min=1, help="Pairs of one at most.")] = 800,
    validation: Annotated[
        str, typer.Option("--validation", metavar="NAMES", help="Repositories to check with, as OWNER+NAME, ...")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Of samples and batches.")] = 0,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that train side by side.")] = 1,
) -> None:
    """Train the encoder that ranks functions again; needs torch. Run it again to go on from the last checkpoint."""
    settings = Settings(
        layers=_numbers(layers),
        epochs=epochs,
        rate=rate,
        seed=seed,
        per_repository=per_repository,
        validation=tuple(name for name in validation.split(",") if name),
        workers=workers,
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "meeting").unlink(missing_ok=True)
    spawn = multiprocessing.get_context("spawn")
    others = [
        spawn.Process(target=train_reranker, args=(folder, start, out, settings, print, number), daemon=True)
        for number in range(1, workers)
    ]
    for other in others:
        other.start()
    typer.echo(f"{train_reranker(folder, start, out, settings, typer.echo)} written")
    for other in others:
        other.join()


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise DatasetError(f"--layers {text!r} is no list of numbers: give for instance 0,1,2") from None
